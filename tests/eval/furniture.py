"""What is left of the furniture of a page, and lost of its story, in a tool's text.

Tools set and space lines as they like and keep ligatures and soft hyphens or not; so what is looked
for is a line's words in order, as printed, with signs of currency among them. Each stretch of a
text counts once: paragraphs are found first, then furniture, the longest lines first. What a
paragraph that came out in pieces has in common with furniture is not held against it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.eval.sets import OwnPage

_WORD = re.compile(r"[\w£€$%]+")
_UNPRINTED = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_GAP = " \n "


@dataclass(frozen=True)
class Fault:
    """A line that should not be in a text (of its kind), or a paragraph that should (`lost`)."""

    page: str
    kind: str
    line: str


LOST = "lost"


def faults(page: OwnPage, text: str) -> list[Fault]:
    got, story = _words(text), _words("\n".join(page.text))
    rest, found = got, []
    for paragraph in sorted(page.text, key=len, reverse=True):
        if (words := _words(paragraph)) in rest:
            rest = rest.replace(words, _GAP, 1)
        else:
            found.append(Fault(page.id, LOST, paragraph))
    for kind, line in sorted(page.furniture, key=lambda f: len(f[1]), reverse=True):
        words = _words(line)
        if words and words in rest and got.count(words) > story.count(words):
            rest = rest.replace(words, _GAP, 1)
            found.append(Fault(page.id, kind, line))
    return found


def _words(text: str) -> str:
    """Each word between spaces of its own: of two that are alike both can be counted."""
    printed = unicodedata.normalize("NFKC", _UNPRINTED.sub("", text))
    return "".join(f" {word} " for word in _WORD.findall(printed))


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
