"""Everybody in a sentence who may speak: people with their posts, bodies, and all the others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from pipeline.models import Mention
from pipeline.tag.cues import Hit, cues
from pipeline.tag.people import FILE, Name, lone, names

Kind = Literal["person", "post", "body", "pronoun", "outside"]

_MOST = 200  #: somebodies in one sentence
_LETTERS = re.compile(r"(?:,? \(?(?:obe|cbe|mbe|qpm|kpm|qam|kc|qc|jp|bem|dl|mp)\)?(?!\w))*")
_ITEM = r"[^,:;\"()]{2,60}"
#: "… of children, young people and families": the rest of a post's name
_TAIL_OF = (
    r"(?: (?:for|of|at|in|with responsibility for|responsible for|with) "
    rf"(?:[^,:;\"()]{{2,70}}(?:, {_ITEM}){{1,4}}?,? (?:and|&) {_ITEM}|[^,:;\"()]{{2,90}}))?"
    rf"(?: and (?:its |their |the )?{_ITEM})?"
)
_TAIL = re.compile(_TAIL_OF)
_BETWEEN = re.compile(rf"{_TAIL_OF},? ?")
_STOP = re.compile(
    r"(?<!\w)(?:who|which|that|has|have|had|was|were|is|are|while|where|after)(?!\w)"
)
_BEFORE_POST = re.compile(
    r"(?:,| ?\(| -| is| was| as| became)?,? ?(?:who (?:is|was|has been) )?"
    r"(?:(?:is|was|as|also|now|the|a|an|its|their|our|his|her) )*(?:[^,:;\"()]{0,70}? )?$"
)
_OWNER = re.compile(r"(?:(?:the|a|an|its|their|our) )?(?:[\w&-]+ ){0,4}[\w-]+(?:'s?|s') $")
_OF = re.compile(r"(?<!\w)(?:of|at|in|near|across|outside|the) $")
_PRONOUN = re.compile(r"(?<![\w'-])(?:he|she|they|it)(?![\w'-])")
_CLAUSE = re.compile(r"[,:;\"(]")
_ARTICLE = re.compile(r"(?:(?:the|a|an|its|their|our|one|another|this) )+$")
_OF_OWNER = re.compile(
    r"(?:which|who|that) (?:runs?|operates?|owns?|manages?|leads?|oversees?|heads?) "
    r"(?P<thing>(?:the|its|both|several|this|four|three|two|[a-z]+ (?:council|school|home)s?)"
    r"(?!\w))?"
)
_PLURAL = re.compile(r"(?:people|s|heads of [a-z ]+)$")
#: "University Hospitals Birmingham": capitals in a row, for a name that no list has
_CALLED = re.compile(
    r"(?<!\w)[A-Z][\w'&-]{2,30}(?: (?:(?:of|and|&) )?[A-Z][\w'&-]{2,30}){1,6}(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who may speak. Offsets are those of the sentence.

    `own`: speaks for the inspected body; None: the sentence does not tell.
    """

    start: int
    end: int
    kind: Kind
    name: str | None = None
    family: str | None = None
    role: str | None = None  #: as written
    own: bool | None = None
    body: str | None = None  #: agency id that the words beside it name
    plural: bool = False
    called: str | None = None  #: "Mrs Roe", where no more than that is told


@dataclass(frozen=True, slots=True)
class Part:
    """A sentence on its own: `bare` is its text with quotations blotted out, `low` that folded."""

    bare: str
    low: str
    mentions: tuple[tuple[int, int, Mention], ...]


@lru_cache(maxsize=1024)  # a story is gone through twice
def _hits(section: str, low: str) -> tuple[Hit, ...]:
    return tuple(cues(FILE, section).all(low))


