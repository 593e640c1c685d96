"""What a person reads in a terminal: `show`, `search`, `status`, `--explain`, `agencies test`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipeline import publish
from pipeline.archive import open_archive
from pipeline.cli import cli
from pipeline.derive import derive
from pipeline.errors import WatchError
from tests.conftest import copied
from tests.stored import NOON, URL, store

CARE = "https://gazette.example/care"
TRAP = "https://gazette.example/trap"
PAGE = """<html><head><meta name="author" content="Orla Fenwick, PA Media"></head>
<body><article><h1>{headline}</h1><time datetime="2026-10-28">28 October 2026</time>
<p>The Care Quality Commission has rated Larkfield House in Harwick inadequate after a visit.</p>
<p>{trap} Inspectors praised kind staff, but medicines were not managed safely in six of the
20 rooms that they looked at during the two days of their visit.</p>
<p>The home must now send
<a href="https://www.cqc.org.uk/location/1-1">the regulator</a> an action plan, and will be
inspected again within six months to see whether it has improved.</p>
<p>Inspectors visited on 6 and 7 October. Its owner said that it had accepted the findings.</p>
<p>Sign up to our newsletter to get the latest news in your inbox every morning.</p>
</article></body></html>"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two stories, read and tagged; to be copied."""
    path = tmp_path_factory.mktemp("made") / "archive.db"
    with open_archive(path) as archive:
        store(archive, URL, PAGE.format(headline="Home rated inadequate", trap=""), at=NOON,
              published_at="2026-11-02T08:00:00+00:00")  # fmt: skip
        trap = PAGE.format(headline="A \x1b[31mred\x1b[0m headline", trap="A \x1b]0;bell\x07 text.")
        store(archive, TRAP, trap, at=NOON)
        derive(archive)
        publish.refresh(archive)
    return path


@pytest.fixture
def db(tmp_path: Path, made: Path) -> Path:
    return copied(made, tmp_path)


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(w) for w in words], catch_exceptions=False,
                              standalone_mode=False)  # fmt: skip


def test_show_marks_the_evidence_and_lists_what_was_cut(db: Path) -> None:
    shown = run("show", URL, "--db", db).stdout
    assert "reports an inspection" in shown
    assert "Inspected by: Care Quality Commission" in shown
    assert "Inspected: Larkfield House" in shown
    assert "⟦The Care Quality Commission has rated Larkfield House in Harwick inadequate" in shown
    assert "inadequate (4 of 4)" in shown
    assert "Inspected: 6 to 7 October 2026" in shown
    assert "inspected until: 2026-10-07: “Inspectors visited on 6 and 7 October.”" in shown
    assert "Answered: owner, accepts: “Its owner said that it had accepted" in shown
    assert "answer: owner, accepts, stated" in shown
    assert "Cut from the page" in shown
    assert "newsletter: Sign up to our newsletter" in shown


def test_show_says_who_wrote_it_where_the_report_is_and_who_disagrees(db: Path) -> None:
    shown = run("show", URL, "--db", db).stdout
    assert "Orla Fenwick; PA Media" in shown
    assert "Official page: the regulator <https://www.cqc.org.uk/location/1-1>" in shown
    assert "Says otherwise: published_at by feed: 2026-11-02T08:00:00+00:00" in shown
    story = json.loads(run("show", URL, "--json", "--db", db).stdout)
    assert story["news_agencies"] == ["PA Media"]
    assert [d["source"] for d in story["disagreements"]] == ["feed"]


def test_show_as_json_proves_every_span(db: Path) -> None:
    story = json.loads(run("show", URL, "--json", "--db", db).stdout)
    tags = [t for key in ("mentions", "judgements", "findings", "actions", "statistics", "themes",
                          "places", "responses", "details") for t in story[key]]  # fmt: skip
    assert len(tags) >= 5
    assert all(story["text"][t["start"] : t["end"]] == t["quote"] for t in tags)


def test_show_has_a_line_of_care_where_words_ask_for_it(db: Path) -> None:
    assert "Take care" not in run("show", URL, "--db", db).stdout
    with open_archive(db) as archive:
        told = (
            "Ada Marrow, 7, was moved. The home cannot be named for legal reasons, said one who"
            " knows Ada Marrow, 7."
        )
        store(archive, CARE, PAGE.format(headline="A child was moved", trap=told), at=NOON)
        derive(archive)
    shown = run("show", CARE, "--db", db).stdout
    assert (
        "\nTake care before you show this to others: it may name a child (“Ada Marrow, 7”) and be"
        " under a reporting restriction (“cannot be named”).\n"
    ) in shown
    story = json.loads(run("show", CARE, "--json", "--db", db).stdout)
    assert [c["kind"] for c in story["cautions"]] == ["child", "restriction", "child"]
    assert all(story["text"][c["start"] : c["end"]] == c["quote"] for c in story["cautions"])


