"""Our own stories, each with what a careful reader takes from it; and the knowledge files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import tag
from pipeline.knowledge import load_yaml
from pipeline.models import Judgement, Story, Tags
from pipeline.tag import actions, cues, findings, themes
from pipeline.tag.cues import Cues
from pipeline.tag.frameworks import frameworks, scales
from pipeline.tag.reading import read
from pipeline.tag.sentences import fold

FOLDER = Path(__file__).parent / "stories"
STORIES = [s for f in sorted(FOLDER.glob("*.yaml")) for s in yaml.safe_load(f.read_text("utf-8"))]


def story_of(record: dict[str, Any]) -> Story:
    return Story(
        id=record["id"],
        url=record.get("url"),
        title=record.get("title"),
        text=record["text"],
        published_at=record.get("published_at"),
    )


@pytest.fixture(scope="module")
def tagged() -> dict[str, Tags]:
    return {s["id"]: tag.tags(story_of(s)) for s in STORIES}


def key(judgement: Judgement) -> tuple[str, str, str]:
    return judgement.aspect, judgement.grade, judgement.status


def inspectors_said(tags: Tags, polarity: str) -> str:
    said = [f for f in tags.findings if f.polarity == polarity and f.speaker == "inspectors"]
    return " | ".join(f.quote for f in said)


@pytest.mark.parametrize("record", STORIES, ids=[s["id"] for s in STORIES])
def test_story_is_read_as_a_person_reads_it(
    record: dict[str, Any], tagged: dict[str, Tags]
) -> None:
    got, expect = tagged[record["id"]], record["expect"]
    assert got.is_report == expect["report"], got.reasons
    if "type" in expect:
        assert got.inspection_type == expect["type"]
    if "judgements" in expect:
        wanted = sorted((j[1], j[2], j[3]) for j in expect["judgements"])
        assert sorted(map(key, got.judgements)) == wanted
    names = {b.id: b.name for b in got.bodies}
    for name, aspect, grade, status, *direction in expect.get("judgements", ()):
        one = next(j for j in got.judgements if key(j) == (aspect, grade, status))
        if name:
            bodies = [names.get(j.body or "", "") for j in got.judgements if key(j) == key(one)]
            assert any(name in b for b in bodies), bodies
        if direction:
            assert one.direction == direction[0]
    for words in expect.get("strengths", ()):
        assert words in inspectors_said(got, "strength")
    for words in expect.get("weaknesses", ()):
        assert words in inspectors_said(got, "weakness")
    for words in expect.get("body_said", ()):
        assert words not in inspectors_said(got, "strength") + inspectors_said(got, "weakness")
    if "actions" in expect:
        assert sorted([a.kind, a.status] for a in got.actions) == sorted(expect["actions"])
    if "statistics" in expect:
        assert sorted(str([s.value, s.of]) for s in got.statistics) == sorted(
            str(s) for s in expect["statistics"]
        )
    if "findings" in expect:
        assert len(got.findings) == expect["findings"]
    if "inspection_type" in expect:
        assert got.inspection_type == expect["inspection_type"]
    assert set(expect.get("themes", ())) <= {t.id for t in got.themes}


def test_every_tag_of_every_story_is_proved_by_its_span(tagged: dict[str, Tags]) -> None:
    for record in STORIES:
        got = tagged[record["id"]]
        tags = (*got.mentions, *got.judgements, *got.findings, *got.actions, *got.statistics,
                *got.themes, *got.places)  # fmt: skip
        for one in tags:
            assert record["text"][one.start : one.end] == one.quote
            assert one.quote.strip()


def test_good_is_second_of_four_in_england_and_third_of_six_in_scotland() -> None:
    def grade(text: str) -> Judgement:
        story = Story(id="x", url=None, title=None, text=text, published_at="2023-05-01")
        return next(j for j in tag.tags(story).judgements if j.grade == "good")

    england = grade(
        "Rowan Court care home was rated good by the Care Quality Commission after a visit."
    )
    scotland = grade(
        "The Care Inspectorate has rated Strathallan View care home good for staffing."
    )
    assert (england.rank, england.scale, england.framework) == (2, 4, "cqc-provider")
    assert (scotland.rank, scotland.scale, scotland.framework) == (3, 6, "care-inspectorate")


def test_a_bare_grade_of_nobody_known_has_no_rank() -> None:
    text = "Inspectors visited Elm Bank care home in May. It was rated inadequate."
    story = Story(id="x", url=None, title=None, text=text, published_at="2024-05-01")
    (one,) = tag.tags(story).judgements
    assert (one.grade, one.inspectorate, one.framework) == ("inadequate", None, None)
    assert (one.rank, one.scale) == (None, None)


def test_reasons_read_as_sentences() -> None:
    text = "Inspectors from Ofsted said that pupils at Alder Lane Primary School were happy."
    story = Story(id="x", url=None, title=None, text=text, published_at="2024-05-01")
    assert "+1 it has one finding" in tag.tags(story).reasons


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("Ofsted has inspected Alder School. The school was rated good.", {"stated"}),
        ("Ofsted rated Alder School good. It rated Birch School good, too.", {"stated"}),
        (
            "Ofsted went to Alder School and Birch School. Alder School was rated good. It was "
            "judged satisfactory in 2012. Birch School was rated inadequate.",
            {"stated", "implied"},
        ),
        (
            "Ofsted rated Alder School good. The grades of the report: overall effectiveness was "
            "judged inadequate.",
            {"ambiguous"},
        ),
    ],
)
def test_how_sure_a_grade_is_follows_from_who_is_named_and_what_else_is_told(
    text: str, sure: set[str]
) -> None:
    story = Story(id="x", url=None, title=None, text=text, published_at="2018-05-01")
    assert {j.confidence for j in tag.tags(story).judgements} == sure


def test_a_title_decides_but_yields_no_span() -> None:
    text = "Inspectors visited the home in May. They found Rowan Court care home clean and calm."
    story = Story(
        id="x", url=None, title="Care home rated outstanding by CQC", text=text, published_at=None
    )
    (one,) = tag.tags(story).judgements
    assert (one.grade, one.status, one.confidence) == ("outstanding", "current", "implied")
    assert one.rule.startswith("title")
    assert text[one.start : one.end] == one.quote


# ---------------------------------------------------------------- knowledge proves itself

SECTIONS = [
    (file, section, record)
    for file in ("reading.yaml", "findings.yaml", "actions.yaml", "outcomes.yaml", "status.yaml")
    for section, records in load_yaml(file).items()
    for record in records
]


def hits(section: str, record: dict[str, Any], text: str) -> bool:
    own = Cues((record,), path="x", anchored=section == "furniture")
    low = fold(text)
    return bool(own.opens(low, 0, len(low)) if section == "furniture" else own.find(low))


@pytest.mark.parametrize(
    ("section", "record"),
    [s[1:] for s in SECTIONS],
    ids=[f"{s[0]}-{s[1]}-{s[2]['id']}" for s in SECTIONS],
)
def test_record_matches_its_examples_only(section: str, record: dict[str, Any]) -> None:
    for example in record["examples"]:
        assert hits(section, record, example), example
    if section in ("strengths", "weaknesses", "actions"):
        return  # their counterexamples go through the whole stage, below
    for example in record["counterexamples"]:
        assert not hits(section, record, example), example


CONTEXT = load_yaml("reports.yaml")["context"]


@pytest.mark.parametrize("record", [r for s in CONTEXT.values() for r in s], ids=lambda r: r["id"])
def test_words_of_inspection_are_told_from_other_trades(record: dict[str, Any]) -> None:
    for example in record["examples"]:
        assert hits("context", record, example), example
    for example in record["counterexamples"]:
        assert not hits("context", record, example), example


@pytest.mark.parametrize("record", load_yaml("findings.yaml")["strengths"], ids=lambda r: r["id"])
def test_strengths_say_what_is_good(record: dict[str, Any]) -> None:
    for example in record["examples"]:
        assert polarities(example) == {"strength"}, example
    for example in record["counterexamples"]:
        assert "strength" not in polarities(example), example


@pytest.mark.parametrize("record", load_yaml("findings.yaml")["weaknesses"], ids=lambda r: r["id"])
def test_weaknesses_say_what_is_bad(record: dict[str, Any]) -> None:
    for example in record["examples"]:
        assert polarities(example) == {"weakness"}, example
    for example in record["counterexamples"]:
        assert "weakness" not in polarities(example), example


def polarities(text: str) -> set[str]:
    return {f.polarity for f in findings.findings(reading_of(text), {})}


@pytest.mark.parametrize("record", load_yaml("actions.yaml")["actions"], ids=lambda r: r["id"])
def test_actions_are_told_from_their_likes(record: dict[str, Any]) -> None:
    for example in record["examples"]:
        assert record["id"] in {a.kind for a in actions.actions(reading_of(example))}, example
    for example in record["counterexamples"]:
        assert record["id"] not in {a.kind for a in actions.actions(reading_of(example))}, example


@pytest.mark.parametrize("record", load_yaml("themes.yaml"), ids=lambda r: r["id"])
def test_theme_is_found_in_its_examples(record: dict[str, Any]) -> None:
    for example in record["examples"]:
        assert record["id"] in {t.id for t in themes.themes(reading_of(example))}, example


def test_vocabulary_is_a_forest() -> None:
    broader = {r["id"]: r.get("broader") for r in load_yaml("themes.yaml")}
    for identity in broader:
        seen = set()
        at: str | None = identity
        while at:
            assert at not in seen
            seen.add(at)
            assert at in broader, at
            at = broader[at]


def test_frameworks_name_known_scales_and_aspects() -> None:
    known = {r["id"] for r in load_yaml("aspects.yaml")}
    unknown = {a for f in frameworks() for a in f.aspects} - known
    narrative = {
        "education and learning",
        "health",
        "impact on children",
        "outcomes",
        "achievement and standards",
        "quality of provision",
    }
    assert unknown <= narrative
    assert len({(f.id, f.since) for f in frameworks()}) == len(frameworks())
    for scale in scales().values():
        assert all(v in scale.grades for v in scale.aliases.values()), scale.id


def test_cues_are_compiled_once() -> None:
    assert cues.cues("status.yaml", "previous") is cues.cues("status.yaml", "previous")


def reading_of(text: str) -> Any:
    return read(Story(id="x", url=None, title=None, text=text, published_at=None), (), (), ())
