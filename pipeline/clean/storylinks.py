"""Links out of a story: those in its words, and the official report wherever the page names it.

Papers put the report's address into a box beside the story as often as into a sentence; what leads
to an inspectorate or the government is kept from there too, except on that body's own pages.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.clean.lines import squeeze
from pipeline.clean.links import absolute, base_of
from pipeline.clean.official import is_official
from pipeline.models import Link
from pipeline.urls import canonical, host

_INLINE = {"p", "em", "strong", "b", "i", "span", "li", "td", "div", "blockquote", "h2", "h3", "dd",
           "font", "u"}  # fmt: skip
_MOST_OFFICIAL = 20  #: beside a story; a page with more is a list of reports
#: what every page of a site carries
_FURNISHING = {"nav", "footer", "header"}
_anchors = XPath(".//a[@href]")
_addresses = XPath(".//a/@href", smart_strings=False)


def base_of_page(tree: HtmlElement, url: str) -> str:
    """What relative links of the page start from."""
    named = tree.find(".//base[@href]")
    return base_of(url, None if named is None else str(named.get("href")))


def official_links(tree: HtmlElement, base: str) -> tuple[Link, ...]:
    """Links of a whole page that lead to a body's own site, which is not the page's; each once."""
    if not any(map(is_official, _addresses(tree))):
        return ()
    ours = host(base).removeprefix("www.")
    found: dict[str, Link] = {}
    for anchor in _anchors(tree):
        if not is_official(anchor.get("href")):
            continue
        furnishing = next(anchor.iterancestors(*_FURNISHING), None) is not None
        link = None if furnishing else _link(anchor, base)
        if link and host(link.url).removeprefix("www.") != ours:
            found.setdefault(link.url, link)
    return tuple(found.values()) if len(found) <= _MOST_OFFICIAL else ()


def links_within(parts: Iterable[HtmlElement], base: str, text: str) -> tuple[Link, ...]:
    """Web links whose words, and the words before them, stand in the text; each once."""
    found: dict[str, Link] = {}
    for part in parts:
        for anchor in _anchors(part):
            words = squeeze(" ".join(anchor.itertext()))
            if len(words) < 3 or words not in text or anchor.getparent().tag not in _INLINE:
                continue
            before = squeeze(anchor.getparent().text or "")[-30:]
            if before in text and (link := _link(anchor, base)):
                found.setdefault(link.url, link)
    return tuple(found.values())


def _link(anchor: HtmlElement, base: str) -> Link | None:
    href = anchor.get("href").strip()
    if href.startswith("#") or not (url := absolute(base, href)):
        return None
    text = squeeze(" ".join(anchor.itertext()))
    return Link(url=canonical(url), text=text, official=is_official(url))
