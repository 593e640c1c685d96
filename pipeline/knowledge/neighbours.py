"""Which councils are compared with each other: `agencies/neighbours.csv`.

Made by `build_agencies` of Ofsted's list of councils (see there for its source and licence).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import KnowledgeError
from pipeline.knowledge import load_csv

PATH = "agencies/neighbours.csv"


def neighbours(name: str = PATH) -> Iterator[tuple[str, int, str]]:
    """Council, place (1 is the closest), neighbour; all by their ids in the gazetteer.

    Raises KnowledgeError where a council stands twice, or is a neighbour of its own or twice.
    """
    seen: set[str] = set()
    for row in load_csv(name):
        agency_id, ids = row["agency_id"], row["neighbour_ids"].split(";")
        if agency_id in seen or agency_id in ids or len(set(ids)) < len(ids):
            raise KnowledgeError("stands twice", path=name, record=agency_id)
        seen.add(agency_id)
        for place, neighbour_id in enumerate(ids, start=1):
            yield agency_id, place, neighbour_id
