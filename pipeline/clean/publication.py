"""When a story was published and last changed, by every source of a page in the stated order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.clean import dates, jsonld
from pipeline.clean.disagreements import Claim
from pipeline.clean.markup import Marked, content_of, is_aside, text_of, values
from pipeline.models import Entry

_PUBLISHED_GRAPH = ("article:published_time", "og:published_time", "article:published",
                    "og:article:published_time", "article:post_date")  # fmt: skip
_PUBLISHED = ("datepublished", "parsely-pub-date", "sailthru.date", "dc.date.issued",
              "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "dcterms.issued",
              "article.published", "publish-date", "publishdate", "pubdate", "publication_date",
              "published-date", "citation_publication_date", "citation_date",
              "cxenseparse:recs:publishtime", "govuk:first-published-at", "date")  # fmt: skip
_MODIFIED_GRAPH = ("article:modified_time", "og:updated_time", "article:modified")
_MODIFIED = ("datemodified", "dcterms.modified", "dc.date.modified", "last-modified",
             "govuk:public-updated-at", "lastmod", "revised")  # fmt: skip
_LATER = re.compile(r"(?i)(?:last |page |first )*(?:updated|modified|amended|revised|reviewed)\b")
_NO_DAY = re.compile(r"(?i)\b(?:expir|clos|deadline|event|born|copyright|©)")
_MOST_ELEMENTS = 16


def published(
    said: jsonld.Said, marked: Marked, entry: Entry | None, url: str, *, monthfirst: bool
) -> list[Claim]:
    """One claim a source that names a day, in the order in which they are believed."""
    earlier, _ = _shown(marked)
    sources: tuple[tuple[str, Iterable[str]], ...] = (
        ("json-ld", _json_ld(said, "datePublished", "dateCreated")),
        ("open graph", values(marked.meta, _PUBLISHED_GRAPH)),
        ("meta", values(marked.meta, _PUBLISHED)),
        ("microdata", _microdata(marked, "datepublished", "datecreated")),
        ("page", earlier),
        ("feed", [entry.published_at] if entry and entry.published_at else []),
        ("address", [dates.day_in_url(url) or ""]),
    )
    return [
        Claim("published_at", source, day)
        for source, texts in sources
        if (day := _first(texts, monthfirst=monthfirst))
    ]


def modified(said: jsonld.Said, marked: Marked, *, monthfirst: bool) -> str | None:
    """The day or moment of the last change, from the first source that names one."""
    _, later = _shown(marked)
    for texts in (
        _json_ld(said, "dateModified"),
        values(marked.meta, (*_MODIFIED_GRAPH, *_MODIFIED)),
        _microdata(marked, "datemodified"),
        later,
    ):
        if day := _first(texts, monthfirst=monthfirst):
            return day
    return None


def _first(texts: Iterable[str], *, monthfirst: bool) -> str | None:
    return next((day for t in texts if (day := dates.iso(t, monthfirst=monthfirst))), None)


def _json_ld(said: jsonld.Said, *keys: str) -> list[str]:
    nodes = (said.article, said.page)
    return [text for node in nodes for key in keys for text in jsonld.texts_of(node.get(key))]


def _microdata(marked: Marked, *names: str) -> Iterator[str]:
    for name in names:
        for element in marked.props.get(name, ())[:_MOST_ELEMENTS]:
            if not is_aside(element):
                yield content_of(element)


def _shown(marked: Marked) -> tuple[list[str], list[str]]:
    """What elements of dates say: (of publication, of the last change)."""
    earlier: list[str] = []
    later: list[str] = []
    for element in marked.dates[:_MOST_ELEMENTS]:
        text = text_of(element)
        if len(text) > 120 or _NO_DAY.search(text) or is_aside(element):
            continue
        which = later if _LATER.match(text) or _is_behind_update(element) else earlier
        if stamp := element.get("datetime"):
            which.append(stamp)
        if dates.DAY.search(text):
            which.append(text[:80])
    return earlier, later


def _is_behind_update(element: object) -> bool:
    """ "Updated <time>…": the word stands in front of the element."""
    previous = element.getprevious()  # type: ignore[attr-defined]
    parent = element.getparent()  # type: ignore[attr-defined]
    before = (previous.tail or text_of(previous)) if previous is not None else (
        parent.text if parent is not None else "")  # fmt: skip
    return bool(_LATER.search((before or "")[-30:]))
