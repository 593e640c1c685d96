"""What the demo prints when it is done: what was found, what was not, and what to type next."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline import terminal
from pipeline.archive import Archive, reading
from pipeline.models import Config, Report

#: Characters of evidence in a table: the rest is one `show` away.
EVIDENCE = 150
_ARROWS = {"up": "↑ up", "down": "↓ down", "same": "= same", "first": "first"}


def show(archive: Archive, report: Report, settings: Config, db: Path) -> None:
    """The whole report, on stdout."""
    reports = reading.found(archive)
    others = reading.kept_out(archive)
    print(_news(report, known=len(reports) + len(others)))
    if reports:
        _print_found(reports)
    if others:
        _print_others(others)
    _print_failures(report, settings)
    _print_next(reports, db)


def _news(report: Report, *, known: int) -> str:
    """The first line: what is new since the last run."""
    new = report.articles_cleaned
    if new == 0:
        return f"Nothing new: 0 new stories; {known} known."
    return f"{new} new stories from {report.feeds_due - report.feeds_failed} papers; {known} known."


def _print_found(rows: Sequence[Mapping[str, Any]]) -> None:
    cells = [
        (
            row["inspectorates"] or "not named",
            row["bodies"] or "not named",
            _outcome(row),
            _short(row["evidence"] or "", EVIDENCE),
        )
        for row in rows
    ]
    terminal.table(f"\n{len(rows)} stories report an inspection",
                   ("Who inspected", "Who was inspected", "Outcome", "Evidence"), cells,
                   wide=("Evidence",))  # fmt: skip


def _outcome(row: Mapping[str, Any]) -> str:
    parts = [row["grade"] or "no single grade"]
    if row["grade"] and row["grade_rank"] and row["scale_size"]:
        parts.append(f"({row['grade_rank']} of {row['scale_size']})")
    if row["direction"]:
        parts.append(_ARROWS[row["direction"]])
    if row["access"] != "open":
        parts.append(f"[{row['access']} wall]" if row["access"] != "partial" else "[cut]")
    return " ".join(parts)


def _print_others(rows: Sequence[Mapping[str, Any]]) -> None:
    terminal.table(f"{len(rows)} stories name an inspectorate or look like it, and report none",
                   ("Story", "Why it was kept out"),
                   [(row["headline"] or row["url"], "; ".join(row["reasons"])) for row in rows],
                   wide=("Why it was kept out",))  # fmt: skip


def _print_failures(report: Report, settings: Config) -> None:
    if not report.failures:
        return
    names = {feed: source.name for source in settings.sources for feed in source.feeds}
    terminal.table("What failed, and why (some do on purpose: see the newsroom's sources.yaml)",
                   ("Source", "Reason"),
                   [(names.get(f.url, f.url), f.reason) for f in report.failures],
                   wide=("Reason",))  # fmt: skip


def _print_next(rows: Sequence[Mapping[str, Any]], db: Path) -> None:
    command = f".venv/bin/python -m pipeline {{}} --db {shlex.quote(str(db))}"
    lines = [
        f"make serve DB={shlex.quote(str(db))}",
        command.format("search") + " neglect",
    ]
    if rows:
        lines.append(command.format("show") + f" {shlex.quote(rows[0]['article_url'])}")
    lines.append(command.format("status") + " --sources pipeline/demo/sources.yaml")
    print("Next:")
    for line in lines:
        print(f"  {line}")


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
