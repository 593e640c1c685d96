"""The wordings of grades, and the words around them, as the knowledge files list them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pipeline.knowledge import load_yaml
from pipeline.tag.frameworks import Framework, scales
from pipeline.tag.literals import Sieve, bits, leftmost


def any_of(section: str) -> str:
    """The words of a section of grade-words.yaml, as alternatives of a pattern."""
    return "|".join(load_yaml("grade-words.yaml")[section])


#: Grades told by their place on the scale, by index into it, best first.
PLACES = {"highest": 0, "second highest": 1, "second lowest": -2, "lowest": -1}


def _place(which: str, second: str) -> str:
    """ "The lowest possible Ofsted rating", "top marks", "second highest grade"."""
    return (
        rf"(?:(?:the|its|their|ofsted's|cqc's) )?(?:very )?{second}(?:{any_of(which)})"
        r"(?:[- ](?:possible|available))?(?: (?:ofsted|cqc|estyn|overall|inspection))?"
        rf"(?= (?:{any_of('superlative_nouns')})(?!\w)"
        r"(?! of (?:\d|any|all))(?! (?:it|they|we) (?:has|have|had) ever))"
    )


_SECOND = r"(?:second|next|2nd)[- ](?:to )?"
_FORMS = {
    "requires improvement": r"requir(?:e|es|ed|ing)[\"']?[- ]improvement(?: to be good)?|"
    r"requir(?:e|es|ed|ing) (?:some|further|more|much) improvement to be(?:come)? good|"
    r"(?<=as )(?:in need of|need(?:s|ed|ing)) improvement",
    "requires significant improvement": r"requires? significant improvement",
    "required to improve": (  # in the words of police inspectors
        r"(?:is|are|was|were) required to improve(?= (?:in|at)(?!\w))|"
        r"improvements? (?:is|are|was|were) (?:required|needed)(?= (?:in|at)(?!\w))"
    ),
    "sufficient progress not made": (
        r"(?:not|n't)(?: yet)? (?:been )?(?:made|making) (?:sufficient|enough) progress|"
        r"sufficient progress (?:had|has|was) not(?: yet)?(?: been)? (?:made|seen)"
    ),
    "no meaningful progress": r"no (?:meaningful|real) progress|little or no progress",
    "not sufficiently good": r"not (?:sufficiently good|good enough)|insufficiently good",
    "typically positive experiences and outcomes": (
        r"typically (?:lead to )?positive experiences(?: and outcomes)?"
    ),
    "inconsistent experiences and outcomes": r"inconsistent experiences(?: and outcomes)?",
    "widespread and/or systemic failings": (
        r"widespread (?:and ?/ ?or |and |or )(?:serious |significant )*systemic fail(?:ings?|"
        r"ures?)"
    ),
    **{
        f"grade {n}": rf"grades? (?:{word}s?|{n}s?)(?![ -]listed)|"
        rf"(?<=graded )(?:{word}|{n})(?= overall)|(?<=graded ){n}(?=(?: for| in)(?!\w)|[,.]|$)"
        for n, word in enumerate(("one", "two", "three", "four", "five", "six"), 1)
    },
    "no follow-up": r"no (?:need (?:for|of) (?:any )?|further |formal )?(?:estyn )?follow[- ]up"
    r"(?: (?:activity|action|visits?|work))?",
    "adequate and needs improvement": r"adequate and needs? improvement",
    "unsatisfactory and needs urgent improvement": (
        r"unsatisfactory and needs? (?:urgent )?improvement"
    ),
    "high level of capacity for sustained improvement": (
        r"high level of capacity (?:for|to) sustain(?:ed|ing)? improvement"
    ),
    "needs to address an important area for improvement": (
        r"needs to address (?:an |the )?(?:important )?areas? for improvement"
    ),
    "needs to address urgently the significant areas for improvement": (
        r"needs to address urgently (?:the )?significant areas for improvement"
    ),
    "met": r"met|meets|meeting|compl(?:ies|ied|ying) with",
    "not met": r"not met|(?:(?:did|does|do|had|has|was|were|is|are) not|(?:did|does|was|were)n't) "
    r"(?:me?et(?:ing)?|compl(?:y|ied|ying) with)|fail(?:s|ed|ing|ure)? to (?:meet|comply with)|"
    r"fail(?:s|ed|ing)?(?= (?:[a-z]+ ){0,2}independent school standards)",
    **{
        f"{word} star": rf"(?:{word}|{n})[ -]stars?"
        for n, word in enumerate(("one", "two", "three", "four", "five", "six"), 1)
    },
    "important areas for improvement": r"(?:an )?important areas? for improvement",
    "second lowest": _place("lowest", _SECOND),
    "second highest": _place("highest", _SECOND),
    "lowest": _place("lowest", ""),
    "highest": _place("highest", ""),
}


@lru_cache(maxsize=1)
def _forms() -> list[tuple[str, str]]:
    """The wordings of every grade, each with its pattern, the longest first."""
    forms: dict[str, str] = {}
    for scale in scales().values():
        for word in (*scale.grades, *scale.aliases):
            forms.setdefault(word, _FORMS.get(word, re.escape(word).replace(r"\ ", "[- ]")))
    forms.update({k: v for k, v in _FORMS.items() if k not in forms})
    return sorted(forms.items(), key=lambda f: -len(f[0]))


@lru_cache(maxsize=1)
def _sieve() -> Sieve:
    """Of a number that is a grade, the word "grade" before it is what is seldom."""
    return Sieve(["grade" if word.startswith("grade ") else form for word, form in _forms()])


def grades_in(low: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and name of every wording of a grade in a folded text, left to right."""
    passing = _sieve().passing(low)
    if not passing:
        return
    expression, names = expressions()
    if passing.bit_count() > _MOST or passing & _sieve().always:
        found = expression.finditer(low)
    else:
        found = leftmost(map(_alone, bits(passing)), low, 0, len(low))
    for m in found:
        yield m.start(), m.end(), names[m.lastgroup or ""]


