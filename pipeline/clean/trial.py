"""Trying a site's record on a page before anybody writes it down: the real cleaning, again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.clean.article import read
from pipeline.clean.lines import count, is_prose, norm, squeeze
from pipeline.clean.rules import Rule, site_records
from pipeline.clean.sample import Sample
from pipeline.errors import CleanError
from pipeline.models import Article

_FACTS = ("headline", "byline", "published_at", "standfirst")


@dataclass(frozen=True, slots=True)
class Trial:
    """What one more record would do to the text of one page."""

    matched: int  #: elements that its selector names, or lines that it cuts
    lost: tuple[str, ...]  #: words that would go, by paragraph
    gained: tuple[str, ...]  #: paragraphs that would come back
    harmless: bool  #: the page keeps a story, and its headline, byline, date and standfirst

    @property
    def words_lost(self) -> int:
        return sum(map(count, self.lost))

    @property
    def words_gained(self) -> int:
        return sum(map(count, self.gained))

    @property
    def prose_lost(self) -> tuple[str, ...]:
        """Paragraphs of running text among what would go."""
        return tuple(text for text in self.lost if is_prose(text))


def attempt(sample: Sample, rule: Rule) -> Trial:
    """The page with the record beside those of sites.yaml, compared with the page as it is."""
    named = 0 if rule.how == "line" else len(sample.named(rule.pattern))
    try:
        after = read(sample.page, site_rules=(*site_records(), rule)).article
    except CleanError:
        return Trial(named, sample.paragraphs, (), harmless=False)
    new = tuple(after.text.split("\n\n"))
    gained = _without(new, sample.paragraphs)
    return Trial(
        matched=named or sum(r.rule == rule.id for r in after.removed),
        lost=tuple(_pieces(_without(sample.paragraphs, new), gained)),
        gained=tuple(g for g in gained if not any(g in p for p in sample.paragraphs)),
        harmless=_has_facts_of(after, sample.article),
    )


def _without(texts: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """Those that are not among the others, as often as they are more."""
    left = Counter(map(norm, others))
    found = []
    for text in texts:
        if left[norm(text)] > 0:
            left[norm(text)] -= 1
        else:
            found.append(text)
    return tuple(found)


def _pieces(lost: tuple[str, ...], gained: tuple[str, ...]) -> Iterator[str]:
    """Of a paragraph that only became shorter, the words that went."""
    for text in lost:
        rest = next((g for g in gained if g in text), None)
        yield text if rest is None else squeeze(text.replace(rest, " ", 1))


def _has_facts_of(after: Article, before: Article) -> bool:
    return all(getattr(after, name) for name in _FACTS if getattr(before, name))
