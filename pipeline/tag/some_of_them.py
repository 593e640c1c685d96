"""Grades of some of a story's bodies: "two of the hospitals", "one was rated good and another …".

Which of them it was, the sentence seldom says: it does where as many are left when those that it
names are taken away. Of a trust and its hospitals, "the hospitals" are the sites, or all it runs.
"""

from __future__ import annotations

import re

from pipeline.models import Agency, Mention
from pipeline.tag.grades import Graded
from pipeline.tag.peers import all_of_them
from pipeline.tag.reading import Reading, Sentence
from pipeline.tag.statistics import NUMBER, digits

_KIND = (
    r"(?:hospitals?|sites?|units?|schools?|academ(?:y|ies)|nurser(?:y|ies)|colleges?|homes?|"
    r"surger(?:y|ies)|practices?|prisons?|forces?|councils?|authorit(?:y|ies)|services?|trusts?|"
    r"providers?|settings?)"
)
#: "One was awarded a grade one", "another climbed", "of which two have".
_SOME = re.compile(
    rf"(?<!this )(?<!that )(?<!no )(?<!any )(?<!each )(?<!every )(?<!grade )(?<!the )(?<![\w.-])"
    rf"(?:(?P<n>{NUMBER})|another|others|some|several)"
    rf"(?: (?:more|others?))?(?: of (?:the|its|these|those|them|which|whom|our|their)"
    rf"(?: (?:[a-z'-]+ ){{0,2}}?{_KIND})?| (?:of|other) {_KIND}| (?:[a-z'-]+ ){{0,2}}?{_KIND})?"
    rf"(?: (?:also|now|then|still|both|each))? "
    r"(?:was|were|is|are|has|have|had|got|gets?|received|kept|lost|gained|climbed|rose|fell|moved|"
    r"dropped|slipped|went|came|improved|jumped|achieved|secured|earned|retained|held|as)(?!\w)"
)
_OWNERS = frozenset({"trust", "health-board"})
_ITS_SITES = re.compile(r"(?<!\w)(?:hospitals|sites)(?!\w)")
_CUT = re.compile(r"[;:]|, (?:while|but|and)(?!\w)| (?:while|but)(?!\w)")


_FEW = 60  #: bodies of a story that are counted by kind


def sites(bodies: tuple[Agency, ...]) -> tuple[str, ...]:
    """The hospitals of a story of a trust and of several of its hospitals; none of any other."""
    found = tuple(b.id for b in bodies if b.kind == "hospital")
    return found if len(found) > 1 and any(b.kind in _OWNERS for b in bodies) else ()


def all_sites(reading: Reading, sentence: Sentence, grade: Graded) -> tuple[str, ...]:
    """ "All three hospitals", "both sites": the hospitals of a trust, where they are as many."""
    found = sites(reading.bodies)
    before = sentence.low[: grade.start]
    two = re.search(r"(?<!\w)both (?:of )?(?:[\w']+ ){0,2}(?:hospitals|sites)(?!\w)",
                    sentence.low[: grade.end + 60])  # fmt: skip
    same = len(found) == 2 if two else bool(
        found and all_of_them(before, len(found), frozenset({"hospital"}))
    )  # fmt: skip
    return found if same and _ITS_SITES.search(sentence.low) else ()


def all_of_a_kind(reading: Reading, sentence: Sentence, grade: Graded) -> tuple[str, ...]:
    """ "Each of the four trusts", in a story of four trusts and one of their hospitals."""
    for kind in reading.kinds if len(reading.bodies) <= _FEW else ():
        ids = tuple(b.id for b in reading.bodies if b.kind == kind)
        if 1 < len(ids) < len(reading.bodies) and all_of_them(
            sentence.low[: grade.start], len(ids), frozenset({kind})
        ):
            return ids
    return ()


#: "Alder was rated inadequate, the others requires improvement".
_OTHERS = re.compile(
    r"(?<!\w)(?:the (?:others?|rest|other (?:one|two|three|four))|both others)(?: [a-z]+)?"
    r"(?: (?:was|were|is|are|has|have|got|received|being|as|been|all|both|each|rated|judged|graded|"
    r"given|an?))* [\"']?$"
)


def _the_others(
    reading: Reading, sentence: Sentence, grade: Graded, ours: list[Mention]
) -> tuple[str, ...]:
    """The bodies of the kind of those named before, without them."""
    named = {m.id for m in ours if m.end <= sentence.start + grade.start}
    if not named or not _OTHERS.search(sentence.low[: grade.start]):
        return ()
    kinds = {b.kind for b in reading.bodies if b.id in named}
    return tuple(b.id for b in reading.bodies if b.kind in kinds and b.id not in named)


#: "Another practice that the firm runs, Elm Lodge in Harwick, was rated inadequate".
_ANOTHER = re.compile(rf"(?<!\w)another (?:(?!of\b)[a-z-]+ ){{0,2}}{_KIND}(?!\w)")


def _of_another(sentence: Sentence, grade: Graded, ours: list[Mention]) -> bool:
    """Whether a grade is of another body, after whose mention none of the inspected is named."""
    said = _ANOTHER.search(sentence.low, 0, grade.start)
    if said is None or not any(m.end <= sentence.start + said.start() for m in ours):
        return False
    return not any(said.end() <= m.start - sentence.start < grade.start for m in ours)


def some_of_them(
    reading: Reading, sentence: Sentence, grade: Graded, ours: list[Mention]
) -> tuple[str, ...] | None:
    """Whose the grade is where some of several have it; None: nobody knows; (): no such words."""
    if _of_another(sentence, grade, ours):
        return None
    if len(reading.bodies) < 2:
        return ()
    if grade.rule == "counted" and not ours:
        return None  # "two 'outstanding' grades and seven 'good' were given"
    if named_ones := _the_others(reading, sentence, grade, ours):
        return named_ones
    start = max((m.end() for m in _CUT.finditer(sentence.low, 0, grade.start)), default=0)
    said = list(_SOME.finditer(sentence.low, start, grade.start))
    if not said or any(
        m.end <= sentence.start + grade.start and m.start >= sentence.start + start for m in ours
    ):
        return ()
    some = said[-1]
    count = digits(some["n"]) if some["n"] else ""
    named = {m.id for m in ours}
    among = sites(reading.bodies) or tuple(b.id for b in reading.bodies)
    if count == str(len(among)):
        return among if not named else ()
    left = tuple(b for b in among if b not in named)
    return left if named and count == str(len(left)) else None
