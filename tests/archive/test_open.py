"""Opening the archive: what is made, what is refused, what is left behind."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.archive import open_archive, pages_path
from pipeline.archive.bodies import get_body, put_body
from pipeline.errors import ArchiveError, CleanError, Locked

INSERT = (
    "INSERT INTO articles (url, first_seen_at, updated_at, access, text, digest, headline)"
    " VALUES (?, '', '', 'open', ?, '', ?)"
)


def foreign(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
        db.execute("INSERT INTO recipes VALUES ('soup')")
    db.close()


def newer(path: Path) -> None:
    with open_archive(path) as archive:
        archive.db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('inspection-watch', 'm999_from_the_future', '')"
        )


def older(path: Path) -> None:
    with open_archive(path) as archive:
        archive.db.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'm003%'")


def damaged(path: Path) -> None:
    with open_archive(path) as archive:
        for n in range(200):
            archive.db.execute(INSERT, (str(n), "word " * 200, None))
    size = path.stat().st_size
    with path.open("r+b") as f:
        f.seek(4096)
        f.write(b"\xff" * (size - 8192))


def pages_only(path: Path) -> None:
    with open_archive(path):
        pass
    shutil.move(pages_path(path), path)


REFUSED = {
    "text": (lambda p: p.write_text("sources:\n" * 300), "is not a database", False),
    "recipes": (foreign, "is a database of another program; it was left as it is", False),
    "pages": (pages_only, "holds the raw pages of an archive", False),
    "newer": (newer, "written by a newer version of this program (it has m999_from_the_", False),
    "newer, to read": (newer, "written by a newer version", True),
    "older, to read": (older, "was made by an older version; `derive` brings it up", True),
    "damaged": (damaged, "is damaged: put the latest good copy", False),
    "folder": (lambda p: p.mkdir(), "is a folder, not an archive", False),
    "missing, to read": (lambda _: None, "there is no archive here yet", True),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_used_is_refused_in_a_sentence_and_left_as_it_was(
    what: str, tmp_path: Path
) -> None:
    make, says, readonly = REFUSED[what]
    path = tmp_path / "archive.db"
    make(path)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()}
    with pytest.raises(ArchiveError) as raised, open_archive(path, readonly=readonly) as archive:
        archive.db.execute("SELECT count(*), max(text) FROM articles").fetchall()
    assert says in str(raised.value)
    assert str(raised.value).startswith(str(path)), "the file is named"
    assert "\n" not in str(raised.value)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.is_file()} == before


def test_a_missing_archive_is_not_made_when_told_so(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no archive here yet"):
        open_archive(tmp_path / "db" / "archive.db", create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("readonly", [False, True])
def test_closing_leaves_the_two_files_and_nothing_else(tmp_path: Path, readonly: bool) -> None:
    path = tmp_path / "db" / "demo.db"
    with open_archive(path) as archive:
        archive.db.execute(INSERT, ("a", "text", None))
        put_body(archive, b"<p>text</p>")
    with open_archive(path, readonly=readonly) as archive:
        assert archive.db.execute("SELECT count(*) FROM articles").fetchone() == (1,)
    assert sorted(p.name for p in path.parent.iterdir()) == ["demo-pages.db", "demo.db"]


def test_read_only_means_it(tmp_path: Path) -> None:
    open_archive(tmp_path / "a.db").close()
    with (
        pytest.raises(ArchiveError, match="is read-only"),
        open_archive(tmp_path / "a.db", readonly=True) as archive,
    ):
        archive.db.execute(INSERT, ("a", "text", None))


def test_a_reader_sees_the_last_commit_while_a_writer_writes(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with open_archive(path) as writer, open_archive(path, readonly=True) as reader:
        with writer.transaction() as db:
            db.execute(INSERT, ("a", "text", None))
            assert reader.db.execute("SELECT count(*) FROM articles").fetchone() == (0,)
        assert reader.db.execute("SELECT count(*) FROM articles").fetchone() == (1,)


def write(path: Path, *pragmas: str, steps: int = 1, disk: bool = False) -> None:
    """Steps of two rows each (and a raw page, where a real disk shall be filled)."""
    with open_archive(path) as archive:
        for pragma in pragmas:
            archive.db.execute(pragma)
        for n in range(steps):
            if disk:
                put_body(archive, os.urandom(9000))
            with archive.transaction() as db:
                db.execute(INSERT, (f"step {n}, one", "text " * 500, None))
                db.execute(INSERT, (f"step {n}, two", "text " * 500, None))


def test_a_held_file_is_said_to_be_locked(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_archive(path).close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(Locked, match="locked by another program"):
            write(path, "PRAGMA busy_timeout = 1")
    finally:
        holder.close()


def test_a_mistake_of_ours_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        write(tmp_path / "a.db", "SELECT 1 FROM unheard_of")


def test_a_full_disk_takes_back_one_step_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with open_archive(path) as archive:
        archive.db.execute(INSERT, ("first", "kept", None))
        pages = archive.db.execute("PRAGMA page_count").fetchone()[0]
    with pytest.raises(ArchiveError, match="the disk is full"):
        write(path, f"PRAGMA max_page_count = {pages + 30}", steps=1000)
    with open_archive(path) as archive:
        urls = [r[0] for r in archive.db.execute("SELECT url FROM articles ORDER BY id")]
        assert urls[0] == "first"
        assert len(urls) > 1
        assert len(urls) % 2 == 1, "no half step"
        assert archive.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        archive.db.execute(
            "INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)"
        )


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        with pytest.raises(ArchiveError, match="the disk is full"):
            write(disk / "a.db", steps=100_000, disk=True)
        shutil.copytree(disk, tmp_path / "bigger")
        with open_archive(tmp_path / "bigger" / "a.db") as archive:
            urls = [r[0] for r in archive.db.execute("SELECT url FROM articles ORDER BY id")]
            assert len(urls) > 10
            assert len(urls) % 2 == 0, "no half step"
            assert urls[-1] == f"step {len(urls) // 2 - 1}, two", "no step lost"
            assert archive.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        with pytest.raises(ArchiveError, match="disk is full"):
            open_archive(disk / "b.db")
        assert not (disk / "b.db").exists(), "an unfinished file would be in the way next time"
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_read_only_folder_and_file(tmp_path: Path) -> None:
    """In a process of its own that gives up root's right to write anywhere."""
    path = tmp_path / "db" / "archive.db"
    with open_archive(path) as archive:
        archive.db.execute(INSERT, ("a", "text", None))
    code = (
        "import os, sys; from pipeline.archive import open_archive; from pathlib import Path\n"
        "from pipeline.archive.lock import writing; from pipeline.errors import ArchiveError\n"
        "open_archive(sys.argv[1], readonly=True).close()  # loads what only root may read\n"
        "os.geteuid() or os.setuid(65534)\n"
        "for act in (lambda: open_archive(sys.argv[1]), lambda: open_archive(sys.argv[2]),\n"
        "            lambda: open_archive(sys.argv[3]),\n"
        "            lambda: writing(sys.argv[1], 'run').__enter__()):\n"
        "    try: act(); print('no error')\n"
        "    except ArchiveError as e: print(e)\n"
        "with open_archive(sys.argv[1], readonly=True) as a:\n"
        "    print(a.db.execute('SELECT url FROM articles').fetchone())\n"
    )
    for parent in (tmp_path, *tmp_path.parents[:3]):
        if parent.owner() == path.owner() and parent != Path("/"):
            parent.chmod(0o755)
    for p in (path, pages_path(path)):
        p.chmod(0o444)
    path.parent.chmod(0o555)
    paths = (path, path.with_name("new.db"), path.parent / "x" / "y.db")
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, *paths],
            capture_output=True, text=True, check=False, cwd="/",
            env={"PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip
    finally:
        path.parent.chmod(0o755)
    assert done.stderr == ""
    writes, news, folder, locks, read = done.stdout.splitlines()
    assert "is read-only: the file or its folder may not be written to" in writes
    assert "cannot be opened or created: is its folder there and writable?" in news
    assert "its folder cannot be made: Permission denied" in folder
    assert "cannot be locked for writing: Permission denied" in locks
    assert read == "('a',)"


def test_an_older_archive_is_brought_up_to_date(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with open_archive(path) as archive:
        archive.db.execute(INSERT, ("a", "neglect", "before"))
        archive.db.execute("DELETE FROM _sqlite_migrations WHERE name LIKE 'm003%'")
    with open_archive(path) as archive:
        archive.db.execute("UPDATE articles SET headline = 'after', is_report = 1")
        hits = archive.db.execute("SELECT rowid FROM articles_fts('after neglect')").fetchall()
        assert hits == [(1,)]
        archive.db.execute(
            "INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)"
        )


def test_retagging_leaves_the_index_alone(tmp_path: Path) -> None:
    with open_archive(tmp_path / "a.db") as archive:
        archive.db.execute(INSERT, ("a", "neglect", "before"))
        before = archive.db.execute("SELECT id, block FROM articles_fts_data").fetchall()
        archive.db.execute("UPDATE articles SET headline = headline, text = text, is_report = 1")
        assert archive.db.execute("SELECT id, block FROM articles_fts_data").fetchall() == before


def test_raw_pages_come_back_byte_for_byte_and_are_stored_once(tmp_path: Path) -> None:
    body = b"<html>\x00\xff" + "Prüfer ".encode() * 1000
    with open_archive(tmp_path / "a.db") as archive:
        digest = put_body(archive, body)
        assert put_body(archive, body) == digest
        assert get_body(archive, digest, url="https://a.example/") == body
        assert archive.pages.execute("SELECT count(*) FROM bodies").fetchone() == (1,)
        with pytest.raises(CleanError, match=r"its raw page is not in a-pages\.db"):
            get_body(archive, "0" * 64, url="https://a.example/")
        archive.pages.execute("UPDATE bodies SET body = substr(body, 9)")
        with pytest.raises(CleanError, match="is damaged"):
            get_body(archive, digest, url="https://a.example/")
