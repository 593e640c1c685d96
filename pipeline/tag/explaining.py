"""For a person: which bodies a text names, and what was refused, each with its reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from pipeline.errors import KnowledgeError
from pipeline.models import Story
from pipeline.tag.agencies import agency_of, mentions, stories_names
from pipeline.tag.gazetteer import gazetteer


def explain(text: str, day: str | None = None, region: str | None = None) -> list[dict[str, Any]]:
    """Every body that the text names, and every near miss.

    Keys: id, name, code, start, end, quote, role, rule, confidence, accepted, why. `day` is
    YYYY-MM-DD; a wrong one raises KnowledgeError.
    """
    if day is not None:
        try:
            date.fromisoformat(day)
        except ValueError as e:
            raise KnowledgeError(f"{day} is not a date", path="agencies/", record="--date") from e
    story = Story(id="test", url=None, title=None, text=text, published_at=day, region=region)
    found = mentions(story)
    reasons, refused = stories_names(story)
    rows: list[dict[str, Any]] = []
    for m in found:
        agency = agency_of(m)
        kind = f"in no list; known as {agency.kind} by: {m.rule}"
        why = reasons.get((m.start, m.id)) or (
            "points back to what was last named" if m.rule == "points back" else kind
        )
        rows.append(
            {"id": m.id, "name": m.name, "code": agency.code, "start": m.start, "end": m.end,
             "quote": m.quote, "role": m.role, "rule": m.rule, "accepted": True, "why": why,
             "confidence": m.confidence}
        )  # fmt: skip
    for c in refused:
        if not any(r["start"] < c.end and c.start < r["end"] for r in rows if r["accepted"]):
            record = gazetteer().get(c.id)
            assert record is not None, c.id
            rows.append(
                {"id": c.id, "name": record.name, "code": record.code, "start": c.start,
                 "end": c.end, "quote": c.quote, "role": None, "rule": c.rule, "accepted": False,
                 "why": c.why, "confidence": None}
            )  # fmt: skip
    return sorted(rows, key=lambda r: (r["start"], not r["accepted"]))
