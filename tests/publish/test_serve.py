"""Serving as a person starts it: addresses, ports, signals, complaints."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from pipeline.errors import ArchiveError, WatchError
from pipeline.publish.serve import check, opened, serve


def test_a_missing_archive_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="make demo"):
        serve(tmp_path / "archive.db", port=0)
    assert not list(tmp_path.iterdir())


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("not a database, though long enough to be looked at" * 40)
    with pytest.raises(ArchiveError, match="cannot be opened"):
        check(tmp_path / "text.db")
    sqlite3.connect(tmp_path / "empty.db").close()
    with pytest.raises(ArchiveError, match="make run"):
        check(tmp_path / "empty.db")


def test_raw_pages_are_never_served(archive_file: Path, tmp_path: Path) -> None:
    pages = Path(shutil.copy(archive_file, tmp_path / "archive-pages.db"))
    with pytest.raises(ArchiveError, match="never served"):
        serve(pages, port=0)
    assert list(tmp_path.iterdir()) == [pages]


def test_a_taken_port_is_one_clear_sentence(archive_file: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(WatchError, match=rf"port {port}: Address already in use; .*--port"):
            serve(archive_file, port=port)


def test_nothing_is_left_beside_the_archive(archive_file: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(archive_file, tmp_path / "demo.db"))
    with opened(path) as datasette:
        assert "demo" in datasette.databases
    assert [p.name for p in tmp_path.iterdir()] == ["demo.db"]


@pytest.mark.slow
@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_told_to_end(
    archive_file: Path, tmp_path: Path, end: signal.Signals, public: bool
) -> None:
    path = Path(shutil.copy(archive_file, tmp_path / "demo.db"))
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    code = (
        "from pathlib import Path; from pipeline.publish.serve import serve;"
        f"serve(Path({str(path)!r}), port=0, public={public})"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(temporary)},
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert address, line
        with urllib.request.urlopen(address[0] + "demo/articles/1", timeout=10) as response:
            html = response.read().decode()
        assert ("screening tool" in html) is not public
        process.send_signal(end)
        assert process.wait(timeout=10) == 0
        assert "Traceback" not in process.stderr.read()
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["demo.db", "temporary"]
    assert not list(temporary.iterdir())
