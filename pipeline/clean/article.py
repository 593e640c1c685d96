"""`clean`: from a stored page to an Article, or a CleanError that says why there is none."""

from __future__ import annotations

from urllib.parse import urljoin

from lxml.html import HtmlElement

from pipeline.clean import decode, documents, extract, metadata, prune, residue, rules
from pipeline.clean.access import access
from pipeline.clean.dates import iso
from pipeline.clean.lines import Line, count, norm, squeeze
from pipeline.errors import CleanError
from pipeline.models import Article, Entry, Link, Page, Removal
from pipeline.urls import canonical, host

#: fewer words than this are no story: a teaser, an error page, a login form
LEAST_WORDS = 20
_MOST_REMOVALS = 200


def clean(page: Page, *, entry: Entry | None = None) -> Article:
    """The story on a page. `entry`: the feed's item that led to it, for what the page leaves out.

    Raises CleanError when the bytes are no page, or there is no story text on it.
    """
    if documents.is_pdf(page):
        return documents.article(page, entry=entry)
    tree = decode.parse(page)
    rule_set = rules.rules_for(host(page.url), page.fetched_at.date().isoformat())
    said = metadata.read(tree, page.url, entry)
    story_links = _Links(tree, page.final_url or page.url)
    found = prune.prune(tree, rule_set, standfirst=said.standfirst_element)
    lines = extract.lines(tree, page.url, found.links)
    rest = residue.strip(
        lines,
        rule_set,
        headlines=said.headlines,
        standfirst=said.standfirst,
        captions=found.captions,
        alts=found.alts,
    )
    text = "\n\n".join(line.text for line in rest.lines)
    words = count(text)
    wall = access(rest, found, said)
    if words < (LEAST_WORDS if wall == "open" else 5):
        raise CleanError(f"no story text found on the page ({words} words)", url=page.url)
    return Article(
        url=page.url,
        headline=said.headline or rest.headline,
        standfirst=_standfirst(said.standfirst, rest.lines),
        byline=said.byline or rest.byline,
        published_at=said.published_at or iso(_dated(rest.removed)),
        modified_at=said.modified_at,
        publisher=said.publisher,
        section=said.section,
        language=said.language,
        access=wall,
        text=text,
        captions=_unique(found.captions + rest.captions),
        links=story_links.within(text),
        removed=_removed(found.removed + rest.removed),
    )


def _standfirst(standfirst: str | None, lines: list[Line]) -> str | None:
    """None where it is (the beginning of) a paragraph of the text: the text keeps it, once."""
    key = norm(standfirst or "")
    if not key or any(key in norm(line.text) for line in lines[:4]):
        return None
    return standfirst


def _dated(removed: list[Removal]) -> str | None:
    return next((r.text for r in removed if r.kind == "dateline"), None)


def _unique(texts: list[str]) -> tuple[str, ...]:
    seen: dict[str, str] = {}
    for text in texts:
        seen.setdefault(norm(text), text)
    return tuple(t for key, t in seen.items() if key)


def _removed(removed: list[Removal]) -> tuple[Removal, ...]:
    """In order, each once, without navigation and hidden parts, of which every page is full."""
    telling = (r for r in removed if r.kind not in ("navigation", "hidden", "cookies"))
    return tuple(dict.fromkeys(telling))[:_MOST_REMOVALS]


class _Links:
    """Links of the page as they stood, of which those inside the story's text are kept."""

    def __init__(self, tree: HtmlElement, base: str) -> None:
        self.links: list[tuple[str, str]] = []
        named = tree.find(".//base")
        self.base = _joined(base, named.get("href") or "") if named is not None else base
        for anchor in tree.iter("a"):
            href = anchor.get("href")
            parent = anchor.getparent()
            if not href or href.startswith(("#", "javascript:", "mailto:", "tel:")):
                continue
            if parent is None or parent.tag not in ("p", "em", "strong", "b", "i", "span", "li", "td",
                                                    "div", "blockquote", "h2", "h3", "dd"):  # fmt: skip
                continue
            text = squeeze(" ".join(anchor.itertext()))
            if len(text) > 2:
                self.links.append((href, text))

    def within(self, text: str) -> tuple[Link, ...]:
        """Web links whose words stand in the text, each address once."""
        kept: dict[str, Link] = {}
        for href, words in self.links:
            if words in text and (url := _joined(self.base, href)).startswith("http"):
                kept.setdefault(url, Link(url=canonical(url), text=words))
        return tuple(kept.values())


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""
