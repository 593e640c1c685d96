"""Who wrote a story: names of people out of bylines; agencies and desks apart from them."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.clean.dates import has_day, without_days
from pipeline.clean.lines import count, norm, squeeze
from pipeline.clean.rules import settings

_LONGEST = 300  #: characters of a byline; what is longer is prose
_BY = re.compile(
    r"^\s*(?:(?:read more about|(?:view )?(?:all|more) (?:posts|articles|stories) by|about) |"
    r"(?:this (?:post|article|story) was )?"
    r"(?:written |words |text |article |post(?:ed)? |report |reported |story |exclusive )?by\b"
    r"[\s:]*|(?:authors?|writers?|reporters?|contributors?|words|text)(?:\(s\))?\s*:\s*)",
    re.I)  # fmt: skip
_AND = re.compile(r"\s*(?:;|,|&|\||/|\n|•|·|●|⋅|∙|\band\b|\bwith\b)\s*", re.I)
_TIME = re.compile(
    r"\b\d{1,2}[:.]\d\d(?::\d\d)?\s*(?:[ap]\.?m\b\.?)?|\b\d{1,2}[ -]min(?:ute)?s?\b(?: read\b)?"
    r"|\b(?:GMT|BST|UTC|at|published|updated|posted)\b",
    re.I)  # fmt: skip
#: a time of day, which no name holds
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d\d(?::\d\d)?\s*(?:[ap]\.?m\b)?\.?(?=\s|$)", re.I)
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.I)
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|(?<!\w)@\w+")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)")
#: degrees and memberships behind a name
_DEGREE = re.compile(
    r"(?:[\s,]+(?:Ph\.?\s?D|M\.?D|[BM]\.?Sc?|[BM]\.?A|R\.?[DN]N?|J\.?D|D\.?O|Ed\.?D|Psy\.?D|Esq|KC|QC|"
    r"MP|(?:[A-Z]\.){2,}|[A-Z]{3,6})\.?)+(?=\s*(?:[,;|&*]|$|and\b))"
)
#: what others did for a story, and whose section it stands in
_REST = re.compile(
    r"(?<=\w)\W+(?:(?:(?:medically|expert) )?reviewed|edited|fact[- ]checked|photo(?:graph)?s?|"
    r"pictures?|videos?|illustrat\w+|additional reporting) by\b.*"
    r"|(?<=\w)\s+(?:in|for|at|from|on behalf of)\s+[^,;|&]*?(?=\s*(?:[,;|&]|\band\b|$))",
    re.I)  # fmt: skip
_WORD = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:['’.-]+[^\W\d_]+)*\.?")
_PARTICLES = frozenset((
    "ab", "al", "ap", "bin", "da", "de", "del", "della", "den", "der", "di", "dos", "du", "el",
    "la", "le", "mac", "ni", "ten", "ter", "van", "von", "y", "zu",
))  # fmt: skip
_LONE = re.compile(r"[^\W\d_]{2,20}(?:[-'’][^\W\d_]{2,20})?")
_BY_LINE = re.compile(r"^(?:written |words |report |exclusive )?by\b[\s:]+\S", re.I)


def people(text: str | None, *, publisher: str | None = None) -> tuple[str, ...]:
    """Names in a byline, in order, each once. `publisher` is never one of them."""
    if not text or len(text) > _LONGEST:
        return ()
    names: dict[str, str] = {}
    for part in parts(text):
        if is_person(part, publisher=publisher):
            names.setdefault(part.title(), _cased(part))
    return tuple(names.values())


def parts(text: str) -> list[str]:
    """What a byline names, between commas, bars and "and"s: people, jobs, agencies, desks."""
    text = _CLOCK.sub(" | ", _WEEKDAY.sub(" | ", without_days(squeeze(text), " | ")))
    text = _ADDRESS.sub(" ", text)
    text = _IN_BRACKETS.sub("", _agency_forms().sub(r" | \g<0> | ", _BY.sub("", text)))
    text = _REST.sub("", text)
    if not text.isupper():
        text = _DEGREE.sub("", text)
    found = (_BY.sub("", part).strip(" .,:-–—()[]*†") for part in _AND.split(text))
    return [part for part in found if part]


def agencies(text: str | None) -> tuple[str, ...]:
    """The news agencies in a byline, by the names that they use, and desks as they are called."""
    if not text or len(text) > _LONGEST:
        return ()
    known, found = _agencies(), {}
    for part in parts(text):
        if (name := known.get(part.lower())) and (len(part) > 3 or part.isupper()):
            found[name] = name
        elif _desk().match(part):
            found[norm(part)] = part
    return tuple(found.values())


def person(
    name: str, *, publisher: str | None = None, site: str = "", stated: bool = False
) -> tuple[str, ...]:
    """The people in one author's name as a page gives it to machines; () where it is nobody.

    `stated`: the page says that it is a person, so that a given name alone will do, and one that
    is the name of the site as well (of whoever keeps it). `site`: what the site is called besides.
    """
    if found := people(name, publisher=publisher):
        return found
    whole = [p for p in parts(name) if p]
    if len(whole) == 1 and is_person(whole[0]) and (stated or _given(whole[0].split()[0])):
        return (_cased(whole[0]),)
    if not whole or len(whole) > 2:
        return ()
    lone = [p for p in whole if _LONE.fullmatch(p) and not _is_nobody(p)]
    lone = [p for p in lone if _given(p) or (stated and _is_capital(p) and not _is_site(p, site))]
    return tuple(map(_cased, lone)) if len(lone) == len(whole) else ()


def is_person(name: str, *, publisher: str | None = None) -> bool:
    """A name of two to five words, none of which belongs to desks, agencies or jobs."""
    words = _cased(name).split()
    if not 2 <= len(words) <= 5 or len(name) > 50 or not words[0][:1].isupper():
        return False
    if not all(_WORD.fullmatch(w) and (w[0].isupper() or _is_particle(w)) for w in words):
        return False
    if publisher and norm(name) in norm(publisher):
        return norm(name) != norm(publisher) and _given(words[0])
    return not _is_nobody(name)


def is_byline(text: str) -> bool:
    """A line that says who wrote the story, with "by" or as a name and a date."""
    if len(text) > 160:
        return False
    if _BY_LINE.match(text):
        rest = _BY.sub("", text)
        desk = _not_people().search(rest) is not None and count(rest) < 6
        return bool(people(text)) or (desk and not rest.endswith("."))
    return False


def is_name_and_date(text: str) -> bool:
    """A line that is a name, a date and perhaps a time: "Nina Example, 18/11/2026 11:15"."""
    if len(text) > 100 or not has_day(text) or not people(text):
        return False
    rest = _WEEKDAY.sub(" ", _TIME.sub(" ", without_days(_BY.sub("", text))))
    names = [n for n in _AND.split(rest) if n.strip(" .,:-–—()[]")]
    stripped = [n.strip(" .,:-–—()[]") for n in names]
    return any(map(is_person, stripped)) and all(
        is_person(n) or (n[:1].isupper() and has_role(n)) for n in stripped
    )


def is_lone_date(text: str) -> bool:
    """A date, perhaps with its weekday, a time and a word such as "Published", and nothing else."""
    if len(text) > 80 or not has_day(text):
        return False
    rest = _WEEKDAY.sub(" ", _TIME.sub(" ", without_days(text, count=1)))
    return (
        re.search(r"\w", re.sub(r"(?i)\b(?:on|date|first|mon|tue|wed|thu|fri|sat|sun)\b", "", rest))
        is None
    )


def has_role(text: str) -> bool:
    """A job, a desk, an agency: with a word that no person is called."""
    return len(text) < 60 and _is_nobody(text)


def is_given_name(word: str) -> bool:
    """One of the names that many have."""
    return _given(word)


def is_time(text: str) -> bool:
    """A time of day, or how long a story takes to read, and nothing else."""
    return not re.search(r"\w", _TIME.sub(" ", text))


def _cased(name: str) -> str:
    """NINA EXAMPLE → Nina Example; mixed case is left as it is."""
    if name.isupper() or name.islower():
        return re.sub(r"[^\W\d_]+", lambda m: m[0].capitalize(), name)
    return name


def _is_capital(word: str) -> bool:
    return word[0].isupper() and not word.isupper()


def _is_site(name: str, site: str) -> bool:
    """Is a word the site's name, or a part of it?"""
    return norm(name).replace(" ", "") in norm(site).replace(" ", "")


