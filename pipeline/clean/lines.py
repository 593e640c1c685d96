"""Small questions about a line of text, asked by every step of cleaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

_PLAIN = (("‘", "'"), ("’", "'"), ("“", '"'), ("”", '"'), ("–", "-"), ("—", "-"), ("\xa0", " "),
          ("‐", "-"), ("\u200b", ""), ("\ufeff", ""), ("\xad", ""))  # fmt: skip
_NOT_WORD = re.compile(r"\W+")
#: between two sentences; good enough for furniture, which knows no abbreviations
SENTENCES = re.compile(r"(?<=[.!?:])['\")]?\s+(?=[A-Z£@])")
#: what an item of a list begins with
BULLET = re.compile(r"^[-•*·●▪►»]\s+")
_TERMINAL = re.compile(r"""[.!?:;…。！？]["'”’»)\]」』]*$|["”’][)\]]?$""")


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph as it left the extractor. `linked`: all of it is the text of a link."""

    text: str
    linked: bool = False

    @property
    def bare(self) -> str:
        """Without its bullet."""
        return BULLET.sub("", self.text)

    @property
    def is_item(self) -> bool:
        return BULLET.match(self.text) is not None


#: ligatures that typesetting programs leave in text, and what they stand for
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl",
              0xFB05: "st", 0xFB06: "st"}  # fmt: skip
#: seen by nobody: zero-width space and word joiner, marks of direction, soft hyphen, byte order
#: mark. Joiners (U+200C, U+200D) stay: they shape letters of other scripts and emoji
_INVISIBLE = dict.fromkeys((0x200B, 0x2060, 0x200E, 0x200F, 0xAD, 0xFEFF))
_MENDED = {**_LIGATURES, **_INVISIBLE}
_TO_MEND = re.compile(f"[{''.join(map(chr, _MENDED))}]")


def squeeze(text: str) -> str:
    """One line, single spaces, letters composed (NFC), no ligatures, nothing invisible."""
    if not text.isascii():
        if _TO_MEND.search(text):
            text = text.translate(_MENDED)
        text = normalize("NFC", text)
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def norm(text: str) -> str:
    """For comparing what a person would call the same: letters and digits only, lower case.

    Kept for a while: each step of cleaning asks it of the same lines.
    """
    return _NOT_WORD.sub(" ", text.lower()).strip()


def plain_quotes(text: str) -> str:
    """Typographic quotes and dashes as their ASCII forms, so that a rule needs one spelling."""
    if not text.isascii():
        for typographic, plain in _PLAIN:  # each a search in C: `translate` asks for every letter
            text = text.replace(typographic, plain)
    return text


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
