"""Captions: where they stand on pages that do not mark them, and their words.

Beside an element so called, a caption is what stands alone with a picture in one block: a few words
behind it, no link, no heading, no button.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.html import HtmlElement

from pipeline.clean.lines import count, is_finished, norm, plain_quotes
from pipeline.clean.markup import is_aside, text_of
from pipeline.clean.names import in_words, names_of
from pipeline.clean.people import is_byline, is_name_and_date, is_person
from pipeline.clean.rules import RuleSet, settings

_PICTURES = ("img", "amp-img")
_LONGEST = 25  #: words of a caption that nothing marks
_MOST = 5  #: of them on a page; more are a list of things with their pictures
_NO_CAPTION = re.compile(r"^(?:[\"'“‘]|\d+[.)])")  #: what people say, and titles of a list
_SMALLEST = 100  #: pixels; what is smaller is an icon or a face
_HOLDS_MORE = ("a", "h1", "h2", "h3", "h4", "figcaption", "ul", "ol", "form", "button", "video")
_INLINE = ("small", "em", "i", "figcaption")
_NEVER = {"body", "main", "article", "header", "footer", "a", "p"}


def beside_pictures(tree: HtmlElement, rules: RuleSet) -> set[HtmlElement]:
    """Blocks that are a picture and its caption; elements that are a caption behind a picture."""
    found = (_of_picture(picture, rules) for picture in tree.iter(*_PICTURES))
    alone = {element for element in found if element is not None}
    return alone if len(alone) <= _MOST else set()


def _of_picture(picture: HtmlElement, rules: RuleSet) -> HtmlElement | None:
    width = picture.get("width") or ""
    if (width.isdigit() and int(width) < _SMALLEST) or is_aside(picture):
        return None
    node = picture
    while (block := node.getparent()) is not None and not _holds_text(block, 1):
        node = block
    if block is None:
        return None
    behind = node.getnext()
    while behind is not None and behind.tag == "br" and not (behind.tail or "").strip():
        behind = behind.getnext()
    is_line = behind is not None and behind.tag in _INLINE and block.tag not in ("p", "li")
    if is_line and not (behind.tail or "").strip() and _may_be(text_of(behind), rules):
        return behind if _is_full(block) else block
    if _is_full(block) or _leads(block, node) or not _may_be(text_of(block), rules):
        return None
    return None if any(_is_named(e, rules) for e in block.iterdescendants()) else block


def _holds_text(block: HtmlElement, least: int) -> bool:
    """Does it hold so many characters? Asked without reading all of a long one."""
    held = 0
    for text in block.itertext():
        held += len(text.strip())
        if held >= least:
            return True
    return False


def _is_full(block: HtmlElement) -> bool:
    """Does it hold more than a picture and a line or two?"""
    if block.tag in _NEVER or _holds_text(block, _LONGEST * 20):
        return True  # asked first: most pictures stand in blocks of many words
    if len(list(block.iter(*_PICTURES))) > 1:
        return True
    return any(text_of(e) for e in block.iter(*_HOLDS_MORE)) or count(text_of(block)) > _LONGEST


def _is_named(element: HtmlElement, rules: RuleSet) -> bool:
    names = names_of(element)
    return bool(names) and rules.element.find(in_words(names)) is not None


def _leads(block: HtmlElement, node: HtmlElement) -> bool:
    """Does text stand before the picture?"""
    before = (block.text, *(text_of(e) + (e.tail or "") for e in node.itersiblings(preceding=True)))
    return any(text and not text.isspace() for text in before)


def _may_be(text: str, rules: RuleSet) -> bool:
    words = plain_quotes(text)
    return (
        2 <= count(text) <= _LONGEST
        and not (is_finished(text) or _NO_CAPTION.match(text))
        and rules.line.find(words) is None
        and rules.label.find(words) is None
        and not (is_person(text) or is_byline(text) or is_name_and_date(text))
    )


def words_of(element: HtmlElement) -> str:
    """A caption without the words that say that it is one; the name of whose it is, behind it."""
    text = text_of(element)
    parts = _labels().split(text)
    if parts[0].strip():  # words of a sentence
        return text
    said = dict(zip((p.lower() for p in parts[1::2]), parts[2::2], strict=True))
    caption = " ".join(p for label, p in said.items() if label == "caption").strip()
    credit = " ".join(p for label, p in said.items() if label != "caption").strip()
    if not caption:
        return parts[0].strip()
    return f"{caption} ({credit})" if credit else caption


def is_credit(text: str) -> bool:
    """Is it nothing but whose picture it is: "Source: iStock", "Header picture by Ren Abara"?"""
    left = norm(credit().sub("", plain_quotes(text)))
    return left in ("", *settings()["captions"]["which"])


@lru_cache(maxsize=1)
def credit() -> re.Pattern[str]:
    """How a caption ends that names whose picture it is."""
    return re.compile(settings()["captions"]["credit"], re.I)


@lru_cache(maxsize=1)
def _labels() -> re.Pattern[str]:
    return re.compile(settings()["captions"]["labels"], re.I)
