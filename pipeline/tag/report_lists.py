"""The lists of a report under headings such as "What needs to improve?", item by item.

Most are bullets or numbered; Area SEND reports have plain paragraphs. A list ends at the next
heading of the report; headings within it ("Educational outcomes …") are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.tag.cues import cues
from pipeline.tag.sentences import Span, paragraphs

FILE = "details.yaml"

_BULLET = re.compile(r"(?:[-•▪●◼■*\uf06e\uf0b7\uf0a7]|\(?\d{1,3}[.)]|\([a-z]\))\s*(?=\S)")
_NEXT = re.compile(r"[^\S\n]*\n\s*(?=(?:[-•▪●◼■*\uf06e\uf0b7\uf0a7]|\d{1,3}[.)])\s)")
_INLINE = re.compile(r"\s[•▪●\uf06e\uf0b7\uf0a7]\s+")
_MODAL = re.compile(r"(?<!\w)(?:should|must|needs? to|required to)(?!\w)")
_MARK = re.compile(r"^[\s*•>#\d.-]{0,6}")
_AFTER = re.compile(r"\s*\??\s*\d{0,2}\s*:?\s*$")  # "What needs to improve?1": a footnote's number
_FINISHED = re.compile(r"(?:[.?!:;)\"']\d{0,2}|[a-z]\d)\s+$")
_UNFINISHED = re.compile(r"(?<!\w)(?:the|an?|of|and|or|to|in|for|that|with|by|on|their|its)$|,$")
_GRADE = re.compile(
    r"(?<!\w)(?:good|outstanding|inadequate|requires improvement(?: to be good)?)\W*$"
)
_HEADING = 110  #: code points of a line that may be a heading
_NARRATIVE = 200  #: code points of an item that asks for nothing, in a list whose others do
_SENTENCE = 30  #: code points of a plain paragraph that may ask for something
_MOST = 60  #: items under one heading; more is not a list any longer


class Item(NamedTuple):
    """`start:end` without the bullet; `rule` is the record of the heading."""

    start: int
    end: int
    rule: str


def items(text: str, low: str) -> list[Item]:
    """The items under all such headings of a text, in order; `low` is the text folded."""
    found: list[Item] = []
    under: _List | None = None
    for span in _lines(text):
        heading = _heading(text, low, span)
        if heading and heading.start == span.start:
            under = _List(heading.rule)
            continue
        if under:
            stop = _inner_end(text, low, span)
            inside = Span(span.start, stop or (heading.start if heading else span.end))
            if under.takes(text, low, inside, found) and not stop:
                pass
            else:
                under = None
        if heading:
            under = _List(heading.rule)
    return found


def _lines(text: str) -> Iterator[Span]:
    """Paragraphs, cut before each line that begins with a bullet."""
    for whole in paragraphs(text):
        at = whole.start
        for cut in _NEXT.finditer(text, whole.start, whole.end):
            yield Span(at, cut.start())
            at = cut.end()
        yield Span(at, whole.end)


class _List:
    """One list while it is read: it knows whether its items have bullets, and when it ends."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        self.bulleted = False
        self.asking = False  # its first item says what to do: narrative is none of it
        self.count = 0

    def takes(self, text: str, low: str, span: Span, found: list[Item]) -> bool:
        """Adds the items of a paragraph to `found`; False where the list has ended before it."""
        bullet = _BULLET.match(text, span.start, span.end)
        first = bullet.end() if bullet else span.start
        asks = cues(FILE, "imperatives").opens(low, first, span.end) or _MODAL.search(
            low, first, span.end
        )
        if self.asking and not asks and span.end - first > _NARRATIVE:
            return False
        if self.count >= _MOST or (not bullet and _ends(low, span)):
            return False
        if bullet:
            self.asking = self.asking or (not self.count and bool(asks))
            self.bulleted = True
            found += [Item(a, b, self.rule) for a, b in _parted(text, bullet.end(), span.end)]
            self.count += 1
        elif self.count and _goes_on(text, found[-1], span):
            found[-1] = Item(found[-1].start, span.end, self.rule)
        elif self.bulleted:
            return span.end - span.start <= _HEADING  # a heading within it; else prose again
        elif span.end - span.start >= _SENTENCE and _MODAL.search(low, span.start, span.end):
            found.append(Item(span.start, span.end, self.rule))
            self.count += 1
        return True


def _heading(text: str, low: str, span: Span) -> Item | None:
    """The heading that a paragraph is, or that stands at its end, where lines ran together."""
    line = low[span.start : span.end]
    if len(line) <= _HEADING:
        mark = _MARK.match(line)
        hit = cues(FILE, "headings").opens(line, mark.end() if mark else 0, len(line))
        if hit and _AFTER.match(line, hit.end):
            return Item(span.start, span.end, hit.id)
    first = max(0, len(line) - _HEADING)
    for hit in cues(FILE, "headings").all(line, first):
        parted = hit.start and _FINISHED.search(line, max(0, hit.start - 6), hit.start)
        if parted and _AFTER.match(line, hit.end) and text[span.start + hit.start].isupper():
            return Item(span.start + hit.start, span.end, hit.id)
    return None


def _inner_end(text: str, low: str, span: Span) -> int | None:
    """Where a heading that ends the list stands within a paragraph, behind a finished sentence."""
    for hit in cues(FILE, "inner_ends").all(low, span.start + 1, span.end):
        if text[hit.start].isupper() and _FINISHED.search(low, hit.start - 6, hit.start):
            return hit.start
    return None


def _ends(low: str, span: Span) -> bool:
    """Whether a line begins another part of the report."""
    line = low[span.start : min(span.end, span.start + _HEADING)]
    if cues(FILE, "ends").opens(line, 0, len(line)):
        return True
    return span.end - span.start <= _HEADING and _GRADE.search(line) is not None


def _goes_on(text: str, last: Item, span: Span) -> bool:
    """A paragraph that a page break cut: it was not finished, and goes on here."""
    cut = text[last.end - 1] not in ".!?:;\"'”’)"
    gap = text[last.end : span.start].count("\n") <= 3
    broken = _UNFINISHED.search(text, max(last.start, last.end - 9), last.end)
    long = last.end - last.start > _HEADING
    return cut and gap and bool(text[span.start].islower() or long or broken)


def _parted(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The items of one paragraph, in which further bullets may stand."""
    cuts = [(m.start(), m.end()) for m in _INLINE.finditer(text, start, end)]
    starts = [start, *(b for _, b in cuts)]
    stops = [*(a for a, _ in cuts), end]
    return [(a, b) for a, b in zip(starts, stops, strict=True) if b - a > 3]
