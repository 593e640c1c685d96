"""When a story was published and last changed, by every source of a page in the stated order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from lxml.html import HtmlElement

from pipeline.clean import dates, jsonld
from pipeline.clean.beside import Beside
from pipeline.clean.disagreements import Claim
from pipeline.clean.markup import (
    Marked,
    content_of,
    distance,
    is_aside,
    is_elsewhere,
    text_of,
    values,
)
from pipeline.models import Entry

_PUBLISHED_GRAPH = ("article:published_time", "og:published_time", "article:published",
                    "og:article:published_time", "article:post_date")  # fmt: skip
_PUBLISHED = ("datepublished", "parsely-pub-date", "sailthru.date", "dc.date.issued",
              "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "dcterms.issued",
              "article.published", "publish-date", "publishdate", "pubdate", "publication_date",
              "published-date", "published", "citation_publication_date", "citation_date",
              "cxenseparse:recs:publishtime", "govuk:first-published-at", "date")  # fmt: skip
_MODIFIED_GRAPH = ("article:modified_time", "og:updated_time", "article:modified")
_MODIFIED = ("datemodified", "dcterms.modified", "dc.date.modified", "last-modified",
             "govuk:public-updated-at", "lastmod", "revised")  # fmt: skip
_LATER = re.compile(r"(?i)(?:last |page |first )*(?:updated|modified|amended|revised|reviewed)\b")
#: how a whole line begins
_UPDATED = re.compile(
    r"(?i)(?:this )?(?:(?:page|article|story) )?(?:(?:was|has been) )?(?:last )?"
    r"(?:updated|modified|amended)(?: on)?\s*:?\s*(?=\w)"
)
_NO_DAY = re.compile(r"(?i)\b(?:expir|clos|deadline|event|born|copyright|©)")
_MOST_ELEMENTS = 16
_YEAR = re.compile(r"(?:19|20)\d\d")
#: what stands with a day in a line that says when a story was published, and nothing else
_WHEN = frozenset((
    "published", "publish", "posted", "post", "updated", "update", "last", "modified",
    "reviewed", "date", "dated", "time", "on", "at", "in", "by", "created", "written", "added",
    "issued", "first", "release", "released", "uploaded", "edited", "revised", "am", "pm",
    "gmt", "bst", "utc", "min", "mins", "minute", "minutes", "read", "monday", "tuesday",
    "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "tues", "wed", "thu",
    "thurs", "fri", "sat", "sun", "blog", "news", "article", "press",
))  # fmt: skip
_WORDS = re.compile(r"[^\W\d_]{2,}")
_IN_DATA = re.compile(
    r"\"(?:datePublished|date_?published|publish(?:ed)?_?(?:at|on|date)|publication_?date|pub_?date|"
    r"first_?published(?:_?at)?)\\?\"\s*:\s*\\?\"([^\"\\]{8,40})", re.I)  # fmt: skip
_MOST_DATA = 400_000  #: characters of a script that are searched


def published(
    said: jsonld.Said,
    marked: Marked,
    entry: Entry | None,
    url: str,
    headline: HtmlElement | None,
    beside: Beside,
    *,
    monthfirst: bool,
) -> list[Claim]:
    """One claim a source that names a day, in the order in which they are believed."""
    earlier, _ = _shown(marked, headline)
    shown = _first([beside.published_at, *earlier], monthfirst=monthfirst)
    sources: tuple[tuple[str, Iterable[str | None]], ...] = (
        ("json-ld", _json_ld(said, "datePublished", "dateCreated")),
        ("open graph", values(marked.meta, _PUBLISHED_GRAPH)),
        ("meta", values(marked.meta, _PUBLISHED)),
        ("microdata", _microdata(marked, "datepublished", "datecreated")),
        ("page", [_unturned(shown, earlier)]),
        ("feed", [entry.published_at if entry else None]),
        ("address", [dates.day_in_url(url)]),
    )
    return [
        Claim("published_at", source, day)
        for source, texts in sources
        if (day := _first(texts, monthfirst=monthfirst))
    ]


def chosen(claims: list[Claim], beside: Beside) -> str | None:
    """The first claim, unless the page shows its readers an earlier day beside the headline.

    Systems give a story a new date when it is moved or edited; nobody prints a day too early.
    """
    first = claims[0].value if claims else None
    shown = next((c.value for c in claims if c.source == "page"), None)
    if first and shown and beside.published_at:
        earlier = date.fromisoformat(first[:10]) - date.fromisoformat(shown[:10])
        return shown if earlier.days > 1 else first  # by one day: a zone
    return first


def _unturned(shown: str | None, stamps: list[str]) -> str | None:
    """The day in figures that was read, unless an element's stamp says it has the month first."""
    if shown is None:
        return None
    turned = f"{shown[:4]}-{shown[8:10]}-{shown[5:7]}"
    return next((s for s in stamps if s.startswith(turned)), shown)


