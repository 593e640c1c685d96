"""Names told by what was done to them: "Elm Court in Harwick has been placed in special measures".

No word of such a name need say what it is; the verb or the grade beside it tells that it is a body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.tag.kinds import HOME_LIKE
from pipeline.tag.matcher import words
from pipeline.tag.name_forms import NAMES, TOKEN, before_a_date, start_of, without_genitive

#: Words that are a home's or a school's whole name: Oakfields, Elmhurst.
_HOUSES = (
    r"[A-Z][a-z]{1,9}(?:fields?|hurst|crest|dene|croft|woods?|lands?|brook|side|view|mount|leigh|"
    r"haven|acres?|meads?|lea|holme|bank|gate|lawns?|mere|thorpe|stead|cliffe|garth|dale|lodge)"
)
_VERDICT = re.compile(
    rf"(?m)(?=[A-Z])(?:(?<=^)|(?<=[.!?] )|(?<=[\"“] ))"
    rf"({NAMES}(?: for {TOKEN}(?: {TOKEN})?)?|The {TOKEN}|{_HOUSES}(?= ))"
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
    r"(?:(?:has|have|had) )?(?:jumped|leapt|rose|risen|fallen|climbed|fell|dropped|slipped|plunged|"
    r"plummeted|sank|sunk|tumbled|moved|went|gone|improved|progressed|hopped|"
    r"shot)(?: [a-z]+)? (?:from|to|two|one|up|down|three)\b|"
    r"(?:now |still )?requires? improvement\b|"
    r"(?:has|had|received|got|gets|gained|earned|secured|achieved|kept|retained|won) an? "
    r"(?:[a-z-]+ ){0,3}(?:visit|inspection|rating)\b|must improve\b))"
)
_MID = re.compile(  # "…, Elm Lodge was rated good while Rowan House was rated inadequate"
    rf"(?=[A-Z])(?:(?<=, )|(?<= and )|(?<= while )|(?<= but )|(?<=; )|"
    rf"(?<=[a-z]['’\"”] )|(?<= after )|(?<= when )|"
    rf"(?<= because )|(?<= since )|(?<= that )|(?<= said )|(?<= says ))({NAMES})"
    r"(?=(?: in [A-Z][\w'’-]+)? (?:(?:was|were|is|are|has been|have been|had been) "
    r"(?:again |now |also |both )?"
    r"(?:rated|judged|graded|deemed|inadequate|outstanding|inspected|visited|placed|branded|told)\b|"
    r"must improve|requires improvement|needs to improve))"
)
#: "Rosemount, in Harwick, was rated good": one word is a name where it has a town.
_TOWNED = re.compile(
    rf"(?m)(?=[A-Z])(?:(?<=^)|(?<=[.!?] )|(?<= at )|(?<=, and ))((?:The )?{TOKEN})"
    r"(?=, (?:in|on|at|near|based in) [A-Z][\w'’ ]{2,30}, (?:and (?:The )?[A-Z]|"
    r"(?:has been|have been|was|were) (?:both )?(?:rated|judged|graded|inspected|told|placed)\b))"
)
_GRADE = (
    r"(?:[Ii]nadequate|[Oo]utstanding|[Gg]ood|[Rr]equir(?:es|ed|ing) [Ii]mprovement|[Ww]eak|"
    r"[Uu]nsatisfactory|[Aa]dequate|[Vv]ery [Gg]ood|[Ee]xcellent)"
)
_IN_A_LIST = re.compile(  # "… Oak Lodge inadequate, Elm Court as good and Ash House outstanding"
    rf"(?=[A-Z])(?:(?<=, )|(?<= and ))({NAMES})(?= (?:as |was |is )?['‘\"“]?{_GRADE}\b)"
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
    rf"({NAMES})(?= (?:to|after|over|for|in|at|on|and)\b|[,.])"
)
#: "Inspectors have marked Neal Harwick as 'requires improvement'": any verb, a name, a grade.
_GIVEN = re.compile(
    rf"\b(?:[a-z]{{2,}}ed|found|gave|gives?|given|put|puts|hands?) ({NAMES})"
    r"(?=,? (?:(?:as|to|be|an?|its|the|in|lowest|overall|rating|rated|grade|of) ){0,4}"
    rf"['‘\"“]?{_GRADE}\b)"
)


def _any_of(name: str) -> str:
    return "|".join(sorted(words(name)))


def _initials(*names: str) -> str:
    """The letters with which words of those lists begin, in either case, for a class."""
    first = {w[0] for name in names for w in words(name)}
    return "".join(sorted({c for f in first for c in (f.lower(), f.upper())} | set("iwrſKİı")))


#: "Staff at Cedar Falls were kind", "inspectors went to Little Acorns": whose else are they?
_PEOPLE_OF = re.compile(
    rf"(?=[{_initials('people_at', 'told_of')}IOCEWR])"
    rf"\b(?:(?i:{_any_of('people_at')}) at|(?i:{_any_of('told_of')})|"
    r"(?:[Ii]nspectors|Ofsted|CQC|Commission|Estyn|Inspectorate|[Ww]atchdog|[Rr]egulator)"
    r"(?: (?:from|for|of) (?:the )?(?:[A-Z]\w+ ?){1,4})?"
    r"(?:,? who)? (?:has |have |had )?(?:went to|visited|came to|called at|arrived at|returned to|"
    r"were at|inspected|found that|observed|has published its report on)) "
    rf"((?:The )?(?:{NAMES}|{TOKEN}))(?![\w-])"
)
#: "Said Redby Fells chief executive Ann Roe", "Ann Roe, managing director of Redby Fells".
_POST = (
    r"(?:chief executive|managing director|(?:registered|care|nursery|practice|general) manager|"
    r"operations director|head ?teacher|co-?founder|founder|principal)"
)
_LED_BY = re.compile(
    rf"(?<=[a-z,:] )({NAMES})(?:['’]s?)? {_POST}(?: [A-Z]|,)"
    rf"|\b{_POST} (?:of|at|for) ({NAMES})(?![\w-])"
)
#: "Called Foxglove and Daisy, the homes …", "a nursery named Little Acorns".
_CALLED = re.compile(rf"\b(?:[Cc]alled|[Nn]amed) ((?:The )?(?:{NAMES}|{TOKEN}))(?![\w-])")
CALLED = "called so"
#: A page that begins with a name alone: "Cedar Falls", and then tells of "the home".
_FIRST_LINE = re.compile(rf"\A\s*(?:Archived: )?({NAMES})[ ]*\n")
_OF_THE_SITE = re.compile(
    r"(?i)\b(?:logo|icon|banner|menu|navigation|search|log ?in|sign in|subscribe|account|news|"
    r"newsroom|online|edition|advertisement|image|photo|print|share|skip|contents?|website|gazette|"
    r"herald|journal|chronicle|advertiser|echo|express|mail|times|post|press)\b"
)
PEOPLE_OF = "whose people are spoken of"
_ALONE = {_PEOPLE_OF, _CALLED, _TOWNED, _VERDICT}  #: beside which one word is enough of a name
_PATTERNS = (
    (_CALLED, CALLED),
    (_GIVEN, "object of a verdict"),
    (_VERDICT, "subject of a verdict"),
    (_MID, "subject of a verdict"),
    (_OF, "object of an inspection"),
    (_VERB, "object of a verdict"),
    (_IN_A_LIST, "in a list of grades"),
    (_LINES, "in a list of grades"),
    (_NUMBERED, "a numbered heading"),
    (_TOWNED, "subject of a verdict"),
    (_PEOPLE_OF, PEOPLE_OF),
    (_LED_BY, PEOPLE_OF),
    (_FIRST_LINE, PEOPLE_OF),
)


def named_by_verdict(text: str) -> Iterator[tuple[int, int, str, bool]]:
    """Start and end of each, by which rule, and whether one word is enough of a name."""
    for pattern, rule in _PATTERNS:
        for m in pattern.finditer(text):
            start, stop = m.span(m.lastindex or 1)
            start = start_of(text, start, stop, keep_the=True)
            end = without_genitive(text, before_a_date(text, start, stop))
            if pattern is _TOWNED and _NAME_AT.search(text, max(0, start - 20), start):
                continue  # "Busy Bees at Harwick, in Redby"
            if pattern is _FIRST_LINE and _OF_THE_SITE.search(m[1]):
                continue  # "Daily Herald logo"
            if pattern is _PEOPLE_OF and _in_title_case(text, start):
                continue
            link = text.find(" and ", start, end)
            if pattern is _CALLED and link > 0 and _SEVERAL.match(text, end):
                yield start, link, rule, True
                start = link + len(" and ")
            yield start, end, rule, pattern in _ALONE


#: "Called Foxglove and Daisy, the sites …".
_SEVERAL = re.compile(r",? (?:the|two|three|both|these)(?: [a-z-]+){0,2} [a-z-]+s\b")


def _in_title_case(text: str, at: int) -> bool:
    """Whether all longer words of the line have capitals, so that a capital tells no name."""
    return _all_have_capitals(text, text.rfind("\n", 0, at) + 1)


@lru_cache(maxsize=16)  # a text may be one line that is full of names
def _all_have_capitals(text: str, line: int) -> bool:
    """Whether all longer words of the line that begins at `line` have capitals."""
    stop = text.find("\n", line)
    longer = _LONGER.findall(text, line, len(text) if stop < 0 else stop)
    return len(longer) > 2 and all(w[0].isupper() for w in longer)


_LONGER = re.compile(r"\b[^\W\d_]{5,}")


_NAME_AT = re.compile(r"[A-Z]\w* at \Z")
