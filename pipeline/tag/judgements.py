"""Formal grades: whose, for what, given now or earlier, with the words that say so."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.models import Judgement, Mention
from pipeline.tag.aspects import OVERALL, aspects, deal
from pipeline.tag.cues import cues
from pipeline.tag.frameworks import Framework, Scale, default_scales
from pipeline.tag.grades import Graded, graded
from pipeline.tag.reading import Reading, Sentence
from pipeline.tag.sentences import fold

Marks = dict[int, list[Graded]]
Status = Literal["current", "previous", "hypothetical"]

_JOIN = re.compile(r"[\s,;&'\"()]*(?:and|both|the|in|of|at|as well as|councils?|[\s,;&'\"()])*")
_GROUP = re.compile(r"(?<!\w)(?:both|all (?:two|three|four|five|six|seven|the|of them)|each|the (?:two|three|four|pair|trio))(?!\w)")
_OF = re.compile(r"(?:^|[\s\"'])(?:from|out of|leaves?|leaving|left|lost|loses|lose|losing|costs?|stripped of|shed)(?: [a-z]+){0,5}? [\"']?$")
_BEHIND = re.compile(r"[\"']? (?:behind|no longer|rating behind)(?!\w)")
_YEARS = re.compile(r"(?<!\w)(?:in|since|from|back in|during)?\s*(?:early |late |mid-)?(?:(january|february|march|april|may|june|july|august|september|october|november|december),? )?((?:19|20)\d\d)(?!\w)")
_STILL = re.compile(r"(?<!\w)(?:still|remain(?:s|ed|ing)?|again|retain(?:s|ed)?|maintain(?:s|ed)?|kept|keeps|stays?|stayed|unchanged|for (?:a|the) (?:second|third) (?:consecutive )?time)(?!\w)")
_SAME_BEFORE = re.compile(r"(?<!\w)(?:identical|same|unchanged|matching) (?:overall )?(?:rating|grade|judgement|result|outcome)[^.;]{0,60}(?:(?:19|20)\d\d|last (?:time|inspection|year)|previous)")
_DOWN = re.compile(r"(?<!\w)(?:downgrad|dropp|drops|fell|fall|slipp|plung|demot|stripped|lost|loses|cost|reduced|lower|slump|sank)")
_UP = re.compile(r"(?<!\w)(?:upgrad|improv|no longer|out of|risen|rose|jump|leap|climb|regain|transform|lift|leave|left)")
_FIRST = re.compile(r"(?<!\w)(?:first(?:[- ]ever)? (?:full )?(?:[a-z]+ ){0,4}(?:inspection|rating|grade|assessment|report)|not (?:been )?(?:inspected|rated) before|neither service had been inspected)")
_WORD = {"lowest": -1, "highest": 0}


@dataclass(frozen=True, slots=True)
class _Draft:
    bodies: tuple[str | None, ...]
    aspect: str
    grade: str
    status: Status
    direction: Literal["up", "down", "same", "first"] | None
    start: int
    end: int
    rule: str
    stated: bool
    year: int | None


def judgements(
    reading: Reading, framework: Framework | None, marks: Marks
) -> tuple[Judgement, ...]:
    """The grades that a story states, each once for a body, aspect and status."""
    inspectorates = {a.id for a in reading.inspectorates}
    scales = framework.on(_day(reading)) if framework else ()
    fallback = default_scales(inspectorates, None)
    drafts: list[_Draft] = []
    before: Sentence | None = None
    for sentence in reading.sentences:
        if sentence.furniture:
            continue
        found = [g for g in marks.get(sentence.start, ()) if _known(g.grade, (*scales, *fallback))]
        if found:
            drafts.extend(_sentence(reading, sentence, before, framework, (*scales, *fallback), found))
        before = sentence
    drafts = _in_time(reading, drafts)
    if not any(d.status == "current" for d in drafts):
        drafts.extend(_from_title(reading, framework, (*scales, *fallback)))
    if framework and not framework.graded:
        drafts = [replace(d, status="previous") if d.status == "current" else d for d in drafts]
    return _finish(reading, framework, drafts, scales, fallback)


def _day(reading: Reading) -> str | None:
    return reading.date or (f"{reading.year}-06-30" if reading.year else None)


def _sentence(
    reading: Reading,
    sentence: Sentence,
    before: Sentence | None,
    framework: Framework | None,
    scales: tuple[Scale, ...],
    found: list[Graded],
) -> list[_Draft]:
    dealt = deal(reading.bare(sentence), found, framework)
    drafts: list[_Draft] = []
    for i, grade in enumerate(found):
        status = _status(sentence, grade, found, before)
        if sentence.speaker == "other" and grade.rule.startswith("quoted"):
            continue
        bodies = _bodies(reading, sentence, grade, i, found)
        if bodies is None:
            continue
        word = _word(grade.grade, scales)
        year = _own_year(sentence.low, grade, found)
        start, end = _evidence(sentence, grade, found)
        kinds = dealt[i] or _carried(sentence, before, framework) or _shared(found, dealt, i) or (OVERALL,)
        for aspect in kinds:
            drafts.append(
                _Draft(bodies, aspect, word, status, _direction(sentence, grade, found, status),
                       start, end, grade.rule, not grade.rule.startswith("quoted"), year)
            )  # fmt: skip
        if status == "current" and _SAME_BEFORE.search(sentence.low):
            drafts.append(
                replace(drafts[-1], aspect=OVERALL, status="previous", direction=None)
            )
    return drafts


def _shared(found: list[Graded], dealt: list[tuple[str, ...]], i: int) -> tuple[str, ...]:
    """"from good to requires improvement" in three areas: both grades are of the three areas."""
    near = [d for j, d in enumerate(dealt) if abs(j - i) == 1 and d]
    moved = any(g.rule == "moved" for g in found)
    return near[0] if len(dealt) == 2 and near and moved else ()


def _carried(
    sentence: Sentence, before: Sentence | None, framework: Framework | None
) -> tuple[str, ...]:
    """"It was rated good": the aspect of the sentence before."""
    if before is None or not re.match(r"[\"']?(?:it|this|that|these|they|both|which) (?:was|were|is|are|has|have|also|area)", sentence.low):
        return ()
    named = [a.id for a in aspects(before.low, framework) if a.id != OVERALL]
    return (named[0],) if len(set(named)) == 1 else ()


def _known(word: str, scales: tuple[Scale, ...]) -> bool:
    return word in _WORD or any(s.rank(word) for s in scales)


def _word(word: str, scales: tuple[Scale, ...]) -> str:
    """The grade in the inspectorate's words: "the lowest rating" is named by the scale."""
    if word in _WORD:
        return scales[0].grades[_WORD[word]] if scales else word
    scale = next((s for s in scales if s.rank(word)), None)
    return scale.aliases.get(word, word) if scale else word


