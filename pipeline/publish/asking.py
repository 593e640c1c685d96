"""What is asked of the search page, and its address: the same search has one address.

Pure: what stands in a query string comes in, whatever it is, and a `Search` comes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from pipeline.archive.fulltext import MOST

Sort = Literal["best", "newest", "oldest", "published"]

#: facet → what a reader calls it, in the order in which the page shows them
FACETS: Mapping[str, str] = MappingProxyType({
    "report": "Reports an inspection",
    "inspectorate": "Inspectorate",
    "body": "Inspected body",
    "kind": "Kind of body",
    "region": "Region",
    "grade": "Grade",
    "direction": "Better or worse",
    "theme": "Theme",
    "publisher": "Publisher",
    "access": "Access",
    "year": "Year",
})  # fmt: skip

PER_PAGE = 25
#: Pages end where the window of `window.py` does.
LAST_PAGE = 200
_VALUES = 20  #: of one facet; more are left out
_LONGEST = 200  #: characters of a value


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Words, what was chosen, and the order; the default is every story, newest first.

    Values of one facet are alternatives; facets narrow each other down. `since` and `until` are ISO
    dates, both included, of the day on which the archive first saw a story.
    """

    words: str = ""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: Sort = "newest"
    page: int = 1
    since: str | None = None
    until: str | None = None

    @property
    def usual_sort(self) -> Sort:
        return "best" if self.words else "newest"

    @property
    def is_everything(self) -> bool:
        """Nothing narrows it down."""
        return not (self.words or self.chosen or self.since or self.until)


def from_arguments(arguments: Mapping[str, Sequence[str]]) -> Search:
    """A query string, parsed, as a search. What is unknown or makes no sense is left out."""

    def first(name: str) -> str:
        return next((w for w in map(_plain, arguments.get(name, ())) if w), "")

    words = " ".join(first("q")[:MOST].split())
    chosen = {}
    for facet in FACETS:
        given = (_plain(v)[:_LONGEST].strip() for v in arguments.get(facet, ()))
        if values := tuple(sorted({v for v in given if v})[:_VALUES]):
            chosen[facet] = values
    return settled(Search(
        words=words, chosen=chosen, sort=_sort(first("sort"), words), page=_page(first("page")),
        since=_day(first("since")), until=_day(first("until")),
    ))  # fmt: skip


def address(search: Search, **changes: Any) -> str:
    """The query string of a search, without the `?`: sorted, and what is usual left out.

    Args:
        changes: fields of the search to change first. The page is the first one again unless it is
            itself among them.
    """
    search = settled(replace(search, **{"page": 1, **changes}) if changes else search)
    pairs = [("q", search.words), ("since", search.since or ""), ("until", search.until or "")]
    pairs += [(facet, value) for facet, values in search.chosen.items() for value in values]
    if search.sort != search.usual_sort:
        pairs.append(("sort", search.sort))
    if search.page > 1:
        pairs.append(("page", str(search.page)))
    return urlencode(sorted((name, value) for name, value in pairs if value))


def toggled(search: Search, facet: str, value: str) -> Search:
    """The search with a value chosen that was not, or the other way round; on its first page."""
    values = set(search.chosen.get(facet, ())) ^ {value}
    chosen = {**search.chosen, facet: tuple(sorted(values))}
    return replace(search, chosen={f: chosen[f] for f in FACETS if chosen.get(f)}, page=1)


def settled(search: Search) -> Search:
    """Without words there is no best."""
    if search.sort == "best" and not search.words:
        return replace(search, sort="newest")
    return search


def _plain(text: str) -> str:
    """Without what SQLite cannot take: half a surrogate pair, and NUL, where it ends a text."""
    return text.encode("utf-8", "ignore").decode().replace("\0", " ").strip()


def _sort(text: str, words: str) -> Sort:
    for sort in get_args(Sort):
        if text == sort:
            return sort  # type: ignore[no-any-return]
    return "best" if words else "newest"


def _page(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        return 1
    return min(max(int(text[:6]), 1), LAST_PAGE)


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if len(text) == 10 else None
    except ValueError:
        return None
