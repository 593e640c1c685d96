"""Whom a story names outside its text: in its title, in its address, by the site that it stands on.

None of these yields a span; they decide between what the text leaves open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from pipeline.models import Agency, Story
from pipeline.tag import short_forms
from pipeline.tag.areas import areas
from pipeline.tag.evidence import Named
from pipeline.tag.gazetteer import AgencyRecord, gazetteer
from pipeline.tag.kept_names import Listed, one_name_each, silenced
from pipeline.tag.matcher import fold, words
from pipeline.tag.name_forms import is_area, proper_part
from pipeline.tag.roles import remit_of
from pipeline.tag.sentences import sentences_of
from pipeline.tag.unlisted import unlisted

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


def headline_of(story: Story) -> str:
    """The title; of a story without one its first line, where that is no sentence."""
    if story.title:
        return story.title
    line = story.text.lstrip().partition("\n")[0].strip()
    return line if 3 < len(line.split()) <= 25 and line[-1] not in ".:;,!" else ""


def title_ids(story: Story, day: date | None) -> dict[str, str]:
    """Ids named by the headline, each with the words that name it."""
    return _ids_in(story.title, day, story.region) if story.title else {}


def _ids_in(title: str, day: date | None, region: str | None) -> dict[str, str]:
    found = gazetteer().explain(title, day, region)
    listed = [c for c in found if c.accepted and c.confidence != "ambiguous"]
    near = Listed(listed)
    formed = one_name_each([u for u in unlisted(title) if not silenced(u, near)], title)
    bare = [c for c in found if c.rule == "bare name"]
    if bare:
        folded = fold(title)
        setting = short_forms.setting(folded, remit_of(c.id for c in listed))
        meant = short_forms.resolve(bare, title, folded, sentences_of(title), setting)
        listed += [c for c in meant if c.accepted and c.confidence != "ambiguous"]
        starts = {c.start for c in meant if c.accepted}
        formed = [u for u in formed if u.rule == "form of name" or u.start not in starts]
    return {c.id: c.quote for c in listed} | {u.id: u.name for u in formed}


def hinted(headline: str, named: Iterable[Named]) -> frozenset[str]:
    """Of named bodies those whose area, or whose proper name, stands in the folded headline."""
    found = set()
    for n in named if headline else ():
        record = gazetteer().get(n.id)
        areas = (record.area, *record.bare) if record else (proper_part(n.name),)
        if any(re.search(rf"(?<!\w){re.escape(fold(a))}(?!\w)", headline) for a in areas if a):
            found.add(n.id)
    return frozenset(found)


def slug_ids(story: Story) -> dict[str, str]:
    """Bodies spelt out in the path of the address: …/borset-county-council-rated-good."""
    path = unquote(urlsplit(story.url or "").path)
    spelt = " . ".join(re.sub(r"[^a-zA-Z]+", " ", part).title() for part in path.split("/"))
    spelt = _GENITIVES.sub(r"\1", spelt)
    found = {c.id: c.quote for c in gazetteer().find(spelt, story_date(story))}
    listed = any((r := gazetteer().get(i)) and r.role is None for i in found)
    for m in () if listed else _SLUG_NAME.finditer(spelt):
        name = m[0].split()
        doer = False
        while name and (name[0].lower() in words("leading") or (doer and _does(name[0]))):
            doer, name = name[0].lower() in words("doers"), name[1:]
        if len(name) > 1 and not _are_but_words(name, story.text):
            found |= {
                u.id: u.name for u in unlisted(" ".join(name))
                if u.rule == "form of name" and not is_area(proper_part(u.name))
            }  # fmt: skip
    return found


def _does(word: str) -> bool:
    return word.lower() in words("headline_verbs")


def _are_but_words(name: list[str], text: str) -> bool:
    """Whether a word of a name in an address is none of a name: the text has it in small letters
    alone, as the "shining example" of a hospice.
    """
    proper = [w for w in name if w.lower() not in words("generic")]
    return any(w.lower() in words("leading") for w in name) or any(
        w not in text and re.search(rf"(?<!\w){w.lower()}(?!\w)", text) for w in proper
    )


def council_of_slug(story: Story) -> AgencyRecord | None:
    """The council whose area is the only one in the address: /north-borset-care-inspected."""
    path = unquote(urlsplit(story.url or "").path)
    spelt = " . ".join(re.sub(r"[^a-zA-Z]+", " ", part).title() for part in path.split("/"))
    named = {_label(spelt[a.start : a.end]) for a in areas(spelt) if a.council}
    found = [r for n in named if (r := _by_area().get(("council", n)))]
    return found[0] if len(found) == 1 else None


#: "cheshire-east-councils-services": an address has no apostrophes.
_GENITIVES = re.compile(r"\b(Council|Police|Trust|Board|School|Academy|College|Hospital|Home)s\b")

#: In an address, where no capital tells where a name begins or ends.
_SLUG_NAME = re.compile(
    r"(?:[A-Z][a-z]+ ){1,5}?(?:Primary School|High School|School|Academy|College|Nursery|Care Home|"
    r"Nursing Home|Playgroup|Surgery|Medical Centre|Hospice|Hospitals?)\b"
)


def in_address(story: Story, quotes: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Of ids with their words, those whose words stand in the path of the address."""
    path = re.sub(r"[^a-z0-9]+", " ", unquote(urlsplit(story.url or "").path).lower())
    written = [(id_, re.sub(r"[^a-z0-9]+", " ", quote.lower().replace("'", "").replace("’", "")))
             for id_, quote in quotes]  # fmt: skip
    return frozenset(i for i, w in written if f" {w} " in f" {path} " or f" {w}s " in f" {path} ")


