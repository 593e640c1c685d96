"""Grades of bodies that were not inspected: comparisons, neighbours, names that nobody knows."""

from __future__ import annotations

import re
from bisect import bisect_left

from pipeline.models import Mention
from pipeline.tag.aspects import OVERALL, aspects
from pipeline.tag.grades import Graded
from pipeline.tag.reading import Reading, Sentence


def of_no_body(
    reading: Reading, sentence: Sentence, grade: Graded, *, later: bool, named: bool
) -> bool:
    """Whether the grade is that of somebody whom no rule for names knows.

    `later`: another grade stands before it; `named`: the sentence names an inspected body.
    """
    if (later or grade.rule == "predicate") and _nameless(reading, sentence, grade):
        return True
    if grade.rule == "line" and not named and _label_names(reading, sentence):
        return True
    return _named_aside(reading, sentence, grade) or _elsewhere(reading, sentence, grade)


def _nameless(reading: Reading, sentence: Sentence, grade: Graded) -> bool:
    """Whether a name that nobody knows stands before the grade: "..., Elm Lodge inadequate"."""
    before = reading.quote(sentence.start, sentence.start + grade.start)
    name = re.search(r"(?:[A-Z][a-z’']+ ){2,4}[\"'‘“]?$", before)
    if name is None:
        return False
    at = sentence.start + name.start()
    return not any(m.start < sentence.start + name.end() and at < m.end for m in sentence.mentions)


_ASIDE = re.compile(
    r"([A-Z][\w'’]+(?: [A-Z][\w'’]+){0,3}(?: (?:division|home|school|service|branch|unit|region))?)"
    r"(?: in (?:[A-Z]\w+|the [a-z ]{3,20}))?,? (?:which (?:is|was) |who are )?"
    r"(?:also |currently )?(?:rated|judged|graded)(?: as)? [\"'“‘]?$"
)


#: "An earlier visit had given Stroud Maternity Unit a good rating".
_GIVEN = re.compile(
    r"\b(?:gave|given|handed|awarded) ((?:[A-Z][\w'’]+ ){1,4}[A-Z][\w'’]+) (?:an? )?"
    r"(?:overall )?[\"'“‘]?$"
)


#: "Next door, Northfold is still rated inadequate".
_STILL_RATED = re.compile(
    r"(?:^|[,;:] |\b(?:while|but|and|neighbouring|neighbour|like|unlike) )"
    r"([A-Z][a-z'’]+(?: [A-Z][a-z'’]+){0,3}) (?:is|was) (?:still|already) (?:rated|judged|graded)"
    r"(?: as)? [\"'“‘]?$"
)


def _known(reading: Reading, sentence: Sentence, name: str, start: int) -> bool:
    """Whether a name is a mention, a word that points back, or a part of an inspected body's."""
    at = sentence.start + start
    if any(m.start < at + len(name) and at < m.end for m in sentence.mentions):
        return True
    return (
        not reading.bodies
        or not reading.words_of_names.isdisjoint(re.findall(r"\w+", name.lower()))
        or (name.split()[0].lower() in _POINTS)
    )


_POINTS = frozenset({"the", "it", "they", "this", "that", "both", "each", "he", "she", "we",
                     "its", "their", "overall", "all", "everything", "one"})  # fmt: skip


def _named_aside(reading: Reading, sentence: Sentence, grade: Graded) -> bool:
    """ "The company runs Oaklings in Ware, rated outstanding": a name that is no inspected body."""
    if not reading.bodies:
        return False
    before = reading.quote(sentence.start, sentence.start + grade.start)
    given = _GIVEN.search(before)
    if given and not any(
        m.start < sentence.start + given.end(1) and sentence.start + given.start(1) < m.end
        for m in sentence.mentions
    ):
        return True
    still = _STILL_RATED.search(before)
    if still and not _known(reading, sentence, still[1], still.start(1)):
        return True
    name = _ASIDE.search(before)
    if name is None or not name.start(1) or (before[name.end(1)] != "," and " in " not in name[0]):
        return False
    at = sentence.start + name.start(1)
    town = re.search(r"(?:^|[ ,])(?:in|near|at) $", before[: name.start(1)])
    if town and any(m.end >= at - 6 and m.end <= at for m in sentence.mentions):
        return False  # "Elm Lodge, in Harwick, which was rated good"
    return not any(m.start < at + len(name[1]) and at < m.end for m in sentence.mentions)


