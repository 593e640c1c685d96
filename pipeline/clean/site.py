"""Paragraphs that several pages of one site share: the site's own text, told from background. Pure.

Newspapers end unrelated stories with the same "About us"; they also copy background from one story
on a subject to the next. Both are word for word the same on many pages, and only the first may be
cut. A paragraph is the site's own when at least three pages (`repeats.yaml`)

- carry it at the edge of their text: beyond their last, or before their first, paragraph that is
  no such candidate itself,
- are different stories: their other paragraphs differ, and their headlines are about other things,
- and nothing in it speaks of their subject: no speech, no judgement of a body, and no name, unless
  it speaks to the reader or of the site itself (the records of `repeats.yaml`).

What a page tells of its own paragraphs (`page_lines`) does not depend on other pages; what is the
site's own (`own_keys`) depends on nothing else. So the order in which pages come is no matter.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, dropwhile
from typing import Any

from pipeline.clean.lines import Line, count, is_finished, norm, plain_quotes
from pipeline.errors import KnowledgeError
from pipeline.knowledge import load_yaml
from pipeline.models import PageLine, Removal
from pipeline.urls import number, site

FILE = "repeats.yaml"
RULE, KIND = "site-repeat", "site"
#: paragraphs of a page that are compared: so many from its top, and as many from its end
_REACH = 30
#: of the shorter story's other paragraphs that two different stories may share
_SHARED = 0.2
#: fewer words than this must not be left of a page: what is taken for the site's own is the story
_LEAST_WORDS = 20
#: pages that are looked at to decide on a paragraph, if more carry it; by their numbers, so chance
#: chooses, and the same in whatever order they came
SAMPLE = 30
_NAME = re.compile(r"[A-Z][\w'&-]*(?: (?:of |of the |for |upon )?[A-Z][\w'&-]*)*")
_AFTER_STOP = re.compile(r"(?:^|[.!?:]['\")]?\s+['\"(]?)$")


@dataclass(frozen=True, slots=True)
class Carrier:
    """A page of a site, for the question which of its paragraphs are the site's own."""

    page: int  #: `number` of its address
    headline: str | None
    lines: tuple[PageLine, ...]


# ---------------------------------------------------------------- what a page tells of itself


def page_lines(
    texts: Sequence[str], site: str, *, headline: str | None = None, publisher: str | None = None
) -> tuple[PageLine, ...]:
    """The longer paragraphs of a page in order, each once; of a long page its beginning and end.

    `site`: what its owner registered (`urls.site`), of the address where it was found.
    """
    long = [t for t in texts if count(t) >= _settings()["words"]]
    if len(long) > 2 * _REACH:
        long = long[:_REACH] + long[-_REACH:]
    found = {key(text, site): text for text in long}
    keys, paragraphs = list(found), list(found.values())
    page = _Page([*texts[:_REACH], *texts[_REACH:][-_REACH:], headline or ""], site, publisher)
    # What stands between two paragraphs of the story is at no edge, whatever it says.
    top = next((i for i, t in enumerate(paragraphs) if page.is_of_story(t)), len(paragraphs))
    end = next((i for i in range(len(paragraphs), top + 1, -1)
                if page.is_of_story(paragraphs[i - 1])), top + 1)  # fmt: skip
    return tuple(PageLine(key=k, story=top <= i < end) for i, k in enumerate(keys))


def key(text: str, site: str) -> int:
    """What identical paragraphs of one site share: 63 bits."""
    return number(f"{site}\n{norm(text)}")


