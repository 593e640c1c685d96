"""The nouns: frozen dataclasses that pass between stages.

Nothing here imports anything of ours. Every value is complete when it is made; sequences are
tuples; instants are aware UTC `datetime`s. Where a newspaper or a feed gave a date, it stays a
string (`published_at`): ISO 8601 with its own offset, or a bare `YYYY-MM-DD` where no time was
given, because a date that was turned into midnight would claim to know more than it does.

`start` and `end` count code points of the text as given: `text[start:end] == quote`, always.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

# ---------------------------------------------------------------- what is watched


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """The whole of `sources.yaml`."""

    path: str
    contact: str  #: goes into the User-Agent
    sources: tuple[Source, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedState:
    """What the archive remembers of one feed: what the next fetch needs."""

    url: str
    source_id: str
    etag: str | None = None
    last_modified: str | None = None
    due_at: datetime | None = None  #: None: never fetched, so due now
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    failures: int = 0  #: failed fetches in a row
    retired_at: datetime | None = None  #: the server said 410 Gone


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
class FeedHistory:
    """What the archive knows of one feed's past: what a diagnosis needs."""

    url: str
    source_id: str
    checked_at: datetime | None
    last_ok_at: datetime | None
    last_new_at: datetime | None
    retired_at: datetime | None
    moved_to: str | None
    failures: int  #: failed fetches in a row
    failing_since: datetime | None  #: first failure since it last answered
    last_failure: Failure | None  #: of the latest fetch; None when that one worked
    last_entries: int | None  #: how many the latest whole answer (no 304) held; None: never one


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
    entries: tuple[Entry, ...]
    failure: Failure | None
    etag: str | None
    last_modified: str | None
    moved_to: str | None
    next_due_at: datetime
    bytes: int
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A raw page (or PDF) as stored. `url` is canonical, `final_url` where it was in fact found."""

    url: str
    final_url: str
    body: bytes
    content_type: str  #: the header's value; `text/html; source=feed` for a feed's own content
    fetched_at: datetime
    digest: str  #: SHA-256 of body, hex


# ---------------------------------------------------------------- what cleaning makes

Access = Literal["open", "partial", "registration", "subscription"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Removal:
    """Something that stood on the page and is not the story: which rule cut it, of what kind."""

    rule: str
    kind: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link out of the story's own text."""

    url: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """A cleaned page. `text` is paragraphs separated by blank lines."""

    url: str
    headline: str | None
    standfirst: str | None
    byline: tuple[str, ...]  #: people only
    published_at: str | None
    modified_at: str | None
    publisher: str | None
    section: str | None
    language: str | None
    access: Access
    text: str
    captions: tuple[str, ...]
    links: tuple[Link, ...]
    removed: tuple[Removal, ...]


# ---------------------------------------------------------------- what tagging makes


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """What the tagger reads. A title may decide, but never yields a span."""

    id: str
    url: str | None
    title: str | None
    text: str
    published_at: str | None
    standfirst: str | None = None


Confidence = Literal["stated", "implied", "ambiguous"]
Role = Literal[
    "inspectorate", "inspected", "partner", "government", "commentator", "operator", "mentioned"
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Agency:
    """A body of the gazetteer, or an unlisted one recognised by the form of its name."""

    id: str
    name: str
    kind: str
    code: str | None  #: current GSS code, else ODS, else URN


@dataclass(frozen=True, kw_only=True, slots=True)
class Mention:
    id: str
    name: str
    role: Role
    start: int
    end: int
    quote: str
    rule: str
    confidence: Confidence


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A formal grade. A grade is (inspectorate, framework, aspect, grade), never a bare word."""

    body: str | None  #: agency id
    inspectorate: str | None  #: agency id
    framework: str | None
    aspect: str
    grade: str  #: the inspectorate's words, lower case
    rank: int | None  #: 1 is best
    scale: int | None  #: how many grades the scale has
    status: Literal["current", "previous", "hypothetical"]
    direction: Literal["up", "down", "same", "first"] | None
    start: int
    end: int
    quote: str
    rule: str
    confidence: Confidence


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    polarity: Literal["strength", "weakness"]
    body: str | None
    speaker: Literal["inspectors", "body", "other"]
    start: int
    end: int
    quote: str
    rule: str
    confidence: Confidence


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    kind: str
    status: Literal["imposed", "recommended", "lifted", "threatened"]
    body: str | None
    start: int
    end: int
    quote: str
    rule: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Statistic:
    value: str
    of: str | None
    what: str | None
    start: int
    end: int
    quote: str
    rule: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Theme:
    id: str
    name: str
    start: int
    end: int
    quote: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    name: str
    code: str | None
    start: int
    end: int
    quote: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Tags:
    """Everything the tagger says of one story."""

    is_report: bool
    reasons: tuple[str, ...]  #: why it is, or is not, a report of an inspection
    inspection_type: str | None  #: a framework's id
    inspectorates: tuple[Agency, ...]
    bodies: tuple[Agency, ...]  #: the inspected ones
    mentions: tuple[Mention, ...]
    judgements: tuple[Judgement, ...]
    findings: tuple[Finding, ...]
    actions: tuple[Action, ...]
    statistics: tuple[Statistic, ...]
    themes: tuple[Theme, ...]
    places: tuple[Place, ...]


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
