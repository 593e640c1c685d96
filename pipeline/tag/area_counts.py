"""How many areas a grade is given for, where a story counts them and does not name them.

"Good in four of the eight areas", "in two areas it was adequate, in six inadequate": kept as they
are told ("four of eight areas", "six areas"), for which they were nobody says.
"""

from __future__ import annotations

import re

from pipeline.tag.grades import Graded
from pipeline.tag.statistics import digits

COUNT = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[1-9]|1[0-9]"
AREAS = (
    r"(?:(?:sub-)?areas?|categor(?:y|ies)|key questions?|questions?|standards?|tests?|aspects?|"
    r"domains?|measures?|themes?|criteri(?:a|on)|indicators?|fields?)"
    r"(?: of (?:policing|its work|work|the inspection|practice))?"
)
_WHICH = r"(?:other|further|more|key|core|headline|inspected|inspection|remaining|judged|quality)"
#: "Four of the eight areas", "seven out of nine inspected themes".
SOME = re.compile(
    rf"(?<!\w)({COUNT}) (?:out )?of (?:the |its |their |a total of )?({COUNT}|thirteen)"
    rf"(?: [a-z]+){{0,2}} {AREAS}(?!\w)"
)
_AFTER = re.compile(
    rf"[\"']?(?: (?:ratings?|grad(?:es?|ings?)|evaluations?))?,? (?:in|for|across|at|on|"
    rf"against) (?:the )?(?:other |further |remaining |just |only )?({COUNT})"
    rf"(?: of (?:the|its|their) \d+(?: inspection)?(?= [a-z])| of (?:them|these|those))?"
    rf"(?: (?:of the|of its|{_WHICH})){{0,2}}(?: ({AREAS})| others)?"
    r"(?= ?(?:[,.;:(]|$|and |but |while |with |that |which |inspected |assessed ))"
)
#: "In two areas they rated it adequate, in six as weak", "against the other five it was good".
_BEFORE_IT = re.compile(
    rf"(?<!\w)(?:in|against|across|for|on) (?P<the>the )?(?P<other>(?:other|remaining) )?"
    rf"(?:just |only )?(?P<count>{COUNT})(?: (?:out )?of (?:the |its |their )?(?:{COUNT}))?"
    rf"(?: {_WHICH}){{0,2}}(?P<areas> {AREAS})?(?!\w)"
)
_CLAUSE = re.compile(r"[^.;:()]{0,90}")
#: What may follow a count without its noun: "in six as …", "in three it was …".
_GOES_ON = re.compile(
    r",? ?[\"']?$|,? (?:as|it|they|the|was|were|is|are|rated|judged|graded)(?!\w)"
)
_NOUN = re.compile(rf"(?<!\w){AREAS}(?!\w)")
#: "Inspectors rated a number of areas inadequate", "two areas were graded good".
_MANY_BEFORE = re.compile(
    rf"(?<!\w)((?:{COUNT}|(?:a )?number|some|several|many|most)(?: of)?(?: the| its)?"
    rf"(?: (?:{_WHICH}|\d+))?) ({AREAS})"
    rf"(?: (?:(?:were|was|are|is|as|to|be|being|rated|judged|graded|marked|found|deemed|now|also|"
    rf"that|still) ?)*)? ?[\"']?$"
)
#: "The areas rated as good": which they were, nobody says.
_THE_AREAS = re.compile(
    r"(?<!\w)(?:the|those|our|its) areas (?:that (?:are|were) )?(?:rated|graded|judged|marked)"
    r"(?: as)? (?:[\"']?[a-z ]{4,20}[\"']? and (?:as )?)?[\"']?$"
)
#: "Six 'outstanding' grades and two 'good' grades were given", "a single 'good' grade".
_GRADES_COUNTED = re.compile(rf"(?<!\w)({COUNT}) [\"']?$")
_SINGLE = re.compile(r"(?<!\w)(?:a single|(?:just|only) one) [\"']?$")
#: "Outstanding for all categories bar 1 good".
_BAR_ONE = re.compile(rf"(?<!\w)(?:all|every) {AREAS} (?:but|bar|except) (?:one|1) [\"']?$")
#: "Two of the five areas were found inadequate, and the others were judged good".
_OTHERS = re.compile(
    r"(?<!\w)the (?:others?|rest|remaining ones)(?: [a-z]+){0,4} [\"']?$|"
    r"(?<!\w)the (?:others?|rest|remaining ones) [\"']?$"
)
_BUT_SOME = re.compile(
    rf"(?<!\w)all (?:but|bar|except) (two|three|four|[234])(?: (?:of the )?(?:{_WHICH} )?{AREAS})"
    rf"(?!\w)|(?<!\w)(?:all|every) (?:of the )?{AREAS} (?:but|bar|except) (two|three|four|[234])"
    r"(?!\w)"
)
_NUMBERS = ("no", *COUNT.split("|")[:12])


def after(low: str, grade: Graded) -> str | None:
    """ "Good in four areas", "inadequate in three of them"."""
    m = _AFTER.match(low, grade.end)
    return _named(m[1], m[2]) if m else None


def of_all(low: str, start: int, limit: int) -> re.Match[str] | None:
    """Where "four of the eight areas" stands."""
    return SOME.search(low, start, limit)


def before(low: str, grade: Graded, start: int) -> str | None:
    """The count that stands before a grade, from `start` on."""
    if _THE_AREAS.search(low, 0, grade.start):
        return "some areas"
    if grade.rule == "counted" and (counted := _GRADES_COUNTED.search(low, start, grade.start)):
        return _named(counted[1], None)
    if _SINGLE.search(low, start, grade.start) or _BAR_ONE.search(low, 0, grade.start):
        return "one area"
    if many := _MANY_BEFORE.search(low, start, grade.start):
        return f"{many[1]} {many[2]}"
    first = SOME.search(low, 0, start)
    if first and _OTHERS.search(low, start, grade.start):
        left = int(digits(first[2])) - int(digits(first[1]))
        return f"{_NUMBERS[left]} of {first[2]} areas" if 0 < left < len(_NUMBERS) else None
    return _before_it(low, grade, start)


def _before_it(low: str, grade: Graded, start: int) -> str | None:
    """The last count of the clause; its noun may stand earlier in the sentence, or before it."""
    found = next(iter(list(_BEFORE_IT.finditer(low, start, grade.start))[-1:]), None)
    if found is None or not _CLAUSE.fullmatch(low, found.end(), grade.start):
        return None
    told = found["areas"] or (found["the"] and found["other"])
    if not told and not (
        _NOUN.search(low, 0, found.start()) and _GOES_ON.match(low, found.end(), grade.start)
    ):
        return None
    return _named(found["count"], found["areas"])


def all_but(low: str, start: int, limit: int) -> str | None:
    """ "Good in all but two areas"."""
    m = _BUT_SOME.search(low, start, limit)
    return f"all but {m[1] or m[2]} areas" if m else None


def _named(count: str, areas: str | None) -> str:
    noun = (areas or "").strip() or ("area" if count in ("one", "1") else "areas")
    return f"{count} {noun}"
