"""What a page says about its story: headline, standfirst, authors, dates, publisher, section.

Each field is taken from the first source that has it, in the order: JSON-LD, Open Graph and other
<meta>, microdata and classes of elements, the feed's entry, the address. Only where no source says
a date is htmldate asked, which searches the whole page and costs as much as the rest together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from htmldate import find_date
from lxml.html import HtmlElement

from pipeline.clean import dates
from pipeline.clean.html import plain_text
from pipeline.clean.lines import count, norm, squeeze
from pipeline.clean.people import people
from pipeline.models import Entry, Page
from pipeline.urls import canonical, host

_ARTICLE_TYPES = re.compile(r"Article$|^(?:Report|BlogPosting|LiveBlogPosting|SocialMediaPosting)$")
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
_STANDFIRST = re.compile(
    r"(?:^|[ _-])(?:stand-?first|deck|dek|sub-?title|sub-?heading|sub-?headline|sub-?head|strap-?line|"  # noqa: E501
    r"article-?description|article-?summary|article-?synopsis|story-?summary|lead-?paragraph-?standfirst|"
    r"post-?excerpt|entry-?summary|article-?excerpt|page-?intro|gem-c-lead-paragraph)(?:$|[ _-])",
    re.I,
)
_BYLINE = re.compile(
    r"(?:^|[ _-])(?:byline|by-line|author-?name|article-?author|author|post-?author|entry-?author|"
    r"writer|contributor-?name|vcard)(?:$|[ _-])", re.I)  # fmt: skip
_DATELINE = re.compile(
    r"(?:^|[ _-])(?:date|dateline|timestamp|publish(?:ed)?-?(?:date|time|on|at)?|pub-?date|"
    r"post-?date|entry-?date|article-?date|submitted)(?:$|[ _-])", re.I)  # fmt: skip
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
    published_at: str | None = None
    modified_at: str | None = None
    publisher: str | None = None
    section: str | None = None
    language: str | None = None
    free: bool | None = None  #: JSON-LD isAccessibleForFree
    body: str | None = None  #: JSON-LD articleBody


@dataclass
class _Marked:
    """Elements that say by tag, class or microdata what they are, in the order of the page."""

    h1: list[HtmlElement] = field(default_factory=list)
    standfirsts: list[HtmlElement] = field(default_factory=list)
    bylines: list[HtmlElement] = field(default_factory=list)
    dates: list[HtmlElement] = field(default_factory=list)
    props: dict[str, list[HtmlElement]] = field(default_factory=dict)


def read(tree: HtmlElement, url: str, entry: Entry | None) -> Metadata:
    """Reads a whole, unpruned page."""
    article, site = _json_ld(tree)
    meta = _meta(tree)
    marked = _marked(tree)
    found = Metadata()
    found.publisher = _publisher(article, site, meta, url)
    _headline(found, article, meta, marked, tree, entry)
    _standfirst(found, article, marked)
    found.byline = _byline(found, article, meta, marked, entry)
    _dates(found, article, meta, marked, entry, tree, url)
    found.section = _first(_texts(article.get("articleSection")), _of(meta, _SECTION))
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


# ---------------------------------------------------------------- where it is written


def _json_ld(tree: HtmlElement) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the article's object, the publisher's or site's); empty dicts where there is none."""
    article: dict[str, Any] = {}
    site: dict[str, Any] = {}
    for script in tree.iter("script"):
        if "ld+json" not in script.get("type", ""):
            continue
        for node in _nodes(_loads(script.text or "")):
            types = " ".join(_texts(node.get("@type")))
            if not article and any(_ARTICLE_TYPES.search(t) for t in types.split()):
                article = node
            elif not site and re.search(r"Organization|WebSite", types):
                site = node
    return article, site


