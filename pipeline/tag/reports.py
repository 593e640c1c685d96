"""Is the story about the outcome of an inspection of a named body or area? With reasons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pipeline.knowledge import load_yaml
from pipeline.models import Action, Finding, Judgement, Place
from pipeline.tag.context import words_of
from pipeline.tag.cues import words
from pipeline.tag.literals import Sought
from pipeline.tag.reading import Reading, Sentence
from pipeline.tag.sentences import fold, straight

FILE = "reports.yaml"
_LEAD = 4  # sentences
_HEAD = 12  # sentences in which the opening ends at the latest
_FIRST = 2  # sentences that a story begins with
_LONG = 3  # whole sentences, at the least, that belong to the opening
_SHORT = 6  # words: a line of fewer is no sentence of the opening


@lru_cache(maxsize=1)
def _cues() -> tuple[tuple[Sought, dict[str, Any]], ...]:
    return tuple((words(r["any"]), r) for r in load_yaml(FILE)["cues"])


def is_report(
    reading: Reading,
    judgements: tuple[Judgement, ...],
    findings: tuple[Finding, ...],
    actions: tuple[Action, ...],
    where: tuple[Place, ...],
    *,
    inspected: bool,
) -> tuple[bool, tuple[str, ...]]:
    """Whether it is, and why: each reason with its weight, strongest first.

    Two sides are weighed: outcomes found in the text, and words that name another kind of story,
    which count for more in title and opening. Findings alone never suffice: the text must also give
    a grade or tell that inspectors came, found or ordered something. `inspected`: as
    `context.told_of_inspection` says.
    """
    # grades that are nobody's may be those of a scale that is explained
    took_place = any(j.body for j in judgements) or _took_place(reading, findings, actions)
    many = _speaks_of_many(reading)
    reasons: list[tuple[int, str]] = [
        *_outcomes(reading, judgements, findings, actions, example=many is not None),
        *_worded(reading),
    ]
    told = _first_person(reading)
    if told:
        reasons.append(told)
    if many:
        reasons.append(many)
    if not where and _is_nowhere(reading):
        reasons.append(_rule("nowhere"))
    unless = load_yaml(FILE)["national"]["unless"]
    if _is_national(reading) and not words(unless).search(reading.low[:30000]):
        reasons.append(_rule("national"))
    if not (inspected and took_place):
        reasons.append(_rule("not_ours" if not inspected else "nothing_took_place"))
    total = sum(w for w, _ in reasons)
    somewhere = bool(reading.bodies or where)  # else it tells what grades and measures are for
    outcome = (somewhere and bool(judgements or actions)) or any(
        f.speaker == "inspectors" for f in findings
    )
    verdict = outcome and inspected and took_place and total >= load_yaml(FILE)["threshold"]
    reasons.sort(key=lambda r: -abs(r[0]))
    return verdict, tuple(f"{weight:+d} {reason}" for weight, reason in reasons)


#: "In Harwick", where no list knows the town; "Redby Training Ltd", which none knows for a body.
_SOMEWHERE = re.compile(
    r"(?<!\w)(?:in|at|near) (?!England|Scotland|Wales|Britain|Great|Northern|United|Europe|Ofsted|"
    r"Parliament|Westminster|Whitehall|(?:Janu|Febru)ary|March|April|May|June|July|August|"
    r"(?:Sept|Nov|Dec)ember|October|Year|Key|Mr|Ms|Dr|Monday|Tuesday)[A-Z][a-z]{2,}"
    r"|[A-Z][\w'’-]+ (?:Training |Learning )?(?:Ltd|Limited|CIC|School|Academy|College|Primary|"
    r"Nursery|House|Lodge|Court|Hospital|Surgery|Centre|Council|Police|Prison|Trust|Home)(?!\w)"
)


def _is_nowhere(reading: Reading) -> bool:
    """Whether no inspected body is named, nor any place of one, nor "the school" spoken of."""
    if reading.bodies or words(load_yaml(FILE)["many"]["one"]).search(reading.low[:30000]):
        return False
    prose = (s for s in reading.sentences if not s.furniture)
    return not any(_SOMEWHERE.search(reading.quote(s.start, s.end)) for s in prose)


def _rule(section: str) -> tuple[int, str]:
    rule = load_yaml(FILE)[section]
    return rule["weight"], rule["reason"]


def _is_national(reading: Reading) -> bool:
    """Whether it is about services of the whole country: a report on them is a national one."""
    whole = load_yaml(FILE)["national"]["bodies"]
    return bool(reading.bodies) and all(b.id in whole for b in reading.bodies)


def _speaks_of_many(reading: Reading) -> tuple[int, str] | None:
    """A weight where "schools" and "homes" outnumber "the school" and the inspected body's name."""
    rule = load_yaml(FILE)["many"]
    inspected = {b.id for b in reading.bodies}
    if len(inspected) >= rule["round_up"]:
        return None
    prose = [s for s in reading.sentences if not s.furniture]
    low = " ".join(s.low for s in prose)[:30000]
    written = " ".join(reading.quote(s.start, s.end) for s in prose)[:30000]
    plurals = _count(words(rule["kinds"]), straight(written))  # "Art Providers" is a name
    named = sum(m.id in inspected for m in reading.mentions)
    singles = _count(words(rule["one"]), low) + named
    if plurals < rule["at_least"] or plurals <= rule["share"] * (1 + plurals + singles):
        return None
    return rule["weight"], rule["reason"]


