"""An inspectorate's own report: long, and full of words that in a short story mean another kind."""

from __future__ import annotations

from pipeline import tag
from pipeline.models import Story

OPENING = (
    "Inspectors from Ofsted visited Darlington Borough Council's children's services in May. "
    "This letter sets out what inspectors found.\n\n"
)
FOUND = "Inspectors found that the {0} team is effective and that children make good progress.\n\n"
PASSING = (
    "The council has no vacancies among its managers and wants to recruit two apprentices.\n\n"
    "Statutory guidance is followed, and a consultation with foster carers is under way.\n\n"
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
