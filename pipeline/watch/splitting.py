"""The raw items of an XML feed, each with a digest, without reading what they say. Pure.

A feed of which most is known need not be read whole: finding where its items begin and end takes
an XML tokeniser a hundredth of the time that reading them takes. An item's digest covers its own
bytes and all that lends them meaning (the start tags around it: namespaces, `xml:base`, and the
address that links stand against), so an item whose digest is known reads as it did before.

Only what is plain is split. Anything in which one item could change how the next one is read gets
None, and is read whole.

What is known need not even be tokenised: bytes that agree with an item that was a whole element in
the same place are one here too. Items are then looked for by their tags, and the tokeniser sees
what stands around them and those that are new. Where that does not add up, it sees everything.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from xml.parsers import expat

from pipeline.models import DIGEST_BYTES
from pipeline.watch.needless import CARRIED, EMPTY, HOLDERS, NEEDLESS, OF_AUTHORS, QUIET

_ITEMS = ("item", "entry")
_XML_BASE = "http://www.w3.org/XML/1998/namespace base"
#: prefixes that mean the same to the feed parser wherever they are declared
_STANDARD = {
    ("atom", "http://www.w3.org/2005/Atom"),
    ("content", "http://purl.org/rss/1.0/modules/content/"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("dcterms", "http://purl.org/dc/terms/"),
    ("feedburner", "http://rssnamespace.org/feedburner/ext/1.0"),
    ("georss", "http://www.georss.org/georss"),
    ("itunes", "http://www.itunes.com/dtds/podcast-1.0.dtd"),
    ("media", "http://search.yahoo.com/mrss"),
    ("media", "http://search.yahoo.com/mrss/"),
    ("slash", "http://purl.org/rss/1.0/modules/slash/"),
    ("thr", "http://purl.org/syndication/thread/1.0"),
    ("wfw", "http://wellformedweb.org/CommentAPI/"),
    (None, "http://www.w3.org/1999/xhtml"),
    (None, "com-wordpress:feed-additions:1"),
}
_TAG = re.compile(rb"<[^\s<>/]+(?:\s+[^\s<>=]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*\s*/?>")
_BASE = re.compile(rb"base\s*=", re.IGNORECASE)


class _Strange(Exception):
    """Not plain enough to be taken apart."""


class RawItem(NamedTuple):
    """One `<item>` or `<entry>`: `data[start:end]`, and its digest."""

    start: int
    end: int
    digest: bytes
    #: (start, end) within the item of what no entry is made from; not looked for in what is known
    needless: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """A feed and where its items stand in it."""

    data: bytes  #: UTF-8
    items: tuple[RawItem, ...]  #: in the feed's order
    gaps: tuple[tuple[int, bytes], ...]  #: (number of the item it stands before, what is there)
    #: start tags that are open around all items; None where more bears on how the items read
    opening: tuple[bytes, ...] | None

    def only(self, wanted: Iterable[int], *, bare: bool = False) -> bytes:
        """The feed as if it held the items of these numbers alone, without space between them.

        Args:
            bare: of what stands around them, only what an item hangs on; the title goes.
        """
        if bare and self.opening is not None:
            closing = (b"</%b>" % _name(tag) for tag in reversed(self.opening))
            return b"".join((*self.opening, *(self._item(n) for n in wanted), *closing))
        pieces = [(number, 0, gap) for number, gap in self.gaps]
        pieces += [(number, 1, self._item(number)) for number in wanted]
        return b"".join(piece for _, _, piece in sorted(pieces))

    def _item(self, number: int) -> bytes:
        start, end, _, needless = self.items[number]
        raw = self.data[start:end]
        for first, last in reversed(needless):
            raw = raw[:first] + raw[last:]
        return raw

    def outside(self) -> bytes:
        """What stands around the items."""
        return b"".join(gap for _, gap in self.gaps)


def digest(raw: bytes, *, context: str) -> bytes:
    """Of an item that came by itself: a record of JSON, an element of a page."""
    return blake2b(raw, digest_size=DIGEST_BYTES, key=_context(context)).digest()


@lru_cache(maxsize=64)  # one serves all items of an answer
def _context(text: str) -> bytes:
    return _key(text)


def _key(text: str, within: bytes = b"") -> bytes:
    return blake2b(text.encode("utf-8", "replace"), digest_size=16, key=within).digest()


def _name(tag: bytes) -> bytes:
    """Of a start tag, with its prefix."""
    return tag[1:-1].split(None, 1)[0]


def split(data: bytes, *, context: str, known: Container[bytes] = frozenset()) -> Split | None:
    """The items of a feed in UTF-8, or None where it must be read whole.

    Args:
        context: whatever else the meaning of an item hangs on; goes into the digests.
        known: digests of items that former calls found in this feed.
    """
    if b"<!DOCTYPE" in data or b"<!doctype" in data:  # may declare entities
        return None
    found = _by_tags(data, context, known) if known else None
    if found is not None:
        return found
    finder = _found(data, context)
    if finder is None:
        return None
    gaps = tuple(_gaps(data, finder.items))
    return Split(data, tuple(finder.items), gaps, finder.opening if _row(gaps) else None)


def _by_tags(data: bytes, context: str, known: Container[bytes]) -> Split | None:
    """The same of a feed whose items stand in a row, by their digests; None where that fails."""
    places = _places(data)
    if not places or (
        b"base" in data and _BASE.search(data, places[0][0])
    ):  # see `_Finder._rebase`
        return None
    head, tail = data[: places[0][0]], data[places[-1][1] :]
    empty = b"<item></item>"
    frame = _found(head + empty + tail, context)
    if frame is None or [(i.start, i.end) for i in frame.items] != [
        (len(head), len(head) + len(empty))
    ]:
        return None
    key = frame.key
    items = [
        RawItem(start, end, blake2b(data[start:end], digest_size=DIGEST_BYTES, key=key).digest())
        for start, end in places
    ]
    new = [n for n, item in enumerate(items) if item.digest not in known]
    found = Split(data, tuple(items), ((0, head), (len(items), tail)), frame.opening)
    if not new:
        return found
    looked_at = _found(found.only(new, bare=True), context)
    if looked_at is None or [i.digest for i in looked_at.items] != [items[n].digest for n in new]:
        return None
    for number, seen in zip(new, looked_at.items, strict=True):
        items[number] = items[number]._replace(needless=seen.needless)
    return Split(data, tuple(items), found.gaps, found.opening)


def _places(data: bytes) -> list[tuple[int, int]]:
    """(start, end) of what looks like items in a row; [] where anything stands between them."""
    kind = b"item" if b"</item>" in data else b"entry"
    opens, closes = b"<" + kind, b"</" + kind + b">"
    found: list[tuple[int, int]] = []
    end = 0
    start = data.find(opens)
    while start >= 0:
        if data[start + len(opens)] in b"> \t\r\n":
            if found and end != start and not data[end:start].isspace():
                return []
            end = data.find(closes, start) + len(closes)
            if end < len(closes):
                return []
            found.append((start, end))
        start = data.find(opens, max(end, start + 1))
    return found


def _found(data: bytes, context: str) -> _Finder | None:
    """The tokeniser's findings; None where the bytes are not plain, or not well-formed."""
    finder = _Finder(data, context)
    try:
        finder.parser.Parse(data, True)
    except (expat.ExpatError, _Strange):
        return None
    return finder