def searched(marked: Marked, headline: HtmlElement | None, *, monthfirst: bool) -> str | None:
    """The last resort: a short line with a day, behind the headline if there is one; else what
    scripts hold for other programs."""
    beside, _ = _shown(marked, headline, distant=1)
    if day := _first(beside, monthfirst=monthfirst):
        return day
    before: str | None = None  # or beside
    reached = headline is None
    for element, text, _ in marked.texts():
        reached = reached or element is headline
        if len(text) > 90 or (not reached and before) or not _YEAR.search(text):
            continue
        line = text.strip()
        if len(line) > 70 or not _says_when(line) or is_elsewhere(element):
            continue
        if day := dates.iso(line, monthfirst=monthfirst):
            if reached and not is_aside(element):
                return day
            before = before or day
    return before or _in_data(marked, monthfirst=monthfirst)


def _says_when(line: str) -> bool:
    if not dates.has_day(line) or _NO_DAY.search(line):
        return False
    others = _WORDS.findall(dates.without_days(line, count=1).lower())
    return sum(word not in _WHEN for word in others) <= 1 and line[-1] not in "!?"


def _in_data(marked: Marked, *, monthfirst: bool) -> str | None:
    for element in marked.elements:
        if element.tag == "script" and element.text and len(element.text) < _MOST_DATA:
            m = _IN_DATA.search(element.text)
            if m and (day := dates.iso(m[1], monthfirst=monthfirst)):
                return day
    return None


def modified(
    said: jsonld.Said, marked: Marked, headline: HtmlElement | None, *, monthfirst: bool
) -> str | None:
    """The day or moment of the last change, from the first source that names one."""
    _, later = _shown(marked, headline)
    for texts in (
        _json_ld(said, "dateModified"),
        values(marked.meta, (*_MODIFIED_GRAPH, *_MODIFIED)),
        _microdata(marked, "datemodified"),
        later,
        _said_later(marked, headline),
    ):
        if day := _first(texts, monthfirst=monthfirst):
            return day
    return None


def _said_later(marked: Marked, headline: HtmlElement | None) -> Iterator[str]:
    """Short lines "This page was last updated on …" behind the headline, wherever they stand."""
    reached = headline is None
    for element, text, _ in marked.texts():
        reached = reached or element is headline
        is_short = reached and len(text) < 90 and _YEAR.search(text) is not None
        if is_short and _UPDATED.match(text.strip()) and not is_aside(element):
            yield text


def _first(texts: Iterable[str | None], *, monthfirst: bool) -> str | None:
    return next((day for t in texts if (day := dates.iso(t, monthfirst=monthfirst))), None)


def _json_ld(said: jsonld.Said, *keys: str) -> list[str]:
    nodes = (said.article, said.page)
    return [text for node in nodes for key in keys for text in jsonld.texts_of(node.get(key))]


def _microdata(marked: Marked, *names: str) -> Iterator[str]:
    for name in names:
        for element in marked.props.get(name, ())[:_MOST_ELEMENTS]:
            if not is_aside(element):
                yield content_of(element)


def _shown(
    marked: Marked, headline: HtmlElement | None, *, distant: int = 0
) -> tuple[list[str], list[str]]:
    """What elements of dates near the headline say: (of publication, of the last change)."""
    earlier: list[str] = []
    later: list[str] = []
    near = [e for e in marked.dates if marked.near(e, headline)]
    for element in near[:_MOST_ELEMENTS]:
        text = text_of(element)
        if len(text) > 120 or _NO_DAY.search(text) or distance(element) != distant:
            continue
        which = later if _LATER.match(text) or _is_behind_update(element) else earlier
        if stamp := element.get("datetime"):
            which.append(stamp)
        if dates.has_day(text):
            which.append(text[:80])
    return earlier, later


def _is_behind_update(element: object) -> bool:
    """ "Updated <time>…": the word stands in front of the element."""
    previous = element.getprevious()  # type: ignore[attr-defined]
    parent = element.getparent()  # type: ignore[attr-defined]
    before = (previous.tail or text_of(previous)) if previous is not None else (
        parent.text if parent is not None else "")  # fmt: skip
    return bool(_LATER.search((before or "")[-30:]))
