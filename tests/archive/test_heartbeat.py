"""Who works on the archive, and when last: one row that a supervisor can read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.archive import Archive, heartbeat, passes
from pipeline.archive.heartbeat import Heartbeat
from tests.stored import NOON, count

MINUTE = timedelta(minutes=1)


def beat(archive: Archive, *, tick: int | None, minutes: int = 0) -> Heartbeat:
    heartbeat.beat(archive, NOON + minutes * MINUTE, what="watch", process=77, started=NOON,
                   tick=tick)  # fmt: skip
    last = heartbeat.last(archive)
    assert last is not None
    return last


def test_there_is_none_before_the_first_and_one_row_after_any_number(archive: Archive) -> None:
    assert heartbeat.last(archive) is None
    for n in range(3):
        assert beat(archive, tick=60, minutes=n) == Heartbeat(
            beat_at=NOON + n * MINUTE, what="watch", process=77, started_at=NOON, tick_seconds=60
        )
    assert count(archive, "heartbeat") == 1


@pytest.mark.parametrize(
    ("tick", "minutes", "late"),
    [
        (60, 1, False),
        (60, 10, False),  # a long page, a slow host: no alarm
        (60, 11, True),
        (3600, 170, False),  # a slow clock promises little
        (3600, 181, True),
        (None, 100_000, False),  # `run` promises nothing: who starts it looks after it
        (60, -1, False),
        (60, -60, True),  # a beat from the future: the clock was wrong, and nobody has beaten since
    ],
)
def test_it_is_late_when_it_promised_more(
    archive: Archive, tick: int | None, minutes: int, late: bool
) -> None:
    assert beat(archive, tick=tick).is_late(NOON + minutes * MINUTE) is late


def test_only_the_process_that_beats_can_go_to_rest(archive: Archive) -> None:
    beat(archive, tick=60)
    heartbeat.rest(archive, process=78)
    assert heartbeat.last(archive).tick_seconds == 60  # type: ignore[union-attr]
    heartbeat.rest(archive, process=77)
    assert heartbeat.last(archive).tick_seconds is None  # type: ignore[union-attr]


def test_a_pass_under_way_is_alive_with_it_and_one_that_was_killed_is_not(archive: Archive) -> None:
    passes.begin_pass(archive, NOON - 60 * MINUTE)
    beat(archive, tick=60)
    passes.begin_pass(archive, NOON)
    beat(archive, tick=60, minutes=5)
    archive.db.execute("UPDATE passes SET ended_at = beat_at WHERE id = 2")
    beat(archive, tick=60, minutes=6)
    assert [r[0][11:16] for r in archive.db.execute("SELECT beat_at FROM passes")] == [
        "11:00", "12:05",
    ]  # fmt: skip


def test_a_single_pass_does_not_speak_for_a_service_that_fell_silent(archive: Archive) -> None:
    beat(archive, tick=60)
    assert beat(archive, tick=None, minutes=30).beat_at == NOON
    assert heartbeat.last(archive) == beat(archive, tick=None, minutes=60)
    assert beat(archive, tick=60, minutes=90).beat_at == NOON + 90 * MINUTE, "a new service does"
    assert beat(archive, tick=None, minutes=5000).tick_seconds is None, "in the end it is forgotten"
