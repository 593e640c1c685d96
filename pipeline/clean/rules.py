"""The cleaning rules: records of `knowledge/cleaning.yaml` and `knowledge/sites.yaml`, compiled.

A rule says `how` it is applied:

- `element`: pattern over the class, id and test id of an element, words separated by `-`;
- `label`:   pattern over a short label whose following links are cut with it;
- `box`:     pattern over a heading whose following lines are cut with it, up to the next heading or
             sentence (vacancies, a newsletter form);
- `line`:    pattern over one whole line of the extracted text;
- `linked`:  as `line`, but only where the whole line is one link;
- `end`:     as `line`, but only where nothing of the story follows;
- `wall`:    a line that says the rest is behind a wall; cuts to the end when no prose follows;
- `selector`: a CSS selector (site rules only);
- `keep`:    a CSS selector of what belongs to the story although a general rule names it, or it
             stands outside of the story's part of the page (site rules only).

A site rule has a `host` (`paper.example`; its subdomains count) and may have a last day of
fetching, `valid_until`. One that cuts every `<div class="prize-box">` until the end of March:

    - id: harwickecho-prize-box
      host: harwickecho.example
      kind: promo
      how: selector
      pattern: div.prize-box
      valid_until: 2027-03-31
      examples: [Win a hamper]

`clean --suggest` writes such records from a page; each is proved by a page in `tests/clean/sites/`.

Patterns see plain quotes and dashes (`lines.plain_quotes`) and match without regard to case
unless they begin with `(?-i:`; but for elements, they match from the start of the line. A line of
several sentences goes when each of them is one that `line` or `end` would cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cssselect import SelectorError
from lxml.cssselect import CSSSelector

from pipeline.clean.firsts import alternatives, first_characters
from pipeline.clean.official import FILE as OFFICIAL
from pipeline.errors import KnowledgeError
from pipeline.knowledge import digest, load_yaml

#: raise when the code of this stage changes what it makes of a page
STAGE_VERSION = 4
GENERAL, SITES = "cleaning.yaml", "sites.yaml"
REPEATS, ADDRESSES = "repeats.yaml", "urls.yaml"
_MATCHED = ("element", "label", "box", "line", "linked", "end", "wall")
HOWS = (*_MATCHED, "selector", "keep")
_DAY = re.compile(r"^\d{4}-\d\d-\d\d$")
_KEYS = {
    "id",
    "kind",
    "how",
    "pattern",
    "examples",
    "counterexamples",
    "host",
    "valid_until",
    "why",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One record. `valid_until` (YYYY-MM-DD) is the last day of fetch that the rule is for."""

    id: str
    kind: str
    how: str
    pattern: str
    host: str
    valid_until: str | None
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]


#: where a pattern over names may begin
_WORD_START = re.compile(r"(?<![a-z])[a-z]")


class Matcher:
    """Many rules of one kind of application, in their order: which is the first that fits?"""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._anywhere = any(r.how == "element" for r in self.rules)
        self._by_first: dict[str, re.Pattern[str]] = {}
        self.known: dict[str, Rule | None] = {}  #: for callers that ask the same again and again

    def find(self, text: str) -> Rule | None:
        """The first rule that fits the line; for elements, that fits names from some word on."""
        if not self._anywhere:
            return self._at(text, 0)
        for word in _WORD_START.finditer(text):
            if (rule := self._at(text, word.start())) is not None:
                return rule
        return None

    def _at(self, text: str, start: int) -> Rule | None:
        first = text[start : start + 1].lower()
        pattern = self._by_first.get(first)
        if pattern is None:
            pattern = self._by_first[first] = self._that_may_begin_with(first)
        m = pattern.match(text, start)
        return self.rules[int((m.lastgroup or "r0")[1:])] if m else None

    def _that_may_begin_with(self, first: str) -> re.Pattern[str]:
        """One alternation of what can match a text with that first character; made when needed."""
        parts = []
        for i, rule in enumerate(self.rules):
            if fitting := _fitting(rule.pattern, first):
                parts.append(f"(?P<r{i}>{'|'.join(fitting)})")
        return re.compile("|".join(parts) or r"(?!)", re.I)


def _fitting(pattern: str, first: str) -> list[str]:
    return [part for part, firsts in _parts(pattern) if firsts is None or first in firsts]


@lru_cache(maxsize=1024)
def _parts(pattern: str) -> list[tuple[str, frozenset[str] | None]]:
    return [(part, first_characters(part)) for part in alternatives(pattern)]


@dataclass(frozen=True)
class RuleSet:
    """What applies to one host on one day."""

    element: Matcher
    label: Matcher
    box: Matcher
    line: Matcher
    linked: Matcher
    end: Matcher
    wall: Matcher
    selectors: tuple[Rule, ...]
    keep: tuple[Rule, ...]


