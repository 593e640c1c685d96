"""Formal grades: whose, for what, given now or earlier, with the words that say so."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from pipeline.models import Judgement
from pipeline.tag import graded_lists
from pipeline.tag.agreeing import agreed
from pipeline.tag.aspects import OVERALL
from pipeline.tag.at_sites import at_their_sites
from pipeline.tag.certainty import with_confidence
from pipeline.tag.cues import Hit, cues
from pipeline.tag.dealing import deal, own_words
from pipeline.tag.drafts import (
    Draft,
    but_one,
    in_all,
    in_time,
    of_no_grades,
    of_one_scale,
    told_of,
    vague,
)
from pipeline.tag.for_what import cell_of, for_what
from pipeline.tag.frameworks import Framework, Scale, default_scales, pillar_of
from pipeline.tag.grade_lines import LABEL_FIRST
from pipeline.tag.grade_words import PLACES, guarded
from pipeline.tag.grades import Graded, graded
from pipeline.tag.numbered import numbered
from pipeline.tag.pairs import with_pairs
from pipeline.tag.phrased import phrased, with_phrased
from pipeline.tag.plain_grades import with_plain
from pipeline.tag.reading import Reading, Sentence
from pipeline.tag.report_tables import Row, table
from pipeline.tag.same_grades import same_grades
from pipeline.tag.sentences import fold
from pipeline.tag.when import (
    Status,
    clause,
    direction_of,
    evidence,
    own_year,
    status_of,
    weakly,
)
from pipeline.tag.whose import bodies_of

Marks = dict[int, list[Graded]]


def judgements(
    reading: Reading, framework: Framework | None, marks: Marks
) -> tuple[Judgement, ...]:
    """The grades that a story states, each once for a body, aspect and status."""
    inspectorates = {a.id for a in reading.inspectorates}
    scales = framework.on(reading.day) if framework else ()
    fallback = default_scales(inspectorates, None, framework.kinds if framework else ())
    known = framework is not None or bool(inspectorates)
    if framework and framework.graded:
        plain = {g for s in scales for g in (*s.grades, *s.aliases)} - guarded()
        marks = with_plain(reading, framework, marks, plain)
        marks = with_pairs(reading, framework, marks)
    drafts = _stated(reading, framework, marks, (*scales, *fallback))
    drafts = in_time(reading, drafts)
    if framework is None or (framework.graded and any(s.row for s in scales)):
        drafts = told_of(reading, drafts)
    drafts += [
        Draft(n.about or (None,), n.aspect, n.grade, n.status, None, n.start, n.end, "number",
               True, None)
        for n in numbered(reading, framework)
    ]  # fmt: skip
    if framework:
        drafts = but_one(drafts, framework.expand)
    if framework and framework.has_overall(reading.day):
        drafts += in_all(drafts, framework.expand)
    if rows := table(reading, framework, scales):
        drafts = _of_a_report(reading, drafts, rows)
    if not any(d.status == "current" for d in drafts):
        drafts.extend(_from_title(reading, framework, (*scales, *fallback)))
    if framework and framework.graded:
        drafts = of_one_scale(drafts, _in_use(drafts, scales))
    if framework and not framework.graded:
        drafts = of_no_grades(drafts, frozenset(g for s in scales for g in s.grades))
    drafts = with_phrased(drafts, phrased(reading))
    return _finish(reading, framework, vague(drafts), (*scales, *fallback) if known else ())


def _in_use(drafts: list[Draft], scales: tuple[Scale, ...]) -> tuple[Scale, ...]:
    """Of several scales that may be in force the ones on which most of the current grades are."""
    now = [d for d in drafts if d.status == "current"]
    rows = [s for s in scales if s.row]
    most = max((sum(s.rank(d.grade) is not None for d in now) for s in rows), default=0)
    return tuple(
        s for s in scales if not s.row or sum(s.rank(d.grade) is not None for d in now) == most
    )


def _stated(
    reading: Reading, framework: Framework | None, marks: Marks, scales: tuple[Scale, ...]
) -> list[Draft]:
    """What each sentence says by itself."""
    drafts: list[Draft] = []
    before: Sentence | None = None
    told: Status | None = None  # of the grades of the sentence before, where all are earlier ones
    headings = graded_lists.Headings()
    listed = graded_lists.below(reading.sentences, marks, framework)
    for sentence in reading.sentences:
        if sentence.furniture:
            continue
        found = [g for g in marks.get(sentence.start, ()) if _known(g.grade, scales)]
        if found:
            below = listed.get(sentence.start, ()) if listed else None
            made = _sentence(reading, sentence, before, framework, scales, found, below)
            if headings.earlier:
                made = graded_lists.of_earlier(made)
            elif told and _OTHER_AREAS.search(sentence.low) and not _NOW.search(sentence.low):
                made = [replace(d, status=told) if d.status == "current" else d for d in made]
            drafts += made
            told = "previous" if made and all(d.status == "previous" for d in made) else None
        else:
            headings.pass_by(sentence)
            told = None
            drafts += same_grades(sentence, drafts, framework)
        before = sentence
    return drafts


#: "Until then it was rated inadequate. In all other areas it was good": also until then.
_OTHER_AREAS = re.compile(
    r"(?<!\w)(?:all|every|both|its|the) (?:the |of the |its )?(?:other|remaining|rest)(?!\w)"
)
_NOW = re.compile(r"(?<!\w)(?:now|new|latest|this time|today|since|is|are|has|have)(?!\w)")


def _of_a_report(reading: Reading, drafts: list[Draft], rows: list[Row]) -> list[Draft]:
    """The grades of the report's table; of the rest those of the last inspection, told early."""
    above = {m.id for m in reading.mentions if m.start < rows[0].start}
    councils = [b.id for b in reading.bodies if b.kind == "council"]
    named = [i for i in councils if i in above] or councils or [b.id for b in reading.bodies]
    bodies = tuple(named) or (None,)
    last = max(r.end for r in rows if r.end < _TOP) + _TOLD_EARLY
    kept = [d for d in drafts if d.aspect == OVERALL and d.status == "previous" and d.start < last]
    made = [
        Draft(bodies, r.aspect, r.grade, "current", None, r.start, r.end, "table", True, None)
        for r in rows
    ]
    return [*made, *kept[:1]]


