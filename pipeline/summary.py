"""What the commands print: an archive's rows as tables and sentences. Reads; decides nothing."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pipeline import terminal
from pipeline.archive import open_archive, reading
from pipeline.derive import DeriveReport
from pipeline.models import Config, Report, Source
from pipeline.sourcelist import Check

Row = Mapping[str, Any]

#: Characters of evidence in a table: the rest is one `show` away.
EVIDENCE = 150
_ARROWS = {"up": "↑ up", "down": "↓ down", "same": "= same", "first": "first"}


# ---------------------------------------------------------------- a pass


def say_placeholder(settings: Config) -> None:
    """A reminder while `contact` is still the address that the project came with."""
    if settings.contact == "mailto:you@example.org":
        terminal.say(f"{settings.path}: put your own address into `contact`; publishers see it.")


def print_found(db: Path, *, since: datetime | None = None) -> None:
    """The stories that report an inspection, as a table; `since`: only those first seen then."""
    with open_archive(db, readonly=True) as archive:
        rows = reading.found(archive, since)
    if rows:
        found_table(rows)


def found_table(rows: Sequence[Row]) -> None:
    """Who inspected, who was inspected, the outcome, the words that prove it."""
    cells = [
        (
            row["inspectorates"] or "not named",
            row["bodies"] or "not named",
            outcome(row),
            shortened(row["evidence"] or ""),
        )
        for row in rows
    ]
    title = f"{counted(len(rows), 'story reports', 'stories report')} an inspection"
    terminal.table(title, ("Who inspected", "Who was inspected", "Outcome", "Evidence"), cells,
                   wide=("Evidence",))  # fmt: skip


def outcome(row: Row) -> str:
    """A grade with its place on its scale; where there is no single one, each with its aspect."""
    if row["grade"]:
        place = f" ({row['grade_rank']} of {row['scale_size']})" if row["grade_rank"] else ""
        turn = f" {_ARROWS[row['direction']]}" if row["direction"] else ""
        words = f"{row['grade']}{place}{turn}"
    else:
        words = _each_grade(row["grades"]) or "no grade given"
    if row["access"] != "open":
        words += " [cut]" if row["access"] == "partial" else f" [{row['access']} wall]"
    return words


def _each_grade(grades: Sequence[Row]) -> str:
    """'good: safety, respect; poor: purposeful activity', or by body where there are several."""
    several = len({g["body"] for g in grades}) > 1
    holders: dict[str, list[str]] = {}
    for g in grades:
        holder = (g["body"] or "not named") if several else g["aspect"].replace("-", " ")
        if holder not in holders.setdefault(g["grade"], []):
            holders[g["grade"]].append(holder)
    parts = []
    for grade, names in holders.items():
        known = ", ".join(n for n in names if n != "not stated")
        parts.append(f"{grade}: {known}" if known else grade)
    return "; ".join(parts)


def failures_table(report: Report, settings: Config) -> None:
    """What could not be fetched, and why; those with one reason share a row."""
    names = {url: source.name for source in settings.sources for url, _ in source.watched}
    by_reason: dict[str, list[str]] = {}
    for failure in report.failures:
        by_reason.setdefault(failure.reason, []).append(names.get(failure.url, failure.url))
    rows = [(_first_of(named), reason) for reason, named in by_reason.items()]
    terminal.table("What failed, and why", ("Source or page", "Reason"), rows, wide=("Reason",))


def _first_of(names: Sequence[str], most: int = 3) -> str:
    """'A, B', or 'A, B, C and 93 more'."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def say_report(report: Report, settings: Config, db: Path) -> None:
    """The pass in one sentence, what failed, and where to look next."""
    if report.failures:
        failures_table(report, settings)
    say_gaps(db, settings, since=report.started_at)
    if report.entries_new == report.articles_cleaned == 0:
        news = "Nothing new"
    else:
        news = (f"{counted(report.entries_new, 'new entry', 'new entries')}, "
                f"{counted(report.articles_cleaned, 'story', 'stories')} stored")  # fmt: skip
    feeds = counted(report.feeds_due, "feed was", "feeds were")
    terminal.say(f"{news}: {feeds} due, {report.feeds_not_modified} unchanged, "
                 f"{report.feeds_failed} failed; {report.pages_failed} pages could not be had, "
                 f"{report.articles_failed} gave no story.")  # fmt: skip
    if report.stopped:
        terminal.say("Stopped early, as asked; the next pass goes on from here.")
    terminal.say(f"Next: make serve DB={shlex.quote(str(db))}, or make status.")


def say_gaps(db: Path, settings: Config, *, since: datetime) -> None:
    """Where this pass found that stories may have been missed, one line a gap."""
    names = {source.id: source.name for source in settings.sources}
    with open_archive(db, readonly=True) as archive:
        gaps = reading.gaps_since(archive, since)
    for gap in gaps:
        terminal.say(terminal.printable(f"Stories may have been missed: {gap_words(gap, names)}"))


def gap_words(gap: Row, names: Mapping[str, str]) -> str:
    """'Gazette, between 3 Nov 2026, 09:00 and 5 Nov 2026, 09:00 UTC (all 20 stories were new).'"""
    name = names.get(gap["source_id"], gap["source_id"])
    window = f"between {moment(gap['since_at'])} and {moment(gap['until_at'])} UTC"
    held = "the one story was" if gap["entries"] == 1 else f"all {gap['entries']} stories were"
    return f"{name}, {window} ({held} new)."


