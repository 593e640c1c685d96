"""What of a page no rule cut and the story does not hold: so that nothing is missed in silence.

Text of the story's own part that the extractor passed over, and running text elsewhere on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml.html import HtmlElement

from pipeline.clean.frame import Frame
from pipeline.clean.lines import Line, norm, squeeze
from pipeline.models import Removal

_BLOCKS = ("p", "li", "h2", "h3", "h4", "h5", "h6", "blockquote", "dd", "dt", "td", "th", "pre")
_MOST = 200  #: of a kind that are told; a page of comments holds thousands


@dataclass(frozen=True, slots=True)
class _Said:
    """What the story says: its lines as they are, and all of them normalised."""

    lines: set[str]
    words: str

    def says(self, element: HtmlElement) -> bool:
        """As one line, or piece by piece: a paragraph with line breaks makes several lines."""
        text = squeeze("".join(element.itertext()))
        if text in self.lines or norm(text) in self.words:
            return True
        return all(norm(piece) in self.words for piece in element.itertext())


def left_out(
    tree: HtmlElement,
    story: Frame | None,
    paragraphs: Iterable[HtmlElement],
    lines: Iterable[Line],
) -> list[Removal]:
    """In the order of the page. `lines`: as they left the extractor."""
    lines = list(lines)
    said = _Said({line.text for line in lines}, "\n".join(norm(line.text) for line in lines))
    parts = (tree,) if story is None else story.parts
    inside = {e: None for part in parts for e in part.iter()}
    unread = (
        e for e in inside if e.tag in _BLOCKS and next(e.iterchildren(*_BLOCKS), None) is None
    )
    elsewhere = (p for p in paragraphs if p not in inside and _is_in(tree, p))
    return [
        *_removals(unread, said, "extractor", "unread"),
        *_removals(elsewhere, said, "outside-story", "elsewhere"),
    ]


def _removals(
    elements: Iterable[HtmlElement], said: _Said, rule: str, kind: str
) -> Iterator[Removal]:
    told = 0
    for element in elements:
        text = squeeze(" ".join(element.itertext()))
        if text and not said.says(element) and (told := told + 1) <= _MOST:
            yield Removal(rule=rule, kind=kind, text=text)


def _is_in(tree: HtmlElement, element: HtmlElement) -> bool:
    around: list[HtmlElement] = [element, *element.iterancestors()]
    return around[-1] is tree
