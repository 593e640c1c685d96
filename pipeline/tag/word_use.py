"""How a text uses a word elsewhere: of a person, of a place, in small letters. Read once a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Cllr|Councillor|Sir|Dame|Prof|Professor|Rev)\.? "
    r"([A-Z][\w'’-]*)(?: ([A-Z][\w'’-]*))?"
)
_SPOKEN = re.compile(
    r"(?<!of )(?<!at )(?<!for )(?<!from )\b([A-Z][\w'’-]*)(?: ([\w'’-]+))?,? "
    r"(?:said|says|added|told|explained|who)\b"
)
_PLACED = re.compile(r"\b(?:in|near|around|across) ([A-Z][\w'’-]*)")
_COUNCIL = re.compile(r"\b([A-Z][\w'’-]*)(?= (?:[A-Z]\w+ )?Council\b)")
_SMALL = re.compile(r"(?<![\w'’-])[a-z][\w'’-]*")


@dataclass(frozen=True, slots=True)
class Use:
    """The words of a text by what they are used of."""

    small: frozenset[str]  #: that stand in small letters
    titled: frozenset[str]  #: after Mr or Dr
    spoken: frozenset[tuple[str, str]]  #: first word, and the next or "", before "said"
    placed: frozenset[str]  #: that something is in, or a council is of

    def is_person(self, name: str) -> bool:
        """Whether the text speaks elsewhere of Mrs Oliver, or of what Karen said."""
        parts = name.split()
        if len(parts) == 1:
            return name in self.titled
        said = (parts[0], "") in self.spoken or (parts[0], parts[-1]) in self.spoken
        return len(parts) == 2 and (said or parts[-1] in self.titled)


@lru_cache(maxsize=4)
def use_of(text: str) -> Use:
    """The use of the words of `text`."""
    return Use(
        small=frozenset(_SMALL.findall(text)),
        titled=frozenset(w for m in _TITLED.finditer(text) for w in m.groups("") if w),
        spoken=frozenset((m[1], m[2] or "") for m in _SPOKEN.finditer(text)),
        placed=frozenset((*_PLACED.findall(text), *_COUNCIL.findall(text))),
    )
