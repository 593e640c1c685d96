"""Names in text: one pass of Aho-Corasick over all of them, then boundaries, case, dates, overlaps.

Works on a folded copy of the text (lower case, straight quotes, hyphens and line breaks as spaces)
that has the same length, so every offset counts code points of the text as given.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ahocorasick_rs import AhoCorasick

from pipeline.knowledge import load_yaml
from pipeline.models import Confidence
from pipeline.tag.sentences import fold as _fold
from pipeline.tag.sentences import straight

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
    r"museum|evening post|gazette|chronicle|tax|house\b.{0,12} hotel|of churches|yeomanry|"
    r"for voluntary services?)\b"
)

#: Folding costs as much as matching, and each stage needs the same few texts folded.
fold = lru_cache(maxsize=16)(_fold)


def spaced(folded: str) -> str:
    """Hyphens and line breaks as spaces: names are written with either."""
    return folded.replace("-", " ").replace("\n", " ")


@lru_cache(maxsize=16)
def words(name: str) -> frozenset[str]:
    """One list of `knowledge/agencies/words.yaml`."""
    return frozenset(load_yaml("agencies/words.yaml")[name])


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write an agency.

    mode: any | exact | near (only beside one of `near`) | shared, and shared, any case (several
    bodies are written so; `near` are the words that speak for this one) | bare. `preferred`: of a
    shared name, the body that is meant where nothing decides.
    """

    written: str
    id: str
    mode: str
    near: tuple[str, ...] = ()
    preferred: bool = False


class Candidate(NamedTuple):
    """A name found in the text. Accepted ones never overlap, save those with one span and
    confidence `ambiguous`; rejected ones say why.

    A bare name is never accepted here: it needs the story (see `short_forms`); `fits` tells whether
    it is written as that body is, at a time when that body lived.
    """

    start: int
    end: int
    quote: str
    id: str
    rule: str
    confidence: Confidence
    accepted: bool
    why: str
    fits: bool = True


_RULES: dict[str, tuple[str, Confidence]] = {
    "any": ("name", "stated"), "exact": ("short name", "stated"), "bare": ("bare name", "stated"),
}  # fmt: skip
_IN_CONTEXT: tuple[str, Confidence] = ("short name in context", "implied")


class Matcher:
    """All forms, compiled."""

    def __init__(
        self, forms: list[Form], records: Mapping[str, AgencyRecord], *, as_of: date
    ) -> None:
        self._records, self._as_of = records, as_of
        by_pattern: dict[str, list[Form]] = defaultdict(list)
        for form in forms:
            by_pattern[_key(form.written)].append(form)
        self._forms = [_of_one_name(found) for found in by_pattern.values()]
        self._automaton = AhoCorasick(list(by_pattern))

    def candidates(self, text: str, day: date | None, region: str | None) -> list[Candidate]:
        """Accepted and rejected names, left to right; a longer name silences what lies in it.

        `region`: where the publisher is at home: it may decide between bodies of one name.
        """
        folded = fold(text)
        taken: list[Candidate] = []
        for start, end, forms in self._longest(folded):
            found = [self._judge(f, text, folded, start, end, day) for f in forms]
            if _is_shared(forms[0]):
                taken += self._by_words(found, forms, folded, day, region)
            elif forms[0].mode == "bare":
                taken += self._living(found, day)
            else:
                taken += self._chosen(found, day)
        return taken

    def _longest(self, folded: str) -> list[tuple[int, int, list[Form]]]:
        """Whole words only, the longest name from each place on, none overlapping another."""
        hits = [
            (start, -end, i)
            for i, start, end in self._automaton.find_matches_as_indexes(
                spaced(folded), overlapping=True
            )
            if _bounded(folded, start, end)
        ]
        hits.sort()
        kept: list[tuple[int, int, list[Form]]] = []
        until, bare, length = 0, False, 0
        for start, minus_end, i in hits:
            end = -minus_end
            if start >= until:
                kept.append((start, end, self._forms[i]))
            elif bare and end - start > length:
                kept[-1] = (start, end, self._forms[i])  # "Bath and North East Somerset"
            else:
                continue
            until, bare, length = end, self._forms[i][0].mode == "bare", end - start
        return kept

    def _judge(
        self, form: Form, text: str, folded: str, start: int, end: int, day: date | None
    ) -> Candidate:
        quote = text[start:end]
        record = self._records[form.id]
        no = _misfit(form, quote, folded, start, end) or _too_late(record, day)
        rule, confidence = _RULES.get(form.mode, _IN_CONTEXT)
        why = no or f"“{form.written}” is a name of {record.name}"
        accepted = no is None and form.mode != "bare"
        return Candidate(start, end, quote, form.id, rule, confidence, accepted, why, no is None)

    def _living(self, found: list[Candidate], day: date | None) -> list[Candidate]:
        """Of the bodies of a bare name those that fit; without a date those that live today."""
        fit = [c for c in found if c.fits]
        alive = [c for c in fit if self._records[c.id].lives_on(day or self._as_of)]
        kinds = {self._records[c.id].kind for c in alive}
        alive += [c for c in fit if c not in alive and self._records[c.id].kind not in kinds]
        return alive or found[:1]

    def _chosen(self, found: list[Candidate], day: date | None) -> list[Candidate]:
        """Of several bodies with one name: the one of that day; else, where one lives, that one."""
        found = [self._succeeded(c, day) for c in found]
        good = {c.id: c for c in found if c.accepted}
        if len(good) < 2:
            return list(good.values()) or found[:1]
        alive = [c for c in good.values() if self._records[c.id].lives_on(day or self._as_of)]
        if len(alive) > 1:
            return _all_kept(alive)
        best = alive[0] if alive else next(iter(good.values()))
        if day is not None:
            why = f"{best.why}; of several with that name, the one of {day}"
            return [best._replace(why=why)]
        others = ", ".join(sorted(i for i in good if i != best.id))
        why = f"{best.why}; without a date it could also be {others}"
        return [best._replace(confidence="ambiguous", why=why)]

    def _succeeded(self, c: Candidate, day: date | None) -> Candidate:
        """A body abolished long before the story, with one successor, stands for that one."""
        record = self._records[c.id]
        if c.accepted or day is None or c.why != _too_late(record, day):
            return c
        heir: AgencyRecord | None = record
        while heir and not heir.lives_on(day) and len(heir.successor) == 1:
            heir = self._records.get(heir.successor[0])
        if heir is None or heir is record or not heir.lives_on(day):
            return c
        why = f"{record.name} ended on {record.valid_until}; its successor is {heir.name}"
        return c._replace(
            id=heir.id, accepted=True, rule="successor", confidence="implied", why=why
        )

    def _by_words(
        self,
        found: list[Candidate],
        forms: list[Form],
        folded: str,
        day: date | None,
        region: str | None,
    ) -> list[Candidate]:
        """HMIP, Newcastle Council: the body whose words stand near it, else in the story, else the
        one of the publisher's region, else the preferred one; else all stay open.
        """
        pairs = [(c, f) for c, f in zip(found, forms, strict=True) if c.accepted]
        pairs = [p for p in pairs if self._records[p[0].id].lives_on(day)] or pairs
        if not pairs:
            return found[:1]
        start, end = pairs[0][0].start, pairs[0][0].end
        around = (folded[max(0, start - _NEAR) : end + _NEAR], folded, fold(region or ""))
        for place, where in zip(
            ("near it", "in the story", "of the publisher"), around, strict=True
        ):
            counts = [sum(where.count(w) for w in f.near) for _, f in pairs]
            best = max(counts)
            if best and counts.count(best) == 1:
                chosen = pairs[counts.index(best)][0]
                why = f"{chosen.why}; words {place} choose between bodies of that name"
                return [chosen._replace(confidence="implied", why=why)]
        preferred = next((c for c, f in pairs if f.preferred), None)
        if preferred:
            return [preferred._replace(why=f"{preferred.why}; nothing speaks for another of it")]
        if len({f.id for f in forms}) == 1:
            near = ", ".join(forms[0].near)
            why = f"“{forms[0].written}” needs one of these words in the story: {near}"
            return [pairs[0][0]._replace(accepted=False, why=why)]
        return _all_kept([c for c, _ in pairs])


