"""Who is named in a story, in which role, with which words, and so: who inspected whom.

Names come from the gazetteer, from the form of a name, and from bare place names where the story
makes them bodies. Later "the council" or "the trust" points back to what was last named.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from pipeline.knowledge import load_yaml
from pipeline.models import Agency, Mention, Role, Story
from pipeline.tag import anaphora, elsewhere, own_pages, short_forms, slips
from pipeline.tag.elsewhere import story_date, title_ids
from pipeline.tag.evidence import Named, Outside, cues
from pipeline.tag.furniture import furniture
from pipeline.tag.gazetteer import gazetteer
from pipeline.tag.kept_names import Listed, one_name_each, past_listed, silenced
from pipeline.tag.literals import Sought
from pipeline.tag.matcher import Candidate, fold
from pipeline.tag.roles import remit_of, roles
from pipeline.tag.sentences import Taken, sentences_of
from pipeline.tag.unlisted import PLACE_AND_KIND, Unlisted, unlisted

__all__ = ["agency_of", "inspectorates_and_bodies", "mentions", "stories_names"]


def mentions(story: Story) -> tuple[Mention, ...]:
    """Every agency named, left to right, with its role.

    Spans never overlap, save those of one ambiguous name, which are the same.
    """
    text = story.text
    folded, cut = fold(text), sentences_of(text)
    title = title_ids(story, story_date(story))
    listed, bare, refused = _listed_names(story, title)
    known_by_name = [*listed, *(c for c in refused if c.rule == "name")]
    formed = _formed_names(story, folded, known_by_name, bare, title)
    aside = furniture(text)
    named = [n for n in _together(text, listed, bare, formed)
             if not aside.overlaps(n.start, n.start + 1)]  # fmt: skip
    named = _without_namesakes(named)
    named += anaphora.of_area(folded, named, refused, {*title.values()}, story.region)
    known = frozenset(a.id for a in elsewhere.inspectorates(story, title))
    headline = elsewhere.headline_of(story)
    told = frozenset(title) | elsewhere.in_address(story, ((n.id, n.quote) for n in named))
    if not story.title:
        told |= {n.id for n in named if n.end <= text.find(headline) + len(headline)}
    head, others = fold(headline), _kinds_elsewhere(story, title, {n.id for n in named})
    ahead = _all_ahead(story, title, known, named)

    def of(names: list[Named]) -> dict[str, Role]:
        outside = Outside(told=told, hinted=elsewhere.hinted(head, names), inspectorates=known,
                          others=others - {n.kind for n in names}, headline=head)  # fmt: skip
        return roles(folded, names, cut, outside)

    role_of = of(named)
    back = anaphora.resolve(folded, named, role_of, ahead=ahead)
    speaking = [n for n in back if n.role is None]  # "the home was inadequate" tells of its role
    if speaking:
        role_of = of(sorted([*named, *speaking], key=lambda n: n.start))
        back = anaphora.resolve(folded, named, role_of, ahead=ahead)
    named += back
    return tuple(
        Mention(
            id=n.id, name=n.name, role=role_of.get(n.id, n.role or "mentioned"), start=n.start,
            end=n.end, quote=text[n.start : n.end], rule=n.rule, confidence=n.confidence,
        )
        for n in sorted(named, key=lambda n: (n.start, n.id))
    )  # fmt: skip


def _without_namesakes(named: list[Named]) -> list[Named]:
    """Without the council of "Luton", where "Luton College" was named before and no council is."""
    full = {n.id for n in named if n.rule != "bare name"}
    colleges = [n for n in named if n.kind in ("college", "school")]
    return [
        n for n in named
        if n.rule != "bare name" or n.id in full or not any(
            c.start < n.start and c.quote.startswith(f"{n.quote} ") for c in colleges
        )
    ]  # fmt: skip


def _kinds_elsewhere(story: Story, title: dict[str, str], here: set[str]) -> frozenset[str]:
    """The kinds of the bodies that only the title or the address names, not the text (`here`)."""
    there = [i for i in elsewhere.slug_ids(story) if (r := gazetteer().get(i)) and not r.role]
    there += _spelt_alone(story, here)
    return frozenset(_kind(i) for i in (*title, *there) if i not in here)


def _spelt_alone(story: Story, here: Collection[str]) -> dict[str, str]:
    """Unlisted bodies of the address, each with its name, where the text has "the school" alone.

    `here`: ids that the text names.
    """
    if any(_kind(i) in cues().specific for i in here):
        return {}
    the = {k for m in anaphora.pointing(fold(story.text)) for k in m}
    return {i: name for i, name in elsewhere.slug_ids(story).items()
            if i.startswith("unlisted:") and _kind(i) in the}  # fmt: skip


def _all_ahead(
    story: Story, title: dict[str, str], known: frozenset[str], named: Sequence[Named]
) -> list[Named]:
    """The bodies of the title, the address and the site, as named before the text."""
    owner = elsewhere.own_site(story.url)
    ids = {n.id for n in named}
    there = dict.fromkeys([owner.id] if owner else (), "") | title | dict.fromkeys(known, "")
    there |= _spelt_alone(story, ids)
    if not any(_kind(i) in cues().specific for i in (*there, *ids)):
        remit = remit_of({*known, *(n.id for n in named if n.role == "inspectorate")})
        whose = own_pages.owner_by_host(story, remit)
        there |= dict([whose]) if whose else {}
    return [n for i, quote in there.items() if (n := _ahead(i, quote))]


def stories_names(story: Story) -> tuple[dict[tuple[int, str], str], list[Candidate]]:
    """Why each listed name was taken, by its start and id; and the names that were refused."""
    listed, bare, refused = _listed_names(story, title_ids(story, story_date(story)))
    return {(c.start, c.id): c.why for c in (*listed, *bare)}, refused


def inspectorates_and_bodies(
    story: Story, mentions: tuple[Mention, ...]
) -> tuple[tuple[Agency, ...], tuple[Agency, ...]]:
    """Who inspected, and who was inspected: from the mentions, the title, the address.

    Each says by which `rule`. What a name may or may not mean (several living bodies have it) is in
    neither.
    """
    title = title_ids(story, story_date(story))
    open_ = _undecided(mentions)
    inspectorates = _agencies(mentions, "inspectorate", open_)
    for agency in elsewhere.inspectorates(story, title):
        rule = "named in the title" if agency.id in title else "stands on its site"
        inspectorates.setdefault(agency.id, replace(agency, rule=rule))
    bodies = _agencies(mentions, "inspected", open_)
    if not bodies:
        bodies = _bodies_elsewhere(story, title, inspectorates, mentions)
    elif all(a.kind in _RUN_SITES for a in bodies.values()):
        bodies |= _sites_elsewhere(story, mentions)
    owner = elsewhere.own_site(story.url)
    if owner and owner.id not in bodies and all(a.kind == "hospital" for a in bodies.values()):
        bodies[owner.id] = replace(owner.agency, rule="stands on its site", confidence="implied")
    teams = {} if len(inspectorates) > 1 else _teams(fold(story.text), inspectorates)
    return (*inspectorates.values(), *teams.values()), tuple(bodies.values())


@lru_cache(maxsize=1)
def _team_words() -> tuple[tuple[str, Sought, tuple[str, ...]], ...]:
    return tuple((t["id"], Sought(t["words"]), tuple(t["members"]))
                 for t in load_yaml("agencies/teams.yaml"))  # fmt: skip


def _teams(folded: str, named: Mapping[str, Agency]) -> dict[str, Agency]:
    """The other members of a joint inspection's team, where the story names one at most."""
    found: dict[str, Agency] = {}
    for team, words, members in _team_words():
        if words.search(folded) and all(i in members for i in named):
            for id_ in members:
                record = gazetteer().get(id_)
                assert record is not None, id_
                if id_ not in named:
                    rule = f"joint team: {team}"
                    found[id_] = replace(record.agency, rule=rule, confidence="implied")
    return found


