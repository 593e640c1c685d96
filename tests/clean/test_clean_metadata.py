"""Dates, people, headlines and access: what is claimed, and what is not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.clean import clean
from pipeline.clean.dates import day_in_url, first_day, iso
from pipeline.clean.people import is_byline, people
from pipeline.models import Article, Page

STORY = "".join(
    f"<p>Inspectors who came to the home on day {n} found that people were safe and that staff had"
    " been given the training that they needed to do their work well.</p>"
    for n in range(1, 10)
)


def cleaned(
    head: str, above: str = "", below: str = "", url: str = "https://a.example/x"
) -> Article:
    html = f"<html><head>{head}</head><body>{above}{STORY}{below}</body></html>"
    return clean(Page(url=url, final_url=url, body=html.encode(), content_type="text/html",
                      fetched_at=datetime(2026, 1, 1, tzinfo=UTC), digest=""))  # fmt: skip


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Tuesday, January 16, 2018", "2018-01-16"),
        ("16 Jan 2018 14:30 GMT", "2018-01-16T14:30:00+00:00"),
        ("2018-01-16T10:00:00Z", "2018-01-16T10:00:00+00:00"),
        ("2018-06-16T10:00:00.123+01:00", "2018-06-16T10:00:00+01:00"),
        ("2018-01-16", "2018-01-16"),
        ("20180116", "2018-01-16"),
        ("1516096800", "2018-01-16T10:00:00+00:00"),
        ("03/04/2019 09:15 BST", "2019-04-03T09:15:00+01:00"),
        ("5/6/2018", "2018-06-05"),
        ("16.01.2018", "2018-01-16"),
        ("2018 Jan 16", "2018-01-16"),
        ("16-Jan-2018", "2018-01-16"),
        ("04/23/2018", "2018-04-23"),
        ("20180116T093000Z", "2018-01-16T09:30:00+00:00"),
        ("Tue Jan 16 2018 09:00:00 GMT+0100 (CET)", "2018-01-16T09:00:00+01:00"),
        ("2018-06-16T10:00:00+99:00", "2018-06-16T10:00:00"),
        ("2018-13-40", None),
        ("16.01.2018 9.30am", "2018-01-16T09:30:00"),
        ("Tue, 16 Jan 2018 09:00:00 +0000", "2018-01-16T09:00:00+00:00"),
        ("Last updated 3.15pm, 3rd March 2020", "2020-03-03T15:15:00"),
        ("By Ann Other | 20 July 2016", "2016-07-20"),
        ("January 2018", None),
        ("12:30", None),
        ("2018", None),
        ("31/02/2018", None),
        ("", None),
    ],
)
def test_dates_claim_no_more_than_was_written(written: str, expected: str | None) -> None:
    assert iso(written) == expected


def test_the_first_of_two_dates_keeps_its_own_time() -> None:
    text = "Published: 13:45, 16 January 2018 | Updated: 14:00, 17 January 2018"
    assert first_day(text) == "2018-01-16T13:45:00"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://x.example/2018/01/16/a", "2018-01-16"),
        ("https://x.example/society/2018/jan/16/a", "2018-01-16"),
        ("https://x.example/news/20180116/a", "2018-01-16"),
        ("https://x.example/news/19381.care-home/", None),
    ],
)
def test_day_in_url(url: str, expected: str | None) -> None:
    assert day_in_url(url) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("By Ann Other", ("Ann Other",)),
        ("By Ann Other and Bo Example, Education Correspondent", ("Ann Other", "Bo Example")),
        ("ANN OTHER", ("Ann Other",)),
        ("Ann Other @annother ann@news.example", ("Ann Other",)),
        ("Siân O'Hara-Lloyd", ("Siân O'Hara-Lloyd",)),
        ("Staff reporter", ()),
        ("Press Association", ()),
        ("BBC News", ()),
        ("The Marsby Gazette", ()),
        ("admin", ()),
        ("https://www.facebook.com/marsby", ()),
        ("", ()),
    ],
)
def test_people(written: str, expected: tuple[str, ...]) -> None:
    assert people(written) == expected


@pytest.mark.parametrize(
    "text", ["By Ann Other", "by ANN OTHER, Health Editor", "Words by Ann Other"]
)
def test_bylines(text: str) -> None:
    assert is_byline(text)


@pytest.mark.parametrize(
    "text",
    [
        "By May the council had hired forty social workers.",
        "By 2019 it was good",
        "Ann Other said no",
    ],
)
def test_sentences_are_no_bylines(text: str) -> None:
    assert not is_byline(text)


def test_the_site_name_comes_off_the_headline() -> None:
    head = "<title>Home rated good | News | The Marsby Gazette</title>"
    article = cleaned(head + "<meta property='og:site_name' content='The Marsby Gazette'>")
    assert article.headline == "Home rated good"
    assert cleaned("<title>Good - but not for long</title>").headline == "Good - but not for long"


def test_a_description_that_is_the_first_paragraph_is_no_standfirst() -> None:
    first = "Inspectors who came to the home on day 1 found that people were safe and that staff"
    ld = f'<script type="application/ld+json">{{"@type":"NewsArticle","description":"{first}"}}</script>'  # noqa: E501
    article = cleaned(ld)
    assert article.standfirst is None
    assert article.text.startswith(first)


_H1 = "<h1>Marsby home praised for calm care</h1>"
_DECK = "<h2>People were safe, and the staff were well trained in all that they did.</h2>"


@pytest.mark.parametrize(
    "above",
    [
        f"{_H1}<div>Orla Fenwick</div><div>Tuesday, January 16, 2018</div>",
        f"{_H1}<p>Orla Fenwick</p><p>16 January 2018</p>",
        f"{_H1}<div><span>Orla Fenwick</span> <span>16/01/2018</span></div>",
        f"{_H1}<span>Orla Fenwick</span><span>Tuesday 16 January 2018</span>",
        f"{_H1}<div>by Orla Fenwick<br>16th January, 2018<br></div>",
        f"{_H1}Orla Fenwick<br>Published on 16 January 2018<br><br>",
        f"<table><tr><td>{_H1}</td></tr><tr><td>Orla Fenwick</td><td>16 Jan 2018</td></tr></table>",
        f"{_H1}{_DECK}<div>Orla Fenwick</div><div>16 January 2018</div>",
        f"{_H1}<div><img src='a.jpg'></div><div>Homes</div><div>Orla Fenwick</div><div>16.01.2018</div>",  # noqa: E501
        f"<div>Homes</div><div>16 January 2018</div><div>Orla Fenwick</div>{_H1}",
        "<h2>Marsby home praised for calm care</h2><div>Orla Fenwick</div><div>16 January 2018</div>",  # noqa: E501
    ],
)
def test_a_name_and_a_date_stand_bare_beside_the_headline(above: str) -> None:
    another = "<div>Tom Hollis</div><div>4 March 2020</div>"
    article = cleaned("<title>Marsby home praised for calm care</title>", above, another)
    assert (article.byline, article.published_at) == (("Orla Fenwick",), "2018-01-16")
    assert article.text.startswith("Inspectors who came")


@pytest.mark.parametrize(
    ("below_headline", "byline", "day"),
    [
        ("<div>Orla Fenwick</div>", ("Orla Fenwick",), None),
        ("<div>3/4/2018 10:30</div>", (), "2018-04-03T10:30:00"),
        ("<div>Orla Hall</div>", (), None),  # a place, or a person
        ("<div>Orla Hall</div><div>3/4/2018</div>", ("Orla Hall",), "2018-04-03"),
        ("<div>Adult Social Care</div><div>3 April 2018</div>", (), "2018-04-03"),
        ("<div>Go Back</div>", (), None),
        ("<div>Posted On</div><div>3 April 2018</div>", (), "2018-04-03"),
        (
            "<ul><li><a href='/a'>Nell Ashe</a></li><li><a href='/b'>Marsby Moor</a></li></ul>",
            (),
            None,
        ),
        ("<nav><div>Orla Fenwick</div><div>3 April 2018</div></nav>", (), None),
        ("<figure><figcaption>Orla Fenwick</figcaption></figure>", (), None),
        ("<div>The home opened on 3 April 2018</div>", (), None),
    ],
)
def test_what_else_stands_below_a_headline_claims_nothing(
    below_headline: str, byline: tuple[str, ...], day: str | None
) -> None:
    article = cleaned("<title>Marsby home praised for calm care</title>", _H1 + below_headline)
    assert article.byline == byline
    assert article.published_at == day


def test_what_the_page_says_of_itself_comes_before_what_stands_beside_the_headline() -> None:
    head = "<meta name='author' content='Nell Ashe'><meta name='date' content='2018-01-17'>"
    article = cleaned(head, f"{_H1}<div>Orla Fenwick</div><div>16 January 2018</div>")
    assert (article.byline, article.published_at) == (("Nell Ashe",), "2018-01-17")


def test_access_is_told_by_what_is_cut_not_by_an_offer() -> None:
    offer = "<h3>Paper Digital membership</h3><ul><li>Latest digital issues</li></ul><p>From £9 / month</p>"  # noqa: E501
    assert cleaned("", below=offer).access == "open"
    cut = (
        "<p>The report, which was sent to the board last week, also said that the home had not</p>"
    )
    assert cleaned("", below=cut + offer).access == "subscription"
    assert cleaned("", below=cut).access == "partial"
    assert (
        cleaned("", below=cut + "<h2>Register now to continue reading</h2>").access
        == "registration"
    )
    assert (
        cleaned("", below=cut + "<h2>Subscribe to continue reading</h2>").access == "subscription"
    )
    paid = '<script type="application/ld+json">{"@type":"NewsArticle","isAccessibleForFree":false}</script>'  # noqa: E501
    assert cleaned(paid).access == "subscription"
    assert (
        cleaned("", above="<p><a href='/in'>Log in to see your saved stories</a></p>").access
        == "open"
    )
