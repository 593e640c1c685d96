"""When a grade was given, and how it stands to the one before: read from the clause around it."""

from __future__ import annotations

import re
from typing import Literal

from pipeline.tag.cues import cues
from pipeline.tag.grades import Graded
from pipeline.tag.no_grade import UNMOVED
from pipeline.tag.reading import Sentence

Status = Literal["current", "previous", "hypothetical"]
Weak = Literal["dated", "said"]
Direction = Literal["up", "down", "same", "first"]

_OF = re.compile(
    r"(?:^|[\s\"'(])(?:from|out of|"
    r"(?:improv|address|overturn|challeng)(?:e|ing)(?= (?:its|their|the|an?) )|"
    r"shak(?:e|es|en|ing) off|shook off|leaves?|leaving|left|"
    r"lost|loses|lose|losing|costs?|stripped of|shed|taken away|took away|takes away)"
    r"(?: (?!(?:to|was|were|is|are|been|rated|judged|graded)(?!\w))[a-z]+){0,5}? [\"']?$|"
    r"(?<!\w)end(?:s|ed|ing)? (?:its|their|the|a) [^.;,]{0,30}(?:as|of) (?:being )?(?:an? )?[\"']?$"
)
_BEHIND = re.compile(
    r"[\"']? (?:behind|no longer|before(?=[,.;]|$)|(?:is |was |has been |had been )?lost(?: by)?|"
    r"rating behind|(?:rating|grade|status|judge?ment)"
    r"(?: of [^,.;]{0,60})? (?:has|have|had|was|were|is)(?: been)? (?:downgraded|lowered|upgraded|"
    r"raised|removed|lost|replaced|reduced|changed))(?!\w)"
)
#: "A school graded weak in 2018 has won praise".
_HAS_SINCE = re.compile(
    r"[\"']?(?: (?!(?:and|but|while)(?!\w))[a-z'-]+){0,8} in (?:[a-z]+ )?(?:19|20)\d\d,? "
    r"(?:has|have) (?:now |since |finally |not )?"
    r"(?:won|been|made|improved|shown|turned|come|left)(?!\w)"
)
_NEXT_TIME = re.compile(
    r"[\"']?(?: (?:rating|grade|judge?ment|verdict))? (?:next time|at (?:its|the|our|their) next|"
    r"(?:is|are|was) (?:in sight|within reach|possible|(?:the|our|its) (?:goal|aim|target)))"
    r"(?!\w)"
)
_YEARS = re.compile(
    r"(?<!\w)(?:in|since|from|back in|during)?\s*(?:early |late |mid-)?(?:(january|february|"
    r"march|april|may|june|july|august|september|october|november|december),? )?"
    r"(?<!act )(?<!act \()((?:19|20)\d\d)(?![\w-])"
)
_STILL = re.compile(
    r"(?<!\w)(?:still|remain(?:s|ed)?|(?<!the )remaining|again|retain(?:s|ed)?|maintain(?:s|ed)?|"
    r"kept|keeps|stays?|stayed|unchanged|"
    r"for (?:a|the) (?:second|third) (?:consecutive )?time)(?!\w)"
)
_DOWN = re.compile(
    r"(?<!\w)(?:downgrad|dropp|drops|fell|fall|slipp|plung|demot|stripped|lost|loses|cost|"
    r"reduced|lower|slump|sank|declin|worsen|deteriorat)"
)
_UP = re.compile(
    r"(?<!\w)(?:upgrad|improv|no longer|out of|risen|rose|jump|leap|climb|regain|transform|"
    r"lift|leave|left)"
)
_FIRST = re.compile(
    r"(?<!\w)(?:first(?:[- ]ever)? (?:full )?(?:[a-z]+ ){0,4}(?:inspection|rating|grade|"
    r"assessment|report)|not (?:been )?(?:inspected|rated) before|neither service had been "
    r"inspected)"
)


