"""The main text of a pruned tree, by trafilatura, as lines; one call a page."""

from __future__ import annotations

import logging

import trafilatura
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from pipeline.clean.lines import Line, norm, squeeze

# It reports every page it can make nothing of; we say so ourselves, once, with the address.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def lines(tree: HtmlElement, url: str, links: set[str]) -> list[Line]:
    """Paragraphs, headings and items in the order of the page; [] when there is no main text.

    `links`: normalised texts of links, to tell lines that are nothing but a link.
    """
    try:
        document = trafilatura.bare_extraction(tree, url=url, include_comments=False)
    except (RecursionError, AssertionError, AttributeError, LxmlError, IndexError, KeyError):
        return []  # its bugs on broken trees are "no text", not our crash
    text = getattr(document, "text", None)
    found = (squeeze(line) for line in (text or "").split("\n"))
    return [Line(line, _is_linked(line, links)) for line in found if line]


def _is_linked(line: str, links: set[str]) -> bool:
    return len(line) < 200 and norm(line) in links
