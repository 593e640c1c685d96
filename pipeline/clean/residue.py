"""Furniture that the extractor took for text: cut line by line, by block, and by place.

Every step takes the lines of the page and gives them back without what it cut; what was cut is
noted. The order matters: walls and offers are recognised while their lines still stand together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.clean.captions import credit, is_credit
from pipeline.clean.lines import SENTENCES, Line, count, is_finished, is_prose, norm, plain_quotes
from pipeline.clean.people import is_byline, is_name_and_date, is_person, people
from pipeline.clean.rules import Rule, RuleSet, settings, wall_kind
from pipeline.models import Removal

_OFFER_WORD = re.compile(
    r"\b(?:member(?:ship)?|subscri(?:be|ption|ber)s?|magazine|digital|print|premium|package|pack|"
    r"access|bundle|plan|edition|issues?|trial)\b", re.I)  # fmt: skip
_BARS = re.compile(r"\s*[|·•]\s*")
_ABOUT = re.compile(r"About (?:the |us$|[A-Z])[^.!?]{0,60}$")
#: a telephone number, an e-mail address, a charity's number
_REACHED = re.compile(
    r"\b0\d{2,4} ?\d{3,4} ?\d{3,4}\b|\S@\S+\.\w|\benquiries\b|\b[Rr]egistered [Cc]harity\b"
)
#: "… by 12 May, the council told residents.": somebody in the story says it
_REPORTED = re.compile(
    r",\s(?:[\w'-]+\s){1,6}(?:said|told|says|tells|urged|noted|wrote|warned|added|heard|asked)\b"
)
_OFFER_REACH = 14  #: lines between an offer's heading and its price
_CREDIT = 140  #: characters at the end of a caption in which its credit stands
_TOP = 10  #: lines in which headline, byline and date may be doubled


@dataclass
class Residue:
    """The story's lines and what was found between them."""

    lines: list[Line]
    removed: list[Removal] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    walls: list[str] = field(default_factory=list)  #: their kinds
    offers: int = 0
    byline: tuple[str, ...] = ()
    headline: str | None = None

    def cut(self, line: Line, rule: str, kind: str) -> None:
        self.removed.append(Removal(rule=rule, kind=kind, text=line.text))


def strip(
    lines: list[Line],
    rules: RuleSet,
    *,
    headlines: set[str],
    standfirst: str | None,
    captions: list[str],
    alts: set[str],
) -> Residue:
    """All steps in order. `captions` and `alts` were found in the tree and may be doubled."""
    state = Residue(_without_repeats(lines))
    _wall(state, rules)
    _offers(state, rules)
    _captions(state, captions, alts)
    _links_after_label(state, rules)
    _job_adverts(state, rules)
    _single_lines(state, rules)
    _ends(state, rules)
    _top(state, headlines, standfirst)
    _bottom(state)
    return state


def _without_repeats(lines: list[Line]) -> list[Line]:
    """Identical consecutive lines are one; a long line is not printed twice on purpose at all."""
    kept: list[Line] = []
    seen: set[str] = set()
    for line in lines:
        key = norm(line.text)
        if (kept and norm(kept[-1].text) == key) or (count(key) > 12 and key in seen):
            continue
        seen.add(key)
        kept.append(line)
    return kept


def _keep(state: Residue, wanted: Callable[[int, Line], tuple[str, str] | None]) -> None:
    """Keeps the lines for which `wanted` gives None; else it gives (rule, kind)."""
    kept = []
    for i, line in enumerate(state.lines):
        reason = wanted(i, line)
        if reason is None:
            kept.append(line)
        else:
            state.cut(line, *reason)
    state.lines = kept


def _wall(state: Residue, rules: RuleSet) -> None:
    """From the first wall line to the end, if no prose follows; else the wall's own line."""
    for i, line in enumerate(state.lines):
        rule = rules.wall.find(plain_quotes(line.bare)) if len(line.text) < 200 else None
        if rule is None:
            continue
        rest = state.lines[i + 1 :]
        only_furniture = not any(is_prose(x.text) and not _is_offer(x, rules) for x in rest)
        end = len(state.lines) if only_furniture else i + 1
        state.walls.append(wall_kind(rule, " ".join(x.text for x in state.lines[i:end])))
        for gone in state.lines[i:end]:
            state.cut(gone, rule.id, rule.kind)
        state.lines[i:end] = []
        if not only_furniture:
            _wall(state, rules)
        return


def _is_offer(line: Line, rules: RuleSet) -> bool:
    rule = rules.line.find(plain_quotes(line.bare))
    return rule is not None and rule.kind == "subscription"


