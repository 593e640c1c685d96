"""Grades on scales that are no row of "good" and "poor": standards met, progress made, codes.

Each has words of its own, which are everyday words elsewhere; they count only where the framework
uses that scale.
"""

from __future__ import annotations

import re

from pipeline.tag.no_grade import is_none, some_of_many

_OUTCOME = 26  #: code points: longer are the wordings of Area SEND outcomes
_SAFEGUARDING = re.compile(
    r"(?<!\w)safeguarding(?: standards?)? (?:was|were|is|are|has been|had been|:|-)? ?[\"']?$|"
    r"safeguarding: $"
)
_SAFEGUARDING_NEXT = re.compile(
    r" (?:the |all |all the |its |every )?(?:required |expected |legal )?"
    r"(?:safeguarding (?:standards?|requirements?)|"
    r"(?:standards?|requirements?) (?:for|of|on) safeguarding)(?!\w)"
)
#: The standards of the Care Quality Commission until 2014: "failing to meet five essential
#: standards of quality and safety", "three of the national standards were not met".
_STANDARDS = (
    r"(?:(?:essential|national|government|core|basic|minimum)(?: [a-z]+){0,3}|independent school)"
    r" standards?"
)
#: "Met all but two of the standards" is neither met nor not met.
_IN_PART = r"(?! (?:with )?(?:(?:nearly |almost )?all (?:but|bar|except)|almost|nearly|most|some) )"
_STANDARDS_NEXT = re.compile(rf"{_IN_PART} (?:with )?(?:[a-z0-9]+ ){{0,5}}{_STANDARDS}(?!\w)")
_STANDARDS_BEFORE = re.compile(
    rf"(?<!\w){_STANDARDS}(?:(?!(?:by|that|but|which)(?!\w))[^.;]){{0,60}} "
    r"(?:was|were|are|is|been|being) $"
)
_NOT_SO = re.compile(
    r"(?<!\w)(?:must|should|to be|if|whether|ensure|able to|in order to|for) $|"
    r"^[\"'\s•*-]*$"
)
#: "Making reasonable progress", "insufficient progress against two themes"; of pupils it is none.
_MADE = re.compile(
    r"(?<!\w)(?:mak(?:e|es|ing)|made|show(?:n|s|ed|ing)?|achiev(?:ed|ing)|judged|rated|found|"
    r"graded|deemed|delivered|evidence of|progress judge?ments?|outcome|:|-|\|)"
    r"(?: (?:to be making|to have made|that|as|only|an?|it|the [a-z]+|itself|overall|at least))*"
    r"\s[\"']?$|^[\"'\s•*-]*$"
)
_FOLLOWED_UP = re.compile(
    r"[\"']? (?:had been made |was made |has been made |being made )?(?:in|against|on|with|towards|"
    r"for) (?:(?:all|both|only|just|the|its|their|[a-z]+|\d+)(?: of (?:the|its|our))? ){0,3}"
    r"(?:recommendations?|areas?|themes?|concerns?|actions?|priorit(?:y|ies)|judge?ments?|"
    r"categor(?:y|ies))(?!\w)"
)
_LEARNERS = re.compile(
    r"(?<!\w)(?:pupils?|children|students?|learners?|apprentices|they|boys|girls|groups?|"
    r"disadvantaged|prisoners) (?:[a-z-]+ ){0,6}$"
)


def own_scale(low: str, start: int, end: int, name: str) -> tuple[str, int] | None:
    """Rule and where its evidence begins, of a word that stands on such a scale.

    "" as rule: the word is of such a scale, and no grade here. None: of no such scale.
    """
    before, after = low[max(0, start - 130) : start], low[end : end + 60]
    if name in ("met", "not met"):
        told = _standard(before, after)
        counted = told and some_of_many(before)  # "11 trusts failed to meet"
        return "" if counted else told, 0
    if name in ("required to improve", "sufficient progress not made"):
        return "conclusion", start
    if name.endswith(" progress"):
        made = _MADE.search(before) or _FOLLOWED_UP.match(after)
        return ("progress", start) if made and not _LEARNERS.search(before) else None
    if name.endswith(" concerns"):
        return ("" if is_none(before, after, noun=True) else "essential standard"), start
    if re.fullmatch(r"[cgv][1-4]", name):
        return ("" if is_none(before, after, noun=True) else "code"), start
    if name == "no follow-up":
        return ("" if is_none(before, after, noun=False) else "conclusion"), start
    if end - start > _OUTCOME and re.search(r"experiences|systemic", name):
        return "outcome", start
    if "capacity" in name or name.startswith("needs to address"):
        return "conclusion", start
    return None


_CODES = {"c": "consumer standards", "g": "governance", "v": "financial viability"}
_COUNTED = re.compile(
    r"(?<!\w)(?:(?P<count>one|two|three|four|five|six|seven|eight|nine|ten|\d\d?) (?:of the )?)?"
    r"(?:[a-z]+ )?(?P<kind>essential|national|government|core|independent school) standards?(?!\w)"
)


def subject(low: str, grade: str, rule: str) -> tuple[str, ...]:
    """What a grade on such a scale is for, where no aspect is named: "seven national standards"."""
    if rule == "code":
        return (_CODES[grade[0]],)
    if rule != "essential standard":
        return ()
    told = _COUNTED.search(low)
    kind = told["kind"] if told else "essential"
    return (f"{told['count']} {kind} standards" if told and told["count"] else f"{kind} standards",)


def _standard(before: str, after: str) -> str:
    own = _SAFEGUARDING.search(before) or _SAFEGUARDING_NEXT.match(after)
    told = _STANDARDS_NEXT.match(after) or _STANDARDS_BEFORE.search(before)
    if own:
        return "standard"
    return "essential standard" if told and not _NOT_SO.search(before) else ""
