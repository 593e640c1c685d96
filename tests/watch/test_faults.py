"""Every misbehaving publisher of `faults.py` leaves the record that `faults.yaml` says.

All faults of one group meet the same passes at once, beside healthy neighbours, over real HTTP into
a real archive: that is how they come in life, and no one of them may harm another source.
"""

from __future__ import annotations

import os
import socket
import stat
import threading
from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from structlog.testing import capture_logs

from pipeline.archive import Archive, open_archive
from pipeline.models import Config, Source
from pipeline.watch.fetch import Limits
from pipeline.watch.run import run_pass
from tests.conftest import Clock
from tests.watch.faults import FAULTS
from tests.watch.publisher import USUAL, Site, host_of
from tests.web import Request, Web

PARTS: Mapping[str, Mapping[str, Mapping[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("faults.yaml").read_text(encoding="utf-8")
)
RECORDS = {name: record for part in PARTS.values() for name, record in part.items()}
#: when the passes are, in hours after the first; only those that have a name are looked at
_DAYS = {"first": 0, "second": 5, "third": 72, "fourth": 200}
_OFTEN = {"first": 0, "second": 25} | {str(n): 25 * n for n in range(2, 12)} | {"third": 300}
NAMED = set(_DAYS)
_SMALL: dict[str, Any] = {
    "delay": 0.0,
    "feed_bytes": 200_000,
    "page_bytes": 200_000,
    "concurrency": 200,
}
_HASTY: dict[str, Any] = {"silence_seconds": 0.5, "feed_seconds": 1.5, "page_seconds": 1.5}


@dataclass(frozen=True)
class Group:
    """Faults that meet the same passes."""

    passes: Mapping[str, int]
    limits: Limits
    neighbours: int  #: enough that most hosts are alive, else it would be our own outage


#: Answers that never come are waited for in `hasty`; what has to come whole is not in it.
GROUPS = {
    "usual": Group(_DAYS, Limits(**_SMALL), 8),
    "often": Group(_OFTEN, Limits(**_SMALL), 1),
    "dark": Group(_DAYS, Limits(**_SMALL), 0),
    "hasty": Group(_DAYS, Limits(**_SMALL | _HASTY), 6),
    "large": Group(_DAYS, Limits(**_SMALL | {"feed_bytes": 10_000_000}), 1),
}
SLOW = ("hasty", "large")
STORIES = ("one", "two", "three")

Facts = dict[str, Any]
Seen = dict[str, list[Request]]  #: by host, what was asked for


@dataclass(frozen=True)
class Outcome:
    """What the passes of one group left: by pass and source, and what stayed open in us."""

    facts: Mapping[str, Mapping[str, Facts]]
    neighbours: Mapping[str, Sequence[Facts]]
    open_before: Counter[str]
    open_after: Counter[str]


def group_of(name: str) -> str:
    return str(RECORDS[name].get("group", "usual"))


def names_of(group: str) -> list[str]:
    return [name for name in RECORDS if group_of(name) == group]


# ---------------------------------------------------------------- running the passes


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Outcome]]:
    """The outcome of a group; its passes are run when the first test asks for it."""
    made: dict[str, Outcome | Exception] = {}

    def get(group: str) -> Outcome:
        if group not in made:
            try:
                made[group] = _run(group, tmp_path_factory.mktemp(group) / "archive.db")
            except Exception as e:  # told to each of its tests, not met anew by each
                made[group] = e
        if isinstance(ended := made[group], Exception):
            raise ended
        return ended

    yield get
    made.clear()


def _run(group: str, path: Path) -> Outcome:
    names, facts, neighbours = names_of(group), {}, {}
    healthy = [f"neighbour-{n}" for n in range(GROUPS[group].neighbours)]
    clock = Clock()
    start = clock.now
    others = frozenset(threading.enumerate())  # whoever they belong to, they may live for ever
    with Web() as web, open_archive(path) as archive, capture_logs():
        connect: dict[str, tuple[str, int]] = {}
        sources = {name: _set_up(web, name, connect) for name in names}
        sources |= {name: _set_up_neighbour(web, name) for name in healthy}
        open_before = _open(web.port, others)
        for turn, left in _turns(group):
            clock.now = start + timedelta(hours=GROUPS[group].passes[turn])
            config = Config(path="sources.yaml", contact="mailto:x@example.org",
                            sources=tuple(sources[name] for name in (*left, *healthy)))  # fmt: skip
            run_pass(archive, config, now=clock(), stop=lambda: False, progress=lambda *_: None,
                     connect=web.connect | connect, limits=GROUPS[group].limits)  # fmt: skip
            seen = _by_host(web)
            facts[turn] = {n: facts_of(archive, seen, n, clock()) for n in left}
            neighbours[turn] = [facts_of(archive, seen, n, clock()) for n in healthy]
        return Outcome(facts, neighbours, open_before, _open(web.port, others))


