"""The service through days and nights: a test's clock, a real archive, a real server."""

from __future__ import annotations

import gc
import json
import os
import resource
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest
from structlog.testing import capture_logs

from pipeline import clock as clock_module
from pipeline import config
from pipeline.archive import heartbeat, open_archive, reading
from pipeline.archive.tidying import ROUTINE_KEPT
from pipeline.clock import Service, hold_to_time, tell_supervisor
from pipeline.job import one_pass
from pipeline.watch.fetch import Limits
from tests.conftest import Clock
from tests.stored import story
from tests.web import Handler, Web, hangs_up, rss

SEED = int(os.environ.get("CRASH_SEED", "20261123"))
HASTY = Limits(delay=0.0, silence_seconds=2.0)


class Watched:
    """A service, its files, and a clock that goes on by one tick at a time."""

    def __init__(self, folder: Path, web: Web, clock: Clock) -> None:
        self.folder, self.web, self.clock = folder, web, clock
        self.db = folder / "db" / "archive.db"
        self.sources = folder / "sources.yaml"

    def write(self, *ids: str, **more: Any) -> None:
        records = [{"id": i, "feeds": [f"http://{i}.example/feed"], "every": "30m", **more}
                   for i in ids]  # fmt: skip
        settings = {"defaults": {"contact": "mailto:a@b.example"}, "sources": records}
        self.sources.write_text(json.dumps(settings))

    def service(self, tick: int = 60) -> Service:
        return Service(self.db, self.sources, tick=tick, connect=self.web.connect, limits=HASTY,
                       now=self.clock)  # fmt: skip

    def go(self, service: Service, ticks: int, seconds: int = 60) -> None:
        for _ in range(ticks):
            service.tick()
            self.clock.forward(seconds=seconds)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.db)) as conn:
            return conn.execute(sql).fetchall()

    def looks(self, id_: str) -> int:
        return self.web.count(f"http://{id_}.example/feed")


@pytest.fixture
def watched(tmp_path: Path, web: Web, clock: Clock) -> Watched:
    watched = Watched(tmp_path, web, clock)
    for id_ in ("a", "b"):
        paper(web, id_, 2)
    watched.write("a")
    return watched


def paper(web: Web, id_: str, stories: int) -> None:
    """A paper with an ETag that says how many stories it holds."""
    links = [f"http://{id_}.example/story-{n}" for n in range(stories)]
    for link in links:
        web.serve(link, story())
    web.serve(f"http://{id_}.example/feed", rss(*((x, f"Story {x}") for x in links)),
              type="application/rss+xml", headers={"ETag": f'"{stories}"'})  # fmt: skip


# ---------------------------------------------------------------- a tick with nothing to do


def test_a_tick_with_nothing_due_leaves_a_heartbeat_and_nothing_else(watched: Watched) -> None:
    service = watched.service()
    watched.go(service, 1)
    before = watched.rows("SELECT count(*) FROM passes")
    sizes = {p.name: p.stat().st_size for p in watched.db.parent.iterdir()}
    watched.go(service, 20)
    assert watched.rows("SELECT count(*) FROM passes") == before == [(1,)]
    assert {p.name: p.stat().st_size for p in watched.db.parent.iterdir()} == sizes
    assert watched.looks("a") == 1
    with open_archive(watched.db, readonly=True) as archive:
        last = heartbeat.last(archive)
    assert last is not None
    assert (last.what, last.process, last.tick_seconds) == ("watch", os.getpid(), 60)
    assert last.beat_at == watched.clock() - timedelta(seconds=60)
    assert last.started_at == datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
    assert not last.is_late(watched.clock())


def test_what_an_interrupted_pass_left_is_done_by_the_first_tick(watched: Watched) -> None:
    """Stories that another process stored and could not tag any more are not due, but not done."""
    watched.go(watched.service(), 1)
    with closing(sqlite3.connect(watched.db)) as conn:
        conn.execute("DELETE FROM derivations")
        conn.commit()
    assert watched.rows("SELECT count(*) FROM derivations") == [(0,)]
    service = watched.service()
    watched.go(service, 1)
    assert watched.rows("SELECT count(*) FROM derivations") == [(4,)]


