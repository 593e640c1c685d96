"""A page of every kind, for what is looked at on each: accessibility, titles, headings, width."""

from __future__ import annotations

#: name → path in the demo's archive
KINDS: dict[str, str] = {
    "front": "/",
    "front-watched": "/?watch=Harwick+Borough+Council&watch=North+East&watch=Nowhere",
    "search": "/search?q=inspectors&report=yes",
    "search-nothing": "/search?q=zeppelin",
    "story": "/story/11",
    "story-of-no-inspection": "/story/5",
    "agency": "/agency/unlisted%3Aprison%3Ahmp-fellgate",
    "agency-council": "/agency/council%3Anorth-tyneside",
    "inspectorate": "/inspectorate/ofsted",
    "framework": "/framework/ilacs",
    "frameworks": "/frameworks",
    "theme": "/theme/leadership",
    "themes": "/themes",
    "source": "/source/schools-gazette",
    "source-silent": "/source/harbour-times",
    "map": "/map",
    "map-empty": "/map?region=Atlantis",
    "questions": "/questions",
    "question": "/question/latest-judgement?body=Harwick",
    "question-wide": "/question/weaknesses-by-theme",
    "data": "/demo",
    "table": "/demo/source_health",
    "table-facets": "/demo/articles?_facet=access",
    "coverage": "/demo/agency_coverage",
    "row": "/demo/findings/1",
    "sql": "/demo?sql=select+headline%2C+grade+from+inspections_reported",
}