def clause(low: str, grade: Graded, found: list[Graded]) -> tuple[int, int]:
    """The part of the sentence that is about this grade."""
    start, end = 0, len(low)
    for m in re.finditer(
        r"[;:]|, (?:has|have) (?:now |finally |since |today )?been(?!\w)|"
        r", (?:and|but|while|although|despite|having|which|after|up|down|where|the same|who|said|"
        r"says|according to|as (?:it|they|was|were))(?!\w)|"
        r"(?<!\w)(?:while|although|but|whereas|despite|in spite of|since (?:an?|its|the) "
        r"(?:[a-z]+ ){0,2}(?:report|inspection|visit))(?!\w)",
        low,
    ):
        if m.end() <= grade.verb and not any(
            m.end() <= g.start < grade.start and g is grade for g in found
        ):
            start = m.start()
        elif m.start() >= grade.end:
            end = m.start()
            break
    return start, end


def status_of(
    sentence: Sentence, grade: Graded, found: list[Graded], before: Sentence | None
) -> Status:
    low = sentence.low
    start, end = clause(low, grade, found)
    head, tail = low[start : grade.start], low[grade.end : end]
    i = found.index(grade)
    if i and re.fullmatch(
        r"[\"']?(?: overall)?(?: rating)? to (?:an? )?(?:overall )?[\"']?",
        low[found[i - 1].end : grade.start],
    ):
        moved = low[start : found[i - 1].start]
        return "hypothetical" if _wished(moved[-90:]) else "current"
    if _which_was_before(low, grade.start):
        return "previous"
    if UNMOVED.search(head):
        return "current"
    if _OF.search(head) or _BEHIND.match(tail) or _HAS_SINCE.match(tail):
        return "previous"
    joined = r"[\"']? (?:or|and) (?:as )?[\"']?" if "respectively" in low else _OR
    if i and re.fullmatch(joined, low[found[i - 1].end : grade.start]):
        return status_of(sentence, found[i - 1], found, before)  # "ranked as weak or adequate"
    if re.search(r"(?:no longer|not) (?:rated |judged )?[\"']?$", head) or re.match(
        r"[\"']? no longer", tail
    ):
        return "previous"
    if i + 1 < len(found) and _then_moved(low, grade, found[i + 1]):
        return "previous"
    if _wished(head[-90:]) or _NEXT_TIME.match(tail):
        return "hypothetical"
    near = low[max(start, _own(low, grade, found)) : min(end, _next(low, grade, found, end))]
    near = _OF_ELSE.sub(" ", near)
    if cues("status.yaml", "current").find(near):
        return "current"
    if _told_earlier(near) and not _move_before(low, grade):
        return "current" if _told_now(low, grade, near) else "previous"
    opening = _THEN.match(low) or (i == 0 and _LAST_YEAR.match(low))
    if opening and not (i and _move_before(low, grade)):
        return "previous"
    if before and low.startswith(
        ("in the same year", "that same year", "at the time", "at that time")
    ):
        return "previous"
    return "current"


_OR = r"[\"']? or (?:as )?[\"']?"


#: "Rated it inadequate, and it is now rated good".
_BUT_NOW = re.compile(
    r"[\"']?(?: overall)?(?: (?:back |early |late )?(?:in|last) [a-z0-9 ]{3,20}?)?,? "
    r"(?:and|but|which|who|though|although) "
    r"(?:(?:it|they|the (?!overall)[a-z]+) )?"
    r"(?:(?:is|are|has|have|was|were) (?:been )?)?now(?: (?:been|is|are|has|have|be))*"
    r"(?: (?:re-?)?(?:rated|judged|graded|deemed|found|considered|said|officially))?"
    r"(?: (?:to be|as|an?|overall))* [\"']?"
)


def _then_moved(low: str, grade: Graded, other: Graded) -> bool:
    """Whether the body was moved on to the next grade of the sentence: "rated outstanding for a
    decade, has been downgraded to good"."""
    if _BUT_NOW.fullmatch(low, grade.end, other.start):
        return True
    between = low[grade.end : other.verb]
    moved = _move_before(low, other) and grade.end <= other.verb
    apart = re.search(r"(?<!\w)(?:while|and|but|after|since|whereas|although|when)(?!\w)", between)
    return moved and not apart and "," in between and len(between) < _NEAR


