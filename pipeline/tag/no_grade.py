"""Words of grades that are none: everyday words, shares, denials, others', scales explained."""

from __future__ import annotations

import re

from pipeline.tag.grade_words import PLACES, with_numbers

_ORDINARY_NEXT = re.compile(
    r"""["']?\s+(?:practice|work|progress|news|debts?|recruitment|staffing|training|support|"
    r"care|start|"""
    r"relationships?|standards?|quality|example|levels?|provision of|supervision|checks?|"
    r"arrangements|use|"
    r"communication|teaching|behaviour|leadership|outcomes|understanding|knowledge|job|deal|"
    r"reason|"
    r"opportunit|experience|health|result|value|order|idea|way|time|time|number|team|"
    r"education|access|governance|management|oversight|systems?|records?|risk|working|help|food|"
    r"contributions?|achievement|attendance|resources?|funding|preparation|response|concerns?|"
    r"actions?|features?|elements?|touches|characteristics|moments|examples?|backing)"
)
_IN_NONE = re.compile(
    r"[\"']? (?:in|for|at) (?:none|neither|no (?:areas?|categor(?:y|ies)|aspects?|questions?))"
    r"(?!\w)"
)
_COUNT_BEFORE = re.compile(
    r"(?:(?<![\d,.])(?!(?:19|20)\d\d(?!\d))\d[\d,.]*\s?%?|per cent|percent|(?<!\w)(?:none|"
    r"(?<!in )(?:seven|eight|nine|ten|eleven|twelve)|"
    r"(?:a )?(?:quarter|third|half)|"
    r"(?<!the )(?<!in )one|(?<!in )(?:two|three|four|five|six)|"
    r"most|many|few|fewer|(?<!the )others?|proportion|number))"
    r"(?: of (?!(?:the |its )?(?:[a-z]+ ){0,3}(?:areas?|aspects|"
    r"categories|standards|tests|indicators|themes|questions)(?!\w))[^.,;]{0,40}?)?"
    r"(?: (?:councils|authorities|schools|homes|practices|services|"
    r"trusts|forces|cases|providers|"
    r"academies|agencies|nurseries|hospitals|prisons|inspected|were|are|was|is|had|been|have|"
    r"being|judged|rated|graded|now|to be|as|to a|found|just|only|ones?|the other|in "
    r"england)){0,5}(?<! and)(?<! or)\s*[\"']?$"
)
#: "In eight areas of policing … inadequate in three of them", "in seven of the eight themes".
_OF_AREAS = re.compile(
    r"(?<!local )(?<!\w)(?:(?:sub-)?areas|categories|themes|fields|criteria|key questions|"
    r"questions|measures|standards|indicators|domains|aspects)(?!\w)[^.;]{0,110}$"
)
_DENIED = re.compile(
    r"(?:(?<!\w)(?:not|never|isn't|wasn't|aren't|nor|cannot|hardly)(?! only)|n't)"
    r"(?: (?!and|but)[a-z]+){0,5}? ?[\"']?$"
)
#: A sentence that explains how grades are given.
_SCALE = re.compile(
    r"grade (?:1|one) (?:means|is|=)|key to (?:the )?(?:judge?ments|grades|ratings)|"
    r"is one of (?:the|four|five|six) (?:[a-z]+ )?(?:grades|ratings)|"
    r"(?:four|five|six|\d)[- ]point scale|scale of (?:[a-z]+|\d) points?|on a scale|"
    r"(?:rankings?|ratings?|grades?|scores?) (?:go|goes|range|ranges|run) from|"
    r"is the (?:highest|lowest|top|second[- ][a-z]+) (?:rating|grade)|"
    r"^[\s•*-]*[\"'][a-z ]{4,30}[\"'](?: grade| rating)? (?:says that|means|is for|"
    r"describes|denotes|stands for|shows that|tells you)(?!\w)|"
    r"(?<!\w)(?:an?|the) [\"']?(?!(?:new|third|second|fourth|latest)(?!\w))"
    r"[a-z]+(?: [a-z]+)?[\"']? (?:rating|grade|score)[\"']?,? (?:meanwhile,? |though,? )?means|"
    r"(?:rating|grading) (?:scale|system)|scale (?:which )?(?:runs|goes|ranges) from|"
    r"possible outcomes|(?<!\w)below the first|(?<!\w)last of all|"
    r"(?<!\w)the (?:best|top|highest) (?:is|of)(?!\w)[^.]*(?<!\w)the (?:worst|lowest|bottom)(?!\w)"
)
#: "90.5 per cent now have an 'outstanding'", "over half stand at": shares of many bodies.
_SHARE = re.compile(
    r"(?:\d%|\d ?pc(?!\w)|(?:\d|(?<!\w)[a-z]+) per ?cent|"
    r"(?<!\w)half (?:of|now|were|are|have|had|stand)|(?<!\w)one in (?:[a-z]+|\d+)|"
    r"(?<!\w)(?:two|three)[ -](?:thirds|quarters)|(?<!\w)a handful)(?!\w)[^.;:]{0,120}$"
)
#: "It has joined the 4% of homes rated outstanding": it is one of them.
_AMONG_THEM = re.compile(
    r"(?<!\w)(?:among|amongst|one of|joins?|joined|joining|in) (?:the|just|only|around|about|a|"
    r"fewer than|less than)(?: (?:top|best|first|just|only))?(?: [a-z]+)? ?\d*\.?$"
)


