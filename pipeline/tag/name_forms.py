"""What names of bodies look like: their words, their heads, where they begin and end.

The heads ("Primary School", "Care Home") and what stands before names ("HMP") are those of
`knowledge/agencies/forms.yaml`, which tells the kind of body that has them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.knowledge import load_yaml
from pipeline.tag.areas import is_place
from pipeline.tag.gazetteer import gazetteer
from pipeline.tag.matcher import words

TOKEN = r"(?:St\b\.?|[A-Z][^\W_]*(?:['’.&-][^\W_]+)*['’]?)"
#: "1st Steps", "Tots 2 Teens", "Kids 4 Life": a number that stands for a word of a name.
_NUMBER = r"(?:\d{1,2}(?:st|nd|rd|th)|[24](?= [A-Z]))\b"
_LINK = r"(?:(?:and|of|the|upon|on|le|de|y|yr) |& |/ |@ )"
_ASIDE = r"\((?:VA|VC|VC?A|Aided|Controlled|C ?of ?E|CE|RC)\)"
_WORD = rf"(?:{TOKEN}|{_NUMBER}|[A-Z]\.)"
_NAME = rf"(?:{_WORD} (?:{_LINK}){{0,2}}){{0,6}}?{_WORD}(?: {_ASIDE})?"
NAMES = rf"(?:The )?{TOKEN}(?: (?:{_LINK})?{TOKEN}){{1,5}}"
_ASPECT = re.compile(
    r"(?i)\b(?:management|attitudes|development|education|effectiveness|leadership|well-?being|"
    r"protection|leavers|provision|safety|activity|release|victims|children|teaching|inclusion)$"
)
#: What a name of a street ends with; "Hill" and "Park" also end names of schools.
STREET = re.compile(
    r" (?:Road|Street|Avenue|Lane|Drive|Close|Crescent|Terrace|Square|Row|Walk|Way)$"
)


#: A name ends with its word, also where a caption's credit was glued to it: "Elm nurseryCredit".
_ENDS = r"(?![a-z0-9_-])(?:(?<=[a-z])|(?![A-Z]))"


#: Where one of several stands, after the head: "Redby Academy Harwick", "King's College London".
_SITE = (
    r" (?!Ofsted|Estyn|The )[A-Z][a-z]{3,}(?: [A-Z][a-z]{3,})?"
    r"(?=[,.;:\n]| (?!said|says|and\b)[a-z])"
)


@lru_cache(maxsize=1)
def forms() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, tuple[str, str | None]]]:
    """A name before its head, a name after its prefix; head or prefix, lower case → kind, role."""
    kinds: dict[str, tuple[str, str | None]] = {}
    heads, prefixes = [], []
    for form in load_yaml("agencies/forms.yaml"):
        for written in (form.get("heads", []), form.get("prefixes", [])):
            kinds.update({w.lower(): (form["kind"], form.get("role")) for w in written})
        heads += form.get("heads", [])
        prefixes += form.get("prefixes", [])
    by_head = "|".join(_spelt(h) for h in sorted(heads, key=len, reverse=True))
    by_prefix = "|".join(re.escape(p) for p in sorted(prefixes, key=len, reverse=True))
    ahead = re.compile(
        rf"\b(?P<name>{_NAME}) (?P<head>{by_head}){_ENDS}"
        rf"(?:(?! (?:(?!(?:{'|'.join(sorted(words('after_names')))})\b)[A-Z][a-z]|NHS\b))|"
        rf"(?:(?<=Academy)|(?<=College)|(?<=Hospital))(?P<site>{_SITE}))"
    )
    word = r"[A-Z][^\W\d_]*(?:-[^\W\d_]+)*"  # no genitive: it ends the name
    after = re.compile(
        rf"\b(?P<head>{by_prefix}) (?P<name>(?:(?:y|yr|Y|Yr|the) )?{word}"
        rf"(?: (?:(?:y|yr|a'r|ar|o'r|of|and) )?{word}){{0,2}})"
    )
    return ahead, after, kinds


def _spelt(head: str) -> str:
    """A head in any case ("primary school"), save acronyms and short ones that are also words."""
    text = re.escape(head).replace("'", "['’]")
    if head in words("short_heads") and head in words("capital_heads"):
        return rf"{text}(?={_AFTER_A_SHORT_HEAD})"  # "Borset High was", never "a high of"
    if head in words("short_heads"):  # "Borset Primary was …", never "Borset Primary Care"
        return rf"(?i:{text})(?={_AFTER_A_SHORT_HEAD})"
    return text if head.isupper() or head in words("capital_heads") else f"(?i:{text})"


#: What a name that ends with a short head may be followed by: not what makes it another thing.
_AFTER_A_SHORT_HEAD = (
    r"[,.;:)\n]|['’]s|$| (?:Ofsted|Estyn|CQC|HMI|Education Scotland)\b|"
    r" (?!(?:care|schools?|school's|academ(?:y|ies)|education|curriculum|street|road|court|phase|"
    r"sector|level|teaching|teachers?|trust|needs|provision|courses?|programmes?|providers?|"
    r"costs?|fees|manager|officers?|services?|team|staffing|settings?|of|or|years|age|college|"
    r"associations?|standards|benefit|stock|market|estate|crisis|workers?)\b)[a-z]"
)


@lru_cache(maxsize=1)
def spelt_out() -> dict[str, str]:
    """Short head → the head in full: Primary → Primary School."""
    return {
        s: long for f in load_yaml("agencies/forms.yaml") for s, long in f.get("short", {}).items()
    }


@lru_cache(maxsize=1)
def _heads() -> frozenset[str]:
    """What names of kinds end with, lower case."""
    forms_ = load_yaml("agencies/forms.yaml")
    return frozenset(h.lower() for f in forms_ for h in f.get("heads", ()))


_GAP = re.compile(" ")


def proper_part(name: str) -> str:
    """The name without the words that tell its kind: `Harwick Borough Council` → `Harwick`."""
    low = name.lower()
    ends = (low[gap.end() :] for gap in _GAP.finditer(low))  # the longest first
    head = next((end for end in ends if end in _heads()), "")
    left = name[: len(name) - len(head)].split()
    while left and left[-1].lower() in words("generic"):
        left.pop()
    return " ".join(left)


def is_proper(name: str) -> bool:
    """Whether something in it is a name of its own: "Community Primary" is not."""
    plain = re.findall(r"[\w'’]+", name.lower().replace("’", "'"))
    return any(
        not {w, w.removesuffix("'s")} & words("generic") and not w[0].isdigit() for w in plain
    )


_KNOWN_FORM = re.compile(
    r"(?i)^(?:requires improvement|special measures|(?:serious |significant )?weaknesses)$|"
    r"\b(council|councils|services?|police|inspectors|minister|local|area|partnership|borough)$"
)


def names_a_body(name: str) -> bool:
    """Whether it may be a body's: a name of its own, no aspect, no area, no street."""
    known = (
        _ASPECT.search(name) or _KNOWN_FORM.search(name) or _joins_places(name)
        or _GRADES.fullmatch(name)
    )  # fmt: skip
    return is_proper(name) and not known and not is_area(name) and not STREET.search(name)


