"""Which part of a page holds the story: its frame, which is all that the extractor gets to see.

Found by where the running text stands, by where the headline stands, and by the names that
publishers give such a part (`frame` in `knowledge/cleaning.yaml`). An extractor that looks for
names alone takes the first of several pieces that a body is cut into, or, where a name is new to
it, only the paragraphs of a page without their lists and headings.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache

import lxml.html
from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.clean.baretext import make_paragraphs
from pipeline.clean.lines import norm, squeeze
from pipeline.clean.names import in_words, names_of
from pipeline.clean.rules import settings

_PARAGRAPH = 80  #: characters from which a text counts as running text
_LEAST = 500  #: characters of running text below which a page has no frame
_HOME = 0.15  #: share of it with which the headline's own part is believed to be the story's

#: share with which a part is believed, by how telling its name is
_ENOUGH = (0.25, 0.6, 0.6, 0.6)
_MOST = 0.5  #: share with which several parts of one name are
_TIGHT = 0.95  #: the frame is narrowed down while one child holds so much of it …
_NAMELESS = 0.8  #: … and so much where no name led to it
_FRAMES = {"article", "div", "main", "section"}
_WHOLE = {"p", "li", "ul", "ol", "blockquote", "table", "tr", "td"}  #: never narrowed down to
#: not "Read more:" and the like, which are cut with what follows them
_INTRODUCES = re.compile(r"(?:\S+\s+){3,}\S+:\s*$")
_INLINE = {"span", "b", "strong", "em", "i", "font"}
#: texts that stand in a block without a paragraph of their own
_bare_texts = XPath(
    "//*[self::div or self::td or self::section or self::article or self::li or self::blockquote"
    " or self::main or self::span]"
    f"[text()[string-length(normalize-space(.)) >= {_PARAGRAPH}]]"
)


@dataclass(frozen=True)
class Frame:
    """The story's part of a page, or the pieces that it is cut into, in the page's order."""

    parts: tuple[HtmlElement, ...]
    running: int  #: characters of running text in them

    def page(self) -> HtmlElement:
        """A copy of the frame as a page of its own, under a name that the extractor looks for."""
        page = lxml.html.document_fromstring("<html><body><div class='article-body'></div></body>")
        inner = page.find("body/div")
        for part in self.parts:
            copied = deepcopy(part)
            copied.tail = None
            if copied.tag == "body":  # (a name that the parser took, lxml may not write: `<a<`)
                copied.tag = "div"
            copied.attrib.clear()  # a name must not get the story cut
            inner.append(copied)
            _unhide_initials(copied)
            _unlink_introduced_lists(copied)
            make_paragraphs(copied)
        return page


def _unhide_initials(story: HtmlElement) -> None:
    """A large first letter is hidden from screen readers only; the extractor would leave it out."""
    for letter in list(story.iterfind(".//span[@aria-hidden]")):
        if len(letter) == 0 and len((letter.text or "").strip()) == 1 and letter.tail:
            letter.drop_tag()


def _unlink_introduced_lists(story: HtmlElement) -> None:
    """ "Three homes were inadequate:" and their names, linked, are a sentence of the story.

    The extractor takes a list of links for a menu.
    """
    for items in story.iter("ul", "ol"):
        before = items.getprevious()
        if before is not None and before.tag == "p" and _INTRODUCES.search(before.text_content()):
            for link in list(items.iter("a")):
                link.drop_tag()


def find(
    tree: HtmlElement, headlines: set[str], paragraphs: Mapping[HtmlElement, int]
) -> Frame | None:
    """The frame of a pruned page; None where there is too little running text to tell.

    `headlines`: normalised forms of the headline. `paragraphs`: those of running text that the
    page had before it was pruned, and their lengths.
    """
    held = _held(tree, _running(tree, paragraphs))
    home = tree.find("body")
    if home is None or held.get(home, 0) < _LEAST:
        return None
    home = _home_of_headline(tree, home, held, headlines)
    return _named(home, held) or _nameless(home, held)


def with_kept(
    story: Frame | None, tree: HtmlElement, kept: Collection[HtmlElement]
) -> Frame | None:
    """The frame, and beside it what a site's `keep` records name, in the order of the page."""
    if story is None or not kept:
        return story
    around = {a for part in story.parts for a in part.iterancestors()}
    wanted = (set(kept) - around) | set(story.parts)
    parts = [e for e in tree.iter() if e in wanted and wanted.isdisjoint(e.iterancestors())]
    return Frame(tuple(parts), story.running)


def _running(tree: HtmlElement, paragraphs: Mapping[HtmlElement, int]) -> dict[HtmlElement, int]:
    """Elements with running text and its length; texts of links and readers' comments left out."""
    found = dict(paragraphs)
    for element in _bare_texts(tree):
        if element.tag != "span" or not _is_in_paragraph(element):
            texts = (element.text, *(child.tail for child in element))
            found[element] = sum(len(squeeze(text)) for text in texts if text)
    return {e: n for e, n in found.items()
            if n >= _PARAGRAPH and not _is_linked(e, n) and not _is_readers(e)}  # fmt: skip


