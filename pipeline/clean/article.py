"""`clean`: from a stored page to an Article, or a CleanError that says why there is none.

`read` is the same for who has more than one page of a site: it is told what is the site's own text,
and tells what other pages can be compared with.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache

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
    storylinks,
)
from pipeline.clean.access import access
from pipeline.clean.dates import first_day, iso
from pipeline.clean.leftout import left_out
from pipeline.clean.lines import Line, count, norm
from pipeline.clean.recovery import recovered
from pipeline.errors import CleanError
from pipeline.models import Article, Cleaned, Entry, Link, Page, Reading, Removal
from pipeline.urls import host

#: fewer words than this are no story: a teaser, an error page, a login form
LEAST_WORDS = 20
#: where more is known to be out of reach
_FEWEST_WORDS = 5
_MOST_OF_NO_STORY = 250  #: words of an error page; a story may be called as one
_LONGEST = 2_000  #: characters of a removal that are kept to explain it


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
    base = storylinks.base_of_page(tree, page.final_url or page.url)
    reports = storylinks.official_links(tree, base)
    found = prune.prune(tree, rule_set, url=page.url, standfirst=said.standfirst_element,
                        walled=said.free is False)  # fmt: skip
    found.removed += _too_large(parsed.unread)
    story = frame.find(tree, said.headlines, found.paragraphs)
    story = frame.with_kept(story, tree, found.kept)
    lines = _lines(tree, page, story, found)
    found.removed += left_out(tree, story, found.paragraphs, lines)
    if not decode.is_from_feed(page):
        lines, note = recovered(lines, said, found, entry)
        found.removed += note
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
    article = _article(page, said, found, rest)
    _refuse_too_short(article, parsed.unread)
    _refuse_no_story(article)
    parts = (tree,) if story is None else story.parts
    links = _each_once((*storylinks.links_within(parts, base, article.text), *reports))
    return Cleaned(article=replace(article, links=links), reading=reading, used=used)


def _each_once(links: tuple[Link, ...]) -> tuple[Link, ...]:
    """By address; the first to name it has the story's own words for it."""
    unique: dict[str, Link] = {}
    for link in links:
        unique.setdefault(link.url, link)
    return tuple(unique.values())


def _article(
    page: Page, said: metadata.Metadata, found: prune.Found, rest: residue.Residue
) -> Article:
    text = "\n\n".join(line.text for line in rest.lines)
    wall = access(rest, found, said)
    if decode.is_from_feed(page) and wall == "open" and count(text) < LEAST_WORDS:
        wall = "partial"  # a sentence or two that stand for a page nobody could have
    return Article(
        url=page.url,
        headline=said.headline or rest.headline,
        standfirst=_standfirst(said.standfirst, found, rest.lines),
        byline=said.byline or (() if said.news_agencies else rest.byline),
        published_at=said.published_at or _dated(rest.removed),
        modified_at=said.modified_at,
        publisher=said.publisher,
        section=said.section,
        language=said.language,
        access=wall,
        text=text,
        captions=_unique(found.captions + rest.captions),
        links=(),
        removed=_removed([*found.removed, *rest.removed]),
        news_agencies=said.news_agencies,
        canonical_url=said.canonical_url,
        image=said.image,
        disagreements=said.disagreements,
    )


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


def _refuse_no_story(article: Article) -> None:
    """An error, a guard, a form: they answer 200 and have sentences, and are nobody's story."""
    headline = (article.headline or "").strip()
    if count(article.text) < _MOST_OF_NO_STORY and _no_story().fullmatch(headline):
        raise CleanError(f"the page is no story; it says {headline!r}", url=article.url)


@lru_cache(maxsize=1)
def _no_story() -> re.Pattern[str]:
    return re.compile("|".join(rules.settings()["no_story"]), re.I)


def _refuse_too_short(article: Article, unread: int) -> None:
    words = count(article.text)
    if words < (LEAST_WORDS if article.access == "open" else _FEWEST_WORDS):
        where = f"in what was read of the page, which is too large ({unread:,} characters were not)"
        where = where if unread else "on the page"
        raise CleanError(f"no story text found {where} ({words} words)", url=article.url)


def _standfirst(standfirst: str | None, found: prune.Found, lines: list[Line]) -> str | None:
    """None where it is (the beginning of) a paragraph of the text and stands nowhere else."""
    key = norm(standfirst or "")
    if any(r.rule == prune.STANDFIRST.id for r in found.removed):
        return standfirst
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
