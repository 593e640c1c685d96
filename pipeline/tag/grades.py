"""Words that could be a formal grade, and the reasons that make one of them such.

"Good" is mostly an everyday word. A word counts as a grade only with a reason: a verb of rating,
the word "rating" beside it, a move from one grade to another, a line "Safe: good", or quotation
marks in a sentence about a rating.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from pipeline.tag.frameworks import Framework
from pipeline.tag.grade_lines import by_its_line
from pipeline.tag.grade_words import PLACES, allowed_words, any_of, grades_in, guarded
from pipeline.tag.no_grade import (
    are_people,
    explained_grades,
    is_none,
    of_pupils,
    or_better,
    without_superlatives,
)
from pipeline.tag.own_scales import own_scale
from pipeline.tag.peers import all_of_some_kind
from pipeline.tag.reading import Reading, Sentence
from pipeline.tag.said_so import BODY_NOUN, names_inspectors, rated_far, said_so


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade word accepted as a formal grade. Offsets within the sentence."""

    start: int
    end: int
    grade: str
    rule: str
    verb: int  #: where the words that make it a grade begin
    of: tuple[str, ...] = ()  #: the aspects that stand beside it in a table


_NOUN = f"(?:{any_of('nouns')})"
_AFTER_NOUN = re.compile(
    rf"""["']?\s*(?:overall |ofsted |cqc |inspection |estyn )?{_NOUN}(?!\w)|["']?-(?:rated|"
    rf"graded)"""
)
#: "Six 'outstanding' grades and two 'good' grades were given to the force".
_SO_MANY_GRADES = re.compile(
    r"(?<!\w)(?<!grade )(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|\d\d?) [\"']?$"
)
_GRADES = re.compile(
    r"[\"']?(?: and (?:one|two|three|four|five|six|seven|eight|nine|ten|\d\d?) [\"']?[a-z ]{4,20}"
    r"[\"']?)? (?:grade|grading|rating|judge?ment|mark)s?(?!\w)"
)
_NO_BREAK = (
    r"(?:(?!(?<!\w)(?:that|which|because|praised|found|said|but|despite|although|however|"
    r"should|whether|saw)(?!\w))[^.;:]){0,120}?"
)
_RATED = re.compile(
    rf"(?<!\w)(?:{any_of('rated')})(?!\w)(?! (?:scale|system))({_NO_BREAK})(?:: ?)?[\"']?$"
)
_NOUN_BEFORE = re.compile(
    rf"(?<!\w)(?:{_NOUN}|overall effectiveness(?: of [^.,;:]{{2,50}}?)?|overall)"
    rf"(?: (?:of|as|is|was|are|were|remains?|"
    rf"remained|"
    r"stays|has been|before|before (?:that|this|then)|previously|earlier|"
    r"given|went|goes|moved?|fell|falls|drop(?:s|ped)?|improve[sd]?|from|to|up|"
    r"down|now|at|"
    r"an?|the|still|had|by [a-z ]{3,30}|also|both)){0,5}(?:\s*[:,-])?\s*(?:an? )?(?:overall "
    r")?(?:(?:one|two|three|four|five|six|[1-6]),? ?\(?)?[\"']?$"
)
_MOVE = re.compile(
    rf"(?<!\w)(?:{any_of('moved')})(?!\w)"
    rf"({_NO_BREAK})(?:from|to|out of|as|leaves?|left|behind)\s+(?:being |an? |its |the "
    rf")?(?:rated |overall )?[\"']?$"
)
_HELD = re.compile(
    r"(?<!\w)(?:given|gives?|gave|awarded|awards?|received|receives?|achiev(?:ed|es|ing)|got|"
    r"gets?|handed|earned|earns|retain(?:s|ed)|"
    r"kept|keeps|held|lost|loses|costs?|secured?|maintain(?:ed|s)|regain(?:ed|s)|stripped of|"
    r"called|declared|described as|remains?|remained|remaining|stays?|stayed|still|again|found|"
    r"finds|become|became|said to(?: be)?|"
    r"no longer|considered|is|was|were|are|been|being|both|shed|scored)(?!\w)"
    r"((?:(?!(?<!\w)(?:that|who|which|because|but|if|with)(?!\w))[^.;:]){0,45}?)[\"']?$"
)
#: How prison inspectors give their grades: "outcomes for prisoners were not sufficiently good".
_OUTCOMES_ARE = re.compile(
    r"(?<!\w)outcomes(?: for (?:prisoners|children|detainees|young people|men|women))?"
    r"(?: at [#a-z' -]{2,30})?"
    r"(?: in [a-z ]{3,20})? (?:were|are|was|remained|had become)(?: now| still| again)? [\"']?$"
)
_TO = re.compile(r"(?<!\w)(?:to|from|out of) (?:be |an? )?(?:overall )?[\"']?$")
_OVERALL_NEXT = re.compile(r"\"?'? (?:overall|in all|across the|in every)")
_REMAINS = re.compile(
    r"(?<!\w)(?:remains?|remained|stays?|stayed|continue[sd]? to be) (?:rated )?(?:an? )?[\"']?$"
)
_STOP = re.compile(r"[\"']?(?:[,.;]| and |$)")
_IN_SO_MANY = re.compile(
    r"[\"']? (?:in|for) (?:the (?:other|remaining) )?(?:one|two|three|four|five|six|seven|eight|"
    r"nine|ten|eleven|\d\d?)(?!\w)"
)
_CHAIN = re.compile(
    r"[\"']?[,;]?(?: (?!is|are|was|were|has|have|had|be|for|that|with|found|"
    r"said)[a-z'-]+,?){1,9} [\"']?"
    r"|[\"']?,? (?:and|but|while)(?: (?!(?:is|are|was|were|has|have|had|be|that|found|said)(?!\w))"
    r"[a-z'-]+){1,14} as [\"']?"
)
_PREDICATE = re.compile(
    r"(?:^|(?<=, )|(?<=ago )|(?<=time )|(?<=that ))it (?:still |also |now )?[\"']?$|"
    r"(?:services?|provision|children|leavers|needs|protection|management|education|"
    r"leadership|attitudes|home|school|force|"
    r"council|authority|crime|effectiveness|trust|service|college|governance|safety|nursery|"
    r"academy|hospital|practice|surgery|agency|prison|apprenticeships)(?:'s)?"
    r"(?: in [a-z'-]{3,25})? (?:still |now |also |both |all |each )?[\"']?$"
)

