"""The kinds of figures in a sentence: shares, counts, waits, scores and what became of them.

Each kind has an expression and a reader that says what the match is, or that it is no figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.tag.counting import counted
from pipeline.tag.counts import COUNT, ELIDED, OF_THEM, ONE, SIZE, SIZED, count, elided, one, size
from pipeline.tag.hits import MONTH, NOT_BEFORE, Figure, Hit, thing
from pipeline.tag.numbers import NUMBER, digits
from pipeline.tag.shares import FRACTION, IN, PERCENT, SHARE, fraction, one_in, percent, share, sign

#: "Waits of up to 853 days", "the median wait is 17 weeks": how long people wait is a figure.
WAIT = re.compile(
    rf"{NOT_BEFORE}(?P<value>{NUMBER})(?=(?P<what> (?:days|weeks|months|years|hours|minutes)(?!\w)"
    r"(?! (?:for (?:an?|its|the|their) (?:[a-z-]+ )?(?:inspection|report|visit)|"
    r"ago|before|earlier|later|after|old|to (?:improve|submit|produce)))))"
)

_WAITING = re.compile(
    r"(?<!\w)(?:waits?|waited|waiting|delays?|delayed|queued?|(?:seen|reviewed|"
    r"assessed|answered|triaged|responded to) within)(?!\w)"
)
_RISE = re.compile(
    r"(?<!\w)(?:up|down|rose|risen|rising|increased|increase|fell|fallen|dropped|cut|reduced|"
    r"doubled|grew|grown|climbed|jumped|went|decreased|those [a-z ]{0,20}up)(?: [a-z]+){0,3}"
    rf" from (?:{NUMBER})(?: [a-z]+)? to (?P<value>{NUMBER})(?!\w|[.,]\d|%)(?! per ?cent| "
    rf"?{MONTH})(?P<what>)"
)

TOTAL = re.compile(
    rf"(?<!\w)(?:bringing|brings?|taking|takes|brought|took)(?P<what> [^.;]{{3,70}}?) to "
    rf"(?P<value>{NUMBER})(?!\w|[.,]\d|%)"
)

#: "An overall score of 62", "it scored 59%": what the CQC gives councils.
_SCORE = re.compile(
    rf"(?<!\w)(?:(?:overall|total|final) (?:score|mark)|score for [a-z' ]{{3,40}}?) "
    rf"(?:of |was |is )?(?P<value>{NUMBER})"
    r"(?!\w|[.,]\d|/)(?P<what>)"
)

#: Kinds in which nothing stands between the number and what it counts.
_BARE = ("count", "wait", "total")


def read(rule: str, m: re.Match[str], low: str) -> Figure | None:
    """The figure of a match; None where it is none of this kind."""
    return _READERS[rule](Hit(m, low, thing(m, bare=rule in _BARE)))


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


_STAY = re.compile(
    r"(?<!\w)(?:inspectors|team|inspection),?(?: [a-z]+){0,3} (?:spent|stayed|visited|over|for) $"
)


def _wait(f: Hit) -> Figure | None:
    stay = _STAY.search(f.low, 0, f.m.start())  # how long inspectors stayed
    what = f.m["what"].strip()
    if stay or not _WAITING.search(f.low[max(0, f.m.start() - 60) : f.m.end() + 60]):
        return None
    return Figure(f.m.start(), f.m.end("what"), digits(f.m["value"]), None, what, "wait")


def _total(f: Hit) -> Figure | None:
    noun = _before(f.m["what"], len(f.m["what"]))
    if not noun or re.search(rf"(?:from|aged|of) {NUMBER}?$", f.m["what"]):
        return None  # "takes children from 0 to 4"
    value = digits(f.m["value"])
    return Figure(f.m.start("what") + 1, f.m.end("value"), value, None, noun, "total", noun)


def _score(f: Hit) -> Figure | None:
    value = digits(f.m["value"]) + ("%" if sign(f.low, f.m.end("value")) else "")
    return Figure(f.m.start("value"), f.m.end("value"), value, None, "score", "score")


_READERS: dict[str, Callable[[Hit], Figure | None]] = {
    "share": share, "one in": one_in, "fraction": fraction, "percent": percent, "rise": _rise,
    "total": _total, "wait": _wait, "score": _score, "size": size, "count": count,
    "elided": elided, "of them": elided, "one": one,
}  # fmt: skip

#: Tried in this order: what an earlier one took, a later one leaves.
EXPRESSIONS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("share", SHARE), ("one in", IN), ("fraction", FRACTION), ("percent", PERCENT),
    ("rise", _RISE), ("total", TOTAL), ("wait", WAIT), ("score", _SCORE), ("size", SIZE),
    ("size", SIZED), ("count", COUNT), ("elided", ELIDED), ("one", ONE),
    ("of them", OF_THEM),
)  # fmt: skip
