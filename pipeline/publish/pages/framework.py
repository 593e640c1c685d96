"""One framework with its scale, and all of them."""

from __future__ import annotations

from datasette.database import Database

from pipeline.publish.listing import Listing, Page, Row, of_rows
from pipeline.publish.pages.inspectorate import described, spread
from pipeline.publish.pages.reports import COLUMNS, inspections, reports, told_first
from pipeline.publish.reading import first, rows
from pipeline.tag.frameworks import frameworks

_NEWEST = """
SELECT id FROM articles WHERE inspection_type = ? AND is_report = 1 ORDER BY id DESC LIMIT 40
"""
_COUNT = "SELECT count(*) AS n FROM articles WHERE inspection_type = ? AND is_report = 1"
_GRADES = """
SELECT f.framework, f.grade, f.rank, f.scale, count(DISTINCT f.article_id) AS stories
FROM findings f JOIN articles a ON a.id = f.article_id
WHERE a.inspection_type = ? AND f.kind = 'judgement' AND f.status = 'current'
    AND f.rank IS NOT NULL AND f.framework = a.inspection_type
GROUP BY f.grade, f.rank, f.scale
"""
_BY_TYPE = """
SELECT inspection_type AS id, count(*) AS reports FROM articles
WHERE inspection_type IS NOT NULL AND is_report = 1 GROUP BY inspection_type
"""
#: inspections that are shown
_SHOWN = 12
_NAMES = "SELECT id, name FROM agencies WHERE kind = 'inspectorate'"
_LIST = ("id", "name", "inspectorates", "since", "until", "grades", "overall", "reports")


async def framework(db: Database, id_: str) -> Page | None:
    """The page of a framework by its id, None where there is none of that id."""
    eras = [f for f in frameworks() if f.id == id_]
    if not eras:
        return None
    known = max(eras, key=lambda f: f.since)
    ids = [row["id"] for row in await rows(db, _NEWEST, id_)]
    found = await reports(db, ids)
    count = (await first(db, _COUNT, id_) or {})["n"]
    names = {row["id"]: row["name"] for row in await rows(db, _NAMES)}
    thing: Row = {
        **described(known),
        "eras": [described(f) for f in sorted(eras, key=lambda f: f.since, reverse=True)],
        "reports": count,
        "by": [{"id": i, "name": names.get(i, i)} for i in known.inspectorates],
        "spread": spread(await rows(db, _GRADES, id_)),
        "inspections": told_first(inspections(found)[:_SHOWN]),
    }  # fmt: skip
    listing = Listing(
        title=known.name,
        description=f"The newest reports of inspections under this framework ({id_}).",
        columns=COLUMNS,
        rows=of_rows(found, COLUMNS),
        asked=f"the newest reports with inspection_type {id_}",
        truncated=count > len(found),
    )
    facts = {key: value for key, value in thing.items() if key not in ("spread", "inspections")}
    return Page(template="framework.html", context={"thing": thing}, listing=listing, facts=facts)


async def all_frameworks(db: Database) -> Page:
    """Every framework that is known, with how many reports there are under each."""
    counted = {row["id"]: row["reports"] for row in await rows(db, _BY_TYPE)}
    names = {row["id"]: row["name"] for row in await rows(db, _NAMES)}
    told = []
    newest = {f.id: f for f in sorted(frameworks(), key=lambda f: f.since)}
    for known in newest.values():
        as_dict = described(known)
        current = next((s for s in as_dict["scales"] if s["until"] is None), None)
        told.append({
            **as_dict,
            "inspectorates": "; ".join(names.get(i, i) for i in known.inspectorates),
            "grades": ", ".join(current["grades"]) if current else None,
            "reports": counted.get(known.id, 0),
        })  # fmt: skip
    told.sort(key=lambda f: (f["inspectorates"], f["name"]))
    listing = Listing(
        title="Frameworks",
        description="The kinds of inspections that are told apart. A grade means something only "
        "with its framework.",
        columns=_LIST,
        rows=of_rows(told, _LIST),
        asked="every framework",
        stories=(),
    )
    return Page(template="frameworks.html", context={"frameworks": told}, listing=listing,
                facts={}, stories=())  # fmt: skip
