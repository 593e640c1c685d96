"""Headlines of other stories of the paper that stand, linked, between the story's paragraphs.

They carry other bodies' grades. On news pages no paragraph of a story was found that is nothing
but a link to another page of the paper and ends like a title (0 of 16 on the labelled news pages;
elsewhere 131 of 186 such paragraphs were furniture).
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.clean.lines import count, is_finished, squeeze
from pipeline.urls import host

_LEAST, _MOST = 5, 30  #: words of a headline
_AROUND = 4  #: elements between a link and its paragraph
_INLINE = {"b", "em", "font", "h2", "h3", "h4", "h5", "i", "span", "strong", "u"}
_links = XPath("//a[@href]")


def linked_headlines(tree: HtmlElement, url: str) -> Iterator[HtmlElement]:
    """Paragraphs that are one link within the paper, and blocks that hold nothing else."""
    ours = host(url).removeprefix("www.")
    for link in _links(tree):
        block = _alone_in(link)
        if block is None or block.tag not in ("p", "div"):
            continue
        text = squeeze("".join(block.itertext()))
        title = _LEAST <= count(text) <= _MOST and not is_finished(text)
        if title and _leads_within(link.get("href"), url, ours):
            yield block


def _alone_in(link: HtmlElement) -> HtmlElement | None:
    """The paragraph or block that holds the link, perhaps in bold, and nothing else."""
    element = link
    for _ in range(_AROUND):
        around = element.getparent()
        # not `len(around)`: of many links in one block, each would count all the others
        siblings = element.getprevious() is not None or element.getnext() is not None
        if around is None or siblings or _says(around.text) or _says(element.tail):
            return None
        if around.tag not in _INLINE:
            return around
        element = around
    return None


def _says(text: str | None) -> bool:
    return text is not None and not text.isspace() and any(c.isalnum() for c in text)


def _leads_within(href: str, url: str, ours: str) -> bool:
    if href.startswith("#"):
        return False
    try:
        return host(urljoin(url, href)).removeprefix("www.") == ours
    except ValueError:
        return False