def _key(name: str) -> str:
    return spaced(fold(name))


def _is_shared(form: Form) -> bool:
    return form.mode.startswith("shared")


def _of_one_name(forms: list[Form]) -> list[Form]:
    """What a name stands for: where it is known as shared, only as that; bare only if nothing else.

    Acronyms that differ in their capitals (HMIE, HMIe) stay apart.
    """
    for belongs in (_is_shared, lambda f: f.mode != "bare", lambda _: True):
        chosen = {
            (f.id, f.written if f.mode in ("exact", "shared") else ""): f
            for f in reversed(forms) if belongs(f)
        }  # fmt: skip
        if chosen:
            return list(reversed(chosen.values()))
    return forms


def _all_kept(found: list[Candidate]) -> list[Candidate]:
    """Several bodies that are all meant by these letters, as far as one can tell."""
    ids = ", ".join(c.id for c in found)
    return [
        c._replace(confidence="ambiguous", why=f"{c.why}; nothing decides between {ids}")
        for c in found
    ]


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
_TAILS = ("-rated", "-run", "-led", "-based", "-wide", "-area")
_LIKENESS = ("-style", "-like", "-type")


def _misfit(form: Form, quote: str, folded: str, start: int, end: int) -> str | None:
    """Why these letters are not that name, or None."""
    mode = form.mode
    if mode in ("exact", "near", "shared") and straight(quote).replace("\n", " ") != form.written:
        return f"“{form.written}” must be written so"
    if mode == "bare":
        hyphen = folded[end : end + 1] == "-" and folded[end + 1 : end + 2].isalpha()
        if hyphen and not folded.startswith(_TAILS, end):
            return "the hyphen makes it another name"
        if start and folded[start - 1] == "-":
            return "the hyphen makes it another name"
        if form.written.isupper() and not quote.isupper():
            return f"“{form.written}” must be written so"
    if mode == "near" and not _has_near(form.near, folded, start, end):
        return f"“{form.written}” needs one of these words near it: {', '.join(form.near)}"
    if folded.startswith(_LIKENESS, end):
        return "it is only likened to that"
    if quote[0].islower() and form.written[0].isupper():
        first = re.split(r"[ -]", folded[start:end], maxsplit=1)[0]
        ordinary = words("lower_case")
        if mode == "bare" or first in ordinary or folded[start:end] in ordinary:
            return "a name begins with a capital letter"
    if mode != "exact" and (other := _OTHER.match(folded, end)):
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