#: "Was good in 2020 but requires improvement now".
_AND_NOW = re.compile(r"(?<!\w)(?:but|and) (?:it )?(?:now |still )?$")
_AT_ITS_LAST = re.compile(
    r"[\"']? (?:at|after|in|following|on) (?:its|the|their|an?) (?:last|previous|earlier) "
    r"(?:[a-z]+ )?(?:inspection|visit|report)"
)
#: "Had been outstanding since 2009"; "not inspected since 2009, when it was outstanding".
_STOOD = re.compile(r"(?<!\w)(?:had|has|have) been (?:an? )?[\"']?$")
_WHEN_IT_WAS = re.compile(
    r"(?<!\w)(?:19|20)\d\d,? when (?:it|they|the [a-z]+) (?:was|were) (?:an? )?[\"']?$"
)
_SO_LONG = re.compile(
    r"[\"']?(?: (?:since|until|for (?:more than |over |nearly |almost )?(?:an?|the|[a-z]+|\d+) "
    r"(?:past |last )?(?:[a-z]+ )?(?:years?|decades?))(?!\w))"
)
#: "Inspectors have called a surgery inadequate".
_CALLED = re.compile(
    r"(?<!\w)(?:inspectors?|ofsted|cqc|estyn|watchdog|regulator|commission)(?!\w)[^.;:]{0,40}"
    r"(?<!\w)(?:called|found|declared|branded|deemed|considered)(?!\w)"
    r"(?: (?:the|an?|its?|this))?(?: [a-z'-]+){0,4} [\"']?$"
)
#: "Systems for safety that were 'inadequate'": what inspectors say of things.
_THINGS_WERE = re.compile(
    r"(?<!\w)(?:systems?|process(?:es)?|arrangements|procedures?|polic(?:y|ies)|records?|"
    r"record-keeping|checks|controls|measures|plans|numbers|levels|supplies|supervision|equipment|"
    r"facilities|steps|responses?|documentation|monitoring|audits?)"
    r"(?:(?! (?:and|which) )[^.,;:]){0,60}? (?:was|were|is|are|being|been|often|found) [\"']?$"
)
#: "A 'good' went to Alder Primary for its curriculum".
_WENT_TO = re.compile(r"[\"'] (?:went|goes|was (?:given|awarded)|is given) to(?!\w)")
#: "Among the inadequate areas were how it responds to the public and …".
_AMONG = re.compile(r"(?:^|(?<!\w)(?:among|amongst|including)) (?:the |its )?[\"']?$")
_ARE_AREAS = re.compile(r"[\"']? (?:areas|categories|themes|aspects|fields)(?!\w)(?! of)")
#: Early years reports before 2012 gave a line to each outcome: "The provision is good."
_PROVISION = re.compile(r"[\s*•>-]*the (?:quality of (?:the )?)?provision is (?:now )?[\"']?")
_AT_STANDARD = re.compile(
    r"(?<!\w)(?<!needed to )(?<!work to )(?<!order to )(?<!that to )(?<!done to )"
    r"(?:at|meets?|meeting|met|reach(?:es|ed)?|achieved) (?:the |an? )?[\"']?$"
)


