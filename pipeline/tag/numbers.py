"""Numbers in words and digits: one expression for both, and what each is in plain digits."""

from __future__ import annotations

import re

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL = {w: i for i, w in enumerate(_UNITS)} | {w: 20 + 10 * i for i, w in enumerate(_TENS)}
_SMALL |= {"a dozen": 12, "dozen": 12, "a hundred": 100, "a thousand": 1000}
_WORDS = "|".join(
    [
        rf"(?:{'|'.join(_TENS)})-(?:{'|'.join(_UNITS[1:10])})",
        *sorted(_UNITS[1:] + _TENS, key=len, reverse=True),
    ]
)
DIGITS = r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?"
#: Words of grades, where figures are told of them: "three were good".
GRADE = (
    r"(?:excellent|outstanding|good|very good|adequate|satisfactory|requires? improvement|"
    r"needs improvement|requiring improvement|inadequate|weak|unsatisfactory|poor)"
)
NUMBER = rf"(?:{DIGITS}|{_WORDS})"


#: Words before a share that say the same: "over half" is "more than half".
_SAME = {
    "over": "more than", "nearly": "almost", "fewer than": "less than", "under": "less than",
    "around": "", "roughly": "", "some": "", "about": "",
}  # fmt: skip


def in_words(share: str) -> str:
    """A share in words as it is written everywhere: "over three quarters" → "more than …"."""
    plain = re.sub(
        r"(?<=\w)-(?=third|quarter|fifth|sixth|seventh|eighth|tenth)", " ", share.lower()
    )
    for word, same in _SAME.items():
        if plain.startswith(f"{word} "):
            plain = f"{same} {plain[len(word) + 1 :]}".strip()
    return plain


def digits(number: str) -> str:
    """A number in words or digits as plain digits: "forty-two" → "42", "2,000" → "2000"."""
    plain = number.replace(",", "")
    if plain[:1].isdigit():
        return plain
    tens, _, units = plain.partition("-")
    return str(_SMALL.get(tens, 0) + _SMALL.get(units, 0))