def _offers(state: Residue, rules: RuleSet) -> None:
    """A price, and above it the short lines up to the offer's heading."""
    cut: dict[int, str] = {}
    for i, line in enumerate(state.lines):
        rule = rules.line.find(plain_quotes(line.bare)) if count(line.text) < 16 else None
        if rule is None or rule.kind != "subscription":
            continue
        cut[i] = rule.id
        if rule.id != "price-line" and not line.is_item:
            continue
        for j in _back_to_heading(state.lines, i):
            cut[j] = "offer-block"
    state.offers = len(cut)
    _keep(state, lambda i, _: (cut[i], "subscription") if i in cut else None)


def _back_to_heading(lines: list[Line], i: int) -> range:
    """The lines between an offer's price or benefit and its heading; empty without a heading."""
    for j in range(i - 1, max(-1, i - _OFFER_REACH), -1):
        text = lines[j].text
        if is_prose(text) or count(text) > 20:
            break
        if not lines[j].is_item and count(text) <= 8 and _OFFER_WORD.search(text):
            return range(j, i)
    return range(0)


def _captions(state: Residue, captions: list[str], alts: set[str]) -> None:
    """Doubled captions, alternative texts printed out, and lines that name whose picture it is."""
    known = {norm(c) for c in captions}
    known |= {norm(credit().sub("", plain_quotes(c))) for c in captions}

    def reason(_: int, line: Line) -> tuple[str, str] | None:
        text = plain_quotes(line.bare)
        words = count(text)
        if words > 70:
            return None
        key = norm(text)
        if key in known and (words < 40 and not _opens_story(state, line)):
            return "caption-doubled", "caption"
        if words > 2 and (key in alts and not is_prose(text)):
            return "caption-alt", "caption"
        if _fused().match(text):
            if "caption" in text[:16].lower():  # the others say whose picture it is
                state.captions.append(_fused().sub("", line.bare))
            return "caption-fused", "caption"
        if (words < 60 and credit().search(text, max(0, len(text) - _CREDIT))) or (
            words < 14 and _agency().match(text)
        ):
            if line.bare not in state.captions and not is_credit(text):
                state.captions.append(line.bare)
            known.add(norm(credit().sub("", text)))
            return "caption-credit", "caption"
        return None

    _keep(state, reason)


def _opens_story(state: Residue, line: Line) -> bool:
    """The first prose of the page: a caption may repeat it, but it is the story's."""
    first = next((x for x in state.lines if is_prose(x.text)), None)
    return first is line


def _links_after_label(state: Residue, rules: RuleSet) -> None:
    """A label such as "Related" with the links that follow it."""
    cut: dict[int, str] = {}
    for i, line in enumerate(state.lines):
        if count(line.text) > 8:
            continue
        rule = rules.label.find(plain_quotes(line.bare).rstrip(":"))
        if rule is None:
            continue
        j = i + 1
        while j < len(state.lines) and state.lines[j].linked and not is_prose(state.lines[j].text):
            j += 1
        if j > i + 1:
            cut.update(dict.fromkeys(range(i, j), rule.id))
    _keep(state, lambda i, _: (cut[i], "related") if i in cut else None)


def _single_lines(state: Residue, rules: RuleSet) -> None:
    def reason(_: int, line: Line) -> tuple[str, str] | None:
        rule = _line_rule(line, rules)
        return (rule.id, rule.kind) if rule else None

    _keep(state, reason)


def _ends(state: Residue, rules: RuleSet) -> None:
    """Lines with which nothing of the story follows, and whom a press office speaks for."""
    _about_publisher(state)
    while state.lines and (rule := rules.end.find(plain_quotes(state.lines[-1].bare))):
        state.cut(state.lines.pop(), rule.id, rule.kind)


def _about_publisher(state: Residue) -> None:
    """ "About …" and what follows it to the end, if that says how to reach whom it is about.

    Without an address or number it may be part of the story: on two labelled sets it is.
    """
    lines = state.lines
    for i in range(len(lines) - 1, max(-1, len(lines) - 5), -1):
        heading = _ABOUT.match(lines[i].text) is not None and not is_finished(lines[i].text)
        if heading and any(_REACHED.search(x.text) for x in lines[i + 1 :]):
            for line in lines[i:]:
                state.cut(line, "about-publisher", "contact")
            del lines[i:]
            return


