"""Hints, rhythm and failure of a feed, as they lie in its row and as the values they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from pipeline.models import Failure, FeedState, Hints, Rhythm

NO_HINTS = Hints()


def as_text(at: datetime | None) -> str | None:
    """As every time is stored: UTC, whole seconds, so that times sort as text."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds")


def as_time(text: str | None) -> datetime | None:
    """The reverse of `as_text`."""
    return None if text is None else datetime.fromisoformat(text)


def hints_to_text(hints: Hints) -> str | None:
    """JSON; None for a feed that says nothing, as most do."""
    if hints == NO_HINTS:
        return None
    fresh = hints.fresh_for.total_seconds() if hints.fresh_for else None
    return json.dumps({"fresh_for": fresh, "skip_hours": sorted(hints.skip_hours),
                       "skip_days": sorted(hints.skip_days)})  # fmt: skip


def hints_from_text(text: str | None) -> Hints:
    if text is None:
        return NO_HINTS
    said = json.loads(text)
    fresh = said["fresh_for"]
    return Hints(fresh_for=None if fresh is None else timedelta(seconds=fresh),
                 skip_hours=frozenset(said["skip_hours"]),
                 skip_days=frozenset(said["skip_days"]))  # fmt: skip


def rhythm_to_text(rhythm: Rhythm | None) -> str | None:
    """JSON; counts to three decimals, for people read it too."""
    if rhythm is None:
        return None
    return json.dumps({"since": as_text(rhythm.since), "at": as_text(rhythm.at),
                       "hours": [round(n, 3) for n in rhythm.hours],
                       "days": [round(n, 3) for n in rhythm.days],
                       "longest_seconds": int(rhythm.longest.total_seconds())})  # fmt: skip


# A pass needs each twice, and the next pass mostly the same: two thirds of what a row of `feeds`
# costs to read. With more feeds than this it brings nothing, but takes no more memory either.
@lru_cache(maxsize=2048)
def rhythm_from_text(text: str | None) -> Rhythm | None:
    if text is None:
        return None
    said = json.loads(text)
    return Rhythm(since=datetime.fromisoformat(said["since"]),
                  at=datetime.fromisoformat(said["at"]),
                  hours=tuple(said["hours"]), days=tuple(said["days"]),
                  longest=timedelta(seconds=said["longest_seconds"]))  # fmt: skip


def state_of(row: Mapping[str, Any]) -> FeedState:
    """A row of `feeds` as the value that a fetch and a diagnosis need."""
    failing_since = as_time(row["failing_since"])
    checked_at = as_time(row["checked_at"])
    failure = None
    if row["failure_kind"] is not None and checked_at is not None:
        failure = Failure(url=row["url"], kind=row["failure_kind"], grade=row["failure_grade"],
                          reason=row["failure_reason"], status=row["failure_status"],
                          at=checked_at)  # fmt: skip
    return FeedState(
        url=row["url"],
        source_id=row["source_id"],
        kind=row["kind"],
        address=row["moved_to"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        due_at=as_time(row["due_at"]),
        checked_at=checked_at,
        last_ok_at=as_time(row["last_ok_at"]),
        last_new_at=as_time(row["last_new_at"]),
        last_whole_at=as_time(row["last_whole_at"]),
        last_entries=row["last_entries"],
        unmodified=row["unmodified"],
        distrusted_at=as_time(row["distrusted_at"]),
        failures=row["failures"],
        failing_since=failing_since,
        last_failure=failure,
        retired_at=as_time(row["retired_at"]),
        hints=hints_from_text(row["hints"]),
        rhythm=rhythm_from_text(row["rhythm"]),
    )
