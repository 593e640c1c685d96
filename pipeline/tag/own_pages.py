"""Whose page it is that tells "our inspection": a school, nursery or home named by its host alone.

talbrook.borset.sch.uk is Talbrook's own; so is elmlodgecare.co.uk, where the text speaks of "our
Ofsted report" and names nobody. The host gives the name as far as its words can be told apart: by
hyphens, by what such names end with, by names in the text.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from pipeline.knowledge import load_csv, load_yaml
from pipeline.models import Story
from pipeline.tag.gazetteer import gazetteer
from pipeline.tag.literals import Sought
from pipeline.tag.matcher import fold, words

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


#: Where a body's site keeps its own report: /about-us/ofsted-report.
_OWN_PATH = re.compile(r"/(?:[a-z0-9_-]+[-_])?(?:ofsted|estyn|cqc|isi|inspection)[-_/]?[^/]*/?$|"
                       r"/(?:ofsted|inspection)[-_]reports?/")  # fmt: skip


def owner_by_host(story: Story, kinds: frozenset[str]) -> tuple[str, str] | None:
    """Id and name of the body whose own page it is, of these kinds; None where none shows."""
    host = (urlsplit(story.url or "").hostname or "").removeprefix("www.").strip(".")
    school = _SCHOOLS.search(host)
    if not school and _SHARED.search(f".{host}"):
        return None
    label = _label(host, school)
    own = (
        school
        or _OWN.search(_QUOTED.sub(" ", fold(story.text)))
        or _OWN_PATH.search(urlsplit(story.url or "").path.lower())
    )
    if not own or _PAPER.search(label):
        return None
    parts = _words_of(label, story.text) if label else []
    tail = _tails().get("".join(parts[-1:]).lower(), "") or _tails().get(
        "".join(parts[-2:]).lower(), ""
    )
    kind = tail or ("school" if school or kinds == {"school"} else "")
    if not parts or not (kind or len(parts) > 1):
        return None
    kind = kind or next((k for k in _LIKELY if not kinds or k in kinds), "provider")
    if kinds and kind not in kinds:
        return None
    name = " ".join(w.capitalize() for w in parts)
    return f"unlisted:{kind}:{'-'.join(parts).lower()}", name


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
    found: list[str] = []
    for part in label.split("-"):
        found += _apart(part, text)
    found = _COMPOUND.sub(r"\1\2", " ".join(found)).split()
    return found if any(len(w) > 3 for w in found) and len(found) < 7 else []


#: Oakfield and Beechwood are one word.
_COMPOUND = re.compile(
    r"\b(?!the |old |and |of |st )([a-z]{3,5}) "
    r"((?:fields?|woods?|lands?|brook|side|bank|croft|meads?|ford)\b)"
)


def _apart(part: str, text: str) -> list[str]:
    """One run of letters cut where a word shows to end: one of the text, of towns, of names.

    What no word covers stays together: `redbywillowtots` → redby, willow, tots.
    """
    said = {w.lower(): [w.lower()] for w in _NAMED.findall(text)}
    known = {w: cut for w, cut in (_known_words() | said).items() if w in part}
    for tail in sorted(_tails(), key=len, reverse=True):
        if part.endswith(tail) and len(part) - len(tail) > 2:
            return [*_fewest(part[: -len(tail)], known), *_fewest(tail, known)]
    return _fewest(part, known)


def _fewest(run: str, known: dict[str, list[str]]) -> list[str]:
    """The run cut so that known words leave the fewest letters over, and then are the fewest."""
    best: list[tuple[int, int, list[str]]] = [(0, 0, [])]
    for end in range(1, len(run) + 1):
        loose, count, said = best[end - 1]  # a letter that no word has
        going_on = loose and said and said[-1].startswith("?")
        last = [*said[:-1], said[-1] + run[end - 1]] if going_on else [*said, "?" + run[end - 1]]
        choices = [(loose + 1, count + (not going_on), last)]
        for w, cut in known.items():
            if run.endswith(w, 0, end):
                before = best[end - len(w)]
                choices.append((before[0], before[1] + 1, [*before[2], *cut]))
        best.append(min(choices, key=lambda c: (c[0], c[1])))
    loose, _, said = best[-1]
    cut = [w.removeprefix("?") for w in said]
    return cut if not loose or all(len(w) > 2 for w in cut) else [run]


@lru_cache(maxsize=1)
def _known_words() -> dict[str, list[str]]:
    """Words that names are made of, and names of towns run together → their words."""
    names = (t["name"].lower().replace("'", "") for t in load_csv("agencies/towns.csv"))
    areas = (r.area.lower() for r in gazetteer().all() if r.kind == "council" and r.area)
    found = {re.sub(r"[^a-z]", "", n): re.findall("[a-z]+", n) for n in (*names, *areas)}
    single = {w: [w] for cut in found.values() for w in cut if len(w) > 4}
    own = {w: [w] for w in words("host_words")}
    return single | {k: v for k, v in found.items() if len(k) > 4} | own


_NAMED = re.compile(r"\b[A-Z][a-z]{2,}\b")


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
                   "hospice", "home-care", "fostering", "dentist", "training"})  # fmt: skip
_MORE = {"childcare": "nursery", "childminding": "nursery", "federation": "school",
         "montessori": "nursery", "tots": "nursery", "kids": "nursery",
         "juniors": "school", "infants": "school", "carehomes": "care-home",
         "homecare": "home-care"}  # fmt: skip
