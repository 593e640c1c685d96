"""What a grade is given for: a framework's aspects, found in a sentence and dealt to its grades."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.knowledge import load_yaml
from pipeline.tag.cues import words
from pipeline.tag.frameworks import Framework, frameworks
from pipeline.tag.literals import Sought

OVERALL = "overall"
ALL_AREAS = "all areas"  #: which they are, the story does not say
ALL_BUT_ONE = "all areas but one"
#: "In all five areas", "across the board".
ALL = re.compile(
    r"(?<!\w)(?:in|across|on|for|at|all)? ?(?:all|every|each|against any)(?: single| one)?(?: of)?"
    r"(?: the| its| our| these| those)?(?: (?:other|remaining))?"
    r"(?: (?:two|three|four|five|six|seven|eight|nine|"
    r"ten|eleven|[2-9]|1[0-3])(?: of (?:the|its|our|[#a-z']+(?: [#a-z']+){0,4}))?)?"
    r"(?: (?:other|remaining|separate))?"
    r"(?: (?:healthy (?:prison|establishment|institution)|key|main|headline|"
    r"inspected|inspection|judge?ment|core|graded|quality))? ?"
    r"(?:areas?|themes?|categor(?:y|ies)|questions?|points?|counts?|measures?|aspects?|respects?|"
    r"standards?|tests?|criteria|criterion|fields?|domains?|indicators?|judge?ments|assessments)"
    r"(?! of "
    r"(?:concern|improvement|weakness)| that have| which have)(?!\w)"
    r"|across the board"
)
_EXCEPT = re.compile(
    r"(?<!\w)(?:except|but|apart from|bar|other than|save|with the exception of)(?: for| that|"
    r" in)? (?:being |the )?[\"']?$"
)
_LEAD_IN = re.compile(
    r"(?:^|(?<!\w)(?:(?:level|standard|quality)s? of|(?:is|are) (?:the |this |it )?"
    r"(?:services?|provider|home)|"
    r"(?:good|well) (?:is|are|do|does)|"
    r"for|being|in|at|on|and|or|how|both|its|the|as|against|areas?(?: of)?|"
    r"categor(?:y|ies) of|questions?|whether|where|which are|namely|including|such as|"
    r"under|to|except|but|though|although|while|whereas|with|were|"
    r"was|judged|rated|graded|found|that are|that were|services are|are services|providing|"
    r"delivering|and also)|'s|[,:;•*(\"'-]|\d\.\d+)\s*"
    r"(?:being |how |its |our |the |both |only |were |are |it is |they are )?[\"']?$"
)
_NOT_NOUN = re.compile(
    r"[\"']? (?:for|from(?! [\"']?(?:good|outstanding|requires|inadequate|adequate))|"
    r"to(?! be)|place|environment|staff|way|manner|care|services?|enough|"
    r"levels?|hands|team|and timely|and secure|treatment|support)(?!\w)|"
    r", (?!while|and|but|with|whose|in)[a-z-]+ "
    r"(?:care|services?|support|environment|staff|home)(?!\w)"
)


#: "Good for caring services", "for providing effective services": key questions all the same.
_SERVICES = re.compile(r".*(?<!\w)(?:for|providing|delivering)(?!\w).*\| services?(?!\w)")


#: "In almost every category, attendance among them": these are told, or nothing is.
_NOT_QUITE = re.compile(r"(?<!\w)(?:almost|nearly|virtually|practically|not|most|hardly) $")


def every_area(low: str, start: int, end: int) -> re.Match[str] | None:
    """Where a folded text says "in all areas", and not "in almost all areas"."""
    for m in ALL.finditer(low, start, end):
        if not _NOT_QUITE.search(low[max(0, m.start() - 15) : m.start()].rstrip() + " "):
            return m
    return None


@dataclass(frozen=True, slots=True)
class Found:
    """An aspect named in a sentence."""

    start: int
    end: int
    id: str
    excepted: bool


@lru_cache(maxsize=64)
def expressions(framework: Framework | None) -> tuple[tuple[str, Sought, bool], ...]:
    """Of each aspect of the framework its id, its words, and whether they are everyday words."""
    wanted = {OVERALL, *(framework.aspects if framework else _common())}
    return tuple(
        (r["id"], words(sorted(r["any"], key=len, reverse=True)), bool(r.get("strict")))
        for r in load_yaml("aspects.yaml")
        if r["id"] in wanted and (framework or not r.get("strict"))
    )


def _common() -> set[str]:
    """Where no framework is known: the aspects whose names cannot be everyday words."""
    plain = {r["id"] for r in load_yaml("aspects.yaml") if not r.get("strict")}
    return {a for f in frameworks() for a in f.aspects if a in plain}


#: "A college has apprenticeships graded inadequate"; of people and services others may be meant.
_GRADED = re.compile(
    r"(?: provision)?,? (?:(?:was|were|is|are|has been|have been|being|as) )?(?:also |now )?"
    r"(?:re-?)?(?:rated|graded|judged|marked|(?:down|up)graded)(?!\w)"
)
_ANYBODYS = frozenset({"services", "people", "care", "progress"})


def _is_aspect(identity: str, before: str, after: str) -> bool:
    """Whether everyday words stand in a list of aspects, or are what is graded."""
    if identity not in _ANYBODYS and _GRADED.match(after):
        return True
    if not _LEAD_IN.search(before):
        return False
    return not _NOT_NOUN.match(after) or bool(_SERVICES.match(f"{before}|{after}"))


_LINK = re.compile(r", (?:and )?| and ")
_MORE = 2  #: further aspects that make a list of everyday words


def _heads_list(low: str, first: Found, found: list[Found]) -> bool:
    """ "They examine safety, respect and purposeful activity": the first is an aspect as well."""
    at = first.end
    for _ in range(_MORE):
        link = _LINK.match(low, at)
        following = next((f for f in found if link and f.start == link.end()), None)
        if following is None:
            return False
        at = following.end
    return True


def aspects(low: str, framework: Framework | None) -> list[Found]:
    """The aspects that a folded sentence names, none inside a longer one."""
    found: list[Found] = []
    doubtful: list[Found] = []
    for identity, expression, strict in expressions(framework):
        for m in expression.finditer(low):
            before, after = low[max(0, m.start() - 40) : m.start()], low[m.end() : m.end() + 40]
            excepted = bool(_EXCEPT.search(before) and ALL.search(low, 0, m.start()))
            sure = not strict or _is_aspect(identity, before, after)
            (found if sure else doubtful).append(Found(m.start(), m.end(), identity, excepted))
    found += [f for f in doubtful if _heads_list(low, f, found)]
    found.sort(key=lambda f: (f.start, -f.end))
    kept: list[Found] = []
    for f in found:
        if not kept or f.start >= kept[-1].end:
            if not (kept and f.id == OVERALL and low[kept[-1].end : f.end] == " overall"):
                kept.append(f)  # "inadequate for responsiveness overall" is for that alone
        elif f.end > kept[-1].end:
            kept[-1] = f
    return kept
