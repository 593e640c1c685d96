"""Which aspects each grade of a sentence is for: looked back to, ahead to, or told together."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.knowledge import load_yaml
from pipeline.tag import area_counts
from pipeline.tag.area_counts import AREAS, COUNT
from pipeline.tag.aspects import ALL_AREAS, ALL_BUT_ONE, OVERALL, Found, aspects, every_area
from pipeline.tag.frameworks import Framework
from pipeline.tag.grades import Graded
from pipeline.tag.statistics import digits

_DASH = re.compile(r" ?(?:[-–:(]|, namely) ?[a-z]")
_AMONG = re.compile(r"(?<!\w)(?:among them|including|such as|among which)(?!\w)")
_WHICH = re.compile(r"[^;.]*, (?:which (?:was|were|is|are|it)|rated|judged|graded)(?!\w)")
_AS_WAS = re.compile(
    r"[\"']?,? (?:as|and so) (?:was|were|is|are|has|have|did) (?:the |its |their )?"
)
#: "Adoption and leadership, with inspectors rating both areas outstanding".
_BOTH = re.compile(
    r"(?<!\w)(?:both|the two|all three|all four|these|those) (?:areas|services|categories|aspects)"
    r"(?!\w)"
)
#: "Grade threes in all but one area - personal development".
_ALL_BUT_ONE = re.compile(
    r"(?<!\w)all (?:but|bar|except) (?:one|1) (?:of (?:the|its) )?(?:[a-z]+ )?"
    r"(?:areas?|categor(?:y|ies)|standards?)(?!\w)|"
    r"(?<!\w)(?:all (?:areas|categories|standards)|every (?:area|category|field|standard)) "
    r"(?:but|bar|except) (?:one|1)(?!\w)"
)
#: "Requires improvement for being safe and good for the rest".
_THE_REST = re.compile(
    r"[\"']? (?:for|in|on|at) (?:all )?(?:the rest|everything else|the others|"
    r"the (?:other|remaining) (?:areas|categories|questions|key questions))(?!\w)"
)


def deal(low: str, grades: list[Graded], framework: Framework | None) -> list[tuple[str, ...]]:
    """For each grade of a sentence the aspects it is given for, () where none is named.

    "safe and caring were rated good" looks back, "rated good for being safe" looks ahead; which of
    the two, the words around the grade tell. "in all areas but safe" stands for the rest.
    """
    named = aspects(low, framework)
    if "respectively" in low and (paired := _respectively(named, grades)):
        return paired
    dealt: list[tuple[str, ...]] = []
    claimed = 0  # where the aspects of the grade before end
    for i, grade in enumerate(grades):
        limit = grades[i + 1].start if i + 1 < len(grades) else len(low)
        before, after = _around(low, grades, i, named, claimed)
        own = (
            after
            if after and (_ahead(low, grade, after[0]) or (not before and _list(low, grade)))
            else before
        )
        ids = [a.id for a in own if not a.excepted]
        ids = ids or _quoted(low, grade, claimed, limit)
        if not ids and (both := _BOTH.search(low, claimed, grade.end + 40)):
            ids = [a.id for a in named if a.end <= both.start()]
        if not own and i and _WHICH.match(low, grades[i - 1].end, grade.start):
            ids = [a.id for a in named if a.end <= grade.start][-1:]
        also, too = _AS_WAS.match(low, grade.end), list[str]()
        if own is before and also:
            too = [a.id for a in after if a.start >= also.end() and not a.excepted]
            own = after or own
        if own is before and after and after[0].id == OVERALL and after[0].start - grade.end < 3:
            ids.append(OVERALL)
        if own is before and after and _just_overall(low, before, grade, after[0]):
            ids, own = [OVERALL], after[:1]
        if own is after and OVERALL in ids:
            ids = [*_service_of(before), *ids]
        start, claimed = claimed, own[-1].end if own is after else grade.end
        whole = _whole(low, grade, start, limit, ids, named, framework)
        if (every := every_area(low, grade.end, limit)) and every.start() - grade.end < _NEAR:
            claimed = max(claimed, every.end())
        some = area_counts.of_all(low, grade.end, limit)
        claimed = max(claimed, some.end()) if some and some.start() - grade.end < _NEAR else claimed
        bare = () if dealt and dealt[-1] and grade.rule == "moved" else (OVERALL,)
        dealt.append(tuple(dict.fromkeys((*(whole or (bare if too else ())), *too))))
    return _both_ends(low, grades, dealt)


def _around(
    low: str, grades: list[Graded], i: int, named: list[Found], claimed: int
) -> tuple[list[Found], list[Found]]:
    """The aspects before and after a grade that may be its own; those before `claimed` are not."""
    grade, following = grades[i], grades[i + 1] if i + 1 < len(grades) else None
    limit = following.start if following else len(low)
    after = [
        a
        for a in named
        if grade.end <= a.start < limit
        and (a.excepted or not _cut(low, grade.end, a.start))
        and not (following and _next_owns(low, a, following, grade))
    ]
    before = [a for a in named if claimed <= a.start and a.end <= grade.start]
    return _of_clause(low, before), after


#: "It failed on safety, though for caring it was good": what is good is told behind "though".
_CONTRAST = re.compile(
    r"(?<!\w)(?:but(?! (?:also|for|one|two)(?!\w))|though|although|while|whilst|whereas)(?!,|\w)"
)


def _of_clause(low: str, before: list[Found]) -> list[Found]:
    """Of the aspects before a grade those of its own clause, where it names any."""
    if len(before) < 2 or any(a.excepted for a in before):
        return before
    cuts = [m.end() for m in _CONTRAST.finditer(low, before[0].end, before[-1].start)]
    return [a for a in before if a.start >= cuts[-1]] if cuts else before


_RATING = re.compile(r"[\"']? (?:(?:rating|grade|judge?ment|verdict|score) )?")


def _just_overall(low: str, before: list[Found], grade: Graded, following: Found) -> bool:
    """ "Having seen how safe it is, inspectors gave it a good rating overall"."""
    next_to_it = following.id == OVERALL and _RATING.fullmatch(low, grade.end, following.start)
    gap = low[before[-1].end : grade.start] if before else ""
    return bool(next_to_it) and "," in gap and not _SUBJECT_OF.match(gap)


_SUBJECT_OF = re.compile(
    r"(?:[\"']? services?| care)? (?:was|were|is|are|has|have|both|all|also)(?!\w)"
)
_NEAR = 25  #: code points between a grade and "in all areas" that is said of it


def _both_ends(
    low: str, grades: list[Graded], dealt: list[tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """ "From good to inadequate": what fell is the same at both ends."""
    for i in range(1, len(grades)):
        gap = low[grades[i - 1].end : grades[i].start]
        moved = grades[i].rule == "moved" or _FROM.search(low, 0, grades[i - 1].start)
        if moved and _TO_GRADE.fullmatch(gap):
            if not dealt[i - 1] and _ACROSS.match(low, grades[i].end):
                continue  # "from good to outstanding across the board": now, across the board
            both = tuple(dict.fromkeys((*dealt[i - 1], *dealt[i])))
            dealt[i - 1] = dealt[i] = both
    return dealt


_ACROSS = re.compile(r"[\"']? across the board")
_FROM = re.compile(r"(?<!\w)from (?:an? |being )?(?:rated |overall )?[\"']?$")
_TO_GRADE = re.compile(
    r"[\"']?(?: (?:overall|rating|grade))?(?: in (?:[a-z]+ )?(?:19|20)\d\d)? to "
    r"(?:(?:an?|be|being|now|rated|graded|judged|as|overall) ){0,4}[\"']?"
)


#: "Rated weak for infection control and adequate for staffing": what no framework knows.
_FOR_WHAT = re.compile(
    r"[\"']?(?: (?:ratings?|grades?))? (?:for|at) (?:its |the |their |how )?"
    r"(?P<words>(?!(?:an?|one|two|three|four|five|first|second|third|fourth|last|years?|months?|now|"
    r"this|that|these|those|being|all|every|each|both|everything|more|most|some|present|least|"
    r"failing|not|just|only|about|over|nearly|almost|it|them|us)(?!\w))"
    r"[a-z'-]{3,}(?: (?!and(?!\w))[a-z'-]+){0,5}?)"
    r"(?=[,.;:]|$| and | but | while | with | when | after | in (?:its|the|an?)(?!\w))"
)
_WHEN_WORDS = re.compile(
    r"(?<!\w)(?:times?|row|years?|months?|inspections?|visits?|reports?|reasons?|decades?|ratings?|"
    r"grades?|services?|schools?|councils?|homes?|prisons?|forces?|it|was|were|is|are|has|have|had|been|said|ofsted|cqc|inspectors)(?!\w)"
)


def own_words(low: str, grade: Graded) -> tuple[str, ...]:
    """What a grade is said to be for, in the story's own words; () where that is no thing."""
    said = _FOR_WHAT.match(low, grade.end)
    words_ = re.sub(r" by(?: the)? .*", "", said["words"]).strip() if said else ""
    return () if not words_ or _WHEN_WORDS.search(words_) else (words_,)


