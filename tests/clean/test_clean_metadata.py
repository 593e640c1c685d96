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
