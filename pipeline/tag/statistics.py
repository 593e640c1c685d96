"""Figures that inspectors give: how many, of how many, of what. No prices, dates, ages, grades."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from pipeline.knowledge import load_yaml
from pipeline.models import Statistic
from pipeline.tag.cues import words
from pipeline.tag.numbers import DIGITS, NUMBER, digits
from pipeline.tag.partitions import Part, Partitions, Whole
from pipeline.tag.reading import Reading, Sentence

#: What other modules read numbers with, too.
__all__ = ["NUMBER", "digits", "statistics"]

_NOT_BEFORE = r"(?<![\w£$€.,/:-])"
_SHARE = re.compile(
    rf"{_NOT_BEFORE}(?P<value>{NUMBER})(?: [a-z-]+){{0,2}}?,? (?:out of|of)(?: a)?(?: total "
    rf"of)?(?: the| its| their| those| these| all)?(?: only| just| more than| some)?"
    rf" (?P<of>{NUMBER})(?!\w|[.,]\d|%)(?! (?:per ?cent|percent|january|february|march|april|"
    rf"may|june|july|august|september|october|november|december))(?=(?P<what>[^.;,:(]{{0,60}}))"
)
_IN = re.compile(
    rf"{_NOT_BEFORE}(?P<value>{NUMBER}) in (?:every )?(?P<of>{NUMBER})(?!\w|[.,]\d)(?! "
    rf"(?:years?|months?|weeks?|days?|hours?))(?=(?P<what>[^.;,:(]{{0,60}}))"
)
#: "In almost two thirds of cases", "three-quarters of the 384 cases": a share in words.
_FRACTION = re.compile(
    r"(?<![\w-])(?P<value>(?:(?:more than|almost|nearly|over|just over|just under|about|around|"
    r"fewer than|less than|under) )?"
    r"(?:(?:a|one|two|three|four)[- ](?:third|quarter|fifth|tenth)s?|half))"
    rf" (?:of )?(?:all )?(?:the |its |their |those |these )?(?:(?P<of>{DIGITS}) )?"
    r"(?!price|time|term)"
    r"(?=(?P<what>[^.;,:()]{0,60}))"
)
_PERCENT = re.compile(
    rf"{_NOT_BEFORE}(?P<value>{NUMBER})\s?(?:%|per ?cent(?!age)|percent(?!age))(?: "
    rf"of)?(?=(?P<what>[^.;,:()]{{0,60}}))"
)
#: "Waits of up to 853 days", "the median wait is 17 weeks": how long people wait is a figure.
_WAIT = re.compile(
    rf"{_NOT_BEFORE}(?P<value>{NUMBER})(?=(?P<what> (?:days|weeks|months|years|hours|minutes)(?!\w)"
    r"(?! (?:for (?:an?|its|the|their) (?:[a-z-]+ )?(?:inspection|report|visit)|"
    r"ago|before|earlier|later|after|old|to (?:improve|submit|produce)))))"
)
_WAITING = re.compile(r"(?<!\w)(?:waits?|waited|waiting|delays?|delayed|queued?)(?!\w)")
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)"
)
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
    rf"(?<!\w)(?:overall|total|final) (?:score|mark) (?:of |was |is )?(?P<value>{NUMBER})"
    r"(?!\w|[.,]\d|/)(?P<what>)"
)
_COUNT = re.compile(
    rf"{_NOT_BEFORE}(?P<value>{NUMBER})(?!\w|[.,:/]\d|%| per ?cent| ?- ?\d|"
    rf"-year)(?=(?P<what>(?: [\"']?[a-z'-]+[\"']?){{1,5}}))"
)
_NOUNS = words(load_yaml("statistics.yaml")["counted"])
_DIVIDED = words(load_yaml("statistics.yaml")["divided"])
_CAPACITY = re.compile(
    rf"(?:up to|maximum of|places for|capacity (?:for|of)) ({NUMBER}) (?:people|children|"
    rf"young people|residents|patients|adults)"
)
_PEOPLE = re.compile(r"people|children|adults|residents|patients|pupils|students")
_USING = re.compile(
    r" (?:people|children|young people|residents|patients|adults) (?:were |was |are "
    r")?(?:using|living|in residence|being cared|receiving|placed)"
)
_VOID = re.compile(
    r"(?:(?<!\w)(?:aged?|ages|grade|page|section|part|chapter|paragraph|regulation|round|"
    r"tranche|no|number|"
    r"key stages? \d(?:, \d)*(?:,? and|,| or| to)|"
    r"june|july|may|march|april|january|february|august|september|october|"
    r"november|december|under|over|past|key stage|year|years|level|children of|scale of|"
    r"years \d\d? and) ?|[£$€#])$"
)


#: Numbers that people dial, and steps of a scale.
_DIALLED = re.compile(r"(?:999|101|111|112)(?: and (?:999|101))? calls?(?!\w)")


def _kind_of(what: str | None) -> str:
    """What is counted, so that "failure to comply notices" and "notices" are one kind."""
    words_ = (what or "").split()
    notices = next((w for w in words_ if w.startswith("notice")), None)
    return notices or " ".join(words_)[:12]


_SHARES = frozenset({"share", "one in", "fraction", "percent"})


def statistics(reading: Reading) -> tuple[Statistic, ...]:
    """The figures of a story that are the inspectors' own, in order, none twice.

    `value` and `of` are digits ("8", "22"), of a wait in days or weeks as well; a percentage is
    "51%", a share in words stays in words ("three-quarters"). The quote is the figure with what it
    counts.
    """
    made: list[Statistic] = []
    places = _CAPACITY.search(reading.low)
    seen: set[tuple[str, str | None, str]] = set()
    whole: Whole | None = None
    for sentence in reading.sentences:
        if sentence.furniture or sentence.speaker != "inspectors" or sentence.low.endswith("?"):
            continue
        parts, whole = _PARTITIONS.parts(sentence.low, whole, _divides)
        for statistic in _sentence(reading, sentence, parts, whole):
            after = reading.low[
                statistic.start + len(statistic.quote) - len(statistic.what or "") - 1 :
            ][:60]
            if places and statistic.rule == "count" and _USING.match(after):
                statistic = replace(statistic, of=digits(places[1]))
            kind = after[:20] if statistic.rule == "part" else _kind_of(statistic.what)
            key = (statistic.value, statistic.of, kind)
            if key not in seen:
                seen.add(key)
                made.append(statistic)
    return tuple(made)


def _sentence(
    reading: Reading, sentence: Sentence, parts: list[Part], whole: Whole | None
) -> list[Statistic]:
    low = sentence.low
    taken: list[tuple[int, int]] = [(p.start, p.end) for p in parts]
    if whole and whole.at:
        taken.append(whole.at)
    found: list[_Figure] = [
        (p.start, p.end, digits(low[p.start : p.end]), p.of, p.what, "part") for p in parts
    ]
    for rule, pattern in (
        ("share", _SHARE),
        ("one in", _IN),
        ("fraction", _FRACTION),
        ("percent", _PERCENT),
        ("rise", _RISE),
        ("total", _TOTAL),
        ("wait", _WAIT),
        ("score", _SCORE),
        ("count", _COUNT),
    ):
        for m in pattern.finditer(low):
            shared = rule in ("share", "one in")
            stop = m.end("of") if shared else m.end("value")
            if any(a < stop and m.start("value") < b for a, b in taken):
                continue
            made = _read(rule, m, low)
            if made and not _said_already(made, m, low, found):
                found.append(made)
                taken.append((m.start(), max(stop, made[1])))
    found = _once(sorted(found))
    return [
        Statistic(
            value=value, of=of, what=what or None, start=sentence.start + a, end=sentence.start + b,
            quote=reading.quote(sentence.start + a, sentence.start + b), rule=rule,
        )
        for a, b, value, of, what, rule in found
    ]  # fmt: skip


_MORE = re.compile(r" (?:more|further|additional|extra)(?!\w)")


def _said_already(made: _Figure, m: re.Match[str], low: str, found: list[_Figure]) -> bool:
    """Whether another figure of the sentence is this one, or what it leads up to.

    "One in five waited longer than 28 days": the share is the figure. "Two more had died, bringing
    deaths to five": five.
    """
    rule = made[5]
    if rule == "wait":
        return any(f[5] in _SHARES for f in found)
    if rule == "count" and _MORE.match(low, m.end("value")):
        return any(f[5] == "total" for f in found)
    return False


def _once(found: list[_Figure]) -> list[_Figure]:
    """Without a share that says the one before it in other words: "4% of practices, one in 25"."""
    kept: list[_Figure] = []
    for f in found:
        share = _as_share(f)
        before = _as_share(kept[-1]) if kept else None
        if share is None or before is None or abs(share - before) > _ROUNDED:
            kept.append(f)
    return kept


def _as_share(f: _Figure) -> float | None:
    """A percentage or "one in" as a number from 0 to 1."""
    if f[5] == "percent":
        return float(f[2].rstrip("%")) / 100
    return float(f[2]) / float(f[3]) if f[5] == "one in" and f[3] else None


_ROUNDED = 0.005  #: how far apart a percentage and a share in small numbers may be
#: Start, end, value, of, what, rule.
_Figure = tuple[int, int, str, str | None, str, str]


def _read(rule: str, m: re.Match[str], low: str) -> _Figure | None:
    """The figure of a match; None where it is none of this kind."""
    before = low[max(0, m.start("value") - 24) : m.start("value")]
    what, what_end = _counted(m)
    if rule in _READERS:
        return _READERS[rule](_Hit(m, low, what, what_end))
    if _VOID.search(before) or _no_count(low, m.start("value"), before):
        return None
    value = digits(m["value"])
    if rule == "count" and "." in value:
        return None  # "2.2 - Facilities" is the number of an indicator
    if rule == "rise":
        return m.start(), m.end("value"), value, None, _before(low, m.start()), rule
    if not what or value == "1":
        return None
    if re.search(r"(?:up to|maximum of|for|capacity of) $", before) and _PEOPLE.search(what):
        return None
    of = value if _ALL.search(before) else None
    return m.start("value"), what_end, value, of, what, rule


_ALL = re.compile(r"(?<!\w)all (?:of )?(?:the |its |their )?$")


def _no_count(low: str, at: int, before: str) -> bool:
    """A number that people dial, or a year."""
    year = _YEAR.match(low, at) and re.search(r"(?:in|since|from|until|by|and) $", before)
    return bool(_DIALLED.match(low, at) or year)


class _Hit(NamedTuple):
    """Where a pattern matched, in which folded sentence, what is counted, and where that ends."""

    m: re.Match[str]
    low: str
    what: str
    what_end: int


def _share(f: _Hit) -> _Figure | None:
    value, of = digits(f.m["value"]), digits(f.m["of"])
    if float(of) < float(value) or float(of) > 1_000_000 or _SCALE.match(f.low, f.m.end("of")):
        return None
    return f.m.start("value"), max(f.m.end("of"), f.what_end), value, of, f.what, "share"


#: "One of four grades" explains a scale.
_SCALE = re.compile(
    r" (?:(?:possible|overall|different|ofsted|cqc|set) )*(?:grades?|ratings?|outcomes?|levels?|"
    r"verdicts?|judge?ments?|terms)(?!\w)"
)


def _one_in(f: _Hit) -> _Figure | None:
    figure = _share(f)
    return (*figure[:5], "one in") if figure else None


def _fraction(f: _Hit) -> _Figure | None:
    if re.match(r"[^.;]{0,60}\(\d[\d.]*\s?(?:%|per ?cent)", f.low[f.m.end("value") :]):
        return None  # "more than half of them (51 per cent)": the percentage is the figure
    of = digits(f.m["of"]) if f.m["of"] else None
    return (
        (f.m.start("value"), f.what_end, f.m["value"], of, f.what, "fraction") if f.what else None
    )


_MONEY = re.compile(
    r"(?<!\w)(?:pay|salary|salaries|wages?|vat|interest|inflation|tax|cost of living|fewer ads|"
    r"discount|chance)(?!\w)"
)


def _percent(f: _Hit) -> _Figure | None:
    if _MONEY.search(f.low):
        return None
    end = f.m.end("value") + _sign(f.low, f.m.end("value"))
    total = _OF_ALL.match(f.low, end) or re.search(
        rf"of the ({NUMBER}) (?:{_NOUNS.pattern})", f.low[: f.m.start()]
    )
    of = digits(total[1]) if total else None
    end = total.end(1) if total and total.start() == end else end
    return (
        f.m.start("value"),
        max(end, f.what_end),
        f"{digits(f.m['value'])}%",
        of,
        f.what,
        "percent",
    )


_STAY = re.compile(
    r"(?<!\w)(?:inspectors|team|inspection),?(?: [a-z]+){0,3} (?:spent|stayed|visited|over|for) $"
)


def _wait(f: _Hit) -> _Figure | None:
    stay = _STAY.search(f.low, 0, f.m.start())  # how long inspectors stayed
    if stay or not _WAITING.search(f.low[max(0, f.m.start() - 60) : f.m.end() + 60]):
        return None
    return f.m.start(), f.m.end("what"), digits(f.m["value"]), None, f.m["what"].strip(), "wait"


def _total(f: _Hit) -> _Figure | None:
    if not f.what:
        return None
    return f.m.start("what") + 1, f.m.end("value"), digits(f.m["value"]), None, f.what, "total"


def _score(f: _Hit) -> _Figure | None:
    value = digits(f.m["value"]) + ("%" if _sign(f.low, f.m.end("value")) else "")
    return f.m.start("value"), f.m.end("value"), value, None, "score", "score"


_READERS: dict[str, Callable[[_Hit], _Figure | None]] = {
    "share": _share, "one in": _one_in, "fraction": _fraction, "percent": _percent, "wait": _wait,
    "total": _total, "score": _score,
}  # fmt: skip
_OF_ALL = re.compile(
    rf" of (?:all )?(?:the |its |their )?(?:[a-z-]+'s? )?({NUMBER}) (?:{_NOUNS.pattern})"
)
_YEAR = re.compile(r"(?:19|20)\d\d(?!\w)")


def _sign(low: str, at: int) -> int:
    m = re.match(r"\s?(?:%|per ?cent|percent)", low[at:])
    return len(m[0]) if m else 0


def _counted(m: re.Match[str]) -> tuple[str, int]:
    """What is counted: the words up to a noun that inspectors count."""
    phrase = m["what"]
    if m.re is _COUNT:
        some = _SOME_OF.match(phrase)  # "14 of the recommendations"
        phrase = " " * some.end() + phrase[some.end() :] if some else phrase
    noun = _NOUNS.search(phrase)
    if noun is None or (
        re.search(r"'s?(?!\w)|^ of(?!\w)", phrase[: noun.end()]) and m.re is _COUNT
    ):
        return "", m.start("what")
    if _not_counted(phrase[: noun.start()]):
        return "", m.start("what")
    return phrase[: noun.end()].strip(), m.start("what") + noun.end()


_SOME_OF = re.compile(r" of (?:the|its|their|these|those|our)(?= )")


def _not_counted(phrase: str) -> bool:
    """Another thing stands between number and noun: "two days of staff training"."""
    return bool(
        re.search(
            r"(?<!\w)(?:days?|weeks?|months?|years?|hours?|minutes?|miles?|times|per|and|in|"
            r"to|at|by|with|or|was|were|had|is|are|inspections?|areas?|visits?|o'clock|am|pm|"
            r"the|that|which|who|from|on|as|than|hospitals|schools|homes)(?!\w)",
            phrase,
        )
    )


def _before(low: str, at: int) -> str:
    noun = list(_NOUNS.finditer(low[max(0, at - 60) : at]))
    return noun[-1][0] if noun else ""


def _divides(phrase: str) -> bool:
    """Whether what is divided into parts is something that inspectors count."""
    return bool(_DIVIDED.search(phrase) or _NOUNS.search(phrase))


_PARTITIONS = Partitions(NUMBER, digits)
