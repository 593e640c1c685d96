"""The statistical neighbours of England's councils, of Ofsted's list of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import KnowledgeError
from pipeline.knowledge.build_agencies.rows import Row, records

COLUMNS = ("agency_id", "neighbour_ids")
_LIST = "ofsted-council-providers.csv"


def neighbours(lists: Path, agencies: list[Row]) -> Iterator[dict[str, str]]:
    """Each council that has neighbours, with their ids joined by ";", the closest first.

    `agencies`: the rows of `listed.csv`. The list names neighbours twice: by the old number of the
    local authority (`stat_neighbours`), which never changed, and by GSS code, some of which are out
    of date. The old number is read. Its order is that of closeness: it follows no code or name.
    Councils that were abolished have none. Raises KnowledgeError for a number that no body has.
    """
    known = {number: r["id"] for r in agencies for number in _numbers(r)}
    for r in records(lists / _LIST):
        numbers = [n.strip() for n in r["stat_neighbours"].split(",") if n.strip()]
        for number in (r["la_code"], *numbers):
            if number not in known:
                raise KnowledgeError("is no council's number", path=_LIST, record=number)
        if numbers:
            ids = ";".join(known[n] for n in numbers)
            yield {"agency_id": known[r["la_code"]], "neighbour_ids": ids}


def _numbers(agency: Row) -> list[str]:
    pairs = (i.split("=", 1) for i in agency["identifiers"].split("|") if i)
    return [number for name, number in pairs if name == "dfe"]