def agency_of(mention: Mention) -> Agency:
    """The agency that a mention names; an unlisted one is made of its id."""
    record = gazetteer().get(mention.id)
    if record is not None:
        return record.agency
    kind = mention.id.split(":")[1] if mention.id.startswith("unlisted:") else "unlisted"
    return Agency(id=mention.id, name=mention.name, kind=kind, code=None)


def _undecided(mentions: Iterable[Mention]) -> frozenset[str]:
    """Ids that only stand where another body may be meant by the same words."""
    at: dict[tuple[int, int], set[str]] = {}
    for m in mentions:
        at.setdefault((m.start, m.end), set()).add(m.id)
    alone = {next(iter(ids)) for ids in at.values() if len(ids) == 1}
    return frozenset(i for ids in at.values() if len(ids) > 1 for i in ids - alone)


def _agencies(
    mentions: tuple[Mention, ...], role: str, without: frozenset[str]
) -> dict[str, Agency]:
    """By id, each by the surest of its mentions, in the order of the text."""
    found: dict[str, Mention] = {}
    for m in mentions:
        if m.role == role and m.id not in without:
            before = found.get(m.id)
            if before is None or _SURER[m.confidence] < _SURER[before.confidence]:
                found[m.id] = m
    return {i: replace(agency_of(m), rule=m.rule, confidence=m.confidence)
            for i, m in found.items()}  # fmt: skip


