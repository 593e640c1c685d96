"""The demo's archive, served as `make serve` does, and Debian's Chromium to look at it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--disable-lcd-text",  # letters without coloured edges make smaller pictures
             "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]  # fmt: skip


def demo_archive(folder: Path) -> Path:
    """Runs the demo into `folder`; the whole job, so about 20 seconds."""
    db = folder / "demo.db"
    command = [sys.executable, "-m", "pipeline.demo", "--db", str(db)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    return db


@contextlib.contextmanager
def served(db: Path, *options: str) -> Iterator[str]:
    """The address of `db` served on a free port, with a slash at its end."""
    command = [sys.executable, "-m", "pipeline", "serve", "--db", str(db), "--port", "0", *options]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert address, line + process.stderr.read()
        yield address[0]
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser that cannot resolve any host but loopback."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()