def test_a_service_that_ended_as_it_was_told_is_not_missed(watched: Watched) -> None:
    service = watched.service()
    watched.go(service, 1)
    long_after = watched.clock.forward(days=3)
    with open_archive(watched.db) as archive:
        assert heartbeat.last(archive).is_late(long_after)  # type: ignore[union-attr]
    service.rest()
    with open_archive(watched.db) as archive:
        assert not heartbeat.last(archive).is_late(long_after)  # type: ignore[union-attr]


# ---------------------------------------------------------------- sources.yaml while it runs


def test_a_source_that_is_added_is_fetched_in_the_next_tick_and_a_removed_one_no_more(
    watched: Watched,
) -> None:
    watched.write("a", at_most="1h")
    service = watched.service()
    watched.go(service, 1)
    watched.write("a", "b", at_most="1h")
    watched.go(service, 1)
    assert watched.looks("b") == 1
    watched.write("b", at_most="1h")
    watched.go(service, 8, seconds=1800)
    assert watched.looks("a") == 1
    assert watched.looks("b") >= 3
    assert watched.rows("SELECT id, listed FROM sources ORDER BY id") == [("a", 0), ("b", 1)]


def test_a_broken_edit_is_said_once_and_the_last_good_one_stays(watched: Watched) -> None:
    service = watched.service()
    watched.go(service, 1)
    watched.sources.write_text("sources: [")
    with capture_logs() as logs:
        watched.go(service, 8, seconds=1800)
        assert [x["event"] for x in logs if x["log_level"] == "error"] == [
            "sources.yaml is wrong, the last good version stays in force"
        ]
        watched.sources.unlink()
        watched.go(service, 2)
        assert sum(x["log_level"] == "error" for x in logs) == 2, "another mistake, another word"
    assert watched.looks("a") >= 3
    watched.write("a", "b")
    watched.go(service, 1)
    assert watched.looks("b") == 1


def test_a_signal_to_read_again_makes_a_pass_though_nothing_is_due(watched: Watched) -> None:
    service = watched.service()
    watched.go(service, 1)
    service.reread()
    watched.go(service, 2)
    assert watched.rows("SELECT count(*) FROM passes") == [(2,)]


def test_no_signal_is_lost_whenever_it_comes(watched: Watched) -> None:
    """From another thread, while ticks begin and end: after the last one there is one more pass."""
    service = watched.service()
    watched.go(service, 1)
    for n in range(6):
        passes = watched.rows("SELECT count(*) FROM passes")[0][0]
        signal = threading.Timer(n * 0.005, service.reread)
        signal.start()
        watched.go(service, 1)
        signal.join()
        watched.go(service, 1)
        assert watched.rows("SELECT count(*) FROM passes")[0][0] > passes


def test_a_signal_that_comes_in_a_pass_is_obeyed_right_after_it(watched: Watched) -> None:
    service = watched.service()

    def meanwhile(handler: Handler) -> None:
        if watched.looks("a") == 1:
            watched.write("a", "b")
            service.reread()
        handler.reply(rss().encode())

    watched.web.behave("http://a.example/feed", meanwhile)
    service.tick()
    assert watched.looks("b") == 1


# ---------------------------------------------------------------- clocks