def _count(sought: Sought, low: str) -> int:
    return sum(1 for _ in sought.finditer(low))


def not_ours() -> tuple[str, ...]:
    """The reason why a text in which nobody inspects is no report."""
    weight, reason = _rule("not_ours")
    return (f"{weight:+d} {reason}",)


def _worded(reading: Reading) -> list[tuple[int, str]]:
    """The records whose words stand in the story, each with its weight."""
    prose = [s for s in reading.sentences if not s.furniture]
    title = fold(reading.story.title or "")
    standfirst = fold(reading.story.standfirst or "")
    lead = " . ".join([title, standfirst, *(s.low for s in prose[: _opening(prose)])])
    whole = f"{title} . {standfirst} . " + " ".join(s.low for s in prose)[:30000]
    told = min((m.start() for e, r in _cues() if r.get("took_place")
                for m in _done(e, lead)), default=len(lead))  # fmt: skip
    reasons: list[tuple[int, str]] = []
    for expression, record in _cues():
        if "unless" in record and words(record["unless"]).search(whole):
            continue
        if record.get("took_place"):
            if any(_done(expression, whole)):
                reasons.append((record["weight"], record["reason"]))
        elif "lead" in record and _leads(expression, record, lead, whole, told):
            reasons.append((record["lead"], record["reason"]))
        elif expression.search(whole):
            reasons.append((record["weight"], record["reason"]))
    return reasons


def _leads(sought: Sought, record: dict[str, Any], lead: str, whole: str, told: int) -> bool:
    """Whether words of another kind stand at the head, before an outcome is `told`, or often."""
    m = sought.search(lead)
    if m and (m.start() < told or record.get("whenever", False)):
        return True
    return "often" in record and _count(sought, whole) >= record["often"]


#: "It may be placed in special measures", "if the service is rated inadequate by the CQC".
_SUPPOSED = re.compile(
    r"(?<!\w)(?:may|might|can|could|would|will|shall|must|should|if|unless|whenever|usually|normally|"
    r"wherever|typically|generally|always|to be|when an?|where an?|once an?|any|every|each)(?!\w)"
    r"[^.,;:\"!?]*$"
)
_BEFORE = 80  #: code points before a cue that are read for it


def _done(sought: Sought, low: str) -> Iterator[re.Match[str]]:
    """Matches that tell of something done, not of what may be done or is done as a rule."""
    for m in sought.finditer(low):
        if not _SUPPOSED.search(low, max(0, m.start() - _BEFORE), m.start()):
            yield m


def _opening(prose: list[Sentence]) -> int:
    """How many sentences open a story: the first few, short lines at its head not counted."""
    long = [i for i, s in enumerate(prose[:_HEAD]) if len(s.low.split()) >= _SHORT]
    return max(_LEAD, long[_LONG - 1] + 1 if len(long) >= _LONG else 0)


