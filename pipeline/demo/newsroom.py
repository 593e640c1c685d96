"""The content of the newsroom: stories in YAML → what each address answers, as bytes.

A story is written once; its publisher's template puts the furniture of that kind of paper around
it. So the paragraphs in the YAML are the truth that cleaning is judged by.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import cached_property
from html import escape
from pathlib import Path
from typing import Any, Literal

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from pipeline.models import FeedKind

FOLDER = Path(__file__).parent / "publishers"

BlockKind = Literal["paragraph", "heading", "picture", "more", "wall"]
Trouble = Literal["refuses", "silent", "page_instead", "malformed"]

_MARKS: dict[str, BlockKind] = {
    "## ": "heading", "!picture ": "picture", ">more ": "more", "!wall": "wall",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One piece of a story as its paper prints it; only paragraphs and headings are the story."""

    kind: BlockKind
    text: str
    extra: str = ""  #: the credit of a picture


@dataclass(frozen=True, kw_only=True)
class NewsStory:
    """One story and the truth about it."""

    number: int
    key: str  #: folder and file, `courier/larkfield-house`
    publisher: str
    url: str
    path: str
    published: str  #: ISO 8601
    modified: str | None
    byline: tuple[str, ...]
    section: str
    headline: str
    standfirst: str | None
    blocks: tuple[Block, ...]
    truth: Mapping[str, Any]

    @cached_property
    def paragraphs(self) -> tuple[str, ...]:
        """The clean text: what a perfect cleaner keeps of the page, sub-headings left out."""
        return tuple(b.text for b in self.blocks if b.kind == "paragraph")

    @cached_property
    def headings(self) -> tuple[str, ...]:
        return tuple(b.text for b in self.blocks if b.kind == "heading")

    @property
    def walled(self) -> bool:
        return any(b.kind == "wall" for b in self.blocks)

    @property
    def words(self) -> int:
        return sum(len(p.split()) for p in self.paragraphs)

    @property
    def summary(self) -> str:
        return self.standfirst or self.paragraphs[0]

    @property
    def content_html(self) -> str:
        """The story as a WordPress feed carries it, with the line that such feeds add."""
        body = "\n".join(f"<p>{_inline(p)}</p>" for p in self.paragraphs)
        link = f'<a href="{escape(self.url)}">{escape(self.headline)}</a>'
        return f"{body}\n<p>The post {link} appeared first on {escape(self.publisher)}.</p>"

    @property
    def json_ld(self) -> Markup:
        record = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": self.headline,
            "description": self.summary,
            "datePublished": self.published,
            "dateModified": self.modified or self.published,
            "author": [{"@type": "Person", "name": name} for name in self.byline],
            "publisher": {"@type": "Organization", "name": self.publisher},
            "mainEntityOfPage": self.url,
        }
        return Markup(json.dumps(record, ensure_ascii=False).replace("</", "<\\/"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Publisher:
    """One paper: its record, and its stories, newest first."""

    folder: str
    id: str
    name: str
    host: str
    record: Mapping[str, Any]
    stories: tuple[NewsStory, ...]

    @property
    def feed_url(self) -> str:
        return f"http://{self.host}{self.record['feed']['path']}"

    @property
    def kind(self) -> FeedKind:
        """What stands at `feed_url`."""
        form = self.record["feed"]["format"]
        return form if form in ("sitemap", "page") else "feed"

    @property
    def listed_url(self) -> str:
        """Where sources.yaml still looks for it: the address from before it moved, if it did."""
        old = self.record["feed"].get("moved_from")
        return f"http://{self.host}{old}" if old else self.feed_url

    @property
    def homepage(self) -> str:
        return f"http://{self.host}{self.record['home']}"

    @property
    def trouble(self) -> Trouble | None:
        trouble: Trouble | None = self.record["feed"].get("trouble")
        return trouble


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What one address answers. `silent`: the connection is taken and nothing is ever said."""

    status: int
    content_type: str
    body: bytes
    last_modified: str | None = None
    location: str | None = None  #: of a redirect
    silent: bool = False

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:16]}"'


def publishers() -> tuple[Publisher, ...]:
    """Everything that is in `publishers/`, in the order of the folders' names."""
    folders = sorted(p.parent for p in FOLDER.glob("*/site.yaml"))
    numbers = iter(range(1001, 10_000))
    return tuple(_publisher(folder, numbers) for folder in folders)


def _publisher(folder: Path, numbers: Any) -> Publisher:
    record = yaml.safe_load((folder / "site.yaml").read_text(encoding="utf-8"))
    files = sorted(f for f in folder.glob("*.yaml") if f.name != "site.yaml")
    stories = [_story(f, record, next(numbers)) for f in files]
    stories.sort(key=lambda s: s.published, reverse=True)
    return Publisher(folder=folder.name, id=record["id"], name=record["name"],
                     host=record["host"], record=record, stories=tuple(stories))  # fmt: skip


def _story(file: Path, site: Mapping[str, Any], number: int) -> NewsStory:
    record = yaml.safe_load(file.read_text(encoding="utf-8"))
    return NewsStory(
        number=number,
        key=f"{file.parent.name}/{file.stem}",
        publisher=site["name"],
        url=f"http://{site['host']}{record['path']}",
        path=record["path"],
        published=record["published"],
        modified=record.get("modified"),
        byline=tuple(record["byline"]),
        section=record["section"],
        headline=record["headline"],
        standfirst=record["standfirst"],
        blocks=_blocks(record["story"]),
        truth=record["truth"],
    )


def _blocks(text: str) -> tuple[Block, ...]:
    """Paragraphs stand between blank lines; a mark at the start makes one something else."""
    blocks = []
    for piece in re.split(r"\n\s*\n", text.strip()):
        line = " ".join(piece.split())
        mark = next((m for m in _MARKS if line.startswith(m)), None)
        kind: BlockKind = _MARKS[mark] if mark else "paragraph"
        words, _, extra = line.removeprefix(mark or "").partition(" | " if mark else "\0")
        blocks.append(Block(kind=kind, text=words.strip(), extra=extra.strip()))
    return tuple(blocks)


# ---------------------------------------------------------------- addresses and their answers


#: What a feed is like where its publisher's record says nothing.
_FEED = {"link_suffix": "", "content": "summary", "reissues": False}


def answers(papers: tuple[Publisher, ...]) -> dict[tuple[str, str], Answer]:
    """(host, path with query) → what is answered there. Nothing else exists."""
    templates = _templates()
    found: dict[tuple[str, str], Answer] = {}
    for paper in papers:
        site = {**paper.record, "base": f"http://{paper.host}"}
        site["feed"] = {**_FEED, **site["feed"]}
        for story in paper.stories:
            page = templates.get_template(f"{paper.folder}/page.html")
            found[paper.host, story.path] = html_answer(page.render(site=site, story=story))
        found[paper.host, "/robots.txt"] = Answer(
            status=200, content_type="text/plain; charset=utf-8",
            body=b"User-agent: *\nDisallow: /login\nDisallow: /subscribe\n",
        )  # fmt: skip
        found[paper.host, paper.record["home"]] = html_answer(_fronthtml_answer(paper))
        found[paper.host, paper.record["feed"]["path"]] = _feed(paper, site, templates)
        if "moved_from" in paper.record["feed"]:
            found[paper.host, paper.record["feed"]["moved_from"]] = Answer(
                status=301, content_type="text/html", body=b"", location=paper.feed_url
            )
    return found


def html_answer(html: str, status: int = 200) -> Answer:
    """A page as this server sends it."""
    return Answer(status=status, content_type="text/html; charset=utf-8", body=html.encode())


def _feed(paper: Publisher, site: Mapping[str, Any], templates: Environment) -> Answer:
    if paper.trouble == "refuses":
        return html_answer(_REFUSAL, status=403)
    if paper.trouble == "silent":
        return Answer(status=200, content_type="text/plain", body=b"", silent=True)
    if paper.trouble == "page_instead":
        return html_answer(_fronthtml_answer(paper))
    newest = datetime.fromisoformat(paper.stories[0].published)
    form = paper.record["feed"]["format"]
    if form == "json":
        kind, text = "application/feed+json", _json_feed(paper)
    else:
        template = templates.get_template(_TEMPLATES[form])
        kind, text = _TYPES[form], template.render(site=site, stories=paper.stories)
    if paper.trouble == "malformed":
        text = text.replace("</channel>", _BROKEN_ITEM + "</channel>")
    return Answer(status=200, content_type=f"{kind}; charset=utf-8", body=text.encode(),
                  last_modified=format_datetime(newest, usegmt=True))  # fmt: skip


_TEMPLATES = {"rss": "feed.rss.xml", "atom": "feed.atom.xml", "sitemap": "feed.sitemap.xml",
              "page": "feed.page.html"}  # fmt: skip
_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml",
          "sitemap": "application/xml", "page": "text/html"}  # fmt: skip
_REFUSAL = (
    "<html><head><title>403 Forbidden</title></head><body><h1>Access denied</h1>"
    "<p>Automated requests are not allowed.</p></body></html>"
)
#: Not well formed, and without a link: the other items must come through all the same.
_BROKEN_ITEM = "<item><title>Puzzles & crossword<br></title><description>This week's</item>\n"


def _json_feed(paper: Publisher) -> str:
    items = [
        {
            "id": s.url,
            "url": s.url,
            "title": s.headline,
            "summary": s.summary,
            "content_text": s.summary,
            "date_published": s.published,
            "authors": [{"name": name} for name in s.byline],
        }
        for s in paper.stories
    ]
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": paper.name,
        "home_page_url": paper.homepage,
        "feed_url": paper.feed_url,
        "items": items,
    }
    return json.dumps(feed, ensure_ascii=False, indent=1)


def _fronthtml_answer(paper: Publisher) -> str:
    links = "".join(f'<li><a href="{escape(s.path)}">{escape(s.headline)}</a></li>'
                    for s in paper.stories)  # fmt: skip
    name = escape(paper.name)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{name}</title></head>'
        f"<body><h1>{name}</h1><p>Welcome to our website.</p><ul>{links}</ul></body></html>"
    )


def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html", "xml"]),
        undefined=StrictUndefined,
        trim_blocks=False,
    )
    environment.filters["when"] = lambda iso, form: datetime.fromisoformat(iso).strftime(form)
    environment.filters["inline"] = lambda text: Markup(_inline(text))
    return environment


def _inline(text: str) -> str:
    """A story's paragraph as HTML: quotation marks stay readable, the rest is escaped."""
    return escape(text, quote=False)
