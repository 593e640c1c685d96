"""Councils and combined authorities, of mySociety's list and ONS's codes; what their areas have."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from pipeline.knowledge.build_agencies import names
from pipeline.knowledge.build_agencies.rows import Row, identifiers, join, records, row, slug

_UPPER = {"UA", "MD", "LBO", "CC", "CTY", "WPA", "SCO"}
#: Local safeguarding children boards ended, and partnerships began, between these days (Children
#: and Social Work Act 2017; Working Together 2018, transitional arrangements).
LSCB_UNTIL, PARTNERSHIP_FROM = "2019-09-29", "2018-06-29"


def councils(lists: Path) -> Iterator[Row]:
    """Every council of the UK, current and former, as far as the list goes back (2015)."""
    found = records(lists / "uk-local-authorities-all-time.csv")
    found = [r for r in found if r["local-authority-type"] in names.COUNCIL_TYPES]
    found.sort(key=lambda r: bool(r["end-date"]))  # current ones take the plain ids
    active, former = _ons_codes(lists)
    ofsted = {r["la_code_new"]: r for r in records(lists / "ofsted-council-providers.csv")}
    ids: dict[str, str] = {}
    for r in found:
        ids[r["local-authority-code"]] = _id(r, _area(r), set(ids.values()))
    combined = {c: i for c, i, _ in _combined_ids(lists)}
    for r in found:
        area, listed, type_ = _area(r), r["gss-code"], r["local-authority-type"]
        official = " ".join(r["official-name"].split())
        gss = listed if r["end-date"] else active.get(listed, listed)
        provider = ofsted.get(gss, {})
        parent = ids.get(r["county-la"]) or combined.get(r["combined-authority"], "")
        old = [*former.get(gss, ()), *([listed] if listed != gss else [])]
        yield row(
            id=ids[r["local-authority-code"]], name=official, kind="council", code=gss,
            identifiers=identifiers(
                gss=gss, former_gss=";".join(dict.fromkeys(old)),
                urn=provider.get("urn", ""), dfe=provider.get("la_code", ""),
                site=provider.get("domain", "").removeprefix("www."),
            ),
            nation=r["nation"], region=r["region"],
            latitude=f"{float(r['lat']):.4f}" if r["lat"] else "",
            longitude=f"{float(r['long']):.4f}" if r["long"] else "",
            valid_from=_founded(r), valid_until=_last_day(r["end-date"]),
            successor=";".join(ids[c] for c in r["replaced-by"].split(",") if c in ids),
            parent=parent, source="mySociety; ONS", area=area,
            names=join(names.council(type_, official, area)),
            bare=join([area, *names.short_areas(area)]) if type_ in _UPPER else "",
        )  # fmt: skip


def _ons_codes(lists: Path) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Of areas that ONS recoded without abolishing: old code → code in force, and the other way."""
    active: dict[str, str] = {}
    former: dict[str, list[str]] = defaultdict(list)
    for r in records(lists / "gss-lad-all-codes.csv"):
        if r["LADCD"] != r["LADCD_ACTIVE"] and r["LADNM"] == r["LADNM_ACTIVE"]:
            active[r["LADCD"]] = r["LADCD_ACTIVE"]
            former[r["LADCD_ACTIVE"]].append(r["LADCD"])
    return active, former


def _area(r: dict[str, str]) -> str:
    """The area's own name: `The Vale of Glamorgan` → `Vale of Glamorgan`."""
    name = " ".join(r["nice-name"].split())
    name = re.sub(r"^(The|City of|County) (?=[A-Z])", "", name)
    return re.sub(r" (Council|CCA|MCA|City|County)$", "", name) or name


def _id(r: dict[str, str], area: str, taken: set[str]) -> str:
    plain = f"council:{slug(area)}"
    if r["end-date"] and (plain in taken or r["local-authority-type"] == "CTY"):
        return f"{plain}-county" if r["local-authority-type"] == "CTY" else f"{plain}-former"
    return plain


def _founded(r: dict[str, str]) -> str:
    """The list dates many councils by when it began to record them (2005): no date is truer."""
    return "" if r["start-date"].startswith("2005") else r["start-date"]


def _last_day(end: str) -> str:
    """The list gives the last day of some councils, of others the day after: 1 April."""
    if not end.endswith("-04-01"):
        return end
    return (date.fromisoformat(end) - timedelta(days=1)).isoformat()


def _combined_ids(lists: Path) -> Iterator[tuple[str, str, dict[str, str]]]:
    for r in records(lists / "uk-local-authorities.csv"):
        if r["local-authority-type"] in ("COMB", "SRA"):
            yield r["local-authority-code"], f"combined-authority:{slug(_area(r))}", r


def combined(lists: Path) -> Iterator[Row]:
    """Combined authorities and the Greater London Authority."""
    for _, id_, r in _combined_ids(lists):
        name = " ".join(r["official-name"].split())
        yield row(
            id=id_, name=name, kind="combined-authority", code=r["gss-code"],
            identifiers=identifiers(gss=r["gss-code"]), nation=r["nation"], region=r["region"],
            latitude=f"{float(r['lat']):.4f}" if r["lat"] else "",
            longitude=f"{float(r['long']):.4f}" if r["long"] else "",
            names=name, valid_from=_founded(r),
            source="mySociety", area=_area(r),
        )  # fmt: skip


def of_areas(councils: list[Row]) -> Iterator[Row]:
    """What every upper-tier area of England (and, youth justice, of Wales) has, by its name.

    Areas that were abolished had theirs until then, unless the successor goes by the same name.
    """
    living = {c["area"] for c in councils if not c["valid_until"]}
    for c in councils:
        upper = c["bare"] and c["nation"] in ("England", "Wales")
        if upper and (not c["valid_until"] or c["area"] not in living):
            yield from _youth_and_safeguarding(c)


def _youth_and_safeguarding(c: Row) -> Iterator[Row]:
    key, england = c["id"].removeprefix("council:"), c["nation"] == "England"
    until, areas = c["valid_until"], c["bare"].split("|")
    common = {"nation": c["nation"], "region": c["region"], "area": c["area"], "parent": c["id"],
              "latitude": c["latitude"], "longitude": c["longitude"],
              "source": "derived from the council"}  # fmt: skip
    yield row(
        id=f"youth-justice:{key}", name=f"{c['area']} Youth Justice Service", kind="youth-justice",
        names=join(names.of_area("youth-justice", areas)), valid_until=until, **common,
    )  # fmt: skip
    if not england:
        return
    yield row(
        id=f"safeguarding-adults:{key}", name=f"{c['area']} Safeguarding Adults Board",
        kind="safeguarding-adults", names=join(names.of_area("safeguarding-adults", areas)),
        valid_until=until, **common,
    )  # fmt: skip
    partnership = f"safeguarding-children:{key}"
    if not until or until > PARTNERSHIP_FROM:
        yield row(
            id=partnership, name=f"{c['area']} Safeguarding Children Partnership",
            kind="safeguarding-children", valid_from=PARTNERSHIP_FROM, valid_until=until,
            names=join(names.of_area("safeguarding-children", areas)), **common,
        )  # fmt: skip
    yield row(
        id=f"{partnership}-lscb", name=f"{c['area']} Local Safeguarding Children Board",
        kind="safeguarding-children", valid_until=min(until or LSCB_UNTIL, LSCB_UNTIL),
        successor=partnership if not until else "",
        names=join(names.of_area("lscb", areas)), **common,
    )  # fmt: skip
