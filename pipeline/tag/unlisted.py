"""Bodies that stand in no list, known by the form of their name or by what was done to them.

"St Anselm's Primary School" is a school wherever it is; "Elm Court in Harwick has been placed in
special measures" names something that was inspected although no word of it says what it is.
Their id is `unlisted:kind:slug`, their code null, their name as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipeline.knowledge import load_yaml
from pipeline.tag.matcher import words

_TOKEN = r"(?:St\.?|[A-Z][^\W_]*(?:['’.&-][^\W_]+)*['’]?)"
_LINK = r"(?:(?:and|of|the|upon|on|le|de|y|yr) |& |/ )"
_NAME = rf"(?:{_TOKEN} (?:{_LINK}){{0,2}}){{0,6}}?{_TOKEN}"
_NAMES = rf"(?:The )?{_TOKEN}(?: (?:{_LINK})?{_TOKEN}){{1,5}}"
_VERDICT = re.compile(
    rf"(?m)(?:(?<=^)|(?<=[.!?] )|(?<=[\"“] ))({_NAMES}|The {_TOKEN})"
    r"(?=,? (?:(?:in|near|at|on) [A-Z][\w'’ -]{2,30}?,? )?"
    r"(?:(?<=, )(?:which|where|who|a|an|the|in|near|on|run|home to)\b[^.\n]{1,90}, )?"
    r"(?:(?:(?:has|have) been|was|were|is|are|had been) (?:again |now |also )?"
    r"(?:rated|judged|downgraded|upgraded|placed|put|graded|branded|deemed|inspected|visited|"
    r"given|handed|told|slammed|praised|criticised|found to)\b|requires? improvement\b))"
)
_MID = re.compile(  # "…, Elm Lodge was rated good while Rowan House was rated inadequate"
    rf"(?:(?<=, )|(?<= and )|(?<= while )|(?<= but )|(?<=; )){('(' + _NAMES + ')')}"
    r"(?= (?:was|were|is|are|has been) (?:again |now |also )?(?:rated|judged|graded|deemed)\b)"
)
_ASPECT = re.compile(
    r"(?i)\b(?:management|attitudes|development|education|effectiveness|leadership|well-?being|"
    r"protection|leavers|provision|safety|activity|release|victims|children|teaching|inclusion)$"
)
_OF = re.compile(
    rf"\b[Ii]nspection (?:of|at) (?:the )?((?:The )?{_TOKEN}(?: (?:{_LINK})?{_TOKEN}){{1,5}})"
)
_ARTICLE = re.compile(r"\b(?:a|an|another|every|one|each|any) $")
_VERB = re.compile(
    rf"(?<![\w-])(?:re-?inspected|inspected|rated|graded|judged|visited|revisited|"
    rf"downgraded|upgraded) "
    rf"((?:The )?{_TOKEN}(?: (?:{_LINK})?{_TOKEN}){{1,5}})"
)


@dataclass(frozen=True, slots=True)
class Unlisted:
    start: int
    end: int
    quote: str
    kind: str
    rule: str
    role: str | None

    @property
    def name(self) -> str:
        """As written, save that a short head is spelt out: "Borset PDU" is the same unit."""
        stem, _, last = self.quote.rpartition(" ")
        return f"{stem} {_spelt_out()[last]}" if last in _spelt_out() else self.quote

    @property
    def id(self) -> str:
        """The same for "The Grange" and "Grange", for "primary school" and "Primary School"."""
        plain = self.name.lower().replace("'", "").replace("’", "").replace("&", "and")
        plain = re.sub(r"[^\w]+", "-", plain).strip("-").removeprefix("the-")
        return f"unlisted:{self.kind}:{plain}"


@lru_cache(maxsize=1)
def _spelt_out() -> dict[str, str]:
    return {
        s: long for f in load_yaml("agencies/forms.yaml") for s, long in f.get("short", {}).items()
    }


@lru_cache(maxsize=1)
def _forms() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, tuple[str, str | None]]]:
    kinds: dict[str, tuple[str, str | None]] = {}
    heads, prefixes = [], []
    for form in load_yaml("agencies/forms.yaml"):
        for written in (form.get("heads", []), form.get("prefixes", [])):
            kinds.update({w.lower(): (form["kind"], form.get("role")) for w in written})
        heads += form.get("heads", [])
        prefixes += form.get("prefixes", [])
    by_head = "|".join(_spelt(h) for h in sorted(heads, key=len, reverse=True))
    by_prefix = "|".join(re.escape(p) for p in sorted(prefixes, key=len, reverse=True))
    ahead = re.compile(rf"\b(?P<name>{_NAME}),? (?P<head>{by_head})(?![\w-])(?! [A-Z][a-z])")
    word = r"[A-Z][^\W_]*(?:-[^\W_]+)*"  # no genitive: it ends the name
    after = re.compile(rf"\b(?P<head>{by_prefix}) (?P<name>{word}(?: {word}){{0,2}})")
    return ahead, after, kinds


def _spelt(head: str) -> str:
    """A head in any case ("primary school"), save acronyms and short ones that are also words."""
    text = re.escape(head).replace("'", "['’]")
    if head in words("short_heads"):  # "Borset Primary was …", never "Borset Primary Care"
        return rf"(?i:{text})(?=[,.]|['’]s| (?:was|in|is|has|and|after|to|had|for|were|are)\b)"
    return text if head.isupper() or head in words("capital_heads") else f"(?i:{text})"


def unlisted(text: str) -> list[Unlisted]:
    """All of them, left to right, none overlapping."""
    found = list(_by_form(text))
    found += [
        u for u in _by_verdict(text) if not any(u.start < f.end and f.start < u.end for f in found)
    ]
    found.sort(key=lambda u: (u.start, -u.end))
    kept: list[Unlisted] = []
    for u in found:
        if not kept or u.start >= kept[-1].end:
            kept.append(u)
    return kept


def _by_form(text: str) -> Iterator[Unlisted]:
    ahead, after, kinds = _forms()
    for m in ahead.finditer(text):
        start = _trimmed(text, m.start("name"), m.start("head"))
        start = _after_a_place(text, start, m.start("head"))
        if (link := text.find(" of the ", start, m.start("head"))) > 0:
            start = link + len(" of the ")  # "Dr Gray of the Borset Infirmary"
        name = text[start : m.start("head")].strip(" ,")
        if not name or not _proper(name) or "\n" in name:
            continue
        if m["head"][0].islower() and (
            (" " not in name and _begins(text, start))
            or _ARTICLE.search(text[max(0, start - 9) : start])
        ):
            continue  # "Every primary school …", "a Borset care home": no name
        kind, role = kinds[m["head"].replace("’", "'").lower()]
        yield _unlisted(text, start, m.end("head"), kind, "form of name", role)
    for m in after.finditer(text):
        kind, role = kinds[m["head"].lower()]
        yield _unlisted(
            text, m.start(), _without_genitive(text, m.end()), kind, "form of name", role
        )


def _by_verdict(text: str) -> Iterator[Unlisted]:
    for pattern, rule in (
        (_VERDICT, "subject of a verdict"),
        (_MID, "subject of a verdict"),
        (_OF, "object of an inspection"),
        (_VERB, "object of a verdict"),
    ):
        for m in pattern.finditer(text):
            start = _trimmed(text, m.start(1), m.end(1), keep_the=True)
            name = text[start : m.end(1)]
            if _proper(name) and " " in name and not _known_form(name):
                end = _without_genitive(text, m.end(1))
                yield _unlisted(text, start, end, _kind_by_context(text, name), rule, None)


def _kind_by_context(text: str, name: str) -> str:
    """The kind of body that the story speaks of most; "provider" where it speaks of none.

    The name itself does not count: The Old School House may be a care home.
    """
    low, own = text.lower(), name.lower()
    times = low.count(own)
    counts = [
        (said - times * len(re.findall(f["context"], own)), f["kind"])
        for said, f in zip(_context_counts(low), _with_context(), strict=True)
    ]
    best = max(counts, key=lambda c: c[0])
    return best[1] if best[0] > 0 else "provider"


@lru_cache(maxsize=4)
def _context_counts(low: str) -> tuple[int, ...]:
    """How often the text speaks of each kind: once a text, not once a name."""
    return tuple(len(re.findall(f["context"], low)) for f in _with_context())


@lru_cache(maxsize=1)
def _with_context() -> tuple[dict[str, str], ...]:
    return tuple(f for f in load_yaml("agencies/forms.yaml") if "context" in f)


def _known_form(name: str) -> bool:
    if _ASPECT.search(name):
        return True
    return bool(re.search(r"(?i)\b(council|councils|services?|police|inspectors|minister)$", name))


def _unlisted(text: str, start: int, end: int, kind: str, rule: str, role: str | None) -> Unlisted:
    return Unlisted(start, end, text[start:end], kind, rule, role)


def _without_genitive(text: str, end: int) -> int:
    for tail in ("'s", "’s", "'", "’"):
        if text.endswith(tail, 0, end):
            return end - len(tail)
    return end


def _trimmed(text: str, start: int, end: int, *, keep_the: bool = False) -> int:
    """The start after words that only lead up to the name."""
    while True:
        word = re.match(r"[\w'’&-]+[,.]? ", text[start:end])
        if word is None:
            return start
        low = word[0].strip(" ,.").lower().replace("’", "'")
        genitive = low.endswith("'s") and low[:-2] in ("ofsted", "cqc", "council")
        the = low == "the" and not keep_the and _begins(text, start)
        if (
            low not in words("leading")
            and not the
            and not genitive
            and not word[0].strip()[0].islower()
        ):
            return start
        start += word.end()


def _after_a_place(text: str, start: int, end: int) -> int:
    """Of "… in Ryde and Carisbrooke Health Centre", where Ryde is only a place: the second."""
    if re.search(r"\b(?:in|near) $", text[max(0, start - 6) : start]) and (
        link := re.search(r" and ", text[start:end])
    ):
        return start + link.end()
    return start


def _begins(text: str, start: int) -> bool:
    """Whether a sentence or a line begins here, so that its capital letter says nothing."""
    before = text[:start].rstrip(" \"'“‘(")
    return not before or before[-1] in ".!?:\n•-–—;" or text[start - 1] == "\n"


def _proper(name: str) -> bool:
    """Whether something in it is a name of its own: "Community Primary" is not."""
    plain = re.findall(r"[\w'’]+", name.lower().replace("’", "'"))
    return any(w not in words("generic") for w in plain)
