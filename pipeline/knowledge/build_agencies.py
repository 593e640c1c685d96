"""Makes `agencies/listed.csv` of public lists: `python -m pipeline.knowledge.build_agencies LISTS`.

LISTS is a folder that holds the lists named in SOURCES below. What they have wrong or lack is put
right in `agencies/patches.yaml`, each with its reason; what stands in no list is typed by hand in
`agencies/inspectorates.yaml`, `agencies/others.yaml` and `agencies/extra.yaml`. Running this again
on the same lists gives the same file.

Sources: councils from mySociety uk_local_authority_names_and_codes (CC BY 4.0), GSS codes from ONS
(OGL v3; where the two differ ONS wins), police and prisons from the GOV.UK registers (OGL), police
force areas from ONS, NHS organisations from ODS (OGL v3).
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pipeline.errors import KnowledgeError
from pipeline.knowledge import folder, load_yaml

COLUMNS = (
    "id", "name", "kind", "code", "nation", "region", "latitude", "longitude", "valid_from",
    "valid_until", "successor", "source", "area", "names", "bare",
)  # fmt: skip
Row = dict[str, str]

_TYPES = {  # how a council of each type is called, beside its official name
    "UA": ("Council", "Borough Council", "City Council", "Unitary Authority"),
    "MD": ("Council", "Borough Council", "Metropolitan Borough Council", "MBC", "City Council"),
    "LBO": ("Council", "Borough Council", "Borough", "London Borough Council"),
    "CC": ("Council",),
    "CTY": ("County Council", "Council"),
    "NMD": ("Council", "District Council", "Borough Council"),
    "WPA": ("Council", "County Council", "County Borough Council"),
    "SCO": ("Council",),
    "NID": ("Council", "Borough Council", "District Council"),
}
_UPPER = {"UA", "MD", "LBO", "CC", "CTY", "WPA"}
_YOUTH = ("Youth Justice Service", "Youth Justice Services", "Youth Offending Service", "YJS",
          "Youth Offending Team", "Youth Justice Team", "Youth Justice Partnership", "YOT", "YOS",
          "Youth Offending Services", "Youth Justice and Support Service")  # fmt: skip
_CHILDREN = ("Safeguarding Children Partnership", "Local Safeguarding Children Board", "LSCB",
             "Safeguarding Children Board", "Safeguarding Children's Partnership",
             "Safeguarding Children's Board", "Local Safeguarding Children's Board")  # fmt: skip
_ADULTS = (
    "Safeguarding Adults Board",
    "Safeguarding Adults Partnership",
    "Safeguarding Adult Board",
)


def slug(name: str) -> str:
    """`St. Helens` → `st-helens`."""
    plain = name.lower().replace("'", "").replace("’", "").replace(".", "").replace("&", "and")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def _row(**cells: str) -> Row:
    return {column: cells.get(column, "") for column in COLUMNS}


def _join(names: Iterable[str]) -> str:
    unique = dict.fromkeys(" ".join(n.split()) for n in names if n.strip())
    return "|".join(unique)


def _records(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f, delimiter=delimiter))


# ------------------------------------------------------------------------------- councils


def _active_codes(lists: Path) -> dict[str, str]:
    """Old GSS code → the code in force, of districts that ONS recoded without abolishing them."""
    active: dict[str, str] = {}
    for r in _records(lists / "gss-lad-all-codes.csv"):
        if r["LADCD"] != r["LADCD_ACTIVE"] and r["LADNM"] == r["LADNM_ACTIVE"]:
            active[r["LADCD"]] = r["LADCD_ACTIVE"]
    return active


def _bare(r: dict[str, str]) -> str:
    """The area's own name: `The Vale of Glamorgan` → `Vale of Glamorgan`."""
    name = " ".join(r["nice-name"].split())
    name = re.sub(r"^(The|City of|County) (?=[A-Z])", "", name)
    return re.sub(r" (Council|CCA|MCA|City|County)$", "", name) or name


def _council_names(r: dict[str, str], bare: str) -> list[str]:
    kind, official = r["local-authority-type"], " ".join(r["official-name"].split())
    suffixes = _TYPES[kind]
    if kind in ("UA", "SCO", "WPA", "NID") and "City" not in official:
        suffixes = tuple(s for s in suffixes if s != "City Council")
    names = [official, official.removeprefix("The "), *(f"{bare} {s}" for s in suffixes)]
    if kind == "LBO":
        names += [f"London Borough of {bare}", f"Royal Borough of {bare}", f"LB {bare}"]
    if "City" in official:
        names += [f"City of {bare} Council", f"{bare} City Council"]
    spelt = [n.replace(" and ", " & ") for n in names] + [n.replace(" & ", " and ") for n in names]
    return names + spelt


