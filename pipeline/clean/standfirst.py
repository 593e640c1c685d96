"""The standfirst: the sentence or two that a page shows below its headline, apart from its story.

A description that a page gives to machines alone is none. Nor is the first paragraph of a story in
larger letters: publishers call that "lead" or "intro" as well, so such names are believed only
where the element stands by itself, between the headline and the container of the running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lxml.html import HtmlElement

from pipeline.clean.lines import count, is_finished, norm
from pipeline.clean.markup import Marked, is_elsewhere, text_of, values
from pipeline.clean.names import in_words, names_of
from pipeline.clean.people import is_byline, is_lone_date, is_name_and_date
from pipeline.clean.rules import settings

_FEWEST, _MOST = 5, 80  #: words
_MOST_UNMARKED = 60
_BELOW = 60  #: elements behind the headline
_RUNNING = 80  #: characters of a paragraph of running text
_BLOCKS = ("p", "div", "ul", "ol", "h2", "h3", "h4", "section", "figure", "table", "blockquote")
_NO_LINE = (*_BLOCKS, "img", "script", "style", "iframe", "form")
_NAMED = re.compile(
    r"(?<![a-z])(?<!with-)(?:intro(?:duction|text)?|lead|lede|excerpt|summary|sub|teaser)(?![a-z])"
)
_DESCRIPTIONS = ("description", "og:description", "twitter:description")
_CUT_SHORT = re.compile(r"\W*(?:\.\.\.|…)\W*$")


def read(
    marked: Marked, headline: HtmlElement | None, headlines: set[str]
) -> tuple[str, HtmlElement] | None:
    """Its text and its element: of those marked as one the first, else what stands by itself right
    below the headline; items of a list are joined by " / "."""
    for element in (*marked.standfirsts, *marked.props.get("alternativeheadline", ())):
        if _fits(text := text_of(element)) and norm(text) not in headlines:
            return text, element
    if headline is None:
        return None
    said = {norm(_CUT_SHORT.sub("", d)) for d in values(marked.meta, _DESCRIPTIONS)} - {""}
    for element in _below(marked, headline):
        text = _lines_of(element)
        if _is_own_line(text) or norm(text) in headlines:
            continue
        if _fits(text) and not is_elsewhere(element) and _is_one(element, text, headline, said):
            return text, element
        if len(text) >= _RUNNING:
            break
    return None


def _fits(text: str) -> bool:
    return _FEWEST <= count(text) <= _MOST


def _lines_of(element: HtmlElement) -> str:
    items = [text_of(item) for item in element.iter("li")]
    return " / ".join(filter(None, items)) if items else text_of(element)


def _below(marked: Marked, headline: HtmlElement) -> Iterator[HtmlElement]:
    """Blocks without blocks in them (a list counts as one) behind the headline."""
    start = marked.index(headline)
    for element in marked.elements[start + 1 : start + 1 + _BELOW]:
        if element.tag in _BLOCKS and next(element.iterdescendants(*_NO_LINE), None) is None:
            yield element


def _is_own_line(text: str) -> bool:
    """Who wrote it and when, a button, a label."""
    return count(text) < _FEWEST or is_byline(text) or is_lone_date(text) or is_name_and_date(text)


def _is_one(element: HtmlElement, text: str, headline: HtmlElement, said: set[str]) -> bool:
    """What shows that a block is a standfirst: a lesser heading's sentence, the page's own
    description, a name; or a lesser heading in the headline's own <header>."""
    parent = element.getparent()
    is_heading = element.tag in ("h2", "h3")
    if is_heading and headline.getnext() is element and count(text) >= 8 and is_finished(text):
        return True  # a title there begins the story
    if parent is None or element.tag in ("table", "figure", "blockquote"):
        return False
    is_list = element.tag in ("ul", "ol")
    if count(text) > _MOST_UNMARKED or not (is_list or _is_apart(element, headline)):
        return False
    key = norm(text)
    if any(key == s or (len(s) > 30 and key.startswith(s)) for s in said):
        return True
    names = f"{names_of(element)} {names_of(parent) if len(parent) == 1 else ''}"
    if _NAMED.search(in_words(names)):
        return True
    return is_heading and parent.tag == "header" and headline.getparent() is parent


def _is_apart(element: HtmlElement, headline: HtmlElement) -> bool:
    """Neither in what is called a story's body nor with running text beside it."""
    common = {*headline.iterancestors()}
    for around in element.iterancestors():
        if around in common:
            break
        if _body().search(in_words(names_of(around))):
            return False
    if _is_one_of_many(element):
        return False
    beside = (e for e in element.getparent().iterchildren("p", "div") if e is not element)
    return not any(
        len(text_of(e)) >= _RUNNING
        for e in beside
        if e.tag == "p" or next(e.iterchildren(*_BLOCKS), None) is None
    )


def _is_one_of_many(element: HtmlElement) -> bool:
    """Is its wrapper one of several of the same name, each around a paragraph of the story?"""
    wrapper = element.getparent()
    if len(wrapper) > 1:
        return False
    names = names_of(wrapper)
    return any(
        names_of(e) == names and len(text_of(e)) >= _RUNNING
        for e in wrapper.itersiblings(wrapper.tag)
    )


@lru_cache(maxsize=1)
def _body() -> re.Pattern[str]:
    return re.compile(settings()["frame"]["body"]["pattern"].strip())
