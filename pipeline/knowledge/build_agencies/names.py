"""How the press writes the names of each kind of body: the usual forms, made of its area or stem.

The gazetteer adds spellings to each ("&" for "and", "St." for "St", …). What only one body is
called ("Scotland Yard", "SaTH") stands in `patches.yaml` or `typed/`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.knowledge import load_yaml

_FIRE = ("Fire and Rescue Service", "Fire & Rescue Service", "Fire Service", "FRS",
         "Fire and Rescue", "Fire & Rescue", "Fire and Rescue Authority", "Fire Brigade",
         "Fire Authority")  # fmt: skip
_YOUTH = ("Youth Justice Service", "Youth Justice Services", "Youth Offending Service", "YJS",
          "Youth Offending Team", "Youth Justice Team", "Youth Justice Partnership", "YOT", "YOS",
          "Youth Offending Services", "Youth Justice and Support Service",
          "Youth Offending and Prevention Service")  # fmt: skip
_CHILDREN = ("Safeguarding Children Partnership", "Safeguarding Children's Partnership",
             "Children's Safeguarding Partnership", "Safeguarding Partnership")  # fmt: skip
_LSCB = ("Local Safeguarding Children Board", "LSCB", "Safeguarding Children Board",
         "Safeguarding Children's Board", "Local Safeguarding Children's Board",
         "Local Safeguarding Board")  # fmt: skip
_ADULTS = ("Safeguarding Adults Board", "Safeguarding Adults Partnership",
           "Safeguarding Adult Board")  # fmt: skip
_PARTNERSHIP = ("Health and Social Care Partnership", "Health & Social Care Partnership", "HSCP",
                "Integration Joint Board", "IJB")  # fmt: skip
_COMMISSIONER = ("Police and Crime Commissioner", "Police, Fire and Crime Commissioner",
                 "Police & Crime Commissioner")  # fmt: skip
OF_AREA = {
    "youth-justice": _YOUTH, "safeguarding-children": _CHILDREN, "lscb": _LSCB,
    "safeguarding-adults": _ADULTS, "partnership": _PARTNERSHIP,
}  # fmt: skip

_COUNCIL = {  # how a council of each type is called, beside its official name
    "UA": ("Council", "Borough Council", "City Council", "Unitary Authority"),
    "MD": (
        "Council",
        "Borough Council",
        "Metropolitan Borough Council",
        "MBC",
        "City Council",
        "Metropolitan Council",
        "Metropolitan District Council",
    ),
    "LBO": ("Council", "Borough Council", "Borough", "London Borough Council"),
    "CC": ("Council",),
    "CTY": ("County Council", "Council", "CC"),
    "NMD": ("Council", "District Council", "Borough Council"),
    "WPA": ("Council", "County Council", "County Borough Council"),
    "SCO": ("Council",),
    "NID": ("Council", "Borough Council", "District Council"),
}
COUNCIL_TYPES = frozenset(_COUNCIL)
_BEFORE_PRISON = ("HMP", "HMYOI", "HMP/YOI", "HMP & YOI", "HMP and YOI", "HMPYOI", "YOI",
                  "HM Prison", "HMP and HMYOI", "HMP & HMYOI", "HM YOI")  # fmt: skip
_AFTER_PRISON = ("Prison", "YOI", "Young Offender Institution", "Young Offenders Institution",
                 "Jail", "Young Offenders' Institution")  # fmt: skip
_TRUST = ("NHS Foundation Trust", "NHS Trust", "Foundation Trust", "NHS FT", "Trust", "NHS")
_HEALTH = re.compile(r"(Healthcare|Health|Hospitals|Partnership|Ambulance Service|Alliance|Care)$")


@lru_cache(maxsize=1)
def _short_areas() -> dict[str, list[str]]:
    return {r["area"]: r["short"] for r in load_yaml("agencies/short-areas.yaml")}


def short_areas(area: str) -> list[str]:
    """The area as papers shorten it: `Nottinghamshire` → `Notts`."""
    return _short_areas().get(area, [])


def council(type_: str, official: str, area: str) -> list[str]:
    """Of a council of a type of mySociety's list (UA, MD, LBO, …)."""
    suffixes = _COUNCIL[type_]
    if type_ in ("UA", "SCO", "WPA", "NID") and "City" not in official:
        suffixes = tuple(s for s in suffixes if s != "City Council")
    names = [official, official.removeprefix("The ")]
    names += [f"{a} {s}" for a in (area, *short_areas(area)) for s in suffixes]
    if type_ == "LBO":
        names += [f"London Borough of {area}", f"Royal Borough of {area}", f"LB {area}"]
    if "City" in official:
        names += [f"City of {area} Council", f"{area} City Council"]
    return names