def _council_id(r: dict[str, str], bare: str, taken: set[str]) -> str:
    plain = f"council:{slug(bare)}"
    if r["end-date"] and (plain in taken or r["local-authority-type"] == "CTY"):
        return f"{plain}-county" if r["local-authority-type"] == "CTY" else f"{plain}-former"
    return plain


def _councils(lists: Path) -> Iterator[Row]:
    active = _active_codes(lists)
    records = _records(lists / "uk-local-authorities-all-time.csv")
    records.sort(key=lambda r: bool(r["end-date"]))  # current ones take the plain ids
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for r in records:
        if r["local-authority-type"] in _TYPES:
            ids[r["local-authority-code"]] = _council_id(r, _bare(r), taken)
            taken.add(ids[r["local-authority-code"]])
    for r in records:
        if r["local-authority-type"] not in _TYPES:
            continue
        bare, code = _bare(r), r["gss-code"]
        yield _row(
            id=ids[r["local-authority-code"]],
            name=" ".join(r["official-name"].split()),
            kind="council",
            code=code if r["end-date"] else active.get(code, code),
            nation=r["nation"],
            region=r["region"],
            latitude=f"{float(r['lat']):.4f}" if r["lat"] else "",
            longitude=f"{float(r['long']):.4f}" if r["long"] else "",
            valid_from=_founded(r),
            valid_until=r["end-date"],
            successor=";".join(ids[c] for c in r["replaced-by"].split(",") if c in ids),
            source="mySociety; ONS",
            area=bare,
            names=_join(_council_names(r, bare)),
            bare=bare if r["local-authority-type"] in _UPPER | {"SCO"} else "",
        )


def _founded(r: dict[str, str]) -> str:
    """The list dates many councils by when it began to record them (2005): no date is truer."""
    return "" if r["start-date"].startswith("2005") else r["start-date"]


def _combined(lists: Path) -> Iterator[Row]:
    for r in _records(lists / "uk-local-authorities.csv"):
        if r["local-authority-type"] not in ("COMB", "SRA"):
            continue
        name = " ".join(r["official-name"].split())
        yield _row(
            id=f"combined-authority:{slug(_bare(r))}", name=name, kind="combined-authority",
            code=r["gss-code"], nation=r["nation"], region=r["region"], names=name,
            valid_from=_founded(r), source="mySociety", area=_bare(r),
        )  # fmt: skip


def _of_areas(councils: list[Row]) -> Iterator[Row]:
    """Youth justice services and safeguarding boards: one for each upper-tier area, by its name."""
    for c in councils:
        upper = c["code"][:3] in ("E06", "E08", "E09", "E10", "W06")
        if not upper or not c["bare"] or c["valid_until"]:
            continue
        key = c["id"].removeprefix("council:")
        for kind, forms, label in (
            ("youth-justice", _YOUTH, "Youth Justice Service"),
            ("safeguarding-children", _CHILDREN, "Safeguarding Children Partnership"),
            ("safeguarding-adults", _ADULTS, "Safeguarding Adults Board"),
        ):
            names = [f"{b} {f}" for b in c["bare"].split("|") for f in forms]
            yield _row(
                id=f"{kind}:{key}", name=f"{c['area']} {label}", kind=kind, nation=c["nation"],
                region=c["region"], source="derived from the council", area=c["area"],
                names=_join(names + [n.replace(" and ", " & ") for n in names]),
            )  # fmt: skip


# ------------------------------------------------------------------------------- police, fire