def _is_in_paragraph(span: HtmlElement) -> bool:
    around = (a for a in span.iterancestors() if a.tag not in _INLINE)
    return next(around).tag in ("p", "a")


def _is_linked(element: HtmlElement, length: int) -> bool:
    if next(element.iterancestors("a"), None) is not None:
        return True
    linked = sum(len("".join(a.itertext())) for a in element.iter("a"))
    return linked >= 0.5 * length


def _is_readers(element: HtmlElement) -> bool:
    around = (
        a for a in element.iterancestors() if a.tag not in ("article", "main", "body", "html")
    )
    return any(_place(names_of(a)) == "readers" for a in around)


def _held(tree: HtmlElement, running: Mapping[HtmlElement, int]) -> dict[HtmlElement, int]:
    """How much running text stands in each element of the tree that has any."""
    held: dict[HtmlElement, int] = {}
    for element, length in running.items():
        path = [element, *element.iterancestors()]
        if path[-1] is tree:  # else it was cut
            for around in path:
                held[around] = held.get(around, 0) + length
    return held


def _home_of_headline(
    tree: HtmlElement, body: HtmlElement, held: Mapping[HtmlElement, int], headlines: set[str]
) -> HtmlElement:
    """The named part around the headline, where it holds enough: beside it lie other stories."""
    ours = (h for h in tree.iter("h1") if norm("".join(h.itertext())) in headlines)
    headline = next(ours, None)
    if headline is None:
        return body
    for around in headline.iterancestors():
        tier, holds = _tier(around), held.get(around, 0)
        is_article = tier in (0, 1) and holds >= _LEAST
        if tier is not None and (is_article or holds >= max(_HOME * held[body], _LEAST / 2)):
            return around
    return body


def _named(home: HtmlElement, held: Mapping[HtmlElement, int]) -> Frame | None:
    """By name: the best kind of name that a part with enough text carries."""
    tiers: dict[int, list[HtmlElement]] = {}
    for element in home.iter(*_FRAMES):
        if element in held and (tier := _tier(element)) is not None:
            tiers.setdefault(tier, []).append(element)
    for tier, elements in sorted(tiers.items()):
        best = max(elements, key=lambda e: held[e])
        if pieces := _pieces(best, elements, anywhere=tier == 0):
            held_by_all = sum(held[e] for e in pieces)
            if held_by_all >= _MOST * held[home]:
                return Frame(pieces, held_by_all)
        if held[best] >= _ENOUGH[tier] * held[home]:
            return _narrowed(best, held, _TIGHT)
    return None


def _nameless(home: HtmlElement, held: Mapping[HtmlElement, int]) -> Frame | None:
    frame = _narrowed(home, held, _NAMELESS)
    return None if frame.parts[0].tag in _WHOLE else frame


def _pieces(
    best: HtmlElement, named: Iterable[HtmlElement], *, anywhere: bool
) -> tuple[HtmlElement, ...]:
    """All parts of the same name, where a body is cut into several; () where it is one.

    `anywhere`: also those that do not stand side by side. With a headline of its own in one of
    them they are several stories.
    """
    alike = [e for e in named if e.tag == best.tag and e.get("class") == best.get("class")]
    if not anywhere:
        alike = [e for e in alike if e.tag != "article" and e.getparent() is best.getparent()]
    within = set(alike)
    outer = [e for e in alike if not any(a in within for a in e.iterancestors())]
    if len(outer) < 2 or any(next(e.iter("h1"), None) is not None for e in outer):
        return ()
    return tuple(outer)


def _narrowed(element: HtmlElement, held: Mapping[HtmlElement, int], share: float) -> Frame:
    """Down to the innermost block that still holds that share at each step."""
    while True:
        children = (c for c in element if c in held and c.tag not in _WHOLE)
        best = max(children, key=lambda c: held[c], default=None)
        if best is None or held[best] < share * held[element]:
            return Frame((element,), held[element])
        element = best


def _tier(element: HtmlElement) -> int | None:
    """How telling its name is: 0 a story's body, 1 an article, 2 content, 3 the main part."""
    if element.tag not in _FRAMES:
        return None
    if element.get("itemprop") == "articleBody":
        return 0
    place = _place(names_of(element))
    if place == "body":
        return 0
    role = element.get("role")
    if element.tag == "article" or role == "article":
        return 1
    if place == "content":
        return 2
    return 3 if element.tag == "main" or role == "main" or place == "main" else None


@lru_cache(maxsize=20_000)
def _place(names: str) -> str | None:
    """What class and id say: body, content, main, or readers (their comments)."""
    words = in_words(names)
    return next((place for place, pattern in _patterns().items() if pattern.search(words)), None)


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    """In the order of belief."""
    places = settings()["frame"]
    return {place: re.compile(record["pattern"].strip()) for place, record in places.items()}