def _is_share(before: str) -> bool:
    """Whether the grade is that of a share of many bodies, none of them the one told of."""
    share = _SHARE.search(before)
    return share is not None and not _AMONG_THEM.search(before, 0, share.start())


#: "Close to outstanding": not quite that.
_NEARLY = re.compile(
    r"(?<!\w)(?:close to|short of|less than|more than|bordering on|verging on|better than|below|"
    r"unacceptably|extremely|particularly|really|quite|pretty|"
    r"behind|second|how|so|(?:above|below|off) the (?:worst|best|lowest|highest|top|bottom)"
    r"(?: [a-z]+){0,4},?|"
    r"(?:other than|anything but)(?: [\"']?[a-z ]{3,20}[\"']? or)?|(?:some|one) of the)"
    r" [\"']?$"
)
#: "Our other homes are both rated good", "Oaklings in Hoddesdon, rated outstanding".
_OTHERS = re.compile(
    r"(?<!\w)(?:other|sister|neighbouring) (?:two |three |four )?(?:homes?|schools?|"
    r"nurser(?:y|ies)|prisons?|forces?|councils?|authorit(?:y|ies)|hospitals?|surger(?:y|ies)|colleges?|sites?)?"
    r"(?:,[^,;]{2,40},)?(?: [a-z-]+){0,4} "
    r"(?:is|are|was|were|been|remains?|holds?|has|had)(?: [a-z,]+){0,4} [\"']?$"
    r"|(?<!\w)neighbours?(?!\w)[^.;]{2,60}[\"']?$"
)
#: "Councils rated good get a short inspection": so it is with any of them.
_ANY_OF_THEM = re.compile(
    r"(?:^|[,;(] |(?<!\w)(?:while|for|that|and|of|in|to|than|where|when|any|if|from|by|"
    r"at|"
    r"with|as|or|on|visits?|sees?|inspects?|says?|many|most|all|some) )"
    r"(?:(?!the|both|all|these|two|three|four|five)[a-z'-]+ ){0,2}(?:councils|authorities|schools|"
    r"homes|services|providers|practices|trusts|hospitals|forces|nurseries|colleges|those|"
    r"areas|reports|ones) "
    r"(?:(?:that|which|who) (?:are|were|is) )?(?:currently |already )?"
    r"(?:rated|graded|judged|deemed|found|branded)(?: to be)?"
    r"(?: as)? [\"']?(?:[a-z ]{3,20}[\"']? (?:or|and) (?:as )?[\"']?)?$"
)
#: "Schools rated inadequate in Redby: Alder Primary, …": some that are named.
_LIST_FOLLOWS = re.compile(
    r"[\"']?(?: by (?:the )?[a-z]+)?(?: (?:in|across|over) [^.;:]{2,40})?"
    r"(?:,? (?:are|were|include|included|including|such as|like)(?!\w)|:| -|\.?$)"
)
#: "So many schools are going into the inadequate category"; "areas that were found to require
#: improvement".
_MANY_BODIES = re.compile(
    r"(?<!\w)(?:so many|many|most|more|other) (?:schools|councils|homes|services|trusts|hospitals|"
    r"practices|providers)(?!\w)[^.;:,]{0,50}$"
    r"|(?<!\w)(?:areas|aspects|things|issues) (?:that|which) (?:(?:were|was|had been|are|have been)"
    r"(?: [a-z]+){0,3} )?[\"']?$"
)
#: "Good and outstanding ratings have been given": for what, the next sentences say.
_OF_BOTH = re.compile(r"(?:good|outstanding|adequate|inadequate|excellent)[\"']? and [\"']?$")
_MANY_THINGS = re.compile(r"(?<!\w)(?:many|some|several|most|those) [^.;:]{3,60} with [\"']?$")
_RATINGS = re.compile(r"[\"']? (?:[a-z]+ )?(?:ratings|grades|judge?ments)(?!\w)(?! (?:for|in|at))")
#: "He denied that the school had been rated inadequate".
_SAID_NOT = re.compile(
    r"(?<!\w)(?:den(?:y|ies|ied|ying)|rejected (?:the )?claims?) that [^.;:]{2,90}$"
)
#: "The council had evaluated itself as good".
_ITSELF = re.compile(
    r"(?<!\w)(?:rat|grad|judg|evaluat|assess|mark|scor)(?:ed|es|ing|s)? (?:itself|themselves|"
    r"himself|herself|ourselves|its own)(?!\w)[^.;:]{0,60}$"
)
#: "What children are good at": no grade of a body.
_PEOPLE_ARE = re.compile(
    r"(?<!\w)(?:children|pupils|students|people|residents|patients|staff|they|he|she|who)"
    r"(?:, [^,.;]{3,40},)? (?:is|are|was|were) (?:[a-z]+,? ){0,3}(?:and )?$"
)