_NEAR = 90  #: code points between two grades of one thought
_IF = re.compile(r"if|unless|until|fear|believ|might|could|risk|danger|at risk")
#: "What the college would focus on had been rated good": the wish is of something else.
_A_FACT = re.compile(
    r"(?<!\w)(?:was|were|is|are|has|have|had)(?: (?:now|both|all|also|still|already|since|again|"
    r"recently|just))*(?: been)? (?:rated|judged|graded|found|given|awarded|deemed|branded|told)"
    r"(?!\w)"
)


def _wished(head: str) -> bool:
    """Whether a grade after `head` is one that is feared, wished for or possible."""
    return any(
        _IF.match(head, hit.start) or not _A_FACT.search(head, hit.end)
        for hit in cues("status.yaml", "hypothetical").all(head)
    )


def _which_was_before(low: str, start: int) -> bool:
    """Whether the words before a grade say that a visit before the one told gave it."""
    return any(
        p.search(low, 0, start)
        for p in (_WHICH_JUDGED, _WHEN_JUDGED, _AFTER_IT_WAS, _NO_EFFECT, _ITS_LAST)
    )


def _told_earlier(near: str) -> bool:
    return any(cues("status.yaml", kind).find(near) for kind in ("previous", "dated", "said"))


def weakly(sentence: Sentence, grade: Graded, found: list[Graded]) -> Weak | None:
    """What alone makes a grade an earlier one: a time of the year ("last March"), a participle."""
    low = sentence.low
    dated = cues("status.yaml", "dated").find(low)
    if not (dated or cues("status.yaml", "said").find(low)) or _THEN.match(low):
        return None
    if _firmly(low, grade, found):
        return None
    return "dated" if dated else "said"


def _firmly(low: str, grade: Graded, found: list[Graded]) -> bool:
    if _which_was_before(low, grade.start):
        return True
    start, end = clause(low, grade, found)
    tail = low[grade.end : end]
    if _OF.search(low[start : grade.start]) or _BEHIND.match(tail) or _HAS_SINCE.match(tail):
        return True
    return cues("status.yaml", "previous").find(low[start:end]) is not None


#: A sentence that begins so is all of an earlier time.
_THEN = re.compile(
    r"(?:just |some |only |over |nearly )?(?:a|two|three|four|five|six|seven|\d+) years? "
    r"(?:ago|earlier|before)(?!\w)|at (?:its|the|their|an) (?:last|previous) (?:full )?"
    r"(?:inspection|visit)|last time(?!\w)|before that(?!\w)|previously(?!\w)|"
    r"(?:the|its|their) (?:last|previous) (?:that|inspection|visit|report|grades?|ratings?)(?!\w)"
)
#: "Since the last inspection in 2016, which judged the services to be inadequate".
_WHICH_JUDGED = re.compile(
    r"(?<!\w)(?:last|previous|earlier)(?: [a-z]+){0,4} (?:inspection|visit|report)"
    r"(?:,? in [a-z0-9 ]+)?, which (?:had )?(?:judged|found|rated|graded|gave)(?:[^.;,]{0,60})$"
)
_WHEN_JUDGED = re.compile(
    r"(?<!\w)in (?:[a-z]+ )?(?:19|20)\d\d,? when(?!\w)[^.;]{0,70}$|"
    r"(?<!\w)(?:came|comes|coming|follows|followed|following) (?:[a-z]+ )?(?:after )?an? "
    r"(?:[a-z]+ ){0,2}(?:inspection|visit)(?: [a-z0-9 ]{2,25})? when(?!\w)[^.;]{0,140}$"
)
#: "Eight months after Ofsted judged it as good", "two years after being downgraded to inadequate".
_AFTER_IT_WAS = re.compile(
    r"(?<!\w)(?:years?|months?|weeks?|days|shortly|soon|not long|decade) (?:after|since) "
    r"(?:(?:it|they|he|she|inspectors|ofsted|estyn|(?:the )?(?:cqc|[a-z]+))(?: [a-z]+)? )?"
    r"(?:(?:had|has|was|were|been|be|being|having|first|last|previously) )*"
    r"(?:rated|judged|graded|given|gave|found|said|called|branded|deemed|awarded|declared|"
    r"(?:up|down)graded|handed|placed|put|received|receiving|getting|got|fell|falling|dropped|dropping)"
    r"(?!\w)[^.;,]{0,60}$"
)
#: "The visit had no effect on the trust's overall rating, which remains good".
_NO_EFFECT = re.compile(
    r"(?<!\w)no change (?:to|in) [^.;]{3,60}$|"
    r"(?<!\w)(?:no effect|no bearing|not (?:been )?affected|unaffected|(?:does|did) not affect)"
    r"(?!\w)[^.;]{0,60} (?:remains?|remained|stays?)(?!\w)[^.;,]{0,20}$"
)
#: "Gone one better than its last good rating", "the school's former 'good' status".
_ITS_LAST = re.compile(
    r"(?<!\w)(?:its|their|the|our) (?:last|previous|former|old|earlier|existing) "
    r"(?:overall )?[\"']?$"
)
#: "In July last year inspectors gave the home …": all of the sentence is of that time.
_LAST_YEAR = re.compile(
    r"(?:but |and |when [^,.;]{3,60} )?(?:(?:back |early |late )*(?:in|on|during|at) )?"
    r"(?:[a-z]+ (?:of )?)?(?<!the )last year(?!\w)"
)
_TOLD = re.compile(
    r"(?<!\w)(?:told|heard|noted|reported|advised|informed|said|says|explained|outlined|confirmed)"
    r"(?: [a-z]+){0,3} that(?!\w)"
)
_HAD = re.compile(r"(?<!\w)had (?:been|received|gained|achieved)(?!\w)(?! (?:previously|earlier))")


