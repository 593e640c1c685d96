"""What is watched, what came from the network, and what a person is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

# ---------------------------------------------------------------- what is watched


FeedKind = Literal["feed", "sitemap", "page"]

#: the content type of a page that is a feed's own content
FEED_CONTENT = "text/html; source=feed"
#: bytes of the digest of a raw item: two of a feed agree by chance once in 2**64
DIGEST_BYTES = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """How stories are read off a page where there is no feed: CSS selectors within `item`."""

    url: str
    item: str  #: one match a story
    link: str | None  #: its address; None: the first link of the item, or the item itself
    headline: str | None  #: None: the text of the link
    date: str | None  #: a `datetime` attribute, else its text
    summary: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One record of `sources.yaml`, defaults filled in."""

    id: str
    name: str
    homepage: str | None
    feeds: tuple[str, ...]
    every: timedelta  #: shortest interval between two fetches of one feed
    at_most: timedelta  #: longest interval
    enabled: bool
    pages: bool  #: False: the feed's own content is the story; its pages are not fetched
    allow_private: bool  #: True: loopback and private addresses may be fetched
    region: str | None  #: where a regional paper is at home; a hint, never evidence
    note: str | None  #: why it is disabled, when it was verified: shown by `sources list`
    sitemaps: tuple[str, ...] = ()  #: news sitemaps
    linked_reports: bool = False  #: True: official reports that its stories link to come as well
    listing: Listing | None = None  #: a page that lists stories

    @property
    def watched(self) -> tuple[tuple[str, FeedKind], ...]:
        """Every address that is looked at, with what stands there."""
        feeds: list[tuple[str, FeedKind]] = [(url, "feed") for url in self.feeds]
        feeds += [(url, "sitemap") for url in self.sitemaps]
        if self.listing:
            feeds.append((self.listing.url, "page"))
        return tuple(feeds)


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """The whole of `sources.yaml`."""

    path: str
    contact: str  #: goes into the User-Agent
    sources: tuple[Source, ...]
    watched: tuple[str, ...] = ()  #: what the front page follows, as written: `areas.resolve`


@dataclass(frozen=True, kw_only=True, slots=True)
class WatchedArea:
    """An agency or a part of the country that the front page follows."""

    name: str  #: as it is written in `sources.yaml`
    kind: Literal["agency", "region", "nation"]
    value: str  #: id of the agency, or the name of the region or nation


# ---------------------------------------------------------------- what came from the network

