"""robots.txt as RFC 9309 reads it, by Protego. Pure: `fetch.py` brings the bytes.

Only pages ask it. A feed is published for machines to fetch, so its address is permission enough.
"""

from __future__ import annotations

from dataclasses import dataclass

from protego import Protego

#: what publishers write after `User-agent:` to address us
TOKEN = "InspectionWatch"
#: RFC 9309 2.5: a parser must read at least 500 KiB; the rest may be ignored
MOST_BYTES = 500 * 1024
#: a longer Crawl-delay would keep one pass alive for hours
LONGEST_DELAY = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Robots:
    """The rules of one origin for one pass. `problem` set: they could not be read, keep out."""

    rules: Protego | None = None
    problem: str | None = None

    def allows(self, url: str) -> bool:
        """True where the rules, if there are any, let us fetch `url`."""
        return self.problem is None and (self.rules is None or self.rules.can_fetch(url, TOKEN))

    @property
    def delay(self) -> float:
        """Seconds between two requests that the publisher asks for, at most LONGEST_DELAY."""
        asked = self.rules.crawl_delay(TOKEN) if self.rules else None
        return min(asked or 0.0, LONGEST_DELAY)


def parse(body: bytes) -> Robots:
    """Rules from the bytes of a robots.txt; bytes that are no UTF-8 are read as far as they go."""
    return Robots(rules=Protego.parse(body[:MOST_BYTES].decode("utf-8-sig", "replace")))


def unavailable(status: int | None, reason: str) -> Robots:
    """RFC 9309 2.3.1: a 4xx means there are no rules; no answer, or a 5xx, means keep out."""
    if status is not None and 400 <= status < 500 and status != 429:
        return Robots()
    return Robots(problem=f"its robots.txt could not be read ({reason}), so it is left alone")
