"""robots.txt as RFC 9309 has it, read by Protego. Pure: `fetch.py` brings the answers.

Who asks: a story's page, and a listing page (both made for people). A feed or a news sitemap does
not: it is published for machines to fetch, so its address is permission enough, and many papers
shut `/rss/` to search engines without meaning its readers.

What an answer means (RFC 9309 section), and how long it holds:

| answer                                    | rules                              | asked again    |
|-------------------------------------------|------------------------------------|----------------|
| 2xx (2.3.1.1)                             | as written; of the first 500 KiB   | after 24 hours |
| 2xx without a word                        | none: everything is allowed        | after 24 hours |
| 4xx but 429 (2.3.1.3)                     | none: everything is allowed        | after 24 hours |
| 3xx (2.3.1.2)                             | those of the place it leads to, also on another host, for this origin | after 24 hours |
| more than 5 redirects, or in a circle     | none: everything is allowed        | after 24 hours |
| 5xx, 429, any other status (2.3.1.4)      | the last known if younger than 30 days, else keep out | after 1 hour |
| no answer, cut, late, damaged, private    | the same                           | after 1 hour; with the next page where no rules were ever known |

The 24 hours are RFC 9309 2.4; a Cache-Control of the server is not looked at, as it could only
shorten them. Keeping out is for now (a `transient` failure): the pages stay in the queue. Where the
network is what failed, the page's failure is of that kind, so that an outage of ours is seen as one.
"""  # noqa: E501

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from protego import Protego

from pipeline.models import Failure, FailureKind, Response, RobotsRecord
from pipeline.watch.failures import NETWORK_KINDS

#: what publishers write after `User-agent:` to address us
TOKEN = "InspectionWatch"
#: RFC 9309 2.5: a parser must read at least 500 KiB; the rest may be ignored
MOST_BYTES = 500 * 1024
#: a longer Crawl-delay would keep one pass alive for hours
LONGEST_DELAY = 30.0
#: RFC 9309 2.4: no cached rules beyond this, unless robots.txt cannot be reached
HOLDS = timedelta(hours=24)
#: RFC 9309 2.3.1.4: so long may rules serve of which no newer ones can be had
HOLDS_UNREACHED = timedelta(days=30)
#: between two tries at one that could not be read
RETRY = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Robots:
    """The rules of one origin for one pass. `problem` set: they could not be read, keep out."""

    rules: Protego | None = None
    problem: str | None = None
    kind: FailureKind = "robots"  #: of a page that `problem` keeps us from

    def allows(self, url: str) -> bool:
        """True where the rules, if there are any, let us fetch `url`."""
        return self.problem is None and (self.rules is None or self.rules.can_fetch(url, TOKEN))

    @property
    def delay(self) -> float:
        """Seconds between two requests by Crawl-delay or Request-rate, at most LONGEST_DELAY."""
        if self.rules is None:
            return 0.0
        asked = self.rules.crawl_delay(TOKEN) or 0.0
        rate = self.rules.request_rate(TOKEN)
        if rate is not None and rate.requests:
            asked = max(asked, rate.seconds / rate.requests)
        return min(asked, LONGEST_DELAY)


def learned(
    old: RobotsRecord | None, origin: str, answer: Response | Failure, now: datetime
) -> RobotsRecord:
    """What is remembered after robots.txt was asked for; a failure leaves good rules in place.

    A body of no bytes: there are no rules. None: nobody knows, for it never could be read.
    """
    if isinstance(answer, Response) or _no_rules(answer):
        body = answer.body[:MOST_BYTES] if isinstance(answer, Response) else b""
        return RobotsRecord(origin=origin, fetched_at=now, status=answer.status, body=body,
                            reason=None)  # fmt: skip
    if old is not None and old.body is not None:
        return replace(old, reason=answer.reason, tried_at=now)
    return RobotsRecord(origin=origin, fetched_at=now, status=answer.status, body=None,
                        reason=answer.reason, tried_at=now)  # fmt: skip


def is_fresh(record: RobotsRecord, now: datetime) -> bool:
    """True where `record` still speaks for its origin, so that nobody is asked."""
    if record.reason is not None:
        return record.tried_at is not None and timedelta(0) <= now - record.tried_at < RETRY
    return timedelta(0) <= now - record.fetched_at < HOLDS


def is_worth_keeping(record: RobotsRecord) -> bool:
    """False where nothing was ever said: that no answer came may well be our own network."""
    return record.body is not None or record.status is not None


def rules_of(
    record: RobotsRecord, now: datetime, answer: Response | Failure | None = None
) -> Robots:
    """The rules that `record` stands for at `now`; `answer`: what it was learned from just now."""
    age = now - record.fetched_at
    if record.body is None or (record.reason is not None and age >= HOLDS_UNREACHED):
        why = f" ({record.reason})" if record.reason else ""
        problem = f"its robots.txt could not be read{why}, so it is left alone"
        if isinstance(answer, Failure) and answer.kind in NETWORK_KINDS:
            return Robots(problem=problem, kind=answer.kind)
        return Robots(problem=problem)
    return parse(record.body) if record.body else Robots()


def parse(body: bytes) -> Robots:
    """Rules from the bytes of a robots.txt; bytes that are no UTF-8 are read as far as they go."""
    return Robots(rules=_read(body))


def sitemaps(body: bytes) -> tuple[str, ...]:
    """The addresses after `Sitemap:`, as written, each once, in the file's order."""
    return tuple(dict.fromkeys(_read(body).sitemaps))


def _read(body: bytes) -> Protego:
    if len(body) >= MOST_BYTES:
        # A rule cut in two would forbid more than was meant: "Disallow: /" of "Disallow: /x".
        body = body[:MOST_BYTES].rpartition(b"\n")[0]
    return Protego.parse(body.decode("utf-8-sig", "replace"))


def _no_rules(failed: Failure) -> bool:
    if failed.kind in ("empty", "redirects"):
        return True
    return failed.status is not None and 400 <= failed.status < 500 and failed.status != 429
