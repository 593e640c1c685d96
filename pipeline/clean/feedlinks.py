"""The feeds that a page names: announced in its head (RFC 4287's `rel="alternate"`), or linked."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from bs4.filter import SoupStrainer

from pipeline.clean.links import absolute, base_of

_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json"}
#: an address that is a feed's by the habits of publishing systems; a directory of feeds is not
_LIKE_A_FEED = re.compile(
    r"(?:^|[/._-])(?:rss|atom|rdf|feed)(?:[12]?\.0)?/?(?:\.(?:xml|aspx|php|ashx))?/?$"
    r"|\.(?:rss|atom|rdf)$|[?&](?:feed|format|output|type)=(?:rss|rss2|atom|feed)\b",
    re.IGNORECASE,
)


def feed_links(body: bytes, *, url: str) -> tuple[str, ...]:
    """Absolute addresses of announced feeds, in the page's order; those of comments come last."""
    page = BeautifulSoup(body, "lxml", parse_only=SoupStrainer(["link", "base"]))
    announced = []
    for link in page.find_all("link", href=True):
        rel = link.get_attribute_list("rel")
        if "alternate" not in [str(r).lower() for r in rel]:
            continue
        if str(link.get("type", "")).lower().split(";")[0].strip() in _TYPES:
            announced.append(link)
    return _addresses(announced, _base(page, url))


def likely_links(body: bytes, *, url: str) -> tuple[str, ...]:
    """Absolute addresses of ordinary links that look like feeds; in the same order."""
    page = BeautifulSoup(body, "lxml", parse_only=SoupStrainer(["a", "base"]))
    likely = [link for link in page.find_all("a", href=True)
              if _LIKE_A_FEED.search(str(link["href"]).split("#")[0])]  # fmt: skip
    return _addresses(likely, _base(page, url))


def _base(page: BeautifulSoup, url: str) -> str:
    named = page.find("base", href=True)
    return base_of(url, str(named["href"]) if isinstance(named, Tag) else None)


def _addresses(links: list[Tag], base: str) -> tuple[str, ...]:
    found: list[tuple[bool, str]] = []
    for link in links:
        address = absolute(base, str(link["href"]))
        about = f"{link.get('title', '')} {link['href']}".lower()
        if address:
            found.append(("comment" in about, address))
    return tuple(dict.fromkeys(address for _, address in sorted(found, key=lambda f: f[0])))
