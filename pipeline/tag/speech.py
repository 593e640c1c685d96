"""Who speaks in a sentence, and in what words it says so.

A sentence is reduced: everybody who may speak (a person with his post, a post without a name, a
body, inspectors, "she") becomes one mark, a quotation another. The forms of `responses.yaml` are
patterns of what is left, so that neither long names nor long quotations come into them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pipeline.knowledge import load_yaml
from pipeline.models import Mention
from pipeline.tag.people import FILE
from pipeline.tag.sentences import Span, straight
from pipeline.tag.somebody import Part, Who

_FIRST_MARK = 0xE000  #: private use: what stands for somebody in a reduced sentence
_MARKS = "\ue000-\uf8ff"
_WORD = 30  #: code points of a quotation that may be no more than a word of the sentence
#: What must stand between two who speak: "she said that inspectors said" is hers.
_PARTED = re.compile(r"[\",;]")


@dataclass(frozen=True, slots=True)
class Said:
    """A part of a sentence that says who speaks. `start:end`: of the form, in the sentence."""

    start: int
    end: int
    who: Who
    form: str


def part(text: str, low: str, span: Span, quoted: tuple[Span, ...],
         mentions: tuple[Mention, ...]) -> Part:  # fmt: skip
    """The sentence at `span` of `text`, whose folded copy is `low`."""
    bare, folded = list(straight(text[span.start : span.end])), list(low[span.start : span.end])
    at = max(0, bisect_left(quoted, (span.start, -1)) - 1)
    while at < len(quoted) and quoted[at].start < span.end:
        a, b = max(quoted[at].start, span.start), min(quoted[at].end, span.end)
        if b <= a:
            pass
        elif (a, b) == quoted[at] and _is_a_word(low, quoted[at]):
            for i in (a, b - 1):
                bare[i - span.start] = folded[i - span.start] = " "
        else:
            for i in range(a - span.start, b - span.start):
                bare[i] = folded[i] = '"'
        at += 1
    inside = tuple((m.start - span.start, min(m.end, span.end) - span.start, m) for m in mentions)
    return Part("".join(bare), "".join(folded), inside)


def _is_a_word(low: str, quoted: Span) -> bool:
    """Marks round a word or two that belong to the sentence: it has "welcomed" the report."""
    inside = low[quoted.start + 1 : quoted.end - 1]
    return len(inside) <= _WORD and inside.count(" ") < 3 and inside[-1:].isalpha()


def said(part: Part, somebody: list[Who]) -> list[Said]:
    """Who speaks in a sentence, each by the first form that says so, in order."""
    if not somebody:
        return []
    reduced, places = _reduced(part, somebody)
    found: list[Said] = []
    for form, expression in _forms():
        for m in expression.finditer(reduced):
            who = somebody[ord(m["who"]) - _FIRST_MARK]
            one = Said(places[m.start()], places[m.end()], who, form)
            if not any(f.who is who or (f.start < one.end and one.start < f.end) for f in found):
                found.append(one)
    found.sort(key=lambda s: s.start)
    kept = [s for i, s in enumerate(found)
            if i == 0 or _PARTED.search(part.low, found[i - 1].end, s.end)]  # fmt: skip
    return sorted([*kept, *_together(part, kept, somebody)], key=lambda s: s.start)


def _together(part: Part, found: list[Said], somebody: list[Who]) -> list[Said]:
    """ "Ann Reid, head, and Moses Bright said": who stands before "and" says it as well."""
    return [Said(w.start, s.end, w, s.form) for s in found for w in somebody
            if w.kind == "person" == s.who.kind and w.end <= s.who.start
            and re.fullmatch(r",? and (?:the )?", part.low[w.end : s.who.start])
            and not any(f.who is w for f in found)]  # fmt: skip


def _reduced(part: Part, somebody: list[Who]) -> tuple[str, list[int]]:
    """The reduced sentence, and for each of its characters (and its end) the place in `part`."""
    made: list[str] = []
    places: list[int] = []
    at, low = 0, part.low
    for n, who in enumerate([*somebody, None]):
        stop = who.start if who else len(low)
        while at < stop:
            c = low[at]
            if not (c in '" ' and made and made[-1] == c):
                made.append(" " if "\ue000" <= c <= "\uf8ff" else c)
                places.append(at)
            at += 1
        if who:
            made.append(chr(_FIRST_MARK + n))
            places.append(at)
            at = max(at, who.end)
    return "".join(made), [*places, len(low)]


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[str, re.Pattern[str]], ...]:
    content: dict[str, Any] = load_yaml(FILE)

    def any_of(section: str) -> str:
        patterns = [p for r in content[section] for p in r["any"]]
        return rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)"

    who, says, adverbs = f"(?P<who>[{_MARKS}])", any_of("says"), any_of("adverbs")
    return tuple(
        (record["id"], re.compile(pattern.replace("{who}", who).replace("{marks}", _MARKS)
                                  .replace("{says}", says).replace("{adverbs}", adverbs)))
        for record in content["forms"] for pattern in record["any"]
    )  # fmt: skip
