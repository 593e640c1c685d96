"""From the archive to the health of every source: reads what happened, stores what it means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pipeline.archive import Archive, passes, watching
from pipeline.models import Gap, Source
from pipeline.watch import health

#: whether a source is behind a wall is judged by its stories of this time
RECENT = timedelta(days=60)
#: how long a gap is spoken of
GAPS = timedelta(days=7)


def check(archive: Archive, sources: Sequence[Source], now: datetime) -> None:
    """Diagnose every source at `now` and store it."""
    feeds = watching.states(archive, (s.id for s in sources))
    access = passes.access_counts(archive, now - RECENT)
    gaps: dict[str, list[Gap]] = {}
    for gap in watching.gaps(archive, now - GAPS):
        gaps.setdefault(gap.source_id, []).append(gap)
    found = [
        health.diagnose(s, feeds[s.id], now, access=access.get(s.id, {}), gaps=gaps.get(s.id, ()))
        for s in sources
    ]
    passes.record_health(archive, found, now)
