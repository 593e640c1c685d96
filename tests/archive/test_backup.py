"""Copies of the archive: whole, checked, never in the way of a writer or of each other."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.archive import Archive, deriving, open_archive, pages_path
from pipeline.archive.backup import backup
from pipeline.errors import ArchiveError
from tests.stored import URL, article, count, save, save_tags, store, tags

TIME = datetime(2026, 11, 3, 12, 30, 5, tzinfo=UTC)


def test_a_copy_is_an_archive_of_its_own(archive: Archive) -> None:
    store(archive)
    save(archive, article())
    save_tags(archive, tags())
    copies = backup(archive.path, now=TIME)
    folder = archive.path.parent / "backups"
    assert [p.name for p in copies] == [
        "archive-2026-11-03T123005Z.db", "archive-2026-11-03T123005Z-pages.db",
    ]  # fmt: skip
    assert sorted(folder.iterdir()) == sorted(copies), "nothing else is left there"
    with open_archive(copies[0], readonly=True) as copy:
        assert copy.pages_path == copies[1]
        assert deriving.page(copy, URL).body == deriving.page(archive, URL).body
        assert count(copy, "mentions") == 2


def test_nothing_is_overwritten(archive: Archive, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    backup(archive.path, target)
    before = target.read_bytes()
    with pytest.raises(ArchiveError, match="is there already; a copy never overwrites one"):
        backup(archive.path, target)
    assert target.read_bytes() == before
    target.unlink()
    with pytest.raises(ArchiveError, match=r"copy-pages\.db: is there already"):
        backup(archive.path, target)
    assert not target.exists(), "no half a copy"


def test_into_a_folder(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "usb").mkdir()
    copies = backup(archive.path, tmp_path / "usb", now=TIME)
    assert copies[0] == tmp_path / "usb" / "archive-2026-11-03T123005Z.db"


def test_what_cannot_be_copied_says_so(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="no archive here yet"):
        backup(tmp_path / "missing.db")
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match="cannot be made"):
        backup(archive.path, tmp_path / "file" / "copy.db")


def test_a_damaged_original_gives_no_copy(archive: Archive) -> None:
    for n in range(200):
        store(archive, f"{URL}-{n}", "<p>" + "word " * 100)
    archive.close()
    size = archive.path.stat().st_size
    with archive.path.open("r+b") as f:
        f.seek(size // 2)
        f.write(b"\xff" * 20000)
    with pytest.raises(ArchiveError, match="damaged"):
        backup(archive.path, now=TIME)
    assert list(archive.path.parent.glob("backups/*")) == []


def test_a_copy_taken_while_a_writer_writes_is_consistent(archive: Archive, tmp_path: Path) -> None:
    store(archive)
    path, stop, written = archive.path, threading.Event(), threading.Event()

    def write() -> None:
        with open_archive(path) as writer:
            n = 0
            while not stop.is_set():
                store(writer, f"{URL}-{n}", f"<p>{n}</p>" * 50)
                written.set()
                n += 1

    thread = threading.Thread(target=write)
    thread.start()
    try:
        assert written.wait(10)
        copies = [backup(path, tmp_path / f"copy-{n}.db")[0] for n in range(3)]
    finally:
        stop.set()
        thread.join()
    for path in copies:
        with open_archive(path, readonly=True) as copy:
            urls = [r[0] for r in copy.db.execute("SELECT url FROM pages")]
            assert urls
            for url in urls:
                assert deriving.page(copy, url).url == url, "every row finds its raw page"
        with sqlite3.connect(pages_path(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        db.close()


def test_the_original_is_left_alone(archive: Archive) -> None:
    store(archive)
    archive.close()
    before = archive.path.read_bytes()
    backup(archive.path)
    assert archive.path.read_bytes() == before
    assert sorted(p.name for p in archive.path.parent.iterdir()) == [
        "archive-pages.db", "archive.db", "backups",
    ]  # fmt: skip
