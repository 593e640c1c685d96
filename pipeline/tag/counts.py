"""Plain counts and sizes: "44 attacks on staff and 103 on prisoners", "the 305-pupil school"."""

from __future__ import annotations

import re

from pipeline.knowledge import load_yaml
from pipeline.tag.hits import ABOUT, FROM, MONTH, NOT_BEFORE, TO, Figure, Hit
from pipeline.tag.numbers import NUMBER, digits

#: "With a capacity of 1,060", "the 305-pupil school", "450 on roll": how big a body is.
SIZE = re.compile(
    rf"(?<!\w)(?:capacity|population|roll|caseload|workforce|register|headcount)"
    rf" (?:of|for|is|was|stood at|stands at){ABOUT} (?P<value>{NUMBER})(?!\w|[.,]\d|%)(?P<what>)"
)

SIZED = re.compile(
    rf"{NOT_BEFORE}(?P<value>{NUMBER})(?P<what>-(?:pupil|student|learner|resident|patient|"
    r"prisoner|child|place|bed|bedded|bedroom|strong|home)(?!\w)| on (?:its |the )?(?:roll|books))"
)

#: "44 attacks on staff and 103 on prisoners": the noun is told once.
ELIDED = re.compile(
    rf"(?:,|;| -| and| while| but)(?: only| just| another| a further| some)? (?P<value>{NUMBER})"
    r"(?=(?P<what> (?:on|with|against|needed|convicted|were|had|did)(?!\w)))"
)

OF_THEM = re.compile(
    rf"[,;](?: only| just| some| about| around| over| more than| almost| nearly)* "
    rf"(?P<value>{NUMBER})"
    r"(?=(?P<what> of (?:them|these|those|whom)(?!\w)))"
)

#: Of these one is worth telling.
ONE = re.compile(
    r"(?<![\w-])(?P<value>one)(?P<what> (?:new |further |additional |statutory |single )*"
    r"(?:recommendation|requirement|breach))(?! of(?!\w))"
)

COUNT = re.compile(
    rf"{NOT_BEFORE}(?P<value>{NUMBER})(?!\w|[.,:/]\d|%| per ?cent| ?- ?\d|-)"
    r"(?=(?P<what>,? [\"'(]?[a-z][^.;:)]{0,80}))"
)

_VOID = re.compile(
    r"(?:(?<!\w)(?:aged?|ages|aged between|grade|page|section|part|chapter|paragraph|regulation|"
    r"round|tranche|no|number|articles?|figure|table|band|tier|stage|phase|group|category|route|"
    r"key stages? \d(?:, \d)*(?:,? and|,| or| to)|class|room|channel|day|week|block|wing|"
    r"june|july|may|march|april|january|february|august|september|october|"
    r"november|december|under|over|past|key stage|year|years|level|levels|children of|scale of|"
    r"years \d\d? and) ?|[£$€#])$"
)

_DAY = re.compile(rf"{MONTH} $")

#: "- 2 More than 600": the number of an item of a list.
_ITEM = re.compile(r"[-•*\s(]*$")

_LOOSE = re.compile(r"(?<!\w)(?:under|over|past) $")  # "over 50 officers" is no age

#: "In two years 21 complaints": that many years are over.
_YEARS = re.compile(rf"(?<!\w){NUMBER} (?:years?|weeks?|days?) $")

_LIST = 4  #: letters before the number of an item

_BETWEEN = re.compile(rf"(?:^|[^\w])(?:{NUMBER})(?: to|-| or| and) $")

#: Numbers that people dial, and steps of a scale.
_DIALLED = re.compile(r"(?:999|101|111|112)(?: and (?:999|101))? calls?(?!\w)")

_YEAR = re.compile(r"(?:19|20)\d\d(?!\w)")

_ALL = re.compile(r"(?<!\w)(?<!in )all (?:of )?(?:the |its |their )?$|in all (?:of )?the $")


def _no_count(f: Hit) -> bool:
    """A number that people dial, a year, an age, the number of a part of something."""
    at = f.m.start("value")
    before = f.low[max(0, at - 24) : at]
    before = _YEARS.sub("", before)
    numeral = f.m["value"][0].isdigit()
    if _VOID.search(before) and not (_LOOSE.search(before) and f.thing):
        return numeral or not _DAY.search(before)  # "in january six orders were made"
    if numeral and at < _LIST and _ITEM.match(f.low[:at]):
        return True
    year = _YEAR.match(f.low, at)
    return bool(_DIALLED.match(f.low, at) or year or _BETWEEN.search(before))


