"""The background service as the system sees it: real processes, real signals, a real clock."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.web import Web, rss, slow

ROOT = Path(__file__).parent.parent
PAGE = (
    "<html><body><article><h1>Home rated good</h1>"
    + "<p>The Care Quality Commission has rated Larch House in Harwick good, saying that people"
    " there were safe and that staff knew them well.</p>" * 1
    + "".join(f"<p>Inspectors also described the {n} garden, which residents keep.</p>"
              for n in ("first", "second", "third", "fourth", "fifth"))
    + "</article></body></html>"
)  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(web: Web, tmp_path: Path) -> Path:
    base = f"http://127.0.0.1:{web.port}"
    web.serve("http://127.0.0.1/feed", rss((f"{base}/one", "One")), type="application/rss+xml")
    web.serve("http://127.0.0.1/one", PAGE)
    write_sources(tmp_path, base)
    return tmp_path


def write_sources(folder: Path, base: str, *feeds: str) -> None:
    records = [{"id": f, "feeds": [f"{base}/{f}"], "allow_private": True, "every": "1m"}
               for f in feeds or ("feed",)]  # fmt: skip
    settings = {"defaults": {"contact": "mailto:a@b.example"}, "sources": records}
    (folder / "sources.yaml").write_text(json.dumps(settings))


@pytest.fixture
def start(folder: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    running: list[subprocess.Popen[str]] = []

    def go(*words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline", *words], cwd=folder, text=True,
            stderr=subprocess.PIPE, stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        running.append(process)
        return process

    yield go
    for process in running:
        process.kill()
        process.communicate()


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def count(folder: Path, table: str) -> int:
    path = folder / "db" / "archive.db"
    if not path.exists():
        return 0
    db = sqlite3.connect(path, timeout=5)
    try:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    except sqlite3.OperationalError:  # the tables are being made
        return 0
    finally:
        db.close()


def test_watch_stores_what_comes_and_ends_cleanly_on_sigterm(
    folder: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    service = start("watch", "--tick", "1")
    until(lambda: count(folder, "articles WHERE is_report IS NOT NULL") == 1)

    second = start("watch")
    _, words = second.communicate(timeout=20)
    assert second.returncode == 1
    assert f"db/archive.db: is being watched by `watch` (process {service.pid})" in words

    service.send_signal(signal.SIGTERM)
    _, words = service.communicate(timeout=20)
    assert service.returncode == 0, words
    assert "Stopped cleanly." in words
    assert sorted(os.listdir(folder / "db")) == ["archive-pages.db", "archive.db"]


def test_sources_are_read_again_at_once_on_sighup(
    folder: Path, web: Web, start: Callable[..., subprocess.Popen[str]]
) -> None:
    base = f"http://127.0.0.1:{web.port}"
    web.serve("http://127.0.0.1/other", rss((f"{base}/two", "Two")), type="application/rss+xml")
    web.serve("http://127.0.0.1/two", PAGE)
    service = start("watch", "--tick", "3600")
    until(lambda: count(folder, "passes WHERE ended_at IS NOT NULL") >= 1)
    write_sources(folder, base, "feed", "other")
    service.send_signal(signal.SIGHUP)
    until(lambda: count(folder, "articles") == 2)
    write_sources(folder, base, "other")
    service.send_signal(signal.SIGHUP)
    until(lambda: count(folder, "feeds WHERE NOT listed") == 1)
    service.send_signal(signal.SIGTERM)
    service.communicate(timeout=20)
    assert service.returncode == 0
    assert web.count("http://127.0.0.1/feed") == web.count("http://127.0.0.1/other") == 1


def test_a_broken_edit_of_sources_leaves_the_last_good_one_in_force(
    folder: Path, start: Callable[..., subprocess.Popen[str]]
) -> None:
    service = start("watch", "--tick", "1")
    until(lambda: count(folder, "passes WHERE ended_at IS NOT NULL") >= 1)
    (folder / "sources.yaml").write_text("sources: [")
    service.send_signal(signal.SIGHUP)
    until(lambda: count(folder, "passes") >= 2)
    before = beat_at(folder)
    until(lambda: beat_at(folder) > before)
    between = beat_at(folder)
    until(lambda: beat_at(folder) > between)
    service.send_signal(signal.SIGINT)
    _, words = service.communicate(timeout=20)
    assert service.returncode == 0
    assert words.count("the last good version stays in force") == 1, "not at every tick"
    assert "sources.yaml: is not valid YAML" in words


def beat_at(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "db" / "archive.db", timeout=5)) as db:
        return str(db.execute("SELECT beat_at FROM heartbeat").fetchone()[0])


def test_systemd_hears_of_its_life(
    folder: Path, start: Callable[..., subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(folder / "notify"))
        listener.settimeout(20)
        monkeypatch.setenv("NOTIFY_SOCKET", str(folder / "notify"))
        service = start("watch", "--tick", "1")
        heard = set()
        while not {b"READY=1", b"WATCHDOG=1", b"STATUS=watching"} <= heard:
            heard.add(listener.recv(1000))
        service.send_signal(signal.SIGTERM)
        while b"STOPPING=1" not in heard:
            heard.add(listener.recv(1000))
    assert service.wait(20) == 0


def test_sigterm_ends_a_pass_after_the_unit_in_hand(
    folder: Path, web: Web, start: Callable[..., subprocess.Popen[str]]
) -> None:
    base = f"http://127.0.0.1:{web.port}"
    items = [(f"{base}/{n}", f"Story {n}") for n in range(30)]
    web.serve("http://127.0.0.1/feed", rss(*items), type="application/rss+xml")
    for n in range(30):
        web.behave(f"http://127.0.0.1/{n}", slow(0.2, PAGE.encode()))
    run = start("run")
    until(lambda: count(folder, "pages") >= 3)
    run.send_signal(signal.SIGTERM)
    _, words = run.communicate(timeout=20)
    assert run.returncode == 0, words
    assert "Stopped early, as asked" in words
    stored = count(folder, "pages")
    assert 3 <= stored < 30
    assert count(folder, "entries") == 30

    for n in range(30):
        web.serve(f"http://127.0.0.1/{n}", PAGE)
    again = start("run", "--all")
    again.communicate(timeout=30)
    assert count(folder, "pages") == count(folder, "articles") == 30, "the next pass goes on"
    assert all(web.count(f"http://127.0.0.1/{n}") <= 2 for n in range(30))


@pytest.mark.usefixtures("folder")
def test_the_second_run_says_who_holds_the_archive(
    web: Web, start: Callable[..., subprocess.Popen[str]]
) -> None:
    web.behave("http://127.0.0.1/feed", slow(3, b"late"))
    first = start("run")
    until(lambda: web.count("http://127.0.0.1/feed") == 1)
    second = start("run")
    _, words = second.communicate(timeout=20)
    assert second.returncode == 1
    assert f"db/archive.db: is being written by `run` (process {first.pid})" in words
    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=20)


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"),
                    reason="root may write everywhere")  # fmt: skip
def test_a_folder_that_may_not_be_written_to_is_one_sentence(folder: Path) -> None:
    mortal = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*mortal, sys.executable, "-m", "pipeline", *words], cwd=folder, text=True,
            capture_output=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False,
        )  # fmt: skip

    assert run("run").returncode == 0
    (folder / "db").chmod(0o555)
    try:
        for command in ("run", "watch", "derive"):
            done = run(command)
            assert done.returncode == 1
            assert "cannot be locked for writing: Permission denied" in done.stderr
            assert "Traceback" not in done.stderr
        assert '"id": "feed"' in run("status", "--json").stdout
        assert sorted(os.listdir(folder / "db")) == ["archive-pages.db", "archive.db"]
    finally:
        (folder / "db").chmod(0o755)
