"""Where a text quotes: spans between quotation marks, double ones or, in their place, single.

A quotation that goes on in the next paragraph is opened anew there and not closed before, so an
open one ends with its line.
"""

from __future__ import annotations

import re

from pipeline.tag.sentences import Span, straight

_LINE = re.compile(r"[^\n]+")
_MARK = re.compile(r"[\"“”„‟″«»]")
_SINGLE = re.compile(r"(?:(?<=^)|(?<=[\s(:]))'(?=[\w\[])|(?<=[^\s'])'(?!\w)")


def quotations(text: str) -> tuple[Span, ...]:
    """The quotations of a text, marks included, in order."""
    plain = straight(text)
    found: list[Span] = []
    for line in _LINE.finditer(plain):
        found += _double(text, line.start(), line.end()) if '"' in line[0] else _single(plain, line)
    return tuple(found)


def _double(text: str, start: int, end: int) -> list[Span]:
    found, opened = [], -1
    for mark in _MARK.finditer(text, start, end):
        at = mark.start()
        closing = mark[0] in "”»" or (mark[0] not in "“„«" and _closes(text, at, end, opened))
        if not closing and opened < 0:
            opened = at
        elif closing and opened >= 0:
            found.append(Span(opened, at + 1))
            opened = -1
    if opened >= 0:
        found.append(Span(opened, end))
    return found


def _closes(text: str, at: int, end: int, opened: int) -> bool:
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < end else " "
    if before.isspace() != after.isspace():
        return not before.isspace()
    return opened >= 0


def _single(plain: str, line: re.Match[str]) -> list[Span]:
    found, opened = [], -1
    for mark in _SINGLE.finditer(plain, line.start(), line.end()):
        at = mark.start()
        after = plain[at + 1] if at + 1 < line.end() else " "
        opens = after.isalnum() or after == "["
        if opens and opened < 0:
            opened = at
        elif not opens and opened >= 0:
            found.append(Span(opened, at + 1))
            opened = -1
    if opened >= 0 and plain[max(line.start(), opened - 2) : opened].strip() in ("", ":", ","):
        found.append(Span(opened, line.end()))
    return found
