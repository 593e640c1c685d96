"""What a grade of a sentence is for: told beside it, in the sentence before, by its line."""

from __future__ import annotations

import re

from pipeline.tag.aspects import ALL_AREAS, OVERALL, aspects
from pipeline.tag.frameworks import Framework
from pipeline.tag.grade_lines import LABEL_FIRST
from pipeline.tag.grades import Graded
from pipeline.tag.own_scales import subject
from pipeline.tag.reading import Reading, Sentence

#: The label of a line that gives a grade: "Making best use of resources - adequate".
_LABEL = re.compile(r"[\s*•>-]*([^:|]{3,70}?)\s*(?:[:|?]|\s-|-\s|\s[–—])\s*")


def for_what(
    sentence: Sentence,
    before: Sentence | None,
    framework: Framework | None,
    found: list[Graded],
    dealt: list[tuple[str, ...]],
    i: int,
) -> tuple[str, ...]:
    """The aspects that a grade is given for, as far as the words around it tell."""
    if found[i].rule == LABEL_FIRST:
        return _names(sentence.low, found[i], framework)
    return (
        _of_these(dealt[i], sentence, before, framework)
        or (("safeguarding",) if found[i].rule == "standard" else dealt[i])
        or subject(sentence.low, found[i].grade, found[i].rule)
        or _carried(sentence, before, framework)
        or _shared(sentence.low, found, dealt, i)
        or _labelled(found[i], sentence, before, framework)
    )


def _of_these(
    dealt: tuple[str, ...], sentence: Sentence, before: Sentence | None, framework: Framework | None
) -> tuple[str, ...]:
    """ "In each of these four categories it was good": those of the sentence before."""
    if before is None or dealt != (ALL_AREAS,) or not _THESE.search(sentence.low):
        return ()
    named = dict.fromkeys(a.id for a in aspects(before.low, framework) if a.id != OVERALL)
    every = framework.expand if framework else ()
    if len(named) > 1 and set(named) < set(every) and len(named) + 1 == len(every):
        return every  # "standards, which examine safety, respect, activity and resettlement"
    return tuple(named) if len(named) > 1 else ()


_THESE = re.compile(
    r"(?<!\w)(?:all|each|every one) of (?:these|those)(?!\w)|(?<!\w)all (?:these|those) "
)


def _labelled(
    grade: Graded, sentence: Sentence, before: Sentence | None, framework: Framework | None
) -> tuple[str, ...]:
    """What a line "label - grade" is about, in its own words; a number's label stands above it."""
    if grade.rule != "line":
        return ()
    alone = re.fullmatch(r"[\s*•>-]*\d?\s*[-–—:]?\s*[\"']?", sentence.low[: grade.start])
    if before and alone and not _GOES_ON.search(before.low):
        above = [a.id for a in aspects(f"for {before.low}", framework)]
        return (above[0],) if above else (before.low.strip(" ?:."),) if before.heading else ()
    if before and before.heading and sentence.low.lstrip(" *•-").startswith("the provision is"):
        return (before.low.strip(" ?:."),)
    label = _LABEL.match(sentence.low)
    words = label[1].strip() if label else ""
    named = any(m.start < sentence.start + grade.start for m in sentence.mentions)
    return () if not words or named or _ANY_GRADE.search(words) else (words,)


def cell_of(
    reading: Reading, grade: Graded, before: Sentence | None, framework: Framework | None
) -> tuple[str, ...]:
    """What the grade that is a whole line is for: the aspect that is the whole line above; the
    whole body, where it stands first of all or below the body's name."""
    asked = before is not None and before.low.endswith("?")  # "How good is our setting? 4 - Good"
    heads = before is None or (len(before.low) <= _LINE and (before.heading or asked))
    if grade.rule != "cell" or not heads:
        return ()
    named = aspects(f"for {before.low}", framework) if before else ()
    if named:
        return (named[0].id,)
    ids = reading.ids
    return (OVERALL,) if not before or any(m.id in ids for m in before.mentions) else ()


_GOES_ON = re.compile(r"[;,] (?:and|or)$")  #: an item of the list in which the grade stands
_LINE = 120  #: code points of a line of a table
_ANY_GRADE = re.compile(
    r"(?<!\w)(?:overall|ratings?|grades?|judge?ments?|verdict|outcome|result|"
    r"(?:previous|last|latest|earlier) (?:inspection|visit|report))(?!\w)"
)


_FROM_TO = re.compile(r"(?<!\w)from [\"']?[a-z ]{3,25}[\"']? (?:in [a-z ]{3,30} )?to [\"']?[a-z]")


def _shared(low: str, found: list[Graded], dealt: list[tuple[str, ...]], i: int) -> tuple[str, ...]:
    """ "from good to requires improvement" in three areas: both grades are of the three areas."""
    near = [d for j, d in enumerate(dealt) if abs(j - i) == 1 and d]
    moved = any(g.rule == "moved" for g in found) or _FROM_TO.search(low)
    return near[0] if len(dealt) == 2 and near and moved else ()


def _carried(
    sentence: Sentence, before: Sentence | None, framework: Framework | None
) -> tuple[str, ...]:
    """ "It was rated good": the aspect of the sentence before."""
    if before is None or not re.match(
        r"[\"']?(?:it|this|that|these|they|both|which) (?:was|were|is|are|has|have|also|area)",
        sentence.low,
    ):
        return ()
    named = [a.id for a in aspects(before.low, framework) if a.id != OVERALL]
    return (named[0],) if len(set(named)) == 1 else ()


_PIECE = re.compile(r"\s*[;,]\s*(?:and )?")


def _names(low: str, grade: Graded, framework: Framework | None) -> tuple[str, ...]:
    """What stands after "• Good:", each by its aspect or in its own words; nothing where none of
    them is an aspect: there the scale is explained."""
    said = [p.strip(" .:-\"'") for p in _PIECE.split(low[grade.end :])]
    named = [
        (aspects(f"for {p}", framework) or aspects(f"for {p} services", framework), p)
        for p in said
        if p
    ]
    if not any(found for found, _ in named):
        return ()
    return tuple(dict.fromkeys(found[0].id if found else p for found, p in named))