@pytest.mark.slow
@pytest.mark.parametrize("jump", [timedelta(hours=1), timedelta(days=366)], ids=["hour", "year"])
@pytest.mark.parametrize("sign", [1, -1], ids=["forward", "back"])
def test_a_clock_that_jumps_and_comes_back_silences_nothing(
    watched: Watched, jump: timedelta, sign: int
) -> None:
    watched.write("a", "b", at_most="2h")
    service = watched.service()
    watched.go(service, 2)
    watched.clock.now += sign * jump
    watched.go(service, 2)
    watched.clock.now -= sign * jump
    before = {id_: watched.looks(id_) for id_ in ("a", "b")}
    watched.go(service, 4 * 6, seconds=600)
    for id_ in ("a", "b"):
        assert 1 <= watched.looks(id_) - before[id_] <= 9, "neither silent nor in a hurry"
    paper(watched.web, "a", 3)
    watched.go(service, 3 * 2, seconds=1800)
    stories = watched.rows("SELECT count(*) FROM entries WHERE source_id = 'a'")
    assert stories == [(3,)]
    assert watched.rows("SELECT DISTINCT page_state FROM entries") == [("stored",)]


@pytest.mark.slow
@pytest.mark.parametrize("night", [datetime(2026, 3, 29, tzinfo=UTC),
                                   datetime(2026, 10, 25, tzinfo=UTC)],
                         ids=["spring", "autumn"])  # fmt: skip
def test_the_nights_on_which_uk_clocks_change_are_nights_like_others(
    watched: Watched, night: datetime
) -> None:
    watched.write("a", every="30m", at_most="30m")
    watched.clock.now = night - timedelta(hours=2)
    service = watched.service()
    asked = []
    for _ in range(6 * 12):
        before = watched.looks("a")
        service.tick()
        if watched.looks("a") > before:
            asked.append(watched.clock.now)
        watched.clock.forward(minutes=5)
    waits = [b - a for a, b in pairwise(asked)]
    assert len(asked) >= 9
    assert max(waits) <= timedelta(minutes=40)
    assert min(waits) >= timedelta(minutes=25)


def test_what_was_put_off_by_a_clock_that_was_wrong_is_due(watched: Watched) -> None:
    """A page to be tried again "in an hour", and a pass that was killed, both in the next year."""
    watched.web.behave("http://a.example/story-1", hangs_up)
    watched.clock.forward(days=366)
    service = watched.service()
    watched.go(service, 1)
    with closing(sqlite3.connect(watched.db)) as conn:
        # as it stands when a pass is killed between the reservation and the answer
        conn.execute("UPDATE feeds SET checked_at = '2026-11-03T08:00:00+00:00'")
        conn.commit()
    assert watched.rows("SELECT min(due_at) FROM feeds")[0][0] > "2027"
    assert watched.rows("SELECT max(page_due_at) FROM entries")[0][0] > "2027"
    watched.clock.forward(days=-366)
    paper(watched.web, "a", 3)
    watched.go(service, 2)
    assert watched.rows("SELECT page_state FROM entries") == [("stored",)] * 3


def test_after_a_clock_went_back_the_next_tick_is_not_a_year_off(watched: Watched) -> None:
    scheduler = clock_module._scheduler(watched.service(), 60)
    scheduler.start(paused=True)
    try:
        far = datetime.now(UTC) + timedelta(days=366)
        for id_ in ("tick", "nightly"):
            scheduler.modify_job(id_, next_run_time=far)
        hold_to_time(scheduler, 60)
        now = datetime.now(UTC)
        assert scheduler.get_job("tick").next_run_time <= now
        assert scheduler.get_job("nightly").next_run_time <= now + timedelta(days=1)
        planned = [scheduler.get_job(id_).next_run_time for id_ in ("tick", "nightly")]
        hold_to_time(scheduler, 60)
        assert planned == [scheduler.get_job(i).next_run_time for i in ("tick", "nightly")]
    finally:
        scheduler.shutdown()


# ---------------------------------------------------------------- a fault of ours


