"""What a person types into a search box, as a query that SQLite's FTS5 never refuses."""

from __future__ import annotations

import re

_TERM = re.compile(r'"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+)')
_LETTER = re.compile(r"[^\W_]")
#: Characters of a query that count; FTS5 takes minutes over one of 60,000 words.
MOST = 1000
_PLAIN = str.maketrans({"\0": " ", "“": '"', "”": '"', "„": '"'})


def search_terms(query: str | None) -> str:
    """All words must be there; `"a phrase"`, `begin*`, `OR` between terms.

    Each term becomes an FTS5 string, so that a hyphen, an apostrophe, a colon or an unpaired
    quotation mark is text and not syntax. What holds no letter and no digit is left out; where
    nothing is left the answer is the empty phrase, which finds nothing. Only the first MOST
    characters count.
    """
    parts: list[str] = []
    for match in _TERM.finditer((query or "")[:MOST].translate(_PLAIN)):
        term, word = match["phrase"] or match["word"] or "", match["word"]
        if word == "OR":
            if parts and parts[-1] != "OR":
                parts.append("OR")
        elif _LETTER.search(term):
            parts.append(f'"{term.rstrip("*")}"' + ("*" if term.endswith("*") else ""))
    if parts and parts[-1] == "OR":
        parts.pop()
    return " ".join(parts) or '""'
