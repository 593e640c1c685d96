"""The model story, in our own words and in the same manner, with the furniture of a trade paper."""

from __future__ import annotations

import pytest

from pipeline import tag
from pipeline.models import Story, Tags

TEXT = """Agencies in Stockton-on-Tees have won praise for a "strong shared commitment" to tackling neglect, and for a "culture of learning", after a joint inspection.

Agencies in Stockton-on-Tees were praised for how they share what they learn. Picture: Stockton Council

The joint targeted area inspection, by Ofsted, the Care Quality Commission, HM Inspectorate of Probation and HM Inspectorate of Constabulary, found that most children there get timely and appropriate decisions.

"One example is the growing children's hub, the ‘front door’ for referrals of children who may be at risk of significant harm," the report said.

Inspectors reported no examples of decisions by the hub's professionals that left children at immediate risk of significant harm.

The hub's video meetings were singled out for particular praise.

The local safeguarding children board was also praised for its "strong identity and effective leadership".

"Challenges from the board carry enough weight that agencies respond positively and work to address areas of weaker practice," it said.

However, inspectors did note some areas requiring improvement, such as a lack of resilience in the hub's teams, which had delayed the cases of a few children.

Attendance of children at conferences was considerably lower than expected, with just eight of the 22 children who could have attended doing so between April and September 2017.

Ann Marsh, Stockton-on-Tees Borough Council's lead member for children, said: "Although we are pleased our progress and good practice has been recognised, we are not complacent.

"We remain committed to working with our partners and are developing an action plan to further enhance our services."

From £15 / month"""  # noqa: E501


@pytest.fixture(scope="module")
def seed() -> Tags:
    return tag.tags(
        Story(id="s", url="https://paper.example/jtai", title="Inspectors praise work on neglect",
              text=TEXT, published_at="2018-01-16")
    )  # fmt: skip


def test_it_is_a_joint_inspection_on_neglect_without_any_grade(seed: Tags) -> None:
    assert seed.is_report
    assert seed.inspection_type == "jtai"
    assert seed.judgements == ()
    assert "neglect" in {t.id for t in seed.themes}
    assert seed.actions == ()


def test_who_inspected_whom(seed: Tags) -> None:
    assert {a.id for a in seed.inspectorates} == {"ofsted", "cqc", "hmi-probation", "hmicfrs"}
    assert [(b.id, b.code) for b in seed.bodies] == [("council:stockton-on-tees", "E06000004")]


def test_strengths_and_weaknesses_have_their_words(seed: Tags) -> None:
    said = [f for f in seed.findings if f.speaker == "inspectors"]
    strengths = [f.quote for f in said if f.polarity == "strength"]
    weaknesses = [f.quote for f in said if f.polarity == "weakness"]
    assert len(strengths) >= 4
    assert any("immediate risk" in s for s in strengths)
    assert len(weaknesses) == 2
    assert "lack of resilience" in weaknesses[0]
    assert "lower than expected" in weaknesses[1]


def test_the_council_speaks_for_itself(seed: Tags) -> None:
    (own,) = [f for f in seed.findings if "good practice" in f.quote]
    assert own.speaker == "body"


def test_the_only_figure_is_eight_of_22(seed: Tags) -> None:
    (figure,) = seed.statistics
    assert (figure.value, figure.of) == ("8", "22")
    assert "eight of the 22" in figure.quote
    assert TEXT[figure.start : figure.end] == figure.quote


def test_words_that_brush_by_are_no_themes(seed: Tags) -> None:
    themes = {t.id for t in seed.themes}
    assert "neglect" in themes
    assert not themes & {"probation", "waiting-times", "attendance", "safety", "workforce"}


def test_a_finding_is_quoted_as_one_whole_sentence(seed: Tags) -> None:
    for finding in seed.findings:
        before = TEXT[: finding.start]
        assert not before or before[-1].isspace()
        assert finding.quote.rstrip('"')[-1] in ".,"
