"""What pages show of each other: the same story at another address, and their site's own text.

Neither can be seen on one page. As each batch of pages is cleaned, what they say of themselves
(`Reading`) is kept, and what it changes for other pages is decided anew, in the transaction that
keeps the batch. Both decisions depend on the readings alone, so they come out the same in whatever
order pages come, however often they are made, and after a kill in the middle.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.archive import Archive, aliases, readings
from pipeline.clean import same, site
from pipeline.models import Reading
from pipeline.urls import number


def learn(archive: Archive, read: Sequence[Reading], now: datetime) -> frozenset[str]:
    """Keeps readings → addresses of pages that are to be cleaned anew, or not to be shown.

    Within the caller's transaction.
    """
    new = {number(r.url): _numbered(r) for r in read}
    before = readings.load(archive, new)
    changed = {page: r for page, r in new.items() if before.get(page) != r}
    if not changed:
        return frozenset()
    readings.save(archive, changed)
    both = [*changed.values(), *(before[p] for p in changed if p in before)]
    keys = _own_text(archive, changed, both)
    urls = _stories(archive, changed, both, now)
    return readings.note_neighbours(archive, {*changed, *map(number, urls)}, keys)


def _numbered(reading: Reading) -> Reading:
    """With numbers for names, as the archive keeps them."""
    named = {str(number(name)): why for name, why in reversed(reading.names)}
    return replace(reading, names=tuple(sorted(named.items(), key=lambda x: int(x[0]))))


# ---------------------------------------------------------------- the site's own text


def _own_text(
    archive: Archive, changed: Mapping[int, Reading], both: Iterable[Reading]
) -> frozenset[int]:
    """Decides anew on all paragraphs for which the changed pages can matter → those that turned."""
    fewest = site.fewest_pages()
    keys = {line.key for reading in both for line in reading.lines}
    # Where one of these has just come to be repeated, or ceased to be, its neighbours may as well
    # have come to stand at an edge. It is on few pages then.
    most = fewest + len(changed) + 1
    found = readings.carriers(archive, keys, most)
    near = readings.load(archive, {page for on in found.values() if len(on) < most for page in on})
    asked = keys | _keys(near)
    carried = {key: on for key, on in readings.carriers(archive, asked, site.SAMPLE).items()
               if len(on) >= fewest}  # fmt: skip
    # Where none of the pages that are looked at is another than before, all is as it was.
    first = min([*changed, *near])
    as_before = {k for k, on in carried.items() if len(on) == site.SAMPLE and on[-1] < first}
    weighed = {key: on for key, on in carried.items() if key not in as_before}
    near |= readings.load(archive, {p for on in weighed.values() for p in on} - near.keys())
    around = readings.carriers(archive, _keys(near) - asked, fewest)
    repeated = carried.keys() | {key for key, on in around.items() if len(on) >= fewest}
    pages = {p: site.Carrier(p, r.headline, r.lines) for p, r in near.items()}
    own = {key: near[on[0]].site for key, on in weighed.items()
           if site.is_own(key, [pages[p] for p in on], repeated)}  # fmt: skip
    return readings.set_site_lines(archive, own, asked - as_before - own.keys())


def _keys(of: Mapping[int, Reading]) -> set[int]:
    return {line.key for reading in of.values() for line in reading.lines}


# ---------------------------------------------------------------- the same story


def _stories(
    archive: Archive, changed: Mapping[int, Reading], both: Iterable[Reading], now: datetime
) -> frozenset[str]:
    """Decides anew which of the changed pages, and of those that share a name, are one story."""
    names = {name for r in both for name, _ in r.names}
    # A name on more pages than this is believed neither before nor now.
    most = readings.MOST_OF_A_NAME + len(changed) + 1
    borne = readings.bearers(archive, names, most)
    asked = changed.keys() | {page for on in borne.values() if len(on) < most for page in on}
    asked |= {number(u) for r in changed.values() for u in _together(archive, r.url)}
    known = readings.load(archive, asked)
    looked_at: dict[str, None] = {}
    found: dict[str, tuple[str, str]] = {}
    for page in sorted(known):
        if known[page].url not in looked_at:
            group = _agreeing(archive, page, known)
            looked_at.update(dict.fromkeys(r.url for r in group))
            found |= same.stories(group)
    return aliases.set_aliases(archive, looked_at, found, now)


def _together(archive: Archive, url: str) -> list[str]:
    """The addresses that are one story with `url` so far."""
    story = aliases.story_of(archive, url) or url
    return [story, *(a["url"] for a in aliases.addresses(archive, story))]


def _agreeing(archive: Archive, page: int, known: dict[int, Reading]) -> list[Reading]:
    """A page and all that agree with it, or with one that does. Pages that are loaded stay."""
    group, left = {page}, [page]
    while left:
        one = known[left.pop()]
        borne = readings.bearers(archive, (n for n, _ in one.names), readings.MOST_OF_A_NAME + 1)
        near = {p for on in borne.values() if len(on) <= readings.MOST_OF_A_NAME for p in on}
        known |= readings.load(archive, near - known.keys())
        joined = {p for p in near - group if same.agree(one, known[p])}
        group |= joined
        left += sorted(joined)
    return [known[p] for p in sorted(group)]
