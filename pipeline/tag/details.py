"""Particulars of the inspection: its days, who led it, what must get better.

From an inspectorate's own report by its labels and headings, from news by what sentences say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.models import Detail
from pipeline.tag import report_lists, visits
from pipeline.tag.cues import cues
from pipeline.tag.people import names
from pipeline.tag.reading import Reading, Sentence
from pipeline.tag.responses import is_document
from pipeline.tag.visits import FILE, Days

_BEGINS = 6_000  #: code points of a report in which its dates and its lead inspector stand
_LABELLED = 60  #: code points behind a label in which the date stands
_LEADER = re.compile(r"\s*:\s*([^,\n(\[|;]{3,60})")
_RANK = re.compile(
    r"[\s,]*(?:\b(?:hmi|osi|oi|ofsted inspector)\b|(?:her|his) majesty.?s inspectors?\b).*$", re.I
)
_BESIDE = 90  #: code points between "lead inspector" and a name, at most
_LONGEST = 600  #: code points of a recommendation's value; its quote is whole


def details(reading: Reading) -> tuple[Detail, ...]:
    """Each particular once, in the order of the text. Empty where nothing is told."""
    found = [*_days(reading), *_leaders(reading), *_recommendations(reading)]
    once: dict[tuple[str, str], Detail] = {}
    for one in found:
        once.setdefault((one.kind, one.value.lower()), one)
    return tuple(sorted(once.values(), key=lambda d: (d.start, d.end)))


def _detail(reading: Reading, kind: str, value: str, start: int, end: int, rule: str) -> Detail:
    quote = reading.quote(start, end)
    return Detail(kind=kind, value=value, start=start, end=end, quote=quote, rule=rule)  # type: ignore[arg-type]


# ---------------------------------------------------------------- when


def _days(reading: Reading) -> Iterator[Detail]:
    labelled = list(_labelled(reading))
    yield from labelled
    kinds = {d.kind for d in labelled}
    for sentence in reading.sentences:
        if sentence.furniture or len(kinds & {"inspected_from", "previous_inspection"}) == 2:
            continue
        now = None if "inspected_from" in kinds else visits.told(sentence.low, reading.date)
        made = list(_from_until(reading, sentence, now, "visited")) if now else []
        if "previous_inspection" not in kinds and (
            then := visits.before(sentence.low, reading.date)
        ):
            made.append(_previous(reading, sentence.start, then, "previously"))
        kinds |= {d.kind for d in made}
        yield from made


def _labelled(reading: Reading) -> Iterator[Detail]:
    """The dates behind the labels of a report's first lines, the first of each."""
    head = reading.low[:_BEGINS]
    seen: set[str] = set()
    for hit in cues(FILE, "labels").all(head):
        line = head.find("\n\n", hit.end)
        stop = min(len(head), hit.end + _LABELLED, line if line > hit.end + 8 else len(head))
        at = visits.days_in(head, hit.end, stop, reading.date)
        if at is None or hit.id in seen or len(at.first) < 10:
            continue
        seen.add(hit.id)
        start = hit.start
        if hit.id == "previous":
            yield _detail(reading, "previous_inspection", at.first, start, at.end, hit.id)
        else:
            last = at.last or at.first
            yield _detail(reading, "inspected_from", at.first, start, at.end, hit.id)
            yield _detail(reading, "inspected_until", last, start, at.end, hit.id)


def _from_until(reading: Reading, sentence: Sentence, at: Days, rule: str) -> Iterator[Detail]:
    start, end = sentence.start, sentence.end
    yield _detail(reading, "inspected_from", at.first, start, end, rule)
    if at.last:
        yield _detail(reading, "inspected_until", at.last, start, end, rule)


def _previous(reading: Reading, start: int, at: Days, rule: str) -> Detail:
    sentence = next(s for s in reading.sentences if s.start == start)
    return _detail(reading, "previous_inspection", at.first, start, sentence.end, rule)


# ---------------------------------------------------------------- who


def _leaders(reading: Reading) -> Iterator[Detail]:
    """ "Lead inspector: Jane Roe, HMI"; "Jane Roe, HMI, lead inspector"; the first one told."""
    text, low = reading.story.text, reading.low
    for hit in cues(FILE, "lead").all(low):
        labelled = _LEADER.match(text, hit.end)
        if labelled:
            name = _RANK.sub("", labelled[1]).strip(" .-–")
            if 1 < len(name.split()) <= 5 and name[0].isupper():
                yield _detail(reading, "lead_inspector", name, hit.start, labelled.end(1), "label")
                return
            continue
        line = low.rfind("\n", 0, hit.start) + 1
        stop = low.find("\n", hit.end)
        stop = min(len(low) if stop < 0 else stop, hit.end + _BESIDE)
        if made := _beside(reading, max(line, hit.start - _BESIDE), hit.start, hit.end, stop):
            yield made
            return


_BETWEEN = re.compile(r",? ?(?:the |his |her )?$")
_TITLES = re.compile(
    r",? ?(?:\(?(?:hmi|osi|oi)\)?|(?:her|his) majesty'?s inspector|ofsted|cqc|the|ofsted's|cqc's|"
    r"who was|who is|an?|[, ])*$"
)


def _beside(reading: Reading, left: int, start: int, end: int, right: int) -> Detail | None:
    """The name right behind "lead inspector", else the one before it."""
    text, low = reading.story.text, reading.low
    behind = next(names(text[end:right]), None)
    if behind and _BETWEEN.fullmatch(low[end : end + behind.start]):
        stop = end + behind.end
        return _detail(reading, "lead_inspector", behind.name, start, stop, "lead")
    before = list(names(text[left:start]))
    if before and _TITLES.fullmatch(low[left + before[-1].end : start]):
        first = left + before[-1].start
        return _detail(reading, "lead_inspector", before[-1].name, first, end, "lead")
    return None


# ---------------------------------------------------------------- what must get better


def _recommendations(reading: Reading) -> Iterator[Detail]:
    text = reading.story.text
    listed = report_lists.items(text, reading.low)
    for item in listed:
        value = _value(text[item.start : item.end])
        yield _detail(reading, "recommendation", value, item.start, item.end, item.rule)
    if listed or is_document(reading):
        return
    for sentence in reading.sentences:
        if sentence.furniture or sentence.heading or sentence.speaker != "inspectors":
            continue
        hit = cues(FILE, "asks").find(sentence.low)
        if hit and not cues(FILE, "earlier").find(sentence.low, 0, hit.start):
            asked = text[sentence.start + _from(sentence, hit.end) : sentence.end]
            value = _value(_NEXT_SAID.split(asked)[0])
            if len(value.split()) >= 2:
                yield _detail(reading, "recommendation", value, sentence.start, sentence.end,
                              hit.id)  # fmt: skip


#: "… should improve its plans, and that some children waited": what follows is found, not asked
_NEXT_SAID = re.compile(r",? (?:and|but) that (?=\w)")


def _from(sentence: Sentence, end: int) -> int:
    """Where what is asked for begins: behind the words that ask, past marks."""
    while end < len(sentence.low) and not sentence.low[end].isalnum():
        end += 1
    return end


def _value(written: str) -> str:
    """One line, without marks around it; cut at a word where it is very long."""
    value = " ".join(written.split()).strip(" .,;:\"'“”‘’")
    if len(value) <= _LONGEST:
        return value
    return value[:_LONGEST].rsplit(" ", 1)[0] + " …"
