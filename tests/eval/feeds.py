"""Test feeds of others and our own: none crashes the reader, and a part reads as the whole does.

Every feed is read whole by feedparser alone, and then as the watcher reads it: with nothing known,
with each single item new, with the first half known, with every second known, and with all of it
known. What comes out must be, in order, what the whole gave for the items that are new. Then the
same once more with another item before the first, so that each is also the only new one.

Reads `feeds/` of EVAL_DATA (skipped by name where it is absent) and `tests/watch/feeds`.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import feedparser

from pipeline.errors import FeedError
from pipeline.models import Entry
from pipeline.watch import feeds, guard, jsonfeed
from pipeline.watch.items import entry

ROOT = Path(__file__).parents[2]
OWN = ROOT / "tests" / "watch" / "feeds"
#: single items that are tried in a feed; more would say the same
MOST_SINGLES = 30

_COMPARED = ("parts compared", "disagreements")
_FIRST = re.compile(rb"<(item|entry)[\s>]")


def folder() -> Path:
    return Path(os.environ.get("EVAL_DATA") or ROOT.parent / "shared" / "data") / "feeds"


def main() -> int:
    if not folder().is_dir():
        print(f"feeds: skipped, nothing at {folder()} (set EVAL_DATA)")
    total: Counter[str] = Counter()
    for path in files():
        total += judge(path.read_bytes(), path.name, say=print)
        more = judge(one_more(path.read_bytes()), f"{path.name} and one more", say=print)
        total += Counter({what: more[what] for what in ("crashes", *_COMPARED)})
    for what in ("files", "parsed", "refused as no feed", "crashes", "split", "read whole",
                 *_COMPARED):  # fmt: skip
        print(f"{what:20} {total[what]:6}")
    return 1 if total["crashes"] or total["disagreements"] or not total["split"] else 0


def files() -> list[Path]:
    own = [p for p in OWN.iterdir() if p.suffix != ".yaml"]
    return sorted([*own, *folder().rglob("*.xml")] if folder().is_dir() else own)


def one_more(body: bytes) -> bytes:
    """The feed with a plain item before its first; as it is where there is none."""
    return _FIRST.sub(rb"<\1><title>One more</title></\1>\g<0>", body, count=1)


def judge(body: bytes, name: str, *, say: Callable[[str], None]) -> Counter[str]:
    """What one feed came to, as counts; `say` gets a sentence on whatever is wrong."""
    url = f"http://feeds.example/{name}"
    count: Counter[str] = Counter(files=1)
    try:
        feed = feeds.read(body, url=url)
    except FeedError:
        count["refused as no feed"] += 1
        return count
    except Exception as e:
        say(f"{name}: crash, {type(e).__name__}: {e}")
        count["crashes"] += 1
        return count
    count["parsed"] += 1
    if jsonfeed.looks_like(body):
        source = jsonfeed.load(body, url=url)
        found = [jsonfeed.item(record, source) for record in source.records]
        entries = [entry(item, feed_url=url, base=url) for item in found]
    else:
        entries = _by_feedparser_alone(guard.mended(body), url)
    each = len(entries) == len(feed.items)
    taken_apart = each and feed.items != feeds.digests(entries)
    count["split" if taken_apart else "read whole"] += 1
    pairs = list(zip(feed.items, entries if each else feed.entries, strict=True))
    wrong = [] if feed.entries == feeds.unique(entries) else ["the whole"]
    for what, known in _ways(feed.items).items():
        part = feeds.read(body, url=url, known=known)
        expected = feeds.unique(entry for digest, entry in pairs if digest not in known)
        skipped = sum(digest in known for digest in feed.items)
        got = (part.entries, part.unchanged, part.items, part.hints)
        if got != (expected, skipped, feed.items, feed.hints):
            wrong.append(what)
        count["parts compared"] += 1
    count["disagreements"] += len(wrong)
    for what in wrong:
        say(f"{name}: {what} reads otherwise than by feedparser alone")
    return count


def _by_feedparser_alone(body: bytes, url: str) -> list[Entry]:
    sent = {"content-location": url, "content-type": "application/xml"}
    parsed = feedparser.parse(io.BytesIO(body), response_headers=sent)
    return [entry(feeds.item(record), feed_url=url, base=url) for record in parsed.entries]


def _ways(items: tuple[bytes, ...]) -> dict[str, frozenset[bytes]]:
    """By name, digests that are known: every way to know a part of a feed."""
    half = items[: len(items) // 2]
    ways = {"everything known": items, "first half known": half, "every second known": items[::2]}
    every = {name: frozenset(known) for name, known in ways.items()}
    for digest in items[:MOST_SINGLES]:
        every[f"item {digest.hex()} alone"] = frozenset(items) - {digest}
    return every


if __name__ == "__main__":
    sys.exit(main())
