"""Bodies that stand in no list, known by the form of their name or by what was done to them.

"St Anselm's Primary School" is a school wherever it is; "Elm Court in Harwick has been placed in
special measures" names something that was inspected although no word of it says what it is.
Their id is `unlisted:kind:slug`, their name the fullest that was written; a code they have only
where the story gives one (see `particulars`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.tag.areas import is_place
from pipeline.tag.joined import UNITS, before_and, beside_their_kind, each, with_areas
from pipeline.tag.kinds import HOME_LIKE, KIND_WORDS, context_counts, kind_by_context, with_context
from pipeline.tag.matcher import words
from pipeline.tag.name_forms import (
    NAMES,
    STREET,
    TOKEN,
    after_a_place,
    begins,
    forms,
    is_but_a_place,
    is_proper,
    names_a_body,
    spelt_out,
    start_of,
    without_genitive,
)
from pipeline.tag.sentences import Taken
from pipeline.tag.verdicts import CALLED, PEOPLE_OF, named_by_verdict
from pipeline.tag.word_use import use_of

_QUOTES = frozenset("'‘’\"“”`´")
_TITLED = re.compile(r"(?:Dr|Mr|Mrs|Ms|Miss|Professor|Prof|Sir|Dame|Cllr|Councillor|Rev)\b")
#: "A troubled Harwick surgery": one of a place.
_SOME = re.compile(r"\b(?:[Aa]|[Aa]n|[Aa]nother|[Oo]ne) (?:[a-z-]+ ){1,3}\Z")
_ARTICLE = re.compile(r"\b(?:[Aa]|[Aa]n|[Aa]nother|every|one|each|any) $")
#: "Homecare agency Brightway Care was rated": what it is stands before its name.
_KIND_AHEAD = re.compile(
    rf"(?:\b|^)(?P<kind>(?i:{'|'.join(v for k, v in KIND_WORDS.items() if k != 'school')})) "
    rf"({NAMES}(?= (?:has|have|was|were|is)\b|['’]s\b|[,.]|\n)|"
    rf"{TOKEN}(?=, (?:run|owned|managed|which|in|on|near)\b))"
)
_APPOSITION = re.compile(
    rf"(?=[A-Z])(?<![\w’'])({NAMES}(?: for {TOKEN})?|{TOKEN} {TOKEN}),? "
    r"(?:which is |which runs |is )?(?:a|an|the) (?:[\w-]+ ){0,3}?"
    rf"(?P<kind>{'|'.join(KIND_WORDS.values())})\b"
    r"(?!['’]s\b| (?:[a-z-]+ )?(?:manager|owner|boss|director|head|teacher|leader|inspector|worker|"
    r"nurse|carer|resident|patient|pupil|governor|spokes\w+|chief|executive|provider|group|firm|"
    r"operator|company|assistant|campaigner|consultant|union|watchdog|regulator)s?\b)"
)
_SMALL = {"home": "care-home", "school": "school", "nursery": "nursery", "surgery": "surgery"}
#: "The home on Mill Road": one without a name.
_BY_STREET = re.compile(
    rf"(?<=[Tt]he )(home|school|nursery|surgery) (?:on|in|at) "
    rf"((?:{TOKEN} ){{1,3}}(?:Road|Street|Avenue|Lane|Drive|Close|Crescent|Terrace|Way))\b"
)
BY_STREET = "known by its street"
#: "Inspectors visited 12 Alder Road": a home that is called by its address.
_ADDRESS = re.compile(
    rf"(?:(?<=nspection of )|(?<=[.!?] )|(?<=inspected )|(?<=visited )|(?<=report on )|(?<=rated )|"
    rf"(?<=review for )|(?<=review of )|(?<=[Aa]t )|(?<=for )|(?m:^))"
    rf"(\d{{1,3}}[A-Za-z]?(?: ?[-–&] ?\d{{1,3}})? (?:{TOKEN} ){{1,3}}(?:Road|Street|Avenue|Lane|"
    rf"Drive|Close|Crescent|Terrace|Way|Gardens|Grove|Place|Walk|Row))"
    r"(?= (?:was|is|has|had|must|needs|requires|were)\b|['’]s\b|[.\n]|,? (?:as|in) |$)"
)
_HOMES_BY_ADDRESS = frozenset({"care-home", "childrens-home"})
#: "The Plas y Bryn home": what it is, in small letters.
_THE_HOME = re.compile(rf"(?<=[Tt]he )({NAMES}) (home|school|nursery|surgery)\b")
_HOME = re.compile(
    rf"(?=[A-Z])(?:(?:(?<=[a-z,] )(?<!\w of )|(?<=\bAt )|(?<=[a-z] of ))"
    rf"((?:The )?(?:{TOKEN} (?:of )?){{1,3}}(?:{HOME_LIKE}))\b(?! [A-Z])"
    rf"|(?m:^)((?:The )?(?:{TOKEN} ){{1,2}}(?:{HOME_LIKE}))"
    rf"(?= in [A-Z]|, [A-Z]|\n| (?:has|had|was|is)\b))"
)
_STREETS = STREET
_SEATS = re.compile(
    r"\b(?:Town|City|County|Village|Guild|Westminster|Music|Albert|Church|Civic|Market|"
    r"Country|Opera|Wembley|Downing|Crown|High|Magistrates|Supreme|Council|Somerset)"
    r" (?:Hall|House|Court|Place)$"
)
_OWNER = re.compile(
    rf"\b(?:owned|run|operated|managed|provided|sponsored) by (?:the )?({NAMES}|{TOKEN} {TOKEN})"
    rf"|\b(?:owners?|operators?|provider|company),? ({NAMES}|{TOKEN} {TOKEN}),"
    rf"|\bpart of (?:the )?({NAMES} (?:Group|Homes|Care|Healthcare|Federation))"
)


_CHURCH = (
    (re.compile(r"\b(?:church of england|c ?of ?e|c\.? ?e\.?)(?= )"), "ce"),
    (re.compile(r"\b(?:roman catholic|r\.? ?c\.?)(?= )"), "catholic"),
)


def church_short(name: str) -> str:
    """A name in small letters with "Church of England" and "C of E" written one way."""
    for pattern, short in _CHURCH:
        name = pattern.sub(short, name)
    return name


@dataclass(frozen=True, slots=True)
class Unlisted:
    start: int
    end: int
    quote: str
    kind: str
    rule: str
    role: str | None
    named: str | None = None  #: what the same body is called elsewhere in the text

    @property
    def name(self) -> str:
        return self.named or self.called

    @property
    def called(self) -> str:
        """As written, save that a short head is spelt out: "Borset PDU" is the same unit."""
        stem, _, last = self.quote.rpartition(" ")
        return f"{stem} {spelt_out()[last]}" if last in spelt_out() else self.quote

    @property
    def id(self) -> str:
        """The same for "The Grange" and "Grange", for "primary school" and "Primary School"."""
        plain = church_short(self.name.lower()).replace("'", "").replace("’", "")
        plain = plain.replace("&", "and")
        plain = re.sub(r"[^\w]+", "-", plain).strip("-").removeprefix("the-")
        return f"unlisted:{self.kind}:{plain}"


def unlisted(text: str) -> list[Unlisted]:
    """All of them, left to right, none overlapping."""
    found: list[Unlisted] = []
    for stage in (_by_form, _by_apposition, _by_owning, _by_verdict, _homes, _with_towns):
        taken = Taken((f.start, f.end) for f in found)
        found += [u for u in stage(text) if not taken.overlaps(u.start, u.end)]
    found.sort(key=lambda u: (u.start, -u.end))
    kept: list[Unlisted] = []
    for u in found:
        if not kept or u.start >= kept[-1].end:
            kept.append(u)
    return kept


#: "Chipping Norton school": its name, unless the text has a fuller one; "a Moray school" never is.
PLACE_AND_KIND = "a place and a kind"


def _start_of_name(text: str, m: re.Match[str]) -> int:
    """Where the name before a head begins, what only leads up to it left out."""
    start = start_of(text, m.start("name"), m.start("head"))
    start = after_a_place(text, start, m.start("head"))
    start -= 4 if text.endswith("Sir ", 0, start) else 0  # "Sir John Borset School"
    if m["head"] in UNITS:
        start = with_areas(text, start)
    link = text.find(" of the ", start, m.start("head"))
    if link > 0 and _TITLED.match(text, start):
        start = link + len(" of the ")  # "Dr Gray of the Borset Infirmary"
    start = _unglued(text, start, m.end("head"))
    if doctor := _DOCTOR.search(text, max(0, start - 12), m.start("head")):
        start = doctor.start()
    return start


def _by_form(text: str) -> Iterator[Unlisted]:
    ahead, after, kinds = forms()
    for m in ahead.finditer(text):
        start = _start_of_name(text, m)
        name = text[start : m.start("head")].strip(" ,")
        if not name or not is_proper(name) or "\n" in name:
            continue
        if text[start - 1 : start] in _QUOTES and any(q in name for q in _QUOTES):
            continue  # "'Inadequate' GP surgery"
        small = m["head"].rpartition(" ")[2][0].islower()  # "GP surgery" as well
        if small and (
            (
                " " not in name
                and begins(text, start)
                and not _only_a_name(text, name)
                and not _in_prose(text, start, m)
            )
            or _ARTICLE.search(text[max(0, start - 9) : start])
        ):
            continue  # "Every primary school …", "a Borset care home": no name
        for a, b, first in before_and(text, start, m):
            yield _unlisted(text, a, b, kinds[first][0], "form of name", kinds[first][1])
            start = b + len(" and ")
            start += 4 if text.startswith("the ", start) else 0
            name = text[start : m.start("head")].strip(" ,")
        kind, role = kinds[m["head"].replace("’", "'").lower()]
        if kind == "school" and _STREETS.search(name) and m["head"][0].islower():
            continue  # "the Mary Street school"
        if not is_proper(name):
            continue
        loose = small or (name.isupper() and not m["head"].istitle())
        some = " " not in name.removesuffix(" GP") and _SOME.search(text, max(0, start - 40), start)
        described = is_but_a_place(name) or (small and (_STREETS.search(name) or some))
        rule = PLACE_AND_KIND if loose and described else "form of name"
        yield _unlisted(
            text, start, m.end("site") if m["site"] else m.end("head"), kind, rule, role
        )
    for m in after.finditer(text):
        kind, role = kinds[m["head"].lower()]
        yield _unlisted(
            text, m.start(), without_genitive(text, m.end()), kind, "form of name", role
        )


#: "Dr A Khan's surgery".
_DOCTOR = re.compile(r"\bDrs?\.? (?:[A-Z]\.? ){0,2}[A-Z]\w+['’]s \Z")
_SENTENCE = re.compile(r"[^\n]{12,}[.!?][\"'”’]?[ \n]")


def _in_prose(text: str, start: int, m: re.Match[str]) -> bool:
    """Whether a sentence begins here, and no headline: in prose one nursery has an article, unless
    the word before it is its name.
    """
    word = text[start : m.start("head")].strip().lower()
    if word in words("leading") or word in words("determiners"):
        return False
    return m["head"].lower() in _SINGULAR and bool(_SENTENCE.match(f"{text[start : start + 400]} "))


_SINGULAR = frozenset({"nursery", "surgery", "school", "care home", "nursing home", "academy",
                       "hospice", "playgroup", "pre-school", "day nursery"})  # fmt: skip

_GLUED = re.compile(r"[A-Z][a-z]+(?=[A-Z][a-z]{2})")


def _unglued(text: str, start: int, end: int) -> int:
    """The start after a word that was glued to a name: "in HarwickDaisy Care Home"."""
    glued = _GLUED.match(text, start)
    if glued and re.search(rf"(?<![^\W_]){re.escape(text[glued.end() : end])}", text):
        return glued.end()
    return start


def _only_a_name(text: str, word: str) -> bool:
    """Whether the text has the word more than once, and never but with its capital."""
    often = re.compile(rf"(?i)\b{re.escape(word)}\b").findall(text)
    return len(often) > 1 and all(w[0].isupper() for w in often)


def _by_verdict(text: str) -> Iterator[Unlisted]:
    """What was rated, inspected or told something: a body, whatever it is called."""
    for start, end, rule, single in named_by_verdict(text):
        for a, b in each(text, start, end):
            name = text[a:b]
            whole = " " in name or (single and _is_a_name(text, name))
            if not whole or not names_a_body(name) or use_of(text).is_person(name):
                continue
            kind = kind_by_context(text, name)
            freely = kind in _NAMED_FREELY and not is_place(name) and not _NO_PLACE.search(name)
            if rule not in (PEOPLE_OF, CALLED) or freely:
                yield _unlisted(text, a, b, kind, rule, None)


#: "Pupils at GCSE", "people at Christmas": where nobody inspects.
_NO_PLACE = re.compile(
    r"(?i)\b(?:gcses?|a[ -]levels?|levels?|key|stage|ks\d|year|reception|phase|sixth|christmas|"
    r"easter|assembly|westminster|parliament|senedd|holyrood|stormont|conference|framework|"
    r"inspectorate|authority|agency|union|association|headquarters|hq|network|university|"
    r"ombudsman|tribunal|airport|station|club|festival|museum|theatre|church|news|times|post|echo|"
    r"herald|gazette|telegraph|express|mail|journal|chronicle|guardian|standard|argus|mercury|"
    r"observer|courier|advertiser|independent|mirror|week|online|media|"
    r"radio|tv|bbc|itv|facebook|twitter|linkedin|youtube|manager|headteacher|teacher|inspector|"
    r"officer|director|report|inspection|review|statement|update|newsletter|contents|menu|home|"
    r"about us|contact us|latest news|read more|britain|england|scotland|wales|ireland|europe)$"
    r"|^(?:gcse|a[ -]level|key stage|ks\d|year \w+|"
    r"(?:north|south|east|west|mid|central)(?:ern)? \w+$)"
)
#: Kinds whose names need not say what they are.
_NAMED_FREELY = frozenset({"school", "nursery", "care-home", "childrens-home", "surgery", "dentist",
                           "hospital", "home-care", "training", "college"})  # fmt: skip


def _is_a_name(text: str, word: str) -> bool:
    """Whether one word is a name: no place, no acronym, and never in small letters."""
    bare, use = word.removeprefix("The "), use_of(text)
    if bare in use.placed or bare.lower() in use.small or bare.isupper():
        return False
    return not is_place(bare) and bare.lower() not in words("leading")


def _by_apposition(text: str) -> Iterator[Unlisted]:
    """ "Foxlarch Lodge, a children's home in …": what it is stands beside its name."""
    for m in _THE_HOME.finditer(text):
        name = m[1]
        if " " in name and names_a_body(name) and not is_place(name):
            kind = kind_by_context(text, name)
            kind = kind if m[2] == "home" and kind == "childrens-home" else _SMALL[m[2]]
            rule = BY_STREET if STREET.search(name) else "what it is stands beside it"
            yield _unlisted(text, m.start(1), m.end(1), kind, rule, None)
    for m in _KIND_AHEAD.finditer(text):
        start, end = m.span(2)
        if m[2].split()[0].lower() in words("leading"):
            continue  # "Redby Nursery In Harwick"
        if names_a_body(m[2]) and not is_place(m[2]) and not use_of(text).is_person(m[2]):
            kind = _kind_of(m["kind"].lower())
            yield _unlisted(text, start, end, kind, "what it is stands beside it", None)
    for start, end, kind in beside_their_kind(text):
        start = start_of(text, start, end, keep_the=True)
        name = text[start:end]
        if names_a_body(name) and not is_place(name):
            yield _unlisted(text, start, end, kind, "in a list of its kind", None)
    for m in _BY_STREET.finditer(text):
        kind = _SMALL[m[1]]
        if kind == "care-home" and kind_by_context(text, m[2]) == "childrens-home":
            kind = "childrens-home"
        yield _unlisted(text, m.start(2), m.end(2), kind, BY_STREET, None)
    for m in _ADDRESS.finditer(text):
        if (kind := kind_by_context(text, m[1])) in _HOMES_BY_ADDRESS:
            yield _unlisted(text, m.start(1), m.end(1), kind, BY_STREET, None)
    for m in _APPOSITION.finditer(text):
        start = start_of(text, m.start(1), m.end(1), keep_the=True)
        if len(re.findall(r" [A-Z]", text[m.end(1) : m.start("kind")])) > 1:
            continue  # "…, the Little Learners nursery": that is another name
        name, word = text[start : m.end(1)], m["kind"].replace("’", "'")
        if names_a_body(name) and " " in name:
            kind = _kind_of(word)
            yield _unlisted(text, start, m.end(1), kind, "what it is stands beside it", None)


def _kind_of(word: str) -> str:
    said = word.replace("’", "'")
    return next(k for k, p in KIND_WORDS.items() if re.fullmatch(p, said))


def _by_owning(text: str) -> Iterator[Unlisted]:
    """ "Owned by Thistlebank Care": who runs an inspected body."""
    for m in _OWNER.finditer(text):
        start, end = m.span(m.lastindex or 1)
        end = without_genitive(text, end)
        if names_a_body(text[start:end]):
            yield _unlisted(text, start, end, "provider", "runs or owns", "operator")


def _homes(text: str) -> Iterator[Unlisted]:
    """ "Staff at Windlebury Grange", in a story of homes: a name as homes have them."""
    found = list(_HOME.finditer(text))
    if not found:
        return
    said = zip(context_counts(text.lower()), with_context(), strict=True)
    homes = ("care-home", "childrens-home")
    kinds = [(n, f["kind"]) for n, f in said if f["kind"] in homes and n]
    for m in found if kinds else ():
        start, end = m.span(m.lastindex or 1)
        if names_a_body(text[start:end]) and not _SEATS.search(text[start:end]):
            yield _unlisted(text, start, end, max(kinds)[1], "named as homes are", None)


#: "THE LINDENS, EYE": a heading of a round-up.
_HEADING = re.compile(r"(?m)^((?:THE |DR |DRS )?[A-Z][A-Z'’&. -]{2,40}), ([A-Z][A-Z' -]{2,25})$")
_PAIR = rf"((?:The )?(?:{TOKEN} ){{0,3}}{TOKEN}), ({TOKEN}(?: {TOKEN}){{0,2}})"
_PAIRS = re.compile(rf"(?<=[a-z:] ){_PAIR}(?:; (?:and )?{_PAIR})+(?=[.;,)\n])")


def _with_towns(text: str) -> Iterator[Unlisted]:
    """ "They are Park House, Redcar; Elm Lodge, Yarm; and Rosemount, Hull": a list with towns."""
    for m in _HEADING.finditer(text):
        kind = kind_by_context(text, m[1])
        if is_place(m[2].title()) and kind != "provider":
            yield _unlisted(text, m.start(1), m.end(1), kind, "a heading with its town", None)
    for m in _PAIRS.finditer(text):
        pairs = list(re.finditer(_PAIR, m[0]))
        if all(is_place(pair[2]) for pair in pairs):
            for pair in pairs:
                start, end = m.start() + pair.start(1), m.start() + pair.end(1)
                kind = kind_by_context(text, pair[1])
                if names_a_body(pair[1]) and kind != "provider":
                    yield _unlisted(text, start, end, kind, "in a list with towns", None)


def _unlisted(text: str, start: int, end: int, kind: str, rule: str, role: str | None) -> Unlisted:
    return Unlisted(start, end, text[start:end], kind, rule, role)