def _told_now(low: str, grade: Graded, near: str) -> bool:
    """ "Members were told that it had been rated good": past for the speaker only."""
    if not _TOLD.search(low, 0, grade.start) or not _HAD.search(low, 0, grade.start):
        return False
    return not _YEARS.search(near) and not _told_earlier(_HAD.sub("", near))


_ITS_TIME = re.compile(
    r"[\"']?(?: overall| rating)? (?:(?:back |early |late )?(?:in|since|at|after|from|during) )?"
    r"[^,;]{0,40}?(?:(?:19|20)\d\d|last (?:year|time|month)|inspection|visit|ago|earlier|before), "
)


def _own(low: str, grade: Graded, found: list[Graded]) -> int:
    """Where the words about this grade begin: after the one before it and that one's own time."""
    i = found.index(grade)
    if i == 0:
        return 0
    end = found[i - 1].end
    its = _ITS_TIME.match(low, end, grade.start)
    return its.end() if its else end


_NEXT_GRADE = re.compile(
    r"(?:,? and|,? but|, which|, [^,;.]{3,70}?) (?:(?:it|they) )?"
    r"(?:is|are|has|have) (?:(?:been|both|all) )?(?:now|since)(?!\w)|"
    r", (?:it )?(?:(?:is|are|has been|have been) )?now(?!\w)|,? compared (?:to|with)(?!\w)|"
    r"(?<!\w)(?:up|down) from(?!\w)|"
    r"(?:,| that| but| and) (?:just |only )?"
    r"(?:[a-z]+ years? ago|at (?:its|the|their) (?:last|previous)|last time|previously|"
    r"before that)(?!\w)(?=[^.;]{0,60} (?:it|they|inspectors|ofsted) )|"
    r",? (?:just |only |some |less than |more than )?(?:an? |[a-z0-9]+ )?"
    r"(?:years?|months?|weeks?|days|shortly|soon|not long) (?:after|since)(?!\w)|"
    r"(?<!\w)from (?:its|a|an|their|the) (?:previous|earlier|last)(?!\w)"
)


def _next(low: str, grade: Graded, found: list[Graded], end: int) -> int:
    """Where the words about the next grade begin: "had been rated good, is now inadequate"."""
    i = found.index(grade)
    if i + 1 == len(found):
        return end
    verb = _NEXT_GRADE.search(low, grade.end, found[i + 1].start)
    return verb.start() if verb else found[i + 1].start


