"""Whether two pages of a site carry the same story: by what they are called and say. Pure.

A page has names: its own address, the address that a redirect led to, and the one that it gives
itself (`rel=canonical`, `og:url`), all in their loose form (`urls.loose`). Names lie: a system for
websites may give every page the home page as its canonical address, a dead story may redirect to
its section. So two pages that share a name are one story only if their words agree as well; and
two publishers' pages never are, however much they agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.clean.address import own_address
from pipeline.clean.lines import norm
from pipeline.clean.site import page_lines, subject
from pipeline.models import FEED_CONTENT, Entry, Page, Reading
from pipeline.urls import canonical, is_plain, leads_home, loose, site

#: of the longer page's paragraphs that must stand on the other where headlines differ
_ALMOST_ALL = 0.8
#: of the shorter page's, where headlines are the same: a story that was rewritten meanwhile
_SOME = 0.5
#: words that a headline needs to be taken for no other's where one page has next to no text
_TELLING = 4
#: paragraphs of less text than can be compared
_FEW = 3
#: how a page came by a name; earlier ones say more
WHY = ("page", "redirect", "address")


def reading(
    page: Page,
    entry: Entry | None,
    headline: str | None,
    published_at: str | None,
    *,
    texts: Sequence[str] = (),
    publisher: str | None = None,
) -> Reading:
    """What of a page is compared with others. `texts`: its paragraphs before the site's own go."""
    expected = is_announced(entry, headline, texts[:3])
    own = named(page)
    return Reading(
        url=page.url,
        site=site(page.final_url or page.url),
        headline=headline,
        day=(published_at or "")[:10] or None,
        named=own,
        names=names(page, own if expected else None, is_announced=expected),
        lines=page_lines(
            texts, site(page.final_url or page.url), headline=headline, publisher=publisher
        ),
        from_feed=page.content_type.startswith(FEED_CONTENT),
    )


def named(page: Page) -> str | None:
    """Where a page says that it lives: canonical address, if it can be true."""
    address = None if page.content_type.startswith(FEED_CONTENT) else own_address(page)
    if address is None or leads_home(address):
        return None
    return address if site(address) in (site(page.url), site(page.final_url)) else None


def names(page: Page, own: str | None, *, is_announced: bool) -> tuple[tuple[str, str], ...]:
    """Loose addresses of a page, each with how it came by it.

    Args:
        own: where it says that it lives.
        is_announced: False where the page is not the story that its feed announced: then nothing
            but its address is believed.
    """
    found = {loose(page.url): "address"}
    if is_announced and "#" not in page.url and not page.content_type.startswith(FEED_CONTENT):
        led_to = canonical(page.final_url)
        if not leads_home(led_to):
            found.setdefault(loose(led_to), "redirect")
        if own:
            found.setdefault(loose(own), "page")
    return tuple(found.items())


def is_announced(entry: Entry | None, headline: str | None, opening: Iterable[str]) -> bool:
    """Whether a page is about what its feed's headline says: by its headline and first lines."""
    wanted = subject(entry.headline) if entry else frozenset[str]()
    if not wanted:
        return True
    there = subject(headline) | subject(" ".join(opening))
    return len(wanted & there) * 2 >= len(wanted)


def agree(a: Reading, b: Reading) -> bool:
    """Whether two pages that share a name say the same."""
    ours, theirs = ([line.key for line in r.lines] for r in (a, b))
    common = len({*ours} & {*theirs})
    fewer, more = sorted((len(ours), len(theirs)))
    leads = {*ours[:2]} <= {*theirs} and {*theirs[:2]} <= {*ours}
    if fewer and leads and common >= _ALMOST_ALL * more:
        return True
    if not a.headline or norm(a.headline) != norm(b.headline or "") or _days_apart(a, b):
        return False
    if fewer < _FEW:
        return len(subject(a.headline)) >= _TELLING and (
            common == fewer or a.from_feed or b.from_feed
        )
    return common >= _SOME * fewer


def _days_apart(a: Reading, b: Reading) -> bool:
    """A column of the same headline each week is another story each week."""
    return bool(a.day and b.day) and a.day != b.day


def stories(readings: Iterable[Reading]) -> dict[str, tuple[str, str]]:
    """Of pages that agree, directly or by others: address → (address of its story, why).

    An address that is a story's own is not among the keys. The story keeps the address that the
    publisher calls canonical, else the plainest; each other page must agree with that one itself.
    """
    left = list(readings)
    said = {r.named for r in left if r.named}
    led_to = {name for r in left for name, why in r.names if why == "redirect"}
    left.sort(key=lambda r: (r.from_feed, r.url not in said, loose(r.url) not in led_to,
                             not is_plain(r.url), not r.url.startswith("https:"), len(r.url),
                             r.url))  # fmt: skip
    found: dict[str, tuple[str, str]] = {}
    while left:
        kept, *others = left
        left = []
        for other in others:
            if agree(kept, other):
                found[other.url] = (kept.url, _why(kept, other))
            else:
                left.append(other)
    return found


def _why(a: Reading, b: Reading) -> str:
    """What says that they are one: the best of what both are called, else their text alone."""
    if a.url == b.named or b.url == a.named or (a.named and a.named == b.named):
        return "page"
    ours, theirs = dict(a.names), dict(b.names)
    shared = {why for n in ours.keys() & theirs.keys() for why in (ours[n], theirs[n])}
    return next((why for why in WHY if why in shared), "text")
