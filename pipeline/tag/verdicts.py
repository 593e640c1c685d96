"""Names told by what was done to them: "Elm Court in Harwick has been placed in special measures".

No word of such a name need say what it is; the verb or the grade beside it tells that it is a body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.tag.kinds import HOME_LIKE
from pipeline.tag.name_forms import NAMES, TOKEN, before_a_date, start_of, without_genitive

_VERDICT = re.compile(
    rf"(?m)(?:(?<=^)|(?<=[.!?] )|(?<=[\"“] ))({NAMES}(?: for {TOKEN}(?: {TOKEN})?)?|The {TOKEN})"
    r"(?=(?: \([A-Z][A-Za-z]{1,7}\))?(?:, [A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?)?"
    r",? (?:(?:in|near|at|on) [A-Z][\w'’ -]{2,30}?,? )?"
    r"(?:(?<=, )(?:which|where|who|a|an|the|in|near|on|run|owned|managed|part of|"
    r"based|formerly|home to)\b[^.\n]{1,90}, )?"
    r"(?:(?:(?:has|have) been|was|were|is|are|had been) (?:again |now |also )?"
    r"(?:rated|judged|downgraded|upgraded|placed|put|graded|branded|deemed|inspected|visited|"
    r"given|handed|told|slammed|praised|criticised|found to|inadequate|outstanding|applauded|"
    r"commended|marked|hailed|lauded|condemned|blasted|labelled|awarded|ranked|scored|classed|"
    r"declared|closed|shut|suspended|fined|warned|ordered|forced|re-?inspected|moved up|"
    r"promoted|elevated|recognised|deregistered|singled out|censured|rebuked|good)\b|"
    r"(?:jumped|leapt|rose|climbed|fell|dropped|slipped|plunged|plummeted|sank|tumbled|moved|went|"
    r"improved|progressed|hopped|shot)(?: [a-z]+)? (?:from|to|two|one|up|down|three)\b|"
    r"(?:now |still )?requires? improvement\b|"
    r"(?:has|had|received|got|gets|gained|earned|secured|achieved|kept|retained|won) an? "
    r"(?:[a-z-]+ ){0,3}(?:visit|inspection|rating)\b|must improve\b))"
)
_MID = re.compile(  # "…, Elm Lodge was rated good while Rowan House was rated inadequate"
    rf"(?:(?<=, )|(?<= and )|(?<= while )|(?<= but )|(?<=; )|(?<= after )|(?<= when )|"
    rf"(?<= because )|(?<= since )|(?<= that )|(?<= said )|(?<= says ))({NAMES})"
    r"(?=(?: in [A-Z][\w'’-]+)? (?:was|were|is|are|has been|have been) (?:again |now |also |both )?"
    r"(?:rated|judged|graded|deemed|inadequate|outstanding)\b)"
)
#: "Rosemount, in Harwick, was rated good": one word is a name where it has a town.
_TOWNED = re.compile(
    rf"(?m)(?:(?<=^)|(?<=[.!?] )|(?<= at )|(?<=, and ))((?:The )?{TOKEN})"
    r"(?=, (?:in|on|at|near|based in) [A-Z][\w'’ ]{2,30}, (?:and (?:The )?[A-Z]|"
    r"(?:has been|have been|was|were) (?:both )?(?:rated|judged|graded|inspected|told|placed)\b))"
)
_GRADE = (
    r"(?:[Ii]nadequate|[Oo]utstanding|[Gg]ood|[Rr]equir(?:es|ed|ing) [Ii]mprovement|[Ww]eak|"
    r"[Uu]nsatisfactory|[Aa]dequate|[Vv]ery [Gg]ood|[Ee]xcellent)"
)
_IN_A_LIST = re.compile(  # "… Oak Lodge inadequate, Elm Court as good and Ash House outstanding"
    rf"(?:(?<=, )|(?<= and ))({NAMES})(?= (?:as |was |is )?['‘\"“]?{_GRADE}\b)"
)
_LINES = re.compile(  # a line of a list: "Oak Lodge: Good"
    rf"(?m)^(?:[•*-] )?((?:The )?(?:{TOKEN} ){{1,3}}(?:{HOME_LIKE}))"
    rf"(?=(?::| [-–—]) (?:[Rr]ated )?['‘\"“]?{_GRADE}\b)"
)
_NUMBERED = re.compile(rf"(?m)^\d{{1,2}}[.)] ({NAMES})(?=\n)")
_OF = re.compile(rf"\b[Ii]nspection (?:of|at) (?:the )?({NAMES})")
_VERB = re.compile(
    rf"(?<![\w-])(?:re-?inspected|inspected|rated|graded|judged|visited|revisited|"
    rf"downgraded|upgraded) ({NAMES})"
    r"|\b(?:Ofsted|CQC|Commission|Estyn|Inspectorate|[Ii]nspectors|watchdog|regulator) "
    r"(?:has |have |had )?(?:told|ordered|warned|praised|criticised|slammed|fined|suspended) "
    rf"({NAMES})(?= (?:to|after|over|for)\b|,)"
)
#: "Inspectors have marked Neal Harwick as 'requires improvement'": any verb, a name, a grade.
_GIVEN = re.compile(
    rf"\b(?:[a-z]{{2,}}ed|found|gave|gives?|given|put|puts|hands?) ({NAMES})"
    r"(?=,? (?:(?:as|to|be|an?|its|the|in|lowest|overall|rating|rated|grade|of) ){0,4}"
    rf"['‘\"“]?{_GRADE}\b)"
)
_PATTERNS = (
    (_GIVEN, "object of a verdict"),
    (_VERDICT, "subject of a verdict"),
    (_MID, "subject of a verdict"),
    (_OF, "object of an inspection"),
    (_VERB, "object of a verdict"),
    (_IN_A_LIST, "in a list of grades"),
    (_LINES, "in a list of grades"),
    (_NUMBERED, "a numbered heading"),
    (_TOWNED, "subject of a verdict"),
)


def named_by_verdict(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """Start and end of each, by which rule, and whether one word is enough of a name."""
    for pattern, rule in _PATTERNS:
        for m in pattern.finditer(text):
            start, stop = m.span(m.lastindex or 1)
            start = start_of(text, start, stop, keep_the=True)
            end = without_genitive(text, before_a_date(text, start, stop))
            yield start, end, rule, pattern is _TOWNED