#: Measures that an inspectorate takes on what it found.
_TAKEN_ON_FINDINGS = frozenset(
    ("failure-to-comply", "improvement-notice", "warning-notice", "requirement-notice",
     "compliance-notice", "priority-action", "requirements", "conditions", "cancellation",
     "suspension", "special-measures", "significant-improvement", "immediate-improvement",
     "service-requiring-significant-improvement")
)  # fmt: skip


def _took_place(
    reading: Reading, findings: tuple[Finding, ...], actions: tuple[Action, ...]
) -> bool:
    """Whether words say that an inspection took place, or a named inspectorate found something or
    took a measure against a body."""
    if reading.inspectorates and any(
        a.body and a.kind in _TAKEN_ON_FINDINGS and a.status in ("imposed", "lifted")
        for a in actions
    ):
        return True
    if reading.inspectorates and any(
        f.speaker == "inspectors" and f.confidence == "stated" for f in findings
    ):
        return True
    said = words_of(reading)[:30000]
    return any(r.get("took_place") and any(_done(found, said)) for found, r in _cues())


#: How many findings weigh one point, in a document that has them by the dozen.
_HANDFUL = 5

_I = re.compile(r"(?<!\w)(?:i|i'm|i've|i'd|i'll|me|my|myself)(?!\w)")
_QUOTED = re.compile(r"\"[^\"\n]*(?:\"|$)|(?<!\w)'[^'\n]*(?:'(?!\w)[^'\n]*)*?'(?!\w)", re.MULTILINE)


def _first_person(reading: Reading) -> tuple[int, str] | None:
    """A weight where the writer speaks of himself, save in an inspector's letter."""
    rule = load_yaml(FILE)["first_person"]
    low = reading.low[:30000]
    own = _QUOTED.sub(" ", low)
    if len(_I.findall(own)) < rule["at_least"] or words(rule["letter"]).search(low[:1500]):
        return None
    weight = rule["beside_a_body"] if reading.bodies else rule["weight"]
    return weight, rule["reason"]


def _outcomes(
    reading: Reading,
    judgements: tuple[Judgement, ...],
    findings: tuple[Finding, ...],
    actions: tuple[Action, ...],
    *,
    example: bool,
) -> list[tuple[int, str]]:
    """What was found. `example`: where a story speaks of many, the one it grades is an example."""
    reasons = []
    inspected = {b.id for b in reading.bodies}
    if any(j.status == "current" and j.body in inspected for j in judgements):
        reasons.append((4, "it gives a grade of a named body"))
        prose = [s for s in reading.sentences if not s.furniture][:_FIRST]
        first = prose[-1].end if prose else 0
        if not example and any(
            j.status == "current" and j.body in inspected and j.start < first for j in judgements
        ):
            reasons.append((2, "it begins with that grade"))
    elif any(j.status == "current" for j in judgements):
        # grades that are nobody's here are mostly those of a scale that is explained, or shares
        several = len({j.grade for j in judgements if j.status == "current"}) >= _SCALE
        rule = load_yaml(FILE)["nobodys_grades"]
        several = several and not inspected
        reasons.append((rule["weight"], rule["reason"]) if several else (1, "it gives a grade"))
    elif any(j.body in inspected for j in judgements):
        reasons.append((1, "it mentions an earlier grade of a named body"))
    said = sum(f.speaker == "inspectors" for f in findings)
    if said:
        # A whole report names guidance, vacancies and consultations in passing; no story of a
        # newspaper holds findings by the dozen, so these outweigh such words. A national report
        # inspects no one body, and gets no more than a story does.
        length = min(12, said // _HANDFUL) if inspected and said >= 2 * _HANDFUL else 0
        reasons.append((min(3, said) + length, f"it has {_counted(said, 'finding')}"))
    if any(a.status in ("imposed", "lifted") for a in actions):
        reasons.append((1, "it tells of a measure taken"))
    if inspected:
        reasons.append((1, "it names the inspected body"))
    return reasons


_SCALE = 3  #: different grades of no body that make it likely that a scale is told of
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def _counted(number: int, noun: str) -> str:
    """ "one finding", "nine findings", "20 findings"."""
    written = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{written} {noun}{'' if number == 1 else 's'}"
