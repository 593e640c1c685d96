"""Bare place names that mean the council: "Bradford, rated inadequate", "Surrey's social workers".

A place name is first of all a place. It stands for its council only where the story is about what
councils do, the sentence has a word of it, and nothing around makes it part of another name
("Stockton Heath", "Lord Bradford") or plainly a place ("in Sunderland").
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.knowledge import load_yaml
from pipeline.tag.matcher import Candidate, words

_PLACE = re.compile(
    r"\b(?:in|near|from|around|across|outside|through|within|throughout|over|between|of|serving|"
    r"north|south|east|west|central|greater|for|to|into)(?: the)? $"
)
_SERVICE = re.compile(
    r"^(?:'s?)? (?:children's|children|adult|adults|social|care|care leavers|youth|send|looked|"
    r"safeguarding|council|local|mash|leaders|department|authority)\b"
)
_VERDICT = re.compile(
    r"\b(?:councils?|authorit(?:y|ies)|rated|inadequate|outstanding|requires improvement|ofsted|"
    r"cqc|inspectors|inspection|visits?|visited|good|monitoring|focused|progress)\b"
)
_VISITED = re.compile(r"\b(?:visited|went to|at|inspectors (?:in|at|to)|inspected|visit to|told) $")
_WORD_BEFORE = re.compile(r"([A-Z][\w'’]*) $")
_WORD_AFTER = re.compile(r"^[ -]([A-Z][\w'’]*)")


@lru_cache(maxsize=1)
def _story_cue() -> re.Pattern[str]:
    return re.compile(load_yaml("agencies/roles.yaml")["children"])


def about_councils(folded: str) -> bool:
    """Whether the story is about what councils do."""
    cues = _story_cue().findall(folded)
    return len(cues) >= 2 or "councils" in folded


def means_council(
    c: Candidate, text: str, folded: str, sentence: tuple[int, int], bare: frozenset[str]
) -> tuple[bool, str]:
    """Whether this bare name is its council here, and why, in a story about councils.

    `bare`: the words of all bare names of the story, lower case.
    """
    before, after = text[max(0, c.start - 40) : c.start], text[c.end : c.end + 40]
    if other := _other_name(before, after, bare):
        return False, f"“{other}” makes it another name"
    low_before, low_after = folded[sentence[0] : c.start], folded[c.end : sentence[1]]
    if _SERVICE.match(low_after):
        return True, "a council's service follows"
    if _VISITED.search(low_before):
        return True, "visited or told by inspectors"
    if _PLACE.search(low_before) and not _in_list(low_before, low_after):
        return False, "it is a place here"
    if _VERDICT.search(low_before) or _VERDICT.search(low_after):
        return True, "its sentence speaks of a judgement or a council"
    return False, "its sentence does not speak of a council"


def _in_list(before: str, after: str) -> bool:
    return bool(re.search(r"\b(?:councils?|authorities|boroughs?)\b", before + after))


def _other_name(before: str, after: str, bare: frozenset[str]) -> str | None:
    nxt = _WORD_AFTER.match(after)
    if nxt and nxt[1] not in words("services") and nxt[1].lower() not in bare:
        return nxt[1]
    prev = _WORD_BEFORE.search(before)
    if prev and prev[1] not in words("lead_in") and prev[1].lower() not in bare:
        lead = before[: prev.start()].rstrip(" “\"'‘")
        if lead and lead[-1] not in ".!?:;\n•-–":
            return prev[1]
    return None
