"""Hints, rhythm and failure of a feed, as they lie in its row and as the values they are."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, overload

from pipeline.models import Failure, FeedState, Hints, Rhythm

NO_HINTS = Hints()


@overload
def as_text(at: datetime) -> str: ...


@overload
def as_text(at: None) -> None: ...


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


#: what `state_of` reads, of a table `feeds f`
COLUMNS = ", ".join(
    f"f.{name}"
    for name in (
        "url", "source_id", "kind", "moved_to", "etag", "last_modified", "due_at", "checked_at",
        "last_ok_at", "last_new_at", "last_whole_at", "last_entries", "unmodified",
        "distrusted_at", "failures", "failing_since", "failure_kind", "failure_grade",
        "failure_reason", "failure_status", "retired_at", "hints", "rhythm", "moved_at",
    )
)  # fmt: skip


def state_of(row: tuple[Any, ...]) -> FeedState:
    """A row of `feeds`, in the order of `COLUMNS`, as the value a fetch and a diagnosis need.

    By position: a dict of each row would cost half as much again.
    """
    (url, source_id, kind, moved_to, etag, last_modified, due_at, checked_at, last_ok_at,
     last_new_at, last_whole_at, last_entries, unmodified, distrusted_at, failures, failing_since,
     failed, grade, reason, status, retired_at, hints, rhythm, moved_at) = row  # fmt: skip
    checked = as_time(checked_at)
    failure = None
    if failed is not None and checked is not None:
        failure = Failure(url=url, kind=failed, grade=grade, reason=reason, status=status,
                          at=checked)  # fmt: skip
    return FeedState(
        url=url,
        source_id=source_id,
        kind=kind,
        address=moved_to,
        moved_at=as_time(moved_at),
        etag=etag,
        last_modified=last_modified,
        due_at=as_time(due_at),
        checked_at=checked,
        last_ok_at=as_time(last_ok_at),
        last_new_at=as_time(last_new_at),
        last_whole_at=as_time(last_whole_at),
        last_entries=last_entries,
        unmodified=unmodified,
        distrusted_at=as_time(distrusted_at),
        failures=failures,
        failing_since=as_time(failing_since),
        last_failure=failure,
        retired_at=as_time(retired_at),
        hints=hints_from_text(hints),
        rhythm=rhythm_from_text(rhythm),
    )
