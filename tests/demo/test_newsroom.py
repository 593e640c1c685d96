"""The newsroom's content keeps what the demo promises, and the server answers as real ones do."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections.abc import Iterator
from html import unescape

import feedparser
import pytest

from pipeline import config
from pipeline.demo.newsroom import FOLDER, NewsStory, Publisher, answers, publishers
from pipeline.demo.server import Newsroom, newsroom

PAPERS = publishers()
ANSWERS = answers(PAPERS)
STORIES = [story for paper in PAPERS for story in paper.stories]
TROUBLED = [paper for paper in PAPERS if not paper.stories]


def by_name(value: NewsStory | Publisher) -> str:
    return value.key if isinstance(value, NewsStory) else value.id


def text_of(host: str, path: str) -> str:
    return " ".join(unescape(ANSWERS[host, path].body.decode()).split())


def test_there_is_enough_of_everything() -> None:
    kinds = {story.truth.get("type") for story in STORIES}
    near_misses = {story.truth.get("near_miss") for story in STORIES} - {None}

    assert len(STORIES) >= 26
    assert len([p for p in PAPERS if p.stories]) >= 5
    assert {p.record["feed"]["format"] for p in PAPERS} == {
        "rss", "atom", "json", "sitemap", "page",
    }  # fmt: skip
    assert {p.trouble for p in PAPERS} == {None, "refuses", "silent", "page_instead", "malformed"}
    promised = (
        "jtai area-send ilacs monitoring-visit sccif report-card school-s5 cqc-provider "
        "cqc-local-authority peel fire hmi-prisons hmip-youth-justice ciw-provider estyn "
        "care-inspectorate rqia"
    )
    assert set(promised.split()) <= kinds
    assert near_misses == {"appointment", "consultation", "job advert", "opinion", "statistic"}
    assert {s.truth.get("access", "open") for s in STORIES} == {
        "open", "registration", "subscription",
    }  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=by_name)
def test_a_page_prints_its_story_whole_and_more_than_that(story: NewsStory) -> None:
    host, path = story.url.removeprefix("http://").split("/", 1)
    page = text_of(host, f"/{path}")

    for paragraph in (story.headline, *story.paragraphs):
        assert paragraph in page
    assert len(page) > 1.3 * sum(map(len, story.paragraphs)), "a page without furniture"
    assert 200 <= story.words <= 700
    assert "2026-11-02" <= story.published[:10] <= "2026-11-20"


def test_every_publisher_builds_its_pages_in_its_own_way() -> None:
    layouts = {(FOLDER / p.folder / "page.html").read_text("utf-8") for p in PAPERS if p.stories}

    assert len(layouts) == len([p for p in PAPERS if p.stories])


@pytest.mark.parametrize("paper", [p for p in PAPERS if p.stories], ids=by_name)
def test_a_feed_names_every_story(paper: Publisher) -> None:
    answer = ANSWERS[paper.host, paper.record["feed"]["path"]]
    if answer.content_type.startswith("application/feed+json"):
        links = [item["url"] for item in json.loads(answer.body)["items"]]
    elif paper.kind == "sitemap":
        links = re.findall("<loc>(.*?)</loc>", answer.body.decode())
    elif paper.kind == "page":
        paths = re.findall('<li class="document"><h2><a href="(.*?)">', answer.body.decode())
        links = [f"http://{paper.host}{path}" for path in paths]
    else:
        parsed = feedparser.parse(answer.body)
        links = [entry["link"].split("?")[0] for entry in parsed.entries if "link" in entry]
        assert bool(parsed.bozo) is (paper.trouble == "malformed")

    assert set(links) == {story.url for story in paper.stories}


def test_the_same_agency_story_stands_in_two_papers() -> None:
    one, other = (s for s in STORIES if s.truth.get("same_story") == "fellgate")

    assert one.publisher != other.publisher
    assert one.headline != other.headline
    shared = {p.replace("“", '"').replace("”", '"') for p in one.paragraphs} & set(other.paragraphs)
    assert len(shared) >= 8


def test_the_sources_file_is_the_newsroom() -> None:
    settings = config.load(FOLDER.parent / "sources.yaml")

    assert {(s.id, s.name, s.homepage, s.watched) for s in settings.sources} == {
        (p.id, p.name, p.homepage, ((p.listed_url, p.kind),)) for p in PAPERS
    }


# ---------------------------------------------------------------- over HTTP


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with newsroom() as running:
        yield running


def get(room: Newsroom, path: str, host: str = "", **headers: str) -> tuple[int, str, bytes]:
    """Status, ETag, body."""
    connection = http.client.HTTPConnection("127.0.0.1", room.port, timeout=5)
    try:
        names = {"host": host} if host else {}
        connection.request("GET", path, headers={**names, **headers})
        answer = connection.getresponse()
        return answer.status, answer.headers.get("etag", ""), answer.read()
    finally:
        connection.close()


def test_a_name_decides_which_paper_answers(room: Newsroom) -> None:
    one = get(room, "/", "www.childrenweekly.example")
    other = get(room, "/", "www.ubn.example:80")

    assert (one[0], other[0]) == (200, 404)
    assert b"Children &amp; Families Weekly" in one[2]


def test_what_did_not_change_is_not_sent_again(room: Newsroom) -> None:
    host, path = "nationsherald.example", "/atom.xml"
    status, etag, body = get(room, path, host)
    again = get(room, path, host, **{"if-none-match": etag})

    assert (status, bool(body)) == (200, True)
    assert (again[0], again[2]) == (304, b"")


def test_a_tracking_query_leads_to_the_same_story(room: Newsroom) -> None:
    story = next(s for s in STORIES if s.key == "courier/larkfield-house")
    plain = get(room, story.path, "www.teesandwearcourier.example")

    assert get(room, story.path + "?ref=rss", "www.teesandwearcourier.example") == plain
    assert plain[0] == 200


def test_a_feed_that_moved_says_where_it_is(room: Newsroom) -> None:
    paper = next(p for p in PAPERS if p.listed_url != p.feed_url)
    connection = http.client.HTTPConnection("127.0.0.1", room.port, timeout=5)
    connection.request("GET", paper.listed_url.split("example", 1)[1], headers={"host": paper.host})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["location"]) == (301, paper.feed_url)
    connection.close()


def test_the_refusing_and_the_mistaken_paper(room: Newsroom) -> None:
    assert get(room, "/rss", "www.harbourtimes.example")[0] == 403
    status, _, body = get(room, "/feed/", "www.fenlandfreepress.example")
    assert (status, body[:15]) == (200, b"<!DOCTYPE html>")


def test_the_silent_paper_lets_go_when_the_newsroom_closes() -> None:
    with newsroom() as room:
        connection = http.client.HTTPConnection("127.0.0.1", room.port, timeout=0.3)
        connection.request("GET", "/feed", headers={"host": "www.eveningpacket.example"})
        with pytest.raises(TimeoutError):
            connection.getresponse()
        connection.close()
        waiting = threading.active_count()
    assert threading.active_count() < waiting, "its thread ended with the newsroom"


def test_in_a_browser_each_paper_lies_below_its_own_folder(room: Newsroom) -> None:
    index = get(room, "/")[2].decode()
    front = get(room, "/www.ubn.example/news")[2].decode()
    story = get(room, "/www.ubn.example/news/articles/c9d7k2m4x1qo")

    assert 'href="/www.ubn.example/news"' in index
    assert 'href="/www.ubn.example/news/articles/c9d7k2m4x1qo"' in front
    assert story[0] == 200
    assert b'href="/sport"' not in story[2]


def test_what_is_not_there_is_404(room: Newsroom) -> None:
    assert get(room, "/nothing", "www.ubn.example")[0] == 404
    assert get(room, "/nothing")[0] == 404
