"""What became of the stories of a source: read from their pages, from the feed, or not at all."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from pipeline.archive import Archive
from pipeline.archive.aliases import STORY_OF
from pipeline.archive.pace import as_text
from pipeline.models import Outcomes

#: stories that are judged, and how long one may be tried for before it counts as lost for now
YOUNG, PATIENCE = timedelta(days=14), timedelta(days=1)

_STORIES = f"""
WITH story AS (
    SELECT e.source_id, max(e.page_state) AS state, max(e.page_reason) AS reason,
        a.id IS NOT NULL AS is_article, max(d.error) AS error, s.pages,
        min(e.first_seen_at) < :late AS is_late
    FROM sources s JOIN entries e ON e.source_id = s.id
    LEFT JOIN articles a ON a.url = {STORY_OF.format("e")}
    LEFT JOIN derivations d ON d.article_url = e.url AND d.stage = 'clean'
    WHERE s.id IN (SELECT value FROM json_each(:ids)) AND e.first_seen_at >= :since
    GROUP BY e.source_id, e.url
), judged AS (
    SELECT source_id, CASE WHEN NOT is_article THEN 'lost'
                           WHEN state = 'feed' AND pages THEN 'words' ELSE 'read' END AS what,
        coalesce(reason, error, 'no page to fetch') AS why
    FROM story  -- the others are still awaited
    WHERE is_article OR state = 'failed' OR error IS NOT NULL OR (is_late AND reason IS NOT NULL)
)
SELECT source_id, what, CASE WHEN what <> 'read' THEN why END AS why, count(*)
FROM judged GROUP BY 1, 2, 3
"""
_REFUSALS = """
SELECT source_id, sum(failure_kind IN ('refused', 'robots')) * 2 > count(*) FROM fetches
WHERE source_id IN (SELECT value FROM json_each(:ids)) AND fetched_at >= :since
  AND what = 'page' AND outcome = 'failed'
GROUP BY source_id
"""


def outcomes(archive: Archive, source_ids: Iterable[str], now: datetime) -> dict[str, Outcomes]:
    """By source, of its stories of the last two weeks; sources without any are left out."""
    values = {"ids": json.dumps(sorted(source_ids)), "since": as_text(now - YOUNG),
              "late": as_text(now - PATIENCE)}  # fmt: skip
    found: dict[str, Counter[str]] = {}
    reasons: dict[str, Counter[str]] = {}
    for source_id, what, why, count in archive.db.execute(_STORIES, values):
        found.setdefault(source_id, Counter())[what] += count
        if why is not None:
            reasons.setdefault(source_id, Counter())[why] += count
    refused = dict(archive.db.execute(_REFUSALS, values).fetchall()) if reasons else {}
    return {
        source_id: Outcomes(
            stories=counts.total(),
            lost=counts["lost"],
            words=counts["words"],
            reason=reasons[source_id].most_common(1)[0][0] if source_id in reasons else None,
            refused=bool(refused.get(source_id)),
        )
        for source_id, counts in found.items()
    }
