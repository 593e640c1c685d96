"""The main text of a pruned tree, by trafilatura, as lines; one call a page."""

from __future__ import annotations

import logging

import trafilatura
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from pipeline.clean.frame import Frame
from pipeline.clean.lines import BULLET, Line, norm, squeeze

# It reports every page it can make nothing of; we say so ourselves, once, with the address.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

#: share of a frame's running text that the extractor must find in it
_COVERED = 0.8
#: words of a feed's item that are read as they stand
_FEW = 80
_BLOCKS = ("p", "li", "blockquote", "h2", "h3", "h4")


def lines(tree: HtmlElement, url: str, story: Frame | None, links: set[str]) -> list[Line]:
    """Paragraphs, headings and items in the order of the page; [] when there is no main text.

    `story`: where it stands, if that is known. `links`: normalised texts of links, to tell lines
    that are nothing but a link.
    """
    text = _story(tree, url, story)
    found = (_row(squeeze(line)) for line in text.split("\n"))
    return [Line(line, _is_linked(line, links)) for line in found if line]


def _row(line: str) -> str:
    """An item with one kind of bullet; a table's row as its cells; '' for a table's rule."""
    if not line.startswith("|"):
        return BULLET.sub("- ", line)
    cells = [cell.strip() for cell in line.strip("|").split("|")]
    return "" if all(not c.strip("-") for c in cells) else " | ".join(filter(None, cells))


def _story(tree: HtmlElement, url: str, story: Frame | None) -> str:
    """From the story's frame by the extractor's rules; by its fallbacks only what they miss."""
    if story is not None:
        least = _COVERED * story.running
        page = story.page()
        for fast in (True, False):
            text = _extracted(page, url, fast=fast)
            if len(text) >= least:
                return text
    return _extracted(tree, url, fast=False)


def _extracted(tree: HtmlElement, url: str, *, fast: bool) -> str:
    try:
        document = trafilatura.bare_extraction(tree, url=url, include_comments=False, fast=fast)
    except (RecursionError, AssertionError, AttributeError, LxmlError, IndexError, KeyError):
        return ""  # its bugs on broken trees are "no text", not our crash
    return getattr(document, "text", None) or ""


def few_words(tree: HtmlElement, links: set[str]) -> list[Line] | None:
    """The lines of a feed's own content where it is a few sentences; None where it is more.

    The extractor looks for a story in a page; from a page that is nothing but a sentence it makes
    that sentence with the title in front of it, twice.
    """
    inner = (a for a in tree.iter("article") if a.find(".//article") is None)
    article = next(inner, None)
    if article is None or len((article.text_content() or "").split()) > _FEW:
        return None
    for heading in article.findall("./h1"):
        heading.drop_tree()  # the text behind it stays
    blocks = [b for b in article.iter(*_BLOCKS) if next(b.iterchildren(*_BLOCKS), None) is None]
    found = [squeeze(b.text_content()) for b in blocks]
    whole = squeeze(article.text_content())
    if len(" ".join(found).split()) < len(whole.split()):  # words that stand in no block
        found = [whole]
    return [Line(line, _is_linked(line, links)) for line in found if line]


def _is_linked(line: str, links: set[str]) -> bool:
    return len(line) < 200 and norm(line) in links
