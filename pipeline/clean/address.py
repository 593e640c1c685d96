"""The address that a page says is its own: canonical link, og:url, JSON-LD."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from pipeline.clean import jsonld
from pipeline.clean.disagreements import Claim
from pipeline.clean.html import plain_text
from pipeline.clean.links import absolute
from pipeline.clean.markup import Marked, values
from pipeline.models import Page
from pipeline.urls import canonical, host

_LONGEST = 2000  #: characters
_CANONICAL = re.compile(r"<link\b[^>]*rel\s*=\s*[\"']?canonical[^>]*>", re.I)
_OG_URL = re.compile(r"<meta\b[^>]*property\s*=\s*[\"']?og:url[^>]*>", re.I)
#: second-level names under which a country's sites are registered
_SECOND = frozenset((
    "ac", "co", "com", "edu", "gov", "judiciary", "ltd", "me", "mod", "net", "nhs", "org",
    "plc", "police", "sch",
))  # fmt: skip


def claims(said: jsonld.Said, marked: Marked, url: str) -> list[Claim]:
    """One a source, canonical form. None leads to the site's front page or to another site."""
    meant: dict[str, str | None] = {}  # most pages say the same three times
    found = []
    for source, address in _stated(said, marked):
        if address not in meant:
            meant[address] = _meant(address, url)
        if own := meant[address]:
            found.append(Claim("canonical_url", source, own))
    return found


def _meant(address: str, url: str) -> str | None:
    whole = absolute(url, plain_text(address)) if len(address) < _LONGEST else None
    own = canonical(whole) if whole else ""
    return own if own.startswith("http") and _can_be(own, url) else None


def _stated(said: jsonld.Said, marked: Marked) -> Iterator[tuple[str, str]]:
    if marked.canonical:
        yield "page", marked.canonical
    for address in values(marked.meta, ("og:url",))[:1]:
        yield "open graph", address
    for value in (said.article.get("mainEntityOfPage"), said.article.get("url")):
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str) and value:
            yield "json-ld", value
            return


def _can_be(address: str, url: str) -> bool:
    """A page's address, not its site's, and of the same site (where the page's own is known)."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.path in ("", "/") and not parts.query:
        return False
    own, stated = host(url), host(address)
    return own in ("", stated) or site_of(host(canonical(url))) == site_of(stated)


def site_of(name: str) -> str:
    """The registered part of a host name: `news.marsby.co.uk` → `marsby.co.uk`."""
    labels = name.split(".")
    size = 3 if len(labels) > 2 and labels[-2] in _SECOND and len(labels[-1]) == 2 else 2
    return ".".join(labels[-size:])


def own_address(page: Page) -> str | None:
    """Where a stored file says that it lives (canonical link, og:url); None where it does not."""
    if page.body[:8].lstrip().startswith(b"%PDF-"):
        return None
    head = page.body[:200_000].decode("utf-8", "replace")
    for pattern in (_CANONICAL, _OG_URL):
        if (m := pattern.search(head)) and (
            href := re.search(r"(?:href|content)\s*=\s*[\"']?(https?://[^\"'\s>]+)", m[0], re.I)
        ):
            return canonical(plain_text(href[1]))
    return None
