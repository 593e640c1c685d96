"""`clean`: from a stored page to an Article, or a CleanError that says why there is none."""

from __future__ import annotations

from urllib.parse import urljoin

from lxml.html import HtmlElement

from pipeline.clean import decode, documents, extract, metadata, prune, residue, rules
from pipeline.clean.access import access
from pipeline.clean.dates import first_day, iso
from pipeline.clean.lines import Line, count, norm, squeeze
from pipeline.clean.official import is_official
from pipeline.errors import CleanError
from pipeline.models import Article, Entry, Link, Page, Removal
from pipeline.urls import canonical, host

#: fewer words than this are no story: a teaser, an error page, a login form
LEAST_WORDS = 20
#: where more is known to be out of reach
_FEWEST_WORDS = 5
_MOST_REMOVALS = 200
_INLINE = {"p", "em", "strong", "b", "i", "span", "li", "td", "div", "blockquote", "h2", "h3", "dd",
           "font", "u"}  # fmt: skip


def clean(page: Page, *, entry: Entry | None = None) -> Article:
    """The story on a page. `entry`: the feed's item that led to it, for what the page leaves out.

    Raises CleanError when the bytes are no page, or there is no story text on it.
    """
    if documents.is_pdf(page):
        return documents.article(page, entry=entry)
    tree = decode.parse(page)
    rule_set = rules.rules_for(host(page.url), page.fetched_at.date().isoformat())
    said = metadata.read(tree, page.url, entry)
    found = prune.prune(tree, rule_set, standfirst=said.standfirst_element)
    story_links = _Links(tree, page.final_url or page.url)
    own = extract.few_words(tree, found.links) if decode.is_from_feed(page) else None
    lines = extract.lines(tree, page.url, found.links) if own is None else own
    rest = residue.strip(
        lines,
        rule_set,
        headlines=said.headlines,
        standfirst=said.standfirst if said.standfirst_element is not None else None,
        captions=found.captions,
        alts=found.alts,
    )
    text = "\n\n".join(line.text for line in rest.lines)
    wall = access(rest, found, said)
    if decode.is_from_feed(page) and wall == "open" and count(text) < LEAST_WORDS:
        wall = "partial"  # a sentence or two that stand for a page nobody could have
    _refuse_too_short(text, wall, page.url)
    return Article(
        url=page.url,
        headline=said.headline or rest.headline,
        standfirst=_standfirst(said.standfirst, rest.lines),
        byline=said.byline or (() if said.news_agencies else rest.byline),
        published_at=said.published_at or _dated(rest.removed),
        modified_at=said.modified_at,
        publisher=said.publisher, section=said.section, language=said.language,
        access=wall,
        text=text,
        captions=_unique(found.captions + rest.captions),
        links=story_links.within(text),
        removed=_removed(found.removed + rest.removed),
        news_agencies=said.news_agencies,
        canonical_url=said.canonical_url,
        image=said.image,
        disagreements=said.disagreements,
    )  # fmt: skip


def _refuse_too_short(text: str, wall: str, url: str) -> None:
    words = count(text)
    if words < (LEAST_WORDS if wall == "open" else _FEWEST_WORDS):
        raise CleanError(f"no story text found on the page ({words} words)", url=url)


def _standfirst(standfirst: str | None, lines: list[Line]) -> str | None:
    """None where it is (the beginning of) a paragraph of the text: the text keeps it, once."""
    key = norm(standfirst or "")
    if not key or any(key in norm(line.text) for line in lines[:4]):
        return None
    return standfirst


def _dated(removed: list[Removal]) -> str | None:
    """A date printed on a line of its own, else beside the names."""
    lines = (r.text for r in removed if r.kind == "dateline")
    if (line := next(lines, None)) is not None:
        return iso(line)
    days = (first_day(r.text) for r in removed if r.rule == "byline-top")
    return next((day for day in days if day), None)


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
    """Links of the pruned page, of which those inside the story's text are kept."""

    def __init__(self, tree: HtmlElement, base: str) -> None:
        named = tree.find(".//base")
        self.base = _joined(base, named.get("href") or "") if named is not None else base
        self.anchors = [a for a in tree.iter("a") if _leads_out(a)]

    def within(self, text: str) -> tuple[Link, ...]:
        """Web links whose words, and the words before them, stand in the text; each once."""
        kept: dict[str, Link] = {}
        for anchor in self.anchors:
            words = squeeze(" ".join(anchor.itertext()))
            if len(words) < 3 or words not in text:
                continue
            before = squeeze(anchor.getparent().text or "")[-30:]
            url = _joined(self.base, anchor.get("href"))
            if before in text and url.startswith("http"):
                kept.setdefault(url, _link(url, words))
        return tuple(kept.values())


def _link(url: str, text: str) -> Link:
    return Link(url=canonical(url), text=text, official=is_official(url))


def _leads_out(anchor: HtmlElement) -> bool:
    href, parent = anchor.get("href"), anchor.getparent()
    if not href or parent is None or href.startswith(("#", "javascript:", "mailto:", "tel:")):
        return False
    return parent.tag in _INLINE


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""
