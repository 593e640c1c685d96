"""What cleaning makes of a page, and what tagging makes of its text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
    official: bool = False  #: leads to a page or report of an inspectorate or the government


@dataclass(frozen=True, kw_only=True, slots=True)
class Image:
    """The picture that leads a story."""

    url: str
    caption: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Disagreement:
    """A source that said something else of a field than what was chosen.

    `field` is one of Article's, `source` one of those in `clean/metadata.py`'s order.
    """

    field: str
    source: str
    value: str


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
    news_agencies: tuple[str, ...]  #: agencies and desks that the byline names
    canonical_url: str | None  #: where the page says that it lives
    image: Image | None
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PageLine:
    """A paragraph of a page, as other pages of the same site may repeat it."""

    key: int  #: of its letters and digits and of its site; 63 bits
    story: bool  #: it speaks of what this page is about, so it is never taken for the site's own


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What of a page is compared with other pages: it depends on none of them."""

    url: str
    site: str  #: what its owner registered, of the address where it was found
    headline: str | None
    day: str | None  #: of publication, YYYY-MM-DD
    named: str | None  #: where the page says that it lives
    names: tuple[tuple[str, str], ...]  #: (loose address, why: address | redirect | page)
    lines: tuple[PageLine, ...]  #: in the page's order, each once, long ones only
    from_feed: bool  #: it is a feed's own content, for want of a page


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleaned:
    """A page cleaned with what was known of its site: `used` are the keys that stood on it."""

    article: Article
    reading: Reading
    used: frozenset[int] = frozenset()


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
    access: Access = "open"  #: what is not open may end in the middle of a sentence
    links: tuple[Link, ...] = ()  #: out of its text
    region: str | None = None  #: where the publisher is at home: a hint, never evidence


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
    rule: str | None = None  #: of a story's inspectorates and bodies: how it is known
    confidence: Confidence = "stated"
    place: str | None = None  #: of an unlisted body: the town that the story puts it in
    #: urn, cqc-location, as the story or its links give them
    identifiers: tuple[tuple[str, str], ...] = ()


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
class Answer:
    """Who answered for the inspected body, and how. `start:end` is the sentence that proves it."""

    body: str | None  #: agency id of the inspected body
    name: str | None  #: None: a spokesperson without a name, or the body itself
    role: str | None  #: as written, without an article
    stance: Literal["welcomes", "accepts", "apologises", "disputes"] | None
    start: int
    end: int
    quote: str
    rule: str
    confidence: Confidence  #: stated: the sentence names who speaks; implied: it goes on


@dataclass(frozen=True, kw_only=True, slots=True)
class Detail:
    """A particular of the inspection itself. `start:end` are the words that tell it."""

    kind: Literal[
        "inspected_from", "inspected_until", "previous_inspection", "lead_inspector",
        "recommendation",
    ]  # fmt: skip
    value: str  #: an ISO date or month; a name; what should get better
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
class Caution:
    """Words that ask for care before the story is shown to others; no statement about anybody."""

    kind: Literal["child", "restriction"]
    start: int
    end: int
    quote: str
    rule: str


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
    responses: tuple[Answer, ...] = ()
    details: tuple[Detail, ...] = ()
    cautions: tuple[Caution, ...] = ()  #: of any story; not part of what `tag` prints