def test_a_fault_of_this_program_is_said_and_seen_and_ends_nothing(watched: Watched) -> None:
    """Somebody made a table whose name a view of ours needs: no code of ours expects that."""
    watched.write("a", at_most="1h")
    service = watched.service()
    watched.go(service, 1)
    with closing(sqlite3.connect(watched.db)) as conn:
        conn.executescript("DROP VIEW inspections_reported; CREATE TABLE inspections_reported (x)")
    with capture_logs() as logs:
        watched.go(service, 48, seconds=300)
        faults = [x for x in logs if x["log_level"] == "error"]
        unended = watched.rows("SELECT count(*) FROM passes WHERE ended_at IS NULL")[0][0]
        assert 3 <= unended <= 6, "with what is due, not at every tick"
        assert len(faults) == unended
        assert all(x["exc_info"] for x in faults)
        assert "a fault of this program (OperationalError)" in faults[0]["problem"]
        assert "attempt at a pass broke off since 3 Nov 2026, 09:" in str(problem(watched))
        with closing(sqlite3.connect(watched.db)) as conn:
            conn.execute("DROP TABLE inspections_reported")
        watched.go(service, 2, seconds=1800)
        watched.go(service, 1)
        assert [x["event"] for x in logs if x["log_level"] == "warning"] == ["works again"]
    assert problem(watched) is None
    assert not service.stop.is_set()


def problem(watched: Watched) -> str | None:
    """What `status` says of the watcher itself."""
    with open_archive(watched.db, readonly=True) as archive:
        told = reading.status(archive, config.load(watched.sources), now=watched.clock())
    assert told["needs_person"] is (told["problem"] is not None)
    return str(told["problem"]) if told["problem"] else None


# ---------------------------------------------------------------- a disk that does not take it


