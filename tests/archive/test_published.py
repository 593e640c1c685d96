"""The fingerprint of an archive: of what it was made from, whenever and wherever that was."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.archive import Archive, open_archive
from pipeline.archive.published import fingerprint, record

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def derive(archive: Archive, url: str, at: str, made_by: str = "rules") -> None:
    archive.db.execute(
        "INSERT OR REPLACE INTO derivations VALUES (?, 'tag', 'words', ?, ?, NULL)",
        (url, made_by, at),
    )


def states(archive: Archive) -> list[str]:
    return [r[0] for r in archive.db.execute("SELECT fingerprint FROM publications ORDER BY id")]


def test_it_depends_on_inputs_and_rules_and_not_on_order_or_time(tmp_path: Path) -> None:
    with open_archive(tmp_path / "one.db") as one, open_archive(tmp_path / "two.db") as two:
        derive(one, "https://a.example/1", "2026-11-20T09:00:00+00:00")
        derive(one, "https://a.example/2", "2026-11-20T09:00:00+00:00")
        derive(two, "https://a.example/2", "2026-11-21T10:00:00+00:00")
        derive(two, "https://a.example/1", "2026-11-22T11:00:00+00:00")
        assert fingerprint(one.db) == fingerprint(two.db)
        derive(two, "https://a.example/1", "2026-11-22T11:00:00+00:00", made_by="other rules")
        assert fingerprint(one.db) != fingerprint(two.db)


def test_a_state_is_added_only_when_it_differs(tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as archive:
        assert record(archive.db, now=NOW)  # also of an empty archive
        assert not record(archive.db, now=NOW)
        derive(archive, "https://a.example/1", "2026-11-20T09:00:00+00:00")
        assert record(archive.db, now=NOW)
        derive(archive, "https://a.example/1", "2026-11-20T10:00:00+00:00")  # the same again
        assert not record(archive.db, now=NOW)
        assert len(states(archive)) == 2
        newest = archive.db.execute("SELECT max(ledger_at) FROM publications").fetchone()[0]
        assert newest == "2026-11-20T10:00:00+00:00"


def test_a_line_of_the_very_second_of_the_last_state_is_not_overlooked(tmp_path: Path) -> None:
    stamp = NOW.isoformat(timespec="seconds")
    with open_archive(tmp_path / "archive.db") as archive:
        derive(archive, "https://a.example/1", stamp)
        record(archive.db, now=NOW)
        derive(archive, "https://a.example/2", stamp)
        assert record(archive.db, now=NOW)
        assert len(set(states(archive))) == 2


@pytest.mark.parametrize("count", [0, 1, 2001])
def test_every_line_of_the_ledger_counts(count: int, tmp_path: Path) -> None:
    with open_archive(tmp_path / "archive.db") as archive:
        for n in range(count):
            derive(archive, f"https://a.example/{n:05}", "2026-11-20T09:00:00+00:00")
        before = fingerprint(archive.db)
        derive(archive, "https://z.example/", "2026-11-20T09:00:00+00:00")
        assert fingerprint(archive.db) != before