# ---------------------------------------------------------------- when


def _clause(low: str, grade: Graded, found: list[Graded]) -> tuple[int, int]:
    """The part of the sentence that is about this grade."""
    start, end = 0, len(low)
    for m in re.finditer(r"[;:]|, (?:and|but|while|although|despite|having|which|after|up|down)(?!\w)|(?<!\w)(?:while|although|but|whereas|despite|in spite of)(?!\w)", low):
        if m.end() <= grade.verb and not any(m.end() <= g.start < grade.start and g is grade for g in found):
            start = m.start()
        elif m.start() >= grade.end:
            end = m.start()
            break
    return start, end


def _status(
    sentence: Sentence, grade: Graded, found: list[Graded], before: Sentence | None
) -> Status:
    low = sentence.low
    start, end = _clause(low, grade, found)
    head, tail = low[start : grade.start], low[grade.end : end]
    i = found.index(grade)
    if i and re.fullmatch(r"[\"']?(?: overall)?(?: rating)? to (?:an? )?(?:overall )?[\"']?", low[found[i - 1].end : grade.start]):
        return "current"
    if _OF.search(head) or _BEHIND.match(tail):
        return "previous"
    if re.search(r"(?:no longer|not) (?:rated |judged )?[\"']?$", head) or re.match(r"[\"']? no longer", tail):
        return "previous"
    if cues("status.yaml", "hypothetical").find(head[-90:]):
        return "hypothetical"
    near = low[max(start, found[i - 1].end if i else 0) : min(end, found[i + 1].start if i + 1 < len(found) else end)]
    if cues("status.yaml", "current").find(near):
        return "current"
    if cues("status.yaml", "previous").find(near) and not _move_before(low, grade):
        return "previous"
    if before and low.startswith(("in the same year", "that same year", "at the time", "at that time")):
        return "previous"
    return "current"


def _move_before(low: str, grade: Graded) -> bool:
    """"downgraded ... to inadequate": the grade reached is the new one, whatever went before."""
    return bool(re.search(r"(?<!\w)to (?:be |being |an? )?(?:overall )?[\"']?$", low[max(0, grade.start - 25) : grade.start])) and grade.rule == "moved"


def _own_year(low: str, grade: Graded, found: list[Graded]) -> int | None:
    """The year that the clause of the grade names."""
    start, end = _clause(low, grade, found)
    i = found.index(grade)
    stop = found[i + 1].start if i + 1 < len(found) else end
    years = [int(m[2]) for m in _YEARS.finditer(low, max(start, found[i - 1].end if i else 0), min(end, stop))]
    if not years and i == 0:
        opening = re.match(r"(?:back )?in (?:[a-z]+ )?((?:19|20)\d\d)(?!\w)", low)
        years = [int(opening[1])] if opening else []
    return max(years, default=None)


