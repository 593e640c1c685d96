"""What a page says about its story: headline, standfirst, authors, dates, publisher, section.

Each field is taken from the first source that has it, in the order: JSON-LD, Open Graph and other
<meta>, microdata and classes of elements, the feed's entry, the address, what stands bare beside
the headline. Only where no source says a date is htmldate asked, which searches the whole page and
costs as much as the rest together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from htmldate import find_date
from lxml.html import HtmlElement

from pipeline.clean import dates
from pipeline.clean.beside import beside
from pipeline.clean.html import plain_text
from pipeline.clean.lines import count, norm, squeeze
from pipeline.clean.markup import (
    Marked,
    first_of,
    json_ld,
    marked_in,
    meta_of,
    text_of,
    texts_of,
    values,
)
from pipeline.clean.people import people
from pipeline.models import Disagreement, Entry, Image, Page
from pipeline.urls import canonical, host

_PUBLISHED = ("article:published_time", "og:published_time", "datepublished", "parsely-pub-date",
              "sailthru.date", "dc.date.issued", "dcterms.created", "dc.date.created", "dc.date",
              "dcterms.date", "dcterms.issued", "article.published", "publish-date", "publishdate",
              "pubdate", "publication_date", "published-date", "cxenseparse:recs:publishtime",
              "govuk:first-published-at", "date")  # fmt: skip
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified",
             "dc.date.modified", "last-modified", "govuk:public-updated-at", "lastmod")  # fmt: skip
_AUTHOR = (
    "author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dcterms.creator",
    "article:author",
    "byl",
    "cxenseparse:author",
    "og:article:author",
    "twitter:creator",
)
_SECTION = ("article:section", "parsely-section", "og:article:section", "section",
            "cxenseparse:recs:category", "dc.subject")  # fmt: skip
_SITE_SUFFIX = re.compile(r"\s+(?:[|»·•]|[-–—:])\s+")
_CANONICAL = re.compile(r"<link\b[^>]*rel\s*=\s*[\"']?canonical[^>]*>", re.I)
_OG_URL = re.compile(r"<meta\b[^>]*property\s*=\s*[\"']?og:url[^>]*>", re.I)


@dataclass
class Metadata:
    """All that was found; `headlines` are every form of the headline, for finding it doubled."""

    headline: str | None = None
    headlines: set[str] = field(default_factory=set)
    standfirst: str | None = None
    standfirst_element: HtmlElement | None = None
    byline: tuple[str, ...] = ()
    news_agencies: tuple[str, ...] = ()
    canonical_url: str | None = None
    image: Image | None = None
    disagreements: tuple[Disagreement, ...] = ()
    published_at: str | None = None
    modified_at: str | None = None
    publisher: str | None = None
    section: str | None = None
    language: str | None = None
    free: bool | None = None  #: JSON-LD isAccessibleForFree
    body: str | None = None  #: JSON-LD articleBody


def read(tree: HtmlElement, url: str, entry: Entry | None) -> Metadata:
    """Reads a whole, unpruned page."""
    article, site = json_ld(tree)
    meta = meta_of(tree)
    marked = marked_in(tree)
    found = Metadata()
    found.publisher = _publisher(article, site, meta, url)
    _headline(found, article, meta, marked, tree, entry)
    _standfirst(found, article, marked)
    found.byline = _byline(found, article, meta, marked, entry)
    _dates(found, article, meta, marked, entry, url)
    _last_resorts(found, marked, tree, url)
    found.section = first_of(texts_of(article.get("articleSection")), values(meta, _SECTION))
    found.language = _language(tree, meta, article)
    free = article.get("isAccessibleForFree")
    found.free = None if free is None else str(free).lower() not in ("false", "0", "no")
    found.body = article.get("articleBody") if isinstance(article.get("articleBody"), str) else None
    return found


def own_address(page: Page) -> str | None:
    """Where a page says that it lives (canonical link, og:url); None for a PDF or silence."""
    if page.body[:8].lstrip().startswith(b"%PDF-"):
        return None
    head = page.body[:200_000].decode("utf-8", "replace")
    for pattern in (_CANONICAL, _OG_URL):
        if (m := pattern.search(head)) and (
            href := re.search(r"(?:href|content)\s*=\s*[\"']?(https?://[^\"'\s>]+)", m[0], re.I)
        ):
            return canonical(plain_text(href[1]))
    return None


def _publisher(
    article: dict[str, Any], site: dict[str, Any], meta: dict[str, str], url: str
) -> str | None:
    named = first_of(
        texts_of(article.get("publisher")),
        values(meta, ("og:site_name", "application-name")),
        texts_of(site.get("name")),
        values(meta, ("dc.publisher", "publisher")),
    )
    return named or host(url).removeprefix("www.") or None


def _headline(
    found: Metadata,
    article: dict[str, Any],
    meta: dict[str, str],
    marked: Marked,
    tree: HtmlElement,
    entry: Entry | None,
) -> None:
    """JSON-LD and Open Graph may be cut short or written for sharing: h1 wins where it agrees."""
    titles = [squeeze(t.text_content()) for t in tree.iterfind(".//head/title")]
    h1 = [
        t for t in (text_of(e) for e in marked.h1) if t and norm(t) != norm(found.publisher or "")
    ]
    said = texts_of(article.get("headline")) + values(
        meta, ("og:title", "twitter:title", "dc.title")
    )
    named = said + titles + ([entry.headline] if entry and entry.headline else [])
    bare = [_without_site(t, found.publisher) for t in named if t]
    agreeing = [t for t in h1 if any(_agree(t, b) for b in bare)]
    found.headline = first_of(agreeing, bare[: len(said)], h1 if len(h1) == 1 else [], bare)
    found.headlines = {norm(t) for t in (*agreeing, *bare, *named, found.headline) if t}


def _agree(one: str, other: str) -> bool:
    a, b = norm(one), norm(other)
    return bool(a and b) and (a == b or (len(a) > 15 and (b.startswith(a) or a.startswith(b))))


def _without_site(title: str, publisher: str | None) -> str:
    """ "School praised | News | The Example" → "School praised"."""
    site = norm(publisher or "")
    before, colon, after = title.partition(": ")
    if colon and count(before) <= 4 and norm(before).replace(" ", "") in site.replace(" ", ""):
        title = after
    parts = _SITE_SUFFIX.split(title)
    seams = _SITE_SUFFIX.findall(title)
    while len(parts) > 1:
        last = norm(parts[-1])
        if not (seams[-1].strip() in "|»·•" or (site and (last in site or site in last))):
            break
        if count(parts[-1]) > 7:
            break
        parts.pop()
        seams.pop()
    text = parts[0]
    for seam, part in zip(seams, parts[1:], strict=True):
        text += seam + part
    return text


def _standfirst(found: Metadata, article: dict[str, Any], marked: Marked) -> None:
    """A distinct element by class or microdata, else what JSON-LD says."""
    for element in (*marked.standfirsts, *marked.props.get("alternativeheadline", ())):
        text = text_of(element)
        if 5 <= count(text) <= 80 and norm(text) not in found.headlines:
            found.standfirst, found.standfirst_element = text, element
            return
    described = first_of(
        texts_of(article.get("alternativeHeadline")), texts_of(article.get("description"))
    )
    if described and 5 <= count(described) <= 80 and not described.endswith(("...", "…", "[…]")):
        found.standfirst = described


def _byline(
    found: Metadata,
    article: dict[str, Any],
    meta: dict[str, str],
    marked: Marked,
    entry: Entry | None,
) -> tuple[str, ...]:
    elements = marked.props.get("author", []) + marked.bylines
    for source in (
        ["; ".join(texts_of(article.get("author")))],
        [t for t in values(meta, _AUTHOR) if not t.startswith(("http", "@"))],
        [t for t in (text_of(e) for e in elements) if len(t) < 160],
        [entry.author] if entry and entry.author else [],
    ):
        for text in source:
            if names := people(text, publisher=found.publisher):
                return names
    return ()


def _dates(
    found: Metadata,
    article: dict[str, Any],
    meta: dict[str, str],
    marked: Marked,
    entry: Entry | None,
    url: str,
) -> None:
    published = [*texts_of(article.get("datePublished")), *texts_of(article.get("dateCreated"))]
    found.published_at = _first_date(
        [
            *published,
            *values(meta, _PUBLISHED),
            *(
                e.get("content") or e.get("datetime") or text_of(e)
                for e in marked.props.get("datepublished", ())
            ),
            *_visible_dates(marked),
            entry.published_at if entry else None,
            dates.day_in_url(url),
        ]
    )
    found.modified_at = _first_date(
        [
            *texts_of(article.get("dateModified")),
            *values(meta, _MODIFIED),
            *(
                e.get("content") or e.get("datetime") or text_of(e)
                for e in marked.props.get("datemodified", ())
            ),
        ]
    )


def _last_resorts(found: Metadata, marked: Marked, tree: HtmlElement, url: str) -> None:
    """What stands bare beside the headline, then a date anywhere."""
    if found.byline and found.published_at:
        return
    if (headline := _headline_element(found, marked, tree)) is not None:
        stands = beside(headline, publisher=found.publisher)
        found.byline = found.byline or stands.byline
        found.published_at = found.published_at or stands.published_at
    if found.published_at is None:
        found.published_at = _searched(tree, url)


def _headline_element(found: Metadata, marked: Marked, tree: HtmlElement) -> HtmlElement | None:
    """The heading that says the headline; the highest one where several do."""
    for headings in (marked.h1, tree.iter("h2"), tree.iter("h3")):
        for element in headings:
            if norm(text_of(element)) in found.headlines:
                return element
    return None


def _first_date(texts: Iterable[str | None]) -> str | None:
    return next((day for t in texts if (day := dates.iso(t))), None)


def _visible_dates(marked: Marked) -> Iterator[str]:
    for element in marked.dates:
        if element.get("datetime"):
            yield element.get("datetime")
        text = text_of(element)
        if len(text) < 80 and dates.DAY.search(text) and not re.match(r"(?i)updated|last", text):
            yield text


def _searched(tree: HtmlElement, url: str) -> str | None:
    try:
        day = find_date(tree, url=url, extensive_search=False, original_date=True)
    except (ValueError, TypeError, AttributeError, OverflowError):  # odd pages trip it
        return None
    return dates.iso(day)


def _language(tree: HtmlElement, meta: dict[str, str], article: dict[str, Any]) -> str | None:
    said = first_of([tree.get("lang") or ""], texts_of(article.get("inLanguage")),
                  values(meta, ("og:locale", "content-language", "language")))  # fmt: skip
    m = re.match(r"[a-zA-Z]{2,3}(?=$|[-_])", said or "")
    return m[0].lower() if m else None