def _is_particle(word: str) -> bool:
    return word in _PARTICLES or word[:2] in ("d'", "d’", "o'", "o’")


def _given(word: str) -> bool:
    return word.lower() in _given_names()


def _is_nobody(name: str) -> bool:
    return _not_people().search(name) is not None or _roles().search(name) is not None


def _one_of(words: list[str]) -> re.Pattern[str]:
    joined = "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![\w'’-])(?:{joined})(?![\w'’-])", re.I)


@lru_cache(maxsize=1)
def _not_people() -> re.Pattern[str]:
    words = "|".join(re.escape(w) for w in settings()["bylines"]["not_people"])
    return re.compile(rf"\b(?:{words})\b", re.I)


@lru_cache(maxsize=1)
def _roles() -> re.Pattern[str]:
    return _one_of(settings()["bylines"]["roles"])


@lru_cache(maxsize=1)
def _agencies() -> dict[str, str]:
    """Each form in lower case → the agency's name."""
    named: dict[str, list[str]] = settings()["bylines"]["agencies"]
    return {form: name for name, forms in named.items() for form in forms}


@lru_cache(maxsize=1)
def _agency_forms() -> re.Pattern[str]:
    """In a byline's running text; short forms in capitals only."""
    long = [f for f in _agencies() if len(f) > 4]
    return _one_of(long)


@lru_cache(maxsize=1)
def _desk() -> re.Pattern[str]:
    return re.compile(settings()["bylines"]["desk"], re.I)


@lru_cache(maxsize=1)
def _given_names() -> frozenset[str]:
    return frozenset(settings()["bylines"]["given_names"].split())
