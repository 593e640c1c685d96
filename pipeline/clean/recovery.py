"""Where the page's own markup gave (nearly) no story: what else the publisher gave of it.

The text in the page's structured data, then what its feed carried. Nothing that lies behind a wall:
where a page has one, or says that it is not free, what it shows is all there is.
"""

from __future__ import annotations

from pipeline.clean.html import plain_text
from pipeline.clean.lines import Line, count, squeeze
from pipeline.clean.metadata import Metadata
from pipeline.clean.prune import Found
from pipeline.models import Entry, Removal

_FAR_SHORTER = 0.5  #: share of the other text below which the page's own is not believed
_LEAST = 60  #: words that another text must have


def recovered(
    lines: list[Line], said: Metadata, found: Found, entry: Entry | None
) -> tuple[list[Line], list[Removal]]:
    """The lines, or those of a far longer text; and a note that says which, if another was taken.

    Two pages of a thousand need it (with their structured data, 0.38 → 0.99 of the words).
    """
    if said.free is False or found.walls or found.wall_words:
        return lines, []
    words = sum(count(line.text) for line in lines)
    others = (
        ("structured data", said.body),
        ("its feed", entry.content_html if entry and words < _LEAST / 2 else None),
    )
    for source, body in others:
        taken = _paragraphs(body) if body else []
        length = sum(count(line.text) for line in taken)
        if length >= _LEAST and words < _FAR_SHORTER * length:
            note = f"the text is that of {source} ({length} words; in the page's markup {words})"
            return taken, [Removal(rule="recovered", kind="recovery", text=note)]
    return lines, []


def _paragraphs(body: str) -> list[Line]:
    text = plain_text(body) if "<" in body or "&" in body else body
    return [Line(line) for line in map(squeeze, text.split("\n")) if line]
