"""Our pages as an archive cleans them: the pages of one site are known to each other."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime

from pipeline.clean import clean, site
from pipeline.models import Article, Page
from pipeline.urls import site as site_of

FETCHED_AT = datetime(2026, 12, 1, tzinfo=UTC)


def served(url: str, body: bytes, content_type: str = "text/html") -> Page:
    """A page as if it had just been fetched."""
    return Page(url=url, final_url=url, body=body, content_type=content_type,
                fetched_at=FETCHED_AT, digest=hashlib.sha256(body).hexdigest())  # fmt: skip


def cleaned_together(pages: Iterable[Page]) -> dict[str, Article]:
    """By address; what a site's pages repeat below different stories is cut as the site's own."""
    by_site: defaultdict[str, list[Page]] = defaultdict(list)
    for page in pages:
        by_site[site_of(page.url)].append(page)
    found = {}
    for together in by_site.values():
        alone = {page.url: clean(page) for page in together}
        own = site.by_page({url: (a.headline, a.text) for url, a in alone.items()})
        for page in together:
            found[page.url] = clean(page, site_lines=own) if own else alone[page.url]
    return found
