"""Strengths and weaknesses: what a story says was found, clause by clause, and who says it."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from pipeline.models import Finding
from pipeline.tag.before import told_of_before
from pipeline.tag.cues import Hit, cues
from pipeline.tag.grades import Graded
from pipeline.tag.literals import Sought
from pipeline.tag.numbers import GRADE
from pipeline.tag.reading import Reading, Sentence

Polarity = Literal["strength", "weakness"]

FILE = "findings.yaml"
_GRADE = Sought(
    r"(?:[\"']?(?:outstanding|good|requir(?:es?|ed|ing)[- ]improvement(?: to be good)?|"
    r"inadequate|adequate|weak|satisfactory|"
    r"excellent|poor|unsatisfactory)[\"']? (?:overall )?(?:rating|grade|judge?ment|grading|"
    r"verdict)s?)"
    r"|(?<!\w)(?:rated|rate|judged|graded|deemed|branded|rating of|downgraded|upgraded|"
    r"awarded|overall effectiveness|overall)"
    r"(?: (?!with|and|for)[a-z'-]+){0,6}? ?(?:an? )?[\"']?(?:outstanding|good|requires? "
    r"improvement|inadequate|adequate|excellent|weak|poor)(?!\w)[\"']?"
    r"|[\"'](?:outstanding|good|requires? improvement|inadequate|adequate|excellent|weak|poor|"
    r"satisfactory)[\"']"
    r"|(?<!\w)(?:an?|the) (?:outstanding|good|excellent|poor|adequate) one(?!\w)"
    r"|(?<!\w)(?:good|outstanding|inadequate)-rated|requires? improvement(?= ?[.:;,]|$)"
    r"|(?<!\w)(?:effectively|efficiently|legitimately) (?:keeping|reducing|protecting|"
    r"treating|using)|requiring significant improvement"
)
#: Key questions of the CQC: beside a grade, "effective" is what was graded, not praise.
#: "1 - unsatisfactory, 2 - weak, 3 - adequate": a scale, not what was found.
_WORD = rf"[\"']?{GRADE}[\"']?"
_SCALE = Sought(
    rf"(?<!\w)(?:\(?\d\)?\s?[-=:.]?\s?)?{_WORD}"
    rf"(?:[\s,;/]*(?:(?:and|or|to|through)\s)?(?:\(?\d\)?\s?[-=:.]?\s?)?{_WORD}(?:\s\(\d\))?){{2,}}(?!\w)"
)
#: "One was graded as outstanding and three good": how many got a grade.
_COUNTED = Sought(
    rf"(?<!\w)(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) "
    rf"(?:(?:is|was|were|rated|graded|judged|as) ){{0,3}}{_WORD}(?= ?[,.;]| and |$)"
)
_QUESTIONS = re.compile(r"(?<!\w)(?:safe|effective|caring|responsive|well-led)(?!\w)")
_NONE_AT_RISK = re.compile(
    r"(?<!\w)(?:no|any|not (?:find|see|identify|come across)[a-z ]{0,20}|none of the) "
    r"(?:[a-z']+ ){0,4}?(?:examples?|instances?|evidence|cases?|child(?:ren)?|pupils?|"
    r"patients?|people|residents?|decisions?)"
    r"[^.;]{0,120}?(?:(?:immediate |significant |serious )?(?:risk|harm)|unsafe|danger)"
)
_MODAL = re.compile(
    r"(?<!\w)(?:should|must|would|will|could|needs? to|needed to|aims? to|plans? to)(?!\w)"
)
_RESOLVED = re.compile(
    r"(?: [a-z]+){0,6} (?:had|have|has|were|was|is|are) (?:(?:all|now|been|since|soon|then|being|"
    r"[a-z]+ly) )*(?:addressed|tackled|resolved|met|acted on|completed|dealt with|put right|"
    r"remedied|overcome|fixed|rectified|corrected)(?!\w)"
)
#: "Gaps in learning are soon spotted and closed": what is seen at once is no weakness.
_SEEN_TO = re.compile(
    r"(?: (?!not|never|nor|rarely|seldom)[a-z]+){0,5} (?:is|are|was|were|being) (?:(?:all|then|"
    r"also|now) )*(?:(?:soon|quickly|swiftly|promptly|rapidly|immediately|early|well) )?"
    r"(?:(?:spotted|noticed|identified|assessed|picked up) and (?:(?!not)[a-z]+ )?)?(?:closed|"
    r"narrowed|filled|shut|bridged|dealt with|tackled|resolved|put right|addressed|managed)(?!\w)"
)
#: "Rapid improvement ordered", "had not shown the capacity for improvement": none was made.
_NOT_MADE = re.compile(
    r"(?:[\"' ]{1,2}[a-z]+)?[\"' ]{1,2}(?:(?:is|are|was|were|being) )?(?:ordered|demanded|urged|"
    r"sought|promised|pledged|called for|awaited|vital|essential|imperative)(?!\w)"
)
_ABLE = re.compile(
    r"(?<!\w)(?:capacity|capability|ability|able|plans?|potential)[\"']? (?:to|for)(?!\w)[^.;,]*$"
)
#: "Inspectors came after concerns were raised": why they came is not what they found.
_PROMPTED = re.compile(
    r"(?<!\w)(?:visit|inspect|came|went|arriv|carried out|prompted|triggered|sparked|follow|respon|"
    r"investigat)[a-z]*(?!\w)[^.;]{0,60}?(?:(?:after|by|to|because of|due to|amid|over)|"
    r"(?:follow|respond)(?:s|ed|ing)? to|following|followed|follows) (?:[a-z]+ ){0,2}$"
)
#: "No records of bad behaviour were kept": it is the remedy that there is none of.
_NO_REMEDY = re.compile(
    r"(?<!\w)(?:no|without|neither|not) (?:[a-z]+ ){0,2}(?:records?|logs?|plans?|checks?|systems?|"
    r"process(?:es)?|procedures?|analysis|monitoring|investigations?|action|oversight|follow-up|"
    r"help|support|consequences?|sanctions?|guidance|training|assessments?|strategy|polic(?:y|ies)"
    r"|response) (?:[a-z]+ ){0,4}$"
)
_CLAUSE = re.compile(r"[,;:()]| - |(?<!\w)(?:and|which|who|that|because|so|or)(?!\w)(?! not)")
_PLAIN_NO = re.compile(
    r"(?<!\w)(?:no|not|nor|never|without(?! (?:notice|warning))|none|nothing|nobody)(?!\w)"
)
_RESOLVING = re.compile(
    r"(?<!\w)(?:address(?:ed|ing)?|tackl(?:ed|ing)|resolved|met|no|work on|acted on|"
    r"progress (?:in relation to|on|against|with|towards)|followed up)(?: \w+){0,4} $"
)
#: "for people who do not use the internet" says for whom something is, not what is wrong.
_FOR_WHOM = re.compile(
    r"(?:people|those|children|pupils|patients|residents|families|parents|carers|women|men|"
    r"students|users|learners) who (?=(?:do|are|have|can) not|cannot|don't|aren't|can't|never)"
)
#: "For children who are at risk, arrangements are strong", "help for those who struggle".
_OF_THEM = re.compile(
    r"(?<!\w)(?:people|those|children|pupils|patients|residents|families|parents|carers|women|men|"
    r"students|users|learners|prisoners|adults|offenders|victims|anyone|child|someone) "
    r"(?:in [a-z#]+ )?(?:and |, )?(?:who|that) (?:(?:are|is|may|might|need|struggle|suffer|go|face)"
    r"(?!\w)[a-z ,']{0,40})?$"
)
#: "Helped to feel safe" is; "work to keep people safe" is what it is for.
_HELPED = re.compile(
    r"(?<!\w)(?:help|support|abl|allow|enabl|continu|manag|come|came|grow|grew|learn|encourag|inspir|"
    r"motivat|empower)[a-z]*(?: [a-z']+){0,3} to $"
)
#: "A robust system must be put in place", "so that children are in safer rooms": not so yet.
_TO_COME = re.compile(
    r"[^.,;:\"]{0,70}?(?<!\w)(?:must|should|needs? to|ha(?:s|ve) to|ought to|is to|are to|"
    r"(?:is|are|was|were) (?:needed|required|wanted|expected))(?!\w)"
)
_SO_THAT = re.compile(r"(?<!\w)(?:so that|so as to|in order to|in order that)(?!\w)[^.;]*$")
#: "Do not know whether it is reported accurately", "no longer have confidence that they lead well".
_DOUBTED = re.compile(
    r"(?<!\w)(?:not|never|cannot|unable to) (?:[a-z]+ )?(?:know|sure|assured|confident|satisfied|"
    r"show|tell|demonstrate|evidence|convinced)(?!\w)[^.;]*$"
    r"|(?<!\w)(?:no longer|not|little|lost|no|without) (?:ha(?:s|ve|d) )?(?:any |enough |full )?"
    r"(?:confidence|trust|faith|assurance)(?!\w)[^.;]*$"
)
#: "Did not put weaknesses right", "not addressing bullying": still there.
_NOT_MENDED = re.compile(
    r"(?<!\w)(?:not|never|without|nor|fail(?:s|ed|ing)? to|unable to|cannot) (?:[a-z]+ly )?(?:put|"
    r"address|tackl|resolv|fix|deal|act|correct|remed|rectif|solv|"
    r"investigat|follow|respond|manag|reduc|prevent)[a-z]*(?!\w)[^.;]*$"
)
#: "Never seen worse", "few as bad as this": the worst of all.
_WORST = re.compile(
    r"(?<!\w)(?:worse|more|poorer|dirtier|as|so) $|^(?:worse|poorer|weaker|more [a-z]+)"
)
_AWAY = re.compile(r"(?<!\w)without(?: [a-z'-]+){1,4} (?:is|was|are|were|has|have)(?!\w)")
#: "This does not offer the care that people need to feel safe": all that follows is not there.
_NOT_GIVEN = re.compile(
    r"(?<!\w)(?:does|do|did) not (?:always |yet |fully |consistently )?(?:offer|provide|give|"
    r"ensure|enable|allow)(?!\w)[^.;,]*$"
)
#: "Not safe, well-led, responsive or effective": none of them.
_NONE_OF = re.compile(
    r"(?<!\w)(?:not|neither|never)(?: always| fully| yet| sufficiently| consistently)? "
    r"(?:[a-z]+ly )?(?:[a-z-]+(?:, (?:or |nor |and )?| or | nor | and ))+(?:[a-z]+ly )?$"
)
#: "To evidence safe, effective and compassionate care": all of it is wished.
_WISHED_LIST = re.compile(
    r"(?<!\w)(?:to|should|must|would) (?:[a-z]+ ){1,2}(?:[a-z-]+(?:, (?:or |and )?| or | and ))+$"
)
#: "Ensure that premises are clean": what must be done, as lists of demands put it.
_DEMANDED = re.compile(
    r"[\W\d]*(?:(?:further )?(?:ensure|improve|provide|take all|take action|make sure|develop|"
    r"strengthen|see (?:to it )?that|continue to|establish|implement|introduce|embed|raise|review))"
    r"(?= (?!is|are|was|were|has|have|had)[a-z])"
)
#: "It needed stable leadership": what is not there.
_NEEDED = re.compile(
    r"(?<!\w)(?:it|they|prison|jail|school|college|service|home|trust|hospital|force|council|"
    r"leaders|partnership|unit|ward) (?:now |still |also |urgently )?"
    r"(?:needs|need|needed|requires|required|wants|wanted)(?! to)(?!\w)[^.;]*$"
)
#: "After scrutinising how well it reduces crime, keeps people safe and works efficiently".
_LOOKED_HOW = re.compile(
    r"(?<!\w)(?:look|assess|scrutin|examin|consider|inspect|evaluat|review|test)[a-z]*(?: at| on)? "
    r"(?:[a-z]+ )?(?:how (?:well|effectively|efficiently|far|good)|whether)(?!\w)[^.;:]*$"
)
_FAR = 200  #: code points before a cue that are read for what turns it
_HARMLESS = re.compile(r"(?<!\w)(?:no|none|did not|didn't|not|never|without)(?!\w)")


def findings(reading: Reading, marks: dict[int, list[Graded]]) -> tuple[Finding, ...]:
    """Every clause that inspectors, the body or others put forward as good or bad.

    Grades are left out (they are judgements); so are explanations, wishes and what an earlier
    inspection found. A sentence with both polarities gives one finding
    of each; the quote is always the whole sentence.
    """
    made: list[Finding] = []
    now: list[Finding] = []  # without what was found before, unless nothing else is told
    before = told_of_before(reading)
    for sentence in reading.sentences:
        if sentence.furniture or len(sentence.low) < 18 or _is_label(sentence):
            continue
        if cues(FILE, "not-findings").find(sentence.low) or asks(sentence.low):
            continue
        low = reading.bare(sentence)
        for past in cues(FILE, "history").all(low):
            low = low[: past.start] + "#" * (past.end - past.start) + low[past.end :]
        for mark in marks.get(sentence.start, ()):
            if mark.rule == "outcome":
                continue  # "widespread systemic failings" is a grade and a finding
            low = low[: mark.start] + "#" * (mark.end - mark.start) + low[mark.end :]
        if "#" in low and sentence.start in marks and marks[sentence.start]:
            low = _QUESTIONS.sub(lambda m: "#" * len(m[0]), low)
        found = _sentence(reading, sentence, low)
        made.extend(found)
        now.extend(found if sentence.start not in before else ())
    graded_now = any(found and start not in before for start, found in marks.items())
    return tuple(now if now or graded_now else made)


#: "Is the practice effective?", also where the mark is missing in a list of questions.
_ASKS = re.compile(
    r"[^a-z]*(?:is|are|was|were|do|does|did|how (?:well|good|effective(?:ly)?|far)) "
    r"(?:the|it|they|we|this|our|services?|people|children|leaders|staff)(?!\w)[^.,;]*$"
)


def asks(low: str) -> bool:
    """Whether a folded sentence is a question: it finds nothing."""
    return low.rstrip(" \"'").endswith("?") or _ASKS.match(low) is not None


def _is_label(sentence: Sentence) -> bool:
    """A heading such as "Leadership matters" states nothing; a headline with a verb may."""
    if not sentence.heading:
        return False
    return len(sentence.low.split()) < 4 or bool(re.fullmatch(r"[^a-z]*", sentence.low))


def _sentence(reading: Reading, sentence: Sentence, low: str) -> list[Finding]:
    clauses = [(a, b, *verdict) for a, b, verdict in _clauses(low) if verdict]
    if not clauses:
        return []
    first: dict[Polarity, str] = {}
    for _, _, polarity, rule in clauses:
        first.setdefault(polarity, rule)
    body = sentence.about[0] if len(sentence.about) == 1 else None
    start, end = _trim(sentence.low, 0, len(sentence.low))
    made = []
    for polarity, rule in first.items():
        made.append(
            Finding(
                polarity=polarity,
                body=body,
                speaker=sentence.speaker,
                start=sentence.start + start,
                end=sentence.start + end,
                quote=reading.quote(sentence.start + start, sentence.start + end),
                rule=rule,
                confidence="stated" if sentence.attributed else "implied",
            )
        )
    return made


_SEMICOLON = re.compile(r";")
_CONCEDED = re.compile(r"(?:despite|in spite of)(?!\w)")


def _clauses(low: str) -> list[tuple[int, int, tuple[Polarity, str] | None]]:
    """The clauses of a sentence, cut where it turns, each with its polarity and rule."""
    cuts = [
        0,
        *(h.start for h in cues(FILE, "contrast").all(low)),
        *(m.end() for m in _SEMICOLON.finditer(low)),
        len(low),
    ]
    cuts = sorted(set(cuts))
    clauses = []
    for a, b in pairwise(cuts):
        part = low[a:b]
        if _CONCEDED.match(part):
            comma = part.find(", ")
            if comma < 0:
                continue
            a += comma + 2
        clauses += [(x, y, polarity(low[x:y])) for x, y in _turns(low, a, b)]
    return clauses


#: "Safety had got worse, activities had improved": where the next main clause begins.
_NEXT = re.compile(
    r", (?:and )?(?=(?!who|which|that|where|when|whose|because|so|as|if)"
    r"(?:(?!how |what |that |which |who |and |or |of )[a-z'-]+ ){1,5}?"
    r"(?:was|were|is|are|has|have|had)(?!\w))"
)


#: "While people were pleased with their care, records were poor": good and bad.
_CONCEDING = re.compile(r"[\"' ]*(?:while|although|though|whilst)(?!\w)[^,;]{12,160}, ")


def _turns(low: str, start: int, end: int) -> list[tuple[int, int]]:
    """A clause as it is, or cut at its main clauses where these say good and bad."""
    conceding = _CONCEDING.match(low, start, end)
    if conceding:
        return [(start, conceding.end()), (conceding.end(), end)]
    score = _weighed(low[start:end])[0]
    if not (score["strength"] and score["weakness"]):
        return [(start, end)]
    cuts = [start, *(m.end() for m in _NEXT.finditer(low, start, end)), end]
    return list(pairwise(cuts))


def polarity(clause: str) -> tuple[Polarity, str] | None:
    """Whether a folded clause is a strength or a weakness, and by which record."""
    score, first = _weighed(clause)
    if not first:
        return None
    best: Polarity = "strength" if score["strength"] > score["weakness"] else "weakness"
    return best, first[best]


@lru_cache(maxsize=64)  # asked before a clause is cut, and again where it is not
def _weighed(clause: str) -> tuple[dict[Polarity, int], dict[Polarity, str]]:
    """How much speaks for either, and the first record that does."""
    for grades_ in (_SCALE, _GRADE, _COUNTED):
        clause = grades_.sub(lambda m: "#" * len(m[0]), clause)
    if _NONE_AT_RISK.search(clause) and _HARMLESS.search(clause):
        return {"strength": 1, "weakness": 0}, {"strength": "no risk found"}
    good, bad = cues(FILE, "strengths"), cues(FILE, "weaknesses")
    score: dict[Polarity, int] = {"strength": 0, "weakness": 0}
    first: dict[Polarity, str] = {}
    for own, cue in (("strength", good), ("weakness", bad)):
        for hit in cue.all(clause):
            turned = _turn(clause, hit, own)  # type: ignore[arg-type]
            if turned:
                score[turned] += cue.weights[hit.id]
                first.setdefault(turned, hit.id)
    return score, first


def _turn(clause: str, hit: Hit, own: Polarity) -> Polarity | None:
    """The polarity of a cue in its place: turned by a negation, dropped where it is only wished."""
    near = max(0, hit.start - _FAR)
    window = _CLAUSE.split(clause[max(0, hit.start - 45) : hit.start])[-1]
    if _LOOKED_HOW.search(clause, 0, hit.start):
        return None
    if hit.id == "not-done" and _FOR_WHOM.search(clause, max(0, hit.start - 14), hit.end):
        return None
    if own == "weakness" and hit.id in ("not-done", "recommended", "area-for-improvement"):
        resolved = _RESOLVING.search(window) or _RESOLVED.match(clause, hit.end)
        if resolved:
            return "strength" if hit.id == "area-for-improvement" else None
        return own
    told = clause[hit.start : hit.end]
    concern = told.startswith("concern") or told.endswith("concerns")
    if concern and _PROMPTED.search(clause, near, hit.start):
        return None
    if own == "weakness" and _OF_THEM.search(clause, max(0, hit.start - 90), hit.start):
        return None
    window = " ".join(window.split(" ")[-7:])
    wished = bool(cues(FILE, "wished").find(window) or _MODAL.search(clause[: hit.start]))
    denied = cues(FILE, "negation").find(_AWAY.sub("", window)) is not None
    if own == "strength":
        missing = denied and not re.search(r"not only|no doubt", window)
        return _turn_good(clause, hit, missing=missing, wished=wished)
    if _SEEN_TO.match(clause, hit.end) and not denied:
        return None
    if denied and _NO_REMEDY.search(clause, near, hit.start):
        return "weakness"
    worst = _WORST.search(clause, near, hit.start) or _WORST.match(clause[hit.start : hit.end])
    if (denied and worst) or _NOT_MENDED.search(clause, near, hit.start):
        return "weakness"
    if denied:
        meant = _MODAL.search(window)  # "so that it would not be broken"
        return "strength" if _PLAIN_NO.search(window) and not meant else None
    return None if wished else "weakness"


def _turn_good(clause: str, hit: Hit, *, missing: bool, wished: bool) -> Polarity | None:
    """The polarity of a good word in its place."""
    near = max(0, hit.start - _FAR)
    meant = hit.id == "benefits" and clause.endswith("to ", 0, hit.start)
    if meant and not _HELPED.search(clause, near, hit.start):
        return None
    if hit.id == "improved":
        able = _ABLE.search(clause, near, hit.start)
        if able and not missing:
            missing = cues(FILE, "negation").find(clause, near, able.start()) is not None
        if (able and not missing) or _NOT_MADE.match(clause, hit.end):
            return None
    if _DOUBTED.search(clause, near, hit.start):
        return "weakness"
    if _TO_COME.match(clause, hit.end) or _SO_THAT.search(clause, near, hit.start):
        return None
    if _NOT_GIVEN.search(clause, 0, hit.start) or _NONE_OF.search(clause, 0, hit.start):
        return "weakness"
    if _WISHED_LIST.search(clause, 0, hit.start):
        return None
    if _DEMANDED.match(clause) or _NEEDED.search(clause, 0, hit.start):
        return None
    if missing:
        return "weakness"
    return None if wished else "strength"


def _trim(low: str, start: int, end: int) -> tuple[int, int]:
    while start < end and low[start] in " ,;:-":
        start += 1
    while end > start and low[end - 1] in " ,;:-":
        end -= 1
    return start, end