def graded(sentence: Sentence, text: str, allowed: frozenset[str] = frozenset()) -> list[Graded]:
    """The formal grades in a sentence, left to right. `text` is the sentence as written; of the
    guarded words only those in `allowed` count."""
    matches = [m for m in grades_in(sentence.low) if m[2] in allowed or m[2] not in guarded()]
    if not matches or len(matches) > 24:
        return []
    matches = without_superlatives(sentence.low, matches)
    explained = explained_grades(sentence.low, matches, _RATED)
    moves = _from_to(sentence.low, matches)
    found: list[Graded] = []
    for start, end, word in matches:
        if (start, end) in explained:
            continue
        if (start, end) in moves:
            found.append(Graded(start, end, word, "moved", moves[start, end]))
            continue
        reason = _reason(sentence.low, text, start, end, word, found)
        if reason and (word not in guarded() or _plainly(sentence.low, start, reason[0])):
            found.append(Graded(start, end, word, *reason))
    return found


_FROM = re.compile(r"(?<!\w)from (?:being |an? |its |previous )*(?:rated )?[\"']?$")
_TO_THE_NEXT = re.compile(
    r"[\"']?(?: (?:overall|rating|grade|judge?ment|last time|in [a-z]* ?(?:19|20)\d\d))*,? to "
    r"(?:being |be |an? |now )*(?:rated )?[\"']?"
)
_RANGE = re.compile(
    r"(?<!\w)(?:rang|scale|var(?:y|ie)|anything|everything|anywhere|mix)[a-z]*[^.;]*$"
)


def _from_to(low: str, matches: list[tuple[int, int, str]]) -> dict[tuple[int, int], int]:
    """The two grades of "from inadequate to good", whatever the verb; where the move begins."""
    made: dict[tuple[int, int], int] = {}
    for (a, b, one), (c, d, other) in pairwise(matches):
        start = _FROM.search(low, max(0, a - 40), a)
        if start is None or one == other or not _TO_THE_NEXT.fullmatch(low, b, c):
            continue
        alone = not low[: start.start()].strip() and not low[d:].strip("\"'. ")  # a heading
        if not alone and not _RANGE.search(low[:a]):
            made |= {(a, b): start.start(), (c, d): start.start()}
    return made


#: "It was adequate, the report said, at investigating crime".
_SAYS = r"(?:, [^,;.]{3,40} (?:said|says|found|finds|added|adds|noted|wrote),)?"
_GOOD_AT = re.compile(rf"[\"']?{_SAYS} at (?!present|the moment|this)")


