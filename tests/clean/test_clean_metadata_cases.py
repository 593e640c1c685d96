"""What pages say about themselves, by the cases of `metadata.yaml`, and anything at all."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.clean import clean
from pipeline.clean.metadata import ORDER
from pipeline.errors import CleanError
from pipeline.models import Article, Entry, Page

CASES = yaml.safe_load((Path(__file__).parent / "metadata.yaml").read_text(encoding="utf-8"))
STORY = "".join(
    f"<p>Inspectors who came on the {n} visit found that people were safe and that staff had been"
    " given the training that they needed to do their work well.</p>"
    for n in ("first", "second", "third", "fourth", "fifth")
)
URL = "https://paper.example/news/home"
AT = datetime(2026, 11, 1, tzinfo=UTC)


def cleaned(
    head: str = "", above: str = "", *, url: str = URL, lang: str = "en-GB",
    feed: dict[str, str] | None = None, below: str = "",
) -> Article:  # fmt: skip
    html = f'<html lang="{lang}"><head>{head}</head><body><main>{above}{STORY}{below}</main></body>'
    page = Page(url=url, final_url=url, body=html.encode("utf-8", "surrogatepass"),
                content_type="text/html; charset=utf-8", fetched_at=AT, digest="")  # fmt: skip
    fields: dict[str, Any] = dict.fromkeys(
        ("headline", "summary", "content_html", "author", "published_at")
    )
    entry = None
    if feed is not None:
        entry = Entry(feed_url=url, guid=url, url=url, link=url, digest="",
                      **{**fields, **feed})  # fmt: skip
    return clean(page, entry=entry)


def script(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_a_page_says_of_its_story(case: dict[str, Any]) -> None:
    ld = case.get("ld_text") or (json.dumps(case["ld"]) if "ld" in case else None)
    article = asdict(
        cleaned(
            case.get("head", "") + (script(ld) if ld else ""),
            case.get("above", ""),
            url=case.get("url", URL),
            lang=case.get("lang", "en-GB"),
            feed=case.get("feed"),
        )
    )
    article["disagreements"] = [list(d.values()) for d in article["disagreements"]]
    for field in ("byline", "news_agencies", "captions"):
        article[field] = list(article[field])
    assert {field: article[field] for field in case["expect"]} == case["expect"]


def test_sources_that_disagree_are_named_in_the_stated_order() -> None:
    """Every source says a day of its own; the first is chosen, all others are told."""
    days = [f"2018-01-{10 + n}" for n in range(7)]
    found = cleaned(
        script(json.dumps({"@type": "NewsArticle", "datePublished": days[0]}))
        + f'<meta property="article:published_time" content="{days[1]}">'
        + f'<meta name="dc.date" content="{days[2]}">',
        f'<p itemprop="datePublished" content="{days[3]}">x</p><time datetime="{days[4]}">x</time>',
        url="https://paper.example/2018/01/16/home",
        feed={"published_at": days[5]},
    )
    assert found.published_at == days[0]
    order = [source for source in ORDER if source != "title"]
    assert [d.source for d in found.disagreements] == order[1:]
    assert [d.value for d in found.disagreements] == days[1:]


def test_links_to_official_reports_are_marked() -> None:
    report = "https://files.ofsted.gov.uk/v1/file/50000000"
    below = (
        f"<p>The <a href='{report}'>inspectors' letter</a> was sent in May, and the council gave"
        " <a href='https://marsby.example/statement'>a statement</a> on the same day.</p>"
    )
    links = {link.url: link.official for link in cleaned(below=below).links}
    assert links == {report: True, "https://marsby.example/statement": False}


# ---------------------------------------------------------------- anything at all

_TEXT = st.text(max_size=40) | st.sampled_from(
    [
        "2018-01-16",
        "Orla Fenwick",
        "https://[bad",
        "javascript:x",
        "\ud800",
        "&#x0;",
        "<b>",
        "P" * 99,
    ]
)
_KEYS = st.sampled_from(
    ["@type", "@id", "@graph", "@value", "name", "headline", "author", "datePublished", "image",
     "dateModified", "publisher", "logo", "url", "caption", "mainEntityOfPage", "articleSection",
     "description", "inLanguage", "isAccessibleForFree", "articleBody", "contentUrl"]
)  # fmt: skip
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT
    | st.sampled_from(["NewsArticle", "Person", "Organization", "WebPage"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS | _TEXT, inner, max_size=6),
    max_leaves=30,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example([{"@id": "\\\U00010000"}], "")  # an escaped backslash before a pair of halves
@given(_JSON, _TEXT)
def test_no_json_and_no_attribute_can_break_it(value: Any, text: str) -> None:
    """An article comes out, and nothing in it that no database can store."""
    article = value if isinstance(value, dict) else {"author": value, "image": value}
    said = json.dumps({"@type": "NewsArticle", **article}).replace("</", "<\\/")
    quoted = text.replace('"', "&quot;").replace("\x00", "")
    head = "".join(
        f'<meta property="{name}" content="{quoted}">'
        for name in ("og:image", "og:url", "article:published_time", "article:author", "og:title")
    )
    found = cleaned(head + script(said), f'<h1>{quoted}</h1><link rel="canonical" href="{quoted}">')
    json.dumps(asdict(found), ensure_ascii=False).encode("utf-8")


@pytest.mark.parametrize(
    "hostile",
    [
        script('{"@type":"NewsArticle","headline":' + "[" * 100_000 + "]" * 100_000 + "}"),
        script('{"@type":"NewsArticle","headline":"' + "long " * 2_000_000 + '"}'),
        script('{"@type":"NewsArticle","author":' + json.dumps(
            [f"Ann{chr(97 + n % 26)} Oth{chr(97 + n // 26 % 26)}er" for n in range(10_000)]) + "}"),
        script('{"@type":"NewsArticle","datePublished":' + "9" * 10_000 + "}"),
        script('{"@graph":[' + '{"@type":"Person","@id":"#a","name":"X"},' * 100_000 + "null]}"),
        "<title>" + "word " * 400_000 + "</title>",
        "<meta property='og:title' content='" + "word " * 400_000 + "'>",
        "<meta property='article:author' content='Orla Fenwick'>" * 20_000,
        "<meta property='og:image' content='https://x.example/" + "a" * 1_000_000 + "'>",
    ],
    ids=["deep", "10 MB", "10,000 authors", "a long number", "100,000 nodes", "a long title",
         "a long og:title", "20,000 tags", "a long address"],
)  # fmt: skip
def test_hostile_metadata_costs_little_and_claims_little(hostile: str) -> None:
    found = cleaned(hostile)
    assert len(found.byline) <= 20
    assert all(len(d.value) <= 300 for d in found.disagreements)
    assert found.headline is None or len(found.headline) <= 250
    assert found.image is None


def test_a_page_of_names_alone_is_no_story() -> None:
    page = Page(url=URL, final_url=URL, body=script('{"@type":"NewsArticle"}').encode() + b"<p>x",
                content_type="text/html", fetched_at=AT, digest="")  # fmt: skip
    with pytest.raises(CleanError):
        clean(page)