def _row(gaps: Sequence[tuple[int, bytes]]) -> bool:
    """True where nothing but space stands between the items."""
    return all(not gap or number in (0, gaps[-1][0]) for number, gap in gaps)


def _gaps(data: bytes, items: Sequence[RawItem]) -> Iterator[tuple[int, bytes]]:
    at = 0
    for number, item in enumerate(items):
        gap = data[at : item.start]
        if not gap.isspace():
            yield number, gap
        at = item.end
    yield len(items), data[at:]


class _Open(NamedTuple):
    """An element that is open and holds items, or stands before them."""

    name: str
    attributes: dict[str, str]
    declared: list[tuple[str | None, str | None]]  #: prefixes and what they mean
    short: str  #: the name without namespace, in lower case
    start: int
    quiet: bool  #: what it says has no effect on how items read


class _Finder:
    """The handlers of one run of the tokeniser: one pair around items, one pair inside them."""

    def __init__(self, data: bytes, context: str) -> None:
        self.data = data
        self.items: list[RawItem] = []
        self.open: list[_Open] = []
        #: for open elements a digest of the start tag and all those around it, as far as asked for
        self.keys = [_key(context)]
        self.declared: list[tuple[str | None, str | None]] = []  #: for the next start tag
        self.opening: tuple[bytes, ...] | None = None  #: see `Split`
        self.key = b""  #: of the items that were met last
        self.quiet = True  #: so is all that was closed before the first item
        self.start = -1  #: of the open item; -1: none is open
        self.depth = 0  #: in the item
        self.child = -1  #: where the open child of the item starts, if it is needless
        self.needless: list[tuple[int, int]] = []
        self.nested = False  #: the item holds more than children and names of authors
        self.plain: set[str] = set()  #: names seen inside items that mean nothing here
        self.rebased = self.divided = False
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.StartNamespaceDeclHandler = self._namespace
        self._leave()

    def _leave(self) -> None:
        self.start = -1
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end

    def _namespace(self, prefix: str | None, uri: str | None) -> None:
        if self.start < 0:
            self.declared.append((prefix, uri))
        elif (prefix, uri) not in _STANDARD:
            raise _Strange

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if _is_item(name):
            return self._begin_item(attributes)
        short = name.rpartition(" ")[2].lower()
        if short in CARRIED and not self.items:
            raise _Strange
        quiet = (
            name.lower() in QUIET
            and (not self.open or self.open[-1].short in HOLDERS)
            and not (_XML_BASE in attributes or "base" in attributes)
            and (not self.declared or _STANDARD.issuperset(self.declared))
        )
        at = self.parser.CurrentByteIndex
        self.open.append(_Open(name, attributes, self.declared, short, at, quiet))
        if self.declared:
            self.declared = []
        return None

    def _begin_item(self, attributes: dict[str, str]) -> None:
        self.start = self.parser.CurrentByteIndex
        opening = self.data[self.start + 1 : self.start + 6].lower()
        if not opening.startswith((b"item", b"entry")):
            raise _Strange
        if self.declared:
            if not _STANDARD.issuperset(self.declared):
                raise _Strange
            self.declared.clear()
        if attributes:
            self._rebase(attributes)
        for element in self.open[len(self.keys) - 1 :]:
            tag = f"{element.name}{sorted(element.attributes.items())}{element.declared}"
            self.keys.append(_key(tag, self.keys[-1]))
        self.key = self.keys[-1]
        if not self.items and self.quiet:
            tags = [_TAG.match(self.data, element.start) for element in self.open]
            self.opening = tuple(tag[0] for tag in tags if tag)
            if not all(tags):
                self.opening = None
        self.needless, self.nested = [], False
        self.parser.StartElementHandler = self._begin_inside
        self.parser.EndElementHandler = self._end_inside

    def _begin_inside(self, name: str, attributes: dict[str, str]) -> None:
        if name not in self.plain:
            if _is_item(name):
                raise _Strange
            if name.lower().endswith("div"):
                self.divided = True
                self._rebase({})
            self.plain.add(name)
        if attributes:
            self._rebase(attributes)
        self.depth += 1
        if self.depth == 1:
            self.child = self.parser.CurrentByteIndex if name in NEEDLESS else -1
        elif name.rpartition(" ")[2] not in OF_AUTHORS:
            self.nested = True

    def _rebase(self, attributes: dict[str, str]) -> None:
        """feedparser loses count of bases at a stray `<div>`: then one item's leaks into others."""
        if _XML_BASE in attributes or "base" in attributes:
            self.rebased = True
        if self.rebased and self.divided:
            raise _Strange

    def _end(self, _name: str) -> None:
        if not self.open.pop().quiet and not self.items:
            self.quiet = False
        del self.keys[len(self.open) + 1 :]

    def _end_inside(self, name: str) -> None:
        if self.depth:
            self.depth -= 1
            if self.child >= 0 and not self.depth:
                self._leave_out(name, self.child, self.parser.CurrentByteIndex)
            return
        at = self.parser.CurrentByteIndex
        end = self.data.find(b">", at) + 1
        if self.data[at : at + 6].lower() not in (b"</item", b"</entr"):  # `<item …/>`
            raise _Strange
        mark = blake2b(self.data[self.start : end], digest_size=DIGEST_BYTES, key=self.key)
        needless = () if self.nested else tuple(self.needless)
        self.items.append(RawItem(self.start, end, mark.digest(), needless))
        self._leave()

    def _leave_out(self, name: str, start: int, closing: int) -> None:
        """A child that starts at `start`, and whose end tag, if it has one, at `closing`."""
        tag = _TAG.match(self.data, start)
        if tag is None:
            return
        end = tag.end()
        if not tag[0].endswith(b"/>"):
            if name in EMPTY and self.data[end:closing].strip():
                return
            end = self.data.find(b">", closing) + 1
        self.needless.append((start - self.start, end - self.start))


def _is_item(name: str) -> bool:
    """By local name, in any namespace and any case, as feedparser has it."""
    return name.rpartition(" ")[2].lower() in _ITEMS
