"""Where links lead, whichever parser read the page."""

from __future__ import annotations

import pytest

from pipeline.clean import listing
from pipeline.clean.feedlinks import feed_links, likely_links
from pipeline.clean.links import absolute, base_of
from pipeline.models import Listing

PAGE = "http://a.example/news/index.html"


@pytest.mark.parametrize(
    ("href", "address"),
    [
        ("/x", "http://a.example/x"),
        (" x\n", "http://a.example/news/x"),
        ("//b.example/x", "http://b.example/x"),
        ("HTTPS://b.example/", "HTTPS://b.example/"),
        ("?page=2", "http://a.example/news/index.html?page=2"),
        ("mailto:a@a.example", None),
        ("javascript:void(0)", None),
        ("http://[broken", None),
    ],
)
def test_where_a_link_leads(href: str, address: str | None) -> None:
    assert absolute(PAGE, href) == address


@pytest.mark.parametrize(
    ("named", "base"),
    [
        (None, PAGE),
        ("", PAGE),
        ("/other/", "http://a.example/other/"),
        ("http://b.example/", "http://b.example/"),
        ("data:text/html,x", PAGE),
        ("http://[broken", PAGE),
    ],
)
def test_what_links_are_relative_to_in_every_reader_of_pages(named: str | None, base: str) -> None:
    assert base_of(PAGE, named) == base
    tag = "" if named is None else f'<base href="{named}">'
    body = (
        f'<html><head>{tag}<link rel="alternate" type="application/rss+xml" href="feed"></head>'
        '<body><h2><a href="feed">Feed</a></h2></body></html>'
    ).encode()
    address = absolute(base, "feed")
    assert feed_links(body, url=PAGE) == likely_links(body, url=PAGE) == (address,)
    of = Listing(url=PAGE, item="h2", link=None, headline=None, date=None, summary=None)
    (listed,) = listing.read(body, url=PAGE, content_type="text/html", listing=of).items
    assert listed.link == address
