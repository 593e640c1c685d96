"""A wrong tag, once corrected, stays away; every recorded correction is a test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

import pipeline
from pipeline.archive import open_archive, reading
from pipeline.errors import KnowledgeError, TagError
from pipeline.models import Story
from pipeline.tag import corrections, tags
from pipeline.tag.corrections import Correction, apply, apply_findings, load, record
from tests import stored
from tests.stored import HOME, TEXT, URL

STORY = Story(id=URL, url=URL, title=None, text=TEXT, published_at=None)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "corrections.yaml").write_text("# what readers found\n")
    return tmp_path / "corrections.yaml"


def at(quote: str, text: str = TEXT) -> tuple[int, int]:
    return text.index(quote), text.index(quote) + len(quote)


# ---------------------------------------------------------------- the records that stand


def test_every_correction_is_honoured_by_the_tagger() -> None:
    for one in load():
        check(one)


def check(one: Correction) -> None:
    made = tags(Story(id="x", url=None, title=None, text=one.sentence, published_at=None))
    start, end = one.offset, one.offset + len(one.quote)
    mentioned = {m.id for m in made.mentions if m.start < end and start < m.end}
    found = [f for f in (*made.judgements, *made.findings, *made.actions, *made.statistics,
                         *made.responses)
             if f.start < end and start < f.end]  # fmt: skip
    assert one.not_agency not in mentioned
    assert one.is_ is None or one.is_ in mentioned
    assert one.not_finding not in {corrections.kind(f) for f in found}


# ---------------------------------------------------------------- recording and honouring


def test_a_body_that_it_is_not(file: Path) -> None:
    made = record(STORY, stored.tags(), at("Larkfield"), not_agency=HOME.id, path=file,
                  reason="a street of that name")  # fmt: skip
    assert made.sentence == TEXT.split("\n\n")[0], "the sentence, and no more"
    assert made.quote == "Larkfield House", "the whole mention"
    (kept,) = load(file)
    assert kept == made
    left = apply(STORY, stored.tags().mentions, [kept])
    assert [m.id for m in left] == ["cqc"]


def test_a_copy_of_the_sentence_in_another_paper(file: Path) -> None:
    """Elsewhere in its text, in other capitals, with other spaces and quotation marks."""
    text = "Home’s “shame”. The council's Larkfield House is shut."
    story = Story(id="a", url=None, title=None, text=text, published_at=None)
    sentence = "The council’s Larkfield\u00a0House is shut."
    one = Correction(sentence=sentence, quote="Larkfield House", offset=14, not_agency=HOME.id)
    there = stored.Mention(id=HOME.id, name="x", role="inspected", rule="form",
                           confidence="stated", **stored.span("Larkfield House", text))  # fmt: skip
    assert apply(story, [there], [one]) == ()
    other = Story(id="b", url=None, title=None, text=TEXT, published_at=None)
    mentions = stored.tags().mentions
    assert apply(other, mentions, [one]) == mentions, "another sentence is left alone"
    assert load(file) == ()


def test_the_body_that_it_is(file: Path) -> None:
    made = record(STORY, stored.tags(), at("Larkfield House"), is_="council:stockton-on-tees",
                  path=file)  # fmt: skip
    cqc, given = apply(STORY, stored.tags().mentions, [made])
    assert cqc.id == "cqc"
    assert (given.id, given.role, given.quote) == (
        "council:stockton-on-tees", "inspected", "Larkfield House",
    )  # fmt: skip
    assert "Stockton" in given.name


def test_a_body_that_was_missed(file: Path) -> None:
    made = record(STORY, stored.tags(), at("Inspectors"), is_="cqc", path=file)
    added = apply(STORY, stored.tags().mentions, [made])[-1]
    assert (added.id, added.role, added.rule) == ("cqc", "mentioned", "correction")
    assert TEXT[added.start : added.end] == added.quote == "Inspectors"


@pytest.mark.parametrize(
    ("quote", "which", "kind", "field"),
    [
        ("medicines were not", "weakness", "weakness", "findings"),
        ("kind staff", "praised", "strength", "findings"),
        ("inadequate", "judgement", "judgement", "judgements"),
        ("not managed", "action", "action", "actions"),
        ("six", "statistic", "statistic", "statistics"),
        ("kind", "response", "response", "responses"),
    ],
)
def test_a_finding_that_is_none(file: Path, quote: str, which: str, kind: str, field: str) -> None:
    made = record(STORY, stored.tags(), at(quote), not_finding=which, path=file)
    assert made.not_finding == kind
    before = getattr(stored.tags(), field)
    left = apply_findings(STORY, before, load(file))
    assert len(left) == len(before) - 1
    for other in ("judgements", "findings", "actions", "statistics", "responses"):
        if other != field:
            same = getattr(stored.tags(), other)
            assert apply_findings(STORY, same, load(file)) == same


WRONG = [
    (
        "Care Quality",
        {"not_agency": "ofsted"},
        "ofsted is not tagged at 4:16; there stand: cqc 4:27",
    ),
    ("Inspectors", {"not_agency": "cqc"}, "no body is tagged there"),
    ("praised", {"not_finding": "weakness"}, "there stand: strength"),
    ("six", {"not_finding": "weakness"}, "no weakness is tagged"),
    ("has", {"not_finding": "action"}, "no finding stands there"),
    ("Harwick", {"is_": "council:harwick"}, "is not in the gazetteer: `agencies test` finds ids"),
    ("Care", {"is_": "cqc"}, "cqc is what is tagged at 4:8 already"),
]


@pytest.mark.parametrize(("quote", "what", "says"), WRONG)
def test_a_tag_that_does_not_stand_there_is_not_recorded(
    file: Path, quote: str, what: dict[str, str], says: str
) -> None:
    before = file.read_text()
    with pytest.raises(TagError) as raised:
        record(STORY, stored.tags(), at(quote), path=file, **what)  # type: ignore[arg-type]
    assert says in str(raised.value)
    assert URL in str(raised.value)
    assert file.read_text() == before


def test_a_span_outside_the_text(file: Path) -> None:
    with pytest.raises(TagError, match="9000:9001 is not a span of its 170 characters"):
        record(STORY, stored.tags(), (9000, 9001), not_agency="cqc", path=file)


def test_the_file_keeps_its_comments_and_every_record(file: Path) -> None:
    first = record(STORY, stored.tags(), at("Larkfield"), not_agency=HOME.id, path=file)
    second = record(STORY, stored.tags(), at("six"), not_finding="statistic", path=file,
                    reason="it's: a \"quote\" – with 'everything'")  # fmt: skip
    assert file.read_text().startswith("# what readers found\n")
    assert load(file) == (first, second)


BROKEN = [
    ("a: b", "must be a list of records"),
    ("- one", "record 1: is not a record"),
    ("- {sentence: abc, quote: b, offset: 1}", "record 1: must have exactly one of"),
    ("- {sentence: abc, quote: b, offset: 0, is: cqc}", "quote does not stand at offset"),
    ("- {quote: b, offset: 1, is: cqc}", "record 1: lacks sentence"),
    ("- {sentence: abc, quote: b, offset: 1, ist: cqc}", "unknown key: ist"),
    ("- {sentence: abc, quote: b, offset: 1, not_finding: praise}", "must be one of judgement, "),
    ("- {sentence: [", "is not valid YAML"),
]


@pytest.mark.parametrize(("text", "says"), BROKEN)
def test_a_broken_file_is_named_with_its_record(file: Path, text: str, says: str) -> None:
    file.write_text(text)
    with pytest.raises(KnowledgeError) as raised:
        load(file)
    assert says in str(raised.value)
    assert str(file) in str(raised.value)
    with pytest.raises(KnowledgeError, match="cannot be read"):
        load(file.with_name("missing.yaml"))


@pytest.mark.slow
def test_correct_as_a_command(tmp_path: Path) -> None:
    """On a copy of the package, since the command writes into its own knowledge."""
    package = tmp_path / "pipeline"
    copytree(Path(pipeline.__file__).parent, package)
    db = tmp_path / "a.db"
    with open_archive(db) as archive:
        stored.store(
            archive,
            html=stored.story("Home rated inadequate", *stored.FILLING, *TEXT.split("\n\n")),
        )

    def command(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pipeline", *words, "--db", str(db)], cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    assert command("derive").returncode == 0
    with open_archive(db, readonly=True) as archive:
        grade = reading.show(archive, URL)["judgements"][0]
    where = f"{grade['start']}:{grade['end']}"
    done = command("correct", URL, "--span", where, "--not-finding", "judgement")
    assert done.returncode == 0, done.stderr
    assert "The story is tagged again" in done.stderr
    with open_archive(db, readonly=True) as archive:
        assert reading.show(archive, URL)["judgements"] == []
    again = command("correct", URL, "--span", where, "--not-finding", "judgement")
    assert again.returncode == 1
    assert "Traceback" not in again.stderr