def _police(lists: Path) -> Iterator[Row]:
    codes = json.loads((lists / "police-force-area-codes.json").read_text(encoding="utf-8"))
    by_area = {
        slug(name.removesuffix(" Police")): code for code, name in codes.items() if code[0] in "EWS"
    }
    for r in _records(lists / "police-forces.tsv", "\t"):
        key, name = r["police-force"], r["name"]
        area = re.sub(r" (Police( Service)?|Constabulary)$", "", name)
        names = [name, *(f"{area} {s}" for s in ("Police", "Constabulary", "Police Force"))]
        pcc = [f"{area} {s}" for s in _COMMISSIONERS]
        pcc += [f"{s} for {area}" for s in _COMMISSIONERS]
        nation = "Wales" if by_area.get(key, "").startswith("W") else "England"
        common = {"nation": nation, "source": "GOV.UK register; ONS", "area": area}
        yield _row(
            id=f"police:{key}", name=name, kind="police", code=by_area.get(key, ""),
            names=_join(names + [n.replace(" & ", " and ") for n in names]), **common,
        )  # fmt: skip
        yield _row(
            id=f"police-commissioner:{key}", name=f"{area} {_COMMISSIONERS[0]}",
            kind="police-commissioner", names=_join([*pcc, f"{area} PCC"]), **common,
        )  # fmt: skip


_COMMISSIONERS = ("Police and Crime Commissioner", "Police, Fire and Crime Commissioner",
                  "Police & Crime Commissioner")  # fmt: skip


def _fire(lists: Path) -> Iterator[Row]:
    for r in _records(lists / "fire-services-england.tsv", "\t"):
        name = r["name"]
        area = re.sub(r" (County )?Fire (and Rescue Service|Brigade)$", "", name)
        forms = ("Fire and Rescue Service", "Fire & Rescue Service", "Fire Service", "FRS",
                 "Fire and Rescue", "Fire & Rescue", "Fire and Rescue Authority", "Fire Brigade",
                 "Fire Authority")  # fmt: skip
        yield _row(
            id=f"fire:{slug(area)}", name=name, kind="fire", nation="England", area=area,
            source="GOV.UK register", names=_join([name, *(f"{area} {f}" for f in forms)]),
        )  # fmt: skip


# ------------------------------------------------------------------------------- NHS

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


_HEALTH = re.compile(r"(Healthcare|Health|Hospitals|Partnership|Ambulance Service|Alliance|Care)$")


def _trust_names(name: str) -> list[str]:
    stem = re.sub(r",? NHS (Foundation )?Trust$", "", name)
    ends = ("NHS Foundation Trust", "NHS Trust", "Foundation Trust", "NHS FT", "Trust", "NHS")
    names = [name, *(f"{stem} {e}" for e in ends)]
    if _HEALTH.search(stem) and len(stem.split()) > 1:
        names.append(stem)
    if stem.startswith("The "):
        names += [n.removeprefix("The ") for n in names]
    return names + [n.replace(" & ", " and ") for n in names]


def _trusts(lists: Path) -> Iterator[Row]:
    with (lists / "nhs-trusts-etr.csv").open(encoding="utf-8", newline="") as f:
        etr = {r[0]: (r[1], _iso(r[10]), _iso(r[11])) for r in csv.reader(f) if r}
    for r in _records(lists / "nhs-trusts.csv"):
        etr.setdefault(r["ods_code"], (r["trust_name"], "", ""))
    taken: set[str] = set()
    for code, (raw, opened, closed) in etr.items():
        name = title_case(raw)
        if "NHS" not in name or name in taken:
            continue
        taken.add(name)
        stem = re.sub(r",? NHS (Foundation )?Trust$", "", name).removeprefix("The ")
        wales = "Wales" in name or "Welsh" in name or "Velindre" in name
        # ODS dates a code, not a body: a date of 1991–2007 says nothing about the name in use.
        yield _row(
            id=f"trust:{slug(stem)}", name=name, kind="trust", code=code,
            nation="Wales" if wales else "England", valid_until=closed, source="ODS",
            valid_from=opened if opened > "2008" else "", names=_join(_trust_names(name)),
        )  # fmt: skip


def _iso(compact: str) -> str:
    return f"{compact[:4]}-{compact[4:6]}-{compact[6:]}" if len(compact) == 8 else ""


def _boards(lists: Path) -> Iterator[Row]:
    for r in _records(lists / "nhs-integrated-care-boards.csv"):
        name = title_case(r["name"])
        stem = name.removeprefix("NHS ").removesuffix(" Integrated Care Board")
        ends = ("Integrated Care Board", "ICB")
        names = [f"{p}{stem} {e}" for p in ("NHS ", "") for e in ends]
        yield _row(
            id=f"icb:{slug(stem)}", name=name, kind="icb", code=r["gss_code"], nation="England",
            valid_from="2022-07-01", source="ODS; ONS", area=stem, names=_join(names),
        )  # fmt: skip
    for r in _records(lists / "welsh-health-boards.csv"):
        name = title_case(r["health_board"])
        stem = re.sub(r" (University|Teaching) Health Board$", "", name)
        yield _row(
            id=f"health-board:{slug(stem)}", name=name, kind="health-board", code=r["gss_code"],
            nation="Wales", source="ODS; ONS",
            names=_join([name, f"{stem} Health Board", f"{stem} UHB"]),
        )  # fmt: skip


