"""Bodies in no list: their town and official number, where the story or its links give them."""

from __future__ import annotations

import pytest

from pipeline import tag
from pipeline.models import Agency, Link, Story

OFSTED = "https://reports.ofsted.gov.uk/provider/"
LOCATION = "https://www.cqc.org.uk/location/1-123456789"
SCHOOL = "Larkfield Primary School in Harwick has been rated good by Ofsted. Pupils are happy."
HOME = "Elm Court Care Home in Harwick has been rated good by the CQC. Residents are happy."


def bodies(text: str, *links: Link) -> tuple[Agency, ...]:
    one = Story(id="s", url=None, title=None, text=text, published_at="2024-05-01", links=links)
    return tag.tags(one).bodies


def link(url: str, text: str = "the report") -> Link:
    return Link(url=url, text=text)


@pytest.mark.parametrize(
    ("text", "url", "code", "identifiers"),
    [
        (SCHOOL, OFSTED + "21/123456", "123456", {"urn": "123456"}),
        (SCHOOL, OFSTED + "16/EY541234", "EY541234", {"urn": "EY541234"}),
        (SCHOOL + " Its URN is 123456.", "https://paper.example/", "123456", {"urn": "123456"}),
        (HOME, LOCATION, None, {"cqc-location": "1-123456789"}),
        (SCHOOL, LOCATION, None, {}),
        (HOME, OFSTED + "21/123456", None, {}),
    ],
)  # fmt: skip
def test_a_number_goes_to_the_body_of_its_kind(
    text: str, url: str, code: str | None, identifiers: dict[str, str]
) -> None:
    (body,) = bodies(text, link(url))
    assert (body.code, dict(body.identifiers), body.place) == (code, identifiers, "Harwick")


def test_of_two_schools_the_one_whose_name_the_link_bears() -> None:
    text = ("Ofsted rated Larkfield Primary School in Harwick good. "
            "Ofsted rated Millbrook High School in Alderbeck good.")  # fmt: skip
    found = bodies(text, link(OFSTED + "21/123456", "Larkfield Primary"))
    assert {b.name: (b.code, b.place) for b in found} == {
        "Larkfield Primary School": ("123456", "Harwick"),
        "Millbrook High School": (None, "Alderbeck"),
    }


def test_two_numbers_for_one_school_are_none() -> None:
    (body,) = bodies(
        SCHOOL,
        link(OFSTED + "21/123456"),
        link(OFSTED + "21/654321"),
    )
    assert body.code is None