def persons(part: Part, inspected: frozenset[str]) -> list[Who]:
    """The people that a sentence names in full or with a title, in order."""
    people = [n for n in names(part.bare) if not _is_no_person(n, part)]
    if not people:
        return []
    posts, out = _posts_in(part), _outside(part, inspected)
    found: list[Who] = []
    for i, name in enumerate(people):
        floor = people[i - 1].end if i else 0
        ceiling = people[i + 1].start if i + 1 < len(people) else len(part.low)
        found.append(_person(part, name, posts, out, (floor, ceiling), inspected))
    return _sharing(part, found)


def everybody(part: Part, named: list[Who], inspected: frozenset[str],
              families: frozenset[str]) -> list[Who]:  # fmt: skip
    """All who may speak in a sentence, in order: its `persons` (`named`) and the others.

    `families`: names of people known already.
    """
    found = list(named)
    taken = [(w.start, w.end) for w in found]
    for name in lone(part.bare, families):
        if _free(name.start, name.end, taken):
            taken.append((name.start, name.end))
            found.append(Who(name.start, name.end, "person", None, name.family))
    for who in (
        *_posts(part, _posts_in(part), _outside(part, inspected), inspected),
        *_bodies(part, inspected),
        *_others(part.low),
    ):
        if _free(who.start, who.end, taken):
            taken.append((who.start, who.end))
            found.append(who)
    return sorted(found, key=lambda w: w.start)[:_MOST]


def _posts_in(part: Part) -> list[Hit]:
    return [h for h in _hits("roles", part.low) if '"' not in part.low[h.start : h.end]]


def _outside(part: Part, inspected: frozenset[str]) -> list[tuple[int, int]]:
    """Where words or names stand of nobody of the body."""
    out = [(h.start, h.end) for h in _hits("outside", part.low)]
    return out + [
        (a, b)
        for a, b, m in part.mentions
        if m.role in ("inspectorate", "government") and not _runs_it(m.id, inspected)
    ]


def _begins_a_name(low: str, inspected: frozenset[str]) -> bool:
    """Whether the next two words stand in the name of an inspected body, as its id has it."""
    slug = "-".join(re.findall(r"[a-z0-9]+", low[:60].replace("'", ""))[:2])
    return bool(slug) and slug in _joined(inspected)


def _sharing(part: Part, people: list[Who]) -> list[Who]:
    """ "Co-heads Ann Reid and Moses Bright": the post of the first is the other's as well."""
    shared: list[Who] = []
    for who in people:
        last = shared[-1] if shared else None
        if last and last.role and not who.role and last.role.lower().endswith("s") and (
            part.low[last.end : who.start] == " and "
        ):  # fmt: skip
            who = replace(who, role=last.role, own=last.own)
        shared.append(who)
    return shared


def _person(part: Part, name: Name, posts: list[Hit], out: list[tuple[int, int]],
            bounds: tuple[int, int], inspected: frozenset[str]) -> Who:  # fmt: skip
    """A name with the post before or behind it."""
    low, start, end = part.low, name.start, name.end
    role: str | None = None
    before = _post_before(low, name, posts, bounds[0])
    behind = None if before and before.end >= name.start - 2 else _post_behind(
        low, name, posts, bounds[1]
    )  # fmt: skip
    if behind:
        first, end = behind
        role = _written(part.bare, first, end)
    elif before:
        role = _written(part.bare, before.start, name.start)
        start = _owner_before(part, before.start)
    left = start if start < name.start else _clause(low, start - 25, start)
    window = (max(bounds[0], left), end)
    if not behind and low[end : end + 1] == ",":  # "Jane Roe, of the union,"
        window = (window[0], _apposition(low, end + 1, bounds[1]))
    beside = any(a < window[1] and window[0] < b for a, b in out)
    own = False if beside else (True if role else None)
    runs = _OF_OWNER.search(low, name.end, min(bounds[1], end + 60))
    if runs and (runs["thing"] or _begins_a_name(low[runs.end() :], inspected)):
        own = True
    body = next((m.id for a, b, m in part.mentions
                 if m.id in inspected and a < window[1] and window[0] < b), None)  # fmt: skip
    end = _closed(low, name.end, end)
    kept = None if name.title and " " not in name.name else name.name
    called = None if kept else part.bare[name.start : name.end]
    return Who(start, end, "person", kept, name.family, role, own, body, called=called)


