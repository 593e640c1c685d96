"""Whether a page declares that its story is not free: structured data, or a tier that is locked.

Publishers write it in many places and spellings: on the story, on a part of it (`hasPart`), on the
page, on the publication, as a boolean, a word, or schema.org's address for one. Any of them counts,
because what lies behind a wall must not be taken (schema.org, "Paywalled content").
"""

from __future__ import annotations

import re

from pipeline.clean.markup import Marked, values

_SAID = re.compile(
    r'"isAccessibleForFree"\s*:\s*\[?\s*(?:\{[^{}]{0,200}?"@value"\s*:\s*)?"?\s*'
    r"(?:https?:\\?/\\?/(?:www\.)?schema\.org\\?/)?(true|yes|1|false|no|0)\b",
    re.I,
)
_NOT = {"false", "no", "0"}


def is_free(marked: Marked) -> bool | None:
    """False where anything on the page says that it is not; None where nothing speaks of it."""
    said = {m[1].lower() for script in marked.scripts for m in _SAID.finditer(script)}
    if said & _NOT or "locked" in values(marked.meta, ("article:content_tier",)):
        return False
    return True if said else None