def _plainly(low: str, start: int, rule: str) -> bool:
    """Whether an everyday word is a grade beyond doubt: "graded inclusion as exceptional"."""
    if rule == "rated":
        return bool(re.search(r"(?:rated|graded|judged|as|to be)(?: an?)? [\"']?$", low[:start]))
    return rule in _PLAIN


_PLAIN = frozenset(
    (
        "counted",
        "standard", "essential standard", "conclusion", "progress", "code", "line",
        "grade and the word rating", "moved", "and so on",
    )
)  # fmt: skip


def marks(reading: Reading, framework: Framework | None = None) -> dict[int, list[Graded]]:
    """The formal grades of every sentence of the story, by the sentence's start."""
    allowed = allowed_words(framework)
    kinds = [b.kind for b in reading.bodies]
    made = {}
    for s in reading.sentences:
        if not s.furniture:
            low = s.low
            for a, b in all_of_some_kind(low, kinds):  # no count of others
                low = low[:a] + "#" * (b - a) + low[b:]
            line = replace(s, low=low) if low != s.low else s
            made[s.start] = graded(line, reading.quote(s.start, s.end), allowed)
    return made


def _reason(
    low: str, text: str, start: int, end: int, name: str, found: list[Graded]
) -> tuple[str, int] | None:
    """Why the word at `start:end` is a formal grade: rule and where its evidence begins."""
    before, after = low[max(0, start - 130) : start], low[end : end + 60]
    offset = max(0, start - 130)
    word = low[start:end]
    if name in PLACES and (of_pupils(low[:start]) or _SOME_OF_THE.search(before)):
        return None
    if own := own_scale(low, start, end, name):
        return own if own[0] else None
    if low.startswith("grade", start):
        return (
            None if or_better(after) else ("numbered", start)
        )  # "grade fours in almost all categories"
    if re.match(r"an? (?:[1-6]|one|two|three|four|five|six) ?[(,-]", word):
        return "rating of", start  # "a 5 (very good) for wellbeing"
    quoted = before[-1:] in ("'", '"') and after[:1] in ("'", '"', ",", ".")
    noun = _AFTER_NOUN.match(after)
    if _SO_MANY_GRADES.search(before) and (_GRADES.match(after) or _counted_on(found, start)):
        return "counted", start
    if is_none(before, after, noun=noun is not None):
        return None
    rated, moved = _RATED.search(before), _MOVE.search(before)
    if rated and moved and moved.start() > rated.start() and _TO.search(before):
        return "moved", offset + moved.start()  # "rated good in 2022, was upgraded to"
    firm = (("rated", rated), ("moved", moved), ("rating of", _NOUN_BEFORE.search(before)))
    far = (("rated", rated_far(low, start)),)
    for rule, hit in chain(firm, far, said_so(low, before, word, after, quoted=quoted)):
        if hit:
            return rule, offset + hit.start()
    if noun:
        return "grade and the word rating", start
    if _PROVISION.fullmatch(low[:start]) and not low[end:].strip(" .'\""):
        return "line", 0
    return by_its_line(low, start, end) or _weaker(low, text, start, end, found, quoted)


#: "Some of the best grades there are": which, nobody says.
_SOME_OF_THE = re.compile(r"(?<!\w)(?:some|one|among|amongst|many|any|most)(?: of)? $")


def _counted_on(found: list[Graded], start: int) -> bool:
    """ "One 'good' grade, three 'adequate' and two 'inadequate'": the noun stands but once."""
    return bool(found) and found[-1].rule == "counted" and start - found[-1].end < _NEAR


_NEAR = 40  #: code points between two grades of a list


