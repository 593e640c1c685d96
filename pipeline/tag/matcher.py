"""Names in text: one pass of Aho-Corasick over all of them, then boundaries, case, dates, overlaps.

Works on a folded copy of the text (lower case, straight quotes, plain dashes) that has the same
length, so every offset counts code points of the text as given.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick

from pipeline.knowledge import load_yaml
from pipeline.models import Confidence
from pipeline.tag.sentences import fold as _fold

if TYPE_CHECKING:
    from pipeline.tag.gazetteer import AgencyRecord

#: A report may come out some months after the body that it is about was abolished.
GRACE = timedelta(days=240)
#: A body is written about before its first day (a shadow authority).
AHEAD = timedelta(days=540)
_NEAR = 160  #: code points on either side in which a `near` word must stand

# A name followed by one of these is part of another name, of a club, a street, a union.
_OTHER = re.compile(
    r"[' ]{0,2}s? ?(fc|afc|rfc|united|rovers|wanderers|athletic|federation|stadium|street|road|"
    r"museum|evening post|gazette|chronicle|tax|house\b.{0,12} hotel)\b"
)


#: Folding costs as much as matching, and each stage needs the same few texts folded.
fold = lru_cache(maxsize=16)(_fold)


@lru_cache(maxsize=16)
def words(name: str) -> frozenset[str]:
    """One list of `knowledge/agencies/words.yaml`."""
    return frozenset(load_yaml("agencies/words.yaml")[name])


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write an agency. mode: any | exact | near | shared | bare."""

    written: str
    id: str
    mode: str
    near: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A name found in the text. Accepted ones never overlap; rejected ones say why."""

    start: int
    end: int
    quote: str
    id: str
    rule: str
    confidence: Confidence
    accepted: bool
    why: str


class Matcher:
    """All forms, compiled."""

    def __init__(self, forms: list[Form], records: Mapping[str, AgencyRecord]) -> None:
        self._records = records
        by_pattern: dict[str, list[Form]] = defaultdict(list)
        for form in forms:
            by_pattern[fold(form.written)].append(form)
        self._forms = list(by_pattern.values())
        self._automaton = AhoCorasick(list(by_pattern))

    def candidates(self, text: str, day: date | None) -> list[Candidate]:
        """Accepted and rejected names, left to right; a longer name silences what lies in it."""
        folded = fold(text)
        taken: list[Candidate] = []
        for start, end, forms in self._longest(folded):
            found = [self._judge(f, text, folded, start, end, day) for f in forms]
            shared = forms[0].mode == "shared"
            taken += _by_neighbours(found, forms, folded) if shared else self._chosen(found, day)
        return sorted(taken, key=lambda c: (c.start, not c.accepted))

    def _longest(self, folded: str) -> list[tuple[int, int, list[Form]]]:
        hits = [
            (start, end, self._forms[i])
            for i, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True)
            if _bounded(folded, start, end)
        ]
        hits.sort(key=lambda h: (h[0], -h[1]))
        kept: list[tuple[int, int, list[Form]]] = []
        for hit in hits:
            if not kept or hit[0] >= kept[-1][1]:
                kept.append(hit)
            elif hit[1] - hit[0] > kept[-1][1] - kept[-1][0] and kept[-1][2][0].mode == "bare":
                kept[-1] = hit  # "Bath and North East Somerset" over "Bath"
        return kept

    def _judge(
        self, form: Form, text: str, folded: str, start: int, end: int, day: date | None
    ) -> Candidate:
        quote = text[start:end]
        record = self._records[form.id]
        no = _misfit(form, quote, folded, start, end) or _too_late(record, day)
        rule = {"any": "name", "exact": "short name", "bare": "bare name"}
        confidence: Confidence = "stated" if form.mode in rule else "implied"
        return Candidate(
            start=start, end=end, quote=quote, id=form.id,
            rule=rule.get(form.mode, "short name in context"),
            confidence=confidence, accepted=not no and form.mode != "bare",
            why=no or f"“{form.written}” is a name of {record.name}",
        )  # fmt: skip

    def _chosen(self, found: list[Candidate], day: date | None) -> list[Candidate]:
        """Of several bodies with one name: the one of that day; else, where one lives, that one."""
        found = [self._succeeded(c, day) for c in found]
        good = {c.id: c for c in found if c.accepted}
        if len(good) < 2:
            full = {c.id for c in good.values()}
            return [c for c in found if c.accepted or c.id not in full]
        today = day or date.max
        alive = [c for c in good.values() if self._records[c.id].lives_on(today)]
        if day is not None:
            best = alive[0] if alive else next(iter(good.values()))
            return [_chosen_by_date(best, day)]
        best = alive[0] if alive else next(iter(good.values()))
        others = ", ".join(sorted(i for i in good if i != best.id))
        why = f"{best.why}; without a date it could also be {others}"
        return [replace(best, confidence="ambiguous", why=why)]

    def _succeeded(self, c: Candidate, day: date | None) -> Candidate:
        """A body abolished long before the story, with one successor, stands for that one."""
        record = self._records[c.id]
        if c.accepted or c.rule == "bare name" or day is None or len(record.successor) != 1:
            return c
        if c.why != _too_late(record, day):  # it was refused for how it is written
            return c
        heir = self._records.get(record.successor[0])
        if heir is None or not heir.lives_on(day):
            return c
        why = f"{record.name} ended on {record.valid_until}; its successor is {heir.name}"
        return replace(
            c, id=heir.id, accepted=True, rule="successor", confidence="implied", why=why
        )


def _by_neighbours(found: list[Candidate], forms: list[Form], folded: str) -> list[Candidate]:
    """HMIP: the inspectorate whose words stand near it, else in the story; else both stay open."""
    if not found[0].accepted:
        return found
    start, end = found[0].start, found[0].end
    for around in (folded[max(0, start - _NEAR) : end + _NEAR], folded):
        counts = [sum(around.count(w) for w in form.near) for form in forms]
        best = max(counts)
        if best and counts.count(best) == 1:
            chosen = found[counts.index(best)]
            why = f"{chosen.why}; the words around it choose between bodies of that name"
            return [replace(chosen, confidence="implied", why=why)]
    others = ", ".join(c.id for c in found[1:])
    return [replace(found[0], confidence="ambiguous", why=f"{found[0].why}, and of {others}")]


def _chosen_by_date(c: Candidate, day: date) -> Candidate:
    return replace(c, why=f"{c.why}; of several with that name, the one of {day}")


def _bounded(folded: str, start: int, end: int) -> bool:
    """Whether the hit is whole words, and no part of an e-mail or web address."""
    before = folded[start - 1] if start else " "
    after = folded[end] if end < len(folded) else " "
    if before.isalnum() or after.isalnum() or before in "_@#" or after in "_@":
        return False
    if before in "./-" or after in "./-:":
        left = folded[max(0, start - 80) : start].rpartition(" ")[2].rpartition("\n")[2]
        right = folded[end : end + 80].partition(" ")[0].partition("\n")[0]
        return not _ADDRESS.search(f"{left}{folded[start:end]}{right}")
    return True


_ADDRESS = re.compile(r"www\.|https?:|@|\.(gov|co|org|com|net|nhs|uk|scot|wales)\b")


# "council-run" goes on after a name without changing it; "Stoke-by-Nayland" does not.
_TAILS = ("-rated", "-run", "-led", "-based", "-style", "-wide", "-area")


def _misfit(form: Form, quote: str, folded: str, start: int, end: int) -> str | None:
    """Why these letters are not that name, or None."""
    if form.mode in ("exact", "near", "shared") and quote.replace("’", "'") != form.written:
        return f"“{form.written}” must be written so"
    hyphen = folded[end : end + 1] == "-" and folded[end + 1 : end + 2].isalpha()
    if form.mode == "bare" and hyphen and not folded.startswith(_TAILS, end):
        return "the hyphen makes it another name"
    if form.mode == "near" and not _has_near(form.near, folded, start, end):
        return f"“{form.written}” needs one of these words near it: {', '.join(form.near)}"
    if quote[0].islower() and form.written[0].isupper():
        first = re.split(r"[ -]", folded[start:end], maxsplit=1)[0]
        if first in words("lower_case") or (form.mode == "bare"):
            return "a name begins with a capital letter"
    if form.mode != "exact" and (other := _OTHER.match(folded, end)):
        return f"followed by “{other[1]}” it is the name of something else"
    return None


def _has_near(near: tuple[str, ...], folded: str, start: int, end: int) -> bool:
    around = f"{folded[max(0, start - _NEAR) : start]} {folded[end : end + _NEAR]}"
    return any(w.lower() in around for w in near)


def _too_late(record: AgencyRecord, day: date | None) -> str | None:
    if day is None:
        return None
    if record.valid_until and day > record.valid_until + GRACE:
        return f"{record.name} ended on {record.valid_until}, before the story of {day}"
    if record.valid_from and day < record.valid_from - AHEAD:
        return f"{record.name} began on {record.valid_from}, after the story of {day}"
    return None