#: "RI and Inadequate", "Good or Outstanding": grades, whatever was done to them.
_GRADES = re.compile(
    r"(?i)(?:(?:the |and |or |to |rated |judged |grade |ri\b|good|outstanding|inadequate|adequate|"
    r"satisfactory|unsatisfactory|weak|excellent|very|requires?|requiring|improvement|special|"
    r"measures|serious|weaknesses)[ ,/'’]*)+"
)


def _joins_places(name: str) -> bool:
    """ "Halton and Warrington": two areas."""
    parts = name.split(" and ")
    return len(parts) > 1 and all(is_place(p) for p in parts)


@lru_cache(maxsize=1)
def _area_names() -> frozenset[str]:
    return frozenset(
        a for r in gazetteer().all() if r.kind == "council" for a in (r.area, *r.bare) if a
    )


def is_area(name: str) -> bool:
    """Whether a council's area is called so: "a Moray school" is no name."""
    return name in _area_names()


def is_but_a_place(name: str) -> bool:
    """Whether the name, or what is left of it without GP and the like, is but a place."""
    bare = re.sub(r" (?:GP|NHS)$", "", name)
    return is_area(bare) or is_area(bare.title()) or is_place(bare.title()) is not None


_LEADS_UP = re.compile(
    r"\b(?:[Ii]nspection|[Rr]eport|[Vv]isit|[Rr]eview|[Ss]ummary|[Ll]etter|[Pp]upils|[Ss]taff) "
    r"(?:of|on|to|at|in|about|for) (?:the )?"
)


_OWNERS = re.compile(r"(['’]s )(The )?(?=[A-Z])")


_ON = re.compile(r"([\w'’]+) on (?:the )?([A-Z][\w'’]*)")
_RIVERS = frozenset(
    {"Trent", "Tees", "Thames", "Sea", "Wye", "Tweed", "Avon", "Spey", "Tyne", "Humber", "Wharfe"}
)
#: Names that begin with a word that else only leads up to one.
_WHOLE = ("Our Lady", "All Saints", "All Hallows", "All Souls")
_AT = re.compile(r"(?<!\w)(?:[Aa]t|[Tt]o|[Oo]f|[Nn]ear) \Z")


