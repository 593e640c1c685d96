"""`clean`: from a stored page to an Article, or a CleanError that says why there is none.

`read` is the same for who has more than one page of a site: it is told what is the site's own text,
and tells what other pages can be compared with.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from urllib.parse import urljoin

from lxml.html import HtmlElement

from pipeline.clean import (
    decode,
    documents,
    extract,
    frame,
    metadata,
    prune,
    residue,
    rules,
    same,
    site,
)
from pipeline.clean.access import access
from pipeline.clean.dates import first_day, iso
from pipeline.clean.leftout import left_out
from pipeline.clean.lines import Line, count, norm, squeeze
from pipeline.errors import CleanError
from pipeline.models import Article, Cleaned, Entry, Link, Page, Reading, Removal
from pipeline.urls import canonical, host

#: fewer words than this are no story: a teaser, an error page, a login form
LEAST_WORDS = 20
#: where more is known to be out of reach
_FEWEST_WORDS = 5
_LONGEST = 2_000  #: characters of a removal that are kept to explain it
_INLINE = {"p", "em", "strong", "b", "i", "span", "li", "td", "div", "blockquote", "h2", "h3", "dd",
           "font", "u"}  # fmt: skip


def clean(
    page: Page, *, entry: Entry | None = None, site_lines: Collection[int] = frozenset()
) -> Article:
    """The story on a page.

    Args:
        entry: the feed's item that led to it, for what the page leaves out.
        site_lines: keys of paragraphs that are its site's own (`site.own_keys`).

    Raises CleanError when the bytes are no page, or there is no story text on it.
    """
    return read(page, entry=entry, site_lines=site_lines).article


def read(
    page: Page,
    *,
    entry: Entry | None = None,
    site_lines: Collection[int] = frozenset(),
    site_rules: tuple[rules.Rule, ...] | None = None,
) -> Cleaned:
    """As `clean`, with what of the page is compared with others; raises as it does.

    `site_rules`: instead of the records of sites.yaml, to try one.
    """
    if documents.is_pdf(page):
        return _document(page, entry)
    parsed = decode.parse(page)
    tree = parsed.tree
    rule_set = rules.rules_for(host(page.url), page.fetched_at.date().isoformat(), site_rules)
    said = metadata.read(tree, page.url, entry)
    found = prune.prune(tree, rule_set, url=page.url, standfirst=said.standfirst_element)
    story_links = _Links(tree, page.final_url or page.url)
    story = frame.find(tree, said.headlines, found.paragraphs)
    story = frame.with_kept(story, tree, found.kept)
    lines = _lines(tree, page, story, found)
    unread = left_out(tree, story, found.paragraphs, lines)
    rest = residue.strip(
        lines,
        rule_set,
        headlines=said.headlines,
        standfirst=said.standfirst if said.standfirst_element is not None else None,
        captions=found.captions,
        alts=found.alts,
    )
    reading = _compared(page, entry, said, rest)
    used = _cut_own(rest, reading, site_lines)
    text = "\n\n".join(line.text for line in rest.lines)
    wall = access(rest, found, said)
    if decode.is_from_feed(page) and wall == "open" and count(text) < LEAST_WORDS:
        wall = "partial"  # a sentence or two that stand for a page nobody could have
    _refuse_too_short(text, wall, page.url, parsed.unread)
    article = Article(
        url=page.url,
        headline=said.headline or rest.headline,
        standfirst=_standfirst(said.standfirst, rest.lines),
        byline=said.byline or rest.byline,
        published_at=said.published_at or _dated(rest.removed),
        modified_at=said.modified_at,
        publisher=said.publisher,
        section=said.section,
        language=said.language,
        access=wall,
        text=text,
        captions=_unique(found.captions + rest.captions),
        links=story_links.within(text),
        removed=_removed([*found.removed, *rest.removed, *unread, *_too_large(parsed.unread)]),
    )
    return Cleaned(article=article, reading=reading, used=used)


def _document(page: Page, entry: Entry | None) -> Cleaned:
    """A report in a PDF: its paragraphs are not compared with others."""
    article = documents.article(page, entry=entry)
    found = same.reading(page, entry, article.headline, article.published_at)
    return Cleaned(article=article, reading=found)


def _lines(
    tree: HtmlElement, page: Page, story: frame.Frame | None, found: prune.Found
) -> list[Line]:
    few = extract.few_words(tree, found.links) if decode.is_from_feed(page) else None
    return extract.lines(tree, page.url, story, found.links) if few is None else few


def _compared(
    page: Page, entry: Entry | None, said: metadata.Metadata, rest: residue.Residue
) -> Reading:
    """What of the page is compared with others, before the site's own paragraphs go."""
    return same.reading(page, entry, said.headline or rest.headline,
                        said.published_at or _dated(rest.removed), publisher=said.publisher,
                        texts=[line.text for line in rest.lines])  # fmt: skip


def _cut_own(
    rest: residue.Residue, reading: Reading, site_lines: Collection[int]
) -> frozenset[int]:
    """Cuts its site's own paragraphs from a page → those that stood on it."""
    used = frozenset(x.key for x in reading.lines if not x.story and x.key in site_lines)
    rest.lines, cut = site.cut(rest.lines, reading.site, used)
    rest.removed += cut
    return used


def _refuse_too_short(text: str, wall: str, url: str, unread: int) -> None:
    words = count(text)
    if words < (LEAST_WORDS if wall == "open" else _FEWEST_WORDS):
        where = f"in what was read of the page, which is too large ({unread:,} characters were not)"
        where = where if unread else "on the page"
        raise CleanError(f"no story text found {where} ({words} words)", url=url)


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


def _too_large(characters: int) -> list[Removal]:
    """That a page was too large to be read to its end is said with it."""
    if not characters:
        return []
    said = f"the last {characters:,} characters of the page were not read"
    return [Removal(rule="page-too-large", kind="limit", text=said)]


def _removed(removed: list[Removal]) -> tuple[Removal, ...]:
    """In order, each once, long ones cut short and marked so."""
    each = dict.fromkeys(r if len(r.text) <= _LONGEST else _shortened(r) for r in removed)
    return tuple(each)


def _shortened(removal: Removal) -> Removal:
    return replace(removal, text=removal.text[:_LONGEST].rstrip() + " …")


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
                kept.setdefault(url, Link(url=canonical(url), text=words))
        return tuple(kept.values())


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
