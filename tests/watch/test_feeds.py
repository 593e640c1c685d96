"""Feeds whose bytes mean harm, digests that hold still, and dates as they were meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import FeedError
from pipeline.models import Entry
from pipeline.watch import feeds
from pipeline.watch.dates import iso

FOLDER = Path(__file__).parent / "feeds"
URL = "https://paper.example/feed"


def rss(title: str = "T", extra: str = "", head: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{head}<rss version="2.0"><channel><title>F</title>'
        f"<item><title>{title}</title><link>https://paper.example/1</link>{extra}</item>"
        "</channel></rss>"
    ).encode()


def test_the_digest_changes_with_the_words_and_not_with_a_touched_date() -> None:
    atom = (FOLDER / "atom-official.xml").read_text()
    (was,) = feeds.parse(atom.encode(), url=URL)
    (touched,) = feeds.parse(atom.replace("09:05:11+00:00", "11:00:00+00:00").encode(), url=URL)
    (changed,) = feeds.parse(atom.replace("Findings", "Results").encode(), url=URL)
    assert touched.published_at != was.published_at
    assert touched.digest == was.digest
    assert changed.digest != was.digest


BOMBS = {
    "one long entity, used often": (
        '<!DOCTYPE rss [<!ENTITY a "' + "x" * 50_000 + '">]>', "&a;" * 2_000,
    ),
    "entities of entities": (
        '<!DOCTYPE rss [<!ENTITY a "' + "x" * 90 + '">'
        + "".join(f'<!ENTITY {n} "{f"&{p};" * 90}">' for p, n in zip("abcd", "bcde", strict=True))
        + "]>", "&e;",
    ),
    "a file of this machine": ('<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "&a;"),
}  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("name", BOMBS)
def test_an_entity_bomb_does_not_go_off(name: str, encoding: str) -> None:
    head, title = BOMBS[name]
    body = rss(title, head=head).decode().replace("?>", f' encoding="{encoding}"?>', 1)
    entries = _entries_or_refusal(body.encode(encoding))
    assert sum(len(e.headline or "") for e in entries) < 10_000
    assert "root:" not in str(entries)


def _entries_or_refusal(body: bytes) -> tuple[Entry, ...]:
    try:
        return feeds.parse(body, url=URL)
    except FeedError as e:
        if e.kind != "decoding":
            raise
        return ()


def test_entities_that_do_no_harm_are_read() -> None:
    head = '<!DOCTYPE rss [<!ENTITY paper "Harwick Gazette">]>'
    (entry,) = feeds.parse(rss("The &paper;", head=head), url=URL)
    assert entry.headline == "The Harwick Gazette"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("&#55357;&#56832;", "😀"),
        ("&#xD83D;&#xDE00; &#8364;", "😀 €"),
        ("&#55357; alone", "\ufffd alone"),
        ("&#1114112; &#99999999999999999999;", "\ufffd \ufffd"),
    ],
)
def test_a_character_that_cannot_be_does_not_cost_the_feed(written: str, read: str) -> None:
    (entry,) = feeds.parse(rss(f"A {written}"), url=URL)
    assert entry.headline == f"A {read}"


def test_a_long_page_is_told_from_a_feed_without_reading_all_of_it() -> None:
    page = b"<html><head><title>Home</title></head><body>" + b"<p>words</p>" * 800_000
    with pytest.raises(FeedError, match="an HTML page"):
        feeds.parse(page, url=URL)


@pytest.mark.parametrize("body", [b"", b"  \n", b"\xef\xbb\xbf"])
def test_nothing_at_all_is_said_to_be_nothing(body: bytes) -> None:
    with pytest.raises(FeedError):
        feeds.parse(body, url=URL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mon, 02 Nov 2026 16:30:00 GMT", "2026-11-02T16:30:00+00:00"),
        ("Mon, 02 Nov 2026 16:30:00 +0530", "2026-11-02T16:30:00+05:30"),
        ("Sat, 01 Aug 2026 09:15:00 BST", "2026-08-01T09:15:00+01:00"),
        ("1 Aug 2026 09:15 EST", "2026-08-01T09:15:00-05:00"),
        ("2026-11-03T09:05:11Z", "2026-11-03T09:05:11+00:00"),
        ("2026-11-03T09:05:11.123+01:00", "2026-11-03T09:05:11+01:00"),
        ("2026-11-03", "2026-11-03"),
        ("03/11/2026", "2026-11-03"),
        ("3.11.2026", "2026-11-03"),
        ("25/12/2026 10:00", "2026-12-25"),
        ("3 November 2026", "2026-11-03"),
        ("2026-11-03 09:05:11", "2026-11-03"),
        ("2026/11/03", "2026-11-03"),
        ("Mon, 02 Nov 2026 16:30:00", "2026-11-02"),
        ("Mon, 02 Nov 2026 16:30:00 XYZ", "2026-11-02"),
        ("November 2026", None),
        ("10:30", None),
        ("yesterday", None),
        ("0001-01-01T00:00:00Z", None),
        ("31/02/2026", None),
        ("", None),
        (None, None),
    ],
)
def test_dates_say_what_they_said_and_no_more(text: str | None, expected: str | None) -> None:
    assert iso(text) == expected