@contextmanager
def no_room(size: int) -> Iterator[None]:
    """No file of this process may grow beyond so many bytes: what a full disk is to SQLite."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


def test_a_full_disk_is_said_once_and_waited_out(watched: Watched) -> None:
    service = watched.service()
    watched.go(service, 1)
    paper(watched.web, "a", 30)
    watched.clock.forward(hours=2)
    with capture_logs() as logs:
        with no_room(20_000):
            watched.go(service, 4, seconds=300)
        assert not service.stop.is_set()
        said = [x for x in logs if x["event"].startswith("nothing is stored")]
        assert len({x["problem"] for x in said}) == len(said) > 0, "not at every tick"
        with open_archive(watched.db, readonly=True) as archive:
            beat = heartbeat.last(archive)
        assert beat is not None
        assert beat.is_late(watched.clock()), "this is how `status` comes to say it"
        watched.go(service, 3, seconds=1800)
        assert any(x["event"] == "works again" for x in logs)
    assert watched.rows("SELECT count(DISTINCT url), count(*) FROM entries") == [(30, 30)]
    assert watched.rows("SELECT count(*) FROM articles WHERE is_report = 1") == [(30,)]
    assert watched.rows("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.slow
def test_a_disk_that_is_full_at_any_byte_costs_no_story(watched: Watched) -> None:
    """Again and again new stories come when there is room for a few bytes more, or none."""
    random, stories = Random(SEED), 2
    watched.write("a", at_most="6h")
    service, troubled = watched.service(), 0
    watched.go(service, 1)
    for _ in range(40):
        stories += 3
        paper(watched.web, "a", stories)
        watched.clock.forward(hours=12)
        files = [p.stat().st_size for p in watched.db.parent.iterdir()]
        room = random.randrange(random.choice((200_000, max(files) + 100_000)))
        with capture_logs() as logs, no_room(room):
            watched.go(service, 1)
        troubled += any("problem" in x for x in logs)
        assert not service.stop.is_set(), service.failed
        if random.random() < 0.5:  # else it fills up again where it was full before
            watched.clock.forward(hours=12)
            watched.go(service, 1)
            wanted = [(stories, stories)]
            assert watched.rows("SELECT count(*), count(DISTINCT url) FROM entries") == wanted
            assert watched.rows("SELECT count(*), sum(is_report) FROM articles") == wanted
    print(f"seed {SEED}: the disk was full {troubled} times")
    assert troubled > 5
    assert watched.rows("PRAGMA integrity_check") == [("ok",)]


def test_a_damaged_archive_ends_the_service(watched: Watched) -> None:
    service = watched.service()
    watched.go(service, 1)
    watched.db.write_bytes(b"This is no database. " * 1000)
    watched.go(service, 1)
    assert service.stop.is_set()
    assert "is not a database" in str(service.failed)


def test_a_reader_who_stays_is_in_nobodys_way(watched: Watched) -> None:
    service = watched.service()
    watched.go(service, 1)
    with closing(sqlite3.connect(watched.db)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM entries").fetchone() == (2,)
        paper(watched.web, "a", 4)
        watched.go(service, 3, seconds=1800)
        service.nightly()
        assert reader.execute("SELECT count(*) FROM entries").fetchone() == (2,), "its own view"
        reader.execute("ROLLBACK")
        assert reader.execute("SELECT count(*) FROM entries").fetchone() == (4,)


@pytest.mark.slow
def test_another_program_that_writes_is_waited_for(watched: Watched) -> None:
    """Somebody edits the file in a database browser and goes to lunch."""
    service = watched.service()
    watched.go(service, 1)
    paper(watched.web, "a", 4)
    watched.clock.forward(hours=2)
    with closing(sqlite3.connect(watched.db)) as other, capture_logs() as logs:
        other.execute("BEGIN IMMEDIATE")
        watched.go(service, 2)
        other.execute("ROLLBACK")
        problems = [x["problem"] for x in logs if "problem" in x]
    assert len(problems) == 1
    assert "is locked by another program: close whatever is writing to it" in problems[0]
    assert not service.stop.is_set()
    watched.go(service, 2, seconds=1800)
    assert watched.rows("SELECT count(*), count(DISTINCT url) FROM entries") == [(4, 4)]
    assert watched.rows("SELECT count(*) FROM articles WHERE is_report = 1") == [(4,)]


@pytest.mark.slow
def test_a_writer_who_comes_in_mid_pass_costs_no_story(watched: Watched) -> None:
    service = watched.service()
    released = threading.Event()

    def meanwhile(handler: Handler) -> None:
        other = sqlite3.connect(watched.db, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")

        def release() -> None:
            other.rollback()
            other.close()
            released.set()

        threading.Timer(11.0, release).start()
        handler.reply(rss(*((f"http://a.example/story-{n}", "S") for n in range(2))).encode())

    good = watched.web.routes["http://a.example/feed"]
    watched.web.behave("http://a.example/feed", meanwhile)
    with capture_logs():
        service.tick()
    assert released.wait(20)
    watched.web.behave("http://a.example/feed", good)
    watched.go(service, 2, seconds=1800)
    assert watched.rows("SELECT count(*), count(DISTINCT url) FROM entries") == [(2, 2)]
    assert watched.rows("SELECT count(*) FROM articles") == [(2,)]


# ---------------------------------------------------------------- nights


def fetches(watched: Watched) -> dict[tuple[str, str], int]:
    rows = watched.rows("""SELECT source_id, CASE entries_new WHEN 0 THEN 'nothing new'
                           ELSE outcome END, count(*) FROM fetches GROUP BY 1, 2""")
    return {(source, outcome): count for source, outcome, count in rows}


@pytest.mark.slow
def test_the_night_forgets_only_what_is_routine(watched: Watched) -> None:
    """One paper answers 304, one fails, and one knows no validators and sends everything again."""
    watched.write("a", "b", "c")
    watched.web.behave("http://b.example/feed", hangs_up)
    paper(watched.web, "c", 2)
    feed = rss(*((f"http://c.example/story-{n}", "Story") for n in range(2)))
    counter = count(1)

    def always_whole(handler: Handler) -> None:
        date = f"<lastBuildDate>{next(counter)}</lastBuildDate><item>"
        handler.reply(feed.replace("<item>", date, 1).encode())

    watched.web.behave("http://c.example/feed", always_whole)
    service = watched.service()
    watched.go(service, 10, seconds=3600)
    old = fetches(watched)
    assert old.keys() == {
        ("a", "entries"), ("a", "not_modified"), ("a", "page"), ("b", "failed"),
        ("c", "entries"), ("c", "nothing new"), ("c", "page"),
    }  # fmt: skip
    assert min(old["a", "not_modified"], old["c", "nothing new"]) >= 3
    service.nightly()
    assert fetches(watched) == old
    watched.clock.now += ROUTINE_KEPT
    service.nightly()
    latest = {("a", "not_modified"): 1, ("c", "nothing new"): 1}
    assert fetches(watched) == old | latest, "the latest of each feed stays"
    assert watched.rows("SELECT count(*) FROM entries") == [(4,)]


def test_single_passes_tidy_up_once_a_week(watched: Watched) -> None:
    """Under cron nobody has a night."""

    def run(days: int) -> int:
        watched.clock.forward(days=days)
        one_pass(watched.db, config.load(watched.sources), what="run", stop=lambda: False,
                 progress=lambda *_: None, connect=watched.web.connect, limits=HASTY,
                 clock=watched.clock)  # fmt: skip
        return fetches(watched).get(("a", "not_modified"), 0)

    assert [run(0), run(1), run(1)] == [0, 1, 2]
    old = ROUTINE_KEPT.days + 2
    assert run(old) == 1, "its own stays"
    with closing(sqlite3.connect(watched.db)) as conn:
        conn.execute("UPDATE fetches SET fetched_at = '2025-01-01T00:00:00+00:00'")
        conn.commit()
    assert [run(1), run(5)] == [2, 3]
    assert run(1) == 3, "one came, the old one went"


# ---------------------------------------------------------------- a supervisor


def test_the_supervisor_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        tell_supervisor("STATUS=the disk is full\nand more")
        assert listener.recv(1000) == b"STATUS=the disk is full and more"
    tell_supervisor("READY=1")  # nobody listens any more: no matter
    monkeypatch.delenv("NOTIFY_SOCKET")
    tell_supervisor("READY=1")


# ---------------------------------------------------------------- for ever


@pytest.mark.slow
def test_ten_thousand_ticks_need_no_more_than_one_thousand(watched: Watched) -> None:
    """A week of ticks: some papers bring stories, some nothing, some fail."""
    ids = ("a", "b", "same", "dead", "gone", "words")
    news = {"n": 0}

    def feed(handler: Handler) -> None:
        """The newest ten of a paper that has a new story every six hours."""
        now = int((watched.clock() - datetime(2026, 11, 3, tzinfo=UTC)) / timedelta(hours=6))
        host = (handler.headers.get("host") or "").split(":")[0]
        links = [f"http://{host}/story?n={n}" for n in range(max(0, now - 10), now)]
        news["n"] = now
        handler.reply(rss(*((x, f"Story {x}") for x in links)).encode())

    for id_ in ("a", "b", "words"):
        watched.web.behave(f"http://{id_}.example/feed", feed)
        watched.web.serve(f"http://{id_}.example/story", story())
    paper(watched.web, "same", 3)
    watched.web.behave("http://dead.example/feed", hangs_up)
    watched.web.serve("http://gone.example/feed", status=410)
    watched.write(*ids, every="2h", at_most="12h")
    service = watched.service()
    measured: dict[int, dict[str, int]] = {}
    for n in range(10):
        watched.go(service, 1000)
        measured[(n + 1) * 1000] = usage()
        watched.web.requests.clear()  # ours, and it grows
    first, last = measured[1000], measured[10_000]
    print(f"passes {watched.rows('SELECT count(*) FROM passes')}, after ticks: {measured}")
    assert watched.rows("SELECT count(*) FROM entries")[0][0] >= 60
    assert last["handles"] == first["handles"]
    assert last["threads"] == first["threads"]
    assert last["memory"] < first["memory"] * 1.02


def usage() -> dict[str, int]:
    """Memory in kB, open file handles and threads of this process; the test's server is in it."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return {
        "memory": pages * os.sysconf("SC_PAGE_SIZE") // 1024,
        "handles": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
    }