def test_explain_tells_the_chain_of_reasons(db: Path) -> None:
    told = run("derive", "--url", URL, "--explain", "--db", db).stdout
    for part in ("Page: ", "Announced by: The Gazette", "clean: made", "tag: made",
                 "Cleaning rules that cut: ", "Why it is, or is not, a report: "):  # fmt: skip
        assert part in told


def test_a_headline_cannot_drive_the_terminal(db: Path) -> None:
    for words in (["search", "regulator"], ["show", TRAP], ["derive", "--url", TRAP, "--explain"]):
        assert "\x1b" not in run(*words, "--db", db).stdout
        assert "\x07" not in run(*words, "--db", db).stdout


def test_search_finds_says_none_and_speaks_json(db: Path) -> None:
    found = run("search", "medicines safely", "--db", db).stdout
    assert "Home rated inadequate" in found
    assert "[medicines]" in found
    lines = run("search", "medicines", "--json", "--db", db).stdout.splitlines()
    assert {json.loads(line)["url"] for line in lines} == {URL, TRAP}
    nothing = run("search", "aardvark", "--db", db)
    assert nothing.stdout == ""
    assert "No results for 'aardvark'." in nothing.stderr


@pytest.mark.parametrize("scope", [["--url", "http://x.example/no"], ["--host", "x.example"]])
@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_derive_of_something_unknown_is_an_error(
    db: Path, scope: list[str], dry: list[str]
) -> None:
    with pytest.raises(WatchError, match=r"x\.example.*in the archive"):
        run("derive", *scope, *dry, "--db", db)


def test_derive_of_one_story_by_its_address(db: Path) -> None:
    done = run("derive", "--url", URL + "#top", "--dry-run", "--db", db)
    assert "0 stories would change" in done.stderr


def test_a_story_goes_by_its_other_address_as_well(db: Path) -> None:
    mobile = URL.replace("https://", "https://m.")
    with open_archive(db) as archive:
        store(archive, mobile, PAGE.format(headline="Home rated inadequate", trap=""), at=NOON)
        derive(archive)
    assert f"Also at {mobile}" in run("show", mobile, "--db", db).stdout
    assert f"Also at {mobile}" in run("derive", "--url", mobile, "--explain", "--db", db).stdout
    assert "Home rated inadequate" in run("search", mobile, "--db", db).stdout
    assert "0 stories would change" in run("derive", "--url", mobile, "--dry-run", "--db",
                                           db).stderr  # fmt: skip


def test_agencies_test_says_which_where_and_why() -> None:
    done = run("agencies", "test", "Cleveland Police was praised in Stockton Heath.", "--json")
    matches = [json.loads(line) for line in done.stdout.splitlines()]
    police = next(m for m in matches if m["id"] == "police:cleveland")
    assert (police["start"], police["end"], police["quote"]) == (0, 16, "Cleveland Police")
    assert police["code"] == "E23000013"
    assert police["why"]
    assert not [m for m in matches if m["id"] == "council:stockton-on-tees" and m["confidence"]]


def test_status_before_the_first_pass_and_of_a_source_that_needs_a_person(tmp_path: Path) -> None:
    sources = tmp_path / "sources.yaml"
    sources.write_text("defaults: {contact: 'mailto:a@b.example'}\n"
                       "sources: [{id: a, feeds: ['https://a.example/']}]\n")  # fmt: skip
    done = run("status", "--json", "--db", tmp_path / "none.db", "--sources", sources)
    status = json.loads(done.stdout)
    assert done.return_value == 0
    assert list(status) == [
        "checked_at", "heartbeat_at", "needs_person", "sources", "gaps", "problem",
    ]  # fmt: skip
    assert list(status["sources"][0]) == [
        "id", "name", "state", "since_at", "last_ok_at", "last_new_at", "reason", "needs_person",
    ]  # fmt: skip
    assert status["sources"][0]["state"] == "never_run"
    assert not (tmp_path / "none.db").exists()
