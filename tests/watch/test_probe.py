"""An address is a feed, leads to one, or gets a sentence that says what it is and what to do."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from pipeline.errors import FeedError, FetchError
from pipeline.models import FeedKind, Listing
from pipeline.watch.fetch import Limits
from pipeline.watch.probe import MOST_REQUESTS, Probe, look, probe
from tests.web import Web

SITE = "http://record.example"
FEED = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>The Harwick Record</title>
<item><title>Home rated good</title><link>http://record.example/a</link>
<pubDate>Mon, 02 Nov 2026 09:00:00 GMT</pubDate></item></channel></rss>"""
EMPTY = b'<rss version="2.0"><channel><title>Nothing yet</title></channel></rss>'
HOME = b"""<html><head><title>Harwick Record</title>
<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">
<link rel="alternate" type="text/html" hreflang="cy" href="/cy">
<link rel="ALTERNATE" type="application/rss+xml" title="News" href="/news/feed">
</head><body><p>News</p></body></html>"""
PLAIN_HOME = b"<html><head><title>Hello</title></head><body><a href='/x'>x</a></body></html>"
NEWS = (Path(__file__).parent / "feeds" / "sitemap-news.xml").read_bytes()
PAGES = (Path(__file__).parent / "feeds" / "sitemap-plain.xml").read_bytes()
QUICK = Limits(delay=0, feed_seconds=2, connect_seconds=1, silence_seconds=1)


def search(web: Web, url: str) -> Probe:
    return probe(url, contact="mailto:a@b.example", allow_private=False, connect=web.connect,
                 limits=QUICK)  # fmt: skip


def see(web: Web, url: str, kind: FeedKind, listing: Listing | None = None) -> Probe:
    return look(url, kind=kind, listing=listing, contact="mailto:a@b.example",
                allow_private=False, connect=web.connect, limits=QUICK)  # fmt: skip


def test_a_feed_says_its_name_and_its_newest_entry(web: Web) -> None:
    web.serve(f"{SITE}/feed", FEED, type="application/rss+xml")
    found = search(web, f"{SITE}/feed")
    assert (found.title, found.entries, found.announced) == ("The Harwick Record", 1, False)
    assert (found.newest, found.headline) == ("2026-11-02T09:00:00+00:00", "Home rated good")
    assert found.kind == "feed"


def test_a_home_page_leads_to_the_news_feed_not_to_that_of_comments(web: Web) -> None:
    web.serve(f"{SITE}/", HOME, type="text/html")
    web.serve(f"{SITE}/news/feed", FEED, type="application/rss+xml")
    web.serve(f"{SITE}/comments/feed", FEED, type="application/rss+xml")
    found = search(web, f"{SITE}/")
    assert (found.feed_url, found.homepage) == (f"{SITE}/news/feed", f"{SITE}/")
    assert found.announced


@pytest.mark.parametrize(
    ("link", "where"),
    [
        ('<a href="/services/rss">RSS</a>', "/services/rss"),
        ('<a href="updates.atom">Updates</a>', "/news/updates.atom"),
        ('<a href="/index?format=rss">Feed</a>', "/index?format=rss"),
        ('<a href="/feeds-of-grain">Farming</a>', None),
    ],
)
def test_an_ordinary_link_that_looks_like_a_feed(web: Web, link: str, where: str | None) -> None:
    page = f"<html><head><title>N</title></head><body>{link}</body></html>"
    web.serve(f"{SITE}/news/", page)
    for path in ("/services/rss", "/news/updates.atom", "/index?format=rss", "/feeds-of-grain"):
        web.serve(f"{SITE}{path}", FEED, type="text/xml")
    if where is None:
        with pytest.raises(FeedError):
            search(web, f"{SITE}/news/")
        assert web.count(f"{SITE}/feeds-of-grain") == 0
    else:
        assert search(web, f"{SITE}/news/").feed_url == f"{SITE}{where}"


@pytest.mark.parametrize("path", ["/news/feed/", "/rss.xml", "/index.xml"])
def test_the_usual_places_are_tried_and_an_empty_guess_is_no_find(web: Web, path: str) -> None:
    web.serve(f"{SITE}/news", PLAIN_HOME)
    web.serve(f"{SITE}/feed/", EMPTY, type="text/xml")
    web.serve(f"{SITE}{path}", FEED, type="text/xml")
    found = search(web, f"{SITE}/news")
    assert (found.feed_url, found.announced) == (f"{SITE}{path}", True)


