"""One theme: what inspectors said about it, in their words; and all of them."""

from __future__ import annotations

from datasette.database import Database

from pipeline.knowledge import load_yaml
from pipeline.publish.listing import Listing, Page, Row, of_rows
from pipeline.publish.reading import first, rows

COLUMNS = ("polarity", "quote", "body", "body_id", "inspectorates", "headline", "publisher",
           "published_at", "first_seen_at", "access", "article_url", "confidence")  # fmt: skip
_SHOWN = 100
_SAID = f"""
SELECT DISTINCT f.id AS finding_id, f.kind AS polarity, f.quote, b.name AS body, f.body_id,
    f.confidence, a.id AS article_id, a.headline, a.publisher, a.published_at, a.first_seen_at,
    a.access, a.url AS article_url,
    (SELECT group_concat(g.name, '; ') FROM article_agencies x JOIN agencies g ON g.id = x.agency_id
        WHERE x.article_id = a.id AND x.role = 'inspectorate') AS inspectorates
FROM (
    SELECT article_id, start, "end" FROM article_themes WHERE theme_id = ?
    ORDER BY article_id DESC LIMIT 2000
) AS t
JOIN findings f ON f.article_id = t.article_id AND f.kind IN ('strength', 'weakness')
    AND f.speaker = 'inspectors' AND f.start < t."end" AND f."end" > t.start
JOIN articles a ON a.id = f.article_id
LEFT JOIN agencies b ON b.id = f.body_id
ORDER BY f.article_id DESC, f.start LIMIT {_SHOWN}
"""
_COUNT = "SELECT stories FROM facet_values WHERE facet = 'theme' AND value = ?"
_STORIES = """
SELECT DISTINCT a.id, a.headline, a.publisher, a.published_at, a.access FROM (
    SELECT DISTINCT article_id FROM article_themes WHERE theme_id = ?
    ORDER BY article_id DESC LIMIT 30
) AS t JOIN articles a ON a.id = t.article_id ORDER BY a.id DESC
"""
_BY_THEME = "SELECT value AS id, stories FROM facet_values WHERE facet = 'theme'"
_LIST = ("id", "name", "broader", "stories")


async def theme(db: Database, id_: str) -> Page | None:
    """The page of a theme by its id, None where there is none of that id."""
    every = {record["id"]: record for record in load_yaml("themes.yaml")}
    record = every.get(id_)
    if record is None:
        return None
    said = await rows(db, _SAID, id_)
    broader = every.get(record.get("broader", ""))
    thing: Row = {
        "id": id_,
        "name": record["name"],
        "broader": {"id": broader["id"], "name": broader["name"]} if broader else None,
        "narrower": [{"id": r["id"], "name": r["name"]} for r in every.values()
                     if r.get("broader") == id_],
        "examples": record["examples"],
        "stories": (await first(db, _COUNT, id_) or {"stories": 0})["stories"],
        "weaknesses": [s for s in said if s["polarity"] == "weakness"],
        "strengths": [s for s in said if s["polarity"] == "strength"],
        "newest": await rows(db, _STORIES, id_),
    }  # fmt: skip
    listing = Listing(
        title=record["name"],
        description=f"What inspectors found strong or weak about {record['name'].lower()}, in the "
        "words of the stories, newest first.",
        columns=COLUMNS,
        rows=of_rows(said, COLUMNS),
        asked=f"inspectors' strengths and weaknesses with the theme {id_}",
        truncated=len(said) == _SHOWN,
    )
    facts = {key: thing[key] for key in ("id", "name", "broader", "narrower", "stories")}
    return Page(template="theme.html", context={"thing": thing}, listing=listing, facts=facts)


async def all_themes(db: Database) -> Page:
    """Every theme that is known, under its broader one, with how many stories have it."""
    counted = {row["id"]: row["stories"] for row in await rows(db, _BY_THEME)}
    told = [
        {"id": r["id"], "name": r["name"], "broader": r.get("broader"),
         "stories": counted.get(r["id"], 0)}
        for r in load_yaml("themes.yaml")
    ]  # fmt: skip
    told.sort(key=lambda t: t["name"])
    known = {t["id"] for t in told}
    tops = [{**t, "narrower": [n for n in told if n["broader"] == t["id"]]} for t in told
            if t["broader"] not in known]  # fmt: skip
    listing = Listing(
        title="Themes",
        description="What stories are about beyond grades. Each theme is known by its words.",
        columns=_LIST,
        rows=of_rows(told, _LIST),
        asked="every theme",
        stories=(),
    )
    return Page(template="themes.html", context={"themes": tops, "every": told}, listing=listing,
                facts={}, stories=())  # fmt: skip
