"""Text and knowledge in, tags with the words that prove them out. Pure: no network, no database.

The order of work, read top to bottom: who is named; what the sentences say and who says it;
which inspection it was; its grades, findings, actions and figures; whether that makes it a report.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from pipeline import knowledge
from pipeline.models import Mention, Place, Story, Tags
from pipeline.tag import (
    actions,
    agencies,
    cautions,
    context,
    corrections,
    details,
    findings,
    frameworks,
    gazetteer,
    grades,
    judgements,
    particulars,
    places,
    reports,
    responses,
    statistics,
    themes,
)
from pipeline.tag.reading import read
from pipeline.tag.sentences import whole_sentences

#: Raised when code (not knowledge) changes what the tagger says: makes every stored tag stale.
VERSION = 12

#: Code points of a text that are read: some 30,000 words, ten times the longest report of a paper;
#: a page of a whole register would otherwise hold up a pass for minutes.
MOST = 200_000

FILES = (
    "actions.yaml",
    "aspects.yaml",
    "cautions.yaml",
    "details.yaml",
    "findings.yaml",
    "frameworks.yaml",
    "grade-words.yaml",
    "outcomes.yaml",
    "reading.yaml",
    "reports.yaml",
    "responses.yaml",
    "scales.yaml",
    "statistics.yaml",
    "status.yaml",
    "themes.yaml",
)


def tags(story: Story) -> Tags:
    """Everything the tagger says of one story; never raises for any text.

    A story that is not a report of an inspection keeps its mentions, figures, themes and places,
    but has no bodies, judgements, findings or actions: no inspection of a body is told there. Where
    nobody of the inspection world speaks at all, it keeps its mentions and places alone. Only the
    first MOST code points are read; `reasons` says so where there are more. Words that ask for care
    (`cautions`) are looked for in all of the text, whatever the story is about.
    """
    return replace(_read(story), cautions=cautions.cautions(story.text))


def _read(story: Story) -> Tags:
    """The tags of as much of the text as is read."""
    if len(story.text) > MOST:
        return _told(replace(story, text=story.text[:MOST]), f"only its first {MOST:,} characters")
    whole = whole_sentences(story.text) if story.access != "open" else story.text
    if whole != story.text:
        return _told(replace(story, text=whole, access="open"), "no more than its whole sentences")
    return _tags(story)


def _tags(story: Story) -> Tags:
    """The tags of a text that is read from end to end."""
    records = corrections.load()
    mentions = corrections.apply(story, agencies.mentions(story), records)
    inspectorates, bodies = agencies.inspectorates_and_bodies(story, mentions)
    where = places.places(story, mentions)
    if not inspectorates and not context.may_tell_of_inspection(story):
        return _of_another_world(mentions, where)
    reading = read(story, mentions, inspectorates, bodies)
    framework = frameworks.choose(reading)
    marks = grades.marks(reading, framework)
    stated = judgements.judgements(reading, framework, marks)
    inspected = context.told_of_inspection(reading, stated)
    rated = corrections.apply_findings(story, stated, records)
    found = corrections.apply_findings(story, findings.findings(reading, marks), records)
    acts = corrections.apply_findings(story, actions.actions(reading), records)
    figures = corrections.apply_findings(story, statistics.statistics(reading), records)
    if not inspected:
        rated, found, acts, figures = (), (), (), ()
    report, reasons = reports.is_report(reading, rated, found, acts, where, inspected=inspected)
    answers = responses.responses(reading, rated) if report and inspected else ()
    answers = corrections.apply_findings(story, answers, records)
    bodies = particulars.with_particulars(story, bodies, mentions, where)
    return Tags(
        is_report=report,
        reasons=reasons,
        inspection_type=framework.id if framework and inspected else None,
        inspectorates=inspectorates,
        bodies=bodies if report else (),
        mentions=mentions,
        judgements=rated if report else (),
        findings=found if report else (),
        actions=acts if report else (),
        statistics=figures,
        themes=themes.themes(reading, (*found, *rated) if report else ()),
        places=where,
        responses=answers,
        details=details.details(reading) if report and inspected else (),
    )


def _of_another_world(mentions: tuple[Mention, ...], where: tuple[Place, ...]) -> Tags:
    """The tags of general news, in which nobody inspects: who is named, and which places."""
    return Tags(
        is_report=False, reasons=reports.not_ours(), inspection_type=None, inspectorates=(),
        bodies=(), mentions=mentions, judgements=(), findings=(), actions=(), statistics=(),
        themes=(), places=where,
    )  # fmt: skip


def _told(story: Story, what: str) -> Tags:
    """The tags of what was read of a story, and that it was not all of it."""
    made = _read(story)
    return replace(made, reasons=(*made.reasons, f"{what} were read"))


def fingerprint() -> str:
    """16 hex digits that change when the tagger's version or any record it reads changes.

    Corrections may come while a service runs; the other files change with the program.
    """
    return knowledge.digest([_of_program(), corrections.fingerprint()])


@lru_cache(maxsize=1)
def _of_program() -> str:
    parts = [VERSION, knowledge.fingerprint(*FILES), gazetteer.fingerprint()]
    return knowledge.digest(parts)
