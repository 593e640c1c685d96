"""From the names in labels to ids: `agencies_crosswalk.csv`, else the gazetteer's own reading.

A label is the name of a body in words. A body in no list has no id of its own in a label: it is
right where its name is, so its key is that name, spelt plainly.
"""

from __future__ import annotations

import csv
import re
from functools import lru_cache
from pathlib import Path

from pipeline.tag import slips
from pipeline.tag.gazetteer import gazetteer

FILE = Path(__file__).with_name("agencies_crosswalk.csv")


def plain(name: str) -> str:
    """One spelling of a name: what a label and a tag have in common."""
    low = name.lower().replace("’", "'").replace("&", "and").replace("'", "")
    low = re.sub(r"\((.*?)\)", " ", low)
    low = re.sub(r"\bhm(yoi|p/yoi|p and yoi)\b", "hmp", low)
    return re.sub(r"[^a-z0-9]+", " ", low).strip().removeprefix("the ")


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    with FILE.open(encoding="utf-8", newline="") as f:
        return {plain(r["label"]): r["id"] for r in csv.DictReader(f)}


@lru_cache(maxsize=4096)
def key_of_label(name: str) -> str:
    """The id that a label means; the plain name of a body in no list."""
    if found := _table().get(plain(name)):
        return found
    whole = [c.id for c in gazetteer().find(name) if c.end - c.start >= len(name) - 4]
    if len(whole) == 1:
        return whole[0]
    trust = slips.meant(name, "trust") if "Trust" in name else None
    return trust.id if trust else plain(name)


def key_of_tag(agency_id: str, name: str) -> str:
    """The id of a listed body; the plain name of one in no list."""
    return plain(name) if agency_id.startswith("unlisted:") else agency_id
