"""An address is a feed, announces one, or gets a sentence that says what it is."""

from __future__ import annotations

import pytest

from pipeline.errors import FeedError, FetchError
from pipeline.watch.fetch import Limits
from pipeline.watch.probe import Probe, probe
from tests.web import Web

FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>The Harwick Record</title>
<item><title>Home rated good</title><link>http://record.example/a</link>
<pubDate>Mon, 02 Nov 2026 09:00:00 GMT</pubDate></item></channel></rss>"""
HOME = b"""<html><head><title>Harwick Record</title>
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
<link rel="alternate" type="text/html" hreflang="cy" href="/cy">
<link rel="ALTERNATE" type="application/rss+xml" title="News" href="/news/feed">
</head><body><p>News</p></body></html>"""
QUICK = Limits(delay=0, feed_seconds=2, connect_seconds=1, silence_seconds=1)


def look(web: Web, url: str) -> Probe:
    return probe(url, contact="mailto:a@b.example", allow_private=False, connect=web.connect,
                 limits=QUICK)  # fmt: skip


def test_a_feed_says_its_name_and_its_newest_entry(web: Web) -> None:
    web.serve("http://record.example/feed", FEED, type="application/rss+xml")
    found = look(web, "http://record.example/feed")
    assert (found.title, found.entries, found.announced) == ("The Harwick Record", 1, False)
    assert found.newest == "2026-11-02T09:00:00+00:00"


def test_a_home_page_leads_to_the_news_feed_not_to_that_of_comments(web: Web) -> None:
    web.serve("http://record.example/", HOME, type="text/html")
    web.serve("http://record.example/news/feed", FEED, type="application/rss+xml")
    web.serve("http://record.example/comments/feed", FEED, type="application/rss+xml")
    found = look(web, "http://record.example/")
    assert found.feed_url == "http://record.example/news/feed"
    assert found.homepage == "http://record.example/"
    assert found.announced


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"<html><head><title>Hello</title></head><body>x</body></html>", "announces no feed"),
        (HOME, "and none of them works"),
    ],
)
def test_a_page_without_a_working_feed(web: Web, body: bytes, says: str) -> None:
    web.serve("http://record.example/", body, type="text/html")
    with pytest.raises(FeedError, match=says):
        look(web, "http://record.example/")


def test_a_refusal_is_told(web: Web) -> None:
    web.serve("http://record.example/", b"no", status=403)
    with pytest.raises(FetchError, match="403 Forbidden"):
        look(web, "http://record.example/")