_SURER = {"stated": 0, "implied": 1, "ambiguous": 2}


# ---------------------------------------------------------------------------- names in the text


def _listed_names(
    story: Story, title: dict[str, str]
) -> tuple[list[Candidate], list[Candidate], list[Candidate]]:
    """Listed names, bare names that mean a body here, and those that were refused."""
    text = story.text
    found = gazetteer().explain(text, story_date(story), story.region)
    listed = [c for c in found if c.accepted]
    bare = [c for c in found if c.rule == "bare name"]
    if bare:
        known = (a.id for a in elsewhere.inspectorates(story, title))
        remit = remit_of({*known, *(c.id for c in listed)})
        folded = fold(text)
        setting = short_forms.setting(f"{fold(story.title or '')}\n{folded}", remit)
        bare = short_forms.resolve(bare, text, folded, sentences_of(text), setting)
    refused = [c for c in found if not c.accepted and c.rule != "bare name"]
    refused += [c for c in bare if not c.accepted]
    return listed, [c for c in bare if c.accepted], refused


def _formed_names(
    story: Story,
    folded: str,
    listed: list[Candidate],
    bare: list[Candidate],
    title: dict[str, str],
) -> list[Unlisted]:
    """Bodies in no list, where the story is about inspection: else every school is a mention."""
    inspecting = (
        any(_inspects(c.id) for c in listed if c.accepted)
        or _INSPECTION.search(folded)
        or elsewhere.inspectorates(story, title)
    )
    if not inspecting:
        return []
    starts = {c.start for c in bare} | {c.start - 4 for c in bare}  # "The Wirral was rated"
    whole = [f"{c.quote} " for c in listed if c.accepted]  # "Woodlands" of Woodlands Centre
    near = Listed(listed)
    return one_name_each([
        u for u in (past_listed(u, near) for u in unlisted(story.text))
        if not silenced(u, near)
        and (u.rule in (PLACE_AND_KIND, "form of name") or not (
            u.start in starts or any(w.startswith(f"{u.quote} ") for w in whole)
        ))
    ], story.text)  # fmt: skip


def _together(
    text: str, listed: list[Candidate], bare: list[Candidate], formed: list[Unlisted]
) -> list[Named]:
    """All names, none overlapping another, unless both are what one name may mean."""
    spans: list[Named] = [_of_unlisted(u, text) for u in formed]
    taken = Taken((n.start, n.end) for n in spans)
    owned = {n.start for n in spans}  # "Redcar's Elm School": where it is
    bare = [c for c in bare if not ((m := _GENITIVE.match(text, c.end)) and m.end() in owned)]
    spans += [_of_listed(c) for c in (*listed, *bare) if not taken.overlaps(c.start, c.end)]
    return sorted(spans, key=lambda n: n.start)


_GENITIVE = re.compile(r"['’]s? (?:the )?")
_INSPECTION = Sought(r"\binspect|special measures|\bwatchdog\b|\bregulator\b|estyn")


def _inspects(agency_id: str) -> bool:
    record = gazetteer().get(agency_id)
    return bool(record and record.inspects)


def _of_listed(c: Candidate) -> Named:
    record = gazetteer().get(c.id)
    assert record is not None, c.id
    return Named(
        start=c.start, end=c.end, quote=c.quote, id=c.id, name=record.name, kind=record.kind,
        rule=c.rule, confidence=c.confidence, role=record.role,
    )  # fmt: skip


def _of_unlisted(u: Unlisted, text: str) -> Named:
    meant = slips.meant(u.quote, u.kind)
    if meant is not None:
        return Named(
            start=u.start, end=u.end, quote=text[u.start : u.end], id=meant.id, name=meant.name,
            kind=meant.kind, rule="slip of the pen", confidence="implied", role=meant.role,
        )  # fmt: skip
    return Named(
        start=u.start, end=u.end, quote=text[u.start : u.end], id=u.id, name=u.name, kind=u.kind,
        rule=u.rule, confidence="stated",
        role="operator" if u.role == "operator" and u.kind != "academy-trust" else None,
    )  # fmt: skip


