"""Sentences that tell what was found before the inspection told: "In 2015 it was criticised …"."""

from __future__ import annotations

import re

from pipeline.tag.inspected import MONTHS
from pipeline.tag.reading import Reading

_INSPECTION = r"(?:re-?inspections?|inspections?|visits?|reports?|assessments?|reviews?)"
_MONTH = rf"(?:{'|'.join(MONTHS)})"
#: A time before, or an earlier inspection.
_BEFORE = re.compile(
    r"(?<!\w)(?:"
    r"(?:in|by|at|during|between|until|from|of)(?: the)?(?: [a-z-]+){0,3}? (?P<year>20\d\d)(?!\w)"
    rf"|(?:in |of )(?:{_MONTH} )last year"
    r"|(?:years|months) (?:ago|earlier|before)"
    r"|(?:in|over|during) (?:the|its) (?:past|last) (?:few |several |[a-z]+ |\d+ )?(?:years|months)"
    r"|(?:at|in|after|during|on|by) (?:its|the|their|an?|our) (?:very )?(?:last|previous|earlier|"
    rf"original) (?:[a-z]+ ){{0,2}}{_INSPECTION}"
    r"|(?:when|after) (?:[a-z]+ ){0,3}(?:was |were )?last (?:inspected|visited|there|came|called)"
    rf"|(?:the|its|a|an|their) (?:last|previous|earlier|original|old) (?:[a-z]+ ){{0,2}}"
    rf"{_INSPECTION} (?:had|said|found|rated|told|was|were|criticised|noted|reported)"
    r"|earlier (?:in|that) (?:the )?year|at (?:the|that) time"
    r")(?!\w)"
)
#: Goes on with it.
_GOES_ON = re.compile(
    rf"[\"' ]*(?:that (?:critical |damning )?{_INSPECTION}|at (?:the|that) time|(?:back )?then,? "
    rf"|(?:it|they|the [a-z]+|inspectors) (?:then |had |was |were )|the {_INSPECTION} then|those "
    rf"|the (?:outcomes?|results?|findings?|verdicts?) (?:of (?:both|either|that)|then|was|were)"
    r"(?!\w)|both )"
)
#: The time told is the present one after all.
_NOW = re.compile(
    r"(?<!\w)(?:now|since|today|this (?:week|month|year|time)|latest|newest|no longer|has|have|"
    r"improved|better|worse|those of|moved|changed|unchanged|risen|fallen|remains?|still|again|"
    r"same|compared|than)(?!\w)"
)


def told_of_before(reading: Reading) -> frozenset[int]:
    """Where the sentences start that tell of an earlier time than that of the inspection told."""
    # where the day of the inspection is not told, it may be of the year before the story's
    year = int(reading.inspected[:4]) if reading.inspected else (reading.year or 0) - 1
    found: set[int] = set()
    going_on = False
    for sentence in reading.sentences:
        begins = _BEFORE.search(sentence.low)
        if begins and begins["year"] and int(begins["year"]) >= year:
            begins = None
        going_on = bool(begins or (going_on and _GOES_ON.match(sentence.low)))
        going_on = going_on and not _NOW.search(sentence.low)
        if going_on:
            found.add(sentence.start)
    return frozenset(found)
