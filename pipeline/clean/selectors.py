"""CSS selectors by which a rule can name an element of a page, the plainest and surest first.

An id or a class is used when a person wrote it: those that a program makes anew with every release
(`css-1x2y3z`, `sc-kGhTfB`) or that only lay out (`row`, `col-6`) name nothing for long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from lxml.html import HtmlElement

_USABLE = re.compile(r"^[A-Za-z][A-Za-z_-]{1,50}$")  # no digit: it counts something
_GENERATED = re.compile(
    r"^(?:css|sc|jsx|jss|ssrcss|emotion|styled|svelte|chakra|ng|ember|astro)-|-sc-"
)
#: five to eight letters in both cases without a word in them: `kGhTfB`
_SCRAMBLED = re.compile(
    r"^(?=.*[a-z])(?=.*[A-Z])(?![a-z]{3,}(?:[A-Z][a-z]{2,})*$)(?!(?:[A-Z][a-z]+)+$)[A-Za-z]{5,8}$"
)
#: where pages of generated classes still say what a thing is
_MARKS = ("data-testid", "data-component", "data-widget")
#: names of layout, which stand on everything
_LAYOUT = frozenset(
    ("row", "col", "column", "columns", "container", "wrapper", "wrap", "inner", "outer", "content",
     "clearfix", "left", "right", "center", "centre", "block", "inline", "item", "items", "text",
     "copy", "body", "bold", "small", "large", "wide", "full", "half", "first", "last", "odd",
     "even", "active", "hidden", "visible", "show", "hide", "paragraph", "para", "section", "group",
     "grid", "flex", "box", "main", "module", "widget", "component", "element", "article", "story",
     "page", "post", "entry", "alignleft", "alignright", "aligncenter", "text-center", "clear",
     "wp-block-group", "wp-block-columns", "wp-block-column", "has-text-align-center")
)  # fmt: skip
_TABLE = {
    "table",
    "tbody",
    "thead",
    "tr",
    "td",
    "th",
    "form",
}  # their tags may be made plain blocks
_BLOCKS = ("div", "section", "aside", "article", "ul", "ol", "p")
_AROUND = 5  #: elements around one that may be named beside it

Matches = Callable[[str], int]


def selectors(
    elements: Sequence[HtmlElement], matches: Matches, story: Collection[HtmlElement] = ()
) -> Iterator[str]:
    """For any of the elements: ids and classes of their own, in their order; then each of these (or
    a bare tag) within something named around it.

    `matches`: how many elements of the page a selector names; the most telling class comes first.
    `story`: elements that hold the story: every `em` in one of these is no name for a thing.
    """
    own = {e: _in_order(_own(e), matches) for e in elements}
    for names in own.values():
        yield from names
    for element, names in own.items():
        inner = names[0] if names else _tag(element)
        for around in list(element.iterancestors(*_BLOCKS))[:_AROUND]:
            outer = _in_order(_own(around), matches)
            if outer and inner and (names or around not in story):
                yield f"{outer[0]} {inner}"


def _in_order(names: list[str], matches: Matches) -> list[str]:
    return sorted(names, key=lambda s: (not s.startswith("#"), "[" in s, matches(s), -len(s)))


def _own(element: HtmlElement) -> list[str]:
    id_ = (element.get("id") or "").strip()
    named = [f"#{id_}"] if is_stable(id_) else []
    classes = dict.fromkeys((element.get("class") or "").split())
    named += [f"{_tag(element)}.{name}" for name in classes if is_stable(name)]
    marked = ((mark, element.get(mark, "")) for mark in _MARKS)
    return named + [f'{_tag(element)}[{mark}="{x}"]' for mark, x in marked if is_stable(x)]


def _tag(element: HtmlElement) -> str:
    return "" if element.tag in _TABLE else str(element.tag)


def is_stable(name: str) -> bool:
    """Whether a person wrote an id or a class, and means one thing by it."""
    return (
        _USABLE.match(name) is not None
        and not _GENERATED.search(name)
        and not _SCRAMBLED.match(name.rpartition("__")[2])
        and name.lower() not in _LAYOUT
    )
