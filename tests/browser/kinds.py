"""A page of every kind of the demo's archive, for what is looked at on each."""

from __future__ import annotations

_HARWICK = "http://www.childrenweekly.example/content/news/harwick-downgraded-to-inadequate-for-help-and-protection"

#: name → path
KINDS: dict[str, str] = {
    "front": "/",
    "front-watched": "/?watch=Harwick+Borough+Council&watch=North+East&watch=Nowhere",
    "search": "/search?q=inspectors&report=yes",
    "search-nothing": "/search?q=zeppelin",
    "story": f"/story?url={_HARWICK}",
    "agency": "/agency/unlisted:prison:hmp-fellgate",
    "agency-council": "/agency/council:north-tyneside",
    "inspectorate": "/inspectorate/ofsted",
    "framework": "/framework/ilacs",
    "frameworks": "/frameworks",
    "theme": "/theme/leadership",
    "themes": "/themes",
    "source": "/source/schools-gazette",
    "source-silent": "/source/harbour-times",
    "map": "/map",
    "map-chosen": "/map?region=South+West",
    "map-empty": "/map?region=Atlantis",
    "questions": "/questions",
    "question": "/question/latest-judgement?body=Harwick",
    "question-wide": "/question/weaknesses-by-theme",
    "data": "/demo",
    "table": "/demo/source_health",
    "table-facets": "/demo/inspections_reported?_facet=access&access=open&grade__contains=good",
    "coverage": "/demo/agency_coverage",
    "row": "/demo/findings/1",
    "sql": "/demo?sql=select+headline%2C+grade+from+inspections_reported",
    "not-found": "/story/999999",
}
