"""A page that lists stories, read by CSS selectors that its reader was given.

For publishers without a feed: the record in `sources.yaml` says what one story looks like on the
page, and this takes them off it as written, in the page's order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import lxml.html
from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from pipeline.clean import dates
from pipeline.clean.decode import decode
from pipeline.clean.links import absolute, base_of
from pipeline.models import Listing

_HEADINGS = ".//*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5 or self::h6]"
#: stories of one page that are read; a page that seems to list more was made to hang its reader, or
#: its selector fits everything
MOST_ITEMS = 1_000
_SILENT = ("script", "style", "template", "noscript")


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """One story as the page lists it."""

    link: str | None  #: absolute
    headline: str | None
    date: str | None  #: ISO 8601, no more than was written
    summary: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPage:
    """What a page lists. `matches` counts what `item` found, also if nothing could be had of it."""

    title: str | None
    matches: int
    items: tuple[Listed, ...]


def read(body: bytes, *, url: str, content_type: str, listing: Listing) -> ListPage:
    """Every match of `listing.item`, up to MOST_ITEMS, that has an address or a headline.

    - link: the match of its selector (or the first link in it); without a selector the item
      itself if it is a link, else the first link in it, else the link around it
    - headline: the text of its match; without a selector the first heading of the item, else the
      first text of a link
    - date: a `datetime` attribute of the match or in it, else its text, day first; without a
      selector the first `<time datetime>` of the item
    """
    tree = _tree(decode(body, content_type))
    if tree is None:
        return ListPage(title=None, matches=0, items=())
    etree.strip_elements(tree, *_SILENT, with_tail=False)
    found = _all(tree, listing.item)
    base = _base(tree, url)
    items = (_listed(element, listing, base) for element in found[:MOST_ITEMS])
    return ListPage(title=_text(tree.find(".//title")), matches=len(found),
                    items=tuple(i for i in items if i.link or i.headline))  # fmt: skip


def _tree(text: str) -> HtmlElement | None:
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, AssertionError):
        return None


def _base(tree: HtmlElement, url: str) -> str:
    named = tree.find(".//base[@href]")
    return base_of(url, None if named is None else str(named.get("href")))


def _listed(item: HtmlElement, listing: Listing, base: str) -> Listed:
    links = _links(item, listing.link)
    addresses = (_joined(base, str(a.get("href"))) for a in links)
    return Listed(
        link=next((a for a in addresses if a), None),
        headline=_headline(item, listing.headline, links),
        date=_date(item, listing.date),
        summary=_text(_first(item, listing.summary)) if listing.summary else None,
    )


def _links(item: HtmlElement, selector: str | None) -> list[HtmlElement]:
    """Candidates for the story's link, likeliest first."""
    around = [] if selector else list(item.iterancestors("a"))
    matches = _all(item, selector) if selector else [item]
    inner = [a for match in matches for a in match.iter("a")]
    return [a for a in (*matches, *inner, *around) if a.get("href")]


def _headline(
    item: HtmlElement, selector: str | None, links: Sequence[HtmlElement]
) -> str | None:  # fmt: skip
    if selector:
        return _text(_first(item, selector))
    heading = next((t for t in map(_text, item.xpath(_HEADINGS)) if t), None)
    return heading or next((t for t in map(_text, links) if t), None)


def _date(item: HtmlElement, selector: str | None) -> str | None:
    places = _all(item, selector) if selector else item.xpath(".//time[@datetime]")
    for place in places:
        stated = [place.get("datetime"), *place.xpath(".//*/@datetime")]
        found = next((d for d in map(dates.iso, stated) if d), None)
        text = _text(place) or ""
        found = found or (dates.iso(text) or dates.first_day(text) if selector else None)
        if found:
            return found
    return None


def _all(element: HtmlElement, selector: str) -> list[HtmlElement]:
    return list(_compiled(selector)(element))


@lru_cache(maxsize=256)
def _compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


def _first(element: HtmlElement, selector: str) -> HtmlElement | None:
    return next(iter(_all(element, selector)), None)


def _text(element: HtmlElement | None) -> str | None:
    return " ".join(element.text_content().split()) or None if element is not None else None


def _joined(base: str, href: str) -> str | None:
    """The absolute address, or None for a link that leads nowhere else (`#`, `javascript:`)."""
    href = href.strip()
    return absolute(base, href) if href and not href.startswith("#") else None
