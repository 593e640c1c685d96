"""What the front page follows: the names under `watched:` in sources.yaml, and what they mean.

A name is an agency's id (`council:stockton-on-tees`), its official code (`E06000004`), its full
name, or that of an English region or a nation of the UK. One that nothing is known by is an error
of configuration, found before anything is fetched: a misspelt area would never have any news.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

from pipeline import config
from pipeline.errors import ConfigError
from pipeline.models import Config, WatchedArea
from pipeline.tag.gazetteer import AgencyRecord, gazetteer

_Meaning = tuple[str, str]  # kind, value


def load(path: str | Path) -> Config:
    """As `config.load`, and every name under `watched:` is known.

    Raises:
        ConfigError: as `config.load` and `resolve`.
        KnowledgeError: a file of the gazetteer is wrong.
    """
    settings = config.load(path)
    resolve(settings)
    return settings


def resolve(settings: Config) -> tuple[WatchedArea, ...]:
    """The watched areas in the order of the file.

    Case, spaces, `&` for "and" and a leading "The" make no difference. Where a code or a name was
    an abolished body's as well, the living one is meant; its id names the other.

    Raises:
        ConfigError: a name is not known (with the nearest that is), is several bodies', or means
            the same as one before it.
    """
    made: dict[_Meaning, WatchedArea] = {}
    for name in settings.watched:
        kind, value = meaning = _meaning(name, settings.path)
        if meaning in made:
            raise _wrong(f"{name!r} and {made[meaning].name!r} are the same", settings.path)
        made[meaning] = WatchedArea(name=name, kind=kind, value=value)  # type: ignore[arg-type]
    return tuple(made.values())


def _meaning(name: str, path: str) -> _Meaning:
    found = _known().get(_plain(name), ())
    if len(found) > 1:
        ids = ", ".join(sorted(value for _, value in found))
        raise _wrong(f"{name!r} is the name or code of several: write the id, one of {ids}", path)
    if not found:
        near = _nearest(name)
        hint = (
            f"did you mean {near!r}?" if near else
            "give an agency's id, official code or full name, or an English region or a nation"
        )  # fmt: skip
        raise _wrong(f"{name!r} is no agency, region or nation that is known; {hint}", path)
    return found[0]


def _wrong(problem: str, path: str) -> ConfigError:
    return ConfigError(problem, path=path, key="watched")


@lru_cache(maxsize=1)
def _known() -> dict[str, tuple[_Meaning, ...]]:
    """Every way to write an area → what it means; more than one meaning: it is no clear name."""
    records = gazetteer().all()
    nations = {r.nation for r in records if r.nation and r.kind == "council"}
    regions = {r.region for r in records if r.region} - nations
    ways: dict[str, list[AgencyRecord]] = defaultdict(list)
    for r in records:
        for way in {_plain(w) for w in (r.code, r.name) if w}:
            ways[way].append(r)
    known = {
        way: tuple(("agency", r.id) for r in [x for x in rs if x.living] or rs)
        for way, rs in ways.items()
    }
    known |= {_plain(r.id): (("agency", r.id),) for r in records}
    known |= {_plain(name): (("region", name),) for name in regions}
    return known | {_plain(name): (("nation", name),) for name in nations}


def _nearest(name: str) -> str | None:
    """How to write what was perhaps meant by a wrong name: what is called so, else the most like.

    A council goes before others of the same name: "Stockton" is a council's, if anybody's.
    """
    living = sorted((r for r in gazetteer().all() if r.living), key=lambda r: r.kind != "council")
    others: dict[str, str] = {}
    for r in living:
        for way in (*r.names, *r.bare):
            others.setdefault(_plain(way), r.name)
    wanted = _plain(name)
    own = {_plain(x): x for r in living for x in (r.id, r.name)}
    own |= {_plain(value): value for ((kind, value), *_) in _known().values() if kind != "agency"}
    for names in (others if wanted in others else {}, own, others):
        found = difflib.get_close_matches(wanted, names, n=1, cutoff=0.7)
        if found:
            return names[found[0]]
    return None


def _plain(name: str) -> str:
    words = name.replace("&", " and ").casefold().split()
    return " ".join(words[1:] if words[:1] == ["the"] and len(words) > 1 else words)
