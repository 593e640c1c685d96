"""The kinds of figures in a sentence: shares, percentages, waits, scores, sizes and plain counts.

Each kind has an expression and a reader that says what the match is, or that it is no figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from pipeline.knowledge import load_yaml
from pipeline.tag.counting import Counted, counted
from pipeline.tag.numbers import DIGITS, NUMBER, digits, in_words

_NOT_BEFORE = r"(?<![\w£$€.,/:-])"
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
)
_WHAT = r"(?=(?P<what>[^.;:()]{0,70}))"
_ABOUT = r"(?: (?:only|just|some|about|around|more than|over|nearly|almost|at least))?"
_SHARE = re.compile(
    rf"{_NOT_BEFORE}(?P<value>{NUMBER})(?: [a-z-]+){{0,2}}?,? (?:out of|of)(?: a)?(?: total "
    rf"of)?(?: the| its| their| those| these| all)?(?: only| just| more than| some)?"
    rf" (?P<of>{NUMBER})(?!\w|[.,]\d|%)(?! (?:per ?cent|percent|{_MONTH})(?!\w)){_WHAT}"
)
_IN = re.compile(
    rf"{_NOT_BEFORE}(?P<value>{NUMBER})(?: (?!of|and|or)[a-z]+)? in (?:every )?(?P<of>{NUMBER})"
    rf"(?!\w|[.,]\d|%)(?! (?:[a-z]+ )?(?:years?|months?|weeks?|days?|hours?|areas?|categories)"
    rf"(?!\w)){_WHAT}"
)
#: "In almost two thirds of cases", "three-quarters of the 384 cases": a share in words.
_FRACTION = re.compile(
    r"(?<![\w-])(?<!first )(?<!second )(?<!other )(?<!and a )(?P<value>(?:(?:more than|"
    r"almost|nearly|over|just over|just under|about|around|fewer than|less than|under|up to|"
    r"at least|roughly|some|only) )?(?:(?:an?|one|two|three|four|nine)[- ]"
    r"(?:third|quarter|fifth|sixth|seventh|eighth|tenth)s?|half))"
    rf"(?! (?:an?|price|time|term|way|past|hour|year|day|mile|marathon|of an?)(?!\w))(?![-\w])"
    rf" (?:of )?(?:all )?(?:the |its |their |those |these )?(?:(?P<of>{DIGITS}) )?"
    r"(?=(?P<what>[^.;:()]{0,70}))"
)
_PERCENT = re.compile(
    rf"{_NOT_BEFORE}(?P<value>{NUMBER})\s?(?:%|per ?cent(?!age)|percent(?!age)|pc(?!\w))(?: "
    rf"of)?{_WHAT}"
)
#: "Waits of up to 853 days", "the median wait is 17 weeks": how long people wait is a figure.
_WAIT = re.compile(
    rf"{_NOT_BEFORE}(?P<value>{NUMBER})(?=(?P<what> (?:days|weeks|months|years|hours|minutes)(?!\w)"
    r"(?! (?:for (?:an?|its|the|their) (?:[a-z-]+ )?(?:inspection|report|visit)|"
    r"ago|before|earlier|later|after|old|to (?:improve|submit|produce)))))"
)
_WAITING = re.compile(r"(?<!\w)(?:waits?|waited|waiting|delays?|delayed|queued?)(?!\w)")
_RISE = re.compile(
    r"(?<!\w)(?:up|down|rose|risen|rising|increased|increase|fell|fallen|dropped|cut|reduced|"
    r"doubled|grew|grown|climbed|jumped|went|decreased|those [a-z ]{0,20}up)(?: [a-z]+){0,3}"
    rf" from (?:{NUMBER})(?: [a-z]+)? to (?P<value>{NUMBER})(?!\w|[.,]\d|%)(?! per ?cent| "
    rf"?{_MONTH})(?P<what>)"
)
_TOTAL = re.compile(
    rf"(?<!\w)(?:bringing|brings?|taking|takes|brought|took)(?P<what> [^.;]{{3,70}}?) to "
    rf"(?P<value>{NUMBER})(?!\w|[.,]\d|%)"
)
#: "An overall score of 62", "it scored 59%": what the CQC gives councils.
_SCORE = re.compile(
    rf"(?<!\w)(?:(?:overall|total|final) (?:score|mark)|score for [a-z' ]{{3,40}}?) "
    rf"(?:of |was |is )?(?P<value>{NUMBER})"
    r"(?!\w|[.,]\d|/)(?P<what>)"
)
#: "With a capacity of 1,060", "the 305-pupil school", "450 on roll": how big a body is.
_SIZE = re.compile(
    rf"(?<!\w)(?:capacity|population|roll|caseload|workforce|register|headcount)"
    rf" (?:of|for|is|was|stood at|stands at){_ABOUT} (?P<value>{NUMBER})(?!\w|[.,]\d|%)(?P<what>)"
)
_SIZED = re.compile(
    rf"{_NOT_BEFORE}(?P<value>{NUMBER})(?P<what>-(?:pupil|student|learner|resident|patient|"
    r"prisoner|child|place|bed|bedded|bedroom|strong|home)(?!\w)| on (?:its |the )?(?:roll|books))"
)
#: "44 attacks on staff and 103 on prisoners": the noun is told once.
_ELIDED = re.compile(
    rf"(?:,|;| -| and| while| but)(?: only| just| another| a further| some)? (?P<value>{NUMBER})"
    r"(?=(?P<what> (?:on|with|against|needed|convicted|were|had|did)(?!\w)))"
)
_OF_THEM = re.compile(
    rf",(?: only| just| some| about| around| over| more than| almost| nearly)* (?P<value>{NUMBER})"
    r"(?=(?P<what> of (?:them|these|those|whom)(?!\w)))"
)
#: Of these one is worth telling.
_ONE = re.compile(
    r"(?<![\w-])(?P<value>one)(?P<what> (?:new |further |additional |statutory |single )*"
    r"(?:recommendation|requirement|breach))(?! of(?!\w))"
)
_COUNT = re.compile(
    rf"{_NOT_BEFORE}(?P<value>{NUMBER})(?!\w|[.,:/]\d|%| per ?cent| ?- ?\d|-)"
    r"(?=(?P<what>,? [\"'(]?[a-z][^.;:)]{0,80}))"
)


class Hit(NamedTuple):
    """Where a pattern matched, in which folded sentence, and what is counted there."""

    m: re.Match[str]
    low: str
    thing: Counted | None

    @property
    def what(self) -> str:
        return self.thing.what if self.thing else ""

    @property
    def what_end(self) -> int:
        return self.m.start("what") + (self.thing.end if self.thing else 0)


class Figure(NamedTuple):
    """Half-open span of a sentence, the value, its whole, what is counted, and the rule."""

    start: int
    end: int
    value: str
    of: str | None
    what: str
    rule: str
    noun: str = ""


_VOID = re.compile(
    r"(?:(?<!\w)(?:aged?|ages|aged between|grade|page|section|part|chapter|paragraph|regulation|"
    r"round|tranche|no|number|articles?|figure|table|band|tier|stage|phase|group|category|route|"
    r"key stages? \d(?:, \d)*(?:,? and|,| or| to)|class|room|channel|day|week|block|wing|"
    r"june|july|may|march|april|january|february|august|september|october|"
    r"november|december|under|over|past|key stage|year|years|level|levels|children of|scale of|"
    r"years \d\d? and) ?|[£$€#])$"
)
_DAY = re.compile(rf"{_MONTH} $")
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


def read(rule: str, m: re.Match[str], low: str) -> Figure | None:
    """The figure of a match; None where it is none of this kind."""
    return _READERS[rule](Hit(m, low, _thing(m)))


_DETERMINED = re.compile(r"(?: (?:of|all|the|its|their|those|these|our|such))+(?= )")


def _thing(m: re.Match[str]) -> Counted | None:
    """What is counted after the number of a match."""
    phrase = m["what"] or ""
    if m.re in (_COUNT, _WAIT, _TOTAL):
        return counted(phrase)
    phrase = phrase if phrase.startswith(" ") or not phrase else f" {phrase}"
    cut = _DETERMINED.match(phrase)
    shift = (cut.end() if cut else 0) - (len(phrase) - len(m["what"] or ""))
    thing = counted(phrase[cut.end() :] if cut else phrase)
    return thing._replace(end=thing.end + shift) if thing else None


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


def _count(f: Hit) -> Figure | None:
    at = f.m.start("value")
    before = f.low[max(0, at - 60) : at]
    value = digits(f.m["value"])
    if _no_count(f) or f.thing is None or value == "1" or "." in value:
        return None  # "2.2 - Facilities" is the number of an indicator
    every = _ALL.search(before)
    framed = f.thing.kind == "figure" or _framed(f, before, value)
    if not framed and _KNOWN_ONES.search(before):
        return None
    if _FROM.search(before) and _TO.match(f.low, f.m.end("value")):
        return None
    if _MIGHT.match(f.low, f.what_end):
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
    return not _KNOWN_ONES.search(before) and int(value) >= _MANY


#: "The other 29 forces", "all 43 forces": they are known already.
_KNOWN_ONES = re.compile(r"(?<!\w)(?:the|other|these|those|its|remaining|all|each of|both) $")
#: "From 36% to 6%": the second is how it is now.
_FROM = re.compile(r"(?<!\w)from (?:about |around |just |only |some )?$")
_TO = re.compile(r"[^.;]{0,60}?(?<!\w)(?:up |down )?to (?:[a-z]+ ){0,2}" + NUMBER + r"(?!\w)")
_MIGHT = re.compile(r" (?:might|could|would|may)(?!\w)")


def _one(f: Hit) -> Figure | None:
    what = f.m["what"].strip()
    return Figure(f.m.start(), f.m.end("what"), "1", None, what, "count", what.split()[-1])


def _elided(f: Hit) -> Figure | None:
    value = digits(f.m["value"])
    if _no_count(f) or value == "1" or "." in value:
        return None
    return Figure(f.m.start("value"), f.m.end("value"), value, None, "", "elided")


def _rise(f: Hit) -> Figure | None:
    noun = _before(f.low, f.m.start())
    return Figure(f.m.start(), f.m.end("value"), digits(f.m["value"]), None, noun, "rise", noun)


def _before(low: str, at: int) -> str:
    """The noun that stands last before a place: "assaults had risen from 12 to 30"."""
    for word in reversed(re.findall(r"[a-z-]+", low[max(0, at - 60) : at])):
        thing = counted(f" {word}")
        if thing:
            return thing.noun
    return ""


_SCALE = re.compile(  # "one of four grades" explains a scale
    r" (?:(?:possible|overall|different|ofsted|cqc|set) )*(?:grades?|ratings?|outcomes?|levels?|"
    r"verdicts?|judge?ments?|terms|stages|others?)(?!\w)"
)
#: "Is one of three homes", "register at one of two others": which one it is, not how many.
_WHICH = re.compile(
    r"(?<!\w)(?:is|was|are|as|at|by|to|be|became|being|with|for|the|an|last|first) $"
)


_LAST = re.compile(r"(?<!\w)(?:last|first|next|latest|other) $")


def _share(f: Hit) -> Figure | None:
    value, of = digits(f.m["value"]), digits(f.m["of"])
    if float(of) < float(value) or float(of) > 1_000_000 or _SCALE.match(f.low, f.m.end("of")):
        return None
    before = f.low[max(0, f.m.start("value") - 24) : f.m.start("value")]
    if (
        _LAST.search(before)
        or (value == "1" and _WHICH.search(before))
        or re.search(r"\d (?:to|-) $", before)
    ):
        return None
    end = max(f.m.end("of"), f.what_end)
    noun = f.thing.noun if f.thing else ""
    return Figure(f.m.start("value"), end, value, of, f.what, "share", noun)


def _one_in(f: Hit) -> Figure | None:
    figure = _share(f)
    return figure._replace(rule="one in") if figure else None


#: What the words of a share may be of beside a plural, or the verb that follows them at once.
_PART_OF = re.compile(
    r"(?:them|these|those|whom|which|(?:[a-z-]+ ){0,2}(?:workforce|population|caseload|sample|"
    r"cohort|provision|work|total|capacity))(?!\w)|"
    r"(?:were|are|had|have|did|do|said|felt|reported|told|believed|lacked|needed|failed)(?!\w)"
)


def _fraction(f: Hit) -> Figure | None:
    if re.match(r"[^.;]{0,60}\(\d[\d.]*\s?(?:%|per ?cent)", f.low[f.m.end("value") :]):
        return None  # "more than half of them (51 per cent)": the percentage is the figure
    if not f.what and not _PART_OF.match(f.m["what"]):
        return None
    of = digits(f.m["of"]) if f.m["of"] else None
    end = max(f.what_end, f.m.end("value"))
    noun = f.thing.noun if f.thing else ""
    return Figure(f.m.start("value"), end, in_words(f.m["value"]), of, f.what, "fraction", noun)


_MONEY = re.compile(
    r"(?<!\w)(?:pay|salary|salaries|wages?|vat|interest|inflation|tax|cost of living|fewer ads|"
    r"discount|chance)(?!\w)"
)
#: "Nine per cent better than average" says how far, not how many.
_COMPARED = re.compile(
    r"\s?(?:%|per ?cent|percent|pc) (?:better|worse|higher|lower|above|below|under|over|more|"
    r"fewer|less)(?!\w)[^.;]{0,40}average"
)
_OF_ALL = re.compile(
    rf" of (?:all )?(?:the |its |their )?(?:[a-z-]+'s? )?(?P<of>{NUMBER})(?=(?P<what> [^.;:()]*))"
)
_OF_THE = re.compile(rf"of the (?P<of>{NUMBER})(?=(?P<what> [^.;:()]*))")


def _percent(f: Hit) -> Figure | None:
    before = f.low[max(0, f.m.start() - 24) : f.m.start()]
    if _MONEY.search(f.low) or (_FROM.search(before) and _TO.match(f.low, f.m.end("value"))):
        return None
    if _COMPARED.match(f.low, f.m.end("value")):
        return None
    end = f.m.end("value") + _sign(f.low, f.m.end("value"))
    total = _OF_ALL.match(f.low, end) or _OF_THE.search(f.low[: f.m.start()])
    total = total if total and counted(total["what"]) else None
    of = digits(total["of"]) if total else None
    end = total.end("of") if total and total.start() == end else end
    noun = f.thing.noun if f.thing else ""
    value = f"{digits(f.m['value'])}%"
    return Figure(f.m.start("value"), max(end, f.what_end), value, of, f.what, "percent", noun)


def _sign(low: str, at: int) -> int:
    m = re.match(r"\s?(?:%|per ?cent|percent|pc)", low[at:])
    return len(m[0]) if m else 0


_STAY = re.compile(
    r"(?<!\w)(?:inspectors|team|inspection),?(?: [a-z]+){0,3} (?:spent|stayed|visited|over|for) $"
)


def _wait(f: Hit) -> Figure | None:
    stay = _STAY.search(f.low, 0, f.m.start())  # how long inspectors stayed
    if stay or not _WAITING.search(f.low[max(0, f.m.start() - 60) : f.m.end() + 60]):
        return None
    what = f.m["what"].strip()
    return Figure(f.m.start(), f.m.end("what"), digits(f.m["value"]), None, what, "wait")


def _total(f: Hit) -> Figure | None:
    noun = _before(f.m["what"], len(f.m["what"]))
    if not noun or re.search(rf"(?:from|aged|of) {NUMBER}?$", f.m["what"]):
        return None  # "takes children from 0 to 4"
    value = digits(f.m["value"])
    return Figure(f.m.start("what") + 1, f.m.end("value"), value, None, noun, "total", noun)


def _score(f: Hit) -> Figure | None:
    value = digits(f.m["value"]) + ("%" if _sign(f.low, f.m.end("value")) else "")
    return Figure(f.m.start("value"), f.m.end("value"), value, None, "score", "score")


def _size(f: Hit) -> Figure | None:
    value = digits(f.m["value"])
    if value == "1" or "." in value:
        return None
    end = max(f.m.end("value"), f.m.end("what"))
    return Figure(f.m.start("value"), end, value, None, f.m["what"].strip(" -"), "size")


_READERS: dict[str, Callable[[Hit], Figure | None]] = {
    "share": _share, "one in": _one_in, "fraction": _fraction, "percent": _percent, "rise": _rise,
    "total": _total, "wait": _wait, "score": _score, "size": _size, "count": _count,
    "elided": _elided, "of them": _elided, "one": _one,
}  # fmt: skip
#: Tried in this order: what an earlier one took, a later one leaves.
EXPRESSIONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("share", _SHARE), ("one in", _IN), ("fraction", _FRACTION), ("percent", _PERCENT),
    ("rise", _RISE), ("total", _TOTAL), ("wait", _WAIT), ("score", _SCORE), ("size", _SIZE),
    ("size", _SIZED), ("count", _COUNT), ("elided", _ELIDED), ("one", _ONE),
    ("of them", _OF_THEM),
)  # fmt: skip
