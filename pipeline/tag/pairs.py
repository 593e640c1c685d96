"""Tables that a page prints as lines: "Safe Good Effective Poor", "Good: leadership, adoption".

An aspect right before its grade needs no verb and no colon where several such pairs stand in a row,
or where each is a line by itself; a grade may also stand at the head of the aspects that got it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from pipeline.knowledge import load_yaml
from pipeline.tag.aspects import OVERALL
from pipeline.tag.frameworks import Framework
from pipeline.tag.grade_words import expressions
from pipeline.tag.grades import Graded
from pipeline.tag.reading import Reading, Sentence

_LONGEST = 900  #: code points of a line that may be a table
_FEWEST = 2  #: pairs in a row, or lines with one pair each, that make a table
#: What may stand before a label: "Is the service safe?", "2.1 Adoption", "How good is our …".
_LEAD = (
    r"(?:(?:\d(?:\.\d+)?\s*[-.:)]?\s*)?(?:(?:is|are) (?:the |this |it )?(?:services?|provider|home|"
    r"trust)? ?|how (?:good|well) (?:is|are|do|does) (?:our|we|the|it|its) ?|(?:the|our|being) )?)"
)
_TAIL = r"(?: services?)?(?: \([^()]{0,90}\))?"
_SIGN = r"\s*[?:|=-]*\s*(?:grade )?(?:[1-6]\s*[-:(.]?\s*)?(?:(?:rated|graded|judged|now) )?[\"'(]?"
_BETWEEN = re.compile(r"[\"')\]]?[\s,;|.•*/-]*(?:and )?")
_EDGE = re.compile(r"[\s•*>|\"'-]*")
_CLOSES = re.compile(r"[\s\"').|*]*")
_REST = re.compile(r"[\s,;.•*/\"'-]|(?<!\w)(?:and|the|its|how|well|areas?)(?!\w)")
_ODD = 12  #: code points of a list of aspects that are of no aspect


def with_pairs(
    reading: Reading, framework: Framework, marks: dict[int, list[Graded]]
) -> dict[int, list[Graded]]:
    """`marks` with the grades of such tables, each with the aspects that it is of."""
    found: dict[int, list[Graded]] = {}
    single: dict[int, list[Graded]] = {}
    for sentence in reading.sentences:
        if sentence.furniture or len(sentence.low) > _LONGEST:
            continue
        low = reading.bare(sentence)
        if headed := _headed(low, framework):
            found[sentence.start] = [headed]
        elif pairs := list(_pairs(low, framework)):
            if len(pairs) >= _FEWEST:
                found[sentence.start] = pairs
            elif _whole_line(low, pairs[0]):
                single[sentence.start] = pairs
    found |= _columns(reading, framework, marks)
    lines = sum(1 for s in reading.sentences if s.start in single or _is_row(s, marks))
    found |= single if lines >= _FEWEST else {}
    return {**marks, **{at: _merged(marks.get(at, []), own) for at, own in found.items()}}


def _columns(
    reading: Reading, framework: Framework, marks: dict[int, list[Graded]]
) -> dict[int, list[Graded]]:
    """A table read column by column: all its labels, line by line, then as many grades."""
    found: dict[int, list[Graded]] = {}
    labels: list[str] = []
    cells: list[tuple[int, Graded]] = []
    for sentence in (*reading.sentences, None):
        cell = (
            next((g for g in marks.get(sentence.start, ()) if g.rule == "cell"), None)
            if sentence
            else None
        )
        if sentence and cell and labels:
            cells.append((sentence.start, cell))
            continue
        if cells and len(cells) == len(labels) >= _COLUMN:
            found |= {at: [replace(g, of=(a,))] for (at, g), a in zip(cells, labels, strict=True)}
        label = _alone(framework).fullmatch(sentence.low) if sentence else None
        labels = [*(labels if not cells else []), _aspect(label, framework)] if label else []
        cells = []
    return found


_COLUMN = 3  #: labels of a column; fewer may be lines that have nothing to do with each other


def _is_row(sentence: Sentence, marks: dict[int, list[Graded]]) -> bool:
    return any(g.rule == "line" for g in marks.get(sentence.start, ()))


def _merged(known: list[Graded], own: list[Graded]) -> list[Graded]:
    """The grades of the table, and those that the rest of the sentence tells."""
    start, end = own[0].verb, own[-1].end
    return sorted(
        [*own, *(g for g in known if g.end <= start or g.start >= end)], key=lambda g: g.start
    )


def _pairs(low: str, framework: Framework) -> Iterator[Graded]:
    """The longest row of pairs in a line."""
    row: list[Graded] = []
    best: list[Graded] = []
    for m in _pair(framework).finditer(low):
        start, end = m.span("grade")
        made = Graded(start, end, _word(m["grade"]), "line", m.start(), (_aspect(m, framework),))
        gap = _BETWEEN.fullmatch(low, row[-1].end, m.start()) if row else None
        row = [*row, made] if gap else [made]
        best = row if len(row) > len(best) else best
    return iter(best)


def _whole_line(low: str, pair: Graded) -> bool:
    return bool(_EDGE.fullmatch(low, 0, pair.verb) and _CLOSES.fullmatch(low, pair.end))


def _headed(low: str, framework: Framework) -> Graded | None:
    """ "Good: preventing crime, treatment of the public"."""
    head = _head(framework).match(low)
    if head is None:
        return None
    rest = low[head.end() :]
    named = list(_label(framework).finditer(rest))
    odd = _REST.sub("", _label(framework).sub("", rest))
    if not named or named[0].start() > _ODD or len(odd) > _ODD:
        return None
    aspects = tuple(dict.fromkeys(_aspect(m, framework) for m in named))
    return Graded(*head.span("grade"), _word(head["grade"]), "line", 0, aspects)


def _aspect(m: re.Match[str], framework: Framework) -> str:
    which = next(k for k, v in m.groupdict().items() if v is not None and k != "grade")
    return _names(framework)[int(which[1:])]


def _word(written: str) -> str:
    """The grade as the scales write it."""
    expression, names = expressions()
    m = expression.fullmatch(written)
    return names[m.lastgroup or ""] if m else written


@lru_cache(maxsize=64)
def _names(framework: Framework) -> tuple[str, ...]:
    wanted = {OVERALL, *framework.aspects}
    return tuple(r["id"] for r in load_yaml("aspects.yaml") if r["id"] in wanted)


def _labels(framework: Framework) -> str:
    wanted = {OVERALL, *framework.aspects}
    records = [r for r in load_yaml("aspects.yaml") if r["id"] in wanted]
    parts = [
        rf"(?P<a{i}>{'|'.join(sorted(r['any'], key=len, reverse=True))})"
        for i, r in enumerate(records)
    ]
    return rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)"


def _grades(framework: Framework) -> str:
    words = {g for s, _, _ in framework.scales for g in (*s.grades, *s.aliases)}
    ordered = sorted((re.escape(w) for w in words), key=len, reverse=True)
    return rf"(?P<grade>requires improvement to be good|{'|'.join(ordered)})(?!\w)"


@lru_cache(maxsize=64)
def _label(framework: Framework) -> re.Pattern[str]:
    return re.compile(_labels(framework))


@lru_cache(maxsize=64)
def _pair(framework: Framework) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){_LEAD}{_labels(framework)}{_TAIL}{_SIGN}{_grades(framework)}")


@lru_cache(maxsize=64)
def _alone(framework: Framework) -> re.Pattern[str]:
    return re.compile(rf"[\s•*>|-]*{_LEAD}{_labels(framework)}{_TAIL}[\s?:|]*")


@lru_cache(maxsize=64)
def _head(framework: Framework) -> re.Pattern[str]:
    return re.compile(
        rf"[\s•*>-]*[\"']?{_grades(framework)}[\"']?(?: (?:in|for|areas?))?\s*[:-]+\s+"
    )
