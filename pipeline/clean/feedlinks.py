"""The feeds that a page announces in its head (RFC 4287's `rel="alternate"`, and common habit)."""

from __future__ import annotations

from urllib.parse import urljoin

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer

_TYPES = {"application/rss+xml", "application/atom+xml", "application/feed+json"}


def feed_links(body: bytes, *, url: str) -> tuple[str, ...]:
    """Absolute addresses of announced feeds, in the page's order; those of comments come last."""
    head = BeautifulSoup(body, "lxml", parse_only=SoupStrainer(["link", "base"]))
    base_tag = head.find("base", href=True)
    base = urljoin(url, str(base_tag["href"])) if base_tag is not None else url
    found: list[tuple[bool, str]] = []
    for link in head.find_all("link", href=True):
        rel = link.get_attribute_list("rel")
        if "alternate" not in [str(r).lower() for r in rel]:
            continue
        if str(link.get("type", "")).lower().split(";")[0].strip() not in _TYPES:
            continue
        about = f"{link.get('title', '')} {link['href']}".lower()
        found.append(("comment" in about, urljoin(base, str(link["href"]))))
    return tuple(dict.fromkeys(address for _, address in sorted(found, key=lambda f: f[0])))
