"""Whose page it is that tells "our inspection": a school, nursery or home named by its host alone.

talbrook.borset.sch.uk is Talbrook's own; so is elmlodgecare.co.uk, where the text speaks of "our
Ofsted report" and names nobody. The host gives the name as far as its words can be told apart: by
hyphens, by what such names end with, by names in the text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from pipeline.knowledge import load_yaml
from pipeline.models import Story
from pipeline.tag.literals import Sought
from pipeline.tag.matcher import fold

#: Sites that are let to anybody: of those that have one, the name before theirs is the owner's.
_LET = re.compile(
    r"(?:^|\.)(?:wordpress|blogspot|wixsite|weebly|primarysite|schoolsite|e4education|webs)\."
)
_SHARED = re.compile(
    r"(?:^|\.)(?:issuu|docplayer|scribd|facebook|twitter|x|studylib|fdocuments|yumpu|medium|"
    r"linkedin|youtube|moderngov|google|amazonaws|bbc|bbci|itv|cqc|ofsted|gov|nhs|police|ac|"
    r"parliament|blogs?|rssing|newsbreak|msn|yahoo|pressreader)\."
)
_SUFFIX = re.compile(
    r"\.(?:(?:co|org|ltd|me|net)\.uk|com|org|net|scot|wales|cymru|uk|info|care|school|academy|"
    r"education|london)$"
)
#: A newspaper quotes somebody's "our inspection".
_PAPER = re.compile(
    r"(?:news|express|gazette|times|herald|echo|post|mail|press|telegraph|argus|chronicle|today|"
    r"advertiser|journal|standard|mercury|observer|citizen|star|courier|examiner|world|live|"
    r"report|magazine|week|online|media|guardian|record(?:er)?|leader|tribune|visitor|independent|"
    r"sentinel|radio|tv|review|bulletin|reporter|local)s?$"
)
_QUOTED = re.compile(r"\"[^\"\n]{0,1500}\"?")
_SCHOOLS = re.compile(r"\.([a-z-]+)\.sch\.uk$")
_OWN = Sought(
    r"\b(?:our|my) (?:[a-z0-9'’-]+ ){0,4}(?:inspection|inspectors?|ofsted|estyn|report|rating|"
    r"grades?|judgement|site had)\b|"
    r"\b(?:inspected|visited|judged|rated|graded|awarded|assessed|told|gave|given) us\b|"
    r"\breport on (?:me|us)\b|"
    r"\bwe (?:were|have been|had been|are|had|have|received|got|achieved)\b[^.\n]{0,60}"
    r"\b(?:inspect\w*|ofsted|visited|rated|judged|graded|grades?|rating)\b"
)


def owner_by_host(story: Story, kinds: frozenset[str]) -> tuple[str, str] | None:
    """Id and name of the body whose own page it is, of these kinds; None where none shows."""
    host = (urlsplit(story.url or "").hostname or "").removeprefix("www.").strip(".")
    school = _SCHOOLS.search(host)
    if not school and _SHARED.search(f".{host}"):
        return None
    label = _label(host, school)
    own = school or _OWN.search(_QUOTED.sub(" ", fold(story.text)))
    if not own or _PAPER.search(label):
        return None
    words = _words_of(label, story.text) if label else []
    tail = _tails().get("".join(words[-1:]).lower(), "") or _tails().get(
        "".join(words[-2:]).lower(), ""
    )
    kind = tail or ("school" if school or kinds == {"school"} else "")
    if not words or not (kind or len(words) > 1):
        return None
    kind = kind or next((k for k in _LIKELY if not kinds or k in kinds), "provider")
    if kinds and kind not in kinds:
        return None
    name = " ".join(w.capitalize() for w in words)
    return f"unlisted:{kind}:{'-'.join(words).lower()}", name


_LIKELY = ("school", "nursery", "care-home", "surgery", "provider")


def _label(host: str, school: re.Match[str] | None) -> str:
    """The part of a host that names its owner: www.elm-lodge.co.uk → elm-lodge."""
    if school:
        return host[: school.start()].rpartition(".")[2]
    if let := _LET.search(host):
        return host[: let.start()].rpartition(".")[2]
    suffix = _SUFFIX.search(host)
    return host[: suffix.start()].rpartition(".")[2] if suffix else ""


def _words_of(label: str, text: str) -> list[str]:
    """The words that were run together; [] for initials, which name nobody."""
    words: list[str] = []
    for part in label.split("-"):
        words += _apart(part, text)
    return words if any(len(w) > 3 for w in words) and len(words) < 7 else []


def _apart(part: str, text: str) -> list[str]:
    """One run of letters cut where the text, or what names end with, shows a word to end."""
    for tail in sorted(_tails(), key=len, reverse=True):
        if part.endswith(tail) and len(part) - len(tail) > 2:
            cut = part[: -len(tail)]
            return [*_apart(cut, text), *_two(tail)]
    for word in sorted({w.lower() for w in _NAMED.findall(text)}, key=len, reverse=True):
        if part.startswith(word) and len(part) - len(word) > 2:
            return [word, *_apart(part[len(word) :], text)]
    return [part] if part else []


_NAMED = re.compile(r"\b[A-Z][a-z]{2,}\b")


def _two(tail: str) -> list[str]:
    """`primaryschool` → primary, school."""
    for first in ("primary", "high", "care", "nursing", "day", "medical", "infant", "junior"):
        if tail.startswith(first) and tail != first:
            return [first, tail[len(first) :]]
    return [tail]


@lru_cache(maxsize=1)
def _tails() -> dict[str, str]:
    """What names in hosts end with, run together → the kind of body."""
    found: dict[str, str] = {}
    for form in load_yaml("agencies/forms.yaml"):
        if form["kind"] in _ENDS:
            for head in form.get("heads", ()):
                run = re.sub(r"[^a-z]", "", head.lower())
                found.setdefault(run, form["kind"])
    return {k: v for k, v in found.items() if len(k) > 4} | _MORE


_ENDS = frozenset({"school", "college", "nursery", "care-home", "childrens-home", "surgery",
                   "hospice", "home-care", "fostering", "dentist"})  # fmt: skip
_MORE = {"childcare": "nursery", "childminding": "nursery", "federation": "school",
         "montessori": "nursery", "tots": "nursery", "kids": "nursery",
         "juniors": "school", "infants": "school", "carehomes": "care-home",
         "homecare": "home-care"}  # fmt: skip