#: "Weak in four indicators: 'leadership and direction', 'improvement in performance' and …".
_QUOTED_AFTER = re.compile(
    r"[\"']?(?:(?:(?!(?<!\w)(?:it|was|is|were|has|had|are|except|but|apart|after|with|"
    r"who|which|as)(?!\w))[^.;:\"']){0,90}(?<!\w)|\s)(?:in|for|on|at)"
    r"(?: (?!after|because|over|with|by|except|apart|but|which|who|that|is(?!\w)|are|was|were)"
    r"[a-z\"']+){0,6}:? ?"
    r"(?P<list>(?:[\"'][^\"']{6,90}[\"'](?:, and |, | and )?)+)"
)
_IS_GRADE = re.compile(
    r"requir\w+ improvement|needs? improvement|outstanding|inadequate|adequate|excellent|"
    r"(?:very |not sufficiently |reasonably )good|satisfactory|un(?:satisfactory|acceptable)"
)
_QUOTED_BEFORE = re.compile(
    r"(?<!\w)(?:in|for|on) (?:an?|the|another) (?:[a-z]+ ){0,2}(?:first|second|third|fourth|fifth|"
    r"sixth|other|area|indicator|category|aspect),? [\"'](?P<name>[^\"']{6,90})[\"'],[^.;:]{0,120}$"
)


