"""What is left of the furniture of a page, and lost of its story, in a tool's text.

Tools set and space lines as they like, so what is looked for is a line's words in order, with the
currency signs among them. A line that also stands in the story counts only where the text has it
once more than the story has.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.eval.sets import OwnPage

_WORD = re.compile(r"[\w£€$%]+")


@dataclass(frozen=True)
class Fault:
    """A line that should not be in a text (of its kind), or a paragraph that should (`lost`)."""

    page: str
    kind: str
    line: str


LOST = "lost"


def faults(page: OwnPage, text: str) -> list[Fault]:
    got, story = _words(text), _words("\n".join(page.text))
    left = [
        Fault(page.id, kind, line)
        for kind, line in page.furniture
        if (words := _words(line)) and got.count(words) > story.count(words)
    ]
    return left + [Fault(page.id, LOST, p) for p in page.text if _words(p) not in got]


def _words(text: str) -> str:
    """Each word between spaces of its own: of two that are alike both can be counted."""
    return "".join(f" {word} " for word in _WORD.findall(text))


def table(pages: int, found: Mapping[str, Sequence[Fault]]) -> list[str]:
    """Rows of a table, kind by tool: lines left per story; then all of them; paragraphs lost."""
    counted = {tool: Counter(f.kind for f in each) for tool, each in found.items()}
    kinds = Counter[str]()
    for each in counted.values():
        kinds += each
    kinds.pop(LOST, None)
    rows = ["| left per story | " + " | ".join(found) + " |", "|---|" + "--:|" * len(found)]
    for kind, _ in kinds.most_common():
        rows.append(_row(kind, [f"{each[kind] / pages:.2f}" for each in counted.values()]))
    left = [each.total() - each[LOST] for each in counted.values()]
    rows.append(_row("all kinds", [f"{n / pages:.2f}" for n in left]))
    rows.append(_row("lines in all", [str(n) for n in left]))
    return [*rows, _row("paragraphs lost", [str(each[LOST]) for each in counted.values()])]


def _row(name: str, cells: list[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"
