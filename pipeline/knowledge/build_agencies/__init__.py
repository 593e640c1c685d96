"""Makes `listed.csv` and `neighbours.csv`: `python -m pipeline.knowledge.build_agencies LISTS`.

LISTS is a folder that holds the public lists named below. What they have wrong or lack is put right
in `agencies/patches.yaml`, each correction with its reason; what stands in no list is typed by hand
in `agencies/typed/`, each row with its source. Running this again on the same lists gives the same
file.

Sources: councils from mySociety uk_local_authority_names_and_codes (CC BY 4.0), GSS codes from ONS
(OGL v3; where the two differ ONS wins), Ofsted's provider numbers and the statistical neighbours of
councils from ofsted-ilacs-scrape-tool (MIT), police, fire and prisons from the GOV.UK registers
(OGL), police force areas from ONS, NHS organisations from ODS (OGL v3).
"""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import KnowledgeError
from pipeline.knowledge import load_yaml
from pipeline.knowledge.build_agencies import councils, health, services
from pipeline.knowledge.build_agencies.patches import PATH, patched
from pipeline.knowledge.build_agencies.positions import placed
from pipeline.knowledge.build_agencies.rows import Row
from pipeline.knowledge.build_agencies.typed import covers, stands, typed


def build(lists: Path) -> list[Row]:
    """Every row, patched and placed, councils first. Raises KnowledgeError for an id twice."""
    patches = load_yaml(PATH)
    of_councils = [p for p in patches if p["ids"][0].startswith("council:")]
    rows = patched(list(councils.councils(lists)), of_councils)
    others = [*councils.combined(lists), *councils.of_areas(rows)]
    others += [*services.police(lists), *services.fire(lists), *services.prisons(lists)]
    others += [*health.trusts(lists), *health.boards(lists)]
    rows += patched(others, [p for p in patches if p not in of_councils]) + list(typed())
    seen: set[str] = set()
    for r in rows:
        if r["id"] in seen:
            raise KnowledgeError("stands twice", path="agencies/listed.csv", record=r["id"])
        seen.add(r["id"])
    return placed(rows, covers(), stands())