_REGISTERS = re.compile(r"\bregister(?:ed|ing)?\b|\bregistration\b|\bfree account\b", re.I)
_SUBSCRIBES = re.compile(r"\bsubscri|£|\$|€|\bmember(?:ship)?\b|\bpaid?\b", re.I)


def wall_kind(wall: Rule, words: str) -> str:
    """subscription or registration. `words`: of all of the wall, which may say what it wants."""
    if _REGISTERS.search(words) and not _SUBSCRIBES.search(words):
        return "registration"
    return wall.kind


def all_rules() -> tuple[Rule, ...]:
    """Every record, general ones first. Raises KnowledgeError naming file and record."""
    return _load(GENERAL) + site_records()


def site_records() -> tuple[Rule, ...]:
    """Those of sites.yaml. Raises as `all_rules`."""
    return _load(SITES)


@lru_cache(maxsize=512)
def rules_for(host: str, day: str, site_rules: tuple[Rule, ...] | None = None) -> RuleSet:
    """The rules for a page of `host` fetched on `day` (YYYY-MM-DD).

    `site_rules`: instead of the records of sites.yaml, to try one.
    """
    own = site_records() if site_rules is None else site_rules
    valid = [
        r
        for r in _load(GENERAL) + own
        if applies(r, host) and (not r.valid_until or day <= r.valid_until)
    ]
    by_how = {how: tuple(r for r in valid if r.how == how) for how in HOWS}
    return RuleSet(
        **{how: _matcher(by_how[how]) for how in _MATCHED},
        selectors=by_how["selector"],
        keep=by_how["keep"],
    )


@lru_cache(maxsize=256)
def _matcher(rules: tuple[Rule, ...]) -> Matcher:
    """Hosts share what they have no record of their own for: compiling it takes its time."""
    return Matcher(rules)


def applies(rule: Rule, host: str) -> bool:
    """A record for `example.org` is for its subdomains as well."""
    return rule.host == "*" or host == rule.host or host.endswith("." + rule.host)


@lru_cache(maxsize=1)
def settings() -> dict[str, Any]:
    """The word lists of cleaning.yaml beside its rules (people, credits, dates…)."""
    content: dict[str, Any] = load_yaml(GENERAL)
    return content


@lru_cache(maxsize=1024)
def fingerprint(host: str) -> str:
    """Changes when the stage, a general record, or a record of this host changes: no other."""
    general = [load_yaml(GENERAL), load_yaml(OFFICIAL)]
    own = [r for r in load_yaml(SITES)["rules"] or () if applies(_rule(r, SITES), host)]
    return digest([STAGE_VERSION, general, own, load_yaml(REPEATS), load_yaml(ADDRESSES)])


@lru_cache(maxsize=4)
def _load(name: str) -> tuple[Rule, ...]:
    content = load_yaml(name)
    rules = tuple(_rule(record, name) for record in content["rules"] or ())
    ids = [r.id for r in rules]
    for id_ in ids:
        if ids.count(id_) > 1:
            raise KnowledgeError("the id is there twice", path=name, record=id_)
    return rules


def _rule(record: dict[str, Any], name: str) -> Rule:
    id_ = str(record.get("id"))
    unknown = set(record) - _KEYS
    if unknown:
        raise KnowledgeError(f"unknown key {sorted(unknown)[0]!r}", path=name, record=id_)
    for key in ("id", "kind", "how", "pattern", "examples"):
        if not record.get(key):
            raise KnowledgeError(f"{key} is missing", path=name, record=id_)
    if record["how"] not in HOWS:
        raise KnowledgeError(f"how must be one of {', '.join(HOWS)}", path=name, record=id_)
    if name == SITES and not record.get("host"):
        raise KnowledgeError("host is missing", path=name, record=id_)
    last_day = str(record["valid_until"]) if record.get("valid_until") else None
    if last_day and not _DAY.match(last_day):
        raise KnowledgeError("valid_until must be YYYY-MM-DD", path=name, record=id_)
    return Rule(
        id=id_,
        kind=record["kind"],
        how=record["how"],
        pattern=_checked(record, name),
        host=record.get("host", "*"),
        valid_until=last_day,
        examples=tuple(record["examples"]),
        counterexamples=tuple(record.get("counterexamples", ())),
    )


def _checked(record: dict[str, Any], name: str) -> str:
    """The pattern with its line folds taken out, proved to compile and to have no groups."""
    if record["how"] in ("selector", "keep"):
        try:
            CSSSelector(record["pattern"], translator="html")
        except SelectorError as e:
            raise KnowledgeError(f"bad selector: {e}", path=name, record=record["id"]) from e
        return str(record["pattern"])
    pattern = re.sub(r"\s*\n\s*", "", record["pattern"].strip())
    try:
        groups = re.compile(pattern, re.I).groups
    except re.error as e:
        raise KnowledgeError(f"bad pattern: {e}", path=name, record=record["id"]) from e
    if groups:
        raise KnowledgeError("a group must be (?:…)", path=name, record=record["id"])
    return pattern
