"""Stories taken off a page by selectors, whatever way round its links and headings are nested."""

from __future__ import annotations

import pytest

from pipeline.clean.listing import MOST_ITEMS, Listed, read
from pipeline.models import Listing

URL = "https://www.council.example/news/latest"


def listed(html: str, item: str = ".x", **selectors: str) -> tuple[Listed, ...]:
    every = {"link": None, "headline": None, "date": None, "summary": None} | selectors
    listing = Listing(url=URL, item=item, **every)
    page = f"<html><head><title>News</title></head><body>{html}</body></html>".encode()
    return read(page, url=URL, content_type="text/html; charset=utf-8", listing=listing).items


@pytest.mark.parametrize(
    ("html", "link", "headline"),
    [
        ('<p class=x><a href="a">One</a></p>', "/news/a", "One"),
        ('<a class=x href="/a"><h2>One</h2> of two</a>', "/a", "One"),
        ('<a href="?id=1"><div class=x><h3>One</h3></div></a>', "/news/latest?id=1", "One"),
        ('<div class=x><a href="a"><img></a><a href="b">Two</a></div>', "/news/a", "Two"),
        ('<div class=x><a href="#c">c</a><a href="mailto:d@e.example">d</a><a href="e">E</a></div>',
         "/news/e", "c"),
        ('<div class=x><h2>Words <script>not</script> only</h2></div>', None, "Words only"),
        ('<div class=x><a href="http://[">One</a></div>', None, "One"),
    ],
)  # fmt: skip
def test_link_and_headline_are_found_without_selectors(
    html: str, link: str | None, headline: str
) -> None:
    (found,) = listed(html)
    assert found.link == (f"https://www.council.example{link}" if link else None)
    assert found.headline == headline


def test_selectors_choose_among_several() -> None:
    html = """<div class=x><a href="/topic">Schools</a><h3>Heading</h3>
        <div class=more><a href="/story">Read</a></div><p class=lead>Lead <b>words</b>.</p></div>"""
    (found,) = listed(html, link=".more", headline="h3", summary=".lead, p")
    assert found == Listed(link="https://www.council.example/story", headline="Heading", date=None,
                           summary="Lead words.")  # fmt: skip


@pytest.mark.parametrize(
    ("html", "selector", "expected"),
    [
        ('<time datetime="2026-11-02T09:00:00Z">2 hours ago</time>', None,
         "2026-11-02T09:00:00+00:00"),
        ("<span>3/11/2026</span>", None, None),
        ("<span>3/11/2026</span>", "span", "2026-11-03"),
        ("<span>Posted on Tuesday 3rd November 2026 by A</span>", "span", "2026-11-03"),
        ('<span><time datetime="2026-11-02">3/11/2026</time></span>', "span", "2026-11-02"),
        ('<time datetime="soon">3 Nov 2026</time>', "time", "2026-11-03"),
        ("<span>2 hours ago</span>", "span", None),
        ("<b>no date</b><span>x</span><span>1 May 2026</span>", "span", "2026-05-01"),
    ],
)  # fmt: skip
def test_dates_are_for_machines_first_and_british_otherwise(
    html: str, selector: str | None, expected: str | None
) -> None:
    more = {"date": selector} if selector else {}
    (found,) = listed(f'<div class=x><a href="/a">A</a>{html}</div>', **more)
    assert found.date == expected


@pytest.mark.parametrize("body", [b"", b"\0\0", b"<", b"%PDF-1.7", b"\xff\xfe"])
def test_what_is_no_page_lists_nothing(body: bytes) -> None:
    listing = Listing(url=URL, item="*", link=None, headline=None, date=None, summary=None)
    assert read(body, url=URL, content_type="", listing=listing).items == ()


def test_a_selector_that_fits_everything_reads_no_more_than_a_page_can_list() -> None:
    listing = Listing(url=URL, item="p", link=None, headline=None, date=None, summary=None)
    many = "".join(f'<p><a href="{n}">{n}</a></p>' for n in range(MOST_ITEMS + 5)).encode()
    found = read(many, url=URL, content_type="text/html", listing=listing)
    assert (found.matches, len(found.items)) == (MOST_ITEMS + 5, MOST_ITEMS)
