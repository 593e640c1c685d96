"""Small HTML to text: what a reader would see, and nothing that a browser would not show."""

from __future__ import annotations

import pytest

from pipeline.clean.html import plain_text

CASES = {
    "plain words": ("plain  words\n here", "plain words here"),
    "an inline tag parts no word": ("<b>O</b>fsted <i>came</i>", "Ofsted came"),
    "a line a paragraph": ("<p>One</p><p>Two</p>three<br>four", "One\nTwo\nthree\nfour"),
    "entities": ("a &amp; b&#8217;s &pound;3 &bogus; AT&T", "a & b’s £3 &bogus; AT&T"),
    "an address keeps its ampersands": ("https://a.example/?x=1&copy=2", "https://a.example/?x=1&copy=2"),
    "scripts and styles": ("a<script>b < c</script><style>d{}</style>e", "ae"),
    "templates": ("a<template><p>b</p></template><noscript>c</noscript>d", "ad"),
    "comments and instructions": ("a<!-- b --><?php c ?>d", "ad"),
    "pronunciation beside a word": ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "漢"),
    "a script within a paragraph within a script": ("<p>a<script><p>b</script>c</p>", "ac"),
    "never closed": ("<p>a<ul><li>b<li>c<b>d", "a\nb\ncd"),
    "closed, never opened": ("a</script></style></b>b", "ab"),
    "a cell, a row": ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "ab\nc"),
    "a whole page": ("<html><head><title>t</title></head><body><p>a</p></body></html>", "t\na"),
    "nothing": ("<p> &nbsp; </p>", ""),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_a_reader_would_see(case):
    html, text = CASES[case]
    assert plain_text(html) == text


def test_deep_nesting_ends():
    assert plain_text("<b>" * 20_000 + "x") in ("", "x")
