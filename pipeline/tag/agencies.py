"""Who is named in a story, in which role, with which words, and so: who inspected whom.

Names come from the gazetteer, from the form of a name, and from bare place names where the story
makes them councils. Later "the council" or "the trust" points back to what was last named.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from pipeline.knowledge import load_yaml
from pipeline.models import Agency, Mention, Story
from pipeline.tag import anaphora, short_forms
from pipeline.tag.gazetteer import AgencyRecord, gazetteer
from pipeline.tag.matcher import Candidate, fold
from pipeline.tag.roles import Named, roles
from pipeline.tag.sentences import Span, sentences_of
from pipeline.tag.unlisted import Unlisted, unlisted

_URL_DATE = re.compile(r"[/-](20[0-3]\d)(?:[/-](\d{1,2}))?(?:[/-]|$)")


def story_date(story: Story) -> date | None:
    """The day of the story: as published, else as its address says, else None."""
    if story.published_at:
        try:
            return date.fromisoformat(story.published_at[:10])
        except ValueError:
            pass
    found = _URL_DATE.search(story.url or "")
    if found is None:
        return None
    month = int(found[2] or 12)
    return date(int(found[1]), month if 1 <= month <= 12 else 12, 28)


def mentions(story: Story) -> tuple[Mention, ...]:
    """Every agency named, left to right, with its role; spans never overlap."""
    text = story.text
    folded, day = fold(text), story_date(story)
    cut = sentences_of(text)
    named = _without_furniture(folded, _named(text, folded, cut, day), cut)
    title = _title_ids(story, day)
    known = frozenset(a.id for a in _inspectorates_elsewhere(story, title))
    told = frozenset(title) | _in_address(story, named)
    head = fold(story.title or "")
    role_of = roles(folded, named, cut, told=told, headline=head, inspectorates=known)
    named += anaphora.resolve(folded, named, role_of)
    return tuple(
        Mention(
            id=n.id, name=n.name, role=role_of[n.id], start=n.start, end=n.end,
            quote=text[n.start : n.end], rule=n.rule, confidence=n.confidence,
        )
        for n in sorted(named, key=lambda n: n.start)
    )  # fmt: skip


def inspectorates_and_bodies(
    story: Story, mentions: tuple[Mention, ...]
) -> tuple[tuple[Agency, ...], tuple[Agency, ...]]:
    """Who inspected, and who was inspected: from the mentions, the title, the address."""
    title = _title_ids(story, story_date(story))
    elsewhere = _inspectorates_elsewhere(story, title)
    inspectorates = _agencies(mentions, "inspectorate")
    inspectorates |= {a.id: a for a in elsewhere if a.id not in inspectorates}
    bodies = _agencies(mentions, "inspected")
    if not bodies:
        bodies = _bodies_elsewhere(story, title, inspectorates, mentions)
    owner = _own_site(story.url)
    if owner and owner.id not in bodies and all(a.kind == "hospital" for a in bodies.values()):
        bodies[owner.id] = owner.agency
    return tuple(inspectorates.values()), tuple(bodies.values())


def agency_of(mention: Mention) -> Agency:
    """The agency that a mention names; an unlisted one is made of its id."""
    record = gazetteer().get(mention.id)
    if record is not None:
        return record.agency
    kind = mention.id.split(":")[1] if mention.id.startswith("unlisted:") else "unlisted"
    return Agency(id=mention.id, name=mention.name, kind=kind, code=None)


def _agencies(mentions: tuple[Mention, ...], role: str) -> dict[str, Agency]:
    return {m.id: agency_of(m) for m in mentions if m.role == role}


# ---------------------------------------------------------------------------- names in the text


def _named(text: str, folded: str, cut: tuple[Span, ...], day: date | None) -> list[Named]:
    found = gazetteer().explain(text, day)
    listed = [c for c in found if c.accepted]
    bare = [c for c in found if c.rule == "bare name"]
    inspecting = any(_inspects(c.id) for c in listed) or _INSPECTION.search(folded)
    formed = unlisted(text) if inspecting else []  # else every school in the world is a mention
    if short_forms.about_councils(folded):  # "Kingston was rated": an area, so its council
        formed = [u for u in formed if u.rule == "form of name" or not _begun_by(u, bare)]
    spans: list[Named] = [_of_unlisted(u, text) for u in formed if not _silenced(u, listed)]
    taken = [(n.start, n.end) for n in spans]
    for c in [*listed, *_councils(bare, text, folded, cut)]:
        if not any(start < c.end and c.start < end for start, end in taken):
            spans.append(_of_listed(c))
            taken.append((c.start, c.end))
    return sorted(spans, key=lambda n: n.start)


def _silenced(u: Unlisted, listed: list[Candidate]) -> bool:
    """A listed name wins, save over a longer one that merely has it inside ("… Council School")."""
    for c in listed:
        if c.start < u.end and u.start < c.end:
            inside = u.start <= c.start and c.end <= u.end and u.end - u.start > c.end - c.start
            if not inside or u.rule != "form of name" or _same_kind(u, c):
                return True
    return False


_INSPECTION = re.compile(r"\binspect|special measures|\bwatchdog\b|\bregulator\b|estyn")


def _inspects(agency_id: str) -> bool:
    record = gazetteer().get(agency_id)
    return bool(record and record.inspects)


def _begun_by(u: Unlisted, bare: list[Candidate]) -> bool:
    return any(u.start <= c.start < u.end and c.start - u.start < 5 for c in bare)


def _same_kind(u: Unlisted, c: Candidate) -> bool:
    record = gazetteer().get(c.id)
    return bool(record and (record.kind == u.kind or record.role == "inspectorate"))


def _councils(
    bare: list[Candidate], text: str, folded: str, cut: tuple[Span, ...]
) -> list[Candidate]:
    if not short_forms.about_councils(folded):
        return []
    names = frozenset(w.lower() for c in bare for w in c.quote.split())
    chosen = []
    for c in bare:
        if not c.quote[0].isupper() or "ended on" in c.why or "began on" in c.why:
            continue
        span = next((s for s in cut if s.start <= c.start < s.end), Span(c.start, c.end))
        if short_forms.means_council(c, text, folded, span, names)[0]:
            chosen.append(c)
    return chosen


def _of_listed(c: Candidate) -> Named:
    record = gazetteer().get(c.id)
    assert record is not None, c.id
    return Named(
        start=c.start, end=c.end, quote=c.quote, id=c.id, name=record.name, kind=record.kind,
        rule=c.rule, confidence="implied" if c.rule == "bare name" else c.confidence,
        role=record.role,
    )  # fmt: skip


def _of_unlisted(u: Unlisted, text: str) -> Named:
    return Named(
        start=u.start, end=u.end, quote=text[u.start : u.end], id=u.id, name=u.name, kind=u.kind,
        rule=u.rule, confidence="stated", role="operator" if u.role == "operator" else None,
    )  # fmt: skip


@lru_cache(maxsize=1)
def _furniture() -> re.Pattern[str]:
    return re.compile(load_yaml("agencies/roles.yaml")["furniture"], re.MULTILINE)


def _without_furniture(folded: str, named: list[Named], cut: tuple[Span, ...]) -> list[Named]:
    """Without names in "Read more" lines and picture credits: they tell of other stories."""
    dropped: list[tuple[int, int]] = []
    for m in _furniture().finditer(folded):
        stop = folded.find("\n", m.end())
        dropped.append((m.start(), len(folded) if stop < 0 else stop))
    dropped += [s for s in cut if _furniture().match(folded[s.start : s.end])]
    for m in _CREDIT.finditer(folded):
        dropped.append((m.start(), m.end()))
    return [n for n in named if not any(a <= n.start < b for a, b in dropped)]


_CREDIT = re.compile(r"\b(?:picture|photo|photograph|image|credit|pic)s? ?(?:by|:) ?[^\n.]{0,60}")

# ---------------------------------------------------------------------------- title and address


def _title_ids(story: Story, day: date | None) -> dict[str, str]:
    """Ids named by the headline, each with the words that name it."""
    if not story.title:
        return {}
    listed = gazetteer().find(story.title, day)
    formed = [u for u in unlisted(story.title) if not _silenced(u, listed)]
    return {c.id: c.quote for c in listed} | {u.id: u.name for u in formed}


def _inspectorates_elsewhere(story: Story, title: dict[str, str]) -> list[Agency]:
    records = [r for i in title if (r := gazetteer().get(i)) and r.role == "inspectorate"]
    return [r.agency for r in (*records, *_by_domain(story.url))]


def _by_domain(url: str | None) -> list[AgencyRecord]:
    """The inspectorate on whose own site the story stands."""
    if not url:
        return []
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    address = host + parts.path
    best: tuple[int, AgencyRecord] | None = None
    for domain, record in _domains():
        at_host = "/" not in domain and (host == domain or host.endswith("." + domain))
        under = "/" in domain and (address + "/").startswith(domain + "/")
        if (at_host or under) and (best is None or len(domain) > best[0]):
            best = (len(domain), record)
    return [best[1]] if best else []


@lru_cache(maxsize=1)
def _domains() -> tuple[tuple[str, AgencyRecord], ...]:
    return tuple((d, r) for r in gazetteer().all() for d in r.domains)


def _bodies_elsewhere(
    story: Story,
    title: dict[str, str],
    inspectorates: dict[str, Agency],
    mentions: tuple[Mention, ...],
) -> dict[str, Agency]:
    """Where the text names nobody that was inspected: the title's body, else the address's."""
    kinds = {k for i in inspectorates if (r := gazetteer().get(i)) for k in r.inspects}
    named = {m.id: m.role for m in mentions}
    for source in (title, _slug_ids(story)):
        found = {}
        for agency_id, quote in source.items():
            record = gazetteer().get(agency_id)
            agency = record.agency if record else _from_id(agency_id, quote)
            fixed = (record.role if record else None) or named.get(agency_id) == "operator"
            if not fixed and (not kinds or agency.kind in kinds):
                found[agency_id] = agency
        if found:
            return found
    return {}


def _from_id(agency_id: str, quote: str) -> Agency:
    return Agency(id=agency_id, name=quote, kind=agency_id.split(":")[1], code=None)


def _in_address(story: Story, named: list[Named]) -> frozenset[str]:
    """Ids whose names stand in the path of the address, or on whose own site the story stands."""
    path = re.sub(r"[^a-z0-9]+", " ", unquote(urlsplit(story.url or "").path).lower())
    words = f" {path} "
    found = {n.id for n in named if f" {re.sub(r'[^a-z0-9]+', ' ', n.quote.lower())} " in words}
    return frozenset(found)


def _own_site(url: str | None) -> AgencyRecord | None:
    """The body whose short name or area is the host's: bcuhb.nhs.wales, kirklees.gov.uk."""
    host = urlsplit(url or "").hostname or ""
    if not host.endswith((".nhs.uk", ".nhs.wales", ".gov.uk", ".police.uk", ".gov.wales")):
        return None
    label = host.removeprefix("www.").split(".")[0]
    kind = "police" if host.endswith(".police.uk") else "council"
    return _short_names().get(label) or _by_area().get((kind, label))


@lru_cache(maxsize=1)
def _by_area() -> dict[tuple[str, str], AgencyRecord]:
    """Living councils and forces by their area as addresses spell it; shared ones left out."""
    found: dict[tuple[str, str], dict[str, AgencyRecord]] = {}
    for r in gazetteer().all():
        if r.kind in ("council", "police") and r.valid_until is None:
            for name in {r.area, *r.bare} - {None, ""}:
                key = (r.kind, re.sub(r"[^a-z]", "", str(name).lower()))
                found.setdefault(key, {})[r.id] = r
    return {k: next(iter(v.values())) for k, v in found.items() if len(v) == 1}


@lru_cache(maxsize=1)
def _short_names() -> dict[str, AgencyRecord]:
    return {n.lower(): r for r in gazetteer().all() for n in (*r.names, *r.exact)
             if " " not in n and r.role is None}  # fmt: skip


def _slug_ids(story: Story) -> dict[str, str]:
    """Bodies spelt out in the path of the address: …/borset-county-council-rated-good."""
    path = unquote(urlsplit(story.url or "").path)
    words = re.sub(r"[^a-zA-Z]+", " ", path).title()
    return {c.id: c.quote for c in gazetteer().find(words, story_date(story))}
