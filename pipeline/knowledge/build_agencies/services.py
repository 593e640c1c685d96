"""Police forces, fire services and prisons, of the GOV.UK registers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.knowledge.build_agencies import names
from pipeline.knowledge.build_agencies.rows import Row, identifiers, join, records, row, slug


def police(lists: Path) -> Iterator[Row]:
    """The territorial forces of England and Wales and PSNI, each with its commissioner."""
    codes = json.loads((lists / "police-force-area-codes.json").read_text(encoding="utf-8"))
    by_area = {
        slug(name.removesuffix(" Police")): code for code, name in codes.items() if code[0] in "EWS"
    }
    for r in records(lists / "police-forces.tsv", "\t"):
        key, name = r["police-force"], r["name"]
        area, code = police_area(name), by_area.get(key, "")
        nation = "Wales" if code.startswith("W") else "England"
        common = {"nation": nation, "source": "GOV.UK register; ONS", "area": area}
        yield row(
            id=f"police:{key}", name=name, kind="police", code=code,
            identifiers=identifiers(gss=code), names=join(names.police(name, area)), **common,
        )  # fmt: skip
        yield row(
            id=f"police-commissioner:{key}", kind="police-commissioner", parent=f"police:{key}",
            name=f"{area} Police and Crime Commissioner", names=join(names.commissioner(area)),
            valid_from="2012-11-22", **common,
        )  # fmt: skip


def police_area(name: str) -> str:
    """`Avon and Somerset Constabulary` → `Avon and Somerset`."""
    return re.sub(r" (Police( Service)?|Constabulary)$", "", name)


def fire_area(name: str) -> str:
    """`Essex County Fire and Rescue Service` → `Essex`."""
    return re.sub(r" (County )?Fire (and Rescue Service|Brigade)$", "", name)


def fire(lists: Path) -> Iterator[Row]:
    """The fire and rescue services of England in 2018."""
    for r in records(lists / "fire-services-england.tsv", "\t"):
        name, area = r["name"], fire_area(r["name"])
        yield row(
            id=f"fire:{slug(area)}", name=name, kind="fire", nation="England", area=area,
            source="GOV.UK register", names=join(names.fire(name, area)),
        )  # fmt: skip


_WELSH = frozenset({"prison:berwyn", "prison:cardiff", "prison:parc", "prison:swansea"})


def prisons(lists: Path) -> Iterator[Row]:
    """The prisons of England and Wales in 2017, those closed by then as well."""
    seen: set[str] = set()
    for r in records(lists / "prisons.tsv", "\t"):
        if r["name"].endswith("STC"):
            continue
        stem = prison_stem(r["name"])
        id_ = f"prison:{slug(stem)}"
        if id_ in seen:
            continue
        seen.add(id_)
        yield row(
            id=id_, name=r["name"], kind="prison", area=stem,
            nation="Wales" if id_ in _WELSH else "England",
            identifiers=identifiers(nomis=r["prison-estate"]),
            valid_until=_last_day(r["end-date"]), source="GOV.UK register",
            names=join([r["name"], *names.prison(stem)]),
        )  # fmt: skip


def prison_stem(name: str) -> str:
    """`HMP/YOI Askham Grange` → `Askham Grange`."""
    stem = re.sub(r"^(HMP/YOI|HMYOI|HMIRC|HMP & YOI|HMP and YOI|HMP|HM Prison) ", "", name)
    return stem.replace("HMP/YOI ", "")


def _last_day(when: str) -> str:
    """`2013-09` → `2013-09-28`: a month is known and no day: its end is the kinder reading."""
    return {4: f"{when}-12-31", 7: f"{when}-28"}.get(len(when), when)
