"""Which pages wait, in an archive of which nearly all are stored."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from pipeline.archive import Archive, pages, reading
from tests import stored
from tests.stored import NOON

HOUR = timedelta(hours=1)
LATE = "https://gazette.example/late"


def due(archive: Archive, now: datetime) -> bool:
    """Both questions, which must agree."""
    any_due = pages.any_due(archive, now)
    assert any_due is bool(pages.pages_due(archive, now))
    return any_due


@pytest.mark.parametrize(
    ("due_at", "now", "expected"),
    [
        (None, NOON, True),
        (NOON, NOON, True),
        (NOON + HOUR, NOON, False),
        (NOON + 72 * HOUR, NOON, False),
        (NOON + 73 * HOUR, NOON, True),  # so long is no page put off: the clock was wrong
    ],
)
def test_a_page_is_due_when_its_time_has_come(
    archive: Archive, due_at: datetime | None, now: datetime, expected: bool
) -> None:
    assert not due(archive, now)
    stored.announce(archive, LATE)
    (waiting,) = pages.pages_due(archive, NOON)
    if due_at is not None:
        pages.put_off(archive, [waiting], due_at, "asks for time")
    assert due(archive, now) is expected


def test_a_page_that_is_stored_or_given_up_or_of_no_source_of_ours_is_not(archive: Archive) -> None:
    stored.store(archive, "https://gazette.example/stored")
    assert not due(archive, NOON)
    stored.announce(archive, LATE)
    assert due(archive, NOON)
    archive.db.execute("UPDATE sources SET enabled = 0")
    assert not due(archive, NOON)


def test_the_few_that_wait_are_found_by_their_index_whatever_statistics_say(
    archive: Archive,
) -> None:
    stored.announce(archive, *(f"https://gazette.example/{n}" for n in range(300)), LATE)
    archive.db.execute("UPDATE entries SET page_state = 'stored' WHERE url <> ?", (LATE,))
    archive.db.execute("ANALYZE")
    asked: list[str] = []
    with archive.db.tracer(lambda sql, _: asked.append(sql)):
        assert [w.url for w in pages.pages_due(archive, NOON)] == [LATE]
        assert pages.any_due(archive, NOON)
        assert reading.counts(archive)["waiting"] == 1
    values = {"everything": False, "now": "", "beyond": ""}
    plans = [
        str(row[3])
        for sql in asked
        if "'waiting'" in sql
        for row in archive.db.execute(f"EXPLAIN QUERY PLAN {sql}", values if ":now" in sql else {})
        if " e " in f"{row[3]} " or "entries" in row[3]
    ]
    assert len(plans) == 3
    assert all("USING INDEX entries_page_state (page_state=?)" in plan for plan in plans), plans