def _weaker(
    low: str, text: str, start: int, end: int, found: list[Graded], quoted: bool
) -> tuple[str, int] | None:
    """Reasons that need a sign of formality: quotation marks, a capital, "overall", an aspect."""
    offset = max(0, start - 130)
    before, after = low[offset:start], low[end : end + 60]
    capital = text[start : start + 1].isupper() and start > 0
    formal = quoted or capital or _OVERALL_NEXT.match(after) is not None
    onward = re.match(r"[\"']? (?:for|at|in|on)(?!\w)", after) is not None
    if (onward and are_people(before)) or _THINGS_WERE.search(before):
        return None
    held = _HELD.search(before)
    improvement = low.startswith("requir", start)
    called = _CALLED.search(before) if low[start:end] in ("inadequate", "outstanding") else None
    at_standard = low[start:end].endswith("standard") and _AT_STANDARD.search(before)
    if at_standard:
        return "held", offset + at_standard.start()
    if low[start:end].endswith("to be good"):
        return "held", start
    if called and _STOP.match(after):
        return "held", offset + called.start()
    if held and (
        formal or (improvement and _subject(before)) or (onward and not held[0].startswith("is "))
    ):
        return "held", offset + held.start()
    if (quoted and _WENT_TO.match(after)) or (_AMONG.search(before) and _ARE_AREAS.match(after)):
        return "held", start
    if _OUTCOMES_ARE.search(before):
        return "held", start
    if rule := _in_passing(before, after, bool(found), improvement=improvement):
        return rule, start
    remains = _REMAINS.search(before)
    if remains:
        return "held", offset + remains.start()
    of_learning = re.search(r"school|academ|nurser|pupils|children|teach|staff|college", low)
    if held and not of_learning and _GOOD_AT.match(after):
        return "good at", offset + held.start()
    if found and _goes_on(low, start, after, found[-1].end, formal or onward):
        return "and so on", start
    which = r", which [\"']?$" if improvement else r", which (?:was|were|is|are) [\"']?$"
    if found and re.search(which, before) and _STOP.match(after):
        return "and so on", start
    return _quoted(low, start, end, onward) if quoted else None


def _in_passing(before: str, after: str, found: bool, *, improvement: bool) -> str:
    """The rule by which few words around it make it a grade; "" if none does."""
    if improvement and _AT_ITS_LAST.match(after):
        return "predicate"
    if improvement and found and _AND_NOW.search(before):
        return "and so on"
    stood = _STOOD.search(before) and _SO_LONG.match(after)
    if stood or (_WHEN_IT_WAS.search(before) and _STOP.match(after)):
        return "held"
    all_do = _PREDICATE.search(before) or re.search(r"(?:all|each|both) [\"']$", before)
    return "predicate" if improvement and all_do else ""


def _goes_on(low: str, start: int, after: str, last: int, marked: bool) -> bool:
    """Whether the grade goes on with the list that the grade ending at `last` began."""
    if marked and start - last < 160:
        return True
    stops = _STOP.match(after) or _IN_SO_MANY.match(after)
    return _CHAIN.fullmatch(low[last:start]) is not None and stops is not None


def _quoted(low: str, start: int, end: int, onward: bool) -> tuple[str, int] | None:
    """A grade in quotation marks: of a body, in a list, or in a sentence about a rating."""
    after = low[end : end + 60]
    if onward and re.fullmatch(r"[\s•*>-]*[\"']", low[:start]):
        return "line", 0
    if re.match(rf"[\"']? {BODY_NOUN}(?!\w)", after):
        return "quoted, of a body", start
    about = re.search(r"report|judg|rating|authorit|council", low) or names_inspectors(low)
    everyday = low[start:end] in ("good", "poor", "weak", "excellent")
    if about and _RESULT.match(after):
        return "quoted", start
    if about and (not everyday or (re.match(r"[\"'] [a-z]+", after) and "authorit" in low)):
        return "quoted", start
    return None


#: "A 'good' Ofsted report", "'inadequate' results".
_RESULT = re.compile(
    r"[\"'] (?:(?:ofsted|cqc|estyn|overall|inspection|inspectors') )*"
    r"(?:reports?|results?|outcomes?|findings?|inspections?|bill of health)(?!\w)"
)


def _subject(before: str) -> bool:
    """Whether what "requires improvement" is a service, not some areas or things."""
    return not re.search(
        r"(?:areas?|aspects?|things|some|which|that|practice|elements?|parts?)\s+(?:\w+\s+){0,2}$",
        before,
    )