def say_derived(report: DeriveReport, *, dry_run: bool) -> int:
    """Gains and losses on stdout, the sum on stderr → the exit code."""
    for change in report.changes:
        print(terminal.printable(change.url))
        for sign, lines in (("+", change.gained), ("-", change.lost)):
            for line in lines:
                print(f"  {sign} {terminal.printable(line)}")
    for failed in report.failures:
        terminal.say(f"{failed.url}: {failed.stage} failed: {failed.error}")
    failed_count = report.clean_failed + report.tag_failed
    if dry_run:
        terminal.say(f"{counted(len(report.changes), 'story', 'stories')} would change; "
                     f"{report.cleaned + report.unchanged} would be cleaned and {report.tagged} "
                     f"tagged again, {failed_count} would fail.")  # fmt: skip
    else:
        cleaned = counted(report.cleaned, "story", "stories")
        terminal.say(f"{cleaned} cleaned, {report.unchanged} came out the same, "
                     f"{report.tagged} tagged, {failed_count} failed.")  # fmt: skip
    return 1 if report.failures else 0


# ---------------------------------------------------------------- sources


def print_sources(settings: Config, *, as_json: bool) -> None:
    """What `sources.yaml` holds, and why a source is off."""
    if as_json:
        for s in settings.sources:
            print(json.dumps({"id": s.id, "name": s.name, "homepage": s.homepage,
                              "feeds": list(s.feeds), "sitemap": list(s.sitemaps),
                              "page": s.listing.url if s.listing else None,
                              "enabled": s.enabled, "region": s.region, "note": s.note},
                             ensure_ascii=False))  # fmt: skip
        return
    rows = [(s.id, s.name, "on" if s.enabled else "off", _what_is_watched(s), s.note or "")
            for s in settings.sources]  # fmt: skip
    terminal.table("", ("Id", "Name", "", "Watched", "Note"), rows, wide=("Note",))


def _what_is_watched(source: Source) -> str:
    """'2 feeds', '1 feed, 1 sitemap', '1 page'."""
    kinds = [kind for _, kind in source.watched]
    return ", ".join(counted(kinds.count(kind), kind, f"{kind}s") for kind in dict.fromkeys(kinds))


def print_checks(results: Sequence[Check]) -> int:
    """One line a feed → exit code 1 when one failed."""
    rows = [(r.source_id, "works" if r.ok else "FAILS", r.words) for r in results]
    terminal.table("", ("Source", "", "What came"), rows, wide=("What came",))
    return 0 if all(r.ok for r in results) else 1


# ---------------------------------------------------------------- stories


def print_search(db: Path, query: str, *, limit: int, as_json: bool) -> int:
    """The stories that hold the words, best first, with the words in context."""
    with open_archive(db, readonly=True) as archive:
        rows = reading.search(archive, query, limit)
    for row in rows:
        if as_json:
            print(json.dumps(row, ensure_ascii=False))
            continue
        print(terminal.printable(row["headline"] or "(no headline)"))
        about = " · ".join(x for x in (row["publisher"], day(row["published_at"]), row["url"]) if x)
        print(f"  {terminal.printable(about)}")
        print(f"  {terminal.printable(' '.join(row['snippet'].split()))}\n")
    if not rows:
        terminal.say(f"No results for {query!r}.")
    elif len(rows) == limit:
        terminal.say(f"These are the best {limit}; --limit shows more.")
    return 0


def print_matches(matches: Sequence[Row], *, as_json: bool) -> int:
    """What `agencies test` says: each body that a text names, and each that was turned down."""
    if as_json:
        for match in matches:
            print(json.dumps(dict(match), ensure_ascii=False))
        return 0
    rows = [(f"{m['start']}:{m['end']}", m["quote"], m["name"], m["id"] + (f" ({m['code']})" if
             m["code"] else ""), m["confidence"] or "no", m["role"] or "", m["why"])
            for m in matches]  # fmt: skip
    if rows:
        heads = ("Span", "Words", "Body", "Id (code)", "", "Role", "Why")
        terminal.table("", heads, rows, wide=("Why",))
    else:
        terminal.say("No body is named there.")
    return 0


def counted(number: int, one: str, many: str) -> str:
    """'1 story', '3 stories'."""
    return f"{number} {one if number == 1 else many}"


def day(moment: str | None) -> str:
    """The date of an ISO instant; '' for none."""
    return (moment or "")[:10]


def days(first: str, last: str = "") -> str:
    """'30 April to 2 May 2024' of two ISO dates, '3 May 2024' of one, 'May 2024' of a month."""
    if len(first) == len("2024-05"):
        return f"{date.fromisoformat(first + '-01'):%B %Y}"
    begin, end = date.fromisoformat(first), date.fromisoformat(last or first)
    if begin == end:
        return f"{begin:%-d %B %Y}"
    left_out = " %B" if begin.month != end.month or begin.year != end.year else ""
    left_out += " %Y" if begin.year != end.year else ""
    return f"{begin:%-d{left_out}} to {end:%-d %B %Y}"


def moment(at: str | None) -> str:
    """'3 Nov 2026, 09:30' of an ISO instant, as it stands; '' for none."""
    return "" if at is None else f"{datetime.fromisoformat(at):%-d %b %Y, %H:%M}"


def shortened(text: str, length: int = EVIDENCE) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
