"""How sure a judgement is: stated, implied or ambiguous."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from pipeline.models import Judgement
from pipeline.tag.reading import Reading


def with_confidence(reading: Reading, found: Sequence[Judgement]) -> tuple[Judgement, ...]:
    """The judgements, each with the confidence that its words and the others allow.

    A grade that the words say stays `stated` where they name its body, or where no other body has a
    grade in the story; else it is `implied`. Two current grades of one body for one thing are both
    `ambiguous`. Measured by `make eval` on stories that nobody had seen: of the stated ones about
    four in five are right, of the others half.
    """
    at: dict[str | None, list[int]] = defaultdict(list)
    for mention in reading.mentions:
        at[mention.id].append(mention.start)
    judged = {j.body for j in found if j.body}
    now: dict[tuple[str | None, str], set[str]] = defaultdict(set)
    for j in found:
        if j.status == "current":
            now[j.body, j.aspect].add(j.grade)

    def named(j: Judgement) -> bool:
        starts = at[j.body]
        nearest = bisect_left(starts, j.start)
        return nearest < len(starts) and starts[nearest] < j.end

    def sure(j: Judgement) -> Judgement:
        if len(now[j.body, j.aspect]) > 1:
            return replace(j, confidence="ambiguous")
        if j.confidence == "stated" and not (named(j) or len(judged) == 1):
            return replace(j, confidence="implied")
        return j

    return tuple(sure(j) for j in found)
