"""Our own labelled story pages, in the manner of many kinds of British publishers.

One folder a publisher in `clean/newsstand/`: `page.html`, a jinja2 template with that publisher's
furniture written into it, and `stories.yaml`, its stories. The truth is derived while a page is
rendered, so nothing is copied by hand: the template prints a line of the story by `t(…)` and a
line of furniture by `f(kind, …)`, and both note what they printed.

In a template:

- `t(text)` prints words of the story and notes them as a paragraph, heading, item or quote;
  `row(cells)` notes a row of a table, whose cells `inline` prints;
- `f(kind, text)` prints a line that is not the story; `{% call f(kind) %}…{% endcall %}` notes
  every line of the markup within;
- `pic(caption, credit)` notes a picture's caption and credit, which `f('caption', …)` prints;
- `shown(text)` prints a field (headline, standfirst) where the page shows it for the first time;
- `leak(code)` prints code that a browser shows or a careless cleaner takes for text.

In `stories.yaml` a story's blocks stand between blank lines: `## heading`, lines of `- item`,
`> quote`, lines of `| cell | cell`, `!picture caption | credit | address` (`-`: none), and
`@name a | b`, an insertion of the publisher's own that its template knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from difflib import SequenceMatcher
from functools import cache
from html import escape, unescape
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

FOLDER = Path(__file__).parent / "clean" / "newsstand"

#: What a line that is not the story may be.
KINDS = (
    "subscription", "registration", "newsletter", "support", "related", "most-read", "share",
    "comments", "caption", "byline", "dateline", "author", "advert", "cookies", "navigation",
    "licence", "promo", "leak", "headline", "standfirst", "pull-quote", "jobs",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class NewsstandPage:
    """One page as it is served, and the truth about it."""

    id: str  #: folder and story, `valeweekly/fire-service`
    url: str
    body: bytes
    content_type: str
    headline: str
    standfirst: str | None  #: as the page shows it apart from the story's own text
    byline: tuple[str, ...]  #: people
    agencies: tuple[str, ...]  #: news agencies and desks that the page credits
    published_at: str | None  #: as exact as the page says: an offset only where it gives one
    modified_at: str | None
    publisher: str
    section: str | None
    access: str
    text: tuple[str, ...]  #: paragraphs, headings, items and quotes; a table's row is one, by words
    captions: tuple[tuple[str, str], ...]  #: (caption, credit or "")
    lead_image: str | None
    lead_caption: str | None
    furniture: tuple[tuple[str, str], ...]  #: (kind, line): everything else that the page shows


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """One piece of a story. `rows` are a list's items (one each) or a table's rows of cells."""

    kind: str
    text: str = ""
    args: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@cache
def newsstand() -> tuple[NewsstandPage, ...]:
    """Every page of every publisher, in the order of their names."""
    return tuple(page for folder in sorted(FOLDER.glob("*/page.html")) for page in _pages(folder))


# ---------------------------------------------------------------- a publisher and its stories


def _pages(template: Path) -> Iterator[NewsstandPage]:
    site = yaml.safe_load(template.with_name("stories.yaml").read_text(encoding="utf-8"))
    for number, record in enumerate(site["stories"]):
        yield _page(template, site, record, number)


def _page(
    template: Path, site: Mapping[str, Any], record: Mapping[str, Any], number: int
) -> NewsstandPage:
    charset = site.get("charset", "utf-8")
    url = f"https://{site['host']}{record['path']}"
    story = {
        "standfirst": None, "byline": [], "agencies": [], "modified": None, "section": None,
        "access": "open", **record, "url": url, "blocks": _blocks(record["story"]),
        "number": number,
    }  # fmt: skip
    pictures = [b for b in story["blocks"] if b.kind == "picture"]
    story["lead"] = pictures[0] if pictures else None
    notes = Notes()
    html = _environment(template.parent, notes).get_template("page.html").render(
        site=site, story=story
    )  # fmt: skip
    truth = {
        "published_at": story["published"], "modified_at": story["modified"],
        "publisher": site["publisher"],
        **{k: story[k] for k in ("headline", "standfirst", "byline", "agencies", "section",
                                 "access")},
        **record.get("truth", {}),
    }  # fmt: skip
    lead = story["lead"]
    return NewsstandPage(
        id=f"{template.parent.name}/{record['id']}",
        url=url,
        body=html.encode(charset, "xmlcharrefreplace"),
        content_type=site.get("content_type", f"text/html; charset={charset}"),
        headline=mended(truth["headline"]),
        standfirst=truth["standfirst"] and mended(truth["standfirst"]),
        byline=tuple(truth["byline"]),
        agencies=tuple(truth["agencies"]),
        published_at=truth["published_at"],
        modified_at=truth["modified_at"],
        publisher=truth["publisher"],
        section=truth["section"],
        access=truth["access"],
        text=tuple(notes.text),
        captions=tuple(notes.captions),
        lead_image=lead.args[2] if lead and len(lead.args) > 2 else None,
        lead_caption=mended(lead.args[0]) if lead else None,
        furniture=tuple(dict.fromkeys(notes.furniture)),
    )


def _blocks(text: str) -> tuple[Block, ...]:
    return tuple(_block(piece) for piece in re.split(r"\n\s*\n", text.strip()))


def _block(piece: str) -> Block:
    lines = [line.strip(" ") for line in piece.strip().split("\n")]
    if lines[0].startswith("- "):
        items = re.split(r"(?:^|\n)- ", "\n".join(lines))[1:]
        return Block(kind="list", rows=tuple((i.replace("\n", " "),) for i in items))
    if lines[0].startswith("| "):
        cells = (line.strip("| ").split("|") for line in lines)
        return Block(kind="table", rows=tuple(tuple(c.strip() for c in r) for r in cells))
    line = " ".join(lines)
    if line.startswith(("!picture ", "@")):
        name, _, rest = line[1:].partition(" ")
        args = tuple(a.strip() for a in rest.split(" | ")) if rest else ()
        args = tuple("" if a == "-" else a for a in args)
        return Block(kind=name, text=args[0] if args else "", args=args)
    if line.startswith("## "):
        return Block(kind="heading", text=line[3:])
    if line.startswith("> "):
        return Block(kind="quote", text=line[2:])
    return Block(kind="paragraph", text=line)


# ---------------------------------------------------------------- comparing with the truth


def differences(page: NewsstandPage, text: str) -> tuple[list[tuple[str, str]], list[str]]:
    """What a cleaned text adds to a page's story, as (kind, line), and the paragraphs it lacks.

    Paragraphs are compared as wholes, in order; a list's bullet, the bars between a table's
    cells and the dots with which a wall cuts a sentence do not count. The kind of an added line
    is that of the furniture it is or holds; `story` where words of the story stand in another
    form (joined, broken, out of order), else `unknown`.
    """
    found = [line for line in map(_bare, text.split("\n")) if line]
    told = [_bare(line) for line in page.text]
    added, lost = [], []
    for tag, a, b, c, d in SequenceMatcher(None, told, found, autojunk=False).get_opcodes():
        if tag != "equal":
            lost += told[a:b]
            added += [(_kind(page, line), line) for line in found[c:d]]
    return added, lost


def _bare(line: str) -> str:
    line = re.sub(r"^\s*(?:[-–•*·]|\d+[.)])\s+", "", line).replace("|", " ")
    return " ".join(re.sub(r"\s*(?:\.\.\.|…)\s*$", "", line).split())


def _kind(page: NewsstandPage, line: str) -> str:
    furniture = [(kind, _bare(words)) for kind, words in page.furniture]
    for kind, words in furniture:
        if words == line:
            return kind
    held = [(len(words), kind) for kind, words in furniture
            if (words in line and len(words.split()) > 1) or (line in words)]  # fmt: skip
    if any(line in _bare(p) or _bare(p) in line for p in page.text):
        return max(held)[1] if held and max(held)[0] > 20 else "story"
    return max(held)[1] if held else "unknown"


def same_time(found: str | None, told: str | None) -> bool:
    """The same instant; where the page gives no offset or no time, the same up to there."""
    if found is None or told is None:
        return found is told
    if len(told) == 10 or len(found) == 10:
        return found == told
    a, b = datetime.fromisoformat(found), datetime.fromisoformat(told)
    if b.tzinfo is None:
        a = a.replace(tzinfo=None)
    return (a.tzinfo is None) == (b.tzinfo is None) and a == b


def same_caption(found: str, caption: str, credit: str) -> bool:
    """The caption, with or without the words of its credit (`Picture: …`, `(Image: …)`)."""
    bare, told = (re.sub(r"\W+", " ", s).strip().casefold() for s in (found, caption))
    rest = bare.removeprefix(told) if bare.startswith(told) else None
    allowed = set(re.findall(r"\w+", credit.casefold())) | _CREDIT_WORDS
    return rest is not None and set(rest.split()) <= allowed


_CREDIT_WORDS = {"image", "picture", "photo", "photograph", "pic", "source", "llun", "credit"}


# ---------------------------------------------------------------- printing and noting at once

_BLOCK_TAG = re.compile(
    r"</?(?:p|div|li|ul|ol|dl|dt|dd|h[1-6]|section|aside|nav|main|header|footer|article|figure"
    r"|figcaption|table|tbody|thead|tr|td|th|br|hr|form|fieldset|legend|label|button|select|option"
    r"|details|summary|blockquote|center|template|time|video|audio|textarea)\b[^>]*>",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"<(script|style|noscript|svg)\b.*?</\1\s*>|<!--.*?-->", re.S | re.IGNORECASE)
_TAG = re.compile(r"<[^>]+>")
_UNPRINTED = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl"})


def mended(text: str) -> str:
    """Text as it ought to come out: characters that serve printing alone replaced, one line."""
    return " ".join(_UNPRINTED.sub("", text).translate(_LIGATURES).split())


def lines_of(markup: str) -> list[str]:
    """The lines that markup shows, one a block; pieces without a letter or digit left out."""
    pieces = _BLOCK_TAG.sub("\n", _UNSEEN.sub("\n", " ".join(markup.split()))).split("\n")
    lines = (mended(unescape(_TAG.sub("", piece))) for piece in pieces)
    return [line for line in lines if re.search(r"\w", line)]


@dataclass
class Notes:
    """What a template printed: filled while it renders."""

    text: list[str] = field(default_factory=list)
    captions: list[tuple[str, str]] = field(default_factory=list)
    furniture: list[tuple[str, str]] = field(default_factory=list)

    def t(self, text: str) -> Markup:
        self.text.append(mended(plain(text)))
        return inline(text)

    def row(self, cells: tuple[str, ...]) -> str:
        self.text.append(mended(" ".join(plain(c) for c in cells)))
        return ""

    def f(self, kind: str, text: str | None = None, *, caller: Callable[[], str] | None = None
          ) -> Markup:  # fmt: skip
        assert kind in KINDS, kind
        printed = Markup(caller()) if caller else Markup(escape(text or "", quote=False))
        self.furniture += [(kind, line) for line in lines_of(str(printed))]
        return printed

    def pic(self, caption: str, credit: str = "") -> str:
        self.captions.append((mended(caption), mended(credit)))
        return ""

    def shown(self, text: str, kind: str = "headline") -> Markup:
        return self.f(kind, text)

    def leak(self, code: str) -> Markup:
        self.furniture.append(("leak", mended(code)))
        return Markup(code)


_LINK = re.compile(r"\[([^]]+)\]\(([^)]+)\)")
_STRONG = re.compile(r"\*\*(.+?)\*\*")


def inline(text: str) -> Markup:
    """A paragraph as HTML: `[words](address)` is a link, `**words**` are bold."""
    html = _LINK.sub(r'<a href="\2">\1</a>', escape(text, quote=False))
    return Markup(_STRONG.sub(r"<strong>\1</strong>", html))


def plain(text: str) -> str:
    """The same paragraph as a reader sees it."""
    return _STRONG.sub(r"\1", _LINK.sub(r"\1", text))


def _environment(folder: Path, notes: Notes) -> Environment:
    environment = Environment(loader=FileSystemLoader(folder), autoescape=True,
                              undefined=StrictUndefined, trim_blocks=True)  # fmt: skip
    environment.globals.update(t=notes.t, row=notes.row, f=notes.f, pic=notes.pic,
                               shown=notes.shown, leak=notes.leak)  # fmt: skip
    environment.filters.update(
        inline=inline,
        plain=plain,
        when=lambda iso, form: datetime.fromisoformat(iso).strftime(form),
    )
    return environment
