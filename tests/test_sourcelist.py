"""Changing sources.yaml by command: what is appended, what an OPML file brings and takes away."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import config, sourcelist
from pipeline.errors import ConfigError
from tests.web import Web

START = """# mine
defaults: {contact: "mailto:a@b.example"}
sources:
  # the first
  - id: first
    name: First & foremost
    homepage: https://first.example/
    feeds: [https://first.example/rss]
"""
NEWS = (Path(__file__).parent / "watch" / "feeds" / "sitemap-news.xml").read_bytes()
OPML = """<?xml version="1.0"?><opml version="2.0"><body>
<outline text="Papers"><outline text="North"><outline type="rss" text="Harwick   Gazette" xmlUrl="https://harwick.example/rss"/></outline>
<outline type="rss" text="First again" xmlUrl="https://first.example/rss"/></outline>
<outline type="rss" text="Gazette twice" xmlUrl="https://harwick.example/rss"/>
<outline type="rss" text="By FTP" xmlUrl="ftp://old.example/rss"/>
<outline type="rss" text="With password" xmlUrl="https://me:secret@old.example/rss"/>
<outline type="rss" xmlUrl="https://nameless.example/feed"/>
</body></opml>"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "sources.yaml"
    file.write_text(START)
    return file


def test_a_news_sitemap_is_added_under_its_own_key(path: Path, web: Web) -> None:
    url = f"http://127.0.0.1:{web.port}/news.xml"
    web.serve("http://127.0.0.1/news.xml", NEWS, type="text/xml")
    added = sourcelist.add(path, url, id_=None, name=None, allow_private=True)
    assert (added.sitemaps, added.feeds, added.name) == ((url,), (), "The Daily Example")
    assert path.read_text().startswith(START)
    assert config.load(path).sources[1] == added


def test_every_kind_of_address_is_checked(path: Path, web: Web) -> None:
    site = f"http://127.0.0.1:{web.port}"
    path.write_text(f"""defaults: {{contact: "mailto:a@b.example"}}
sources:
  - id: all
    allow_private: true
    feeds: {site}/feed
    sitemap: {site}/news.xml
    page: {{url: "{site}/news", item: li}}
""")
    web.serve("http://127.0.0.1/news.xml", NEWS, type="text/xml")
    web.serve("http://127.0.0.1/news", "<ul><li><a href='/1'>Leaders praised</a></ul>")
    steps: list[tuple[str, int, int]] = []
    feed, sitemap, page = sourcelist.check(
        config.load(path), (), progress=lambda *step: steps.append(step)
    )
    assert (feed.ok, "404" in feed.words) == (False, True)
    assert sitemap.words.startswith("2 entries, newest 2026-11-02T16:30:00+00:00, first “Care home")
    assert page.words == "1 entries, newest without a date, first “Leaders praised”"
    assert steps[-1] == ("addresses checked", 3, 3)


def test_an_opml_file_brings_what_is_new_and_a_bad_address_stops_no_other(
    path: Path, tmp_path: Path
) -> None:
    file = tmp_path / "papers.opml"
    file.write_text(OPML)
    came = sourcelist.import_opml(path, file)
    assert (came.added, came.known) == (2, 1)  # the twice listed one counts once
    assert came.refused == (
        "By FTP was left out: its address 'ftp://old.example/rss' is not an http or https address",
        "With password was left out: its address must not hold a user name or password: "
        "addresses are public in the archive",
    )
    _, gazette, nameless = config.load(path).sources
    assert (gazette.id, gazette.name) == ("harwick-gazette", "Harwick Gazette")
    assert nameless.feeds == ("https://nameless.example/feed",)
    assert sourcelist.import_opml(path, file).added == 0


@pytest.mark.parametrize("first", [True, False])
def test_the_watched_areas_stay_where_they_are(path: Path, tmp_path: Path, first: bool) -> None:
    areas = "\n# what we follow\nwatched: [Wales]  # and no more\n"
    path.write_text(START.replace("sources:", f"{areas}sources:") if first else START + areas)
    before = path.read_text()
    file = tmp_path / "papers.opml"
    file.write_text(OPML)
    sourcelist.import_opml(path, file)
    settings = config.load(path)
    assert settings.watched == ("Wales",)
    assert [s.id for s in settings.sources] == ["first", "harwick-gazette", "nameless-example"]
    lines = path.read_text().splitlines()
    assert [line for line in lines if line in before.splitlines()] == before.splitlines()


def test_what_is_exported_comes_in_again_elsewhere(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "papers.opml"
    file.write_text(OPML)
    sourcelist.import_opml(path, file)
    before = config.load(path)
    out = tmp_path / "out.opml"
    out.write_text(sourcelist.export_opml(before))
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text('defaults: {contact: "mailto:a@b.example"}\nsources:\n'
                         "  - {id: own, feeds: 'https://own.example/rss'}\n")  # fmt: skip
    assert sourcelist.import_opml(elsewhere, out).added == len(before.sources)
    after = config.load(elsewhere).sources[1:]
    assert [(s.name, s.feeds) for s in after] == [(s.name, s.feeds) for s in before.sources]


def test_an_export_says_what_it_cannot_carry(path: Path) -> None:
    assert sourcelist.beyond_opml(config.load(path)) is None
    path.write_text(f"""{START}  - id: second
    sitemap: [https://b.example/1.xml, https://b.example/2.xml]
    page: {{url: "https://b.example/news", item: li}}
  - {{id: dark, sitemap: "https://c.example/1.xml", enabled: false, note: gone}}
""")
    assert sourcelist.beyond_opml(config.load(path)) == (
        "Left out, as OPML has no word for them: 2 news sitemaps and 1 listing page."
    )


@pytest.mark.parametrize("text", ["", "not XML", "<opml><body/></opml>", '{"a": 1}'])
def test_a_file_that_is_no_list_of_feeds_is_named(path: Path, tmp_path: Path, text: str) -> None:
    file = tmp_path / "odd.opml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"odd\.opml: is not an OPML list with feeds"):
        sourcelist.import_opml(path, file)
    assert path.read_text() == START
