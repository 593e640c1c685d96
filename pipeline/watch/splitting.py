"""The raw items of an XML feed, each with a digest, without reading what they say. Pure.

A feed of which most is known need not be read whole: finding where its items begin and end takes
an XML tokeniser a hundredth of the time that reading them takes. An item's digest covers its own
bytes and all that lends them meaning (the start tags around it: namespaces, `xml:base`, and the
address that links stand against), so an item whose digest is known reads as it did before.

Only what is plain is split. Anything in which one item could change how the next one is read gets
None, and is read whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from xml.parsers import expat

#: bytes of an item's digest: two of a feed's items agree by chance once in 2**64
DIGEST_BYTES = 8

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
}


class _Strange(Exception):
    """Not plain enough to be taken apart."""


class RawItem(NamedTuple):
    """One `<item>` or `<entry>`: `data[start:end]`, and its digest."""

    start: int
    end: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Split:
    """A feed and where its items stand in it."""

    data: bytes  #: UTF-8
    items: tuple[RawItem, ...]  #: in the feed's order
    gaps: tuple[tuple[int, bytes], ...]  #: (number of the item it stands before, what is there)

    def only(self, wanted: Iterable[int]) -> bytes:
        """The feed as if it held the items of these numbers alone, without space between them."""
        pieces = [(number, 0, gap) for number, gap in self.gaps]
        for number in wanted:
            item = self.items[number]
            pieces.append((number, 1, self.data[item.start : item.end]))
        return b"".join(piece for _, _, piece in sorted(pieces))

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


def split(data: bytes, *, context: str) -> Split | None:
    """The items of a feed in UTF-8, or None where it must be read whole.

    Args:
        context: whatever else the meaning of an item hangs on; goes into the digests.
    """
    if b"<!DOCTYPE" in data or b"<!doctype" in data:  # may declare entities
        return None
    finder = _Finder(data, context)
    try:
        finder.parser.Parse(data, True)
    except (expat.ExpatError, _Strange):
        return None
    return Split(data, tuple(finder.items), tuple(_gaps(data, finder.items)))


def _gaps(data: bytes, items: Sequence[RawItem]) -> Iterator[tuple[int, bytes]]:
    at = 0
    for number, item in enumerate(items):
        gap = data[at : item.start]
        if not gap.isspace():
            yield number, gap
        at = item.end
    yield len(items), data[at:]


class _Finder:
    """The handlers of one run of the tokeniser: one pair around items, one pair inside them."""

    def __init__(self, data: bytes, context: str) -> None:
        self.data = data
        self.items: list[RawItem] = []
        #: for each open element a digest of its start tag and all those around it
        self.around = [_key(context)]
        self.declared: list[tuple[str | None, str | None]] = []  #: for the next start tag
        self.item = ""  #: name of the item's element
        self.start = -1  #: of the open item; -1: none is open
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
        if not _is_item(name):
            tag = f"{name}{sorted(attributes.items())}{self.declared}"
            self.around.append(_key(tag, self.around[-1]))
            self.declared.clear()
            return
        self.start = self.parser.CurrentByteIndex
        self.item = name
        opening = self.data[self.start + 1 : self.start + 6].lower()
        if not opening.startswith((b"item", b"entry")):
            raise _Strange
        if self.declared:
            if not _STANDARD.issuperset(self.declared):
                raise _Strange
            self.declared.clear()
        if attributes:
            self._rebase(attributes)
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

    def _rebase(self, attributes: dict[str, str]) -> None:
        """feedparser loses count of bases at a stray `<div>`: then one item's leaks into others."""
        if _XML_BASE in attributes or "base" in attributes:
            self.rebased = True
        if self.rebased and self.divided:
            raise _Strange

    def _end(self, _name: str) -> None:
        self.around.pop()

    def _end_inside(self, name: str) -> None:
        if name != self.item:
            return
        at = self.parser.CurrentByteIndex
        end = self.data.find(b">", at) + 1
        if self.data[at : at + 6].lower() not in (b"</item", b"</entr"):  # `<item …/>`
            raise _Strange
        raw = self.data[self.start : end]
        mark = blake2b(raw, digest_size=DIGEST_BYTES, key=self.around[-1]).digest()
        self.items.append(RawItem(self.start, end, mark))
        self._leave()


def _is_item(name: str) -> bool:
    """By local name, in any namespace and any case, as feedparser has it."""
    return name.rpartition(" ")[2].lower() in _ITEMS
