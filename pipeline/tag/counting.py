"""What is counted after a number: any noun in the plural, save those that are no figure.

"32 adults", "over 1,000 overdue fire safety actions", "ten more incidents": the nouns are an open
class. Told apart are measures ("six months", "four grades"), which are never counted, and the frame
of a story, its bodies and areas ("three schools", "five key areas"), counted only as some of many.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from pipeline.knowledge import load_yaml

_KNOWN: dict[str, list[str]] = load_yaml("statistics.yaml")
_UNCOUNTED = frozenset(_KNOWN["uncounted"])
_FRAMES = frozenset((*_KNOWN["frames"], *_KNOWN["areas"]))
_STOPS = frozenset(_KNOWN["stops"])
_IRREGULAR = frozenset(_KNOWN["irregular"])
_NO_NOUNS = frozenset(_KNOWN["no-nouns"])
_PHRASES = re.compile(rf"(?:{'|'.join(_KNOWN['phrases'])})(?!\w)")
_WORD = re.compile(r"(?P<between>,? [\"'(]*)(?P<word>[a-z][a-z'-]*[a-z]|[a-z])[\"')]*(?![\w-])")
_SOME_OF = re.compile(r" of (?:the|its|their|these|those|our|your)(?= )")
_MOST = 7  #: words from the number to its noun

Kind = Literal["figure", "frame"]


class Counted(NamedTuple):
    """The words from the number to its noun, where they end, the noun, and what kind it is."""

    what: str
    end: int
    noun: str
    kind: Kind


def plural(word: str) -> bool:
    """Whether a word is a noun in the plural, as far as its letters tell."""
    if word in _IRREGULAR:
        return True
    bare = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "'s"))
    return bare and word not in _NO_NOUNS


def noun_of(phrase: str) -> str:
    """The noun or the measure that the number before a folded phrase counts, "" where it is bare.

    "Six were good": bare. "Six months later": months.
    """
    thing = counted(phrase)
    if thing:
        return thing.noun
    words = re.findall(r"[a-z'-]+", phrase[:30])[:2]
    return next((w for w in words if w in _UNCOUNTED), "") if phrase[:1] == " " else ""


def counted(phrase: str) -> Counted | None:
    """What the number before a folded phrase counts; None where that is nothing.

    The phrase begins with the space after the number: " of its staff nurses were".
    """
    some = _SOME_OF.match(phrase)
    at = some.end() if some else 0
    noun: re.Match[str] | None = None
    for nth in range(_MOST):
        m = _WORD.match(phrase, at)
        if m is None or (m["between"][0] == "," and (nth == 0 or noun)):
            break
        known = None if noun else _PHRASES.match(phrase, m.start("word"))
        if known:
            return Counted(phrase[: known.end()].strip(), known.end(), known[0], "figure")
        word = m["word"]
        if word in _STOPS or (word == "and" and (nth == 0 or noun)):
            break
        if word in _UNCOUNTED:
            if noun:
                break
            return None
        if plural(word):
            noun = m
        elif noun:
            break
        at = m.end()
    if noun is None:
        return None
    kind: Kind = "frame" if noun["word"] in _FRAMES else "figure"
    return Counted(phrase[: noun.end("word")].strip(), noun.end("word"), noun["word"], kind)