def _loads(text: str) -> Any:
    text = text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Objects with a type, from lists, `@graph` and `mainEntity`."""
    if depth > 4:
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _nodes(value.get(key), depth + 1)


def _texts(value: Any) -> list[str]:
    """Strings in a JSON-LD value: a string, a list, or objects with a name."""
    if isinstance(value, str):
        return [squeeze(plain_text(value) if "<" in value or "&" in value else value)]
    if isinstance(value, list):
        return [t for item in value for t in _texts(item)]
    if isinstance(value, dict):
        return _texts(value.get("name") or value.get("@value"))
    return []


def _meta(tree: HtmlElement) -> dict[str, str]:
    """<meta> by lower-case name or property; the first of a name wins."""
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        content = element.get("content")
        if name and content and content.strip():
            found.setdefault(name.strip().lower(), squeeze(content))
    return found


def _of(meta: dict[str, str], names: Iterable[str]) -> list[str]:
    return [meta[n] for n in names if n in meta]


def _marked(tree: HtmlElement) -> _Marked:
    marked = _Marked()
    for element in tree.iter(
        "h1",
        "h2",
        "h3",
        "h4",
        "p",
        "div",
        "span",
        "a",
        "time",
        "li",
        "ul",
        "address",
        "section",
        "strong",
        "b",
        "em",
        "td",
        "abbr",
        "dd",
    ):
        if element.tag == "h1":
            marked.h1.append(element)
        if element.tag == "time":
            marked.dates.append(element)
        prop = element.get("itemprop")
        if prop:
            marked.props.setdefault(prop.lower(), []).append(element)
        names = element.get("class")
        if element.get("rel") == "author":
            marked.bylines.append(element)
        elif names:
            _by_class(element, names, marked)
    return marked


def _by_class(element: HtmlElement, names: str, marked: _Marked) -> None:
    what = _named(names)
    if what == "standfirst":
        marked.standfirsts.append(element)
    elif what == "byline" and len(marked.bylines) < 8:
        marked.bylines.append(element)
    elif what == "date" and len(marked.dates) < 12:
        marked.dates.append(element)


@lru_cache(maxsize=20_000)
def _named(names: str) -> str | None:
    """What a class attribute says that its element is; pages use few different ones."""
    if _STANDFIRST.search(names):
        return "standfirst"
    if _BYLINE.search(names):
        return "byline"
    return "date" if _DATELINE.search(names) else None


def _text(element: HtmlElement) -> str:
    return squeeze(" ".join(element.itertext()))


def _first(*sources: Iterable[str]) -> str | None:
    return next((text for source in sources for text in source if text), None)


# ---------------------------------------------------------------- field by field


def _publisher(
    article: dict[str, Any], site: dict[str, Any], meta: dict[str, str], url: str
) -> str | None:
    named = _first(
        _texts(article.get("publisher")),
        _of(meta, ("og:site_name", "application-name")),
        _texts(site.get("name")),
        _of(meta, ("dc.publisher", "publisher")),
    )
    return named or host(url).removeprefix("www.") or None


def _headline(
    found: Metadata,
    article: dict[str, Any],
    meta: dict[str, str],
    marked: _Marked,
    tree: HtmlElement,
    entry: Entry | None,
) -> None:
    """JSON-LD and Open Graph may be cut short or written for sharing: h1 wins where it agrees."""
    titles = [squeeze(t.text_content()) for t in tree.iterfind(".//head/title")]
    h1 = [t for t in (_text(e) for e in marked.h1) if t and norm(t) != norm(found.publisher or "")]
    said = _texts(article.get("headline")) + _of(meta, ("og:title", "twitter:title", "dc.title"))
    named = said + titles + ([entry.headline] if entry and entry.headline else [])
    bare = [_without_site(t, found.publisher) for t in named if t]
    agreeing = [t for t in h1 if any(_agree(t, b) for b in bare)]
    found.headline = _first(agreeing, bare[: len(said)], h1 if len(h1) == 1 else [], bare)
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


def _standfirst(found: Metadata, article: dict[str, Any], marked: _Marked) -> None:
    """A distinct element by class or microdata, else what JSON-LD says."""
    for element in (*marked.standfirsts, *marked.props.get("alternativeheadline", ())):
        text = _text(element)
        if 5 <= count(text) <= 80 and norm(text) not in found.headlines:
            found.standfirst, found.standfirst_element = text, element
            return
    described = _first(
        _texts(article.get("alternativeHeadline")), _texts(article.get("description"))
    )
    if described and 5 <= count(described) <= 80 and not described.endswith(("...", "…", "[…]")):
        found.standfirst = described


def _byline(
    found: Metadata,
    article: dict[str, Any],
    meta: dict[str, str],
    marked: _Marked,
    entry: Entry | None,
) -> tuple[str, ...]:
    elements = marked.props.get("author", []) + marked.bylines
    for source in (
        ["; ".join(_texts(article.get("author")))],
        [t for t in _of(meta, _AUTHOR) if not t.startswith(("http", "@"))],
        [t for t in (_text(e) for e in elements) if len(t) < 160],
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
    marked: _Marked,
    entry: Entry | None,
    tree: HtmlElement,
    url: str,
) -> None:
    published = [*_texts(article.get("datePublished")), *_texts(article.get("dateCreated"))]
    found.published_at = _first_date(
        [
            *published,
            *_of(meta, _PUBLISHED),
            *(
                e.get("content") or e.get("datetime") or _text(e)
                for e in marked.props.get("datepublished", ())
            ),
            *_visible_dates(marked),
            entry.published_at if entry else None,
            dates.day_in_url(url),
        ]
    )
    found.modified_at = _first_date(
        [
            *_texts(article.get("dateModified")),
            *_of(meta, _MODIFIED),
            *(
                e.get("content") or e.get("datetime") or _text(e)
                for e in marked.props.get("datemodified", ())
            ),
        ]
    )
    if found.published_at is None:
        found.published_at = _searched(tree, url)


def _first_date(texts: Iterable[str | None]) -> str | None:
    return next((day for t in texts if (day := dates.iso(t))), None)


def _visible_dates(marked: _Marked) -> Iterator[str]:
    for element in marked.dates:
        if element.get("datetime"):
            yield element.get("datetime")
        text = _text(element)
        if len(text) < 80 and dates.DAY.search(text) and not re.match(r"(?i)updated|last", text):
            yield text


def _searched(tree: HtmlElement, url: str) -> str | None:
    try:
        day = find_date(tree, url=url, extensive_search=False, original_date=True)
    except (ValueError, TypeError, AttributeError, OverflowError):  # odd pages trip it
        return None
    return dates.iso(day)


def _language(tree: HtmlElement, meta: dict[str, str], article: dict[str, Any]) -> str | None:
    said = _first([tree.get("lang") or ""], _texts(article.get("inLanguage")),
                  _of(meta, ("og:locale", "content-language", "language")))  # fmt: skip
    m = re.match(r"[a-zA-Z]{2,3}(?=$|[-_])", said or "")
    return m[0].lower() if m else None
