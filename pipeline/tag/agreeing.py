"""What a story's judgements say together: which of two that disagree stands; up, down or same."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import replace

from pipeline.models import Judgement
from pipeline.tag.reading import Reading
from pipeline.tag.statistics import digits
from pipeline.tag.when import Direction

#: Rules that read a grade out of a line or a formal sentence, and those that read it out of prose.
_FIRM = frozenset({"line", "cell", "rating of"})
_WEAK = frozenset({"held", "predicate", "good at", "aspect", "and so on"})


def agreed(reading: Reading, found: list[Judgement]) -> tuple[Judgement, ...]:
    """The judgements that stand, each with its direction where an earlier grade is stated."""
    latest = int(reading.inspected[:4]) if reading.inspected else reading.year
    return _directions(_in_order(_contradictions(_told_apart(reading, found)), latest))


def _told_apart(reading: Reading, found: list[Judgement]) -> list[Judgement]:
    """Without grades of nothing stated that the text gives for something stated elsewhere.

    "'Strong' marks for Alder School", and for what stands below. What a story says first, in a
    whole sentence, stands for itself: "The service has been rated good in its first inspection".
    """
    headings = {s.start for s in reading.sentences if s.heading}
    first = min((j.start for j in found if j.start not in headings), default=0)
    overall = Counter(j.grade for j in found if j.aspect == "overall")
    known = Counter(
        (j.body, j.grade, j.status) for j in found
        if j.aspect != "not stated" and not _COUNTED.match(j.aspect)
    )  # fmt: skip

    def again(j: Judgement) -> bool:
        named = known[j.body, j.grade, j.status]
        if counted := _COUNTED.match(j.aspect):
            number = digits(counted[1] or "1")
            return named >= max(1, int(number) if number.isdigit() else 1)
        first_said = (
            j.start == first and j.rule in ("rated", "moved")
            and not _THE_GRADE.search(j.quote.lower())
        )  # fmt: skip
        headline = j.start in headings and j.rule == "quoted" and j.aspect == "overall"
        if headline and named > overall[j.grade]:
            return True  # "'Outstanding' finding thrills head", and below, what it was for
        return j.aspect == "not stated" and named > 0 and not first_said

    return [j for j in found if not again(j)]


_COUNTED = re.compile(
    r"(?:(one|two|three|four|five|six|seven|eight|nine|ten|eleven|\d+)(?: of [a-z0-9]+)?|"
    r"a number of|some|several|many|most) [a-z ]*(?:areas?|categor(?:y|ies)|standards?|tests?|"
    r"measures?|aspects?|themes?|questions?|indicators?|criteria|statements?)"
)
#: "Recommendations came with the weak rating": one that was told before.
_THE_GRADE = re.compile(
    r"\b(?:the|this|that) [\"'‘“]?[a-z ]{3,25}[\"'’”]? (?:rating|grade|judge?ment)\b"
)
_EARLIER = re.compile(
    r"\b(?:last (?:year|time|month)|(?<!-)((?:19|20)\d\d)(?!-)|prev[a-z]{3,7}|earlier|before|ago|"
    r"then)\b"
)


def _of_old(quote: str, latest: int | None) -> bool:
    """Whether the words tell of a time before the latest year that the story names."""
    return any(
        m[1] is None or latest is None or int(m[1]) < latest
        for m in _EARLIER.finditer(quote.lower())
    )


def _in_order(found: list[Judgement], latest: int | None) -> list[Judgement]:
    """Of two grades of one thing, both told as if current, the one told with a time is earlier."""
    now: dict[tuple[str | None, str], list[Judgement]] = defaultdict(list)
    for j in found:
        if j.status == "current":
            now[j.body, j.aspect].append(j)
    made = []
    for j in found:
        same = now[j.body, j.aspect] if j.status == "current" else []
        others = [o for o in same if o.grade != j.grade]
        dated = others and _of_old(j.quote, latest)
        if dated and not any(_of_old(o.quote, latest) for o in others):
            j = replace(j, status="previous", direction=None)
        made.append(j)
    return made


_MANY = 3  #: aspects of one grade in one sentence, that may be meant as "all the others"


def _contradictions(found: list[Judgement]) -> list[Judgement]:
    """A grade said to be an earlier one is not also current, where another grade is current."""
    current = {(j.body, j.aspect): j for j in found if j.status == "current" and j.direction}
    sizes = Counter((j.body, j.start, j.grade) for j in found if j.status == "current")
    singly = {
        (j.body, j.aspect): j.grade for j in found
        if j.status == "current" and sizes[j.body, j.start, j.grade] < _MANY
    }  # fmt: skip
    wished = {(j.body, j.start) for j in found if j.status == "hypothetical"}
    firm = {(j.body, j.aspect) for j in found if j.status == "current" and j.rule in _FIRM}
    firmly = {(j.body, j.aspect, j.grade) for j in found if j.rule in _FIRM}
    before = {(j.body, j.aspect, j.grade) for j in found if j.status == "previous"}
    kept = []
    for j in found:
        if (
            j.status == "current"
            and j.rule in _WEAK
            and (j.body, j.aspect) in firm
            and (j.body, j.aspect, j.grade) not in firmly
        ):
            continue  # a sentence in passing beside the grade that a table gives
        many = j.status == "current" and sizes[j.body, j.start, j.grade] >= _MANY
        if many and singly.get((j.body, j.aspect), j.grade) != j.grade:
            continue  # "each of the others": this one was told by itself
        if j.status == "previous" and (j.body, j.start) in wished and j.rule == "moved":
            continue  # "the challenge is to move from good to outstanding": it is good now
        other = current.get((j.body, j.aspect))
        earlier = (j.body, j.aspect, j.grade) in before
        again = j.direction == "same"
        if j.status == "current" and other and other.grade != j.grade and earlier and not again:
            continue
        kept.append(j)
    return kept


def _directions(found: list[Judgement]) -> tuple[Judgement, ...]:
    """Up, down or same, where an earlier grade of the same body and aspect is stated.

    What somebody hoped for, and it was given, is left out.
    """
    earlier = {(j.body, j.aspect): j.rank for j in found if j.status == "previous" and j.rank}
    given = {(j.body, j.aspect, j.grade) for j in found if j.status == "current"}
    made = []
    for j in found:
        if j.status == "hypothetical" and (j.body, j.aspect, j.grade) in given:
            continue
        was = earlier.get((j.body, j.aspect))
        if j.status == "current" and j.rank and was and not j.direction:
            way: Direction = "same" if j.rank == was else ("up" if j.rank < was else "down")
            j = replace(j, direction=way)
        made.append(j)
    return tuple(made)
