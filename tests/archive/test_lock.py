"""One writer at a time: real processes, real signals."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipeline.archive.lock import lock_path, writing
from pipeline.errors import Locked

ROOT = Path(__file__).parents[2]
HOLD = (
    "import sys; from pipeline.archive.lock import writing\n"
    "with writing(sys.argv[1], 'watch'):\n"
    "    print('held', flush=True); sys.stdin.readline()\n"
)


def holder(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=10)


def test_the_second_is_told_who_writes_and_since_when(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    process = holder(path)
    try:
        with pytest.raises(Locked) as raised, writing(path, "run"):
            pass
    finally:
        end(process)
    assert re.fullmatch(
        rf"{re.escape(str(path))}: is being written by `watch` \(process {process.pid}\) since"
        r" \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00: wait for it, or stop it",
        str(raised.value),
    )


def test_it_is_free_again_afterwards_and_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "db" / "archive.db"
    for _ in range(2):
        with writing(path, "run"):
            assert lock_path(path).exists()
    assert list(tmp_path.iterdir()) == [], "not even the folder that it had to make"


def test_a_killed_holder_is_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    process = holder(path)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert lock_path(path).exists(), "its file stayed"
    with writing(path, "run"):
        pass
    assert not lock_path(path).exists()


def test_within_one_process_too(tmp_path: Path) -> None:
    with (
        writing(tmp_path / "a.db", "run"),
        pytest.raises(Locked, match="by `run`"),
        writing(tmp_path / "a.db", "run"),
    ):
        pass


def test_an_unreadable_file_still_locks(tmp_path: Path) -> None:
    with writing(tmp_path / "a.db", "run"):
        lock_path(tmp_path / "a.db").write_bytes(b"\xff{")
        with pytest.raises(Locked, match="by another process"), writing(tmp_path / "a.db", "run"):
            pass


@pytest.mark.slow
def test_many_processes_never_hold_it_together(tmp_path: Path) -> None:
    code = (
        "import os, sys, time; from pipeline.archive.lock import writing\n"
        "from pipeline.errors import Locked\n"
        "n, until = 0, time.monotonic() + 1.5\n"
        "while time.monotonic() < until:\n"
        "    try:\n"
        "        with writing(sys.argv[1], 'run'):\n"
        "            fd = os.open(sys.argv[2], os.O_CREAT | os.O_EXCL); os.close(fd)\n"
        "            os.unlink(sys.argv[2]); n += 1\n"
        "    except Locked: pass\n"
        "print(n)\n"
    )
    args = [sys.executable, "-c", code, tmp_path / "a.db", tmp_path / "inside"]
    processes = [
        subprocess.Popen(args, stdout=subprocess.PIPE, text=True, env={"PYTHONPATH": str(ROOT)})
        for _ in range(4)
    ]
    counts = [int(p.communicate(timeout=20)[0]) for p in processes]
    assert all(p.returncode == 0 for p in processes), "two were inside at once"
    assert sum(counts) > 100


def test_a_holder_that_has_not_signed_yet_is_waited_for(tmp_path: Path) -> None:
    """The file still tells of one that was killed when its successor takes the lock."""
    path = tmp_path / "a.db"
    gone = holder(path)
    gone.kill()
    gone.communicate()
    stale = lock_path(path).read_bytes()
    process = holder(path)
    signed = lock_path(path).read_bytes()
    try:
        lock_path(path).write_bytes(stale)
        timer = threading.Timer(0.1, lambda: lock_path(path).write_bytes(signed))
        timer.start()
        with pytest.raises(Locked, match=rf"\(process {process.pid}\)"), writing(path, "run"):
            pass
        timer.join()
    finally:
        end(process)
