"""Paragraphs and sentences as spans of the text, and a folded copy of it that keeps every offset.

Offsets count code points. Nothing is trimmed away that would move them: a span's text is
`text[span.start:span.end]`. Every function here takes time proportional to the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

#: A sentence is cut at white space beyond this length: text without full stops stays affordable.
LONGEST = 1000

_PLAIN = {
    **dict.fromkeys("‘’‛′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00a0\u2007\u2009\u202f\u200a\t", " "),
}

_BLANK = re.compile(r"\n[^\S\n]*\n\s*")
_END = re.compile(  # begins with its marks, not with a choice: the search goes by them
    r"""[.!?…](?:[.!?…]*["'’”)\]]{0,3}(?=\s+["'“‘(\[]{0,3}[^\W_a-z]|\s*$)"""  # then a capital
    r"""|(?<=[a-z]{2}[.!?])["'”’]?(?=[“"‘]?[A-Z][a-z]))"""  # the space was lost: "at last.Our"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|prof|rev|st|sgt|insp|supt|cllr|hon|rt|jr|sr|no|nos|vs|etc|approx|dept|"
    r"ltd|inc|co|e\.g|i\.e|cf|al|fig|para|p|pp|vol|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|"
    r"dec|rd|ave|gen|lt|col|capt|dep|det|con)|\b[a-z]|\b(?:[a-z]\.){1,4}[a-z])\.$"
)
_SENTENCE_ABBREVIATION = frozenset(("etc.", "ltd.", "inc.", "co.", "no.", "con.", "al."))


class Span(NamedTuple):
    """Half open: `text[start:end]`."""

    start: int
    end: int


class Taken:
    """Spans of a text that are spoken for; asks in time that does not depend on how many."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._starts = [s for s, _ in ordered]
        self._ends: list[int] = []
        for _, end in ordered:  # the furthest end so far: a long span may begin far before
            self._ends.append(max(end, self._ends[-1] if self._ends else end))

    def overlaps(self, start: int, end: int) -> bool:
        """Whether any of them has a point in common with `start:end`."""
        at = bisect_left(self._starts, end)
        return at > 0 and self._ends[at - 1] > start


@lru_cache(maxsize=16)  # a story's text is folded by every stage that begins with it
def fold(text: str) -> str:
    """Lower case, straight quotes, plain dashes and spaces; as long as `text`, point by point."""
    plain = straight(text)
    low = plain.lower()
    if len(low) == len(plain):
        return low
    return "".join(c if len(c.lower()) != 1 else c.lower() for c in plain)


def straight(text: str) -> str:
    """The text with straight quotes, plain dashes and spaces, letters as they are."""
    for mark, plain in _PLAIN.items():  # one by one: ten times faster than `str.translate`
        text = text.replace(mark, plain)
    return text


def paragraphs(text: str) -> tuple[Span, ...]:
    """The runs of text between blank lines, white space at both ends left out."""
    spans, at = [], 0
    for blank in _BLANK.finditer(text):
        spans.append(_trim(text, at, blank.start()))
        at = blank.end()
    spans.append(_trim(text, at, len(text)))
    return tuple(s for s in spans if s.start < s.end)


def sentences(text: str) -> tuple[Span, ...]:
    """Sentences, list items and headings, in order.

    A line break ends one, unless the line was plainly wrapped (long, without end mark, and the next
    line goes on in lower case). The closing quotation mark belongs to the sentence that it closes.
    """
    found: list[Span] = []
    for line in _lines(text):
        found.extend(_split(text, line))
    return tuple(found)


@lru_cache(maxsize=8)
def sentences_of(text: str) -> tuple[Span, ...]:
    """`sentences`, kept for the stages that read the same story."""
    return sentences(text)


_FINISHED = re.compile(r"""[.!?:;]["'”’»)\]]{0,3}$""")
_BROKEN = re.compile(r"""(?:\.\s?\.\s?\.|…)["'”’)\]]{0,3}$""")
_HEADING_WORDS = 7  #: a last line of fewer words may be a heading or an item, and is no sentence


def whole_sentences(text: str) -> str:
    """`text` without a last sentence that is broken off: what it says may be the opposite.

    For texts that a wall cut; a short last line without a full stop stays.
    """
    spans = sentences(text)
    if not spans:
        return text
    last = text[spans[-1].start : spans[-1].end]
    broken = _BROKEN.search(last) or (
        not _FINISHED.search(last) and len(last.split()) >= _HEADING_WORDS
    )
    return text[: spans[-1].start].rstrip() if broken else text


def _lines(text: str) -> list[Span]:
    lines: list[Span] = []
    at = 0
    while at <= len(text):
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        span = _trim(text, at, stop)
        if span.start < span.end:
            if lines and _wrapped(text, lines[-1], span):
                lines[-1] = Span(lines[-1].start, span.end)
            else:
                lines.append(span)
        at = stop + 1
    return lines


def _wrapped(text: str, before: Span, after: Span) -> bool:
    gap = text[before.end : after.start]
    return (
        gap.count("\n") == 1
        and before.end - before.start > 55
        and text[before.end - 1] not in ".!?:;\"'”’)"
        and text[after.start].islower()
    )


def _split(text: str, line: Span) -> list[Span]:
    found, at = [], line.start
    for end in _END.finditer(text, line.start, line.end):
        if end.end() >= line.end:
            break
        if _is_abbreviation(text, at, end.start() + 1, line.end):
            continue
        found.append(_trim(text, at, end.end()))
        at = end.end()
    found.append(_trim(text, at, line.end))
    return [piece for s in found if s.start < s.end for piece in _short(text, s)]


def _is_abbreviation(text: str, start: int, stop: int, limit: int) -> bool:
    """Whether the full stop at `stop - 1` belongs to a word such as "Dr." or "J."."""
    if text[stop - 1] != ".":
        return False
    tail = text[max(start, stop - 12) : stop].lower()
    hit = _ABBREVIATION.search(tail)
    if hit is None:
        return False
    after = text[stop : min(stop + 2, limit)].strip()
    return not (hit[0] in _SENTENCE_ABBREVIATION and after and not after[0].isdigit())


def _short(text: str, span: Span) -> list[Span]:
    """The trimmed span, cut at white space into pieces of at most `LONGEST` characters."""
    if span.end - span.start <= LONGEST:
        return [span]
    pieces, at = [], span.start
    while span.end - at > LONGEST:
        cut = text.rfind(" ", at + 1, at + LONGEST)
        cut = at + LONGEST if cut < 0 else cut
        pieces.append(_trim(text, at, cut))
        at = cut
    pieces.append(_trim(text, at, span.end))
    return [p for p in pieces if p.start < p.end]


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
