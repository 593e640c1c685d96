"""A wall is believed where it follows the story; the same words elsewhere on the page are not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.clean import clean
from pipeline.clean.people import is_name_and_date
from pipeline.models import Article, Page

STORY = [
    f"Inspectors said that the {n} team had made good use of its time since the last visit, and "
    "that children were seen sooner than they had been in the year before that."
    for n in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
]
WALL = """<div class="zz"><h2>Register now to continue reading</h2><p>We write about councils for
those who run them, all year round, and have done so since the last war but one was over.</p>
<ul><li>Free access to 3 subscriber-only articles per month</li></ul></div>"""
COPY = "".join(f"<p>{p}</p>" for p in STORY)
BELOW = "".join(f"<p>{p}</p>" for p in STORY[4:])
ABOVE = "".join(f"<p>{p}</p>" for p in STORY[:4])
FOOT = '<div class="foot"><a href="/">Home</a><p>Terms</p><p>Privacy</p></div>'


def cleaned(inner: str) -> Article:
    url = "https://paper.example/news/1"
    html = f"<html><body><div>{inner}</div></body></html>"
    return clean(Page(url=url, final_url=url, body=html.encode(), content_type="text/html",
                      fetched_at=datetime(2026, 6, 1, tzinfo=UTC), digest=""))  # fmt: skip


@pytest.mark.parametrize(
    "inner",
    [
        f"<h1>H</h1><div class='c'>{COPY}</div>{WALL}",
        f"<h1>H</h1><div class='c'>{COPY}{WALL}</div>",
        f"<h1>H</h1><div class='c'>{COPY}</div><div class='d'>Advert</div>{WALL}{FOOT}",
        f"<h1>H</h1><div class='c'>{ABOVE}{WALL}{BELOW}</div>",
    ],
    ids=["beside", "inside", "below an advert", "in the middle"],
)
def test_a_wall_below_the_story_is_one_and_goes_as_a_whole(inner: str) -> None:
    article = cleaned(inner)

    assert article.access == "registration"
    assert article.text.split("\n\n") == STORY


def test_a_wall_of_one_line_between_story_and_price() -> None:
    article = cleaned(f"{COPY}<h2>Subscribe to continue reading</h2><p>From £3 a month</p>")

    assert (article.access, article.text.split("\n\n")) == ("subscription", STORY)


@pytest.mark.parametrize(
    "inner",
    [
        f"{WALL}<div><h1>H</h1><div class='c'>{COPY}</div></div>",
        f"<div><h1>H</h1><div class='c'>{COPY}</div></div>{FOOT}{WALL}",
        f"<div><span>Log in to read the story</span></div><h1>H</h1><div class='c'>{COPY}</div>",
    ],
    ids=["above", "below the foot", "in the header"],
)
def test_the_words_of_a_wall_elsewhere_do_not_close_a_whole_story(inner: str) -> None:
    article = cleaned(inner)

    assert article.access == "open"
    assert [p for p in STORY if p not in article.text] == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Nina Penn, 18/11/2026 11:15", True),
        ("Nina Penn Tuesday, January 16, 2018", True),
        ("By Nina Penn and Jo Marsh | 20 July 2016", True),
        ("Published 20 July 2016", False),
        ("Larkfield House was inspected on 20 July 2016", False),
        ("Nina Penn, the manager, left on 20 July 2016.", False),
        ("Marsby Council, 20 July 2016", False),
    ],
)
def test_a_name_with_a_date(line: str, expected: bool) -> None:
    assert is_name_and_date(line) is expected


@pytest.mark.parametrize(
    "said",
    [
        "Have your say on the plan by 12 May, the council told residents.",
        "Sign up to the new standards, Ofsted urged every nursery in the town.",
        "Sign up for the improvement plan or lose your funding, ministers told the board.",
    ],
)
def test_what_somebody_in_the_story_says_stays(said: str) -> None:
    article = cleaned(f"<h1>H</h1><div class='c'>{ABOVE}<p>{said}</p>{BELOW}</div>")
    assert said in article.text.split("\n\n")