def inspectorates(story: Story, title: dict[str, str]) -> list[Agency]:
    """Those of the title, and the one on whose own site the story stands."""
    records = [r for i in title if (r := gazetteer().get(i)) and r.role == "inspectorate"]
    return [r.agency for r in (*records, *_by_domain(story.url))]


def _by_domain(url: str | None) -> list[AgencyRecord]:
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


def own_site(url: str | None) -> AgencyRecord | None:
    """The body whose listed site, short name or area is the host's: bcuhb.nhs.wales."""
    host = urlsplit(url or "").hostname or ""
    if host.endswith(_COMMITTEES):
        return _of_committees(host.removesuffix(_COMMITTEES).rpartition(".")[2])
    if not host.endswith((".nhs.uk", ".nhs.wales", ".gov.uk", ".police.uk", ".gov.wales")):
        return None
    if found := next((r for d, r in _sites().items() if host == d or host.endswith(f".{d}")), None):
        return found
    labels = re.sub(r"\.(nhs\.uk|nhs\.wales|gov\.uk|police\.uk|gov\.wales)$", "", host).split(".")
    label = _label(labels[-1])
    kind = "police" if host.endswith(".police.uk") else "council"
    found = _short_names().get(label) or _by_area().get((kind, label))
    return found or (_trust_at(label) if ".nhs." in host else None)


def _label(name: str) -> str:
    """As a host may spell it: `Redcar and Cleveland`, `redcar-cleveland` → redcarcleveland."""
    return re.sub(r"[^a-z]", "", re.sub(r"\band\b|&", "", name.lower()))


@lru_cache(maxsize=64)
def _trust_at(label: str) -> AgencyRecord | None:
    """The one living trust whose name begins as a host does: epsom-sthelier.nhs.uk."""
    living = [r for r in gazetteer().all() if r.kind in ("trust", "health-board") and r.living]
    found = [r for r in living if _label(r.name).startswith(label)] if len(label) > 5 else []
    short = re.sub(r"(?:nhs)?f?t$", "", label)
    found = found or [r for r in living if len(short) > 2 and _shortened(r.name).fullmatch(short)]
    return found[0] if len(found) == 1 else None


def _shortened(name: str) -> re.Pattern[str]:
    """North Borset NHS Trust as hosts have it: northborset, nborset, nb."""
    stem = re.sub(r"(?: university)?(?: nhs)?(?: foundation)? trust$", "", name.lower())
    told = [w for w in re.findall(r"[a-z]+", stem) if w not in ("and", "of", "the")]
    return re.compile("".join(f"{w[0]}(?:{w[1:]})?" for w in told if w))


#: Where councils and fire authorities keep the papers of their committees.
_COMMITTEES = ".moderngov.co.uk"


def _of_committees(label: str) -> AgencyRecord | None:
    """The council, or the fire service, whose committees' papers stand at a host."""
    area = re.match(r"([a-z-]{4,})fire", label)
    if area is None:
        return _by_area().get(("council", _label(label)))
    begin = _label(area[1]).removesuffix("s")  # "beds"
    named = [r for r in gazetteer().all() if r.kind == "fire" and r.living
             and _label(r.area or r.name).startswith(begin)]  # fmt: skip
    return named[0] if len(named) == 1 else None


@lru_cache(maxsize=1)
def _sites() -> dict[str, AgencyRecord]:
    """Living councils by the host of their own site, as Ofsted's list of providers has it."""
    return {r.identifiers["site"]: r for r in gazetteer().all()
            if r.living and "site" in r.identifiers}  # fmt: skip


@lru_cache(maxsize=1)
def _by_area() -> dict[tuple[str, str], AgencyRecord]:
    """Living councils and forces by their area as addresses spell it; shared ones left out."""
    found: dict[tuple[str, str], dict[str, AgencyRecord]] = {}
    for r in gazetteer().all():
        if r.kind in ("council", "police") and r.living:
            for name in {r.area, *r.bare} - {None, ""}:
                key = (r.kind, _label(str(name)))
                found.setdefault(key, {})[r.id] = r
    return {k: next(iter(v.values())) for k, v in found.items() if len(v) == 1}


@lru_cache(maxsize=1)
def _short_names() -> dict[str, AgencyRecord]:
    return {n.lower(): r for r in gazetteer().all() for n in (*r.names, *r.exact)
             if " " not in n and r.role is None}  # fmt: skip
