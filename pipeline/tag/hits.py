"""A number in a sentence as a figure is read from it, and what the words after it count."""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.tag.counting import Counted, counted
from pipeline.tag.numbers import NUMBER

NOT_BEFORE = r"(?<![\w£$€.,/:-])"

MONTH = r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"

WHAT = r"(?=(?P<what>[^.;:()]{0,70}))"

ABOUT = r"(?: (?:only|just|some|about|around|more than|over|nearly|almost|at least))?"


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


_DETERMINED = re.compile(r"(?: (?:of|all|the|its|their|those|these|our|such))+(?= )")


def thing(m: re.Match[str], *, bare: bool) -> Counted | None:
    """What is counted after the number of a match; not `bare`: "of all its" may stand before it."""
    phrase = m["what"] or ""
    if bare:
        return counted(phrase)
    padded = phrase if phrase.startswith(" ") or not phrase else f" {phrase}"
    cut = _DETERMINED.match(padded)
    at = cut.end() if cut else 0
    found = counted(padded[at:])
    return found._replace(end=found.end + at - (len(padded) - len(phrase))) if found else None


#: "From 36% to 6%": the second is how it is now.
FROM = re.compile(r"(?<!\w)from (?:about |around |just |only |some )?$")

TO = re.compile(r"[^.;]{0,60}?(?<!\w)(?:up |down )?to (?:[a-z]+ ){0,2}" + NUMBER + r"(?!\w)")