def _in_time(reading: Reading, drafts: list[_Draft]) -> list[_Draft]:
    """A grade of an earlier year is a previous one."""
    dated = [d.year for d in drafts if d.year and d.status == "current"]
    latest = max([reading.year or 0, *dated], default=0)
    undated = any(d.status == "current" and not d.year for d in drafts)
    made = []
    for d in drafts:
        if d.status == "current" and d.year:
            gap = latest - d.year
            early_in_year = bool(reading.date and reading.date[5:7] <= "04")
            if gap > 1 or (gap == 1 and not early_in_year) or (gap == 0 and undated and _long_ago(reading, d)):
                d = replace(d, status="previous", direction=None)
        made.append(d)
    return made


def _long_ago(reading: Reading, d: _Draft) -> bool:
    """No date for the story, a bare past tense with its year, and other grades that have none."""
    said = reading.low[d.start : d.end]
    return reading.date is None and bool(re.search(r"(?:was|were) (?:rated|judged|graded|given|found|branded)", said))


# ---------------------------------------------------------------- whose


def _bodies(
    reading: Reading, sentence: Sentence, grade: Graded, i: int, found: list[Graded]
) -> tuple[str | None, ...] | None:
    """Ids of the bodies that hold the grade; (None,) where no body is known; None: not an inspected one."""
    inspected = {b.id for b in reading.bodies}
    ours = [m for m in sentence.mentions if m.id in inspected]
    at = sentence.start + grade.start
    if "respectively" in sentence.low and len(found) == len({m.id for m in ours}):
        return (list(dict.fromkeys(m.id for m in ours))[i],)
    clause = sentence.low[max(0, grade.start - 100) : grade.end + 25]
    if _GROUP.search(clause) and not re.search(r"all (?:the |of the )?(?:two|three|four|five|six|seven)? ?(?:areas|categories|key|aspects)", clause):
        named = tuple(dict.fromkeys(m.id for m in ours))
        if len(named) < 2:
            named = tuple(b.id for b in reading.bodies)
        if len(named) > 1:
            return named
    before = [m for m in ours if m.end <= at]
    after = [m for m in ours if m.start >= at]
    stranger = _stranger(reading, sentence, grade, inspected)
    if stranger and not (before and before[-1].start > stranger.start):
        return None
    attributive = after and re.fullmatch(
        r"[\"']?(?:-rated|-graded)?[\"']? ?(?:rated )?(?:authorit(?:y|ies)|councils?|the|at|,|for)?\s?(?:at |of |the )?",
        sentence.low[grade.end : after[0].start - sentence.start],
    )
    if attributive or (after and not before):
        return _group(reading, after)
    if before:
        return _group(reading, before[::-1])
    return sentence.about or (None,)


def _group(reading: Reading, mentions: list[Mention]) -> tuple[str, ...]:
    """The first mention and those joined to it by commas and "and"."""
    group = [mentions[0]]
    for m in mentions[1:]:
        a, b = sorted((group[-1], m), key=lambda x: x.start)
        if not _JOIN.fullmatch(reading.low, a.end, b.start) or b.start - a.end > 40:
            break
        group.append(m)
    return tuple(dict.fromkeys(m.id for m in group))


def _stranger(
    reading: Reading, sentence: Sentence, grade: Graded, inspected: set[str]
) -> Mention | None:
    """A body that is not the inspected one and is the subject of the grade: a comparison."""
    if not reading.bodies:
        return None
    for m in sentence.mentions:
        if m.id in inspected or m.role in ("inspectorate", "government", "commentator", "operator"):
            continue
        between = sentence.low[m.end - sentence.start : grade.start]
        following = sentence.low[grade.end : max(grade.end, m.start - sentence.start)]
        if m.end - sentence.start <= grade.start and re.fullmatch(
            r"(?:'s?)?(?: (?!and|told)[a-z']+){0,4}? (?:was|is|were|are|has been|had been|also)(?: [a-z]+){0,4} [\"']?", between
        ):
            return m
        if m.start - sentence.start >= grade.end and re.fullmatch(r"[\"']?(?:-rated)? ?(?:neighbouring )?", following):
            return m
    return None


# ---------------------------------------------------------------- the whole


def _evidence(sentence: Sentence, grade: Graded, found: list[Graded]) -> tuple[int, int]:
    """The clause that proves it; the whole sentence where it is short."""
    if sentence.end - sentence.start <= 220:
        return sentence.start, sentence.end
    start, end = _clause(sentence.low, grade, found)
    start, end = min(start, grade.verb), max(end, grade.end)
    while start < end and not sentence.low[start].isalnum() and sentence.low[start] not in "\"'":
        start += 1
    while end > grade.end and sentence.low[end - 1].isspace():
        end -= 1
    return sentence.start + start, sentence.start + end


