"""Names and dates that stand bare beside the headline, on pages that mark neither.

The last resort before searching a whole page: short texts directly below the headline, up to the
first paragraph of the story, else directly above it. What is further away may be another story's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from pipeline.clean import dates
from pipeline.clean.lines import count, is_prose, norm, squeeze
from pipeline.clean.people import is_byline, is_lone_date, is_name_and_date, is_person, people
from pipeline.clean.rules import settings

_BELOW, _ABOVE = 6, 3  #: how many short texts are looked at
_TEXTS = 40  #: text nodes from which they are made
_LONGEST_DECK = 45  #: words; one summary may stand between headline and byline
_LATER = re.compile(r"(?i)updated|modified|last|amended|expire|clos")
_INLINE = frozenset(
    ("a", "abbr", "b", "cite", "em", "font", "i", "small", "span", "strong", "time", "u")
)
_NOT_READ = frozenset(
    ("aside", "button", "figcaption", "figure", "footer", "form", "nav", "noscript", "option",
     "script", "select", "style", "svg", "template", "title")
)  # fmt: skip

#: a text, the element that it stands in or behind, and which of the two
Text = tuple[str, HtmlElement, bool]


@dataclass(frozen=True)
class Short:
    """One block's text, such as one <div> or what stands between two <br>."""

    text: str
    linked: bool


@dataclass(frozen=True)
class Beside:
    """What was found; empty and None where nothing was."""

    byline: tuple[str, ...] = ()
    published_at: str | None = None


def beside(headline: HtmlElement, *, publisher: str | None = None) -> Beside:
    """Who and when, by what stands next to the element of the headline."""
    below = _until_story(_shorts(islice(_after(headline), _TEXTS)))
    nearest = list(islice(_before(headline), _TEXTS))
    above = _shorts(reversed(nearest))[-_ABOVE:]
    one, other = _read(below, publisher, below=True), _read(above, publisher, below=False)
    return Beside(one.byline or other.byline, one.published_at or other.published_at)


def _shorts(texts: Iterable[Text]) -> list[Short]:
    """Text nodes joined to blocks; those of menus, pictures' captions, forms left out."""
    found: list[Short] = []
    last = None
    for text, owner, is_tail in texts:
        breaks = is_tail and owner.tag not in _INLINE
        block = owner.getparent() if is_tail else owner
        linked = block is not None and block.tag == "a"
        while block is not None and block.tag in _INLINE:
            block = block.getparent()
        if block is None or _is_in_furniture(block):
            continue
        if found and block is last and not breaks:
            found[-1] = Short(f"{found[-1].text} {squeeze(text)}", found[-1].linked and linked)
        else:
            found.append(Short(squeeze(text), linked))
        last = block
    return found


# XPath's axes would gather every text of the page first, to give away all but forty.
def _after(element: HtmlElement) -> Iterator[Text]:
    """The texts behind an element, in the order of the page."""
    node: HtmlElement | None = element
    while node is not None:
        yield from _text(node.tail, node, is_tail=True)
        for beyond in node.itersiblings():
            for event, inner in etree.iterwalk(beyond, events=("start", "end")):
                if event == "start":
                    yield from _text(inner.text, inner, is_tail=False)
                else:
                    yield from _text(inner.tail, inner, is_tail=True)
        node = node.getparent()


def _before(element: HtmlElement) -> Iterator[Text]:
    """The texts in front of an element, the nearest first."""
    node: HtmlElement | None = element
    while node is not None:
        for beyond in node.itersiblings(preceding=True):
            yield from _backwards(beyond)
        node = node.getparent()
        if node is not None:
            yield from _text(node.text, node, is_tail=False)


def _backwards(element: HtmlElement) -> Iterator[Text]:
    waiting = [(element, False)]
    while waiting:
        node, is_read = waiting.pop()
        if is_read:
            yield from _text(node.text, node, is_tail=False)
        else:
            yield from _text(node.tail, node, is_tail=True)
            waiting.append((node, True))
            waiting.extend((child, False) for child in node)


def _text(text: str | None, owner: HtmlElement, *, is_tail: bool) -> Iterator[Text]:
    if text and not text.isspace():
        yield text, owner, is_tail


def _is_in_furniture(block: HtmlElement) -> bool:
    return block.tag in _NOT_READ or next(block.iterancestors(*_NOT_READ), None) is not None


def _until_story(shorts: list[Short]) -> list[Short]:
    """Up to the first paragraph; one short summary is passed over where a date follows it."""
    found: list[Short] = []
    for i, short in enumerate(shorts):
        if not is_prose(short.text):
            found.append(short)
        elif not _is_deck(shorts, i):
            break
    return found[:_BELOW]


def _is_deck(shorts: list[Short], i: int) -> bool:
    later = shorts[i + 1 : i + 3]
    earlier = shorts[:i]
    return (
        count(shorts[i].text) <= _LONGEST_DECK
        and not any(is_prose(s.text) for s in earlier)
        and any(is_lone_date(s.text) or is_name_and_date(s.text) for s in later)
    )


def _read(shorts: list[Short], publisher: str | None, *, below: bool) -> Beside:
    day: str | None = None
    for short in shorts:
        text = short.text
        if is_name_and_date(text) and (names := _names(text, publisher)):
            return Beside(names, dates.iso(text))
        if day is None and is_lone_date(text) and not _LATER.match(text):
            day = dates.iso(text)
    for i, short in enumerate(shorts):
        if is_byline(short.text) and (names := _names(short.text, publisher)):
            return Beside(names, day)
        if _is_name(short.text, publisher):
            near = shorts[max(0, i - 1) : i] + shorts[i + 1 : i + 2]
            dated = any(is_lone_date(s.text) for s in near)
            if dated or (below and _stands_alone(shorts, i, publisher)):
                return Beside(_names(short.text, publisher), day)
    return Beside((), day)


def _names(text: str, publisher: str | None) -> tuple[str, ...]:
    found = people(text, publisher=publisher)
    return tuple(name for name in found if not _has_word_of("labels", name))


def _is_name(text: str, publisher: str | None) -> bool:
    return is_person(text, publisher=publisher) and not _has_word_of("labels", text)


def _stands_alone(shorts: list[Short], i: int, publisher: str | None) -> bool:
    """Without a date beside it: the only name, no link, right below, and no place."""
    return (
        i < 2
        and not shorts[i].linked
        and count(shorts[i].text) <= 3
        and sum(_is_name(s.text, publisher) for s in shorts) == 1
        and not _has_word_of("places", shorts[i].text)
    )


def _has_word_of(which: str, text: str) -> bool:
    return not _words(which).isdisjoint(norm(text).split())


@lru_cache(maxsize=2)
def _words(which: str) -> frozenset[str]:
    return frozenset(settings()["bylines"][which])