_AREAS_OF = re.compile(
    r"[\"']?(?: (?:ratings?|grades?))? (?:in|for) the (?:areas|categories|fields|domains) of "
    r"(?P<list>[a-z][a-z ,'-]{4,160}?)(?=[.;:]|$)"
)


def _quoted(low: str, grade: Graded, start: int, limit: int) -> list[str]:
    """Aspects that no framework knows, in quotation marks or "in the areas of", in own words."""
    ahead = _QUOTED_AFTER.match(low, grade.end, limit)
    if ahead:
        said = [q.strip(" ,") for q in re.findall(r"[\"']([^\"']{6,90})[\"']", ahead["list"])]
        return [q for q in said if not _IS_GRADE.fullmatch(q)]
    if listed := _AREAS_OF.match(low, grade.end, limit):
        return [p.strip(" ,'\"") for p in re.split(r", and |, | and (?![^,]*,)", listed["list"])]
    behind = _QUOTED_BEFORE.search(low, start, grade.start)
    return [behind["name"].strip(" ,")] if behind else []


def _respectively(named: list[Found], grades: list[Graded]) -> list[tuple[str, ...]]:
    """One aspect for each grade, where as many stand before the first grade."""
    before = [a for a in named if a.end <= grades[0].start and a.id != OVERALL] if grades else []
    paired = before[-len(grades) :] if len(grades) > 1 and len(before) >= len(grades) else []
    return [(a.id,) for a in paired]


