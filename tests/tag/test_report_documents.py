"""An inspectorate's own report: long, and full of words that in a short story mean another kind."""

from __future__ import annotations

import pytest

from pipeline import tag
from pipeline.models import Story

OPENING = (
    "Inspectors from Ofsted visited Darlington Borough Council's children's services in May. "
    "This letter sets out what inspectors found.\n\n"
)
FOUND = "Inspectors found that the {0} team is effective and that children make good progress.\n\n"
PASSING = (
    "The council has no vacancies among its managers and wants to recruit two apprentices.\n\n"
    "New guidance is followed, and a consultation with foster carers is under way.\n\n"
)


def story(findings: int) -> Story:
    text = OPENING + "".join(FOUND.format(f"number {n}") for n in range(findings)) + PASSING
    return Story(id="x", url=None, title=None, text=text, published_at="2024-06-20")


def test_findings_by_the_dozen_outweigh_words_in_passing() -> None:
    made = tag.tags(story(40))
    against = [r for r in made.reasons if r.startswith("-")]
    assert len(against) >= 3, "the words are there"
    assert made.is_report, made.reasons
    assert [b.id for b in made.bodies] == ["council:darlington"]


def test_a_long_text_that_inspects_no_one_is_no_report() -> None:
    text = PASSING + FOUND.format("national") * 40
    national = "Ofsted publishes its annual report on all councils of England.\n\n" + text
    made = tag.tags(Story(id="x", url=None, title=None, text=national, published_at="2024-06-20"))
    assert not made.is_report, made.reasons


TABLES = {
    "its labels over its grades": (
        "Inspection of Darlington local authority children's services\n\n"
        "Inspection dates: 2 to 13 October 2023\n\nLead inspector: A Nother\n\nJudgement Grade\n\n"
        "The impact of leaders on social work practice with children and families\n\nGood\n\n"
        "The experiences and progress of children who need help and protection\n\n"
        "Requires improvement to be good\n\n"
        "The experiences and progress of children in care\n\nGood\n\n"
        "The experiences and progress of care leavers\n\nOutstanding\n\n"
        "Overall effectiveness Good\n\n"
        "Since the last inspection in 2019, when services were judged to be inadequate, much has "
        "changed. The council's own children's home was judged outstanding by Ofsted. A joint "
        "targeted area inspection took place in 2021, and a focused visit in 2022.",
        "2023-11-20",
        {("impact of leaders", "good", "current"),
         ("help and protection", "requires improvement", "current"),
         ("children in care", "good", "current"), ("care leavers", "outstanding", "current"),
         ("overall", "good", "current"), ("overall", "inadequate", "previous")},
    ),
    "its grades in the lines": (
        "Darlington Borough Council\n\nInspection of services for children in need of help and "
        "protection, children looked after and care leavers and\n\nReview of the effectiveness of "
        "the Local Safeguarding Children Board1\n\nReport published: 3 March 2015\n\n"
        "Children's services in Darlington Borough require improvement to be good\n\n"
        "- Children who need help and protection Requires\n\nImprovement\n\n"
        "- Children looked after and achieving permanence Good 2.1 Adoption performance "
        "Requires\n\nImprovement\n\n2.2 Experiences and progress of care leavers Good\n\n"
        "- Leadership, management and governance Inadequate 1 Ofsted produces this report under "
        "its power to combine reports.\n\nExecutive summary\n\nA home was judged to be adequate.",
        "2015-03-03",
        {("help and protection", "requires improvement", "current"),
         ("children in care and care leavers", "good", "current"),
         ("adoption", "requires improvement", "current"), ("care leavers", "good", "current"),
         ("impact of leaders", "inadequate", "current"),
         ("overall", "requires improvement", "current")},
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", TABLES)
def test_the_table_of_a_report_is_what_it_found(kind: str) -> None:
    text, day, wanted = TABLES[kind]
    made = tag.tags(Story(id="x", url=None, title=None, text=text, published_at=day))
    assert {(j.aspect, j.grade, j.status) for j in made.judgements} == wanted
    assert {j.body for j in made.judgements} == {"council:darlington"}
    assert all(text[j.start : j.end] == j.quote for j in made.judgements)
    assert made.is_report, made.reasons


def test_after_march_2026_a_report_gives_no_overall_grade() -> None:
    text = TABLES["its labels over its grades"][0].replace("Overall effectiveness Good\n\n", "")
    text = text.replace("October 2023", "June 2026")
    made = tag.tags(Story(id="x", url=None, title=None, text=text, published_at="2026-07-14"))
    assert {j.aspect for j in made.judgements if j.status == "current"} == {
        "impact of leaders", "help and protection", "children in care", "care leavers",
    }  # fmt: skip