def _direction(
    sentence: Sentence, grade: Graded, found: list[Graded], status: Status
) -> Literal["up", "down", "same", "first"] | None:
    if status != "current":
        return None
    start, end = _clause(sentence.low, grade, found)
    near = sentence.low[start:end]
    if _FIRST.search(near):
        return "first"
    if _DOWN.search(near) and grade.rule == "moved":
        return "down"
    if grade.rule == "moved" and _UP.search(near):
        return "up"
    return "same" if _STILL.search(near[max(0, grade.start - start - 40) :]) or "identical rating" in near else None


def _from_title(
    reading: Reading, framework: Framework | None, scales: tuple[Scale, ...]
) -> list[_Draft]:
    """The grade of a headline; its evidence in the text is the sentence that first names the body."""
    title = reading.story.title
    if not title or not reading.sentences or not reading.story.text.strip():
        return []
    low = fold(title)
    line = Sentence(0, len(title), low, False, True, "inspectors", True, (), tuple(b.id for b in reading.bodies))
    found = [g for g in graded(line, title) if _known(g.grade, scales)]
    prose = [s for s in reading.sentences if not s.furniture and not s.heading] or list(reading.sentences)
    where = next((s for s in prose if any(m.id in line.about for m in s.mentions)), prose[0])
    drafts = []
    for i, (grade, kinds) in enumerate(zip(found, deal(low, found, framework), strict=True)):
        status = _status(line, grade, found, None)
        if status == "current" and len(found) > 1 and i == 0 and _OF.search(low[: grade.start]):
            status = "previous"
        for aspect in kinds or (OVERALL,):
            drafts.append(_Draft(line.about or (None,), aspect, _word(grade.grade, scales), status, None,
                                 where.start, where.end, f"title: {grade.rule}", False, None))  # fmt: skip
    return drafts


def _finish(
    reading: Reading,
    framework: Framework | None,
    drafts: list[_Draft],
    scales: tuple[Scale, ...],
    fallback: tuple[Scale, ...],
) -> tuple[Judgement, ...]:
    inspectorate = _inspectorate(reading, framework)
    overall = framework is None or framework.has_overall(_day(reading))
    made: dict[tuple[str | None, str, str, str], Judgement] = {}
    for d in drafts:
        scale = next((s for s in (*scales, *fallback) if s.rank(d.grade)), None)
        aspect = d.aspect
        if aspect == OVERALL and not overall and d.status == "current":
            aspect = "not stated"
        for body in d.bodies:
            key = (body, aspect, d.grade, d.status)
            kept = made.get(key)
            if kept and (kept.confidence == "stated" or not d.stated) and (kept.direction or not d.direction):
                continue
            quote = reading.quote(d.start, d.end)
            made[key] = Judgement(
                body=body, inspectorate=inspectorate, framework=framework.id if framework else None,
                aspect=aspect, grade=d.grade, rank=scale.rank(d.grade) if scale else None,
                scale=len(scale.grades) if scale else None, status=d.status, direction=d.direction,
                start=d.start, end=d.end, quote=quote, rule=d.rule,
                confidence="stated" if d.stated and body else "implied",
            )  # fmt: skip
    return _directions(_contradictions(list(made.values())))


def _inspectorate(reading: Reading, framework: Framework | None) -> str | None:
    named = [a.id for a in reading.inspectorates]
    fitting = [i for i in named if framework is None or i in framework.inspectorates]
    return next(iter(fitting or named), None)


def _contradictions(found: list[Judgement]) -> list[Judgement]:
    """A grade said to be an earlier one is not also current, where another grade is current."""
    current = {(j.body, j.aspect): j for j in found if j.status == "current" and j.direction}
    kept = []
    for j in found:
        other = current.get((j.body, j.aspect))
        earlier = any(
            o.status == "previous" and (o.body, o.aspect, o.grade) == (j.body, j.aspect, j.grade)
            for o in found
        )
        if j.status == "current" and other and other.grade != j.grade and earlier:
            continue
        kept.append(j)
    return kept


def _directions(found: list[Judgement]) -> tuple[Judgement, ...]:
    """Up, down or same, where an earlier grade of the same body and aspect is stated."""
    earlier = {(j.body, j.aspect): j.rank for j in found if j.status == "previous" and j.rank}
    made = []
    for j in found:
        was = earlier.get((j.body, j.aspect))
        if j.status == "current" and j.rank and was and not j.direction:
            way: Literal["up", "down", "same"] = (
                "same" if j.rank == was else ("up" if j.rank < was else "down")
            )
            j = replace(j, direction=way)
        made.append(j)
    return tuple(made)
