"""What happens to the bytes of a feed before a parser sees them. Pure.

Some answers are made, by accident or on purpose, so that reading them takes hours or swells them
beyond measure: one such feed would hold up all others. Bounds far beyond any real feed are cheap to
check; who breaks one is refused with a sentence.
"""

from __future__ import annotations

import re

from pipeline.errors import FeedError

#: entities that a feed declares for itself may make it grow by this much, in bytes
MOST_GROWTH = 1_000_000
#: the entity sets of HTML 4 come to 252
MOST_ENTITIES = 1_000
#: letters, digits, dots and dashes in one row: the feed parser looks for an e-mail address in them
#: and takes the square of their number
LONGEST_WORD = 4_000
#: a year of a busy agency; a real feed holds some hundred
MOST_ITEMS = 50_000
#: the XML reader takes the square of their number
MOST_ATTRIBUTES = 1_000

_ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s+)?([^\s>]+)\s+(\"[^\"]*\"|'[^']*')", re.IGNORECASE)
_REFERENCE = re.compile(rb"[&%]([^\s&%;#]{1,100});")
_HALF = LONGEST_WORD // 2
_WORD = re.compile(rb"[A-Za-z0-9_.+-]{%d}" % _HALF)
_ATTRIBUTES = re.compile(rb"<[A-Za-z][^<>=]*(?:=[^<>=]*){%d}" % MOST_ATTRIBUTES)
_REFERENCES = re.compile(rb"(?:&#(?:[0-9]{5,}|[xX][0-9A-Fa-f]{4,});)+")
_NUMBER = re.compile(rb"&#([xX]?[0-9A-Fa-f]+);")
_OPENS, _CLOSES = (b"<item", b"<entry"), (b"</item>", b"</entry>")
_ENDS = re.compile(rb"</(?:channel|rss|feed|\w+:RDF)\s*>", re.IGNORECASE)


def mended(body: bytes) -> bytes:
    """The feed without an item in which the answer broke off, in UTF-8 if it is unmarked UTF-16.

    A story of which half came would be another story when the whole of it comes.
    """
    body = _marked(body)
    if _ENDS.search(body, max(0, len(body) - 200)):
        return body
    opened = max(body.rfind(mark) for mark in _OPENS)
    closed = max(body.rfind(mark) for mark in _CLOSES)
    if 0 <= closed < opened and not _ENDS.search(body, opened):
        return body[:opened]
    return body


def _marked(body: bytes) -> bytes:
    """XML 1.0 F.1: the first bytes tell UTF-16 even where nothing names it."""
    if body[:2] == b"<\0" and body[2:3] != b"\0":
        text = body.decode("utf-16-le", "replace")
    elif body[:2] == b"\0<" and body[2:3] == b"\0":
        text = body.decode("utf-16-be", "replace")
    else:
        return body
    # One that names its encoding is understood by the feed parser.
    return body if "encoding" in text[:200].partition("?>")[0] else text.encode("utf-8", "replace")


def with_possible_characters(data: bytes) -> bytes:
    """UTF-8 in which no reference names a character that cannot be: the parser gives up on those.

    `&#55357;&#56832;`, half a character twice, is how some systems write an emoji.
    """
    return _REFERENCES.sub(_possible, data)


def _possible(m: re.Match[bytes]) -> bytes:
    numbers = [int(n[1:], 16) if n[:1] in b"xX" else int(n)
               for n in (n[:12] for n in _NUMBER.findall(m[0]))]  # fmt: skip
    units = b"".join(n.to_bytes(2, "big") if n <= 0xFFFF else chr(n).encode("utf-16-be")
                     for n in (n if 0 < n <= 0x10FFFF else 0xFFFD for n in numbers))  # fmt: skip
    return units.decode("utf-16-be", "replace").encode("ascii", "xmlcharrefreplace")


def refuse(data: bytes, *, url: str) -> None:
    """Stop what no parser should see.

    Raises:
        FeedError: `decoding`, with what it is.
    """
    if b"<!entity" in data[:65_536].lower():
        _refuse_entities(data, url)
    if sum(data.count(mark) for mark in _OPENS) > MOST_ITEMS:
        raise FeedError(f"a list of more than {MOST_ITEMS:,} items, which no feed is", url=url,
                        kind="decoding")  # fmt: skip
    # A word of that length covers one of these places and as much again after it.
    if any(_WORD.match(data, at) for at in range(0, len(data), _HALF)):
        raise FeedError(f"a word of some {LONGEST_WORD} letters, which is made to be slow "
                        "to read", url=url, kind="decoding")  # fmt: skip
    if data.count(b"=") >= MOST_ATTRIBUTES and _ATTRIBUTES.search(data):
        raise FeedError(f"an element with more than {MOST_ATTRIBUTES} attributes, which is made to "
                        "be slow to read", url=url, kind="decoding")  # fmt: skip


def _refuse_entities(data: bytes, url: str) -> None:
    """Many of them, one within another, or a long one often: all would be written out."""
    declared = dict(_ENTITY.findall(data))
    within = {name for value in declared.values() for name in _REFERENCE.findall(value)}
    growth = 0
    if len(declared) <= MOST_ENTITIES and not within & declared.keys():
        growth = sum(len(v) * data.count(b"&" + name + b";") for name, v in declared.items())
        if growth <= MOST_GROWTH:
            return
    raise FeedError("XML whose entities would swell it beyond measure", url=url, kind="decoding")