def _whole(
    low: str,
    grade: Graded,
    start: int,
    limit: int,
    ids: list[str],
    named: list[Found],
    framework: Framework | None,
) -> tuple[str, ...]:
    """`ids`, or "all areas", "three of the four areas"; with exceptions named, the areas left.

    "All areas" is kept as it was said: which they were, the story does not say.
    """
    real = [i for i in ids if i != OVERALL]
    after = area_counts.after(low, grade)
    if after and (not real or _AMONG.search(low, grade.end, limit)):
        return (*ids, after)
    some = area_counts.of_all(low, start, limit)
    if some and (listed := [a.id for a in named if _DASH.match(low[some.end() : limit])
                            and some.end() <= a.start < limit]):  # fmt: skip
        return tuple(listed)
    if some and (not real or _AMONG.search(low, some.end(), limit)):
        return (*ids, f"{some[1]} of {some[2]} areas")
    if not real and (before := area_counts.before(low, grade, start)):
        return (*ids, before)
    if not real and _THE_REST.match(low, grade.end):
        told = {a.id for a in named}
        left = [a for a in (framework.expand if framework else ()) if a not in told]
        return tuple(left) or ("the rest",)
    if but := _ALL_BUT_ONE.search(low, start, limit):
        out = {a.id for a in named if but.end() <= a.start < limit}
        rest = [a for a in (framework.expand if framework and out else ()) if a not in out]
        return tuple(rest) or (ALL_BUT_ONE,)
    if not real and (all_but := area_counts.all_but(low, start, limit)):
        return (*ids, all_but)
    every = every_area(low, start, limit)
    if every and (not real or _nearer(named, every, grade)) and not _apart(low, every, grade):
        if "across the board" in every[0]:
            return tuple(ids) or (OVERALL, *_all_of(every[0], framework, excepted=False))
        others = re.search(r"(?<!\w)(?:other|remaining)(?!\w)", every[0])
        out = {a.id for a in named if a.excepted or (others and a.id != OVERALL)}
        rest = [a for a in _all_of(every[0], framework, excepted=bool(out)) if a not in out]
        return (*ids, *(rest or [ALL_AREAS]))
    return _of_the_service(tuple(dict.fromkeys(ids)))


def _apart(low: str, every: re.Match[str], grade: Graded) -> bool:
    """ "Progress in all areas since it took on another, a grade four": told of something else."""
    between = low[every.end() : grade.start]
    return every.end() <= grade.start and _ELSE.search(between) is not None


_ELSE = re.compile(r"(?<!\w)(?:since|after|when|while|which|who|but|although)(?!\w)|, an? ")


def _nearer(named: list[Found], every: re.Match[str], grade: Graded) -> bool:
    """ "Concerns about staffing, and graded all themes as weak": all, not what stands before."""
    if not (every.end() <= grade.start and grade.start - every.end() < _NEAR):
        return False
    return not any(a.excepted or a.start >= every.end() for a in named)


def _all_of(said: str, framework: Framework | None, *, excepted: bool) -> tuple[str, ...]:
    """The aspects that "all five areas" are, where they are the same in any year; with exceptions
    told, those of the framework. Else nobody knows: "all areas" is kept as it was said."""
    if framework is None or excepted:
        return framework.expand if framework else ()
    number = re.search(rf"(?<!\w)({COUNT})(?!\w)", said)
    fits = number is None or digits(number[1]) == str(len(framework.expand))
    return framework.expand if framework.fixed and fits else ()


@lru_cache(maxsize=1)
def _services() -> frozenset[str]:
    return frozenset(r["id"] for r in load_yaml("aspects.yaml") if r.get("service"))


def _of_the_service(ids: tuple[str, ...]) -> tuple[str, ...]:
    """ "The overall rating for maternity": of maternity. "Maternity was rated good for being safe":
    safe, for the aspects of a service inside a hospital have no name of their own here."""
    services = [i for i in ids if i in _services()]
    rest = [i for i in ids if i not in services and i != OVERALL]
    if rest and OVERALL in ids:
        return (*services, *rest) if services else ids
    return tuple(rest or services) if services else ids


def _service_of(before: list[Found]) -> list[str]:
    """ "Maternity services are inadequate overall and for being safe": overall is of maternity."""
    return [a.id for a in before if a.id in _services()]


#: "Good overall", "with adequate prospects for improvement".
_AFTER_GRADE = frozenset({OVERALL, "performance", "prospects for improvement"})


