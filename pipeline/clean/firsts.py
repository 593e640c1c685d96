"""What a pattern can begin with: so that a line meets only the patterns that may fit it.

Hundreds of wordings in one alternation are tried one after the other at the start of every line;
nearly all of them fail at its first letter.
"""

from __future__ import annotations

import re
import string
from typing import Any

_DIGITS = frozenset(string.digits)


def alternatives(pattern: str) -> list[str]:
    """`^(?:a|b)$` → [`^(?:a)$`, `^(?:b)$`]; a pattern of another form alone."""
    if not (pattern.startswith("^(?:") and pattern.endswith(")$")):
        return [pattern]
    parts, depth, start, i = [], 0, 0, 0
    inner = pattern[4:-2]
    while i < len(inner):
        c = inner[i]
        if c == "\\":
            i += 2
            continue
        if c == "[":
            i = _after_class(inner, i)
            continue
        depth += (c == "(") - (c == ")")
        if depth < 0:  # the last bracket is not the first one's
            return [pattern]
        if c == "|" and depth == 0:
            parts.append(inner[start:i])
            start = i + 1
        i += 1
    parts.append(inner[start:])
    return [f"^(?:{part})$" for part in parts]


def _after_class(pattern: str, i: int) -> int:
    """The place behind a `[…]` that begins at i."""
    i += 1
    if pattern[i] == "^":
        i += 1
    i += 1  # a bracket in the first place is one of the characters
    while pattern[i] != "]":
        i += 2 if pattern[i] == "\\" else 1
    return i + 1


def first_characters(pattern: str) -> frozenset[str] | None:
    """Lower-case characters that a match can begin with; None: any, or none at all."""
    # the parser of the standard library's own `re`, which has no public name
    parser: Any = vars(re)["_parser"]
    found = _firsts(parser.parse(pattern, re.I))
    return None if found is None or "" in found else frozenset(found)


def _firsts(items: Any) -> set[str] | None:
    """As `first_characters`; '' is among them where nothing needs to be matched."""
    found: set[str] = set()
    for operation, value in items:
        some = _first(str(operation), value)
        if some is None:
            return None
        found |= some
        if "" not in some:
            return found - {""}
        found.discard("")
    return found | {""}


def _first(operation: str, value: Any) -> set[str] | None:
    if operation == "LITERAL":
        return {chr(value).lower()}
    if operation in ("AT", "ASSERT", "ASSERT_NOT"):
        return {""}
    if operation == "SUBPATTERN":
        return _firsts(value[3])
    if operation == "BRANCH":
        each = [_firsts(branch) for branch in value[1]]
        return None if None in each else set().union(*(e for e in each if e is not None))
    if operation in ("MAX_REPEAT", "MIN_REPEAT"):
        least, _, repeated = value
        inner = _firsts(repeated)
        return inner if inner is None or least else inner | {""}
    if operation == "IN":
        return _of_class(value)
    return None


def _of_class(members: Any) -> set[str] | None:
    found: set[str] = set()
    for operation, value in members:
        if str(operation) == "LITERAL":
            found.add(chr(value).lower())
        elif str(operation) == "RANGE":
            found |= {chr(n).lower() for n in range(value[0], value[1] + 1)}
        elif str(value) == "CATEGORY_DIGIT":
            found |= _DIGITS
        else:
            return None
    return found
