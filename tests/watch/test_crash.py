"""Killed at any moment, or without power: nothing is lost, nothing comes twice, work goes on.

Real passes in processes of their own, real signals, real files; see `crashing`. What an archive
holds afterwards is compared with one that nobody disturbed. The moments come from a seed that is
printed; `CRASH_SEED=7 pytest …` chooses another.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import struct
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.watch import crashing
from tests.watch.crashing import START, Child, World, settling, start
from tests.web import Web

pytestmark = pytest.mark.slow

SEED = int(os.environ.get("CRASH_SEED", "20261123"))
KILLS = 110
ARCHIVES = 10  #: at least
DERIVING_KILLS = 24
LOSSES = 16
RACES = 20
HOUR = timedelta(hours=1)
#: tables that are made from pages alone, in the order in which they can be emptied
DERIVED = ("article_agencies", "mentions", "findings", "article_themes", "article_places",
           "responses", "inspection_details", "removals", "revisions", "articles", "derivations",
           "agencies")  # fmt: skip


@dataclass(frozen=True)
class Undisturbed:
    """An archive that nobody disturbed, and how long its two passes took."""

    db: Path
    content: dict[str, list[tuple[Any, ...]]]
    seconds: tuple[float, float]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with Web() as web, pytest.MonkeyPatch.context() as patch:
        # the server of children starts anew in this folder, whoever started it before
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        yield World(web)


@pytest.fixture(scope="module")
def undisturbed(world: World, tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    db = tmp_path_factory.mktemp("undisturbed") / "db" / "archive.db"
    world.edition = 1
    start(db.parent.parent / "warm-up" / "archive.db", world, START).end()
    seconds = []
    for edition, at in ((1, START), (2, START + HOUR)):
        world.edition = edition
        child = start(db, world, at)
        began = time.monotonic()
        assert child.end() == 0
        seconds.append(time.monotonic() - began)
    assert start(db, world, *settling()).end() == 0
    content = crashing.content(db)
    assert len(content["entries"]) > 90
    assert len(content["mentions"]) > 90
    return Undisturbed(db=db, content=content, seconds=(seconds[0], seconds[1]))


def compare(db: Path, wanted: dict[str, list[tuple[Any, ...]]]) -> None:
    found = crashing.content(db)
    assert found.keys() == wanted.keys()
    for table, rows in wanted.items():
        assert found[table] == rows, f"{table} differs"
    crashing.check_whole(db)
    crashing.check_index(db)
    left = sorted(p.name for p in db.parent.iterdir())
    assert left == ["archive-pages.db", "archive.db"], "something stayed behind"


def kill(child: Child, after: float, killed: Counter[str]) -> bool:
    """SIGKILL after so many seconds, noted under what the child was doing; False: it had ended."""
    time.sleep(after)
    child.process.kill()
    code = child.end()
    assert code in (0, -signal.SIGKILL), "it fell by itself"
    if code != 0:
        killed[(["beginning", *child.said()])[-1]] += 1
    return code != 0


def test_a_pass_killed_anywhere_leaves_what_an_undisturbed_one_leaves(
    world: World, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    random, killed, archives = Random(SEED), Counter[str](), 0
    while killed.total() < KILLS or archives < ARCHIVES:
        db = tmp_path / str(archives) / "archive.db"
        # Short spans kill the same work again and again, long ones reach its end.
        share = (0.1, 0.2, 0.4, 0.8)[archives % 4]
        at, entries = START, 0
        for edition, seconds in ((1, undisturbed.seconds[0]), (2, undisturbed.seconds[1])):
            world.edition = edition
            for _ in range(6):
                kill(start(db, world, at), random.uniform(0, seconds * share), killed)
                at += HOUR
                if random.random() < 0.5 and db.exists():  # else the next pass finds it as it fell
                    now = crashing.check_whole(db)
                    assert now >= entries, "an entry was lost"
                    entries = now
            assert start(db, world, at).end() == 0
            at += HOUR
        assert start(db, world, *settling()).end() == 0
        compare(db, undisturbed.content)
        archives += 1
    print(f"seed {SEED}: {killed.total()} kills in {archives} archives: {dict(killed)}")
    early = ("beginning", "feeds", "pages")
    assert all(killed[stage] >= 3 for stage in early), f"not spread over the pass: {killed}"


def test_killed_while_deriving_and_publishing_the_rest_is_made_by_the_next_pass(
    world: World, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    random, killed = Random(SEED + 2), Counter[str]()
    at = settling()[-1] + timedelta(minutes=1)  # nothing is due from the network
    made = tmp_path / "made" / "archive.db"
    underived(undisturbed.db, made)
    child = start(made, world, at)
    began = time.monotonic()
    assert child.end() == 0
    seconds = time.monotonic() - began
    wanted = crashing.content(made)
    assert len(wanted["mentions"]) > 90
    for n in range(100):
        db = tmp_path / str(n) / "archive.db"
        underived(undisturbed.db, db)
        for first in (0.5, 0.0, 0.0, 0.0):  # the first time its end is within reach
            if not kill(start(db, world, at), random.uniform(first, 1.0) * seconds, killed):
                break
        assert start(db, world, at).end() == 0
        compare(db, wanted)
        if killed.total() >= DERIVING_KILLS and killed["Tagging"]:
            break
    print(f"seed {SEED + 2}: {killed.total()} kills in {n + 1} archives: {dict(killed)}")


def underived(db: Path, to: Path) -> None:
    """A copy of an archive as if nothing had been derived from its pages, nor published."""
    shutil.copytree(db.parent, to.parent)
    with closing(sqlite3.connect(to)) as conn:
        for table in DERIVED:
            conn.execute(f"DELETE FROM {table}")
        for (view,) in conn.execute(
            "SELECT name FROM sqlite_master WHERE type = 'view'"
        ).fetchall():
            conn.execute(f"DROP VIEW {view}")
        conn.commit()


def test_power_lost_at_any_moment_loses_nothing_for_good(
    world: World, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    random, cuts = Random(SEED + 1), []
    while len(cuts) < LOSSES:
        world.edition = 1
        live = tmp_path / f"live-{len(cuts)}" / "archive.db"
        child = start(live, world, START)
        for _ in range(4):
            time.sleep(random.uniform(0, undisturbed.seconds[0] / 4))
            db = tmp_path / str(len(cuts)) / "archive.db"
            if freeze(child):
                cuts.append(without_power(live.parent, db, random))
                os.kill(child.process.pid, signal.SIGCONT)
        assert child.end() == 0
    for n in range(len(cuts)):
        db = tmp_path / str(n) / "archive.db"
        if db.exists():
            crashing.check_whole(db)
        world.edition = 1
        assert start(db, world, START + HOUR).end() == 0
        world.edition = 2
        assert start(db, world, START + 3 * HOUR, *settling()).end() == 0
        compare(db, undisturbed.content)
    print(f"seed {SEED + 1}: {len(cuts)} losses of power, bytes of the log that went: {cuts}")
    assert any(cuts)


def test_of_two_that_begin_at_once_one_works_and_the_other_says_who(
    world: World, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    world.edition = 1
    for n in range(RACES):
        db = tmp_path / str(n) / "archive.db"
        (winner, worked), (loser, words) = sorted(
            crashing.race(db, world, START), key=lambda told: told[1] != "worked"
        )
        assert worked == "worked"
        assert winner != loser
        assert f"is being written by `run` (process {winner}) since" in words
    world.edition = 2
    assert start(db, world, START + HOUR, *settling()).end() == 0
    compare(db, undisturbed.content)


def freeze(child: Child) -> bool:
    """Stop it where it stands; False when it had ended already."""
    pid = child.process.pid
    try:
        os.kill(pid, signal.SIGSTOP)
        while (state := Path(f"/proc/{pid}/stat").read_text().rsplit(")")[-1].split()[0]) != "T":
            if state in "ZX":
                return False
            time.sleep(0.001)
    except (ProcessLookupError, FileNotFoundError):
        return False
    return True


def without_power(folder: Path, db: Path, random: Random) -> int:
    """Copy a frozen archive as a power cut may leave it; how many bytes of its log are missing.

    By SQLite's rules what was written since the last sync may be lost from any point on, or in
    parts. `archive.db` (synchronous=NORMAL) is synced before a checkpoint, `archive-pages.db`
    (FULL) at each commit; how far that was stands in the `-shm` file (sqlite.org/walformat.html).
    """
    db.parent.mkdir()
    gone = 0
    for name in ("archive.db", "archive-pages.db"):
        if not (folder / name).exists():
            continue
        shutil.copy(folder / name, db.parent / name)
        log, index = folder / f"{name}-wal", folder / f"{name}-shm"
        if log.exists():
            body = bytearray(log.read_bytes())
            synced = _synced(index.read_bytes(), every_commit=name != "archive.db")
            if len(body) > synced:
                at = random.randrange(synced, len(body))
                gone += len(body) - at
                if random.random() < 0.5:
                    del body[at:]
                else:  # sectors are written in any order: some of the tail came through
                    for sector in range(at, len(body), 512):
                        if random.random() < 0.5 or sector == at:
                            body[sector : sector + 512] = bytes(len(body[sector : sector + 512]))
            (db.parent / f"{name}-wal").write_bytes(body)
    return gone


def _synced(index: bytes, *, every_commit: bool) -> int:
    """Bytes of the log that are certainly on the disk."""
    if len(index) < 132:
        return 0
    page = struct.unpack_from("=H", index, 14)[0] or 4096
    frames = struct.unpack_from("=I", index, 16 if every_commit else 128)[0]
    return 32 + frames * (24 + page) if frames else 0