class _Page:
    """A page's words, to see whether a paragraph is tied to them."""

    def __init__(self, texts: Sequence[str], site: str, publisher: str | None) -> None:
        self._texts = texts
        self._site = (site.replace("-", "").replace(".", ""), norm(publisher or ""))

    def is_of_story(self, text: str) -> bool:
        """Whether a paragraph speaks of what its page is about (the rules of `repeats.yaml`)."""
        plain = plain_quotes(text)
        if says("speech", plain):
            return True
        past = says("past", plain)
        if says("own", plain):
            return says("judged", plain) or (past and self._is_tied(text))
        if past or says("subject", plain) or says("judged", plain):
            return True
        return self._is_tied(text, foreign=True)

    def _is_tied(self, text: str, *, foreign: bool = False) -> bool:
        """Whether it has a name that the rest of the page mentions too; `foreign`: any name."""
        names, starts = self._names_in(text)
        if names and foreign:
            return True
        # What begins a sentence is a name if it is written like one within another.
        begun = [re.compile(rf"[a-z,;] {re.escape(word)}\b") for word in starts]
        others = [t for t in self._texts if t != text]
        return any(n in t for n in names for t in others) or any(
            b.search(t) for b in begun for t in others
        )

    def _names_in(self, text: str) -> tuple[set[str], set[str]]:
        """Names within sentences, and what only begins one; the site's own and common ones not."""
        inside: set[str] = set()
        starts: set[str] = set()
        text = plain_quotes(text)
        for m in _NAME.finditer(text):
            words = m[0].removesuffix("'s").split()
            bare = list(dropwhile(lambda w: norm(w) in _empty(), words))
            name = " ".join(bare)
            if not bare or norm(name) in _common() or self._is_site(norm(name)):
                continue
            begins = _AFTER_STOP.search(text[max(0, m.start() - 4) : m.start()]) is not None
            (starts if begins and words == bare[:1] else inside).add(name)
        return inside, starts

    def _is_site(self, name: str) -> bool:
        squeezed, publisher = self._site
        return (" " in name and name.replace(" ", "") in squeezed) or (
            bool(publisher) and publisher.removeprefix("the ") == name
        )


def says(what: str, text: str) -> bool:
    """Whether a record of `repeats.yaml` that `says` so matches a paragraph (in plain quotes)."""
    return _patterns()[what].search(text) is not None


# ---------------------------------------------------------------- what pages tell of each other


def own_keys(carriers: Iterable[Carrier]) -> frozenset[int]:
    """The site's own paragraphs among those of some of its pages."""
    pages = list(carriers)
    counts = Counter(line.key for page in pages for line in page.lines)
    repeated = {k for k, n in counts.items() if n >= fewest_pages()}
    by_key: dict[int, list[Carrier]] = defaultdict(list)
    for page in pages:
        for line in page.lines:
            if line.key in repeated:
                by_key[line.key].append(page)
    return frozenset(k for k, found in by_key.items() if is_own(k, found, repeated))


def is_own(of: int, carriers: Sequence[Carrier], repeated: Collection[int]) -> bool:
    """Whether a paragraph is the site's own.

    Args:
        carriers: pages that carry it.
        repeated: all keys that at least `fewest_pages` pages carry.
    """
    stories = []
    for page in sorted(carriers, key=lambda c: c.page)[:SAMPLE]:
        top, end = _edges(page.lines, repeated)
        if any(line.key == of for line in (*page.lines[:top], *page.lines[end:])):
            stories.append((page.headline, frozenset(x.key for x in page.lines[top:end])))
    apart = {(i, j) for (i, a), (j, b) in combinations(enumerate(stories), 2) if _differ(a, b)}
    return any(
        all(pair in apart for pair in combinations(some, 2))
        for some in combinations(range(len(stories)), fewest_pages())
    )


def fewest_pages() -> int:
    """On how many pages, of different stories, a paragraph of the site's own stands at least."""
    return int(_settings()["pages"])


def _edges(lines: Sequence[PageLine], among: Collection[int]) -> tuple[int, int]:
    """(end of the beginning, beginning of the end) that consist of lines `among` the given ones."""
    own = [line.key in among and not line.story for line in lines]
    top = next((i for i, is_ in enumerate(own) if not is_), len(own))
    end = next((i for i in range(len(own), top, -1) if not own[i - 1]), top)
    return top, end