def _closed(low: str, first: int, end: int) -> int:
    """Past the bracket or the dash that closes what a name is said to be, and past its letters."""
    end = max(end, _LETTERS.match(low, first).end())  # type: ignore[union-attr]
    if low[first:end].lstrip().startswith("(") and low[end : end + 1] == ")":
        return end + 1
    if low[first:end].startswith(" - ") and low[end : end + 2] == " -":
        return end + 2
    return end


def _clause(low: str, floor: int, start: int) -> int:
    """Where the clause before `start` begins, `floor` at the earliest."""
    floor = max(0, floor)
    return max([floor, *(m.end() for m in _CLAUSE.finditer(low, floor, start))])


def _apposition(low: str, start: int, ceiling: int) -> int:
    """Where the words behind a name that tell who it is end."""
    ends = [m.start() for m in (re.compile(r"[,:;\"]").search(low, start, ceiling),
                                _STOP.search(low, start, ceiling)) if m]  # fmt: skip
    ends += [h.start for h in (cues(FILE, "says").find(low, start, ceiling),) if h]
    return min([ceiling, start + 60, *ends])


def _post_before(low: str, name: Name, posts: list[Hit], floor: int) -> Hit | None:
    near = [h for h in posts if floor <= h.start and h.end <= name.start]
    for hit in reversed(near[-3:]):
        between = low[hit.end : name.start]
        if _BETWEEN.fullmatch(between) and not _STOP.search(between) and not (
            cues(FILE, "says").find(between)
        ):  # fmt: skip
            return hit
    return None


def _post_behind(low: str, name: Name, posts: list[Hit], ceiling: int) -> tuple[int, int] | None:
    """Where the post behind a name begins, and where all that belongs to it ends."""
    letters = _LETTERS.match(low, name.end, ceiling)
    at = letters.end() if letters else name.end
    if not re.match(
        r",|:? \(| - | (?:is|was|as|became|has been)(?!\w)|, as(?!\w)", low[at : at + 9]
    ):
        return None
    hit = next((h for h in posts if at <= h.start < ceiling), None)
    if hit is None or not _BEFORE_POST.fullmatch(low, at, hit.start):
        return None
    if cues(FILE, "says").find(low, at, hit.start):
        return None
    tail = _TAIL.match(low, hit.end, ceiling)
    return hit.start, _end_of_post(low, hit.end, tail.end() if tail else hit.end)


def _end_of_post(low: str, first: int, end: int) -> int:
    """Where what belongs to a post ends: before a verb, without the mark that follows it."""
    stop, verb = _STOP.search(low, first, end), cues(FILE, "says").find(low, first, end)
    end = min(end, stop.start() if stop else end, verb.start if verb else end)
    while end > first and not (low[end - 1].isalnum() or low[end - 1] == "'"):
        end -= 1
    return end


def _written(bare: str, start: int, end: int) -> str:
    role = " ".join(bare[start:end].split()).strip(" ,.-(")
    return re.sub(r"^(?:the|a|an|its|their|our) ", "", role, flags=re.I)


def _owner_before(part: Part, start: int) -> int:
    """Where "the trust's" or "Halberd Council" before a post begins."""
    for a, b, _ in part.mentions:
        if a < start and re.fullmatch(r"(?:'s?)? (?:new |then )?", part.low[b:start] or "-"):
            start = a
            break
    else:
        owner = _OWNER.search(part.low, max(0, start - 50), start)
        start = owner.start() if owner else start
    article = _ARTICLE.search(part.low, max(0, start - 12), start)
    return article.start() if article else start


