"""`status` in a terminal: who needs a person, what was missed, who is quiet, in plain words."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline import terminal
from pipeline.archive import open_archive, reading
from pipeline.models import Config
from pipeline.publish import metadata
from pipeline.publish.words import sentence
from pipeline.summary import Row, counted, gap_words, moment

_QUIET = ("quiet", "never_run", "disabled")
#: states whose `since_at` is the time of the latest news, which is said anyway
_BY_NEWS = ("healthy", "quiet")


def print_status(db: Path, settings: Config, *, as_json: bool) -> int:
    """Every source with its state and the reason → exit code 1 when one needs a person."""
    if db.exists():
        with open_archive(db, readonly=True) as archive:
            status = reading.status(archive, settings)
    else:
        status = reading.status(None, settings)
    if as_json:
        print(json.dumps(status, ensure_ascii=False))
    else:
        print_report(status, settings)
    return 1 if status["needs_person"] else 0


def print_report(status: Row, settings: Config) -> None:
    """What a person needs to do comes first; what is as it should be is said briefly, last."""
    sources = status["sources"]
    needing = [s for s in sources if s["needs_person"]]
    rest = [s for s in sources if not s["needs_person"]]
    _head(status, len(needing))
    _section("These need you", needing, _long)
    troubled = [s for s in rest if s["state"] not in ("healthy", *_QUIET)]
    _section("Not as it should be, but nobody is needed yet", troubled, _long)
    names = {s.id: s.name for s in settings.sources}
    terminal.section("Stories may have been missed in the last 30 days",
                     [(gap_words(gap, names),) for gap in status["gaps"]])  # fmt: skip
    _section("Healthy", [s for s in rest if s["state"] == "healthy"], _short)
    _section("Quiet, and that is their way", [s for s in rest if s["state"] == "quiet"], _long)
    for state, title in (("never_run", "Not looked at yet"), ("disabled", "Switched off")):
        named = sorted(s["name"] for s in rest if s["state"] == state)
        if named:
            terminal.section(f"{title} ({len(named)})", [("; ".join(named) + ".",)])


def _head(status: Row, needing: int) -> None:
    watched = sum(s["state"] != "disabled" for s in status["sources"])
    beat = status["heartbeat_at"]
    terminal.section("", [
        *([(status["problem"],)] if status["problem"] else []),
        (f"{needing} of {counted(watched, 'source needs', 'sources need')} a person."
         if watched else "No source is switched on in sources.yaml.",),
        (f"Last sign of life: {moment(beat)} UTC; now it is {moment(status['checked_at'])} UTC."
         if beat else "No pass was made yet: `make run` makes one.",),
    ])  # fmt: skip


def _section(title: str, sources: Sequence[Row], words: Callable[[Row], tuple[str, ...]]) -> None:
    """The sources of one heading, those of one state together, the worst state first."""
    states = list(metadata.described()["states"])
    ordered = sorted(sources, key=lambda s: (states.index(s["state"]), s["name"].casefold()))
    terminal.section(f"{title} ({len(sources)})", [words(s) for s in ordered])


def _long(source: Row) -> tuple[str, ...]:
    """Name, state and since when; then the reason, and the last new story."""
    label = metadata.described()["states"][source["state"]]["label"]
    since = ""
    if source["since_at"] and source["state"] not in _BY_NEWS and "(since " not in source["reason"]:
        since = f" since {moment(source['since_at'])} UTC"
    if source["state"] == "quiet" and not source["needs_person"]:
        label = ""  # the heading says it
    head = f"{source['name']}{': ' if label else ''}{label}{since}"
    return (head, f"{sentence(source['reason'])} {_news(source)}.")


def _short(source: Row) -> tuple[str, ...]:
    news = _news(source)
    return (f"{source['name']}: {news[0].lower()}{news[1:]}",)


def _news(source: Row) -> str:
    last = source["last_new_at"]
    return f"Last new story {moment(last)} UTC" if last else "No new story yet"
