"""`status` as a person reads it: on a terminal of 80 or 120 columns, in a file, as JSON."""

from __future__ import annotations

import json
import os
import pty
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner, Result

from pipeline import config, statusview
from pipeline.archive import open_archive, passes
from pipeline.archive.sources import sync_sources
from pipeline.cli import cli
from pipeline.models import Health, HealthState

NOW = datetime.now(UTC).replace(microsecond=0)
AGO = NOW - timedelta(days=3)
NEEDS = ("failing", "refused", "hollow", "retired")
#: as long as real ones: an address in it, and no full stop
REASON = (
    "answers 404 Not Found for https://www.a-rather-long-name-of-a-paper.example/news/local/council/"
    "rss.xml since Tuesday, and what stands there now is a page for people"
)


@pytest.fixture
def every_state(tmp_path: Path) -> tuple[Path, Path]:
    """An archive and a sources.yaml with two sources in each state."""
    sources = tmp_path / "sources.yaml"
    lines = ["defaults: {contact: 'mailto:a@b.example'}", "sources:"]
    found = []
    for state in get_args(HealthState):
        for number in (1, 2):
            id_ = f"{state.replace('_', '-')}-{number}"
            on = str(state != "disabled").lower()
            lines.append(f"  - {{id: {id_}, name: 'Paper of {state} {number}', enabled: {on},"
                         f" feeds: ['https://{id_}.example/feed']}}")  # fmt: skip
            if state != "never_run":
                found.append(Health(
                    source_id=id_, name=id_, state=state, since_at=AGO, last_ok_at=AGO,
                    last_new_at=AGO if number == 1 else None, failures=0, reason=REASON,
                    needs_person=state in NEEDS,
                ))  # fmt: skip
    sources.write_text("\n".join(lines))
    db = tmp_path / "archive.db"
    with open_archive(db) as archive:
        sync_sources(archive, config.load(sources).sources, AGO)
        passes.begin_pass(archive, NOW)
        passes.record_health(archive, found, NOW)
        archive.db.execute(
            "INSERT INTO gaps (feed_url, source_id, since_at, until_at, entries)"
            " VALUES ('https://healthy-1.example/feed', 'healthy-1', ?, ?, 20)",
            [AGO.isoformat(), (AGO + timedelta(hours=9)).isoformat()],
        )
    return db, sources


def run(db: Path, sources: Path, *options: str) -> Result:
    words = ["status", "--db", str(db), "--sources", str(sources), *options]
    return CliRunner().invoke(cli, words, catch_exceptions=False, standalone_mode=False)


def on_terminal(db: Path, sources: Path, columns: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """What `status` prints on a terminal of that width."""
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm")
    ours, theirs = pty.openpty()
    said = b""
    try:
        with os.fdopen(theirs, "w") as screen, monkeypatch.context() as patch:
            patch.setattr("sys.stdout", screen)
            # read in the end only: less than what a terminal keeps waiting must be written
            statusview.print_status(db, config.load(sources), as_json=False)
            screen.flush()
            os.set_blocking(ours, False)
            while chunk := _read(ours):
                said += chunk
    finally:
        os.close(ours)
    return re.sub(r"\x1b\[[0-9;]*m", "", said.decode()).replace("\r\n", "\n")


def _read(fd: int) -> bytes:
    try:
        return os.read(fd, 65536)
    except BlockingIOError:
        return b""


def test_who_needs_a_person_comes_first_then_what_was_missed(every_state: Any) -> None:
    done = run(*every_state)
    assert done.return_value == 1
    words = done.stdout
    order = [
        "8 of 22 sources need a person.", "These need you (8)", "Paper of failing 1: failing since",
        "Answers 404", "Paper of refused 1: refused since",
        "Paper of retired 1: gone since", "Paper of hollow 2: hollow since",
        "Not as it should be, but nobody is needed yet (8)", "Paper of moved 1: moved since",
        "Stories may have been missed in the last 30 days", "Paper of healthy 1, between ",
        "Healthy (2)", "Paper of healthy 1: last new story", "Paper of healthy 2: no new story yet",
        "Quiet, and that is their way (2)", "Not looked at yet (2)", "Switched off (2)",
        "Paper of disabled 1; Paper of disabled 2.",
    ]  # fmt: skip
    places = [words.index(part) for part in order]
    assert places == sorted(places)
    assert "a page for people. Last new story " in " ".join(words.split())
    assert max(map(len, words.splitlines())) <= 110
    assert done.stderr == ""


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_it_fits_the_terminal(
    every_state: tuple[Path, Path], columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = on_terminal(*every_state, columns, monkeypatch)
    assert "These need you (8)" in words
    assert "Switched off (2)" in words
    assert max(map(len, words.splitlines())) <= columns
    assert len(words.splitlines()) > 40


def test_json_has_the_keys_of_the_contract(every_state: Any) -> None:
    done = run(*every_state, "--json")
    status = json.loads(done.stdout)
    assert done.return_value == 1
    assert status["needs_person"] is True
    assert {s["state"] for s in status["sources"]} == set(get_args(HealthState))
    keys = ["id", "name", "state", "since_at", "last_ok_at", "last_new_at", "reason",
            "needs_person"]  # fmt: skip
    assert all(list(s) == keys for s in status["sources"])
    assert [list(gap) for gap in status["gaps"]] == [
        ["source_id", "since_at", "until_at", "entries"]
    ]


def test_before_the_first_pass_and_with_everything_off(tmp_path: Path) -> None:
    sources = tmp_path / "sources.yaml"
    head = "defaults: {contact: 'mailto:a@b.example'}\nsources:\n"
    sources.write_text(f"{head}- {{id: a, name: Fresh, feeds: ['https://a.example/']}}")
    done = run(tmp_path / "none.db", sources)
    assert done.return_value == 0
    assert "0 of 1 source needs a person." in done.stdout
    assert "No pass was made yet" in done.stdout
    assert "Not looked at yet (1)\n  Fresh.\n" in done.stdout
    assert not (tmp_path / "none.db").exists()
    sources.write_text(
        f"{head}- {{id: a, name: Silent, enabled: false, feeds: ['https://a.example/']}}"
    )
    done = run(tmp_path / "none.db", sources)
    assert done.return_value == 0
    assert "No source is switched on in sources.yaml." in done.stdout


def test_names_and_reasons_cannot_drive_the_terminal(tmp_path: Path) -> None:
    sources = tmp_path / "sources.yaml"
    record = '{id: a, name: "[red]Odd", feeds: ["https://a.example/"]}'
    sources.write_text(f"defaults: {{contact: 'mailto:a@b.example'}}\nsources: [{record}]")
    with open_archive(tmp_path / "a.db") as archive:
        sync_sources(archive, config.load(sources).sources, AGO)
        passes.record_health(archive, [Health(
            source_id="a", name="a", state="failing", since_at=AGO, last_ok_at=None,
            last_new_at=None, failures=1, reason="says \x1b[31mboo\x07", needs_person=False,
        )], NOW)  # fmt: skip
    words = run(tmp_path / "a.db", sources).stdout
    assert "[red]Odd: failing since" in words
    assert "\x1b" not in words
    assert "\x07" not in words
