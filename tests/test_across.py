"""What pages of a site show of each other, over a real archive: once, in any order, and no more."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest

from pipeline import across
from pipeline.archive import Archive, reading, readings
from pipeline.archive.deriving import _STALE_PAGES
from pipeline.clean import site
from pipeline.clean.site import Carrier
from pipeline.derive import DeriveReport, derive
from tests.clean.test_clean_site_text import BACKGROUND, DISCLAIMERS, FOLLOW_UPS
from tests.several import SUBJECTS, page, story
from tests.stored import count, refetch, store

OWN = DISCLAIMERS[1]
DERIVED = ("article_agencies", "mentions", "findings", "article_themes", "article_places",
           "responses", "inspection_details", "removals", "revisions", "articles", "derivations",
           "aliases", "readings", "page_names", "page_lines", "site_lines")  # fmt: skip


def url(name: str, host: str = "gazette.example") -> str:
    return f"https://{host}/{name}"


def keep(archive: Archive, *subjects: str, end: Sequence[str] = (OWN,),
         host: str = "gazette.example") -> None:  # fmt: skip
    """Stories as their feed announced them and their pages came."""
    for name in subjects:
        store(archive, url(name, host), story(name, *end), headline=SUBJECTS[name][0],
              by=host.split(".")[0])  # fmt: skip


def texts(archive: Archive) -> dict[str, str]:
    return dict(archive.db.execute("SELECT url, text FROM articles").fetchall())


def removed(archive: Archive) -> list[tuple[str, str, str, str]]:
    return archive.db.execute(
        "SELECT a.url, r.rule, r.kind, r.text FROM removals r"
        " JOIN articles a ON a.id = r.article_id"
        " WHERE r.rule = 'site-repeat' ORDER BY a.url, r.id"
    ).fetchall()


def says(archive: Archive) -> dict[str, list[Any]]:
    """All that is derived, but for numbers of rows and times."""
    columns = {
        "articles": "url, headline, text, digest, access, is_report",
        "derivations": "article_url, stage, made_from, made_by, error",
        "aliases": "url, story_url, why",
        "pages": "url, neighbours",
        **dict.fromkeys(("readings", "page_names", "page_lines", "site_lines"), "*"),
    }
    found = {t: archive.db.execute(f"SELECT {c} FROM {t}").fetchall() for t, c in columns.items()}
    return {t: sorted(rows, key=repr) for t, rows in found.items()} | {"cut": removed(archive)}


def underived(archive: Archive) -> None:
    with archive.transaction() as db:
        for table in DERIVED:
            db.execute(f"DELETE FROM {table}")


def test_a_disclaimer_below_six_stories_is_cut_and_kept(archive: Archive) -> None:
    keep(archive, *SUBJECTS)
    report = derive(archive)
    assert report.cleaned == 12, "each once as it came, and once as its neighbours showed it"
    for name, (_, *paragraphs) in SUBJECTS.items():
        assert texts(archive)[url(name)].split("\n\n") == paragraphs
    assert removed(archive) == [(url(n), "site-repeat", "site", OWN) for n in sorted(SUBJECTS)]
    assert {"rule": "site-repeat", "kind": "site", "text": OWN} in reading.show(
        archive, url("fire")
    )["removed"]
    assert count(archive, "revisions") == 6, "no newspaper changed a word"
    assert derive(archive) == DeriveReport()


def test_two_pages_are_not_enough_and_the_third_is(archive: Archive) -> None:
    keep(archive, "larkfield", "thornby")
    derive(archive)
    assert all(OWN in text for text in texts(archive).values())
    keep(archive, "fellgate")
    derive(archive)
    assert not any(OWN in text for text in texts(archive).values())


def test_a_fourth_page_is_cleaned_once_and_disturbs_no_other(archive: Archive) -> None:
    keep(archive, "larkfield", "thornby", "fellgate")
    derive(archive)
    before = says(archive)
    keep(archive, "fire")
    report = derive(archive)
    assert (report.cleaned, report.unchanged, report.tagged) == (1, 0, 1)
    assert OWN not in texts(archive)[url("fire")]
    for table, rows in before.items():
        assert set(map(repr, rows)) <= set(map(repr, says(archive)[table])), table


def test_a_page_without_it_is_left_alone(archive: Archive) -> None:
    keep(archive, "fire", end=())
    derive(archive)
    keep(archive, "larkfield", "thornby", "fellgate")
    before = archive.db.execute(
        "SELECT made_at, made_from FROM derivations WHERE article_url = ?", (url("fire"),)
    ).fetchall()
    derive(archive)
    assert (
        before
        == archive.db.execute(
            "SELECT made_at, made_from FROM derivations WHERE article_url = ?", (url("fire"),)
        ).fetchall()
    )
    assert "own" not in before[0][1]


def test_when_the_site_drops_it_the_words_come_back(archive: Archive) -> None:
    """Two pages that still have it are too few to say that it is nobody's story."""
    keep(archive, "larkfield", "thornby", "fellgate")
    derive(archive)
    refetch(archive, url("fellgate"), story("fellgate"))
    derive(archive)
    assert OWN in texts(archive)[url("larkfield")]
    assert removed(archive) == []
    assert count(archive, "site_lines") == 0
    assert not list(archive.db.query("SELECT 1 FROM pages WHERE neighbours IS NOT NULL"))
    assert derive(archive) == DeriveReport()