def _turns(group: str) -> Iterator[tuple[str, list[str]]]:
    """Each pass, with the faults whose records speak of it or of a later one."""
    turns = list(GROUPS[group].passes)
    for n, turn in enumerate(turns):
        left = [name for name in names_of(group) if set(turns[n:]) & set(RECORDS[name])]
        if left:
            yield turn, left


def _set_up(web: Web, name: str, connect: dict[str, tuple[str, int]]) -> Source:
    site = Site(web, host_of(name))
    special = dict(FAULTS[name](site) or {})
    if "port" in special:
        connect[site.host] = ("127.0.0.1", special.pop("port"))
    return Source(**{"id": site.host, "name": name, "feeds": (site.url(),)} | USUAL | special)


def _set_up_neighbour(web: Web, name: str) -> Source:
    site = Site(web, host_of(name))
    site.behave(site.feed(*STORIES))
    site.pages(*STORIES)
    return Source(**{"id": site.host, "name": name, "feeds": (site.url(),)} | USUAL)


def _open(port: int, others: Container[threading.Thread]) -> Counter[str]:
    """What this process holds open on its own behalf: connections to the web, files, threads.

    The web's own ends of the connections are left out (they have its port as their own), and so are
    its threads and those of `others`.
    """
    found: Counter[str] = Counter()
    for number in map(int, os.listdir("/dev/fd")):
        try:
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                found["files"] += 1
                continue
        except OSError:
            continue  # the listing's own
        with socket.socket(fileno=os.dup(number)) as end:
            if end.family == socket.AF_INET and end.getsockname()[1] != port:
                found["connections"] += 1
    web_threads = ("process_request_thread", "serve_forever")
    for thread in threading.enumerate():
        if thread not in others and not any(name in thread.name for name in web_threads):
            thread.join(timeout=30)  # it was told to end, and may be about to
            found[thread.name] += thread.is_alive()
    return +found


# ---------------------------------------------------------------- what is in the archive


def facts_of(archive: Archive, seen: Seen, name: str, now: datetime) -> Facts:
    """All that a record may speak of, for one source."""
    host = host_of(name)

    def rows(sql: str) -> list[dict[str, Any]]:
        return list(archive.db.query(sql, {"source": host}))

    feed = rows("SELECT * FROM feeds WHERE source_id = :source ORDER BY rowid")[0]
    entries = rows("SELECT * FROM entries WHERE source_id = :source ORDER BY id")
    health = rows("SELECT * FROM health WHERE source_id = :source")[0]
    return {
        **_of_fetches(rows, "feed", ""),
        **_of_fetches(rows, "page", "page_"),
        "fetches": len(rows("SELECT 1 FROM fetches WHERE source_id = :source AND what = 'feed'")),
        "new": (rows("SELECT entries_new FROM fetches WHERE source_id = :source AND what = 'feed'"
                     " ORDER BY id DESC LIMIT 1") or [{}])[0].get("entries_new"),
        "stories": len({e["url"] for e in entries}),
        "headlines": sorted({e["headline"] for e in entries if e["headline"]}),
        "dates": sorted({e["published_at"] for e in entries if e["published_at"]}),
        "pages": dict(Counter({e["url"]: e["page_state"] for e in entries}.values())),
        "page_reason": next((e["page_reason"] for e in entries if e["page_reason"]), None),
        "page_tries": max((e["page_attempts"] for e in entries), default=0),
        "failures": feed["failures"],
        "etag": feed["etag"],
        "moved_to": urlsplit(feed["moved_to"]).path if feed["moved_to"] else None,
        "distrusted": feed["distrusted_at"] is not None,
        "retired": feed["retired_at"] is not None,
        "due": (datetime.fromisoformat(feed["due_at"]) - now).total_seconds() / 3600,
        "health": health["state"],
        "needs_person": bool(health["needs_person"]),
        "health_says": health["reason"],
        "gaps": len(rows("SELECT 1 FROM gaps WHERE source_id = :source")),
        "moves": [[urlsplit(m["from_url"]).path, urlsplit(m["to_url"]).path]
                  for m in rows("SELECT * FROM moves WHERE source_id = :source ORDER BY id")],
        **_of_requests(seen, host),
    }  # fmt: skip


