"""The examples and counterexamples of knowledge/urls.yaml, and what must hold for any address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.knowledge import load_yaml
from pipeline.urls import canonical, host

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


@given(st.text(max_size=60))
def test_never_raises(text: str) -> None:
    for url in (text, f"https://{text}", f"https://x.example/{text}"):
        assert isinstance(canonical(url), str)
        assert isinstance(host(url), str)


def test_host_has_no_port_and_is_lower_case() -> None:
    assert host("http://News.Example:8080/x") == "news.example"
    assert host("no address") == ""