def test_two_sites_know_nothing_of_each_other(archive: Archive) -> None:
    keep(archive, "larkfield", "thornby", host="one.example")
    keep(archive, "fellgate", "fire", host="two.example")
    derive(archive)
    assert removed(archive) == []
    keep(archive, "ambulance", host="two.example")
    derive(archive)
    assert {r[0].split("/")[2] for r in removed(archive)} == {"two.example"}


def test_a_site_is_one_at_www_and_m(archive: Archive) -> None:
    for name, host in zip(SUBJECTS, ("gazette.example", "www.gazette.example",
                                     "m.gazette.example"), strict=False):  # fmt: skip
        keep(archive, name, host=host)
    derive(archive)
    assert len(removed(archive)) == 3


def test_background_of_follow_ups_stays(archive: Archive) -> None:
    for n, (headline, words) in enumerate(FOLLOW_UPS):
        store(archive, url(str(n)), page(headline, *words, *BACKGROUND, OWN), headline=headline)
    derive(archive)
    assert removed(archive) == [], "these show nothing of the site: they are about one thing"
    keep(archive, "thornby", "fellgate", "fire")
    derive(archive)
    for n in range(len(FOLLOW_UPS)):
        assert texts(archive)[url(str(n))].split("\n\n")[-len(BACKGROUND) :] == list(BACKGROUND)
    assert {r[3] for r in removed(archive)} == {OWN}
    assert len(removed(archive)) == len(FOLLOW_UPS) + 3


def test_near_copies_of_one_story_prove_nothing(archive: Archive) -> None:
    headline, *words = SUBJECTS["larkfield"]
    for n in range(5):
        more = f"Live at {n + 1} pm: crews are still on the road to the home."
        store(archive, url(str(n)), page(headline, *words, more, OWN), headline=headline)
    derive(archive)
    assert count(archive, "articles") == 5
    assert removed(archive) == []


def test_a_page_that_gives_no_story_does_not_hold_up_the_others(archive: Archive) -> None:
    keep(archive, "larkfield", "thornby", "fellgate")
    store(archive, url("empty"), "<html><body></body></html>")
    report = derive(archive)
    assert report.clean_failed == 1
    assert len(removed(archive)) == 3


# ---------------------------------------------------------------- in any order


