"""An archive with a source in every state, as passes would have left it: facts in, verdicts out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline import config, publish
from pipeline.archive import Archive, hosts, open_archive, passes, watching
from pipeline.archive.sources import sync_sources
from pipeline.models import Entry, Failure, FeedUpdate, Gap, RobotsRecord
from pipeline.watch import checkup, rhythm
from tests import stored

#: id → state; a source whose name ends in `-needs` needs a person although not all of its state do
STATES = {
    "healthy": "healthy", "missed": "healthy", "quiet": "quiet", "silent-needs": "quiet",
    "slow": "failing", "broken-needs": "failing", "refused-needs": "refused",
    "gone-needs": "retired", "hollow-needs": "hollow", "liar-needs": "false_304",
    "moved": "moved", "walled": "paywalled", "offline": "outage", "fresh": "never_run",
    "dropped": "disabled",
}  # fmt: skip
#: whole seconds, as the archive keeps them; at night no story comes, whenever this runs
NOW = datetime.now(UTC).replace(hour=18, minute=0, second=0, microsecond=0) - timedelta(days=1)
DAY = timedelta(days=1)


def make(folder: Path) -> tuple[Path, Path]:
    """→ (archive, sources.yaml), both in `folder`; the last pass was at NOW."""
    sources, db = folder / "sources.yaml", folder / "archive.db"
    records = [
        f"  - {{id: {id_}, name: The {id_.title()}, enabled: {str(id_ != 'dropped').lower()},"
        f" feeds: ['https://{id_}.example/feed']}}"
        for id_ in STATES
    ]
    head = "defaults: {contact: 'mailto:a@b.example'}\nsources:\n"
    sources.write_text(head + "\n".join(records) + "\n")
    settings = config.load(sources)
    with open_archive(db) as archive:
        sync_sources(archive, settings.sources, NOW - 80 * DAY)
        _lives(archive)
        sync_sources(archive, settings.sources, NOW)
        passes.begin_pass(archive, NOW)
        checkup.check(archive, settings.sources, NOW)
        publish.refresh(archive)
    return db, sources


def _lives(archive: Archive) -> None:
    for id_ in ("healthy", "missed"):
        _dailies(archive, id_)
    look(archive, "quiet", NOW - 20 * DAY, stories=1)
    look(archive, "quiet", NOW, outcome="not_modified")
    look(archive, "silent-needs", NOW - 70 * DAY, stories=1)
    look(archive, "silent-needs", NOW, outcome="not_modified")
    for hours in (3, 2, 0):
        fail(archive, "slow", NOW - timedelta(hours=hours), "timeout", "transient",
             "slow.example fell silent for 10 seconds")  # fmt: skip
    fail(archive, "broken-needs", NOW - DAY, "status", "permanent", "answers 404 Not Found", 404)
    fail(archive, "refused-needs", NOW, "refused", "permanent",
         "answers 403 Forbidden: this publisher refuses robots", 403)  # fmt: skip
    fail(archive, "gone-needs", NOW, "gone", "permanent",
         "answers 410 Gone: it was taken down for good", 410)  # fmt: skip
    look(archive, "hollow-needs", NOW)
    look(archive, "liar-needs", NOW, stories=1, distrusted_at=NOW)
    look(archive, "moved", NOW, stories=1, address="https://www.moved.example/news.xml")
    fail(archive, "offline", NOW, "dns", "ours", "offline.example has no address")
    for number in range(6):
        url = f"https://walled.example/{number}"
        stored.store(archive, url, by="walled", at=NOW)
        stored.save(archive, stored.article(url, access="subscription"), at=NOW)
    record = RobotsRecord(origin="https://healthy.example", fetched_at=NOW, status=200,
                          body=b"User-agent: *\nDisallow: /login\n", reason=None)  # fmt: skip
    hosts.record_robots(archive, [record])


def _dailies(archive: Archive, id_: str) -> None:
    """A paper with two stories every morning for a month, seen by a look each; one gap."""
    learned = None
    for day in range(30, -1, -1):
        at = (NOW - day * DAY).replace(hour=9, minute=20)
        times = [at - timedelta(minutes=40), at - timedelta(minutes=10)]
        learned = rhythm.learn(learned, times, at)
        gap = None
        if id_ == "missed" and day == 2:
            gap = Gap(feed_url=feed(id_), source_id=id_, since=at - DAY, until=at, entries=2,
                      expected=2.04)  # fmt: skip
        look(archive, id_, at, times=times, rhythm=learned, gap=gap)


def feed(id_: str) -> str:
    return f"https://{id_}.example/feed"


def look(archive: Archive, id_: str, at: datetime, *, stories: int = 0,
         times: list[datetime] | None = None, outcome: Any = "entries",
         **values: Any) -> None:  # fmt: skip
    """One look that worked, with so many new stories."""
    times = times if times is not None else [at] * stories
    entries = [
        Entry(feed_url=feed(id_), guid=url, url=url, link=url, headline="A story", summary=None,
              content_html=None, author=None, digest=url,
              published_at=time.isoformat(timespec="seconds"))
        for time in times
        for url in [f"https://{id_}.example/{time:%m-%d-%H%M}"]
    ]  # fmt: skip
    fields: dict[str, Any] = {
        "status": 200 if outcome == "entries" else 304, "failure": None, "etag": None,
        "last_modified": None, "address": None, "next_due_at": at + timedelta(minutes=40),
        "size": 2000, "seconds": 0.2, **values,
    }  # fmt: skip
    watching.record_feed(archive, FeedUpdate(feed_url=feed(id_), source_id=id_, at=at,
                                             outcome=outcome, entries=tuple(entries),
                                             **fields))  # fmt: skip


def fail(archive: Archive, id_: str, at: datetime, kind: Any, grade: Any, reason: str,
         status: int | None = None) -> None:  # fmt: skip
    """One look that did not."""
    failure = Failure(url=feed(id_), kind=kind, grade=grade, reason=reason, at=at, status=status)
    look(archive, id_, at, outcome="failed", failure=failure, status=status)
