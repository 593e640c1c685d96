"""What the lists have wrong or lack: `agencies/patches.yaml`, a record a correction, each with why.

Ids are those that the lists give: `set` may change one.
"""

from __future__ import annotations

from typing import Any

from pipeline.errors import KnowledgeError
from pipeline.knowledge.build_agencies.rows import Row, join

PATH = "agencies/patches.yaml"
_KEYS = {"ids", "why", "set", "names", "bare", "drop_names", "drop", "examples", "counterexamples"}


def patched(rows: list[Row], patches: list[dict[str, Any]]) -> list[Row]:
    """Applies patches: `set` cells, `names` and `bare` to add, `drop_names` to leave out, `drop`.

    Raises KnowledgeError where a patch has no `why`, an unknown key, or an id that no row has.
    """
    by_id = {r["id"]: r for r in rows}
    dropped: set[str] = set()
    for patch in patches:
        if unknown := set(patch) - _KEYS:
            raise KnowledgeError(f"unknown key {min(unknown)}", path=PATH, record=patch["ids"][0])
        if not patch.get("why"):
            raise KnowledgeError("says no why", path=PATH, record=patch["ids"][0])
        for id_ in patch["ids"]:
            if id_ not in by_id:
                raise KnowledgeError("patches what no list has", path=PATH, record=id_)
            _patch(by_id[id_], patch)
            dropped |= {id_} if patch.get("drop") else set()
    return [r for i, r in by_id.items() if i not in dropped]


def _patch(row: Row, patch: dict[str, Any]) -> None:
    row.update(patch.get("set", {}))
    dropped = set(patch.get("drop_names", ()))
    kept = [n for n in row["names"].split("|") if n not in dropped]
    row["names"] = join([*kept, *patch.get("names", ())])
    row["bare"] = join([*row["bare"].split("|"), *patch.get("bare", ())])
    if row["kind"] == "council":
        called = [f"{name} {end}" for name in patch.get("bare", ())
                  for end in ("Council", "Borough Council")]  # fmt: skip
        row["names"] = join([row["names"], *called])