def a_world(random: Random) -> list[tuple[str, str, str]]:
    """(address, page, headline) of a site: stories, follow-ups, copies, paragraphs of all sorts."""
    names = [*SUBJECTS]
    pages = []
    for n in range(14):
        headline, *words = SUBJECTS[random.choice(names)]
        own = random.sample(DISCLAIMERS, random.randint(0, 3))
        back = random.sample(BACKGROUND, random.randint(0, 2))
        top = random.sample(DISCLAIMERS, 1) if random.random() < 0.2 else []
        if random.random() < 0.5:
            words = [f"{w.removesuffix('.')}, as was told on day {n}." for w in words]
            headline = " ".join(random.sample(headline.split(), 5)) + f" {n}"
        canonical = url(str(random.randint(0, 13))) if random.random() < 0.4 else None
        words = [*top, *words, *back, *own]
        pages.append((url(str(n)), page(headline, *words, canonical=canonical), headline))
        if random.random() < 0.3:  # its mobile page, or that as it was before a rewrite
            words = [*words[:-1], *random.choice([words[-1:], DISCLAIMERS[:1]])]
            mobile = page(headline, *words, canonical=canonical, dress="phone")
            pages.append((url(str(n), "m.gazette.example"), mobile, headline))
    return pages


def from_scratch(archive: Archive) -> set[int]:
    """The site's own paragraphs, decided in one go over all that was read."""
    pages = [r[0] for r in archive.db.execute("SELECT page FROM readings")]
    known = readings.load(archive, pages)
    return set(site.own_keys(Carrier(p, r.headline, r.lines) for p, r in known.items()))


@pytest.mark.parametrize("seed", range(6))
def test_pages_may_come_in_any_order_and_any_portions(archive: Archive, seed: int) -> None:
    random = Random(seed)
    world = a_world(random)
    for address, html, headline in world:
        store(archive, address, html, headline=headline)
    derive(archive, stages=("clean",))
    wanted = says(archive)
    own = {r[0] for r in archive.db.execute('SELECT "key" FROM site_lines')}
    assert own == from_scratch(archive)
    underived(archive)
    addresses = [address for address, _, _ in world]
    random.shuffle(addresses)
    while addresses:
        if random.random() < 0.3:  # as it was before an editor changed it
            address, html, headline = random.choice(world)
            refetch(archive, address, story(random.choice([*SUBJECTS]), *DISCLAIMERS[:2]))
            derive(archive, url=address, stages=("clean",))
            refetch(archive, address, html)
        for _ in range(random.randint(1, 4)):
            if addresses:
                derive(archive, url=addresses.pop(), stages=("clean",))
    derive(archive, stages=("clean",))
    got = says(archive)
    for table in wanted:
        assert got[table] == wanted[table], table
    assert derive(archive, stages=("clean",)) == DeriveReport()


def test_a_kill_between_learning_and_keeping_leaves_neither(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(archive, *SUBJECTS)
    learn: Callable[..., frozenset[str]] = across.learn

    def killed(*given: Any) -> frozenset[str]:
        learn(*given)
        raise sqlite3.OperationalError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(across, "learn", killed)
        with pytest.raises(Exception, match="the power went"):
            derive(archive)
    assert count(archive, "readings") == count(archive, "site_lines") == 0
    derive(archive)
    assert len(removed(archive)) == 6


# ---------------------------------------------------------------- what it costs


def test_what_is_stale_is_looked_up_by_keys_alone(archive: Archive) -> None:
    """No table that grows with pages is read from end to end but pages itself."""

    def scans(scope: str) -> set[str]:
        sql = "EXPLAIN QUERY PLAN " + _STALE_PAGES.format(scope=scope)
        plan = [r[3] for r in archive.db.execute(sql, {"rules": "{}", "urls": "[]"})]
        return {line.split()[1] for line in plan if line.startswith("SCAN")}

    assert scans("true") <= {"p", "json_each", "rules"}
    assert scans("p.url IN (SELECT value FROM json_each(:urls))") <= {"json_each", "rules"}
