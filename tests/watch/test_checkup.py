"""The health of sources: what a check leaves out, it would not have found otherwise."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.archive import Archive, passes, watching
from pipeline.archive.sources import sync_sources
from pipeline.models import Failure, FeedUpdate, Gap, Rhythm, Source
from pipeline.watch import checkup, rhythm
from tests import stored
from tests.conftest import Clock
from tests.passes import Runner, paper
from tests.passes import source as watched
from tests.stored import NOON
from tests.web import Web

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FAILURES: tuple[tuple[Any, Any], ...] = (
    ("timeout", "transient"), ("dns", "ours"), ("status", "permanent"), ("empty", "transient"),
    ("gone", "permanent"),
)  # fmt: skip


class Life:
    """Sources to which things happen by chance, without the network."""

    def __init__(self, archive: Archive, seed: int) -> None:
        self.archive, self.chance, self.now = archive, random.Random(seed), NOON
        names = [f"s{n}" for n in range(8)]
        self.sources = tuple(
            stored.source(name, enabled=name != "s7", pages=name != "s6") for name in names
        )
        self.learned: dict[str, Rhythm] = {}
        self.changed: set[str] = set()
        self.unchanged: set[str] = set()
        for source in self.sources:
            for number in range(5):
                url = f"https://{source.id}.example/{number}"
                stored.store(archive, url, by=source.id, at=self.now)
                stored.save(archive, stored.article(url, access="open"), at=self.now)
        sync_sources(archive, self.sources, self.now)

    def happen(self) -> None:
        """Some feeds are looked at; some stories turn out to be behind a wall."""
        self.changed, self.unchanged = set(), set()
        for source, calm in zip(self.sources[:7], (1, 1, 1, 3, 3, 30, 60), strict=True):
            draw = self.chance.random() * calm
            if draw < 0.25:
                self._whole(source)
            elif draw < 0.55:
                self._unmodified(source)
            elif draw < 0.65:
                self._fail(source)
            elif draw < 0.67:
                self._wall(source)

    def update(self, source: Source, **more: Any) -> FeedUpdate:
        given: dict[str, Any] = {
            "feed_url": source.feeds[0], "source_id": source.id, "at": self.now,
            "outcome": "not_modified", "status": 304, "entries": (), "failure": None,
            "etag": '"1"', "last_modified": None, "address": None,
            "next_due_at": self.now + HOUR, "size": 0, "seconds": 0.1,
            "rhythm": self.learned.get(source.id),
        }  # fmt: skip
        return FeedUpdate(**(given | more))

    def whole(self, source: Source, **more: Any) -> FeedUpdate:
        return self.update(source, **({"outcome": "entries", "status": 200, "unchanged": 5} | more))

    def _whole(self, source: Source) -> None:
        new = self.chance.random() < 0.6
        if new:
            self.learned[source.id] = rhythm.learn(
                self.learned.get(source.id), [self.now - HOUR], self.now
            )
        gap = None
        if self.chance.random() < 0.1:
            gap = Gap(feed_url=source.feeds[0], source_id=source.id, since=self.now - DAY,
                      until=self.now, entries=5, expected=None)  # fmt: skip
        doubt = self.now if self.chance.random() < 0.1 else None
        watching.record_feed(
            self.archive,
            self.whole(source, gap=gap, distrusted_at=doubt,
                       unchanged=0 if self.chance.random() < 0.1 else 5),
            new=int(new),
        )  # fmt: skip
        self.changed.add(source.id)

    def _unmodified(self, source: Source) -> None:
        moved = "https://elsewhere.example/feed" if self.chance.random() < 0.1 else None
        watching.record_unmodified(self.archive, [self.update(source, address=moved)])
        self.unchanged.add(source.id)

    def _fail(self, source: Source) -> None:
        kind, grade = self.chance.choice(FAILURES)
        failed = Failure(url=source.feeds[0], kind=kind, grade=grade, reason="is not well",
                         at=self.now)  # fmt: skip
        watching.record_feed(self.archive, self.update(source, outcome="failed", failure=failed))
        self.changed.add(source.id)

    def _wall(self, source: Source) -> None:
        """Its stories are read anew (`derive`), and cannot be read whole, or can again."""
        self.archive.db.execute(
            """UPDATE articles SET access = CASE access WHEN 'open' THEN 'subscription'
                                                        ELSE 'open' END WHERE source_id = ?""",
            (source.id,),
        )


def said(archive: Archive) -> list[tuple[Any, ...]]:
    return archive.db.execute(
        """SELECT source_id, state, since_at, last_ok_at, last_new_at, failures, reason,
                  needs_person FROM health ORDER BY source_id"""
    ).fetchall()


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 2))]
)
def test_what_is_not_diagnosed_anew_would_be_the_same(archive: Archive, seed: int) -> None:
    life = Life(archive, seed)
    passes.begin_pass(archive, life.now)
    checkup.check(archive, life.sources, life.now)
    states = set()
    for _ in range(100):
        before = life.now
        life.now += life.chance.choice((HOUR / 60, 2 * HOUR, 7 * HOUR, 9 * HOUR, 2 * DAY))
        life.happen()
        anew = life.now.date() != before.date()
        with archive.scratch() as other:
            checkup.check(other, life.sources, life.now)
            everything = said(other)
        checkup.check(archive, life.sources, life.now, changed=None if anew else life.changed,
                      unchanged=life.unchanged)  # fmt: skip
        assert said(archive) == everything
        states |= {row[1] for row in everything}
    assert {"healthy", "quiet", "failing", "hollow", "false_304", "disabled", "paywalled"} <= states


def test_what_time_alone_changes_is_found_the_same_day(archive: Archive) -> None:
    life = Life(archive, 0)
    slow, liar, *_ = life.sources
    for number, source in enumerate(life.sources[2:7]):
        watching.record_feed(archive, life.whole(source, at=NOON - number * DAY), new=1)
    failed = Failure(url=slow.feeds[0], kind="timeout", grade="transient", reason="is slow",
                     at=NOON - 7 * DAY + HOUR)  # fmt: skip
    watching.record_feed(archive, life.update(slow, at=failed.at, outcome="failed", failure=failed))
    doubt = NOON - 30 * DAY + HOUR
    watching.record_feed(archive, life.whole(liar, at=doubt, distrusted_at=doubt), new=1)
    watching.record_unmodified(archive, [life.update(liar, at=NOON, distrusted_at=doubt)])
    checkup.check(archive, life.sources, NOON)
    assert [row[1:8:6] for row in said(archive)[:2]] == [("failing", 0), ("false_304", 1)]
    checkup.check(archive, life.sources, NOON + 2 * HOUR, changed=())
    assert [row[1:8:6] for row in said(archive)[:2]] == [("failing", 1), ("quiet", 0)]


def _doctored(run: Runner) -> None:
    run.archive.db.execute("UPDATE health SET reason = 'as it was'")
    run.archive.db.execute("UPDATE feeds SET last_new_at = checked_at")  # their stories say no date
    run.archive.db.conn.commit()


def _reasons(run: Runner) -> list[str]:
    return [row["reason"] for row in run.rows("SELECT reason FROM health ORDER BY source_id")]


@pytest.fixture
def run(archive: Archive, web: Web, clock: Clock) -> Runner:
    """Two papers that answer 304 from their second look on; they were looked at once."""
    clock.now = datetime(2026, 11, 2, 10, tzinfo=UTC)  # an hour after their news
    run = Runner(archive, web, clock)
    for name in ("a", "b"):
        paper(web, f"{name}.example", "one", ETag='"1"')
    run(*_two())
    return run


def _two(**more: Any) -> tuple[Source, Source]:
    return (watched("a", "http://a.example/feed", **more), watched("b", "http://b.example/feed"))


def test_a_source_that_stays_well_is_diagnosed_once_a_day(run: Runner, clock: Clock) -> None:
    _doctored(run)
    clock.forward(hours=2)
    run(*_two(), everything=True)
    assert _reasons(run) == ["as it was"] * 2
    assert {r["last_ok_at"] for r in run.rows("SELECT last_ok_at FROM health")} == {
        r["last_ok_at"] for r in run.rows("SELECT max(last_ok_at) AS last_ok_at FROM feeds")
    }
    clock.forward(hours=24)
    run(*_two(), everything=True)
    assert "as it was" not in _reasons(run)


def test_after_a_pass_that_was_killed_every_source_is_diagnosed(run: Runner, clock: Clock) -> None:
    _doctored(run)
    passes.begin_pass(run.archive, clock.forward(hours=1))  # and no more of it
    clock.forward(hours=1)
    run(*_two())
    assert "as it was" not in _reasons(run)


def test_when_the_list_is_another_every_source_is_diagnosed(run: Runner, clock: Clock) -> None:
    _doctored(run)
    clock.forward(hours=1)
    run(*_two(enabled=False, note="on strike"))
    assert _reasons(run)[0] == "switched off in sources.yaml: on strike"
    assert _reasons(run)[1] != "as it was"