_TOP = 5_000  #: code points in which a report's table has ended
_TOLD_EARLY = 1_500  #: code points after the table in which a report tells of the inspection before


def _sentence(
    reading: Reading,
    sentence: Sentence,
    before: Sentence | None,
    framework: Framework | None,
    scales: tuple[Scale, ...],
    found: list[Graded],
    listed: tuple[str, ...] | None,
) -> list[Draft]:
    """`listed`: the aspects in the lines below; None where the story has no such lists."""
    dealt = deal(reading.bare(sentence), found, framework)
    drafts: list[Draft] = []
    nothing_overall = framework is not None and not framework.has_overall(reading.day)
    for i, grade in enumerate(found):
        status = status_of(sentence, grade, found, before)
        if (status == "current" and _either(sentence.low, found, i)) or (
            sentence.speaker == "other" and grade.rule.startswith("quoted")
        ):
            continue
        bodies = bodies_of(reading, sentence, grade, 0 if grade.of else i, found)
        cell = cell_of(reading, grade, before, framework) if listed is None else listed
        if bodies is None or _nobodys(grade, bodies, bool(cell)):
            continue
        word = _word(grade.grade, scales, framework)
        named = any(m.id in bodies for m in sentence.mentions)
        year = own_year(sentence.low, grade, found)
        start, end = evidence(sentence, grade, found)
        kinds = grade.of or cell or for_what(sentence, before, framework, found, dealt, i)
        kinds = kinds or (own_words(sentence.low, grade) if nothing_overall else ()) or (OVERALL,)
        if kinds == (OVERALL,) and _of_nothing(sentence.low, grade, overall=not nothing_overall):
            continue
        for aspect in kinds:
            drafts.append(
                Draft(bodies, aspect, word, status, direction_of(sentence, grade, found, status),
                       start, end, grade.rule, not grade.rule.startswith("quoted"), year, named,
                       weakly(sentence, grade, found) if status == "previous" else None)
            )  # fmt: skip
        same = _same(sentence.low, grade, found) if status == "current" else None
        if same:
            earlier = (OVERALL,) if same.id == "whole" else kinds
            drafts[-len(kinds) :] = [replace(d, direction="same") for d in drafts[-len(kinds) :]]
            drafts += [
                replace(drafts[-1], aspect=a, status="previous", direction=None) for a in earlier
            ]
    return at_their_sites(reading, sentence, drafts, framework)


def _nobodys(grade: Graded, bodies: tuple[str | None, ...], cell: bool) -> bool:
    """A tally of the grades of several bodies, a grade of a table without what got it."""
    tally = grade.rule == "counted" and len(bodies) > _PAIR
    return tally or (grade.rule == "cell" and not (cell or grade.of))


_PAIR = 2  #: bodies; a tally of the grades of more is of no one of them


_LOOSELY = re.compile(r" (?:marks?|accolades?)(?!\w)")


def _of_nothing(low: str, grade: Graded, *, overall: bool) -> bool:
    """Whether a grade without aspect is none: in a line "Good: …", or praise where `overall` grades
    are not given."""
    return grade.rule == LABEL_FIRST or (not overall and _is_praise(low, grade))


def _is_praise(low: str, grade: Graded) -> bool:
    """ "All achieved top marks": for nothing that is named, where there is no overall grade."""
    loosely = _LOOSELY.match(low, grade.end) or low.endswith("some of ", 0, grade.start)
    return grade.grade in PLACES and bool(loosely)


_OR = re.compile(r"[\"']?,? or (?:even |an? |as )?[\"']?")


def _either(low: str, found: list[Graded], i: int) -> bool:
    """ "Graded good or adequate in all 11 areas": which of the two, nobody says."""
    near = found[max(0, i - 1) : i + 2]
    return any(_OR.fullmatch(low, a.end, b.start) for a, b in pairwise(near))


