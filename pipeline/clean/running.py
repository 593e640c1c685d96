"""The running text of a page: what protects a part from being cut, and what its repetitions are."""

from __future__ import annotations

from lxml.html import HtmlElement

from pipeline.clean.lines import count, norm, squeeze
from pipeline.clean.markup import text_of

_PARAGRAPH = 80  #: characters from which a <p> counts as running text
MOST_OF_PAGE = 0.25  #: share of running text that protects an element


class Running:
    """The page's running text, and who holds how much of it."""

    def __init__(self, tree: HtmlElement) -> None:
        self.sizes: dict[HtmlElement, int] = {}
        for p in tree.iter("p"):
            size = len(squeeze("".join(p.itertext())))
            if size >= _PARAGRAPH:
                self.sizes[p] = size
        self.total = sum(self.sizes.values())
        body = tree.find("body")
        self.all_text = len(text_of(body)) if body is not None and self.total < 500 else 0

    def protects(self, element: HtmlElement) -> bool:
        if self.total < 500:  # a page without paragraphs: measure all text
            return self.all_text > 0 and len(text_of(element)) > 0.3 * self.all_text
        return self.inside(element) > MOST_OF_PAGE * self.total or _holds_headline(element)

    def inside(self, element: HtmlElement) -> int:
        """Characters of running text in an element."""
        return sum(self.sizes.get(p, 0) for p in element.iter("p"))


class SaidElsewhere:
    """Whether paragraphs of the page say the words of an element that prints them large."""

    def __init__(self, tree: HtmlElement) -> None:
        self._tree = tree
        self._words = ""

    def __call__(self, element: HtmlElement) -> bool:
        if not self._words:
            paragraphs = self._tree.iter("p")
            self._words = "\n".join(norm("".join(p.itertext())) for p in paragraphs)
        parts = [norm(text) for text in element.itertext() if count(text) > 3]
        said = (self._words.count(part) for part in parts)
        own = {norm("".join(p.itertext())) for p in element.iter("p")}
        return bool(parts) and all(n > (part in own) for n, part in zip(said, parts, strict=True))


def _holds_headline(element: HtmlElement) -> bool:
    return next(element.iter("h1"), None) is not None
