"""Elements of a feed that have no part in its entries. Data, for `splitting`.

The feed parser takes some 25 µs for each element, whether anybody asks for it or not. Names are as
the tokeniser gives them: namespace, space, local name. What is not listed here is read.
"""

from __future__ import annotations

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_MEDIA = ("http://search.yahoo.com/mrss", "http://search.yahoo.com/mrss/")
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RSS1 = "http://purl.org/rss/1.0/"

#: children of an item that may hold something only as attributes
EMPTY = frozenset({"enclosure", *(f"{uri} content" for uri in _MEDIA)})
#: children of an item that no entry is made from
NEEDLESS = EMPTY | {
    "category", "comments", f"{_ATOM} category", f"{_DC} subject",
    "http://purl.org/rss/1.0/modules/slash/ comments",
    "http://wellformedweb.org/CommentAPI/ commentRss",
    "com-wordpress:feed-additions:1 post-id",
    *(f"{uri} {name}" for uri in _MEDIA for name in ("thumbnail", "credit")),
}  # fmt: skip
#: elements that may stand in an item's child and leave its brothers as they are
OF_AUTHORS = frozenset({"name", "uri", "email"})

_OF_FEEDS = (
    "title", "link", "description", "subtitle", "language", "lastbuilddate", "pubdate", "updated",
    "generator", "ttl", "copyright", "rights", "managingeditor", "webmaster", "image", "url",
    "width", "height", "docs", "cloud", "category", "id", "author", "name", "uri", "email", "logo",
    "icon", "skiphours", "hour", "skipdays", "day", "rating", "channel", "items",
)  # fmt: skip
#: elements before the items, in lower case, that change how the first of them reads
CARRIED = frozenset({"content", "encoded", "body", "fullitem"})
#: elements before the items, in lower case, that have no effect on how items read. Not among them:
#: whatever sets the feed parser's mind on content (`content`, `summary`, `body`, `source`).
QUIET = frozenset({
    *_OF_FEEDS, *(f"{uri} {name}".lower() for uri in (_ATOM, _RSS1) for name in _OF_FEEDS),
    *(f"{_DC} {name}" for name in ("language", "date", "rights", "creator", "publisher")),
    *(f"{_RDF} {name}" for name in ("seq", "li")),
    *(f"http://purl.org/rss/1.0/modules/syndication/ {name}"
      for name in ("updateperiod", "updatefrequency", "updatebase")),
    *(f"http://a9.com/-/spec/opensearchrss/1.0/ {name}"
      for name in ("totalresults", "startindex", "itemsperpage")),
    "http://rssnamespace.org/feedburner/ext/1.0 info", "com-wordpress:feed-additions:1 site",
})  # fmt: skip
#: in which they stand: an element in a title, say, would be text that the feed parser stumbles over
HOLDERS = frozenset({
    "rss", "feed", "rdf", "channel", "image", "author", "skiphours", "skipdays", "items", "seq",
})  # fmt: skip
