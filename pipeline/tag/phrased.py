"""Outcomes told in a whole phrase: "judged to have made sufficient progress", "demonstrates the
capacity to identify and bring about improvement".

Estyn, the inspectors of Northern Ireland and of Welsh hospitals give such outcomes instead of a
word of a scale, or beside it. Which phrases these are, `outcomes.yaml` says.
"""

from __future__ import annotations

import re

from pipeline.knowledge import load_yaml
from pipeline.tag.cues import Hit, cues
from pipeline.tag.drafts import Draft
from pipeline.tag.grades import Graded
from pipeline.tag.reading import Reading, Sentence
from pipeline.tag.when import Status
from pipeline.tag.whose import bodies_of

FILE = "outcomes.yaml"
#: What is asked, wished or explained is no outcome.
_OPEN = re.compile(
    r"(?<!\w)(?:whether|if|when|once|until|unless|must|should|could|may|might|would|can|will|aims?|"
    r"hopes?|not yet|schools? (?:that|which)|those (?:that|which|who)|any)(?!\w)"
    r"(?![^,;:]*[,;:])[^.;]*$"
)
_LEAST = 25  #: code points of a line that can be a statement, no name in a list of categories


def phrased(reading: Reading) -> list[Draft]:
    """The outcomes that the named inspectorates tell in a phrase, each with its bodies."""
    named = {a.id for a in reading.inspectorates}
    told = {r["id"]: r for r in load_yaml(FILE)["outcomes"] if named & set(r["of"])}
    if not told:
        return []
    made: list[Draft] = []
    for sentence in reading.sentences:
        if sentence.furniture or len(sentence.low) < _LEAST:
            continue
        for hit in cues(FILE, "outcomes").all(sentence.low):
            if hit.id in told and not _OPEN.search(sentence.low, 0, hit.start):
                made += _draft(reading, sentence, hit, told[hit.id])
    return made


def with_phrased(drafts: list[Draft], told: list[Draft]) -> list[Draft]:
    """The drafts and the outcomes `told` in a phrase, whose words by themselves are no other."""
    grades, starts = {t.grade for t in told}, {t.start for t in told}
    return [
        *(
            d for d in drafts
            if d.grade not in grades and not (d.start in starts and d.grade.endswith(" progress"))
        ),
        *told,
    ]  # fmt: skip


_YEAR = re.compile(r"(?<!\w)(?:19|20)\d\d(?!\w)")
#: "At an earlier monitoring visit": another has been since.
_THEN = re.compile(
    r"(?<!\w)(?:previously|(?:at|in|on|after) (?:an?|its|the|their) (?:earlier|previous|first|"
    r"last) (?:monitoring )?(?:visit|inspection|report)|had earlier|(?:a|two|three) years? "
    r"(?:ago|earlier|before))(?!\w)(?! in)"
)


def _draft(reading: Reading, sentence: Sentence, hit: Hit, record: dict[str, str]) -> list[Draft]:
    grade = Graded(hit.start, hit.end, hit.id, "phrase", hit.start)
    bodies = bodies_of(reading, sentence, grade, 0, [grade])
    if bodies is None:
        return []
    years = [int(y) for y in _YEAR.findall(sentence.low)]
    then = _THEN.search(sentence.low) or (years and max(years) < (reading.year or 0))
    if then and "now" in record:
        return []
    status: Status = "previous" if then else "current"
    fits = "where" not in record or re.search(rf"(?<!\w)(?:{record['where']})", sentence.low)
    return [
        Draft(
            bodies, record["aspect"] if fits else record["or"], hit.id, status, None,
            sentence.start, sentence.end, "phrase", True, None,
            any(m.id in bodies for m in sentence.mentions),
        )
    ]  # fmt: skip
