"""News sitemaps (`<news:news>`, Google's extension of sitemaps.org) → entries. Pure.

No document is built: a tokeniser passes over the bytes once, and each `<url>` is read, or left
unread when the digest of its bytes is known. Entities of a sitemap's own are refused, not expanded.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Container
from html.entities import html5
from xml.parsers import expat

from pipeline.errors import FeedError, Stopped
from pipeline.models import Hints
from pipeline.watch.dates import iso
from pipeline.watch.feeds import Feed, always, entries_of
from pipeline.watch.items import Item
from pipeline.watch.splitting import digest

#: a sitemap's `<loc>` and `<lastmod>`
Child = tuple[str, str | None]

#: bytes between two looks at whether to go on
_PIECE = 1_000_000
#: elements deeper than this mean nothing
_DEEPEST = 5
_ROOT = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)[\s>/]", re.IGNORECASE)
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)[\"'][^>]*\?>")
_LOOSE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)(\w+;)?")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NEWS = ("urlset", "url", "news")
_FIELDS = {
    ("urlset", "url", "loc"): "loc",
    ("urlset", "url", "lastmod"): "lastmod",
    (*_NEWS, "title"): "title",
    (*_NEWS, "publication_date"): "date",
    (*_NEWS, "publication", "name"): "publication",
    ("sitemapindex", "sitemap", "loc"): "loc",
    ("sitemapindex", "sitemap", "lastmod"): "lastmod",
}


def looks_like(body: bytes) -> bool:
    """True for a sitemap or an index of sitemaps, whatever it holds."""
    return _ROOT.search(body[:4096].replace(b"\0", b"")) is not None


def read(
    body: bytes,
    *,
    url: str,
    base: str | None = None,
    known: Container[bytes] = frozenset(),
    going: Callable[[], bool] = always,
) -> Feed:
    """A news sitemap, in the shape of a feed; arguments and Stopped as in `feeds.read`.

    Addresses without news tags beside others that have them are left out.

    Raises:
        FeedError: no sitemap; one without news tags; an index, naming its sitemaps; entities.
    """
    found = _tokenise(body, url, base or url, known, going)
    if found.root == "sitemapindex":
        raise FeedError(f"an index, not a news sitemap; it names {_few(found.children)}", url=url)
    if found.addresses and not found.digests:
        raise FeedError(f"a sitemap without news tags ({found.addresses} addresses): it lists "
                        "pages, and does not say which of them are stories", url=url)  # fmt: skip
    return Feed(title=found.publication, entries=entries_of(found.items, url, base or url),
                unchanged=found.unchanged, items=tuple(found.digests), hints=Hints())  # fmt: skip


def children(body: bytes, *, url: str) -> tuple[Child, ...]:
    """The sitemaps that an index names, as (address, ISO date or None); () for another file."""
    return tuple(_tokenise(body, url, url, frozenset(), always).children)


def _few(found: list[Child]) -> str:
    named = ", ".join(loc for loc, _ in found[:3]) or "none"
    return named + (f" and {len(found) - 3} more" if len(found) > 3 else "")


def _tokenise(
    body: bytes, url: str, base: str, known: Container[bytes], going: Callable[[], bool]
) -> _Reading:
    """Strictly, and if that fails once more with stray `&` and control characters mended.

    Of a file that is cut off or broken further on, what stood before is taken.
    """
    text = _text(body)
    for attempt in (text, _mended(text)):
        reading = _Reading(attempt.encode("utf-8", "replace"), url, base, known)
        whole = reading.run(going)
        if whole:
            break
    if reading.root not in ("urlset", "sitemapindex"):
        raise FeedError("XML of another kind, not a sitemap" if whole
                        else "no sitemap, nor any XML that can be read", url=url)  # fmt: skip
    if not whole and not reading.addresses and not reading.children:
        raise FeedError("a sitemap too broken to read", url=url)
    return reading


def _text(body: bytes) -> str:
    """Sitemaps are UTF-8 by their standard; a mark or a declaration that says otherwise counts."""
    for mark, name in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef", "utf-8-sig")):
        if body.startswith(mark):
            return _without_declaration(body.decode(name, "replace"))
    declared = _DECLARATION.match(body)
    if declared:
        try:
            return _without_declaration(body.decode(declared[1].decode("ascii")))
        except (LookupError, ValueError):
            pass
    return _without_declaration(body.decode("utf-8", "replace"))


def _without_declaration(text: str) -> str:
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text).lstrip()


def _mended(text: str) -> str:
    return _LOOSE.sub(_charref, _CONTROLS.sub(" ", text))


def _charref(m: re.Match[str]) -> str:
    named = html5.get(m[1]) if m[1] else None
    return "".join(f"&#{ord(c)};" for c in named) if named else f"&amp;{m[1] or ''}"


class _Reading:
    """The handlers of one run of the tokeniser, and what they found."""

    def __init__(self, data: bytes, url: str, base: str, known: Container[bytes]) -> None:
        self.data, self.url, self.known = data, url, known
        self.context = f"sitemap 1 {base} {url}"
        self.root = ""
        self.publication: str | None = None
        self.items: list[Item] = []
        self.digests: list[bytes] = []
        self.unchanged = 0
        self.addresses = 0  #: `<url>` elements, with news tags or without
        self.children: list[Child] = []
        self.depth = 0
        self.path: tuple[str, ...] = ()  #: names of the open elements, down to _DEEPEST
        self.start = 0
        self.news = False  #: the open `<url>` has news tags
        self.fields: dict[str, str] = {}
        self.field: str | None = None
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.EntityDeclHandler = self._entity

    def run(self, going: Callable[[], bool]) -> bool:
        """False where the bytes stop being XML."""
        try:
            for at in range(0, len(self.data), _PIECE):
                if not going():
                    raise Stopped("was not read to its end", url=self.url)
                self.parser.Parse(self.data[at : at + _PIECE], False)
            self.parser.Parse(b"", True)
        except expat.ExpatError:
            return False
        return True

    def _entity(self, *_: object) -> None:
        raise FeedError("XML that declares entities of its own, which no sitemap needs",
                        url=self.url, kind="decoding")  # fmt: skip

    def _begin(self, name: str, _attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            return
        self.path = (*self.path, name.rpartition(":")[2])
        if len(self.path) == 1:
            self.root = self.path[0]
        elif len(self.path) == 2:
            self.start, self.news = self.parser.CurrentByteIndex, False
            self.fields = {}
        elif self.path == _NEWS:
            self.news = True
        self.field = _FIELDS.get(self.path)
        # text is asked for only where it is wanted: it is most of the file
        self.parser.CharacterDataHandler = self._words if self.field else None

    def _words(self, text: str) -> None:
        if self.field:
            self.fields[self.field] = self.fields.get(self.field, "") + text

    def _end(self, _name: str) -> None:
        self.depth -= 1
        if self.depth >= _DEEPEST:
            return
        if self.path == ("urlset", "url"):
            self._url()
        elif self.path == ("sitemapindex", "sitemap") and self.fields.get("loc", "").strip():
            self.children.append((self.fields["loc"].strip(), iso(self.fields.get("lastmod"))))
        self.path = self.path[:-1]
        self.field = None
        self.parser.CharacterDataHandler = None

    def _url(self) -> None:
        self.addresses += 1
        if not self.news:
            return
        raw = self.data[self.start : self.parser.CurrentByteIndex]
        mark = digest(raw, context=self.context)
        self.digests.append(mark)
        self.publication = self.publication or self._said("publication")
        if mark in self.known:
            self.unchanged += 1
            return
        published = iso(self._said("date"))
        self.items.append(
            Item(
                guid=None,
                link=self._said("loc"),
                headline=self._said("title"),
                summary=None,
                content_html=None,
                author=None,
                published_at=published or iso(self._said("lastmod")),
                dated_by="published" if published else "updated",
            )
        )

    def _said(self, field: str) -> str | None:
        """Publishing systems escape twice: `&amp;#8217;` is meant for an apostrophe."""
        return " ".join(html.unescape(self.fields.get(field, "")).split()) or None
