"""A folder of everything that lists stories, each with what must be read from it beside it."""

from __future__ import annotations

import gzip
import random
from datetime import timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from pipeline.errors import FeedError, Stopped
from pipeline.models import FeedKind, Hints, Listing
from pipeline.watch import formats, hints, sitemap
from pipeline.watch.feeds import Feed
from pipeline.watch.items import has_page
from tests.web import bomb

FOLDER = Path(__file__).parent / "feeds"
CASES = sorted(FOLDER.glob("*.yaml"))
NEWS = (FOLDER / "sitemap-news.xml").read_bytes()


def load(case: Path) -> tuple[dict[str, Any], bytes]:
    (data,) = (p for p in FOLDER.glob(f"{case.stem}.*") if p.suffix != ".yaml")
    return yaml.safe_load(case.read_text(encoding="utf-8")), data.read_bytes()


def read(expected: dict[str, Any], body: bytes, **more: Any) -> Feed:
    url = expected["url"]
    listing = Listing(url=url, **expected["listing"]) if "listing" in expected else None
    return formats.read(
        expected.get("kind", "feed"), body, url=url, base=expected.get("base"), listing=listing,
        content_type=expected.get("content_type", ""), **more,
    )  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.stem)
def test_each_file_reads_as_it_says_beside_it(case: Path) -> None:
    expected, body = load(case)
    if "fails" in expected:
        with pytest.raises(FeedError) as failed:
            read(expected, body)
        assert failed.value.problem == expected["fails"]
        return
    feed = read(expected, body)
    if "at_least" not in expected:
        assert len(feed.entries) == len(expected["entries"])
    for entry, wanted in zip(feed.entries, expected["entries"], strict=False):
        got = {key: has_page(entry) if key == "has_page" else getattr(entry, key)
               for key in wanted}  # fmt: skip
        assert got == wanted
        assert entry.feed_url == expected["url"]
    assert expected.get("title") in (None, feed.title)
    minutes = expected.get("fresh_minutes")
    assert feed.hints.fresh_for == (timedelta(minutes=minutes) if minutes else None)
    assert feed.hints.skip_hours == set(expected.get("skip_hours", ()))
    assert feed.hints.skip_days == set(expected.get("skip_days", ()))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.stem)
def test_what_is_known_is_not_read_again_and_the_rest_comes_out_the_same(case: Path) -> None:
    expected, body = load(case)
    if "fails" in expected:
        return
    feed = read(expected, body)
    again = read(expected, body, known=frozenset(feed.items))
    assert (again.entries, again.unchanged) == ((), len(feed.items))
    assert (again.items, again.hints) == (feed.items, feed.hints)
    if len(feed.items) == len(feed.entries):
        for digest, entry in zip(feed.items, feed.entries, strict=True):
            others = frozenset(feed.items) - {digest}
            assert read(expected, body, known=others).entries == (entry,)


def test_a_feed_where_a_sitemap_was_is_read_all_the_same() -> None:
    _, feed = load(FOLDER / "wordpress.yaml")
    as_feed = formats.read("feed", feed, url="https://a.example/x")
    assert formats.read("sitemap", feed, url="https://a.example/x") == as_feed
    with pytest.raises(FeedError, match="nothing at all"):
        formats.read("sitemap", b" ", url="https://a.example/x")


def test_an_index_says_when_its_sitemaps_changed() -> None:
    index = b"""<sitemapindex><sitemap><loc>https://a.example/old.xml</loc></sitemap>
        <sitemap><loc> https://a.example/new.xml </loc>
        <lastmod>2026-11-02T08:00Z</lastmod></sitemap></sitemapindex>"""
    assert sitemap.children(index, url="https://a.example/") == (
        ("https://a.example/old.xml", None),
        ("https://a.example/new.xml", "2026-11-02T08:00:00+00:00"),
    )
    assert sitemap.children(NEWS, url="https://a.example/") == ()


