"""What the demo prints when it is done: what was found, what was not, and what to type next."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline import summary, terminal
from pipeline.archive import Archive, reading
from pipeline.models import Config, Report

Row = Mapping[str, Any]


def show(archive: Archive, report: Report, settings: Config, db: Path) -> None:
    """The whole report, on stdout."""
    reports, others = reading.found(archive), reading.kept_out(archive)
    print(_news(report, reading.counts(archive)))
    if reports:
        print()
        summary.found_table(reports)
    if others:
        _kept_out(others)
    if report.failures:
        summary.failures_table(report, settings)
        print("Three papers fail on purpose: the pass goes on without them.\n")
    _next(reports, db)


def _news(report: Report, counts: Mapping[str, int]) -> str:
    """The first line: what is new since the last run."""
    new, known = report.articles_cleaned, counts["articles"]
    if report.stopped:
        return f"Stopped before the end, as asked: {known} stories known; the next run goes on."
    if not report.entries_new:
        again = f" {new} of them came out differently by newer rules." if new else ""
        return f"Nothing new: 0 new stories; {known} known.{again}"
    read = report.feeds_due - report.feeds_failed
    return f"{summary.counted(new, 'new story', 'new stories')} from {read} papers; {known} known."


def _kept_out(rows: Sequence[Row]) -> None:
    count = summary.counted(len(rows), "story was", "stories were")
    cells = [(row["headline"] or row["url"], _why(row["reasons"])) for row in rows]
    terminal.table(f"{count} kept out: near misses, which report no inspection",
                   ("Story", "Why"), cells, wide=("Story", "Why"))  # fmt: skip


def _why(reasons: Sequence[str]) -> str:
    """What spoke against, without the points that `derive --explain` shows."""
    against = [r for r in reasons if not r.startswith("+")] or reasons
    return "; ".join(re.sub(r"^[+-]\d+ ", "", r) for r in against)


def _next(rows: Sequence[Row], db: Path) -> None:
    """One line for each thing that a newcomer would try, ready to paste."""
    file = shlex.quote(str(db))
    run = ".venv/bin/python -m pipeline"
    lines = [f"make serve DB={file}", f"{run} search --db {file} neglect"]
    if rows:
        lines.append(f"{run} show --db {file} {shlex.quote(rows[0]['article_url'])}")
    lines.append(f"{run} status --db {file} --sources pipeline/demo/sources.yaml")
    print("Next:")
    for line in lines:
        print(f"  {line}")
