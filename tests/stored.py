"""Stored pages and hand-made values for the tests of what comes after the network."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.archive import Archive, deriving, pages, watching
from pipeline.archive.sources import sync_sources
from pipeline.models import (
    Action,
    Agency,
    Answer,
    Article,
    Detail,
    Entry,
    FeedUpdate,
    Finding,
    Judgement,
    Link,
    Mention,
    Page,
    Place,
    Removal,
    Source,
    Statistic,
    Tags,
    Theme,
)

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
URL = "https://gazette.example/harwick-home"
TEXT = (
    "The Care Quality Commission has rated Larkfield House in Harwick inadequate.\n\n"
    "Inspectors praised kind staff, but medicines were not managed safely in six of the 20 rooms."
)


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def source(id_: str = "gazette", **values: Any) -> Source:
    """A source with one feed, `https://<id>.example/feed`."""
    values = {"name": f"The {id_.title()}", "homepage": None, "every": timedelta(minutes=30),
              "at_most": timedelta(days=1), "enabled": True, "pages": True, "note": None,
              "allow_private": False, "region": None, **values}  # fmt: skip
    return Source(id=id_, feeds=(f"https://{id_}.example/feed",), **values)


def announce(archive: Archive, *urls: str, by: str = "gazette", at: datetime = NOON,
             **values: Any) -> None:  # fmt: skip
    """The feed of a source brings stories; `values` overwrite fields of their entries."""
    with archive.transaction() as db:
        known = [r[0] for r in db.execute("SELECT id FROM sources")]
    sync_sources(archive, [source(i) for i in dict.fromkeys([*known, by])], at)
    feed = f"https://{by}.example/feed"
    fields = {"guid": None, "link": None, "headline": None, "summary": None, "content_html": None,
              "author": None, "published_at": None, **values}  # fmt: skip
    entries = []
    for url in urls:
        own = {**fields, "guid": fields["guid"] or url, "link": fields["link"] or url}
        said = digest(repr(sorted(own.items())).encode())
        entries.append(Entry(feed_url=feed, url=url, digest=said, **own))
    update = FeedUpdate(
        feed_url=feed, source_id=by, at=at, outcome="entries", status=200, entries=tuple(entries),
        failure=None, etag=None, last_modified=None, address=None, next_due_at=at, size=1,
        seconds=0.1,
    )  # fmt: skip
    watching.record_feed(archive, update)


def store(archive: Archive, url: str = URL, html: str | bytes = "", *, by: str = "gazette",
          at: datetime = NOON, **values: Any) -> None:  # fmt: skip
    """A feed announces a story and its page is fetched."""
    announce(archive, url, by=by, at=at, **values)
    refetch(archive, url, html or story(), by=by, at=at)


def refetch(archive: Archive, url: str, html: str | bytes, *, by: str = "gazette",
            at: datetime = NOON) -> None:  # fmt: skip
    body = html.encode() if isinstance(html, str) else html
    page = Page(url=url, final_url=url, body=body, content_type="text/html; charset=utf-8",
                fetched_at=at, digest=digest(body))  # fmt: skip
    pages.record_page(archive, page, by, status=200, seconds=0.1)


def story(headline: str = "Home in Harwick rated inadequate", *paragraphs: str) -> str:
    """A plain page of an invented paper."""
    body = "".join(f"<p>{p}</p>" for p in paragraphs or (*TEXT.split("\n\n"), *FILLING))
    return (
        "<!DOCTYPE html><html lang='en'><head>"
        f"<title>{headline} - Gazette</title>"
        "<meta property='article:published_time' content='2026-11-02T08:30:00+00:00'></head>"
        f"<body><nav><a href='/'>Home</a></nav><article><h1>{headline}</h1>{body}</article>"
        "<footer><p>Sign up to our newsletter</p></footer></body></html>"
    )


FILLING = (
    "The home looks after up to 34 older people, some of whom live with dementia, and was visited"
    " without notice over two days in September.",
    "Its owner said that it had accepted the findings, that a new manager had begun work in October"
    " and that every care plan had been written anew.",
    "Relatives who spoke to inspectors said that they were made welcome, and that the cook knew"
    " what each resident liked to eat on a Sunday.",
)


def article(url: str = URL, **values: Any) -> Article:
    """A cleaned page, as `clean` would make it."""
    fields: dict[str, Any] = {
        "headline": "Home in Harwick rated inadequate", "standfirst": None,
        "byline": ("Ida Marsh", "Tom Reed"), "published_at": "2026-11-02T08:30:00+01:00",
        "modified_at": None, "publisher": "Harwick Gazette", "section": None, "language": "en",
        "access": "open", "text": TEXT, "captions": ("Larkfield House",),
        "links": (Link(url="https://www.cqc.example/report", text="report"),),
        "removed": (Removal(rule="newsletter", kind="newsletter", text="Sign up"),),
        "news_agencies": (), "canonical_url": None, "image": None, "disagreements": (), **values,
    }  # fmt: skip
    return Article(url=url, **fields)


def span(quote: str, text: str = TEXT) -> dict[str, Any]:
    start = text.index(quote)
    return {"start": start, "end": start + len(quote), "quote": quote}


CQC = Agency(id="cqc", name="Care Quality Commission", kind="inspectorate", code=None)
HOME = Agency(id="unlisted:care-home:larkfield-house", name="Larkfield House", kind="care-home",
              code=None)  # fmt: skip


def tags(**values: Any) -> Tags:
    """Tags of TEXT, one of each sort."""
    fields: dict[str, Any] = {
        "is_report": True, "reasons": ("a grade was given",), "inspection_type": "cqc-provider",
        "inspectorates": (CQC,), "bodies": (HOME,),
        "mentions": (
            Mention(id="cqc", name=CQC.name, role="inspectorate", rule="name",
                    confidence="stated", **span("Care Quality Commission")),
            Mention(id=HOME.id, name=HOME.name, role="inspected", rule="form",
                    confidence="stated", **span("Larkfield House")),
        ),
        "judgements": (
            Judgement(body=HOME.id, inspectorate="cqc", framework="cqc-provider",
                      aspect="overall", grade="inadequate", rank=4, scale=4, status="current",
                      direction=None, rule="rated", confidence="stated",
                      **span("rated Larkfield House in Harwick inadequate")),
        ),
        "findings": (
            Finding(polarity="strength", body=HOME.id, speaker="inspectors", rule="praised",
                    confidence="stated", **span("Inspectors praised kind staff")),
            Finding(polarity="weakness", body=HOME.id, speaker="inspectors", rule="not-safely",
                    confidence="stated", **span("medicines were not managed safely")),
        ),
        "actions": (
            Action(kind="special-measures", status="threatened", body=HOME.id, rule="measures",
                   **span("not managed")),
        ),
        "statistics": (
            Statistic(value="6", of="20", what="rooms", rule="n-of-m",
                      **span("six of the 20 rooms")),
        ),
        "themes": (Theme(id="medicines", name="Medicines", **span("medicines")),),
        "places": (Place(name="Harwick", code=None, **span("Harwick")),),
        "responses": (
            Answer(body=HOME.id, name=None, role=None, stance="accepts", rule="accepts",
                   confidence="stated", **span("praised kind staff")),
        ),
        "details": (
            Detail(kind="inspected_from", value="2026-09", rule="visited",
                   **span("Larkfield House in Harwick")),
            Detail(kind="recommendation", value="manage medicines safely", rule="should",
                   **span("medicines were not managed safely")),
        ), **values,
    }  # fmt: skip
    return Tags(**fields)


RULES = "rules-1"


def save(archive: Archive, made: Article, *, rules: str = RULES, at: datetime = NOON) -> bool:
    """As `derive` does it: the stale page's article is written."""
    host = made.url.split("/")[2]
    (work,) = deriving.stale_pages(archive, {host: rules}, url=made.url)
    with archive.transaction():
        return deriving.save_article(archive, work, made, now=at)


def save_tags(archive: Archive, made: Tags, *, url: str = URL, at: datetime = NOON) -> None:
    from pipeline.archive import tags as tagging

    (work,) = deriving.stale_articles(archive, RULES, url=url)
    with archive.transaction():
        tagging.save_tags(archive, url, made, now=at)
        deriving.record(archive, "tag", work, now=at)


def count(archive: Archive, table: str) -> int:
    return int(archive.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
