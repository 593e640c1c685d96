"""Shares of a whole: "three of the nine", "one in four", "over half of the cases", "51%"."""

from __future__ import annotations

import re

from pipeline.tag.counting import counted
from pipeline.tag.hits import FROM, MONTH, NOT_BEFORE, TO, WHAT, Figure, Hit
from pipeline.tag.numbers import DIGITS, NUMBER, digits, in_words

SHARE = re.compile(
    rf"{NOT_BEFORE}(?P<value>{NUMBER})(?: [a-z-]+){{0,2}}?,? (?:out of|of)(?: a)?(?: total "
    rf"of)?(?: the| its| their| those| these| all)?(?: only| just| more than| some)?"
    rf" (?P<of>{NUMBER})(?!\w|[.,]\d|%)(?! (?:per ?cent|percent|{MONTH})(?!\w)){WHAT}"
)

IN = re.compile(
    rf"{NOT_BEFORE}(?P<value>{NUMBER})(?: (?!of|and|or)[a-z]+)? in (?:every )?(?P<of>{NUMBER})"
    rf"(?!\w|[.,]\d|%)(?! (?:[a-z]+ )?(?:years?|months?|weeks?|days?|hours?|areas?|categories)"
    rf"(?!\w)){WHAT}"
)

#: "In almost two thirds of cases", "three-quarters of the 384 cases": a share in words.
FRACTION = re.compile(
    r"(?<![\w-])(?<!first )(?<!second )(?<!other )(?<!and a )(?P<value>(?:(?:more than|"
    r"almost|nearly|over|just over|just under|about|around|fewer than|less than|under|up to|"
    r"at least|roughly|some|only) )?(?:(?:an?|one|two|three|four|nine)[- ]"
    r"(?:third|quarter|fifth|sixth|seventh|eighth|tenth)s?|half))"
    rf"(?! (?:an?|price|time|term|way|past|hour|year|day|mile|marathon|of an?)(?!\w))(?![-\w])"
    rf" (?:of )?(?:all )?(?:the |its |their |those |these )?(?:(?P<of>{DIGITS}) )?"
    r"(?=(?P<what>[^.;:()]{0,70}))"
)

PERCENT = re.compile(
    rf"{NOT_BEFORE}(?P<value>{NUMBER})\s?(?:%|per ?cent(?!age)|percent(?!age)|pc(?!\w))(?: "
    rf"of)?{WHAT}"
)

_SCALE = re.compile(  # "one of four grades" explains a scale
    r" (?:(?:possible|overall|different|ofsted|cqc|set) )*(?:grades?|ratings?|outcomes?|levels?|"
    r"verdicts?|judge?ments?|terms|stages|others?)(?!\w)"
)

#: "Is one of three homes", "register at one of two others": which one it is, not how many.
_WHICH = re.compile(
    r"(?<!\w)(?:is|was|are|as|at|by|to|be|became|being|with|for|the|an|last|first) $"
)

_LAST = re.compile(r"(?<!\w)(?:last|first|next|latest|other) $")


def share(f: Hit) -> Figure | None:
    value, of = digits(f.m["value"]), digits(f.m["of"])
    if len(of) == 4 and of[:2] in ("19", "20") and f.m["of"].isdigit():  # "a shorter one in 2013"
        return None
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


def one_in(f: Hit) -> Figure | None:
    figure = share(f)
    return figure._replace(rule="one in") if figure else None


#: What the words of a share may be of beside a plural, or the verb that follows them at once.
_PART_OF = re.compile(
    r"(?:them|these|those|whom|which|(?:[a-z-]+ ){0,2}(?:workforce|population|caseload|sample|"
    r"cohort|provision|work|total|capacity))(?!\w)|"
    r"(?:were|are|had|have|did|do|said|felt|reported|told|believed|lacked|needed|failed)(?!\w)"
)


def fraction(f: Hit) -> Figure | None:
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


def percent(f: Hit) -> Figure | None:
    before = f.low[max(0, f.m.start() - 24) : f.m.start()]
    if _MONEY.search(f.low) or (FROM.search(before) and TO.match(f.low, f.m.end("value"))):
        return None
    if _COMPARED.match(f.low, f.m.end("value")):
        return None
    end = f.m.end("value") + sign(f.low, f.m.end("value"))
    total = _OF_ALL.match(f.low, end) or _OF_THE.search(f.low[: f.m.start()])
    total = total if total and counted(total["what"]) else None
    of = digits(total["of"]) if total else None
    end = total.end("of") if total and total.start() == end else end
    noun = f.thing.noun if f.thing else ""
    value = f"{digits(f.m['value'])}%"
    return Figure(f.m.start("value"), max(end, f.what_end), value, of, f.what, "percent", noun)


def sign(low: str, at: int) -> int:
    m = re.match(r"\s?(?:%|per ?cent|percent|pc)", low[at:])
    return len(m[0]) if m else 0