def _differ(a: tuple[str | None, frozenset[int]], b: tuple[str | None, frozenset[int]]) -> bool:
    """Are these different stories? Each is its headline and its other paragraphs."""
    fewer = min(len(a[1]), len(b[1]))
    if not fewer or len(a[1] & b[1]) > _SHARED * fewer:
        return False
    return bool(a[0] and b[0]) and len(subject(a[0]) & subject(b[0])) <= 1


def subject(headline: str | None) -> frozenset[str]:
    """The words of a headline that say what it is about."""
    words = norm(headline or "").split()
    return frozenset(w for w in words if len(w) > 1 and w not in _empty())


# ---------------------------------------------------------------- cutting it


def cut(lines: list[Line], site: str, own: Collection[int]) -> tuple[list[Line], list[Removal]]:
    """The lines without the site's own at either edge, and what was cut.

    A heading that is left with nothing below it goes too. Where hardly a word of a story would be
    left, everything stays.
    """
    if not own:
        return lines, []
    keys = [key(x.text, site) if count(x.text) >= _settings()["words"] else None for x in lines]
    long = [i for i, k in enumerate(keys) if k is not None]
    top = next((n for n, i in enumerate(long) if keys[i] not in own), len(long))
    end = next((n for n in range(len(long), top, -1) if keys[long[n - 1]] not in own), top)
    gone = {*long[:top], *long[end:]}
    if not gone or top == len(long):
        return lines, []
    gone |= _stranded(lines, long[top - 1] if top else -1, long[end] if end < len(long) else None)
    kept = [x for i, x in enumerate(lines) if i not in gone]
    if sum(count(x.text) for x in kept) < _LEAST_WORDS:
        return lines, []
    return kept, [Removal(rule=RULE, kind=KIND, text=lines[i].text) for i in sorted(gone)]


def _stranded(lines: list[Line], last_above: int, first_below: int | None) -> set[int]:
    """Short lines that belong to what was cut: headings above each part of it at the end."""
    found = {i for i in range(last_above) if _is_heading(lines[i])}
    if first_below is None:
        return found
    found |= {i for i in range(first_below, len(lines)) if _is_heading(lines[i])}
    above = first_below - 1
    return found | ({above} if above > last_above and _is_heading(lines[above]) else set())


def _is_heading(line: Line) -> bool:
    return count(line.text) < _settings()["words"] and not is_finished(line.text)


# ---------------------------------------------------------------- the records


def _settings() -> dict[str, Any]:
    content: dict[str, Any] = load_yaml(FILE)
    return content


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(_settings()["common"])


@lru_cache(maxsize=1)
def _empty() -> frozenset[str]:
    return frozenset(_settings()["empty"])


@lru_cache(maxsize=1)
def _patterns() -> dict[str, re.Pattern[str]]:
    """By what they say, the records as one pattern. Raises KnowledgeError naming a bad one."""
    found: dict[str, list[str]] = {"speech": [], "judged": [], "past": [], "subject": [], "own": []}
    for record in _settings()["rules"]:
        try:
            found[record["says"]].append(re.compile(record["pattern"], re.I).pattern)
        except (KeyError, re.error) as e:
            raise KnowledgeError(f"cannot be used: {e}", path=FILE, record=record["id"]) from e
    return {says: re.compile("|".join(f"(?:{p})" for p in all_), re.I)
            for says, all_ in found.items()}  # fmt: skip


def by_page(pages: Mapping[str, tuple[str | None, str]]) -> frozenset[int]:
    """The site's own keys among pages of one site, for whom has them all at hand (`make eval`).

    Args:
        pages: by address, headline and text (paragraphs parted by line ends).
    """
    return own_keys(
        Carrier(number(url), headline, page_lines(
            [line for line in text.split("\n") if line.strip()], site(url), headline=headline))
        for url, (headline, text) in pages.items()
    )  # fmt: skip