#: "Rated as good by inspectors were the impact of leaders and …".
_TURNED_ROUND = re.compile(
    r"(?:[^.;:]{0,60}[,-] )?\W*(?:also |and |again )?(?:rated|judged|graded|found|deemed|ranked|"
    r"marked|classed|evaluated)(?: to be| as)? (?:only |merely |overall )?[\"']?"
)
_WERE = re.compile(
    r"[\"']?(?: (?:overall|by [^.;:]{3,40}?))*,? (?:was|were|is|are)(?: [a-z]+){0,4} ?$"
)


def _ahead(low: str, grade: Graded, aspect: Found) -> bool:
    """Whether the words after the grade lead on to the aspect: "good for being safe"."""
    between = low[grade.end : aspect.start]
    if len(between) > 160:
        return False
    if _TURNED_ROUND.fullmatch(low, 0, grade.start) and _WERE.match(between):
        return True
    return bool(
        re.match(
            r"[\"')]*(?: (?:was|is|were) (?:the|its))?"
            r"(?: (?:[a-z0-9]+[- ])?stars?)?"
            r"(?: (?:rating|grade|grading|judge?ment|verdict|mark|standard|ranking)s?)?"
            r"(?:, [^,;.]{3,40} (?:said|says|found|finds|added|adds|noted|wrote))?"
            r"(?: by (?:the )?[a-z#]+(?: [a-z#]+){0,3}?)?,?"
            r"(?: [a-z]+ [a-z ]{0,30}(?:was|were))?(?: (?:overall and|overall|both|and|also|"
            r"again|went|goes|going|(?:was|were) (?:given|awarded|attributed)))*"
            r"\s*(?:(?<!\w)(?:for|to|in|at|on|across|under|when it (?:came|comes) to|"
            r"regarding|concerning|"
            r"in terms of|as regards|with (?:regard|respect) to)(?!\w)|:)",
            between + low[aspect.start : aspect.end],
        )
        or (aspect.id in _AFTER_GRADE and not between.strip(" \"'"))
    )


def _list(low: str, grade: Graded) -> bool:
    """Whether a list of aspects follows a colon, dash, bracket or "in almost every category,"."""
    return bool(_LISTED.match(low, grade.end))


_LISTED = re.compile(
    rf"[\"']?(?:[^.;]{{0,60}}?(?:[:(-]|(?<= ){AREAS}(?:,| (?:are|were|included?)(?!\w)))|"
    rf"[^.;:]{{0,120}}?(?<= ){AREAS}[^.;:]{{0,20}}:)"
)


def _cut(low: str, start: int, end: int) -> bool:
    """Whether another statement begins between: a semicolon, "while", "and ... was"."""
    return bool(
        re.search(
            r"(?<!\w)(?:while|whereas|but(?! (?:one|for))|although|though|because|which found|"
            r"after (?:it|they|inspectors|finding|concerns|a|an))(?!\w)|; (?!and "
            r")[^;]*(?:was|were|is) ",
            low[start:end],
        )
    )


#: "And for safe from good to inadequate", "outstanding in primary and in secondary a strong good".
#: Or "and for well-led services requires improvement".
_FALLS = re.compile(
    r"(?:[^,;]{0,40}(?<!\w)from (?:an? )?|,? to be |(?: services?| care)? ?)[\"']?$"
)
_OWN_GRADE = re.compile(r",? an? (?:[a-z]+ )?[\"']?$")
_CLOSE = 12  #: code points between a grade and the first aspect that follows it


def _next_owns(low: str, aspect: Found, following: Graded, grade: Graded) -> bool:
    """Whether `aspect`, between two grades, belongs to the second: "X was good and Y was weak"."""
    if aspect.excepted:
        return False
    lead = low[aspect.end : following.start]
    if not lead.strip(" \"'"):
        return True  # "good for respect, with activities poor"
    verb = re.search(
        r"(?<!\w)(?:was|were|is|are|rated|judged|graded|found)(?!\w)|[:-]\s*[\"']?$", lead
    )
    if _FALLS.match(lead) or (aspect.start - grade.end > _CLOSE and _OWN_GRADE.match(lead)):
        return True
    return bool(verb) and not re.match(
        r"[\"']?(?: (?:rating|grade|judge?ment)s?)? (?:for|in|at|on|overall)(?!\w)",
        low[grade.end :],
    )
