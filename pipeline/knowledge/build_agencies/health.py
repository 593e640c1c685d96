"""NHS trusts, integrated care boards and Welsh health boards, of ODS and ONS."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from pipeline.knowledge.build_agencies import names
from pipeline.knowledge.build_agencies.rows import Row, identifiers, join, records, row, slug

_SMALL = {"and", "of", "the", "for", "upon", "on", "with"}


def title_case(name: str) -> str:
    """`THE QUEEN ELIZABETH HOSPITAL, KING'S LYNN, NHS FOUNDATION TRUST` as it is written."""
    words = []
    for i, word in enumerate(name.strip().lower().split()):
        if word.strip(",") == "nhs":
            words.append(word.upper())
        elif i and word in _SMALL:
            words.append(word)
        else:
            words.append("-".join(part[:1].upper() + part[1:] for part in word.split("-")))
    return " ".join(words).replace("National Health Service Trust", "NHS Trust")


def trusts(lists: Path) -> Iterator[Row]:
    """The NHS trusts of England, and the three of Wales, open or closed."""
    with (lists / "nhs-trusts-etr.csv").open(encoding="utf-8", newline="") as f:
        etr = {r[0]: (r[1], _iso(r[10]), _iso(r[11])) for r in csv.reader(f) if r}
    for r in records(lists / "nhs-trusts.csv"):
        etr.setdefault(r["ods_code"], (r["trust_name"], "", ""))
    taken: set[str] = set()
    for code, (raw, opened, closed) in etr.items():
        name = title_case(raw)
        if "NHS" not in name or name in taken:
            continue
        taken.add(name)
        stem = names.trust_stem(name).removeprefix("The ")
        wales = "Wales" in name or "Welsh" in name or "Velindre" in name
        # ODS dates a code, not a body: a date of 1991–2007 says nothing about the name in use.
        yield row(
            id=f"trust:{slug(stem)}", name=name, kind="trust", code=code,
            identifiers=identifiers(ods=code), nation="Wales" if wales else "England",
            valid_from=opened if opened > "2008" else "", valid_until=closed, source="ODS",
            names=join(names.trust(name)),
        )  # fmt: skip


def _iso(compact: str) -> str:
    return f"{compact[:4]}-{compact[4:6]}-{compact[6:]}" if len(compact) == 8 else ""


def icb_stem(name: str) -> str:
    """`NHS Kent and Medway Integrated Care Board` → `Kent and Medway`."""
    return name.removeprefix("NHS ").removesuffix(" Integrated Care Board")


def boards(lists: Path) -> Iterator[Row]:
    """The integrated care boards of 2022, and the health boards of Wales."""
    for r in records(lists / "nhs-integrated-care-boards.csv"):
        name = title_case(r["name"])
        stem = icb_stem(name)
        yield row(
            id=f"icb:{slug(stem)}", name=name, kind="icb", code=r["gss_code"],
            identifiers=identifiers(gss=r["gss_code"], ods=r["ods_code"]), nation="England",
            valid_from="2022-07-01", source="ODS; ONS", area=stem, names=join(names.icb(stem)),
        )  # fmt: skip
    for r in records(lists / "welsh-health-boards.csv"):
        name = title_case(r["health_board"])
        stem = re.sub(r" (University|Teaching) Health Board$", "", name)
        yield row(
            id=f"health-board:{slug(stem)}", name=name, kind="health-board", code=r["gss_code"],
            identifiers=identifiers(gss=r["gss_code"], ods=r["ods_code"]), nation="Wales",
            source="ODS; ONS", area=stem, names=join(names.welsh_board(name, stem)),
        )  # fmt: skip
