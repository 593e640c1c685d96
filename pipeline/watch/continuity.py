"""What the dates and the order of a list say: when its stories came, and whether it goes on from
the last one. Pure.

Dates of feeds are trusted only together: one pinned notice, one back-dated story, or a feed that
gives every item the same day must neither hide a gap nor make one.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime, time

from pipeline.models import Entry


def moment(entry: Entry, at: datetime) -> datetime | None:
    """When a story was published, where it gives a time of day that can be true at `at`."""
    if entry.published_at is None or len(entry.published_at) <= 10:
        return None
    published = datetime.fromisoformat(entry.published_at)
    return published if published.tzinfo and published <= at else None


def middle(entries: Sequence[Entry], at: datetime) -> datetime | None:
    """When the middle one of a list was published; None where its dates tell nothing.

    That is so if an item has none, if they are all the same, or if they are days (midnight sharp).
    """
    times = sorted(t for e in entries if (t := moment(e, at)) and t.time() != time(0))
    if not times or len(times) < len(entries) or (len(times) > 1 and times[0] == times[-1]):
        return None
    return times[len(times) // 2]


def newest(entries: Sequence[Entry], at: datetime) -> datetime | None:
    """When the newest of a list was published, if every item says."""
    times = [t for e in entries if (t := moment(e, at))]
    return max(times) if times and len(times) == len(entries) else None


def is_pinned(items: Sequence[bytes], known: Container[bytes], entries: Sequence[Entry],
              at: datetime) -> bool:  # fmt: skip
    """Whether all that is known of a list stands at its top, and news, newest first, below it.

    Such items were pinned there: they do not show that the list goes on from the last one.

    Args:
        items: digests of the whole list, in order.
        known: digests of the last one.
        entries: what is new, in order.
    """
    here = [item in known for item in items]
    pinned = sum(here)
    if not pinned or len(entries) < 3 or not all(here[:pinned]):
        return False
    first, last = moment(entries[0], at), moment(entries[-1], at)
    return first is not None and last is not None and first >= last
