"""From the archive to the health of every source: reads what happened, stores what it means."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from pipeline.archive import Archive, passes, watching
from pipeline.archive.outcomes import outcomes
from pipeline.models import Gap, Health, Source
from pipeline.watch import health

#: whether a source is behind a wall is judged by its stories of this time
RECENT = timedelta(days=60)

_DAY = timedelta(days=1)
#: a feed is never called quiet sooner after its last news (`silence`: at least a day); a second is
#: left for the rounding of days as SQLite counts them
_NOT_QUIET = _DAY - timedelta(seconds=1)


def check(
    archive: Archive,
    sources: Sequence[Source],
    now: datetime,
    *,
    changed: Collection[str] | None = None,
    unchanged: Collection[str] = (),
) -> None:
    """Diagnose at `now` every source whose state may be another than was stored, and store it.

    Args:
        changed: ids of sources that may be anything, since the last check; None: all of them.
        unchanged: ids of sources of which feeds were looked at, and said 304, since then. The last
            check may have been a day ago, no longer.
    """
    access = passes.access_counts(archive, now - RECENT)
    doubtful = sources
    if changed is not None:
        sure = _sure(archive, now, changed, unchanged)
        doubtful = [
            s for s in sources
            if s.id not in sure or (s.id in access and health.is_walled(s, access[s.id]))
        ]  # fmt: skip
    found = _diagnosed(archive, doubtful, now, access)
    with archive.transaction():
        passes.record_health(archive, found, now)
        passes.record_still_well(archive, set(unchanged) - {h.source_id for h in found}, now)
        passes.record_check(archive, now)


def _sure(
    archive: Archive, now: datetime, changed: Collection[str], unchanged: Collection[str]
) -> set[str]:
    """Sources whose stored diagnosis holds: with 10,000 feeds, to make each anew every minute would
    cost ten times what looking at the fifty that are due does."""
    # A gap that was spoken of at the last check may have aged since, by a day at most.
    settled = watching.settled(
        archive, patience=_NOT_QUIET, gaps_since=now - health.GAP_SHOWN - _DAY
    )
    seen = set(unchanged)
    return {id_ for id_, even_by_304 in settled.items() if even_by_304 or id_ not in seen} - set(
        changed
    )


def _diagnosed(
    archive: Archive,
    sources: Sequence[Source],
    now: datetime,
    access: Mapping[str, Mapping[str, int]],
) -> list[Health]:
    if not sources:
        return []
    feeds = watching.states(archive, (s.id for s in sources))
    gaps: dict[str, list[Gap]] = {}
    for gap in watching.gaps(archive, now - health.GAP_SHOWN):
        gaps.setdefault(gap.source_id, []).append(gap)
    became = outcomes(archive, (s.id for s in sources), now)
    return [
        health.diagnose(s, feeds[s.id], now, access=access.get(s.id, {}), gaps=gaps.get(s.id, ()),
                        outcomes=became.get(s.id))
        for s in sources
    ]  # fmt: skip