def _kind(agency_id: str) -> str:
    record = gazetteer().get(agency_id)
    return record.kind if record else agency_id.split(":")[1]


def _ahead(agency_id: str, quote: str) -> Named | None:
    """A body of the title or the address, as something that the text may point back to."""
    record = gazetteer().get(agency_id)
    if record is None and not agency_id.startswith("unlisted:"):
        return None
    return Named(
        start=-1, end=-1, quote=quote, id=agency_id, name=record.name if record else quote,
        kind=_kind(agency_id), rule="title or address", confidence="implied",
        role=record.role if record else None,
    )  # fmt: skip


# ---------------------------------------------------------------------------- title and address


def _bodies_elsewhere(
    story: Story,
    title: dict[str, str],
    inspectorates: dict[str, Agency],
    mentions: tuple[Mention, ...],
) -> dict[str, Agency]:
    """Where the text names nobody that was inspected: the title's body, else the address's."""
    kinds = {k for i in inspectorates if (r := gazetteer().get(i)) for k in r.inspects}
    named = {m.id: m.role for m in mentions}
    owner = elsewhere.own_site(story.url)
    site = {owner.id: owner.name} if owner and _of_its_own(story) else {}
    places = {"named in the title": title, "named in the address": elsewhere.slug_ids(story),
              "stands on its site": site}  # fmt: skip
    for rule, source in places.items():
        found = {}
        for agency_id, quote in source.items():
            record = gazetteer().get(agency_id)
            agency = record.agency if record else _from_id(agency_id, quote)
            fixed = (record.role if record else None) or named.get(agency_id) == "operator"
            if not fixed and (not kinds or agency.kind in kinds):
                found[agency_id] = replace(agency, rule=rule, confidence="implied")
        if found:
            return found
    whose = None if _names_a_place(mentions) else own_pages.owner_by_host(story, frozenset(kinds))
    if whose:
        agency = _from_id(*whose)
        return {agency.id: replace(agency, rule="whose page it is", confidence="implied")}
    council = elsewhere.council_of_slug(story) if "council" in kinds else None
    if council and not _names_a_place(mentions) and _THE_COUNCIL.search(fold(story.text)):
        agency = council.agency
        return {agency.id: replace(agency, rule="named in the address", confidence="implied")}
    return {}


_THE_COUNCIL = Sought(r"\b(?:the|an) (?:council|(?:local )?authority)\b")


def _names_a_place(mentions: tuple[Mention, ...]) -> bool:
    """Whether the text names any body of a kind that is inspected, whatever its part."""
    return any(_kind(m.id) in _PLACES for m in mentions)


_PLACES = frozenset({"school", "college", "nursery", "care-home", "hospital", "surgery"})


_RUN_SITES = frozenset({"health-board", "trust"})


def _sites_elsewhere(story: Story, mentions: tuple[Mention, ...]) -> dict[str, Agency]:
    """The hospital that only the address names, where the text names who runs it."""
    if any(_kind(m.id) == "hospital" for m in mentions) or not _THE_SITE.search(fold(story.text)):
        return {}
    sites = {i: q for i, q in elsewhere.slug_ids(story).items() if _kind(i) == "hospital"}
    return {i: replace(_from_id(i, q), rule="named in the address", confidence="implied")
            for i, q in sites.items()}  # fmt: skip


_THE_SITE = Sought(r"\bthe (?:hospital|infirmary)\b")


def _from_id(agency_id: str, quote: str) -> Agency:
    return Agency(id=agency_id, name=quote, kind=agency_id.split(":")[1], code=None)


def _of_its_own(story: Story) -> bool:
    """Whether a body's own page speaks of an inspection of the body: "the council", "our"."""
    return bool(_OWN_WORDS.search(fold(story.text)))


_OWN_WORDS = Sought(
    r"\b(?:the (?:council|authority|force|trust|health board|service)|"
    r"our (?:children's |adult |social |care )?(?:services|care|staff|work)|"
    r"(?:visit|inspection|rated|judged|like) us|"
    r"our (?:\w+ )?(?:rating|registration|inspection|report|trust|hospitals?)|"
    r"ilacs|director of (?:children|adult))\b"
)
