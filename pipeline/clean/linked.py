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
_short_with_link = XPath(
    "//p[.//a[@href]][string-length(normalize-space(.)) < 200]"
    " | //div[not(.//p) and not(.//li) and count(*) = 1][.//a[@href]]"
    "[string-length(normalize-space(.)) < 200]"
)


def linked_headlines(tree: HtmlElement, url: str) -> Iterator[HtmlElement]:
    """Paragraphs that are one link within the paper, and blocks that hold nothing else."""
    ours = host(url).removeprefix("www.")
    for block in _short_with_link(tree):
        text = squeeze("".join(block.itertext()))
        if not _LEAST <= count(text) <= _MOST or is_finished(text):
            continue
        links = block.findall(".//a[@href]")
        linked = squeeze("".join(t for a in links for t in a.itertext()))
        if len(linked) >= 0.95 * len(text) and _leads_within(links[0].get("href"), url, ours):
            yield block


def _leads_within(href: str, url: str, ours: str) -> bool:
    if href.startswith("#"):
        return False
    try:
        return host(urljoin(url, href)).removeprefix("www.") == ours
    except ValueError:
        return False