def _line_rule(line: Line, rules: RuleSet) -> Rule | None:
    """The rule for a line, for all the parts between its bars, or for all of its sentences."""
    if len(line.text) > 400:
        return None
    text = plain_quotes(line.bare)
    parts = [p for p in _BARS.split(text) if p]
    rule = rules.line.find(text)
    if rule is None and len(parts) > 1:  # "Printable version | Email this article"
        found = [rules.line.find(p) for p in parts]
        rule = None if None in found else found[0]
    if rule is None and line.linked:
        rule = rules.linked.find(text)
    if rule is None and len(sentences := SENTENCES.split(text)) > 1:
        rule = _of_all(sentences, rules)
    return None if rule is not None and _REPORTED.search(text) else rule


def _of_all(sentences: list[str], rules: RuleSet) -> Rule | None:
    """The first one's rule, if each of them has one."""
    first = None
    for sentence in sentences:
        rule = rules.line.find(sentence) or rules.end.find(sentence)
        if rule is None:
            return None
        first = first or rule
    return first


def _job_adverts(state: Residue, rules: RuleSet) -> None:
    """The title and the employer that stand, short, around a salary or a postcode."""
    lines = state.lines
    marks = {
        i
        for i, x in enumerate(lines)
        if len(x.text) < 80 and (rule := rules.line.find(plain_quotes(x.bare))) is not None
        if rule.id == "job-line"
    }
    last = max((i for i, x in enumerate(lines) if is_prose(x.text)), default=-1)
    cut: set[int] = set()
    for i in marks:
        above = (j for j in (i - 1, i - 2) if j >= 0)
        near = [*above, i + 1] if i > last else above  # within the story a heading may follow
        cut.update(_advert_lines(lines, near) - marks)
    _keep(state, lambda i, _: ("job-block", "jobs") if i in cut else None)


def _advert_lines(lines: list[Line], near: Iterable[int]) -> set[int]:
    """Which of the places hold a title or a name: few words, and no sentence."""
    found: set[int] = set()
    for j in near:
        if j < len(lines) and count(lines[j].text) <= 8 and not is_finished(lines[j].text):
            found.add(j)
        elif j < len(lines):
            break
    return found


def _top(state: Residue, headlines: set[str], standfirst: str | None) -> None:
    """What stands above the story's first paragraph: headline, byline, date, doubled standfirst."""
    lines = state.lines
    first = next((i for i, x in enumerate(lines) if is_prose(x.text)), 0)
    deck = norm(standfirst or "")

    def reason(i: int, line: Line) -> tuple[str, str] | None:
        if i >= _TOP:
            return None
        key = norm(line.bare)
        if key in headlines:
            return "headline-doubled", "headline"
        if deck and key == deck and deck in (norm(x.bare) for x in lines[i + 1 : _TOP]):
            # Its last copy stays: a lead that the body repeats is a sentence of the story.
            return "standfirst-doubled", "standfirst"
        if (i <= max(first, 3) and is_byline(line.bare)) or is_name_and_date(line.bare):
            state.byline = state.byline or people(line.bare)
            return "byline-top", "byline"
        if i < first and _is_name_above_date(lines, i):
            state.byline = state.byline or people(line.bare)
            return "byline-top", "byline"
        return None

    if not headlines and first > 0 and count(lines[0].text) < 25:
        state.headline = lines[0].bare
        headlines = {norm(lines[0].bare)}
    _keep(state, reason)


def _is_name_above_date(lines: list[Line], i: int) -> bool:
    """A name alone on its line, before the first paragraph."""
    return count(lines[i].text) <= 5 and is_person(lines[i].bare)


def _bottom(state: Residue) -> None:
    """Below the last prose: bylines, and runs of lines that are nothing but links."""
    lines = state.lines
    last = max((i for i, x in enumerate(lines) if is_prose(x.text)), default=len(lines))
    tail = lines[last + 1 :]
    all_links = len(tail) >= 2 and all(x.linked for x in tail)

    def reason(i: int, line: Line) -> tuple[str, str] | None:
        named = is_name_and_date(line.bare)  # such a line is no sentence of a story anywhere
        if i <= last and not named:
            return None
        if named or is_byline(line.bare):
            state.byline = state.byline or people(line.bare)
            return "byline-bottom", "byline"
        return ("links-at-end", "related") if all_links else None

    _keep(state, reason)


@lru_cache(maxsize=1)
def _agency() -> re.Pattern[str]:
    return re.compile(settings()["captions"]["agency"], re.I)


@lru_cache(maxsize=1)
def _fused() -> re.Pattern[str]:
    return re.compile(settings()["captions"]["fused"], re.I)