_KINDS = (
    r"(?:homes|houses|schools|councils|authorities|services|trusts|providers|hospitals|practices|"
    r"surgeries|gps|nurseries|colleges|forces|prisons|hospices|academies|childminders|agencies|"
    r"settings|inspections|reports|brigades|partnerships|universities|companies|businesses|others)"
)
_NO_CLAUSE = r"(?:,? (?!(?:and|but|which|who|that|it)(?!\w))[a-z']+,?){0,8}"
#: "Over 2,100 care homes in England were marked as", "of the 123 homes with the lowest", "none was
#: deemed weak", "two came in the", "just 46 hold": some of many, none of them named.
_SOME_OF_MANY = re.compile(
    r"(?<!\w)(?:reports|others|those) (?:rated|judged|graded) [\"']?$|"
    r"(?<!\w)defin(?:es?|ed|ition of)(?!\w)[^.;]{0,30}$|"
    r"(?<!\w)(?:series|string|run|spate) of [\"']?$|"
    r"(?<!\w)(?:(?!(?:19|20)\d\d(?!\d))\d+(?:[,.]\d+)*|(?:dozens|hundreds|thousands) of|"
    r"(?:a )?few|several|many|most|fewer|more|other) "
    r"(?!(?:years?|months?|weeks?|days?|areas?|categories|key)(?!\w))"
    rf"(?:[a-z'-]+ ){{0,4}}{_KINDS}{_NO_CLAUSE} [\"']?(?:[a-z ]{{3,20}}[\"']? or [\"']?)?$|"
    rf"(?<!\w)of the \d[\d,]* (?:[a-z-]+ )?{_KINDS} "
    r"(?:with [a-z ]{3,20},|that (?:hold|have)) [\"']?$|"
    r"(?<!\w)(?:none|neither|no one|nobody|nothing)(?: of [a-z' ]{2,40})? "
    r"(?:is|are|was|were|has been|have been|got|received) [a-z ]{0,20}[\"']?"
    r"(?:[a-z ]{3,20}[\"']? (?:or|nor) [\"']?)?$|"
    r"(?<!\w)(?:no more than|fewer than|only|just) (?:[a-z]+|\d[\d,]*) "
    r"(?:have|has|hold|are|were|got|reached)(?!\w)[a-z ]{0,40}[\"']?$|"
    r"(?<!\w)(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|others|some) "
    r"(?:came|come|fell|were put|were placed|are) (?:in|into|under) (?:the |an? )?[\"']?$|"
    r"(?<!\w)(?:an? |the )?(?:mix|mixture|mixed bag|range|spread|combination|blend) of [\"']?"
    r"(?:[a-z ]{3,20}[\"']? and [\"']?)?$"
)
#: "A service rated inadequate may be placed", "any home judged poor must": so it is with each.
_ANY_ONE = re.compile(
    r"(?<!\w)(?:an?|any|every|each|if a|no) (?:[a-z-]+ ){0,2}(?:service|home|school|provider|"
    r"council|authority|trust|hospital|practice|surgery|nursery|college|force|prison|one)"
    r"(?: (?:that|which|if|is|was|has been|[a-z]+ (?=judges|rates|finds|deems)))*"
    r" (?:rated|judged|graded|found|deemed|judges|rates|finds|deems|given)"
    r"(?: to be| as| an?)* [\"']?$"
)
_ITS_FATE = re.compile(
    r"[\"']?(?: overall)?(?: (?:rating|grade|judge?ment))?(?: (?:for|in|by) [^.;:,]{3,50})? "
    r"(?:may|must|will|can|should|could|would|might|goes|gets|has to|is to|was to|is placed|"
    r"is put|enters|comes|receives|is inspected|usually|normally)(?!\w)"
)
#: "For instance Outstanding or Good", "had to be rated good", "as good as possible", "one point
#: short of good", "what does 'expected standard' mean": of no body either.
_NOT_GIVEN = re.compile(
    r"(?<!\w)(?:graded|rated|judged|scored|ranked) (?:above|below|higher than|lower than|better "
    r"than) (?:an? )?[\"']?$|"
    r"(?<!\w)(?:not yet|can reach|can get to|to reach|to [\"']?get to) (?:an? )?[\"']?$|"
    r"(?<!\w)(?:for (?:instance|example)|such as|e\.?g\.?,?|(?:words|labels?|terms?) like|"
    r"grades? like|must be|(?:has|have|had|need|needs|needed|required|expected) to be|"
    r"(?:missed|misses|missing|miss)(?: out on)?(?: being)?|instead of|rather than|not quite|"
    r"denied|without|(?:what|how) (?:is|does|do|did)|"
    r"(?:points?|mark|percentage|whisker|hair|fraction|inch|step|notch|stone's throw|shade|touch|"
    r"fingertip|tick|box|little|just|bit) (?:short of|shy of|off|below|away from|from)|"
    r"(?:short of|below|just (?:under|outside))(?: the [a-z]+)?|means?) "
    r"(?:an? |the |its |being )*(?:coveted |rated |graded |judged )*[\"']?"
    r"(?:[a-z ]{3,20}[\"']? or [\"']?)?$"
)