# ------------------------------------------------------------------------------- prisons


def _prison_names(stem: str) -> list[str]:
    before = ("HMP", "HMYOI", "HMP/YOI", "HMP & YOI", "HMP and YOI", "HMPYOI", "YOI", "HM Prison",
              "HMP and HMYOI", "HMP & HMYOI", "HM YOI")  # fmt: skip
    after = ("Prison", "YOI", "Young Offender Institution", "Young Offenders Institution", "Jail",
             "Young Offenders' Institution", "Immigration Removal Centre")  # fmt: skip
    return [f"{b} {stem}" for b in before] + [f"{stem} {a}" for a in after]


def _prisons(lists: Path) -> Iterator[Row]:
    rows: dict[str, Row] = {}
    for r in _records(lists / "prisons.tsv", "\t"):
        if r["name"].endswith("STC"):
            continue
        stem = re.sub(r"^(HMP/YOI|HMYOI|HMIRC|HMP) ", "", r["name"]).replace("HMP/YOI ", "")
        row = _row(
            id=f"prison:{slug(stem)}", name=r["name"], kind="prison", nation="England",
            valid_until=_last_day(r["end-date"]), source="GOV.UK register", area=stem,
            names=_join([r["name"], *_prison_names(stem)]),
        )  # fmt: skip
        rows.setdefault(row["id"], row)
    for key in ("prison:berwyn", "prison:cardiff", "prison:parc", "prison:swansea"):
        rows[key]["nation"] = "Wales"
    yield from rows.values()


def _last_day(when: str) -> str:
    """`2013-09` → `2013-09-28`: a month is known and no day: its end is the kinder reading."""
    return {4: f"{when}-12-31", 7: f"{when}-28"}.get(len(when), when)


# ------------------------------------------------------------------------------- patches


def _patched(rows: list[Row], patches: list[dict[str, Any]], path: str) -> list[Row]:
    """Applies `patches.yaml`: `set` cells, `names` and `bare` to add, `drop_names` to leave out."""
    by_id = {r["id"]: r for r in rows}
    for patch in patches:
        row = by_id.get(patch["id"])
        if row is None:
            raise KnowledgeError(
                "patches an agency that no list has", path=path, record=patch["id"]
            )
        row.update(patch.get("set", {}))
        dropped = set(patch.get("drop_names", ()))
        kept = [n for n in row["names"].split("|") if n not in dropped]
        row["names"] = _join([*kept, *patch.get("names", ())])
        row["bare"] = _join([*row["bare"].split("|"), *patch.get("bare", ())])
        for name in patch.get("bare", ()) if row["kind"] == "council" else ():
            row["names"] = _join([row["names"], f"{name} Council", f"{name} Borough Council"])
    return [r for r in rows if not any(p.get("drop") for p in patches if p["id"] == r["id"])]


def build(lists: Path) -> list[Row]:
    """Every row, patched, councils first. Raises KnowledgeError where an id would stand twice."""
    patches, path = load_yaml("agencies/patches.yaml"), "agencies/patches.yaml"
    councils = list(_councils(lists))
    ours = [p for p in patches if p["id"].startswith("council:")]
    councils = _patched(councils, ours, path)
    rest = [*_combined(lists), *_of_areas(councils), *_police(lists), *_fire(lists)]
    rest += [*_trusts(lists), *_boards(lists), *_prisons(lists)]
    rows = councils + _patched(rest, [p for p in patches if p not in ours], path)
    seen: set[str] = set()
    for row in rows:
        if row["id"] in seen:
            raise KnowledgeError("stands twice", path="agencies/listed.csv", record=row["id"])
        seen.add(row["id"])
    return rows


def main(argv: list[str]) -> int:
    if len(argv) != 1:
        print("usage: python -m pipeline.knowledge.build_agencies LISTS_FOLDER", file=sys.stderr)
        return 2
    rows = build(Path(argv[0]))
    target = folder() / "agencies" / "listed.csv"
    with target.open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} agencies written to {target.name}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
