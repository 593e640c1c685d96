"""Which story an entry is: its canonical address, but for feeds whose addresses or guids lie. Pure.

Three ways in which an address alone misleads, each seen in the wild:

- one address for many stories (a notice board: every item links to the same page): the guid tells
  them apart, as a fragment of the address; such a story has no page of its own
- another address for a known story (http became https, a slash came or went, an edited headline
  changed the slug): the same guid and the same headline say that it is the same
- another guid for a known address (the BBC): the address says that it is the same; nothing to do

Addresses that differ in more than that may still be one story; that shows when their pages are
there (`clean/same.py`), and here they are two.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from pipeline.models import Entry

#: items of one feed that share an address before it is taken for a notice board: two may be one
#: story that was re-issued
_BOARD = 3


def boards(entries: Sequence[Entry]) -> frozenset[str]:
    """Addresses that several different stories of one answer share."""
    found: dict[str, dict[str, str | None]] = defaultdict(dict)
    for e in entries:
        found[e.url][e.guid] = e.headline
    return frozenset(
        url for url, stories in found.items()
        if len(stories) >= _BOARD and len(set(stories.values())) >= _BOARD
    )  # fmt: skip


def told_apart(entries: Iterable[Entry], shared: Collection[str]) -> tuple[Entry, ...]:
    """The entries with an address of their own each, where theirs is among `shared`."""
    return tuple(
        replace(e, url=f"{e.url}#{fragment(e.guid)}") if e.url in shared else e for e in entries
    )


def recognised(
    entries: Iterable[Entry],
    by_guid: Mapping[str, tuple[str, str, str | None]],
    by_address: Collection[str],
) -> tuple[Entry, ...]:
    """The entries, each with the address that its story had before, where it had another one.

    Args:
        by_guid: (address, link, headline) of what the feed brought under a guid, if it was one
            story.
        by_address: addresses that the feed brought before, among the `variants` of these.
    """
    return tuple(replace(e, url=_before(e, by_guid, by_address) or e.url) for e in entries)


def variants(url: str) -> tuple[str, ...]:
    """Other ways to write an address that lead to the same page: scheme, `www.`, last slash."""
    parts = urlsplit(url)
    bare = parts.netloc.removeprefix("www.")
    path = parts.path.rstrip("/")
    found = (
        urlunsplit((scheme, host, path + slash, parts.query, parts.fragment))
        for scheme in ("https", "http") for host in (bare, f"www.{bare}") for slash in ("", "/")
    )  # fmt: skip
    return tuple(other for other in found if other != url)


def fragment(guid: str) -> str:
    """A guid as it can stand in an address."""
    return hashlib.sha256(guid.encode()).hexdigest()[:16]


def _before(
    entry: Entry, by_guid: Mapping[str, tuple[str, str, str | None]], by_address: Collection[str]
) -> str | None:
    for other in variants(entry.url):
        if other in by_address:
            return other
    address, link, headline = by_guid.get(entry.guid, (None, None, None))
    # A guid that is used again for another story comes with another link and another headline. The
    # same link gave another address only while `urls` had other rules.
    same = link == entry.link or (headline is not None and headline == entry.headline)
    return address if same else None