def is_none(before: str, after: str, *, noun: bool) -> bool:
    """Whether what stands around a word makes it no grade. `noun`: "rating" or the like follows."""
    if (
        _IN_NONE.match(after)
        or _is_share(before)
        or any(p.search(before) for p in (_NEARLY, _OTHERS, _ITSELF, _MANY_BODIES))
    ):
        return True
    if (
        _OF_MANY.search(before)
        or _OR_BETTER.match(after)
        or _OF_A_POLICY.search(before)
        or _NEW_WORD.match(after)
        or _GIVEN_SO_OFTEN.match(after)
        or _SOME_OF_MANY.search(before)
        or _NOT_GIVEN.search(before)
        or (before.endswith(("as ", "as '", 'as "')) and re.match(r"[\"']? as (?!well)", after))
    ):
        return True
    if re.match(r"[\"']? ones?(?!\w)", after):  # "a rating, and a good one"
        return True
    if _MANY_THINGS.search(before) and _RATINGS.match(after):
        return True
    if _OF_BOTH.search(before) and _RATINGS.match(after):
        return True
    if _SAID_NOT.search(before):
        return True
    if _ANY_OF_THEM.search(before) and not _LIST_FOLLOWS.match(after):
        return True
    if _ANY_ONE.search(before) and _ITS_FATE.match(after):
        return True
    # "four areas were weak: teaching, …"
    listed = re.match(r"[\"']?(?:, (?:however|though))?: [a-z]", after) is not None
    if _COUNT_BEFORE.search(before) and not listed and not _OF_AREAS.search(before):
        return True
    denied = _DENIED.search(before) and not UNMOVED.search(before)
    return not noun and bool(denied or _ORDINARY_NEXT.match(after))


#: "Rated providers good": many of them. "Received no 'weak' grades".
_OF_MANY = re.compile(
    r"(?<!\w)(?:rated|judged|graded) (?:providers|schools|homes|councils|services|trusts) "
    r"[\"']?$|(?<!\w)(?:received|given|had|got) no [\"']?$"
)
#: "All schools graded inadequate because of …", "where all other judgements were good or better",
#: "a new grade, adequate, had been introduced": of no body.
_OR_BETTER = re.compile(r"[\"']? or (?:better|above|higher|worse|below|lower)(?!\w)")
_OF_A_POLICY = re.compile(
    r"(?<!\w)(?:all|every|any|each|such|no) (?:[a-z-]+ )?(?:schools?|councils?|homes?|trusts?|"
    r"providers?|services?|practices?|nurser(?:y|ies)|colleges?|forces?|prisons?) "
    r"(?:(?:that|which) (?:is|are|was|were) )?(?:rated|graded|judged)(?: as)? [\"']?$"
)
#: "'Needs attention' was given just four times", "'inadequate' went to no school".
_GIVEN_SO_OFTEN = re.compile(
    r"[\"']?,? (?:was|were|has been|had been) (?:given|awarded|used|handed out) (?:just |only )?"
    r"(?:[a-z]+|\d+) times|[\"']?,? (?:went|was (?:given|awarded)|goes) to "
    r"(?:no|none|nobody|only|just|few)(?!\w)|[\"']? [a-z]+, (?:stands?|is|comes?) above(?!\w)"
)
_NEW_WORD = re.compile(
    r"[\"']?,? (?:(?:grade|rating|judge?ment),? )?(?:had been|has been|was|is) "
    r"(?:introduced|added|brought in|scrapped|replaced|abolished)(?!\w)"
)