def _posts(part: Part, posts: list[Hit], out: list[tuple[int, int]],
           inspected: frozenset[str]) -> Iterator[Who]:  # fmt: skip
    """Posts whose holder is not named: "the trust's chief nurse", "a council spokesman"."""
    low = part.low
    for hit in posts:
        tail = _TAIL.match(low, hit.end)
        end = _end_of_post(low, hit.end, tail.end() if tail else hit.end)
        start = _owner_before(part, hit.start)
        foreign = any(a < end and start < b for a, b in out)
        body = next((m.id for a, b, m in part.mentions
                     if m.id in inspected and a < end and start < b), None)  # fmt: skip
        plural = _PLURAL.search(low[hit.start : hit.end]) is not None
        first = hit.start if low[start : hit.start].endswith(("'s ", "s' ")) else start
        yield Who(start, end, "outside" if foreign else "post", own=not foreign, body=body,
                  role=_written(part.bare, first, hit.end if plural else end),
                  plural=plural)  # fmt: skip


def _bodies(part: Part, inspected: frozenset[str]) -> Iterator[Who]:
    """Bodies by name; others than the inspected, and than owners, are heard but do not answer."""
    low = part.low
    for a, b, m in part.mentions:
        if low[a] == '"' or low[b : b + 3] in ("'s ", "' "):
            continue
        mine = m.id in inspected or _runs_it(m.id, inspected)
        mine = mine or m.role in ("inspected", "operator", "partner")
        kind = m.id.split(":")[0]
        own = mine or (kind in _OWNERS and m.role not in ("inspectorate", "government"))
        article = _ARTICLE.search(low, max(0, a - 4), a)
        body = m.id if m.id in inspected else None
        yield Who(article.start() if article else a, b, "body" if own else "outside", own=own,
                  body=body)  # fmt: skip
    kinds = cues(FILE, "of_bodies")
    for run in _CALLED.finditer(part.bare):
        called = run[0].lower()
        if kinds.find(called) and any(
            w in _joined(inspected) and not kinds.find(w) for w in _LONG_WORD.findall(called)
        ):  # fmt: skip
            yield Who(run.start(), run.end(), "body", own=True)


_LONG_WORD = re.compile(r"[a-z]{5,}")


@lru_cache(maxsize=2)
def _joined(ids: frozenset[str]) -> str:
    """All ids as one string, in which a word of any of them is found at once."""
    return "\n".join(ids)


def _others(low: str) -> Iterator[Who]:
    """Whoever has no name here: inspectors and all who are nobody of the body, bosses, "she"."""
    for hit in _hits("outside", low):
        yield Who(hit.start, hit.end, "outside", own=False)
    for hit in cues(FILE, "bosses").all(low):
        yield Who(hit.start, hit.end, "body", own=True, plural=True)
    for hit in cues(FILE, "things").all(low):
        yield Who(hit.start, hit.end, "body", own=True)
    for found in _PRONOUN.finditer(low):
        yield Who(found.start(), found.end(), "pronoun", name=found[0])


#: Kinds whose bodies own others: what they say of a school or a home is said for it.
_OWNERS = frozenset({"council", "trust", "health-board", "operator", "academy-trust", "prison",
                     "childrens-trust", "unlisted"})  # fmt: skip


def _runs_it(id_: str, inspected: frozenset[str]) -> bool:
    """Whether a body of the government runs one that was inspected: prisons have no other owner."""
    run = _RUN_BY.get(id_)
    return run is not None and not run.isdisjoint(_kinds_of(inspected))


@lru_cache(maxsize=2)
def _kinds_of(ids: frozenset[str]) -> frozenset[str]:
    return frozenset(kind for i in ids for kind in i.split(":")[:-1])


_RUN_BY = {
    "hmpps": frozenset({"prison", "probation", "immigration-removal-centre"}),
    "home-office": frozenset({"immigration-removal-centre"}),
}


def _is_no_person(name: Name, part: Part) -> bool:
    """The name of a body, or of what follows "of" and the like."""
    of = not name.title and _OF.search(part.low, max(0, name.start - 8), name.start)
    return bool(of) or any(a <= name.start and name.end <= b for a, b, m in part.mentions
                           if m.rule != "points back")  # fmt: skip


def _free(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return not any(a < end and start < b for a, b in taken)
