"""A story's text cut into pieces, each of which knows what it is evidence for.

Spans overlap freely (a statistic inside a weakness that names a council), so the text is cut at
every border; joined in order, the pieces are the text again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

_BREAK = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """One span of a text. `kind` becomes a class in the page, `number` leads to its explanation."""

    start: int
    end: int
    kind: str
    number: int
    link: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A stretch of text under the same marks, outermost first. `opens`: marks that begin here."""

    text: str
    marks: tuple[Mark, ...]
    opens: tuple[Mark, ...]


def paragraphs(text: str, marks: Sequence[Mark]) -> list[list[Piece]]:
    """The text's paragraphs as pieces. Marks outside the text are cut to it, empty ones ignored."""
    real = [m for m in marks if 0 <= m.start < min(m.end, len(text))]
    spans, at = [], 0
    for gap in _BREAK.finditer(text):
        spans.append((at, gap.start()))
        at = gap.end()
    spans.append((at, len(text)))
    return [_pieces(text, start, end, real) for start, end in spans if start < end]


def _pieces(text: str, start: int, end: int, marks: Sequence[Mark]) -> list[Piece]:
    here = sorted(
        (m for m in marks if m.start < end and m.end > start), key=lambda m: (m.start, -m.end)
    )
    borders = {start, end}
    for m in here:
        borders |= {max(m.start, start), min(m.end, end)}
    cuts = sorted(borders)
    return [
        Piece(
            text=text[a:b],
            marks=tuple(m for m in here if m.start <= a and m.end >= b),
            opens=tuple(m for m in here if m.start == a),
        )
        for a, b in pairwise(cuts)
    ]
