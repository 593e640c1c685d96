"""Lists that put a grade above the aspects that got it: "Good", and below it two lines of aspects.

Reports of fire services and forces, and the papers that print them, give their grades so. A grade
that stands below its aspect is a cell of a table (`judgements`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.tag.aspects import aspects
from pipeline.tag.drafts import Draft
from pipeline.tag.frameworks import Framework
from pipeline.tag.grades import Graded
from pipeline.tag.reading import Sentence

_LINE = 120  #: code points of a line of a list
_FEWEST = 2  #: grades that make such a list


def below(
    sentences: Sequence[Sentence], marks: dict[int, list[Graded]], framework: Framework | None
) -> dict[int, tuple[str, ...]]:
    """By the start of each line that is nothing but a grade, the aspects of the lines below it.

    Empty where the first such line has an aspect above it: there the grades stand below.
    """
    lines = [s for s in sentences if not s.furniture]
    heads = [
        i for i, s in enumerate(lines) if any(g.rule == "cell" for g in marks.get(s.start, ()))
    ]
    while heads and not _beside(lines, heads[0], framework):
        heads = heads[1:]  # a grade by itself, below the name of a body
    if len(heads) < _FEWEST or (heads[0] and _aspect(lines[heads[0] - 1], framework)):
        return {}
    found: dict[int, tuple[str, ...]] = {}
    for i in heads:
        names: list[str] = []
        for line in lines[i + 1 :]:
            name = _aspect(line, framework)
            if name is None or marks.get(line.start):
                break
            names.append(name)
        if names:
            found[lines[i].start] = tuple(names)
    return found


def _beside(lines: list[Sentence], i: int, framework: Framework | None) -> bool:
    """Whether an aspect stands in the line above or below."""
    return any(
        0 <= j < len(lines) and _aspect(lines[j], framework) is not None for j in (i - 1, i + 1)
    )


def _aspect(line: Sentence, framework: Framework | None) -> str | None:
    """The one aspect that a short line names and nothing else."""
    if len(line.low) > _LINE:
        return None
    named = aspects(f"for {line.low.lstrip(' •*–-')}", framework)
    return named[0].id if named and named[0].start < _OPENING else None


_OPENING = 20  #: code points of a line in which its aspect begins


_GRADES = r"(?:inspection )?(?:grades?|ratings?|gradings?|evaluations?|scores?)(?!\w)"
_EARLIER = re.compile(rf"(?<!\w)(?:previous|last|earlier|old) {_GRADES}")
_NOW = re.compile(rf"(?<!\w)(?:new|latest|current|now|recent) {_GRADES}")


class Headings:
    """Whether the rows now read stand under a heading such as "Previous grades"."""

    def __init__(self) -> None:
        self.earlier = False

    def pass_by(self, sentence: Sentence) -> None:
        """Takes note of a sentence that gives no grade."""
        if sentence.heading:
            told = self.earlier or _EARLIER.search(sentence.low) is not None
            self.earlier = told and _NOW.search(sentence.low) is None
        else:
            self.earlier = self.earlier and sentence.low.endswith("?")


def of_earlier(drafts: list[Draft]) -> list[Draft]:
    """The drafts of such rows as earlier grades; what a sentence tells stays as it is."""
    return [
        replace(d, status="previous", direction=None) if d.rule in ("line", "cell") else d
        for d in drafts
    ]