def start_of(text: str, start: int, end: int, *, keep_the: bool = False) -> int:
    """The start after words that only lead up to the name."""
    if (run := text.rfind("-run ", start, end)) > 0:
        start = run + len("-run ")  # "the council-run Harwick Nursery"
    for lead in _LEADS_UP.finditer(text, start, end):
        start = lead.end()  # "Monitoring Inspection of Harwick Primary School"
    for on in _ON.finditer(text, start, end):
        if on[2] not in _RIVERS and not is_place(on[0]):
            start = on.start(2)  # "the Care Inspectorate on Little Redbies nursery"
    for whose in _OWNERS.finditer(text, start, end):  # "Blaenau Gwent's Brynmawr School"
        if whose[2] or is_place(text[start : whose.start()]):
            start = whose.end(1)
            break
    doer = False  # who does something in a headline all of whose words have capitals
    while not text.startswith(_WHOLE, start):
        word = re.match(r"[\w'’&-]+[,.]? ", text[start:end])
        if word is None:
            return start
        low = word[0].strip(" ,.").lower().replace("’", "'").rstrip("'")
        if low[0].isdigit() and _DATED.search(
            f"{text[max(0, start - 12) : start]}|{text[start:end]}"
        ):
            start += word.end()
            continue
        if low.endswith(("-based", "-rated", "-run", "-area")):
            start += word.end()
            continue
        if low in _COUNTED and (number := re.match(r"\d+ ", text[start + word.end() : end])):
            start += word.end() + number.end()  # "In Year 4 Alder School pupils"
            continue
        owner = low.removesuffix("'s")
        genitive = owner != low and (
            owner in ("ofsted", "cqc", "council") or is_place(owner.title())
        )
        if low == "good" and _AT.search(text, 0, start):
            return start  # "at Good Hope Hospital"
        the = low == "the" and not keep_the and begins(text, start)
        small = word[0].strip()[0].islower()
        acting = doer and low in words("headline_verbs")  # "Inspectors Close Nursing Home"
        if not (low in words("leading") or the or genitive or small or acting):
            return start
        doer = low in words("doers")
        start += word.end()
    return start


_MONTHS = (
    r"(?:[Jj]an(?:uary)?|[Ff]eb(?:ruary)?|[Mm]arch|[Aa]pril|[Mm]ay|[Jj]une|[Jj]uly|[Aa]ug(?:ust)?|"
    r"[Ss]ept(?:ember)?|[Oo]ct(?:ober)?|[Nn]ov(?:ember)?|[Dd]ec(?:ember)?)"
)
#: A number before a name that is none of its words: of a day, a class, a grade.
_DATED = re.compile(
    rf"(?:{_MONTHS}|[Yy]ears?|[Gg]rade|[Ll]evel|[Ss]tage|[Pp]hase|[Pp]age|[Tt]op|[Nn]o\.?) \||"
    rf"\|\w+ (?:of )?{_MONTHS}\b|[Tt]he \|(?!1st)"
)
_COUNTED = frozenset({"year", "years", "grade", "level", "phase", "page", "reception"})
_TAIL_OF_ANOTHER = re.compile(r"\b(?:in|near|[A-Z]\w+ for) \Z")


def after_a_place(text: str, start: int, end: int) -> int:
    """Of "… in Ryde and Carisbrooke Health Centre", where Ryde is only a place: the second.

    Also of "Skills for Growth and Redby College".
    """
    if _TAIL_OF_ANOTHER.search(text, max(0, start - 25), start) and (
        link := re.search(r" and ", text[start:end])
    ):
        return start + link.end()
    return start


_DATE = re.compile(
    r" on (?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
)


def before_a_date(text: str, start: int, end: int) -> int:
    """The end of a name before the day on which it was visited: "Elm Lodge on January 9"."""
    date = _DATE.search(text, start, end)
    return date.start() if date else end


#: What follows a name that ends with an s of its own, and never what somebody owns.
_NO_OWNED = re.compile(
    r"[,.;]|$| (?:was|were|is|are|has|have|had|in|and rated|to|after|at|on|which|must|got)\b"
)


def without_genitive(text: str, end: int) -> int:
    """The end before an apostrophe, with its s or without."""
    for tail in ("'s", "’s", "'", "’"):
        if text.endswith(tail, 0, end):
            if len(tail) > 1 and _NO_OWNED.match(text, end):
                return end  # "St Anne's was rated good"
            return end - len(tail)
    return end


def begins(text: str, start: int) -> bool:
    """Whether a sentence or a line begins here, so that its capital letter says nothing."""
    before = text[:start].rstrip(" \"'“‘(")
    return not before or before[-1] in ".!?:\n•-–—;" or text[start - 1] == "\n"
