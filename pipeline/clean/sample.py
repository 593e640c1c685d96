"""One page as a person would look at it who wants a rule for its site: which element says what."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from pipeline.clean import decode
from pipeline.clean.article import clean
from pipeline.clean.doubtful import Doubt, alike, doubts
from pipeline.clean.lines import is_prose, norm
from pipeline.clean.selectors import selectors
from pipeline.models import Article, Page

_LARGEST = 60_000  #: characters of an element beyond which its words are not compared
_SHARED = 0.5  #: of their paragraphs; pages that share more are one story
_LEVELS = 5  #: elements around one that may be a box with it
_OUTER = {"html", "body", "main", "article", "h1"}
_SILENT = ("script", "style", "head", "template")
_NOT_WORD = re.compile(r"\W+")


class Sample:
    """A page, its tree as it came, and what cleaning makes of it today.

    Raises CleanError as `clean` does.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.article: Article = clean(page)
        self.tree: HtmlElement = decode.parse(page).tree
        etree.strip_elements(self.tree, etree.Comment, *_SILENT, with_tail=False)
        self.paragraphs = tuple(self.article.text.split("\n\n"))
        self.doubts: tuple[Doubt, ...] = ()
        self._named: dict[str, list[HtmlElement]] = {}

    def doubt(self, others: Sequence[Sample]) -> None:
        """Decides what of the text is doubtful, with the help of the site's other stories."""
        own = frozenset(map(alike, self.paragraphs))
        texts = [frozenset(map(alike, other.paragraphs)) for other in others]
        different = [t for t in texts if len(t & own) <= _SHARED * min(len(t), len(own))]
        self.doubts = doubts(self.paragraphs, self.links, different)

    @cached_property
    def links(self) -> frozenset[str]:
        """Normalised words of every link on the page."""
        found = (norm("".join(a.itertext())) for a in self.tree.iter("a"))
        return frozenset(text for text in found if len(text) > 3)

    def named(self, selector: str) -> list[HtmlElement]:
        if selector not in self._named:
            self._named[selector] = CSSSelector(selector, translator="html")(self.tree)
        return self._named[selector]

    def selectors(self, elements: Sequence[HtmlElement]) -> Iterator[str]:
        """By which a rule can name one of the elements, the plainest first."""
        return selectors(elements, lambda s: len(self.named(s)), self.of_story)

    def says(self, element: HtmlElement, text: str) -> bool:
        """Whether the element's words include these."""
        said = self._said.get(element)
        return said is None or _compact(text) in said

    def holders(self, text: str) -> list[HtmlElement]:
        """Elements that say just this, the innermost last; else the smallest that says it too."""
        key = _compact(text.removesuffix(" …"))
        exact = [e for e, said in self._said.items() if said == key]
        if exact or not key:
            return exact
        around = [(len(said), e) for e, said in self._said.items() if key in said]
        return [min(around, key=lambda x: x[0])[1]] if around else []

    def boxes(self, text: str) -> list[HtmlElement]:
        """What says this and nothing of the story that is not doubted, the largest first."""
        found: dict[HtmlElement, None] = {}
        for holder in reversed(self.holders(text)):
            around = [holder, *holder.iterancestors()]
            if any(a.tag == "h1" for a in around):
                continue
            for element in around[:_LEVELS]:
                if element in self.of_story or element.tag in _OUTER:
                    break
                found[element] = None
        return sorted(found, key=lambda e: -len(self._said.get(e, "")))

    @cached_property
    def story(self) -> tuple[HtmlElement, ...]:
        """The elements that hold the running text that is not doubted, in the order of the page."""
        doubted = {d.text for d in self.doubts}
        told = (p for p in self.paragraphs if is_prose(p) and p not in doubted)
        return tuple(self.holders(p)[-1] for p in told if self.holders(p))

    @cached_property
    def of_story(self) -> frozenset[HtmlElement]:
        """These, and everything around them."""
        return frozenset(a for e in self.story for a in (e, *e.iterancestors()))

    @cached_property
    def body(self) -> HtmlElement | None:
        """The innermost element around all of the story's paragraphs."""
        if not self.story:
            return None
        around = list(self.story[0].iterancestors())
        for element in self.story[1:]:
            others = set(element.iterancestors())
            around = [a for a in around if a in others]
        return around[0] if around else None

    def is_within_story(self, element: HtmlElement) -> bool:
        """Whether paragraphs of the story stand before it and after it."""
        places = [self._order[e] for e in self.story]
        return bool(places) and min(places) < self._order[element] < max(places)

    def within_story(self) -> Iterable[HtmlElement]:
        """Elements between the story's paragraphs, in the order of the page."""
        places = [self._order[e] for e in self.story]
        first, last = (min(places), max(places)) if places else (0, 0)
        return (e for e, place in self._order.items() if first < place < last)

    @cached_property
    def _order(self) -> dict[HtmlElement, int]:
        return {e: i for i, e in enumerate(self.tree.iter(etree.Element))}

    @cached_property
    def _said(self) -> dict[HtmlElement, str]:
        """The words of each element that is not too large, without anything between them."""
        found = {}
        for element in self.tree.iter(etree.Element):
            if (text := _text(element)) is not None and (said := _compact(text)):
                found[element] = said
        return found


def _text(element: HtmlElement) -> str | None:
    pieces, size = [], 0
    for text in element.itertext():
        pieces.append(text)
        size += len(text)
        if size > _LARGEST:
            return None
    return "".join(pieces)


def _compact(text: str) -> str:
    return _NOT_WORD.sub("", text.lower())
