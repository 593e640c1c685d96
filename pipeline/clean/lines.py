"""Small questions about a line of text, asked by every step of cleaning."""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "\xa0": " ",
                         "‐": "-", "\u200b": None, "\ufeff": None, "\xad": None})  # fmt: skip
_NOT_WORD = re.compile(r"\W+")
#: between two sentences; good enough for furniture, which knows no abbreviations
SENTENCES = re.compile(r"(?<=[.!?:])['\")]?\s+(?=[A-Z£@])")
_BULLET = re.compile(r"^[-•*·●▪►»]\s+")
_TERMINAL = re.compile(r"""[.!?:;…。！？]["'”’»)\]」』]*$|["”’][)\]]?$""")


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph as it left the extractor. `linked`: all of it is the text of a link."""

    text: str
    linked: bool = False

    @property
    def bare(self) -> str:
        """Without its bullet."""
        return _BULLET.sub("", self.text)

    @property
    def is_item(self) -> bool:
        return _BULLET.match(self.text) is not None


def squeeze(text: str) -> str:
    """One line, single spaces, no invisible characters."""
    if not text.isascii():
        text = text.replace("\u200b", "").replace("\xad", "")
    return " ".join(text.split())


def norm(text: str) -> str:
    """For comparing what a person would call the same: letters and digits only, lower case."""
    return _NOT_WORD.sub(" ", plain_quotes(text).lower()).strip()


def plain_quotes(text: str) -> str:
    """Typographic quotes and dashes as their ASCII forms, so that a rule needs one spelling."""
    return text if text.isascii() else text.translate(_QUOTES)


def count(text: str) -> int:
    """Words; in a script without spaces, about two characters a word."""
    words = len(text.split())
    return words if text.isascii() or len(text) < 12 * words else max(words, len(text) // 2)


def is_prose(text: str) -> bool:
    """A sentence or more of running text, as opposed to a label, an item or a title."""
    words = count(text)
    return words >= 25 or len(text) >= 160 or (words >= 9 and _TERMINAL.search(text) is not None)


def is_finished(text: str) -> bool:
    """Does it end as sentences end?"""
    return _TERMINAL.search(text.rstrip()) is not None
