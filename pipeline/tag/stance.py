"""How somebody takes the report of an inspection, from his own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, get_args

from pipeline.knowledge import load_yaml
from pipeline.tag.cues import Hit, cues
from pipeline.tag.people import FILE

Stance = Literal["welcomes", "accepts", "apologises", "disputes"]

#: Whatever else is said: who is sorry has said the most, and who disputes does not accept.
_FIRST: tuple[Stance, ...] = ("apologises", "disputes")
_NEAR = 24  #: code points before a word in which it may be negated
#: What may stand between a negation and its word: "not so very proud"
_FILLING = re.compile(r"(?: (?:be|been|is|are|was|as|so|very|all|really|feel|say|to|have|yet))* ?")
_CLAUSE = re.compile(r"[.;:!?\"]|, (?:but|and|while|although|though)(?!\w)")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of stance: what it says, how strongly, in which of the texts given."""

    stance: Stance
    weight: int
    rule: str
    text: int


def words(texts: list[str]) -> list[Word]:
    """The words of stance of folded texts of one person, in order, negated ones left out."""
    found = []
    for n, low in enumerate(texts):
        for stance in get_args(Stance):
            weights = {r["id"]: r.get("weight", 3) for r in load_yaml(FILE)[stance]}
            for hit in cues(FILE, stance).all(low):
                if not _is_not_meant(low, hit, stance):
                    found.append(Word(stance, weights[hit.id], hit.id, n))
    return found


def decide(found: list[Word], *, good: bool | None) -> Word | None:
    """The word that decides; `good`: the grade now given is a good one, where one is known.

    Between welcoming and accepting the weightier words decide, then the grade, then what is said
    first: "proud, and we know that there is more to do" of a good grade welcomes it.
    """
    for stance in _FIRST:
        if first := next((w for w in found if w.stance == stance), None):
            return first
    weight = {s: max((w.weight for w in found if w.stance == s), default=0)
              for s in ("welcomes", "accepts")}  # fmt: skip
    if not any(weight.values()):
        return None
    if weight["welcomes"] != weight["accepts"]:
        best = max(weight, key=lambda s: weight[s])
    elif good is not None:
        best = "welcomes" if good else "accepts"
    else:
        best = next(w.stance for w in found if w.weight == weight["welcomes"])
    return next(w for w in found if w.stance == best and w.weight == weight[best])


def _is_not_meant(low: str, hit: Hit, stance: Stance) -> bool:
    """Negated, or the inspectors' own words that are quoted."""
    before = low[max(0, hit.start - 110) : hit.start]
    clauses = list(_CLAUSE.finditer(before))
    near = before[clauses[-1].end() :] if clauses else before
    ended = [h for h in cues(FILE, "quoted").all(near) if len(near) - h.end < 30]
    if ended and stance in ("welcomes", "accepts", "apologises"):
        return True
    if stance in ("disputes",) or hit.id in ("accepts", "at-work"):
        return False
    if low[hit.start : hit.end].startswith(("not ", "n't ")):
        return False  # "could not be prouder"
    close = near[-_NEAR:]
    return any(_FILLING.fullmatch(close, h.end) for h in cues(FILE, "negated").all(close))