def test_robots_txt_leads_to_a_news_sitemap(web: Web) -> None:
    web.serve(f"{SITE}/", PLAIN_HOME)
    # with a byte order mark, as some editors leave it
    web.serve(f"{SITE}/robots.txt", f"\ufeffSitemap: {SITE}/news.xml.gz\nSitemap: {SITE}/all.xml\n")
    web.serve(f"{SITE}/all.xml", PAGES, type="text/xml")
    web.serve(f"{SITE}/news.xml.gz", gzip.compress(NEWS), type="application/gzip")
    found = search(web, f"{SITE}/")
    assert (found.kind, found.feed_url) == ("sitemap", f"{SITE}/news.xml.gz")
    assert (found.homepage, found.entries) == (f"{SITE}/", 2)
    assert web.count(f"{SITE}/all.xml") == 0


def test_an_index_of_sitemaps_leads_to_its_newest_news(web: Web) -> None:
    parts = "".join(f"<sitemap><loc>{SITE}/{name}.xml</loc><lastmod>{day}</lastmod></sitemap>"
                    for name, day in (("pages", "2026-11-03"), ("news-1", "2026-10-01"),
                                      ("news-2", "2026-11-02")))  # fmt: skip
    web.serve(f"{SITE}/sitemap.xml", f"<sitemapindex>{parts}</sitemapindex>", type="text/xml")
    web.serve(f"{SITE}/news-2.xml", NEWS, type="text/xml")
    web.serve(f"{SITE}/", PLAIN_HOME)
    web.serve(f"{SITE}/robots.txt", f"Sitemap: {SITE}/sitemap.xml")
    for start in ("/", "/sitemap.xml"):
        found = search(web, f"{SITE}{start}")
        assert (found.kind, found.feed_url) == ("sitemap", f"{SITE}/news-2.xml")
    assert web.count(f"{SITE}/news-1.xml") == 0


def test_a_sitemap_of_pages_is_refused_in_its_own_words(web: Web) -> None:
    web.serve(f"{SITE}/sitemap.xml", PAGES, type="text/xml")
    with pytest.raises(FeedError, match="a sitemap without news tags"):
        search(web, f"{SITE}/sitemap.xml")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (PLAIN_HOME, "no feed or news sitemap was found from there"),
        (PLAIN_HOME, "a `page:` record with CSS selectors is the way"),
        (HOME, "and none of them works"),
    ],
)
def test_a_page_from_which_nothing_is_found(web: Web, body: bytes, says: str) -> None:
    web.serve(f"{SITE}/", body, type="text/html")
    with pytest.raises(FeedError, match=says):
        search(web, f"{SITE}/")
    assert len(web.requests) <= MOST_REQUESTS


def test_a_busy_site_is_not_searched_further(web: Web) -> None:
    web.serve(f"{SITE}/", PLAIN_HOME)
    web.serve(f"{SITE}/feed/", b"slow down", status=429)
    with pytest.raises(FeedError):
        search(web, f"{SITE}/")
    assert len(web.requests) == 2


def test_a_refusal_is_told(web: Web) -> None:
    web.serve(f"{SITE}/", b"no", status=403)
    with pytest.raises(FetchError, match="403 Forbidden"):
        search(web, f"{SITE}/")


def test_one_look_at_what_is_known_to_be_there(web: Web) -> None:
    listing = Listing(url=f"{SITE}/news", item="li", link=None, headline=None, date=None,
                      summary=None)  # fmt: skip
    web.serve(listing.url, "<html><title>N</title><ul><li><a href=/1>One</a><li>Two</ul></html>")
    web.serve(f"{SITE}/news.xml", NEWS, type="text/xml")
    web.serve(f"{SITE}/", HOME)
    page = see(web, listing.url, "page", listing)
    assert (page.kind, page.entries, page.headline) == ("page", 1, "One")
    assert see(web, f"{SITE}/news.xml", "sitemap").entries == 2
    with pytest.raises(FeedError, match=f"it announces {SITE}/news/feed$"):
        see(web, f"{SITE}/", "feed")


def test_a_listing_page_is_left_alone_where_robots_txt_asks_so(web: Web) -> None:
    listing = Listing(url=f"{SITE}/news", item="li", link=None, headline=None, date=None,
                      summary=None)  # fmt: skip
    web.serve(f"{SITE}/robots.txt", "User-agent: *\nDisallow: /news")
    web.serve(listing.url, "<ul><li><a href=/1>One</a></ul>")
    with pytest.raises(FetchError, match=r"robots\.txt"):
        see(web, listing.url, "page", listing)
    assert web.count(listing.url) == 0
