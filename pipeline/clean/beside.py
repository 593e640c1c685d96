"""Names and dates that stand bare beside the headline, on pages that mark neither.

The last resort before searching a whole page: short texts directly below the headline, up to the
first paragraph of the story, else directly above it. What is further away may be another story's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice

from lxml import etree
from lxml.html import HtmlElement

from pipeline.clean import dates
from pipeline.clean.lines import count, is_prose, norm, squeeze
from pipeline.clean.markup import is_elsewhere
from pipeline.clean.people import (
    agencies,
    has_role,
    is_byline,
    is_given_name,
    is_lone_date,
    is_name_and_date,
    is_person,
    is_time,
    parts,
    people,
)
from pipeline.clean.rules import settings

_BELOW, _ABOVE = 6, 3  #: how many short texts are looked at
_TEXTS = 40  #: text nodes from which they are made
_LONGEST_DECK = 45  #: words; one summary may stand between headline and byline
_LATER = re.compile(r"(?i)updated|modified|last|amended|expire|clos")
_UPDATED = re.compile(r"(?i)(?<=\S)\W+(?:last )?(?:updated|modified|amended)\b")
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
    signed: bool = False  #: the names stand behind "By"


def below(
    headline: HtmlElement, *, publisher: str | None = None, monthfirst: bool = False
) -> Beside:
    """Who and when, by what stands between the headline and the story."""
    shorts = _shorts(islice(after(headline), _TEXTS))
    return _read(_until_story(shorts), publisher, monthfirst, below=True)


def above(
    headline: HtmlElement, *, publisher: str | None = None, monthfirst: bool = False
) -> Beside:
    """The same of what stands right above it, which may be of another story."""
    nearest = list(islice(before(headline), _TEXTS // 2))
    return _read(list(_shorts(reversed(nearest)))[-_ABOVE:], publisher, monthfirst, below=False)


def _shorts(texts: Iterable[Text]) -> Iterator[Short]:
    """Text nodes joined to blocks; those of menus, pictures' captions, forms left out."""
    current: Short | None = None
    last = None
    furniture: dict[HtmlElement, bool] = {}
    for text, owner, is_tail in texts:
        breaks = is_tail and owner.tag not in _INLINE
        block = owner.getparent() if is_tail else owner
        linked = block is not None and block.tag == "a"
        while block is not None and block.tag in _INLINE:
            block = block.getparent()
        if block is not None and block not in furniture:
            furniture[block] = _is_in_furniture(block)
        if block is None or furniture[block]:
            continue
        if current is not None and block is last and not breaks:
            current = Short(f"{current.text} {squeeze(text)}", current.linked and linked)
        else:
            if current is not None:
                yield current
            current = Short(squeeze(text), linked)
        last = block
    if current is not None:
        yield current


# XPath's axes would gather every text of the page first, to give away all but forty.
def after(element: HtmlElement, *, inside: bool = False) -> Iterator[Text]:
    """The texts behind an element, in the order of the page; `inside`: those in it before."""
    node: HtmlElement | None = element
    if inside:
        yield from _walked(element, tail=False)
    while node is not None:
        yield from _text(node.tail, node, is_tail=True)
        for beyond in node.itersiblings():
            yield from _walked(beyond, tail=True)
        node = node.getparent()


def _walked(element: HtmlElement, *, tail: bool) -> Iterator[Text]:
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            yield from _text(inner.text, inner, is_tail=False)
        elif tail or inner is not element:
            yield from _text(inner.tail, inner, is_tail=True)


def before(element: HtmlElement) -> Iterator[Text]:
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
    if block.tag in _NOT_READ or is_elsewhere(block):
        return True
    return next(block.iterancestors(*_NOT_READ), None) is not None


def _until_story(shorts: Iterator[Short]) -> list[Short]:
    """Up to the first paragraph; one short summary is passed over where a date follows it."""
    found: list[Short] = []
    has_deck = False
    while len(found) < _BELOW and (short := next(shorts, None)) is not None:
        if not is_prose(short.text):
            found.append(short)
            continue
        if has_deck or count(short.text) > _LONGEST_DECK:
            break
        behind = list(islice(shorts, 2))
        if not any(is_lone_date(s.text) or is_name_and_date(s.text) for s in behind):
            break
        has_deck = True
        shorts = chain(behind, shorts)
    return found


def _read(shorts: list[Short], publisher: str | None, monthfirst: bool, *, below: bool) -> Beside:
    day: str | None = None
    for short in shorts:
        text = _earlier(short.text)
        if _is_signed(text) and (names := _names(text, publisher)):
            return Beside(names, dates.iso(text, monthfirst=monthfirst), signed=is_byline(text))
        if day is None and (is_lone_date(text) or _is_credit(text)) and not _LATER.match(text):
            day = dates.iso(text, monthfirst=monthfirst)
    for i, short in enumerate(shorts):
        if is_byline(short.text) and (names := _names(short.text, publisher)):
            return Beside(names, day, signed=True)
        if _are_names(short.text, publisher):
            near = shorts[max(0, i - 1) : i] + shorts[i + 1 : i + 2]
            dated = any(is_lone_date(_earlier(s.text)) for s in near)
            if dated or (below and _stands_alone(shorts, i, publisher)):
                return Beside(_names(short.text, publisher), day)
    return Beside((), day)


def _earlier(text: str) -> str:
    """ "Published 3 May 2024 | Updated 4 May 2024" → "Published 3 May 2024 | "."""
    return _UPDATED.split(text)[0] or text


def _is_signed(text: str) -> bool:
    """A line of names, jobs and a date: "Nina Example | Reporter | 3 May 2024"."""
    if len(text) > 140 or not dates.has_day(text):
        return False
    return is_name_and_date(text) or all(
        is_person(part) or has_role(part) or is_time(part) for part in parts(text)
    )


def _is_credit(text: str) -> bool:
    """A date with agencies or desks and nobody else: "Published 3 May 2024 09:10. By PA"."""
    named = parts(text) if len(text) <= 140 and dates.has_day(text) else []
    return bool(named) and all(is_time(part) or agencies(part) for part in named)


def _names(text: str, publisher: str | None) -> tuple[str, ...]:
    found = people(text, publisher=publisher)
    return tuple(name for name in found if not _has_word_of("labels", name))


def _are_names(text: str, publisher: str | None) -> bool:
    """A name, or several with nothing else between them."""
    named = parts(text) if len(text) < 140 and text[:1].isupper() and count(text) < 20 else []
    return bool(named) and all(_is_name(name, publisher) for name in named)


def _is_name(text: str, publisher: str | None) -> bool:
    return is_person(text, publisher=publisher) and not _has_word_of("labels", text)


def _stands_alone(shorts: list[Short], i: int, publisher: str | None) -> bool:
    """Without a date beside it: the only name, no link, right below, and no place."""
    text = shorts[i].text
    return (
        i < 2
        and not shorts[i].linked
        and count(text) <= 3
        and (
            is_given_name(text.split()[0]) or sum(_is_name(s.text, publisher) for s in shorts) == 1
        )
        and not _has_word_of("places", text)
    )


def _has_word_of(which: str, text: str) -> bool:
    return not _words(which).isdisjoint(norm(text).split())


@lru_cache(maxsize=2)
def _words(which: str) -> frozenset[str]:
    return frozenset(settings()["bylines"][which])