def _of_fetches(rows: Callable[[str], list[dict[str, Any]]], what: str, prefix: str) -> Facts:
    """The latest fetch of a feed; the latest failed one of a page, if there is one."""
    failed = "AND outcome = 'failed'" if what == "page" else ""
    found = rows(f"SELECT * FROM fetches WHERE source_id = :source AND what = '{what}' {failed}"
                 " ORDER BY id DESC LIMIT 1")  # fmt: skip
    last = found[0] if found else {}
    keys = {"outcome": "outcome", "status": "status", "kind": "failure_kind",
            "grade": "failure_grade", "says": "reason"}  # fmt: skip
    return {f"{prefix}{key}": last.get(column) for key, column in keys.items()}


def _by_host(web: Web) -> Seen:
    found: Seen = {}
    for request in web.requests:
        found.setdefault(urlsplit(request.url).hostname or "", []).append(request)
    return found


def _of_requests(seen: Seen, host: str) -> Facts:
    """What the publisher saw, all passes together."""
    own, other = seen.get(host, []), seen.get(f"other-{host}", [])
    return {
        "asked": dict(Counter(urlsplit(r.url).path for r in own)),
        "asked_other": dict(Counter(urlsplit(r.url).path for r in other)),
        "sent": [r.headers.get("if-none-match") for r in own if urlsplit(r.url).path == "/feed"],
        "cookies": any("cookie" in r.headers for r in (*own, *other)),
    }


def differences(expected: Mapping[str, Any], facts: Facts) -> list[str]:
    """What a record says and the archive does not; empty where all of it is true."""
    return [
        f"{key}: {facts[key]!r}, not {value!r}"
        for key, value in expected.items()
        if not _agrees(key, value, facts[key])
    ]


def _agrees(key: str, value: Any, fact: Any) -> bool:
    if key.endswith("says"):
        return isinstance(fact, str) and str(value) in fact
    if key == "due":  # hours, from and to
        return bool(value[0] <= fact <= value[1])
    if key.startswith("asked"):  # only the paths that are named
        return all(fact.get(path, 0) == count for path, count in value.items())
    return bool(value == fact)


# ---------------------------------------------------------------- tests


def marked(name: str) -> Any:
    return pytest.param(name, marks=[pytest.mark.slow] if group_of(name) in SLOW else [])


@pytest.mark.parametrize("name", [marked(name) for name in RECORDS])
def test_each_fault_leaves_its_record(outcome: Callable[[str], Outcome], name: str) -> None:
    facts = outcome(group_of(name)).facts
    wrong = {
        turn: found
        for turn, expected in RECORDS[name].items()
        if turn in NAMED and (found := differences(expected, facts[turn][name]))
    }
    assert not wrong, f"{wrong}\n{facts[list(wrong)[-1]][name]}"


ALL = [pytest.param(g, marks=[pytest.mark.slow] if g in SLOW else []) for g in GROUPS]


@pytest.mark.parametrize("group", ALL)
def test_the_neighbours_of_faults_are_stored_whole(
    outcome: Callable[[str], Outcome], group: str
) -> None:
    whole = {"outcome": "entries", "status": 200, "stories": len(STORIES), "failures": 0,
             "pages": {"stored": len(STORIES)}, "page_outcome": None, "health": "healthy",
             "headlines": sorted(f"Headline of {s}" for s in STORIES)}  # fmt: skip
    for turn, neighbours in outcome(group).neighbours.items():
        for facts in neighbours:
            assert differences(whole, facts) == [], turn


@pytest.mark.parametrize("group", ALL)
def test_no_fault_leaves_a_connection_a_file_or_a_thread_open(
    outcome: Callable[[str], Outcome], group: str
) -> None:
    ended = outcome(group)
    assert ended.open_after <= ended.open_before


def test_every_fault_has_a_record_and_a_sentence_about_both_sides() -> None:
    assert list(RECORDS) == list(FAULTS), "the same faults in the same order"
    assert len(FAULTS) >= 60
    for name, record in RECORDS.items():
        assert set(record) <= {"what", "happens", "group", *NAMED}, name
        assert record["what"].endswith("."), name
        assert record["happens"].endswith("."), name
        assert "first" in record, name


def test_a_record_that_is_not_true_is_noticed() -> None:
    facts: Facts = {"kind": "timeout", "says": "fell silent", "due": 3.0, "asked": {"/feed": 2}}
    assert differences({"kind": "timeout", "says": "silent", "due": [2, 4],
                        "asked": {"/feed": 2, "/new": 0}}, facts) == []  # fmt: skip
    false = {"kind": "dns", "says": "no host", "due": [4, 5], "asked": {"/feed": 1}}
    assert len(differences(false, facts)) == len(false)
