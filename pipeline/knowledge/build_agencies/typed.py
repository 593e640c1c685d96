"""What no public list has, typed by hand in `agencies/typed/`, one file a kind, each row with its
source; and where bodies stand: which councils they cover, or in whose area they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pipeline.knowledge import folder
from pipeline.knowledge.build_agencies import names
from pipeline.knowledge.build_agencies.health import icb_stem
from pipeline.knowledge.build_agencies.rows import Row, identifiers, join, records, row
from pipeline.knowledge.build_agencies.services import fire_area, police_area, prison_stem

#: Files of rows (the others say where bodies stand).
ROWS = (
    "councils", "police", "fire", "prisons", "secure", "probation", "health", "icbs", "ccgs",
    "youth-justice", "safeguarding", "childrens-trusts", "partnerships",
)  # fmt: skip
COVERS = ("icb-councils", "police-councils")
STANDS = ("trust-places", "prison-places")


def typed() -> Iterator[Row]:
    """The rows of every file, with the forms of their names that papers use."""
    for file in ROWS:
        for r in _read(file):
            yield row(
                id=r["id"], name=r["name"], kind=r["kind"], code=r["gss"] or r["ods"],
                identifiers=identifiers(gss=r["gss"], ods=r["ods"]), nation=r["nation"],
                region=r["region"], valid_from=r["valid_from"], valid_until=r["valid_until"],
                successor=r["successor"], parent=r["parent"], area=r["area"], bare=r["bare"],
                names=join([r["name"], *r["names"].split("|"), *_forms(r)]), source=r["source"],
            )  # fmt: skip


def _forms(r: dict[str, str]) -> list[str]:
    made = _BY_KIND.get(r["kind"])
    return made(r) if made else []


def _council(r: dict[str, str]) -> list[str]:
    type_ = "CTY" if r["name"].endswith("County Council") else "NMD"
    return names.council(type_, r["name"], r["area"]) if r["area"] else []


def _police(r: dict[str, str]) -> list[str]:
    territorial = r["area"] and r["name"].startswith(r["area"])
    return names.police(r["name"], police_area(r["name"])) if territorial else []


def _health_board(r: dict[str, str]) -> list[str]:
    if r["nation"] == "Scotland" and r["name"].startswith("NHS "):
        return names.scottish_board(r["name"])
    stem = re.sub(r" (University |Teaching )?Health Board$", "", r["name"])
    return names.welsh_board(r["name"], stem) if r["nation"] == "Wales" else []


def _trust(r: dict[str, str]) -> list[str]:
    return (
        names.ni_trust(r["name"]) if r["nation"] == "Northern Ireland" else names.trust(r["name"])
    )


def _of_area(form: str) -> Callable[[dict[str, str]], list[str]]:
    return lambda r: names.of_area(form, [r["area"]]) if r["area"] else []


_BY_KIND: dict[str, Callable[[dict[str, str]], list[str]]] = {
    "council": _council,
    "police": _police,
    "fire": lambda r: names.fire(r["name"], fire_area(r["name"])),
    "prison": lambda r: names.prison(prison_stem(r["name"])),
    "health-board": _health_board,
    "trust": _trust,
    "icb": lambda r: names.icb(icb_stem(r["name"])),
    "ccg": lambda r: names.ccg(_ccg_stem(r["name"])),
    "youth-justice": _of_area("youth-justice"),
    "partnership": _of_area("partnership"),
}


def _ccg_stem(name: str) -> str:
    return name.removeprefix("NHS ").removesuffix(" Clinical Commissioning Group")


def covers() -> dict[str, tuple[str, ...]]:
    """Body → the councils whose areas it covers."""
    return {r["id"]: tuple(c for c in r["councils"].split(";") if c)
            for file in COVERS for r in _read(file)}  # fmt: skip


def stands() -> dict[str, tuple[str, str]]:
    """Trust or prison → the council in whose area its main site stands, and its care board."""
    return {r["id"]: (r["council"], r.get("icb", "")) for file in STANDS for r in _read(file)}


def _read(file: str) -> list[dict[str, str]]:
    return records(folder() / "agencies" / "typed" / f"{file}.csv")