#: "Redby's brigade was rated": one of another place.
_OF_A_PLACE = re.compile(
    r"(?:^|[,;:.] |\b(?:while|but|and|when|whereas|after) )[\"'“‘]?"
    r"([A-Z][\w-]+(?: [A-Z][\w-]+)?)['’]s? "
    r"(?:[a-z]+ )?(?:brigade|force|council|school|academy|home|trust|hospital|service|college|"
    r"prison|jail|nursery|surgery|constabulary) (?:was|is|were|has been|had been|got|received)\b"
)


def _elsewhere(reading: Reading, sentence: Sentence, grade: Graded) -> bool:
    """Whether the subject of a grade is a body of a place that the story names once, for that."""
    before = reading.quote(sentence.start, sentence.start + grade.start)
    subject = list(_OF_A_PLACE.finditer(before))
    if not subject or not reading.bodies:
        return False
    place = subject[-1][1]
    names = " ".join(b.name for b in reading.bodies)
    return (
        place not in names and len(re.findall(rf"\b{re.escape(place)}\b", reading.story.text)) == 1
    )


#: "Little Acorns, Redby - Good": each word with a capital.
_NAME_LABEL = re.compile(
    r"[\s*•>-]*(?:The )?[A-Z][\w'’]+(?: (?:and |& |of |the )?[A-Z][\w'’]+)+(?:, [A-Z][\w' -]+)?"
    r"\s*(?:[:|]|\s-|\s[–—])"
)


def _label_names(reading: Reading, sentence: Sentence) -> bool:
    """Whether a line of a list has the grade of a name that nobody knows.

    It has where the lines beside it have the grades of bodies, and no aspect is called so.
    """
    if len(reading.bodies) < 2 or not _NAME_LABEL.match(
        reading.quote(sentence.start, sentence.end)
    ):
        return False
    if any(a.id != OVERALL for a in aspects(f"for {sentence.low}", None)):
        return False
    at = bisect_left(reading.sentences, sentence.start, key=lambda s: s.start)
    beside = (*reading.sentences[max(0, at - 1) : at], *reading.sentences[at + 1 : at + 2])
    return any(
        m.id in reading.ids and m.start - s.start < _BULLET and m.rule != "points back"
        for s in beside for m in s.mentions
    )  # fmt: skip


_BULLET = 4  #: code points before the name in a line of a list

_WHERE = re.compile(
    r"(?<!\w)(?:across|throughout|in|around)(?: (?!is|was|were|are)[a-z,'-]+){0,8} $"
)


#: "Ofsted rated Elm Academy good", "gave Elm Academy an outstanding rating".
_OBJECT = re.compile(r",? (?:as |an? |the )?[\"']?")


_HOSTING = re.compile(r"(?<!\w)(?:at|in|within) (?:the )?$")
_BESIDE = 12  #: code points between a nursery and the school that it is in


def stranger_of(
    reading: Reading, sentence: Sentence, grade: Graded, inspected: frozenset[str]
) -> Mention | None:
    """A body that is not the inspected one and is the subject of the grade: a comparison."""
    if not reading.bodies:
        return None
    for m in sentence.mentions:
        if m.id in inspected or m.role in ("inspectorate", "government", "commentator", "operator"):
            continue
        if m.rule == "bare name" and _WHERE.search(sentence.low, 0, m.start - sentence.start):
            continue  # "a team that works across Harwick and Redby has been rated good"
        if _HOSTING.search(sentence.low, 0, m.start - sentence.start) and any(
            0 <= m.start - o.end < _BESIDE for o in sentence.mentions if o.id in inspected
        ):
            continue  # "Alder Preschool at Birch School was rated good"
        between = sentence.low[m.end - sentence.start : grade.start]
        following = sentence.low[grade.end : max(grade.end, m.start - sentence.start)]
        if (
            m.end - sentence.start <= grade.start
            and re.fullmatch(
                r"(?:'s?)?(?:, (?:an?|the|its) [a-z' -]{2,40},?)?(?: (?!and|told)[a-z']+){0,4}? "
                r"(?:was|is|were|are|has been|had been|received|got|also)(?: [a-z]+){0,4} [\"']?|"
                r"(?:'s?)?(?:,? and [a-z' ]{3,40})?(?: [a-z']+){0,3}, "
                r"(?:which (?:is|was|are|were) )?"
                r"(?:(?:both|all|each|also|now|currently) )*(?:rated|judged|graded)(?: as)? [\"']?",
                between,
            )
        ) or _OBJECT.fullmatch(between):
            return m
        if m.start - sentence.start >= grade.end and re.fullmatch(
            r"[\"']?(?:-rated)? ?(?:neighbouring )?", following
        ):
            return m
    return None
