"""Pages become articles and tags, once, again when they must, and never two at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.archive import Archive, deriving, open_archive, reading
from pipeline.derive import STAGES, derive
from tests import stored
from tests.stored import FILLING, NOON, URL, count, refetch, store, story

OTHER = "https://echo.example/school"
SCHOOL = story(
    "Ofsted rates Thornby Primary School good",
    "Thornby Primary School in Harwick has been rated good by Ofsted.",
    "Inspectors said that pupils behaved well and enjoyed their lessons.",
    *FILLING,
)


@pytest.fixture
def two(archive: Archive) -> Archive:
    store(archive)
    store(archive, OTHER, SCHOOL, by="echo")
    return archive


def ledger(archive: Archive) -> dict[tuple[str, str], dict[str, str]]:
    rows = archive.db.query("SELECT * FROM derivations")
    return {(r["article_url"], r["stage"]): r for r in rows}


def everything(archive: Archive) -> list[dict[str, object]]:
    told = [dict(reading.show(archive, url)) for url in (URL, OTHER)]
    for story_ in told:
        del story_["ledger"]
    return told


def test_every_page_becomes_a_tagged_article(two: Archive) -> None:
    report = derive(two)
    assert (report.cleaned, report.tagged, report.failures) == (2, 2, ())
    shown = reading.show(two, URL)
    assert shown["headline"] == "Home in Harwick rated inadequate"
    assert "newsletter" not in shown["text"]
    assert shown["is_report"] is True
    assert [i["id"] for i in shown["inspectorates"]] == ["cqc"]
    assert shown["judgements"][0]["grade"] == "inadequate"
    for kind in ("mentions", "judgements", "findings", "actions", "statistics", "themes", "places"):
        for tag in shown[kind]:
            assert shown["text"][tag["start"] : tag["end"]] == tag["quote"]
    assert count(two, "agencies") > 500, "the whole gazetteer can be browsed"
    assert count(two, "neighbours") == 1530


def test_a_second_time_there_is_nothing_to_do(two: Archive) -> None:
    derive(two)
    before = "\n".join(two.db.conn.iterdump())
    report = derive(two)
    assert (report.cleaned, report.unchanged, report.tagged) == (0, 0, 0)
    assert "\n".join(two.db.conn.iterdump()) == before


def test_other_rules_for_a_host_clean_it_alone_and_keep_its_tags(two: Archive) -> None:
    derive(two)
    before = everything(two)
    two.db.execute(
        "UPDATE derivations SET made_by = 'old' WHERE article_url = ? AND stage = 'clean'", (URL,)
    )
    report = derive(two)
    assert (report.cleaned, report.unchanged, report.tagged) == (0, 1, 0)
    assert everything(two) == before


def test_a_larger_vocabulary_tags_everything_and_cleans_nothing(two: Archive) -> None:
    derive(two)
    before = everything(two)
    two.db.execute("UPDATE derivations SET made_by = 'old' WHERE stage = 'tag'")
    report = derive(two)
    assert (report.cleaned, report.unchanged, report.tagged) == (0, 0, 2)
    after = everything(two)
    for a, b in zip(after, before, strict=True):
        a["updated_at"] = b["updated_at"]
    assert after == before


def test_a_changed_page_is_cleaned_and_tagged_again(two: Archive) -> None:
    derive(two)
    refetch(two, OTHER, SCHOOL.replace("good", "outstanding"))
    report = derive(two)
    assert (report.cleaned, report.tagged) == (1, 1)
    shown = reading.show(two, OTHER)
    assert {j["grade"] for j in shown["judgements"]} == {"outstanding"}
    assert len(shown["revisions"]) == 2


def test_a_page_without_a_story_is_recorded_and_left_alone(two: Archive) -> None:
    empty = "https://gazette.example/empty"
    store(two, empty, "<html><body></body></html>")
    report = derive(two)
    assert (report.cleaned, report.clean_failed, report.tagged) == (2, 1, 2)
    (failed,) = report.failures
    assert (failed.url, failed.stage) == (empty, "clean")
    assert failed.error
    assert empty not in failed.error, "the address stands beside it"
    assert ledger(two)[empty, "clean"]["error"] == failed.error
    assert derive(two).failures == ()
    refetch(two, empty, SCHOOL)
    assert derive(two).cleaned == 1
    assert ledger(two)[empty, "clean"]["error"] is None


def test_a_story_that_fails_later_keeps_what_it_had(two: Archive) -> None:
    derive(two)
    before = reading.show(two, OTHER)["text"]
    refetch(two, OTHER, "<html><body></body></html>")
    assert derive(two).clean_failed == 1
    assert reading.show(two, OTHER)["text"] == before


def test_a_missing_raw_page_is_one_failure(two: Archive) -> None:
    two.pages.execute("DELETE FROM bodies WHERE digest = ?", (stored.digest(SCHOOL.encode()),))
    report = derive(two)
    assert (report.cleaned, report.clean_failed) == (1, 1)
    assert "its raw page is not in archive-pages.db" in report.failures[0].error


HOSTILE = {
    "nothing": b"",
    "nul": b"\0" * 5000,
    "not html": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "json": b'{"a": ' * 3000,
    "deep": b"<div>" * 20000 + b"<p>words</p>",
    "surrogates": b"<p>\\ud800 &#xD800; &#0; &#x110000;</p>" * 50,
    "not a pdf": b"%PDF-1.7 and no more",
}


def test_no_page_stops_the_others(two: Archive) -> None:
    for name, body in HOSTILE.items():
        store(two, f"https://gazette.example/{name.replace(' ', '-')}", body or b" ")
    report = derive(two)
    assert report.cleaned + report.clean_failed == len(HOSTILE) + 2
    assert report.tagged == report.cleaned
    assert {URL, OTHER} <= {r[0] for r in two.db.execute("SELECT url FROM articles")}
    two.db.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)")


def test_one_story_or_one_host(two: Archive) -> None:
    assert derive(two, url=OTHER).cleaned == 1
    assert derive(two, host="echo.example").cleaned == 0
    assert derive(two, host="gazette.example", stages=("clean",)).cleaned == 1
    assert reading.counts(two)["not_tagged"] == 1
    report = derive(two, stages=("tag",))
    assert (report.cleaned, report.tagged) == (0, 1)


def test_a_stop_ends_after_the_unit_in_hand_and_keeps_it(archive: Archive) -> None:
    for n in range(60):
        store(archive, f"{URL}-{n}", story(f"Home {n} rated good"))
    asked = iter([False] * 20)
    report = derive(archive, stages=("clean",), stop=lambda: next(asked, True))
    assert report.stopped
    assert 0 < report.cleaned < 60
    assert count(archive, "articles") == report.cleaned
    assert derive(archive, stages=("clean",)).cleaned == 60 - report.cleaned


@pytest.mark.slow
def test_a_killed_process_loses_at_most_its_batch(archive: Archive) -> None:
    for n in range(150):
        store(archive, f"{URL}-{n}", story(f"Home {n} rated good"))
    code = (
        "import sys\nfrom pipeline.derive import derive\n"
        "from pipeline.archive import open_archive\n"
        "with open_archive(sys.argv[1]) as archive:\n"
        "    derive(archive, progress=lambda *step: print(*step, flush=True))\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, archive.path], stdout=subprocess.PIPE,
                               text=True)  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "Cleaning 25 150\n"
    assert process.stdout.readline() == "Cleaning 50 150\n"
    process.kill()
    process.communicate()
    kept = count(archive, "articles")
    assert 50 <= kept < 150
    report = derive(archive)
    assert report.cleaned == 150 - kept
    assert report.tagged == 150
    assert count(archive, "articles") == count(archive, "revisions") == 150
    assert archive.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    archive.db.execute("INSERT INTO articles_fts(articles_fts, rank) VALUES ('integrity-check', 1)")


def test_progress_is_told(two: Archive) -> None:
    told: list[tuple[str, int, int]] = []
    derive(two, progress=lambda *step: told.append(step))
    assert told == [("Cleaning", 2, 2), ("Tagging", 2, 2)]
    assert [stage.name for stage in STAGES] == ["clean", "tag"]


# ---------------------------------------------------------------- without consequences


def test_a_dry_run_changes_nothing_and_tells_what_would(two: Archive, tmp_path: Path) -> None:
    derive(two)
    refetch(two, OTHER, SCHOOL.replace("good", "outstanding"), at=NOON)
    two.db.execute("UPDATE derivations SET made_by = 'old' WHERE stage = 'tag'")
    before = "\n".join(two.db.conn.iterdump())
    two.close()
    with open_archive(tmp_path / "archive.db", readonly=True) as archive:
        report = derive(archive, dry_run=True)
        assert "\n".join(archive.db.conn.iterdump()) == before
    assert (report.cleaned, report.tagged) == (1, 2)
    (change,) = report.changes
    assert change.url == OTHER, "the home's tags would be the same"
    assert any("outstanding" in line and line.startswith("judgement") for line in change.gained)
    assert any("good" in line and line.startswith("judgement") for line in change.lost)
    assert any(line.startswith("text: ") for line in change.gained)


def test_what_a_dry_run_tells_is_what_comes_true(two: Archive) -> None:
    told = derive(two, dry_run=True)
    done = derive(two)
    assert (told.cleaned, told.tagged) == (done.cleaned, done.tagged) == (2, 2)
    assert {c.url for c in told.changes} == {URL, OTHER}
    assert derive(two, dry_run=True).changes == ()


def test_the_ledger_names_input_and_rules(two: Archive) -> None:
    derive(two)
    clean, tag = ledger(two)[URL, "clean"], ledger(two)[URL, "tag"]
    digest = two.db.execute("SELECT digest FROM pages WHERE url = ?", (URL,)).fetchone()[0]
    assert clean["made_from"].startswith(digest)
    assert (
        tag["made_from"]
        == two.db.execute("SELECT digest FROM articles WHERE url = ?", (URL,)).fetchone()[0]
    )
    assert deriving.stale_articles(two, tag["made_by"]) == []
