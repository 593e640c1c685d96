"""Who wrote a story: names of people out of bylines; desks, agencies and addresses left out."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.clean.dates import DAY
from pipeline.clean.lines import count, norm, squeeze
from pipeline.clean.rules import settings

_BY = re.compile(r"^\s*(?:written |words |report |reported |story |exclusive )?by[\s:]+", re.I)
_AND = re.compile(r"\s*(?:;|,|&|\||/|\n|•|·|\band\b|\bwith\b)\s*", re.I)
_TIME = re.compile(
    r"\b\d{1,2}[:.]\d\d(?::\d\d)?\s*(?:[ap]\.?m\b\.?)?|\b(?:GMT|BST|UTC|at|published|updated|posted)\b",
    re.I)  # fmt: skip
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", re.I)
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|(?<!\w)@\w+")
_WORD = (
    r"(?:[A-ZÀ-ÖØ-Þ][\w'’.-]*|de|da|di|du|van|von|der|den|la|le|al|el|bin|ap|ab|ni|Mc\w+|O['’]\w+)"
)
_NAME = re.compile(rf"^[A-ZÀ-ÖØ-Þ][\w'’.-]*(?:\s+{_WORD}){{1,4}}$")
_BY_LINE = re.compile(r"^(?:written |words |report |exclusive )?by\b[\s:]+\S", re.I)


def people(text: str | None, *, publisher: str | None = None) -> tuple[str, ...]:
    """Names in a byline, in order, each once. `publisher` is never one of them."""
    if not text or len(text) > 300:
        return ()
    text = _BY.sub("", _ADDRESS.sub(" ", _WEEKDAY.sub(" | ", DAY.sub(" | ", squeeze(text)))))
    names: list[str] = []
    for part in _AND.split(text):
        name = _BY.sub("", part).strip(" .,:-–—()[]")
        if is_person(name, publisher=publisher) and name.title() not in (n.title() for n in names):
            names.append(_cased(name))
    return tuple(names)


def is_person(name: str, *, publisher: str | None = None) -> bool:
    """A name of two to five words, none of which belongs to desks, agencies or jobs."""
    if not _NAME.match(_cased(name)) or len(name) > 50:
        return False
    if publisher and norm(name) == norm(publisher):
        return False
    return _not_people().search(name) is None


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
    if len(text) > 100 or not DAY.search(text) or not people(text):
        return False
    rest = _WEEKDAY.sub(" ", _TIME.sub(" ", DAY.sub(" ", _BY.sub("", text))))
    names = [n for n in _AND.split(rest) if n.strip(" .,:-–—()[]")]
    return bool(names) and all(is_person(n.strip(" .,:-–—()[]")) for n in names)


def is_lone_date(text: str) -> bool:
    """A date, perhaps with its weekday, a time and a word such as "Published", and nothing else."""
    if len(text) > 80 or not DAY.search(text):
        return False
    rest = _WEEKDAY.sub(" ", _TIME.sub(" ", DAY.sub(" ", text, count=1)))
    return (
        re.search(r"\w", re.sub(r"(?i)\b(?:on|date|first|mon|tue|wed|thu|fri|sat|sun)\b", "", rest))
        is None
    )


def _cased(name: str) -> str:
    """NINA EXAMPLE → Nina Example; mixed case is left as it is."""
    if name.isupper() or name.islower():
        return re.sub(r"[^\W\d_]+", lambda m: m[0].capitalize(), name)
    return name


@lru_cache(maxsize=1)
def _not_people() -> re.Pattern[str]:
    words = "|".join(re.escape(w) for w in settings()["bylines"]["not_people"])
    return re.compile(rf"\b(?:{words})\b", re.I)
