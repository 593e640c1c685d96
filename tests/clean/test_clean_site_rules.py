"""Records of `sites.yaml`: for one host alone, until their last day, and seen in its fingerprint.

The records are written into a temporary knowledge folder and read by the real loader.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from pipeline.archive import Archive, deriving, open_archive, reading
from pipeline.clean import clean, fingerprint, rules
from pipeline.cli import cli
from pipeline.derive import derive
from pipeline.errors import KnowledgeError
from pipeline.models import Article, Page
from tests.clean.conftest import SitesFile
from tests.stored import store, story

STORY = [
    f"Inspectors said that the {n} team had made good use of its time since the last visit."
    for n in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
]
RAIL = "The diary of the week, told by those who were there and by those who were not."
VOICES = "Parents at the gate said that they had been told of the letter by their children."
CUT_RAIL = {"id": "rail", "host": "paper.example", "kind": "promo", "how": "selector",
            "pattern": "div.rail", "examples": ["the diary"]}  # fmt: skip
KEEP_VOICES = {"id": "voices", "host": "paper.example", "kind": "story", "how": "keep",
               "pattern": "div.related-content", "examples": ["parents at the gate"]}  # fmt: skip
CUT_LINE = {"id": "diary", "host": "paper.example", "kind": "promo", "how": "line",
            "pattern": "^the diary of the week.*$", "examples": [RAIL]}  # fmt: skip


def cleaned(host: str, day: int = 1, after: str = "") -> Article:
    story = "".join(f"<p>{p}</p>" for p in STORY)
    body = (
        f"<html><body><article><h1>A headline</h1>{story}<div class='rail'><p>{RAIL}</p></div>"
        f"<div class='related-content'><p>{VOICES}</p></div><p>{STORY[0]} Indeed it had.</p>"
        f"</article>{after}</body></html>"
    )
    url = f"https://{host}/news/1"
    return clean(Page(url=url, final_url=url, body=body.encode(), content_type="text/html",
                      fetched_at=datetime(2026, 6, day, tzinfo=UTC), digest=""))  # fmt: skip


@pytest.mark.usefixtures("sites")
def test_without_records_hosts_are_alike() -> None:
    for host in ("paper.example", "other.example"):
        text = cleaned(host).text
        assert RAIL in text
        assert VOICES not in text


@pytest.mark.parametrize("record", [CUT_RAIL, CUT_LINE], ids=["selector", "line"])
def test_a_record_cuts_on_its_host_alone(sites: SitesFile, record: dict[str, Any]) -> None:
    sites.write(record)

    for host in ("paper.example", "www.paper.example"):
        article = cleaned(host)
        assert RAIL not in article.text
        assert (record["id"], "promo") in {(r.rule, r.kind) for r in article.removed}
        assert all(p in article.text for p in STORY)
    for host in ("other.example", "newspaper.example", "paper.example.org"):
        assert RAIL in cleaned(host).text


def test_keep_saves_what_a_general_rule_would_cut(sites: SitesFile) -> None:
    sites.write(KEEP_VOICES)

    assert VOICES in cleaned("paper.example").text
    assert VOICES not in cleaned("other.example").text


def test_keep_adds_a_piece_that_stands_outside_the_story(sites: SitesFile) -> None:
    record = {**KEEP_VOICES, "pattern": "div.voices"}
    sites.write(record)
    text = cleaned("paper.example", after=f"<div class='voices'><p>{VOICES}</p></div>").text

    assert text.split("\n\n")[-1] == VOICES
    assert VOICES not in cleaned("other.example", after=f"<div><p>{VOICES}</p></div>").text


def test_the_last_day_is_compared_with_the_day_of_the_fetch(sites: SitesFile) -> None:
    sites.write({**CUT_RAIL, "valid_until": "2026-06-15"})

    assert RAIL not in cleaned("paper.example", day=1).text
    assert RAIL not in cleaned("paper.example", day=15).text
    assert RAIL in cleaned("paper.example", day=16).text


def test_only_the_fingerprint_of_its_host_changes(sites: SitesFile) -> None:
    hosts = ("paper.example", "www.paper.example", "other.example", "newspaper.example")
    before = {host: fingerprint(host) for host in hosts}
    sites.write(CUT_RAIL)
    first = {host: fingerprint(host) for host in hosts}
    sites.write({**CUT_RAIL, "valid_until": "2026-06-15"})
    second = {host: fingerprint(host) for host in hosts}
    sites.write()

    assert {h for h in hosts if first[h] != before[h]} == {"paper.example", "www.paper.example"}
    assert {h for h in hosts if second[h] != first[h]} == {"paper.example", "www.paper.example"}
    assert {host: fingerprint(host) for host in hosts} == before


def test_the_order_of_keys_and_a_comment_change_nothing(sites: SitesFile) -> None:
    sites.write(CUT_RAIL)
    before = fingerprint("paper.example")
    content = {"rules": [dict(reversed(CUT_RAIL.items()))], "version": 1}
    sites.write_text("# looked at in May\n" + yaml.safe_dump(content, sort_keys=False))

    assert fingerprint("paper.example") == before


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"host": ""}, "host is missing"),
        ({"how": "somehow"}, "how must be one of"),
        ({"pattern": "div["}, "bad selector"),
        ({"how": "line", "pattern": "(?:x"}, "bad pattern"),
        ({"valid_until": "15/06/2026"}, "valid_until must be YYYY-MM-DD"),
        ({"untill": "2026-06-15"}, "unknown key 'untill'"),
    ],
)
def test_a_wrong_record_is_named(sites: SitesFile, change: dict[str, str], problem: str) -> None:
    sites.write({**CUT_RAIL, **change})

    with pytest.raises(KnowledgeError, match=problem) as caught:
        cleaned("paper.example")
    assert (caught.value.path, caught.value.record) == (rules.SITES, "rail")


# ---------------------------------------------------------------- in an archive


PAPER, WWW, OTHER = ("https://paper.example/home", "https://www.paper.example/school",
                     "https://other.example/home")  # fmt: skip
SCHOOL = (
    "Thornby Primary School in Harwick has been rated good by Ofsted after a visit in the spring.",
    "Inspectors wrote that pupils behaved well, and that lessons began on time in every class.",
    "Governors knew what was still to be done, and had set money aside for a teacher of music.",
)


@pytest.fixture
def db(archive: Archive, sites: SitesFile) -> Path:
    """Pages of three hosts, one of them without what the rule cuts; all cleaned and tagged."""
    sites.write()
    rail = f"<div class='rail'><p>{RAIL}</p></div></article>"
    home = story().replace("</article>", rail)
    for url, html in ((PAPER, home), (WWW, story("School rated good", *SCHOOL)), (OTHER, home)):
        store(archive, url, html)
    derive(archive)
    return Path(archive.path)


def derivations(db: Path) -> dict[tuple[str, str], str]:
    """(address, stage) → by which rules it was made."""
    with open_archive(db, readonly=True) as archive:
        rows = archive.db.execute("SELECT article_url, stage, made_by FROM derivations")
        return {(url, stage): made_by for url, stage, made_by in rows}


def derive_by_command(db: Path, host: str) -> str:
    words = ["derive", "--stage", "clean", "--host", host, "--db", str(db)]
    done = CliRunner().invoke(cli, words, catch_exceptions=False, standalone_mode=False)
    return done.stderr


def told(db: Path, url: str) -> tuple[str, int]:
    """(its text, how many tags it has)"""
    with open_archive(db, readonly=True) as archive:
        shown = reading.show(archive, url)
        return shown["text"], len(shown["mentions"])


def test_a_new_record_makes_only_its_hosts_pages_stale_and_cleans_them_alone(
    db: Path, sites: SitesFile
) -> None:
    before, texts = derivations(db), {url: told(db, url) for url in (PAPER, WWW, OTHER)}
    sites.write(CUT_RAIL)

    with open_archive(db, readonly=True) as archive:
        rules_now = {host: fingerprint(host) for host in deriving.hosts(archive)}
        stale = {work.url for work in deriving.stale_pages(archive, rules_now)}
    said = derive_by_command(db, "paper.example")
    after = derivations(db)

    assert stale == {PAPER, WWW}
    assert "1 story cleaned, 1 came out the same, 0 tagged, 0 failed." in said
    assert {key for key in after if after[key] != before[key]} == {(PAPER, "clean"), (WWW, "clean")}
    assert RAIL in texts[PAPER][0]
    assert RAIL not in told(db, PAPER)[0]
    assert told(db, PAPER)[1] == 0, "its words changed: it is to be tagged again"
    assert told(db, WWW) == texts[WWW], "the same words: the tags stay"
    assert texts[WWW][1] > 0
    assert told(db, OTHER) == texts[OTHER]
    assert RAIL in told(db, OTHER)[0]


def test_of_another_host_nothing_is_cleaned(db: Path, sites: SitesFile) -> None:
    sites.write(CUT_RAIL)

    assert "0 stories cleaned, 0 came out the same" in derive_by_command(db, "other.example")
    assert "0 stories cleaned, 1 came out the same" in derive_by_command(db, "WWW.paper.example")
    assert "1 story cleaned, 0 came out the same" in derive_by_command(db, "paper.example")


def test_a_record_taken_back_brings_the_words_back(db: Path, sites: SitesFile) -> None:
    before = told(db, PAPER)[0]
    sites.write(CUT_RAIL)
    derive_by_command(db, "paper.example")
    sites.write()
    derive_by_command(db, "paper.example")

    assert told(db, PAPER)[0] == before
