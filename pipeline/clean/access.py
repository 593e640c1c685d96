"""Was the whole story there to be read?

An offer beneath a complete story is furniture, and the story is `open`. `registration` or
`subscription` needs a wall: a line that says the rest is behind it ("Register now to continue
reading"), or the publisher's own `isAccessibleForFree: false`, or a text that breaks off above an
offer. A text that breaks off with no wall named is `partial`.
"""

from __future__ import annotations

import re

from pipeline.clean.lines import Line, count, is_finished
from pipeline.clean.metadata import Metadata
from pipeline.clean.prune import Found
from pipeline.clean.residue import Residue
from pipeline.models import Access

_BROKEN = re.compile(r"(?:\.{3}|…)[\s\"'”’\])]*$")
#: ends that need no full stop: addresses, numbers, dates, names of pages
_NO_STOP_NEEDED = re.compile(r"(?:https?://\S+|\bwww\.\S+|\S+@\S+|\d[\d ]+|\.(?:uk|com|org))\s*$")
_SHORT = 120  #: words below which a wall's words anywhere on the page are believed


def access(rest: Residue, found: Found, said: Metadata) -> Access:
    """The state of the page. See the module's text for the rule."""
    cut = is_cut(rest.lines)
    walls = [*rest.walls, *found.walls]
    short = sum(count(x.text) for x in rest.lines) < _SHORT
    if not walls and (cut or short or said.free is False):  # "log in to see…" is in many headers
        walls = found.wall_words
    if walls:
        return "registration" if walls[0] == "registration" else "subscription"
    if said.free is False:
        return "subscription"
    if cut and (rest.offers or any(r.kind == "subscription" for r in found.removed)):
        return "subscription"
    return "partial" if cut else "open"


def is_cut(lines: list[Line]) -> bool:
    """Does the text stop in the middle of a sentence?"""
    prose = [x for x in lines if count(x.text) >= 8 and not x.is_item]
    if not prose or prose[-1] is not lines[-1]:
        return False
    last = prose[-1].text
    if _BROKEN.search(last):
        return True
    return not is_finished(last) and not _NO_STOP_NEEDED.search(last) and not prose[-1].linked
