"""The examples and counterexamples of knowledge/urls.yaml, and what must hold for any address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.knowledge import load_yaml
from pipeline.urls import canonical, host, is_plain, leads_home, loose, site

RULES = load_yaml("urls.yaml")


@pytest.mark.parametrize(("given_url", "expected"), RULES["examples"])
def test_example(given_url: str, expected: str) -> None:
    assert canonical(given_url) == expected


@pytest.mark.parametrize("url", RULES["counterexamples"])
def test_stays_as_it_is(url: str) -> None:
    assert canonical(url) == url


@pytest.mark.parametrize("url", [e[0] for e in RULES["examples"]])
def test_twice_is_once(url: str) -> None:
    assert canonical(canonical(url)) == canonical(url)


@pytest.mark.parametrize(("one", "other"), RULES["alike"])
def test_may_be_one_story(one: str, other: str) -> None:
    assert loose(one) == loose(other)
    assert canonical(one) != canonical(other), "else it is no matter of likelihood"


@pytest.mark.parametrize(("one", "other"), RULES["different"])
def test_are_two_stories(one: str, other: str) -> None:
    assert loose(one) != loose(other)


@pytest.mark.parametrize("url", [*RULES["counterexamples"], *(e[0] for e in RULES["examples"])])
def test_a_canonical_address_is_as_loose_as_any_other_of_its_story(url: str) -> None:
    assert loose(canonical(url)) == loose(url.split("#")[0])


@given(st.text(max_size=60))
def test_never_raises(text: str) -> None:
    for url in (text, f"https://{text}", f"https://x.example/{text}"):
        for answer in (canonical(url), host(url), loose(url), site(url)):
            assert isinstance(answer, str)
        for truth in (leads_home(url), is_plain(url)):
            assert isinstance(truth, bool)


SITES = [
    ("https://m.paper.co.uk/x", "paper.co.uk"),
    ("https://www.paper.example/x", "paper.example"),
    ("https://news.harwick.gov.uk/", "harwick.gov.uk"),
    ("https://one.blogspot.com/x", "one.blogspot.com"),
    ("http://127.0.0.1:8123/x", "127.0.0.1"),
    ("http://localhost/x", "localhost"),
    ("tag:paper,2026:1", ""),
]


@pytest.mark.parametrize(("url", "expected"), SITES)
def test_the_site_is_what_its_owner_registered(url: str, expected: str) -> None:
    assert site(url) == expected


def test_no_story_lives_at_the_first_page() -> None:
    for url in ("https://www.paper.example", "http://paper.example/index.html",
                "https://m.paper.example/?utm_source=rss"):  # fmt: skip
        assert leads_home(url)
    for url in ("https://paper.example/?p=12", "https://paper.example/news"):
        assert not leads_home(url)


def test_a_plain_address_wears_no_dress() -> None:
    for url in ("https://www.paper.example/news/1/", "http://paper.example/news?b=1&a=2"):
        assert is_plain(url)
    for url in ("https://m.paper.example/news/1", "https://paper.example/news/1/print",
                "https://paper.example/news/1?page=1"):  # fmt: skip
        assert not is_plain(url)


def test_host_has_no_port_and_is_lower_case() -> None:
    assert host("http://News.Example:8080/x") == "news.example"
    assert host("no address") == ""