FailureKind = Literal[
    "timeout", "connection", "dns", "tls", "status", "refused", "gone", "too_large", "redirects",
    "forbidden_address", "robots", "not_a_feed", "empty", "bad_url", "decoding", "unexpected",
]  # fmt: skip
FailureGrade = Literal["ours", "transient", "permanent"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A fetch or a parse that did not work: a value, so that one bad feed never stops a pass."""

    url: str
    kind: FailureKind
    grade: FailureGrade
    reason: str  #: one sentence for a person
    at: datetime
    status: int | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hints:
    """What a feed says of its own pace; times are UTC, as RSS has it."""

    fresh_for: timedelta | None = None  #: `ttl`, `sy:updatePeriod` by `sy:updateFrequency`
    skip_hours: frozenset[int] = frozenset()  #: 0 to 23
    skip_days: frozenset[int] = frozenset()  #: 0 is Monday


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """When a feed's stories came, in UK time, old weeks counting less (`watch/rhythm.py`)."""

    since: datetime  #: what was published before was not counted
    at: datetime  #: the counts are as of then
    hours: tuple[float, ...]  #: stories by hour of day, 24 numbers
    days: tuple[float, ...]  #: by day of week, Monday first, 7 numbers
    longest: timedelta  #: the longest silence between two stories while it was watched


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedState:
    """What the archive remembers of one feed: what its next fetch and its diagnosis need."""

    url: str  #: as listed in sources.yaml; its name for ever
    source_id: str
    kind: FeedKind = "feed"
    address: str | None = None  #: where it is fetched since it moved for good; None: at `url`
    moved_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    due_at: datetime | None = None  #: None: never fetched, so due now
    checked_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    last_whole_at: datetime | None = None  #: last answer that was not a 304
    last_entries: int | None = None  #: how many that answer held; None: never one
    unmodified: int = 0  #: 304s since then
    distrusted_at: datetime | None = None  #: its 304 was found false; no conditions since
    failures: int = 0  #: failed fetches in a row
    failing_since: datetime | None = None
    last_failure: Failure | None = None  #: of the latest fetch; None when that one worked
    retired_at: datetime | None = None  #: the server said 410 Gone
    hints: Hints = Hints()
    rhythm: Rhythm | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """Stories may have been missed: a full list of strangers, none left of the last one."""

    feed_url: str
    source_id: str
    since: datetime  #: the last look before
    until: datetime  #: the look that found it
    entries: int  #: how many the feed held, all of them new
    expected: float | None  #: how many its rhythm made likely in between


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcomes:
    """What became of a source's recent stories; those whose page is still awaited do not count."""

    stories: int
    lost: int  #: nothing of them could be had
    words: int  #: the feed's own words stand for a page that could not be had
    reason: str | None  #: the commonest reason why
    refused: bool  #: the publisher's word, not a fault, kept most of those pages from us


@dataclass(frozen=True, kw_only=True, slots=True)
class RobotsRecord:
    """The robots.txt of one origin: the last answer that told the rules, else the failure."""

    origin: str  #: scheme://host[:port]
    fetched_at: datetime  #: of that answer
    status: int | None  #: None: no answer
    body: bytes | None  #: None where there was none to read
    reason: str | None  #: why it could not be read when it was asked for last; None: it could
    tried_at: datetime | None = None  #: when that was; None: it could be read


@dataclass(frozen=True, kw_only=True, slots=True)
class Response:
    """One answer of a server, body whole and decompressed. 304 has an empty body."""

    url: str  #: as asked for
    final_url: str  #: after redirects
    moved_to: str | None  #: where only permanent redirects (301, 308) led, else None
    status: int
    headers: Mapping[str, str]  #: names in lower case
    body: bytes
    fetched_at: datetime
    seconds: float

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One item of a feed. `url` is canonical; `link` is as the feed gave it, made absolute."""

    feed_url: str
    guid: str
    url: str
    link: str
    headline: str | None
    summary: str | None  #: plain text
    content_html: str | None  #: the item's fullest HTML, if it carried any
    author: str | None
    published_at: str | None
    digest: str  #: of the content fields that do not lie (not `updated`)


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedUpdate:
    """What one fetch of one feed came to; exactly one record in `fetches`."""

    feed_url: str
    source_id: str
    at: datetime
    outcome: Literal["entries", "not_modified", "failed"]
    status: int | None
    entries: tuple[Entry, ...]  #: without those whose raw item was here before (`unchanged`)
    failure: Failure | None
    etag: str | None
    last_modified: str | None
    address: str | None  #: where to fetch it from now on; None: at `feed_url`
    moved_from: str | None = None  #: where it was fetched until now, if that was another address
    next_due_at: datetime
    size: int  #: of the body, in bytes
    seconds: float
    unchanged: int = 0  #: items not read again, because their bytes were known
    items: tuple[bytes, ...] | None = None  #: digests of all raw items; None: keep what is stored
    hints: Hints = Hints()
    rhythm: Rhythm | None = None
    distrusted_at: datetime | None = None
    gap: Gap | None = None
    news_at: datetime | None = None  #: of its newest story; None: when it was seen


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A raw page (or PDF) as stored. `url` is canonical, `final_url` where it was in fact found."""

    url: str
    final_url: str
    body: bytes
    content_type: str  #: the header's value; `text/html; source=feed` for a feed's own content
    fetched_at: datetime
    digest: str  #: SHA-256 of body, hex


# ---------------------------------------------------------------- what a person is told

HealthState = Literal[
    "never_run", "healthy", "quiet", "failing", "refused", "hollow", "paywalled", "false_304",
    "moved", "retired", "disabled", "outage",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """The state of one source, with the diagnosis in words."""

    source_id: str
    name: str
    state: HealthState
    since_at: datetime | None
    last_ok_at: datetime | None
    last_new_at: datetime | None
    failures: int
    reason: str
    needs_person: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What one pass came to, for the summary line and the `passes` table."""

    started_at: datetime
    ended_at: datetime
    feeds_due: int
    feeds_not_modified: int
    feeds_failed: int
    entries_new: int
    pages_fetched: int
    pages_failed: int
    articles_cleaned: int
    articles_failed: int
    articles_tagged: int
    stopped: bool  #: a signal ended the pass before its work was done
    failures: tuple[Failure, ...]
