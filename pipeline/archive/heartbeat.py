"""Who works on this archive, and when last: one row, moved on while somebody does.

A supervisor reads it (`status --json` has it as `heartbeat_at`). `watch` beats at every tick, also
when nothing is due; a pass beats every BEAT_SECONDS of its work, in its row of `passes` as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.archive import Archive
from pipeline.archive.pace import as_text

#: Work that goes on beats so often; a unit of it takes longer only when a host is very slow.
BEAT_SECONDS = 5.0
#: A tick may come this many times later than promised before somebody is told.
_TICKS_LATE = 3
#: Never told sooner: a pass in which one host is slow, or one long page, is no alarm.
_PATIENCE = timedelta(minutes=10)
#: After that, whoever ran `watch` has found another way.
_FORGOTTEN = timedelta(days=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Heartbeat:
    """The row as it stands."""

    beat_at: datetime
    what: str  #: run | watch | derive | demo
    process: int
    started_at: datetime  #: of that process's work: since when `watch` runs
    tick_seconds: int | None  #: a beat is promised so often; None: nothing is promised

    def is_late(self, now: datetime) -> bool:
        """True when `watch` promised beats and has been silent for too long.

        One that ended as it was told to promises nothing more (see `rest`). A beat from the future,
        by a clock that was wrong, is late once it lies further off than a silence would.
        """
        if self.tick_seconds is None:
            return False
        bound = max(_PATIENCE, _TICKS_LATE * timedelta(seconds=self.tick_seconds))
        return abs(now - self.beat_at) > bound


def beat(
    archive: Archive, now: datetime, *, what: str, process: int, started: datetime, tick: int | None
) -> None:
    """It is alive: `process`, which does `what` since `started`, every `tick` seconds if it says.

    A pass that is under way (the latest, without an end) is alive with it. Raises ArchiveError when
    it cannot be written.
    """
    with archive.transaction() as db:
        db.execute(
            """INSERT INTO heartbeat (id, beat_at, what, process, started_at, tick_seconds)
               VALUES (1, ?, ?, ?, ?, ?)
               ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at, what = excluded.what,
                   process = excluded.process, started_at = excluded.started_at,
                   tick_seconds = excluded.tick_seconds
               WHERE excluded.tick_seconds IS NOT NULL OR heartbeat.tick_seconds IS NULL
                  OR heartbeat.beat_at < ?""",
            # A single pass does not speak for a `watch` that promised beats and fell silent.
            (as_text(now), what, process, as_text(started), tick, as_text(now - _FORGOTTEN)),
        )
        # One that was killed before this process began is not.
        db.execute(
            """UPDATE passes SET beat_at = ? WHERE id = (SELECT max(id) FROM passes)
               AND ended_at IS NULL AND started_at >= ?""",
            (as_text(now), as_text(started)),
        )


def rest(archive: Archive, *, process: int) -> None:
    """`process` ended as it was told to: nobody need miss its beats."""
    with archive.transaction() as db:
        db.execute("UPDATE heartbeat SET tick_seconds = NULL WHERE process = ?", (process,))


def last(archive: Archive) -> Heartbeat | None:
    """The latest beat; None in an archive on which nobody has worked yet."""
    row = archive.db.execute(
        "SELECT beat_at, what, process, started_at, tick_seconds FROM heartbeat"
    ).fetchone()
    if row is None:
        return None
    return Heartbeat(
        beat_at=datetime.fromisoformat(row[0]),
        what=row[1],
        process=row[2],
        started_at=datetime.fromisoformat(row[3]),
        tick_seconds=row[4],
    )
