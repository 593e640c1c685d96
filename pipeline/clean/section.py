"""In which section of its paper a story stands, from the first source that says so.

1. `json-ld`    articleSection
2. `open graph` article:section
3. `meta`       Parse.ly's, `section` and the like
4. `microdata`  articleSection
5. `page`       a category that the system files it under (rel="category", an element so called);
                where the trail of "Home > News > Schools" leads; a kicker at the headline, by its
                class, or because the address spells it as a folder; what stands alone behind the
                date ("3 December 2024 Policy")
6. `title`      a part of <title> that papers call sections ("The Paper | News | School praised")

The address alone says nothing: its folders are as often a system's as a paper's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from pipeline.clean import jsonld
from pipeline.clean.beside import before
from pipeline.clean.dates import has_day
from pipeline.clean.lines import norm, squeeze
from pipeline.clean.markup import (
    Marked,
    content_of,
    first_of,
    is_aside,
    is_elsewhere,
    text_of,
    values,
)
from pipeline.clean.people import is_lone_date, is_person
from pipeline.clean.publisher import SEAM
from pipeline.clean.rules import settings

_GRAPH = ("article:section", "og:article:section")
_META = ("parsely-section", "section", "article.section", "cxenseparse:recs:category", "dc.subject")
_STEP = re.compile(r"\s*[>»›→|]\s*|\s+[/·•]\s+")
_MOST, _LONGEST = 12, 40  #: elements that are looked at; characters of a section's name
_ABOVE, _BELOW = 15, 40  #: elements from the headline


def read(
    said: jsonld.Said,
    marked: Marked,
    headline: HtmlElement | None,
    url: str,
    *,
    publisher: str | None,
) -> str | None:
    """By the order of the module's text; None where nothing says it."""
    props = (e for e in marked.props.get("articlesection", ())[:_MOST] if not is_aside(e))
    return first_of(
        jsonld.texts_of(said.article.get("articleSection")),
        values(marked.meta, (*_GRAPH, *_META)),
        (content_of(e) for e in props),
        (_cased(text) for text in _shown(marked, headline, url, publisher)),
    )


def _shown(
    marked: Marked, headline: HtmlElement | None, url: str, publisher: str | None
) -> Iterator[str]:
    """What readers see, where it can be a section's name."""
    title = norm(text_of(headline)) if headline is not None else ""
    headings = {title, *(norm(text_of(e)) for e in marked.h1[:_MOST]), norm(publisher or "")}
    found = (
        *_filed(marked, headline),
        *(step for e in marked.crumbs[:_MOST] for step in _led_to(e, headings)),
        *_kickers(marked, headline, url),
        *_behind_date(marked, headline),
        *(part for t in marked.titles[:1] for part in SEAM.split(t) if norm(part) in _names()),
    )
    yield from (text for text in found if _is_section(text) and norm(text) not in headings)


def _filed(marked: Marked, headline: HtmlElement | None) -> Iterator[str]:
    """Categories, without the label in front of them."""
    for element in marked.categories[:_MOST]:
        if not is_elsewhere(element) and _is_with(element, headline, marked):
            texts = (_label().sub("", squeeze(text)) for text in element.itertext())
            yield from islice((text for text in texts if text), 1)


def _is_with(element: HtmlElement, headline: HtmlElement | None, marked: Marked) -> bool:
    """In the headline's own article, else not far from the headline."""
    around = next(element.iterancestors("article"), None)
    ours = None if headline is None else next(headline.iterancestors("article"), None)
    return ours is around if ours is not None else marked.near(element, headline)


def _led_to(crumbs: HtmlElement, headings: set[str]) -> Iterator[str]:
    """The last step of a trail through a paper's sections, and a label that stands for a trail.

    Others lead to a list of services: "Home > Council and democracy > Meetings".
    """
    trail = [s for text in crumbs.itertext() for s in _STEP.split(squeeze(text)) if norm(s)]
    if len(trail) > _MOST:
        return
    steps = [s for s in trail if not _no_step().fullmatch(norm(s))]
    steps = [s for s in steps if not any(h.startswith(norm(s)) for h in headings if h)]
    keys = [norm(s) for s in steps]
    if keys and (len(trail) == 1 or keys[-1] in _names() or not _trails().isdisjoint(keys)):
        yield steps[-1]


def _kickers(marked: Marked, headline: HtmlElement | None, url: str) -> Iterator[str]:
    if headline is None:
        return
    for element in marked.kickers[:_MOST]:
        if -_ABOVE <= marked.steps(headline, element) <= _ABOVE and not is_elsewhere(element):
            yield text_of(element)
    folders = urlsplit(url).path.lower().split("/")[:-1]
    for text, _, _ in islice(before(headline), 3):
        if norm(text).replace(" ", "-") in folders:
            yield squeeze(text)


def _behind_date(marked: Marked, headline: HtmlElement | None) -> Iterator[str]:
    """A line that is a date and, in an element of its own, one thing more."""
    if headline is None:
        return
    start = marked.index(headline)
    for element in marked.elements[start : start + _BELOW]:
        dated = len(element) == 1 and element.text and is_lone_date(element.text)
        if dated and isinstance(element[0].tag, str) and not (element[0].tail or "").strip():
            yield text_of(element[0])


def _is_section(text: str) -> bool:
    return (
        len(text) <= _LONGEST
        and len(text.split()) <= 6
        and text[:1].isupper()
        and text[-1] not in ":!?."
        and not has_day(text)
        and not _no_step().fullmatch(norm(text))
        and norm(text) not in settings()["sections"]["never"]
        and (norm(text) in _names() or not is_person(text))
    )


def _cased(text: str) -> str:
    """NEWS → News; what is an abbreviation stays."""
    known = norm(text) in _names() or len(text) > 5
    return text.capitalize() if text.isupper() and known else text


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    return frozenset(settings()["sections"]["names"])


@lru_cache(maxsize=1)
def _trails() -> frozenset[str]:
    return frozenset(settings()["sections"]["trails"])


@lru_cache(maxsize=1)
def _label() -> re.Pattern[str]:
    return re.compile(settings()["sections"]["label"], re.I)


@lru_cache(maxsize=1)
def _no_step() -> re.Pattern[str]:
    return re.compile(settings()["sections"]["no_step"], re.I)
