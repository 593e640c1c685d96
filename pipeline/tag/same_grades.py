"""A grade told again without its word: "the result matches the one before", "the same grade was
given for how caring it is".
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.tag.aspects import OVERALL, aspects
from pipeline.tag.drafts import Draft
from pipeline.tag.frameworks import Framework
from pipeline.tag.reading import Sentence

_NOUN = r"(?:ratings?|grades?|judge?ments?|results?|verdicts?|rankings?|outcomes?|status)"
#: The grade told last is meant.
_THE_SAME = re.compile(
    rf"(?<!\w)(?:the (?:very )?same|that|an identical|this) (?:overall )?{_NOUN}(?!\w)|"
    rf"(?<!\w)(?:match(?:es|ed|ing)?|repeat(?:s|ed|ing)?|mirror(?:s|ed|ing)?|equal(?:s|led)?) "
    rf"(?:the (?:one|{_NOUN})|its|that)(?!\w)"
)
_BEFORE = re.compile(
    r"(?<!\w)(?:(?:its|the|their|an?) (?:last|previous|earlier) (?:[a-z]+ )?(?:inspection|visit|"
    r"report|time)|when (?:it was )?last (?:inspected|visited)|last time|(?:years?|months) "
    r"(?:ago|earlier|before)|in (?:[a-z]+ )?(?:19|20)\d\d)(?!\w)"
)
_GIVEN_FOR = re.compile(
    rf"(?:gave|given|awarded|got|received|handed|earned|went|goes|has)(?!\w)[^.;]{{0,90}}"
    rf"(?<!\w)(?:for|in|to)(?!\w)|{_NOUN}(?:, [^,.;]{{3,60}},)? (?:for|in)(?!\w)"
)
_NOT_SO = re.compile(
    r"(?<!\w)(?:not|never|n't|no|if|could|would|may|might|hopes?|aims?|until)(?!\w)"
)


def same_grades(
    sentence: Sentence, drafts: list[Draft], framework: Framework | None
) -> list[Draft]:
    """What a sentence without grade words says by pointing to the last grade told."""
    last = next((d for d in reversed(drafts) if d.status == "current"), None)
    told = _THE_SAME.search(sentence.low)
    if last is None or told is None or _NOT_SO.search(sentence.low):
        return []
    if sentence.start - last.end > _NEAR or sentence.speaker == "other":
        return []
    here = replace(last, start=sentence.start, end=sentence.end, rule="the same", direction=None)
    if _BEFORE.search(sentence.low):
        now = [d for d in drafts if d.status == "current" and d.bodies == last.bodies]
        whole = next((d for d in reversed(now) if d.aspect == OVERALL), last)
        return [replace(here, aspect=whole.aspect, grade=whole.grade, status="previous")]
    if not _GIVEN_FOR.search(sentence.low):
        return []
    named = dict.fromkeys(a.id for a in aspects(sentence.low, framework) if a.id != OVERALL)
    return [replace(here, aspect=a) for a in named]


_NEAR = 300  #: code points between a grade and the words that point to it