def some_of_many(before: str) -> bool:
    """Whether what stands before a word tells of a number of bodies, none of them named."""
    told = _SOME_OF_MANY.search(before)
    return told is not None and not re.search(r" (?:reports|inspections)(?!\w)", told[0])


_MARKS = re.compile(
    r"(?<!\w)(?:predicted|exams?|gcses?|a-levels?|achiev(?:e|ing)|pupils|students|learners|candidates|leavers)(?!\w)"
    r"(?![^.;]*(?<!\w)(?:inspectors?|ofsted|estyn|college|school|academy)(?!\w))[^.;]{0,140}$"
)


#: "The rating has not moved from good": it is good.
UNMOVED = re.compile(
    r"(?<!\w)(?:not|n't|never) (?:been )?(?:mov|chang|improv|alter|shift|budg)(?:e|ed) from "
    r"(?:its |an? |the |being )*[\"']?$"
)


def of_pupils(before: str) -> bool:
    """ "Few are predicted the highest grades": marks of pupils, in what stands before the word."""
    return _MARKS.search(before) is not None


def or_better(after: str) -> bool:
    """ "Grade three or better": what is asked for."""
    return _OR_BETTER.match(after) is not None


def are_people(before: str) -> bool:
    """ "What children are good at"."""
    return _PEOPLE_ARE.search(before) is not None


def explained_grades(
    low: str, matches: list[tuple[int, int, str]], rated: re.Pattern[str]
) -> set[tuple[int, int]]:
    """Grades that only explain the scale: "outstanding, good or inadequate"."""
    alone = len(matches) == 1 and rated.search(low[: matches[0][0]])  # "evaluated as good, …"
    if _SCALE.search(low) and not alone:
        return {(a, b) for a, b, _ in matches}
    if "respectively" in low:
        return set()
    runs: list[list[tuple[int, int, str]]] = [[]]
    for match in matches:
        run = runs[-1]
        gap = low[run[-1][1] : match[0]] if run else ""
        if run and not re.fullmatch(
            r"[\s\"',/;-]*(?:or|and|to|through|down to)?[\s\"',(/\d=-]*", gap
        ):
            runs.append([])
        runs[-1].append(match)
    return {(a, b) for run in runs if len({w for _, _, w in run}) >= 3 for a, b, _ in run}


def without_superlatives(
    low: str, matches: list[tuple[int, int, str]]
) -> list[tuple[int, int, str]]:
    """Without the "lowest" of "inadequate, the lowest rating" and the "grade 4" of "inadequate
    (grade 4)", which say what the grade is; a number beside it belongs to it."""
    real = [(a, b) for a, b, word in matches if not _BARE.match(word)]
    kept = []
    for start, end, word in matches:
        gaps = [low[end:a] for a, _ in real if 0 <= a - end < _BESIDE]
        gaps += [low[b:start] for _, b in real if 0 <= start - b < _BESIDE]
        if word in PLACES and any(not _GIVES.search(g) for g in gaps):
            continue
        numbered = word.startswith("grade ") or word.endswith(" star")
        if numbered and any(_SAME_GRADE.fullmatch(g) for g in gaps):
            continue
        kept.append((start, end, word))
    return with_numbers(low, kept)


_SAME_GRADE = re.compile(r"[\s\"'(),:-]*(?:or )?[\s\"'(]*")
_BARE = re.compile(r"(?:second )?(?:lowest|highest)|grade \d|[a-z]+ star")
#: 'Fell short of "outstanding", but inspectors gave top marks for behaviour': two grades.
_GIVES = re.compile(
    r"(?<!\w)(?:g[ai]v(?:e|es|en|ing)|award(?:ed|s|ing)?|g[eo]t(?:s|ting)?|receiv(?:ed|es|ing)|handed|earn(?:ed|s)|"
    r"but|while|and)(?!\w)"
)
_BESIDE = 40  #: code points between a grade and the words that say where it stands on the scale