def _same(low: str, grade: Graded, found: list[Graded]) -> Hit | None:
    """The words by which the grade is also the one before: in its own part of the sentence."""
    if len(found) == 1:
        return cues("status.yaml", "same").find(low)
    start, end = clause(low, grade, found)
    i = found.index(grade)
    start = max(start, found[i - 1].end) if i else start
    return cues("status.yaml", "same").find(low, start, max(end, grade.end))


def _known(word: str, scales: tuple[Scale, ...]) -> bool:
    return (word in PLACES and bool(scales)) or any(s.rank(word) for s in scales)


def _word(word: str, scales: tuple[Scale, ...], framework: Framework | None) -> str:
    """The grade in the inspectorate's words: "the lowest rating" is named by the scale; where no
    framework tells which, by one of single words."""
    if word in PLACES:
        short = [s for s in scales if s.row]
        used = framework.scales if framework and framework.graded else ()
        own = bool(used) and "progress" not in used[0][0].id  # progress has no "top rating"
        return next((s.grades[PLACES[word]] for s in (scales if own else (*short, *scales))), word)
    if any(word in s.grades for s in scales):
        return word
    scale = next((s for s in scales if s.rank(word)), None)
    return scale.aliases.get(word, word) if scale else word


# ---------------------------------------------------------------- the whole


def _headline(url: str) -> str:
    """The headline as the address of a story without one tells it: "/alder-school-rated-good/"."""
    parts = [re.sub(r"\.[a-z]{2,5}$", "", p) for p in url.split("?")[0].split("/")[3:]]
    longest = max(parts, key=lambda p: p.count("-"), default="")
    told = longest.count("-") >= _WORDS and _TELLS.search(longest)
    return longest.replace("-", " ") if told else ""


_WORDS = 4  #: hyphens in the part of an address that is a headline
_TELLS = re.compile(
    r"^(?!.*\b(?:may|might|could|should|hopes?|bid|aims?|what|how|why)\b).*"
    r"\b(?:rate[sd]?|grade[sd]|judged|branded|deemed|given|gets|gains|awarded|declared|receives)\b"
)


def _from_title(
    reading: Reading, framework: Framework | None, scales: tuple[Scale, ...]
) -> list[Draft]:
    """The grade of a headline; its evidence is the sentence that first names the body."""
    title = reading.story.title or _headline(reading.story.url or "")
    if not title or not reading.sentences or not reading.story.text.strip():
        return []
    low = fold(title)
    line = Sentence(
        0, len(title), low, False, True, "inspectors", True, (), tuple(b.id for b in reading.bodies)
    )
    found = [g for g in graded(line, title) if _known(g.grade, scales)]
    prose = [s for s in reading.sentences if not s.furniture and not s.heading] or list(
        reading.sentences
    )
    where = next((s for s in prose if any(m.id in line.about for m in s.mentions)), prose[0])
    drafts = []
    for grade, kinds in zip(found, deal(low, found, framework), strict=True):
        status = status_of(line, grade, found, None)
        for aspect in kinds or (OVERALL,):
            word = _word(grade.grade, scales, framework)
            drafts.append(Draft(line.about or (None,), aspect, word, status, None, where.start,
                                 where.end, f"title: {grade.rule}", False, None))  # fmt: skip
    return drafts


def _finish(
    reading: Reading,
    framework: Framework | None,
    drafts: list[Draft],
    scales: tuple[Scale, ...],
) -> tuple[Judgement, ...]:
    """`scales`: none where neither inspectorate nor framework is known; a bare word has no rank."""
    inspectorate = _inspectorate(reading, framework)
    overall = framework is None or framework.has_overall(reading.day)
    pillar = pillar_of(reading, framework)
    made: dict[tuple[str | None, str, str, str], Judgement] = {}
    for d in drafts:
        scale = next((s for s in scales if s.rank(d.grade)), None)
        aspect = d.aspect
        if aspect == OVERALL and not overall and (pillar or d.status == "current"):
            aspect = pillar or "not stated"
        for body in d.bodies:
            key = (body, aspect, d.grade, d.status)
            kept = made.get(key)
            if (
                kept
                and (kept.confidence == "stated" or not d.stated)
                and (kept.direction or not d.direction)
            ):
                continue
            quote = reading.quote(d.start, d.end)
            made[key] = Judgement(
                body=body, inspectorate=inspectorate, framework=framework.id if framework else None,
                aspect=aspect, grade=d.grade, rank=scale.rank(d.grade) if scale else None,
                scale=len(scale.grades) if scale else None, status=d.status, direction=d.direction,
                start=d.start, end=d.end, quote=quote, rule=d.rule,
                confidence="stated" if d.stated and body else "implied",
            )  # fmt: skip
    return with_confidence(reading, agreed(reading, list(made.values())))


def _inspectorate(reading: Reading, framework: Framework | None) -> str | None:
    named = [a.id for a in reading.inspectorates]
    fitting = [i for i in named if framework is None or i in framework.inspectorates]
    return next(iter(fitting or named), None)
