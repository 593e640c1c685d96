"""Bytes of a page → text → one parsed tree; what is no HTML is refused with one sentence.

Order of belief about the encoding: byte order mark, the header's charset, the page's own <meta>,
UTF-8 if it fits, Windows-1252 (which is what pages that say nothing, or say Latin-1, mean; HTML
standard, "encoding sniffing").
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from pipeline.errors import CleanError
from pipeline.models import Page

_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.I)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)", re.I)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: what a file starts with, and what it is then
_NOT_TEXT = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\x1f\x8b", "gzip data"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"RIFF", "media"),
    (b"OggS", "media"),
    (b"ID3", "media"),
    (b"\x7fELF", "a program"),
)
_TAG = re.compile(r"<\s*(?:!doctype|html|head|body|div|p|article|section|main|h[1-6]|table|"
                  r"span|ul|br|title|meta)\b", re.I)  # fmt: skip
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# A C0 control character makes libxml2 stop or drop text; NUL cuts the page off.
# C1 "characters" in text are Windows-1252 bytes that were decoded as Latin-1 on the way.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x80-\x9f]")

#: what text does not consist of
_ODD = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\ufffd]")

# Page builders wrap a story in hundreds of blocks that hold nothing else: four of a run will do.
# The steps after this one take time that grows with the square of the depth.
_OPENINGS = re.compile(r"(?:<div\b[^<>]*>\s*){4,}((?:<div\b[^<>]*>\s*){4})", re.I)
_CLOSINGS = re.compile(r"(?:</div\s*>\s*){4,}((?:</div\s*>\s*){4})", re.I)


#: what is read of a page. The largest of a thousand real news pages has 9,800 tags and 2 MB; what
#: comes after six times that was made to keep a reader busy, and is left unread
MOST_TAGS = 60_000
MOST_CHARACTERS = 20_000_000
#: a tag as long as a chapter; with so many attributes the parser needs minutes for it
_LONG_TAG = re.compile(r"<([a-zA-Z][\w-]*)[^<>]{30000,}")
_MOST_ATTRIBUTES = 20_000


@dataclass(frozen=True)
class Parsed:
    """A page as one lxml tree, and how many characters at its end were not read."""

    tree: HtmlElement
    unread: int


def is_from_feed(page: Page) -> bool:
    """A page made from a feed's own content."""
    return "source=feed" in page.content_type


def decode(body: bytes, content_type: str) -> str:
    """The text of the page, always: bytes that fit no encoding become U+FFFD."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    named = [m[1] for m in (_HEADER_CHARSET.search(content_type),) if m]
    named += [m[1].decode("ascii") for m in (_META_CHARSET.search(body, 0, 4096),) if m]
    named += [m[1].decode("ascii") for m in (_XML_CHARSET.match(body),) if m]
    for name in [*named, "utf-8"]:
        text = _strictly(body, name)
        if text is not None:
            return text
    if _is_nearly_utf8(body):
        return body.decode("utf-8", "replace")
    return body.decode("cp1252", "replace")


def parse(page: Page) -> Parsed:
    """The page, parsed once for all that is done with it.

    Raises CleanError when there is no HTML in it.
    """
    text = decode(page.body, page.content_type)
    if is_from_feed(page):  # a fragment, or no HTML at all: the feed vouches for it
        text = f"<html><body><article>{text}</article></body></html>"
    _refuse(page, text)
    whole = _XML_DECLARATION.sub("", _CONTROL.sub(_readable, text))
    read = _within_bounds(whole)
    text = read
    if read.count("=") > _MOST_ATTRIBUTES:
        text = _LONG_TAG.sub(_without_attributes, read)
    try:
        tree, too_deep = _tree(text)
        if too_deep:
            tree, _ = _tree(_CLOSINGS.sub(r"\1", _OPENINGS.sub(r"\1", text)), huge=True)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError) as e:
        raise CleanError("no story text found on the page (0 words)", url=page.url) from e
    return Parsed(tree, len(whole) - len(read))


def _within_bounds(text: str) -> str:
    """Up to the last tag that is read."""
    text = text[:MOST_CHARACTERS]
    if text.count("<") > MOST_TAGS:
        end = 0
        for _ in range(MOST_TAGS):
            end = text.index("<", end) + 1
        text = text[: end - 1]
    return text


def _without_attributes(m: re.Match[str]) -> str:
    """A tag with too many of them without them all; a picture in its address stays."""
    return f"<{m[1]} " if m[0].count("=") > _MOST_ATTRIBUTES else m[0]


def _tree(text: str, *, huge: bool = False) -> tuple[HtmlElement, bool]:
    """The tree, and whether libxml2 gave up because elements are nested too deeply.

    It stops at 256 levels and drops what follows; at 2048 with `huge`.
    """
    parser = lxml.html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=huge
    )
    tree = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    return tree, any("xcessive depth" in e.message for e in parser.error_log)


def _readable(m: re.Match[str]) -> str:
    if m[0] == "\0":  # browsers pass over it, also in the middle of a word
        return ""
    return " " if m[0] < " " else bytes([ord(m[0])]).decode("cp1252", "replace")


def _refuse(page: Page, text: str) -> None:
    start = page.body[:512].lstrip()
    if not start:
        raise CleanError("the page is empty (0 bytes of text)", url=page.url)
    for mark, what in _NOT_TEXT:
        if start.startswith(mark):
            raise CleanError(f"not a web page: it is {what}", url=page.url)
    sample = text[:4000]
    odd = len(_ODD.findall(sample))
    if odd > len(sample) * 0.1:
        raise CleanError("not a web page: it is binary data", url=page.url)
    if not _TAG.search(text[:200_000]):
        what = "it is JSON" if start[:1] in b"{[" else "there is no HTML in it"
        raise CleanError(f"not a web page: {what}", url=page.url)


def _strictly(body: bytes, name: str) -> str | None:
    name = {"latin-1": "cp1252", "iso-8859-1": "cp1252", "ascii": "cp1252"}.get(
        name.lower(), name.lower()
    )
    name = {"us-ascii": "cp1252", "iso8859-1": "cp1252", "utf8": "utf-8"}.get(name, name)
    if name == "cp1252" and _strictly(body, "utf-8") is not None and not body.isascii():
        return body.decode(
            "utf-8"
        )  # the label lies: non-ASCII bytes that are valid UTF-8 are UTF-8
    try:
        return body.decode(name)
    except (LookupError, UnicodeError, ValueError):
        return None


def _is_nearly_utf8(body: bytes) -> bool:
    """A few broken bytes in a UTF-8 page do not make it Windows-1252."""
    wrong = body.decode("utf-8", "replace").count("�")
    right = len(re.findall(rb"[\xc2-\xf4][\x80-\xbf]", body))
    return right > wrong * 2