def test_a_packed_bomb_is_not_unpacked_and_a_damaged_file_is_named() -> None:
    with pytest.raises(FeedError, match="unpacks to more than 50 MB"):
        formats.read("sitemap", bomb(60), url="https://a.example/s.xml.gz")
    with pytest.raises(FeedError, match="a damaged gzip file"):
        formats.read("sitemap", gzip.compress(NEWS)[:-20], url="https://a.example/s.xml.gz")


def test_a_long_sitemap_is_read_to_its_end_and_stops_when_asked() -> None:
    head, _, rest = NEWS.partition(b"<url>")
    story = b"<url>" + rest.partition(b"</url>")[0] + b"</url>"
    urls = (story.replace(b"good-1", b"good-%d" % n) for n in range(3_000))
    body = head + b"".join(urls) + b"</urlset>"
    feed = formats.read("sitemap", body, url="https://a.example/s.xml")
    assert len(feed.entries) == len(set(feed.items)) == 3_000
    turns = iter([True, False])
    with pytest.raises(Stopped):
        formats.read("sitemap", body, url="https://a.example/s.xml", going=lambda: next(turns))


DEEP = b"<a>" * 200_000
SHUT = DEEP.replace(b"<", b"</")
HOSTILE = {
    "a sitemap nested without end": b"<urlset>" + DEEP,
    "a sitemap with deep elements": b"<urlset>" + DEEP + SHUT + b"</urlset>",
    "JSON nested without end": b'{"version": "https://jsonfeed.org/version/1", "items": [{"a":'
    + b"[" * 100_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_bytes_made_to_cost_time_cost_little(name: str) -> None:
    """What took the square of their number would not end while anybody waits."""
    if name == "a sitemap with deep elements":
        assert formats.read("feed", HOSTILE[name], url="https://a.example/feed").items == ()
        return
    with pytest.raises(FeedError, match="broken"):
        formats.read("feed", HOSTILE[name], url="https://a.example/feed")


@pytest.mark.parametrize("piece", [b"<!--", b"<skipHours>", b"<ttl>", b"<ttl ", b" ", b"<hour>1"])
def test_hints_that_never_end_cost_little(piece: bytes) -> None:
    assert hints.read(b"<skipHours><ttl>" + piece * 100_000) == Hints()


#: what breaks parsers that are not meant to meet it
SHARDS = (
    b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&nbsp;", b"&#55357;", b"&#99999999999;", b"\0", b"\x07",
    b"<item>", b"</item>", b"<entry>", b"]]>", b"<![CDATA[", b"<!--", b"\x1f\x8b", b"\xff\xfe",
    b"<div>", b' xml:base="/x/"', b"<!", b"<?",
)  # fmt: skip


def damaged(body: bytes, chance: random.Random) -> bytes:
    at, other = chance.randrange(len(body) + 1), chance.randrange(len(body) + 1)
    if chance.random() < 0.4:
        return body[:at] + chance.choice(SHARDS) + body[at:]
    return chance.choice([
        body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :],
        body[:at] + body[at + chance.randrange(40) :],
        body[:at] + body[other : other + 200] + body[at:],
        body[:at],
    ])  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_damage_is_read_or_refused_and_never_more(seed: int) -> None:
    chance = random.Random(seed)
    listing = Listing(url="https://a.example/", item="li", link=None, headline=None, date="*",
                      summary="p")  # fmt: skip
    read = 0
    for _ in range(250):
        _, body = load(chance.choice(CASES))
        for _ in range(chance.randrange(1, 6)):
            body = damaged(body, chance)
        for kind in get_args(FeedKind):
            try:
                feed = formats.read(kind, body, url="https://a.example/", listing=listing)
            except FeedError:
                continue
            again = formats.read(kind, body, url="https://a.example/", listing=listing,
                                 known=frozenset(feed.items))  # fmt: skip
            assert (again.entries, again.items, again.hints) == ((), feed.items, feed.hints)
            str(feed).encode()  # nothing that no database would take
            read += 1
    assert read > 100
