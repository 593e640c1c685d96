"""Grades without a mark of formality: "the curriculum was weak", in a story of formal ones."""

from __future__ import annotations

import re

from pipeline.tag.aspects import aspects
from pipeline.tag.frameworks import Framework
from pipeline.tag.grades import Graded
from pipeline.tag.no_grade import is_none
from pipeline.tag.reading import Reading

_FOUND = re.compile(
    r"(?<!\w)(?:found|finds?|judged|judges?|considered|deemed|evaluated)(?!\w)[^.;]*$"
)
_BEFORE = 130  #: code points before a word that may make it no grade
_SAYS = re.compile(
    r"(?<!\w)(?:say|says|said|according to|reports?|reported|wrote|found)(?!\w)[^.;]{0,40}"
    r"(?<!\w)(?:estyn|eti|inspect[a-z]*)|"
    r"(?<!\w)(?:estyn|eti|inspect[a-z]*|report)(?:'s)?(?: [a-z]+)? (?:say|says|said|reported|wrote|"
    r"found|conclude[sd]?|states?)(?!\w)"
)
#: Aspects that nobody names but Estyn: "good prospects for improvement" is a grade.
_AFTER_GRADE = frozenset({"performance", "prospects for improvement"})
_FORMULA = 35  #: code points of an aspect whose name alone makes a sentence a formal one


def with_plain(
    reading: Reading, framework: Framework, marks: dict[int, list[Graded]], grades: set[str]
) -> dict[int, list[Graded]]:
    """Adds "the curriculum was weak": a grade without mark of formality, said of an aspect of the
    framework, in a story that gives formal grades elsewhere."""
    if not grades:
        return marks
    bare = not any(marks.values())
    words = "|".join(sorted((re.escape(g) for g in grades), key=len, reverse=True))
    stop = r"(?= ?(?:[,.;]|$| and | but | while | also(?!\w)| as well(?!\w)| too(?!\w)))"
    plain = re.compile(
        r"[\"']?(?:,? (?:the (?:school|home|service|college|force|trust|practice|prison)|it)|"
        r" (?:at|of|in) (?:the |this )?[#a-z'-]+(?: [#a-z'-]+){0,5}?)?"
        r" (?:was|were|is|are|had been) (?:also |both |all |now |still )?"
        r"(?:found |judged )?(?:to be )?"
        rf"({words}){stop}"
        rf"|,? (?:(?:was|were) )?(?:said|found|judged|considered|deemed) to be ({words}){stop}"
        rf"|[\"']?,? (?:still |now |all |both |also )?(require[sd]? improvement){stop}"
    )
    found = re.compile(rf" (?:to be )?({words}){stop}")  # "they found behaviour good"
    before = re.compile(rf"(?<![\w-])[\"']?({words})[\"']? (?:current )?$")  # "with good prospects"
    made = dict(marks)
    for sentence in reading.sentences:
        if sentence.furniture or sentence.speaker != "inspectors":
            continue
        low = reading.bare(sentence)
        for aspect in aspects(low, framework):
            said = framework.plain and (_FOUND.search(low, 0, aspect.start) or _SAYS.search(low))
            if bare and aspect.end - aspect.start < _FORMULA and not said:
                continue
            m = plain.match(low, aspect.end)
            if m is None and _FOUND.search(low, 0, aspect.start):
                m = found.match(low, aspect.end)
            if m is None and aspect.id in _AFTER_GRADE:
                m = before.search(low, 0, aspect.start)
            known = made.get(sentence.start, [])
            if m is None or any(g.start < m.end() and m.end() - 3 < g.end for g in known):
                continue
            start, end = m.span(m.lastindex or 0)
            if is_none(low[max(0, start - _BEFORE) : start], low[end : end + 60], noun=True):
                continue  # "a little over half of the teaching was good"
            word = re.sub(r"require[sd]? ", "requires ", low[start:end])
            added = Graded(start, end, word, "aspect", aspect.start)
            made[sentence.start] = sorted((*known, added), key=lambda g: g.start)
    return made