def police(name: str, area: str) -> list[str]:
    ends = ("Police", "Constabulary", "Police Force", "Police Service", "force")
    areas = (area, *short_areas(area))
    names = [name, *(f"{a} {e}" for a in areas for e in ends)]
    names += [f"{a}'s {e}" for a in areas for e in ("police force", "police", "force")]
    return names


def commissioner(area: str) -> list[str]:
    names = [f"{area} {s}" for s in _COMMISSIONER] + [f"{s} for {area}" for s in _COMMISSIONER]
    names += [f"{area}'s {s}" for s in _COMMISSIONER]
    return [*names, *(f"{a} PCC" for a in (area, *short_areas(area)))]


def fire(name: str, area: str) -> list[str]:
    areas = (area, *short_areas(area))
    names = [name, *(f"{a} {f}" for a in areas for f in _FIRE)]
    names += [f"{a}'s {f}" for a in areas for f in ("fire service", "fire and rescue service")]
    return names


def trust(name: str) -> list[str]:
    """Of an English or Welsh NHS trust; its stem alone where that is no place ("… Hospitals")."""
    stem = trust_stem(name)
    names = [name, *(f"{stem} {e}" for e in _TRUST)]
    if _HEALTH.search(stem) and len(stem.split()) > 1:
        names.append(stem)
    if stem.startswith("The "):
        names += [n.removeprefix("The ") for n in names]
    return names


def trust_stem(name: str) -> str:
    """`The Newcastle upon Tyne Hospitals NHS Foundation Trust` without its last words."""
    return re.sub(r",? NHS (Foundation )?Trust$", "", name)


def icb(stem: str) -> list[str]:
    names = [f"{p}{stem} {e}" for p in ("NHS ", "") for e in ("Integrated Care Board", "ICB")]
    names.append(f"NHS {stem}")
    return names


def ccg(stem: str) -> list[str]:
    ends = ("Clinical Commissioning Group", "CCG")
    return [f"{p}{stem} {e}" for p in ("NHS ", "") for e in ends]


def welsh_board(name: str, stem: str) -> list[str]:
    ends = ("University Health Board", "Teaching Health Board", "Health Board", "UHB")
    return [name, *(f"{stem} {e}" for e in ends)]


def scottish_board(name: str) -> list[str]:
    stem = name.removeprefix("NHS ")
    return [name, f"NHS {stem}", f"{stem} Health Board", f"{stem} NHS Board"]


def ni_trust(name: str) -> list[str]:
    stem = name.removesuffix(" Health and Social Care Trust")
    ends = ("Health and Social Care Trust", "HSC Trust", "Health Trust", "HSCT",
            "Health & Social Care Trust")  # fmt: skip
    return [name, *(f"{stem} {e}" for e in ends)]


def prison(stem: str) -> list[str]:
    after = (*_AFTER_PRISON, "HMP", "HM Prison")
    return [f"{b} {stem}" for b in _BEFORE_PRISON] + [f"{stem} {a}" for a in after]


def of_area(form: str, areas: list[str]) -> list[str]:
    """Of what is called after its area: youth justice services, safeguarding boards, partnerships.

    `form` is a key of OF_AREA.
    """
    names = [f"{a} {f}" for a in areas for f in OF_AREA[form]]
    if form == "youth-justice":
        names += [f"{a}'s {f}" for a in areas for f in _YOUTH[:5]]
        names += [f"{f} in {a}" for a in areas
                  for f in ("Youth Offending Services", "Youth Justice Services")]  # fmt: skip
    return names
