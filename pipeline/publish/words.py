"""How what watching recorded is put to people."""

from __future__ import annotations

import re


def sentence(reason: str | None) -> str:
    """A reason as a sentence of its own: a capital first, unless it begins with an address."""
    words = (reason or "").strip()
    if not words:
        return ""
    if not set("./:") & set(words.split()[0].rstrip(".:")):
        words = words[0].upper() + words[1:]
    return words if words.endswith((".", "!", "?")) else f"{words}."


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d))?")


def day(value: str | None, *, time: bool = False) -> str:
    """`2026-11-03T09:30:00+00:00` as `3 Nov 2026`, or with `time` `3 Nov 2026, 09:30`."""
    match = _DATE.match(value or "")
    if not match or not 1 <= int(match[2]) <= 12:
        return value or ""
    words = f"{int(match[3])} {_MONTHS[int(match[2]) - 1]} {match[1]}"
    return f"{words}, {match[4]}" if time and match[4] else words


#: between two sentences that a view has joined; a "; " inside a sentence is left alone
_JOINT = re.compile(r"""(?<=[.!?"”’]); (?=["“‘A-Z])""")


def quotes(evidence: str | None) -> list[str]:
    """The sentences of a view's `evidence`, where they can be told apart."""
    return _JOINT.split(evidence) if evidence else []