_MOST = 10  #: wordings that are sought sooner one by one than by the expression of all of them


@lru_cache(maxsize=512)
def _alone(bit: int) -> re.Pattern[str]:
    """The expression for one wording."""
    at = bit.bit_length() - 1
    return re.compile(rf"(?<![\w-])(?:(?P<g{at}>{_forms()[at][1]}))(?!\w)")


@lru_cache(maxsize=1)
def expressions() -> tuple[re.Pattern[str], dict[str, str]]:
    """The expression for every wording of every grade, and what each wording is called."""
    ordered = _forms()
    names = {f"g{i}": word for i, (word, _) in enumerate(ordered)}
    source = "|".join(f"(?P<g{i}>{form})" for i, (_, form) in enumerate(ordered))
    return re.compile(rf"(?<![\w-])(?:{source})(?!\w)"), names


@lru_cache(maxsize=1)
def guarded() -> frozenset[str]:
    """Everyday words that are grades of one scale only: they need that scale and a plain verb."""
    return frozenset(w for r in load_yaml("scales.yaml") for w in r.get("guarded", ()))


@lru_cache(maxsize=32)
def allowed_words(framework: Framework | None) -> frozenset[str]:
    """The guarded words that are grades of the framework."""
    used = framework.scales if framework else ()
    return guarded() & {w for scale, _, _ in used for w in (*scale.grades, *scale.aliases)}


def with_numbers(low: str, matches: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Grade words together with the number that stands beside them: "2 - weak", "weak (two)"."""
    made = []
    for start, end, word in matches:
        before = _NUMBER_BEFORE.search(low, max(0, start - 12), start)
        after = _NUMBER_AFTER.match(low, end)
        if before and "," in before[0] and low.startswith(",", end):
            end += 1  # "a five, very good, for wellbeing"
        made.append((before.start() if before else start, after.end() if after else end, word))
    return made


_NUMBER_BEFORE = re.compile(
    r"(?<![\w.])(?:an? )?(?:[1-6]|one|two|three|four|five|six)(?:,| ?[-–—:]| ?\()\s?[\"']?$|"
    r"(?<=[-–:|] )[1-6] [\"']?$"
)
_NUMBER_AFTER = re.compile(
    r"[\"']? ?(?:\((?:[1-6]|one|two|three|four|five|six)\)|- [1-6](?![\d.])|"
    r"(?:[1-6]|one|two|three|four|five|six)[- ]stars?(?!\w))"
)
