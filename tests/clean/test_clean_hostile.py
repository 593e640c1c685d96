"""Pages that are broken, hostile, or no pages: one clear sentence each, never a crash."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clean import clean, suggest
from pipeline.clean.decode import decode
from pipeline.clean.html import plain_text
from pipeline.errors import CleanError
from pipeline.models import Entry, Page

PARAGRAPH = (
    "Inspectors who came to the home in May found that people were safe, that medicines were given"
    " on time, and that staff had the training that they needed to do their work well."
)
STORY = "".join(f"<p>{PARAGRAPH} ({n})</p>" for n in range(1, 6))


def page(body: bytes | str, content_type: str = "text/html") -> Page:
    data = body.encode() if isinstance(body, str) else body
    return Page(
        url="https://a.example/x",
        final_url="https://a.example/x",
        body=data,
        content_type=content_type,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        digest="",
    )


def article_or_problem(body: bytes) -> str:
    try:
        return clean(page(body)).text
    except CleanError as e:
        return e.problem


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the page is empty (0 bytes of text)"),
        (b"   \n ", "the page is empty (0 bytes of text)"),
        (b"<html><body></body></html>", "no story text found on the page (0 words)"),
        (
            b"<html><body><p>Too short.</p></body></html>",
            "no story text found on the page (2 words)",
        ),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "not a web page: it is a PNG image"),
        (b'{"error": "not found", "code": 404}', "not a web page: it is JSON"),
        (b"just some words and no tags", "not a web page: there is no HTML in it"),
        (bytes(range(1, 32)) * 100, "not a web page: it is binary data"),
        (b"<div>" * 20_000 + b"</div>" * 20_000, "no story text found on the page (0 words)"),
        (b"%PDF-1.4\n garbage", "the PDF is broken and cannot be read"),
    ],
)
def test_what_is_no_story_is_said_in_one_sentence(body: bytes, sentence: str) -> None:
    with pytest.raises(CleanError) as caught:
        clean(page(body))
    assert caught.value.problem == sentence
    assert str(caught.value) == f"https://a.example/x: {sentence}"


@pytest.mark.parametrize(
    "html",
    [
        f"<html><body><h1>H</h1>{STORY}",
        STORY,
        f"<?xml version='1.0' encoding='utf-8'?><html xmlns='http://www.w3.org/1999/xhtml'><body>{STORY}</body></html>",
        "<html><body>" + STORY.replace("staff", "st\x00aff") + "</body></html>",
        f"<html><body><nav><p>Menu</p>{STORY}</body></html>",
        f"<html><body><a< >{STORY}</body></html>",
        f"<html><body><div style='display:none'>{STORY}</div></body></html>",
        f"<html><body>{'<div>' * 150}{STORY}{'</div>' * 150}</body></html>",
        f"<html><body>{'<div>' * 300}{STORY}{'</div>' * 300}</body></html>",
        f"<html><body>{'<div class=row> ' * 5000}{STORY}{'</div>' * 5000}</body></html>",
        f"<html><body>{'<p></i></b>' * 500}{'<div><span>' * 400}{STORY}</body></html>",
        f"<html><body>{'<section><div>' * 200}{STORY}{'</div></section>' * 200}</body></html>",
        f"<html><body>{STORY}<script type='application/ld+json'>{{broken</script></body></html>",
        f"<html><head><script type='application/ld+json'>{'[' * 5000}</script></head><body>{STORY}</body></html>",  # noqa: E501
        f"<html><head><base href='http://[bad'></head><body>{STORY}<p><a href='//[x'>one link</a></p></body></html>",  # noqa: E501
    ],
)
def test_a_story_in_odd_markup_is_found(html: str) -> None:
    text = clean(page(html)).text
    assert text.count("Inspectors who came") == 5


@pytest.mark.parametrize(
    "opening",
    [
        "<div>",
        *(
            pytest.param(opening, marks=pytest.mark.slow)
            for opening in ("<div><p>x", "<span>", "<ul><li>", "<table><tr><td>")
        ),
    ],
)
def test_what_stands_beside_deep_nesting_is_still_found_soon(opening: str) -> None:
    html = f"<html><body><article>{STORY}</article>{opening * 20_000}</body></html>"
    assert clean(page(html)).text.count("Inspectors who came") == 5


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "<div>" * 2_000_000),
        ("", "<span>" * 2_000_000),
        ("", "".join(f"<a href='/{n}'>link number {n}</a> " for n in range(200_000))),
        ("", "<table>" + "<tr><td>x</td><td>y</td></tr>" * 100_000),
        ("", "<!-- x " * 500_000),
        (f"<div {' '.join(f'a{n}=1' for n in range(100_000))}>", "</div>"),
        (f"<div class='{'share-' * 100_000}'>", "</div>"),
        ("<div data-x='" + "x" * 1_000_000 + "'>", "</div>"),
    ],
    ids=["blocks", "inline", "links", "cells", "comments", "attributes", "classes", "data"],
)
def test_a_story_beside_too_much_of_anything_is_found(before: str, after: str) -> None:
    article = clean(page(f"<html><body>{before}<article>{STORY}</article>{after}"))
    assert article.text.count("Inspectors who came") == 5


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece", ["<p>short", "<div class='c'>some text</div>", "text<br>", "<li>item", "<p><a>x</a>"]
)
def test_a_page_of_a_million_pieces_ends_with_a_text_or_one_sentence(piece: str) -> None:
    assert article_or_problem(b"<html><body>" + piece.encode() * 1_000_000)


def test_a_page_that_is_not_read_to_its_end_says_so() -> None:
    article = clean(page(f"<html><body><article>{STORY}</article>{'<i>' * 70_000}"))
    said = [r.text for r in article.removed if r.rule == "page-too-large"]
    assert len(said) == 1
    assert said[0].startswith("the last 30,")
    with pytest.raises(CleanError, match="which is too large"):
        clean(page(f"<html><body>{'<i>' * 70_000}<article>{STORY}</article>"))


def test_a_nul_byte_in_a_word_does_not_cut_it() -> None:
    body = STORY.replace("staff", "st\x00aff").encode()
    assert "staff had the training" in clean(page(body)).text


@given(st.binary(max_size=400))
def test_any_bytes_give_an_article_or_a_clean_error(noise: bytes) -> None:
    for body in (noise, b"<html><body><p>" + noise + b"</p>" + STORY.encode() + b"</body></html>"):
        assert article_or_problem(body)


@given(
    st.recursive(
        st.text(max_size=12),
        lambda inner: st.lists(inner, max_size=4).map(
            lambda parts: "<div class='related'>" + "</p><p>".join(parts) + "<table><td>"
        ),
        max_leaves=12,
    )
)
def test_broken_nesting_never_loses_the_story_to_a_crash(html: str) -> None:
    assert article_or_problem(f"<body>{STORY}{html}".encode())


@pytest.mark.parametrize(
    ("body", "header", "expected"),
    [
        ("Café £5 – “ok”".encode(), "text/html; charset=utf-8", "Café £5 – “ok”"),
        ("Café £5 – “ok”".encode("cp1252"), "text/html; charset=iso-8859-1", "Café £5 – “ok”"),
        ("Café £5 – “ok”".encode("cp1252"), "text/html", "Café £5 – “ok”"),
        ("Café £5".encode(), "text/html; charset=iso-8859-1", "Café £5"),
        ("\ufeffCafé".encode(), "text/html; charset=iso-8859-1", "Café"),
        ("Café".encode("utf-16"), "text/html", "Café"),
        (b"<meta charset='windows-1252'>Caf\xe9", "text/html", "<meta charset='windows-1252'>Café"),
        ("Café".encode(), "text/html; charset=nonsense", "Café"),
        ("é" * 20 + "x", "text/html", "é" * 20 + "x"),
    ],
)
def test_encodings(body: bytes | str, header: str, expected: str) -> None:
    assert decode(body.encode() if isinstance(body, str) else body, header) == expected


def test_utf8_with_a_broken_byte_is_still_utf8() -> None:
    assert decode("é".encode() * 20 + b"\xff", "text/html") == "é" * 20 + "�"


def test_a_feeds_own_content_is_a_page() -> None:
    entry = Entry(feed_url="f", guid="g", url="https://a.example/x", link="https://a.example/x",
                  headline="Home is good", summary=None, content_html=None, author="Ida Larch",
                  published_at="2024-05-01T09:00:00+01:00", digest="d")  # fmt: skip
    for body in (STORY, f"{PARAGRAPH} & nothing else\n\n{PARAGRAPH}"):
        article = clean(page(body, "text/html; source=feed"), entry=entry)
        assert PARAGRAPH in article.text
        assert (article.headline, article.byline) == ("Home is good", ("Ida Larch",))
        assert article.published_at == "2024-05-01T09:00:00+01:00"


def test_plain_text_of_small_html() -> None:
    assert (
        plain_text("<p>Ofsted &amp; <b>C</b>QC</p><ul><li>one<li>two</ul>")
        == "Ofsted & CQC\none\ntwo"
    )
    assert plain_text("a &lt;b&gt; c") == "a <b> c"
    assert plain_text("") == ""


def test_suggest_names_what_a_site_rule_could_cut() -> None:
    html = f"<html><body><h1>H</h1>{STORY}<div class='odd-box'><p>Win tickets to the fair</p></div></body></html>"  # noqa: E501
    assert "Win tickets" in clean(page(html)).text
    assert "pattern: div.odd-box" in suggest(page(html))


@pytest.mark.slow
def test_one_paragraph_of_a_third_of_a_megabyte() -> None:
    body = b"<p>" + b"word " * 60_000 + b"</p>"
    article = clean(page(b"<html><body>" + body + b"</body></html>"))
    assert article.text.startswith("word word")
