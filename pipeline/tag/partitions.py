"""Figures told as parts of one whole: "Of 28 areas three were inadequate, 14 satisfactory"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from pipeline.tag.numbers import GRADE

#: Words that may follow the number of a part: what became of it, or its grade.
_BECAME = (
    r"(?:(?:was|were|is|are|had|have|has|did|received|got|went|remain(?:s|ed)?|fell|"
    r"(?:were |was )?(?:found|judged|rated|graded)|need(?:s|ed)?|requir(?:e|es|ed|ing)|improved|"
    r"not|(?:of|in) (?:these|them|those|which))(?!\w)|"
    rf"(?:as )?[\"']?{GRADE}(?![\w-])(?! [a-z]+s\b))"
)


class Part(NamedTuple):
    """Where the number of a part stands in its sentence, the whole, and what both count."""

    start: int
    end: int
    of: str | None
    what: str


class Whole(NamedTuple):
    """What is being divided, and how much of it is told already."""

    of: str
    what: str
    told: int
    at: tuple[int, int] | None = None  #: where its own number stands in the sentence
    looked_at: bool = False  #: told as what inspectors looked at: "They read 135 files."


def _wholes(number: str) -> tuple[re.Pattern[str], ...]:
    """Ways of telling a whole that its parts follow; any number after the first is a part."""
    few = r"(?P<what>(?: [a-z'-]+){1,4}?)"
    last = r"(?:against|met|achieved) "
    looked = r"(?:inspected|visited|assessed|evaluated|examined|reviewed|looked at|checked)"
    return (
        # "Of nine indicators four were weak", "out of 28 areas of assessment, only three …"
        re.compile(
            rf"(?<!\w)(?<!\d )(?:out of|of) (?:the |its |their |all |previous |total )*"
            rf"(?P<of>{number}){few}"
            rf"(?:(?: of [a-z' -]{{3,30}})?,?|(?: [^.;,]{{3,120}})?,)"
            rf" (?=(?:only |just |some )?{number} )"
        ),
        # "of the 13 recommendations that were followed up, progress was good against 11"
        re.compile(
            rf"(?<!\w)(?<!\d )(?:out of|of) (?:the |its |their |all )?(?P<of>{number}){few}"
            rf"(?: (?:they|inspectors|it|we|that)(?: [a-z]+){{1,4}})?, "
            rf"(?=[^.;]*? {last}{number} ?(?:[.;,]|$))"
        ),
        # "of 11 areas it was good in three and adequate in five"
        re.compile(
            rf"(?<!\w)(?<!\d )(?:of|across) (?:the |its |all )?(?P<of>{number}){few},? "
            rf"(?=(?:it|they|the [a-z ]{{3,30}}) (?:was|were) "
            rf"[^.;]*?{GRADE} (?:in|for) {number})"
        ),
        # "17 schools were inspected and one was outstanding"
        re.compile(rf"(?<![\w.,-])(?P<of>{number}){few} (?:was|were|have been) {looked}(?!\w)"),
        # "we made five recommendations, of which two have been met, two partly and one not"
        re.compile(
            rf"(?<![\w.,-])(?P<of>{number})(?P<what>(?: [a-z'-]+){{1,12}}?),? of (?:which|whom),? "
            rf"(?=(?:only |just |some )?{number}(?!\w))"
        ),
        # "it focuses on nine indicators and evaluates seven of these as good and two as weak"
        re.compile(
            rf"(?<![\w.,-])(?P<of>{number})(?P<what>(?: [a-z'-]+){{1,4}})"
            rf"(?=[^.;]{{0,80}} (?<!in )(?<!, )(?<!, about )(?<!, only )(?<!, some )(?!one )"
            rf"{number} of (?:these|those|them|which)(?!\w))"
        ),
    )


class Partitions:
    """The expressions, made for the numbers that the caller knows how to read."""

    def __init__(self, number: str, digits: Callable[[str], str]) -> None:
        self._digits, self._number = digits, number
        self._wholes = _wholes(number)
        self._part = re.compile(
            rf"(?<![\w£$€.,/:-])(?<!age )(?<!grade )(?<!one in )"
            rf"(?P<value>{number})(?: more| others?)?(?: (?P<again>[a-z]+))??"
            rf"(?: (?={_BECAME})|(?=, (?:such as|including|among them)[^.;]{{3,70}}, {_BECAME}))"
        )
        self._last = re.compile(
            rf"(?<!\w)(?:against|met|achieved|{GRADE}[\"']? (?:in|for)) "
            rf"(?P<value>{number})(?= ?[.;,]|$| and | but )"
        )
        self._open = re.compile(
            rf"(?<![\w£$€.,/:-])(?<!age )(?<!aged )(?<!grade )(?<!one in )(?P<value>{number})"
            r"(?![\w%]|[.,]\d| per ?cent| ?- ?\d)(?=(?P<after>[^.;:()]{0,40}))"
        )
        self._bare = re.compile(
            r" ?(?:[.,;)]|$)| (?:was|is|has|had|did|does|were|of|in|not|and|but|no|partly|"
            rf"partially|fully|met|as|remains?|{GRADE})(?!\w)"
        )
        self._further = re.compile(
            rf"(?:and )?(?:a further|another|the other|the remaining) (?=(?:{number})(?!\w))"
        )

    def parts(
        self,
        low: str,
        before: Whole | None,
        known: Callable[[str], str],
        noun_of: Callable[[str], str],
    ) -> tuple[list[Part], Whole | None]:
        """The parts in a folded sentence, and the whole for a next one that begins "A further".

        `before`: the whole of the sentence before. `known`: what of the words after a number is
        counted; `noun_of`: what the number before them counts. Parts that are more than the whole
        are none of it.
        """
        whole, at, divided = self._whole(low, known)
        again = whole is None and before is not None and not self._further.match(low)
        if whole is None and before:
            whole, at = before._replace(at=None), 0
        same = whole.what.split()[-1] if whole and whole.what else ""
        if again and whole and whole.told and re.match(rf"{self._number} {same}(?!\w)", low):
            again = False  # "of 13 requirements six were met. Three requirements were not"
        if whole is None or (again and not whole.looked_at):
            return [], None
        found, told = [], whole.told
        parts = [*self._part.finditer(low, at), *self._last.finditer(low, at)]
        if divided:
            parts = list(self._open.finditer(low, at))
        for m in sorted(parts, key=lambda m: m.start("value")):
            value = self._digits(m["value"])
            noun = noun_of(m["after"]) if divided else m.groupdict().get("again")
            if noun and noun != same:
                continue
            if divided and value == "1" and not self._bare.match(low, m.end("value")):
                continue  # "of the ten falls one person had": not one of them
            if "." in value or told + int(value) > int(whole.of):
                continue
            told += int(value)
            found.append(Part(m.start("value"), m.end("value"), whole.of, whole.what))
        if again and len(found) < 2:
            return [], whole
        return found, whole._replace(told=told) if found else None

    def _whole(self, low: str, known: Callable[[str], str]) -> tuple[Whole | None, int, bool]:
        """The whole, where its parts may begin, and whether any number there is a part of it."""
        for nth, pattern in enumerate(self._wholes):
            for m in pattern.finditer(low):
                of = self._digits(m["of"])
                what = known(low[m.end("of") : m.end("of") + 60]) or known(m["what"])
                if "." not in of and int(of) > 1 and what:
                    at = None if nth == len(self._wholes) - 1 else m.span("of")
                    whole = Whole(of, what, 0, at)
                    return whole, m.end(), nth in (0, len(self._wholes) - 2)
        return None, 0, False