#: What goes wrong in some areas or against some rules counts them: "failing in ten key areas".
_WRONG = re.compile(
    r"(?<!\w)(?:fail(?:s|ed|ing|ings|ures?)?|fell short|breach(?:es|ed|ing)?|broke|breaking|"
    r"contraven\w+|not (?:met|meeting|meet)|concerns?|weak(?:ness|nesses)?|shortfalls?|"
    r"shortcomings)(?: (?:in|of|to|meet|comply|with|against|on|the|its|their|at least|more than|"
    r"a total of|these|those|another|a further))* $"
)

_MANY = 10  #: so many bodies are counted for their own sake: "over 900 units to inspect"

#: "Manages five homes": how much of it a body has.
_OWNS = re.compile(
    r"(?<!\w)(?:manages?|runs?|operates?|owns?|oversees|responsible for|made up of|comprises?|"
    r"consists of|includes|there are|looks after|covers?|covering|serv(?:es|ing))"
    r"(?: (?:about|around|over|more than|some|nearly|almost|a total of|the))* $"
)

#: Of these even two are told as a figure; "two staff" are only who was there.
_GRAVE = frozenset(load_yaml("statistics.yaml")["grave"])

_RATE = re.compile(rf" (?:per|for every|in every|out of every) (?P<of>{NUMBER})(?!\w)")


def count(f: Hit) -> Figure | None:
    at = f.m.start("value")
    before = f.low[max(0, at - 60) : at]
    value = digits(f.m["value"])
    if _no_count(f) or f.thing is None or value == "1" or "." in value:
        return None  # "2.2 - Facilities" is the number of an indicator
    every = _ALL.search(before)
    framed = f.thing.kind == "figure" or _framed(f, before, value)
    if not framed and _KNOWN_ONES.search(before):
        return None
    if FROM.search(before) and TO.match(f.low, f.m.end("value")):
        return None
    if _MIGHT.match(f.low, f.what_end) or _HIRED.search(before):
        return None
    if value == "2" and f.thing.noun.split()[-1] not in _GRAVE:
        return None
    rate = _RATE.match(f.low, f.what_end)
    of = digits(rate["of"]) if rate else value if every else None
    rule = "count" if framed else "frame"
    return Figure(at, f.what_end, value, of, f.what, rule, f.thing.noun)


def _framed(f: Hit, before: str, value: str) -> bool:
    """Whether bodies or areas are counted for their own sake."""
    if _WRONG.search(before) or _OWNS.search(before):
        return True
    if _ALL.search(before):
        return f.m["what"].startswith(" of ")
    if f.thing and f.thing.noun in _AREAS:
        return False
    return not _KNOWN_ONES.search(before) and int(value) >= _MANY


#: "The other 29 forces", "all 43 forces": they are known already.
_KNOWN_ONES = re.compile(r"(?<!\w)(?:the|other|these|those|its|remaining|all|each of|both) $")

_AREAS = frozenset(load_yaml("statistics.yaml")["areas"])
#: "The recruitment of over 50 officers": what a body does about it.
_HIRED = re.compile(
    r"(?<!\w)(?:recruit(?:ed|ing|ment of|s)?|tak(?:en|ing|es?) on|took on|hir(?:ed|ing|es?)|"
    r"employ(?:ed|ing|s)?|sack(?:ed|ing))(?!\w)[^.;]*$"
)
_MIGHT = re.compile(r" (?:might|could|would|may)(?!\w)")


def one(f: Hit) -> Figure | None:
    what = f.m["what"].strip()
    return Figure(f.m.start(), f.m.end("what"), "1", None, what, "count", what.split()[-1])


def elided(f: Hit) -> Figure | None:
    value = digits(f.m["value"])
    if _no_count(f) or value == "1" or "." in value:
        return None
    return Figure(f.m.start("value"), f.m.end("value"), value, None, "", "elided")


def size(f: Hit) -> Figure | None:
    value = digits(f.m["value"])
    if value == "1" or "." in value:
        return None
    end = max(f.m.end("value"), f.m.end("what"))
    return Figure(f.m.start("value"), end, value, None, f.m["what"].strip(" -"), "size")