def _move_before(low: str, grade: Graded) -> bool:
    """ "downgraded ... to inadequate": the grade reached is the new one, whatever went before."""
    return (
        bool(
            re.search(
                r"(?<!\w)to (?:be |being |an? )?(?:overall )?[\"']?$",
                low[max(0, grade.start - 25) : grade.start],
            )
        )
        and grade.rule == "moved"
    )


#: "Opened in September last year": no time of a grade.
_OF_ELSE = re.compile(
    r"(?<!\w)(?:(?:re)?opened|launched|founded|joined|took over|taken over|appointed|converted|"
    r"closed|merged|set up|built|registered)(?: (?:its doors|it|as|in|on|late|early|just|only|the|"
    r"[a-z]+ly|january|february|march|april|may|june|july|august|september|october|november|"
    r"december))*(?: (?:last [a-z]+|(?:[a-z]+|\d+) (?:years?|months?) (?:ago|earlier|before)))"
)
#: "Which opened in 2019": no year of a grade.
_OPENED = re.compile(
    r"(?<!\w)(?:open|found|establish|form|launch|join|appoint|register|convert|clos|buil|merg)"
    r"(?:ed|ing|t|s)? ?(?:in|back in)?$"
)
_FIRST_SINCE = re.compile(r"(?<!\w)first (?:[a-z]+ ){0,6}since (?:[a-z]+ )?(?:19|20)\d\d$")
_SINCE = re.compile(r"(?<!\w)since(?!\w)")


#: "In 2019 …", "September 2012: Ofsted rates …", a line of a history.
_OPENING_YEAR = re.compile(
    r"(?:(?:back )?in (?:[a-z]+ )?|[\s•*-]*(?:\d{1,2} )?(?:[a-z]+ )?(?=(?:19|20)\d\d ?[:–-]))"
    r"((?:19|20)\d\d)(?!\w)"
)


def own_year(low: str, grade: Graded, found: list[Graded]) -> int | None:
    """The year that the clause of the grade names."""
    start, end = clause(low, grade, found)
    i = found.index(grade)
    stop = found[i + 1].start if i + 1 < len(found) else end
    moved = _move_before(low, grade)  # "deteriorated to poor since they came in 2019"
    years = [
        int(m[2]) for m in _YEARS.finditer(low, max(start, _own(low, grade, found)), min(end, stop))
        if not (moved and _SINCE.search(low, grade.end, m.end()))
        and not _FIRST_SINCE.search(low, 0, m.end())
        and not _OPENED.search(low, 0, m.start())
    ]  # fmt: skip
    if not years:
        opening = _OPENING_YEAR.match(low) or re.search(
            r"(?<!\w)in (?:[a-z]+ )?((?:19|20)\d\d),? when(?!\w)[^.;]{0,60}$", low[: grade.start]
        )
        years = [int(opening[1])] if opening else []
    return max(years, default=None)


def direction_of(
    sentence: Sentence, grade: Graded, found: list[Graded], status: Status
) -> Direction | None:
    if status != "current":
        return None
    start, end = clause(sentence.low, grade, found)
    near = sentence.low[start:end]
    if UNMOVED.search(sentence.low[start : grade.start]):
        return "same"
    if _FIRST.search(near):
        return "first"
    if _DOWN.search(near) and grade.rule == "moved":
        return "down"
    if grade.rule == "moved" and _UP.search(near):
        return "up"
    return (
        "same"
        if _STILL.search(near[max(0, grade.start - start - 40) :]) or "identical rating" in near
        else None
    )


def evidence(sentence: Sentence, grade: Graded, found: list[Graded]) -> tuple[int, int]:
    """The clause that proves it; the whole sentence where it is short."""
    if sentence.end - sentence.start <= 220:
        return sentence.start, sentence.end
    start, end = clause(sentence.low, grade, found)
    start, end = min(start, grade.verb), max(end, grade.end)
    while start < end and not sentence.low[start].isalnum() and sentence.low[start] not in "\"'":
        start += 1
    while end > grade.end and sentence.low[end - 1].isspace():
        end -= 1
    return sentence.start + start, sentence.start + end
