"""Stored pages → articles → tags: everything that needs no network and can be repeated for ever.

Read STAGES from top to bottom. Each stage names what of it is stale (one query over the ledger) and
makes it anew, one page or article at a time; results are committed in small batches, so that an
interruption costs a second's work. What a batch of pages shows of others (`across`) may make some
of those stale: they follow at once. A page that fails keeps its error, and is left alone until the
page or the rules change.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

import structlog

from pipeline import across, clean, tag
from pipeline.archive import Archive, deriving, readings, tags
from pipeline.archive.deriving import StageName, Work
from pipeline.archive.errors import translated
from pipeline.errors import ArchiveError, KnowledgeError, WatchError
from pipeline.knowledge.neighbours import neighbours
from pipeline.models import Cleaned, Tags
from pipeline.tag.gazetteer import AgencyRecord, gazetteer
from pipeline.urls import site

log = structlog.get_logger()

#: How many pages or articles are made between two commits: less than a second's work.
BATCH = 25

Stop = Callable[[], bool]
Progress = Callable[[str, int, int], None]
Outcome = Literal["changed", "unchanged", "failed"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """A page or an article that gave nothing, and why."""

    url: str
    stage: StageName
    error: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """What a dry run would do to one story: lines that `show` would gain or lose."""

    url: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class DeriveReport:
    """What `derive` came to."""

    cleaned: int = 0  #: pages that gave an article whose words are new or changed
    unchanged: int = 0  #: pages cleaned again, with the same words: tags kept
    clean_failed: int = 0
    tagged: int = 0
    tag_failed: int = 0
    stopped: bool = False  #: a signal ended it before the work was done
    failures: tuple[Failed, ...] = ()
    changes: tuple[Change, ...] = ()  #: of a dry run only

    def and_then(self, later: DeriveReport) -> DeriveReport:
        """Both as one: what came in between was derived as well."""
        return DeriveReport(
            cleaned=self.cleaned + later.cleaned,
            unchanged=self.unchanged + later.unchanged,
            clean_failed=self.clean_failed + later.clean_failed,
            tagged=self.tagged + later.tagged,
            tag_failed=self.tag_failed + later.tag_failed,
            stopped=self.stopped or later.stopped,
            failures=(*self.failures, *later.failures),
            changes=(*self.changes, *later.changes),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Which stories: all, those of a host, or one; `urls`: of these alone."""

    host: str | None = None
    url: str | None = None
    urls: frozenset[str] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stage:
    """One step: what of it is stale, how one is made (pure), how it is kept (one transaction).

    `learn` comes before a batch is kept: which others are to be looked at again because of it.
    """

    name: StageName
    saying: str  #: for the progress bar
    stale: Callable[[Archive, Scope], list[Work]]
    make: Callable[[Archive, Work], Any]
    keep: Callable[[Archive, Work, Any, datetime], bool]  #: whether it changed something
    learn: Callable[[Archive, Iterable[Any], datetime], frozenset[str]] = (
        lambda _archive, _made, _now: frozenset()
    )


# ---------------------------------------------------------------- clean


def _pages_to_clean(archive: Archive, scope: Scope) -> list[Work]:
    rules = {host: clean.fingerprint(host) for host in deriving.hosts(archive)}
    return deriving.stale_pages(archive, rules, host=scope.host, url=scope.url, urls=scope.urls)


def _clean_one(archive: Archive, work: Work) -> Cleaned:
    page = deriving.page(archive, work.url)
    own = readings.site_lines(archive, site(page.final_url or page.url))
    return clean.read(page, entry=deriving.entry(archive, work.url), site_lines=own)


def _learn(archive: Archive, made: Iterable[Cleaned], now: datetime) -> frozenset[str]:
    return across.learn(archive, [page.reading for page in made], now)


def _keep_article(archive: Archive, work: Work, page: Cleaned, now: datetime) -> bool:
    work = deriving.with_neighbours(archive, work, page.used)
    return deriving.save_article(archive, work, page.article, now=now)


# ---------------------------------------------------------------- tag


def _articles_to_tag(archive: Archive, scope: Scope) -> list[Work]:
    stale = deriving.stale_articles(archive, tag.fingerprint(), host=scope.host, url=scope.url)
    if stale:
        with archive.transaction():
            tags.save_agencies(archive, (_as_row(body) for body in gazetteer().all()))
            tags.save_neighbours(archive, neighbours())
    return stale


def _as_row(body: AgencyRecord) -> dict[str, Any]:
    """A body of the gazetteer as the table `agencies` keeps it; dates and lists as text."""
    return {
        "id": body.id, "name": body.name, "kind": body.kind, "code": body.code,
        "nation": body.nation, "region": body.region, "latitude": body.latitude,
        "longitude": body.longitude, "successor": "; ".join(body.successor) or None,
        "valid_from": body.valid_from.isoformat() if body.valid_from else None,
        "valid_until": body.valid_until.isoformat() if body.valid_until else None,
        "source": body.source, "area": body.area, "parent": body.parent,
        "identifiers": json.dumps(body.identifiers),
        "other_names": "; ".join(n for n in dict.fromkeys((*body.names, *body.exact, *body.bare))
                                 if n != body.name) or None,
    }  # fmt: skip


def _tag_one(archive: Archive, work: Work) -> Tags:
    return tag.tags(tags.story(archive, work.url))


def _keep_tags(archive: Archive, work: Work, made: Tags, now: datetime) -> bool:
    tags.save_tags(archive, work.url, made, now=now)
    deriving.record(archive, "tag", work, now=now)
    return True


STAGES = (
    Stage(name="clean", saying="Cleaning", stale=_pages_to_clean, make=_clean_one,
          keep=_keep_article, learn=_learn),
    Stage(name="tag", saying="Tagging", stale=_articles_to_tag, make=_tag_one, keep=_keep_tags),
    # group: the same story in two papers, the same inspection in two stories
)  # fmt: skip


# ---------------------------------------------------------------- the loop


def derive(
    archive: Archive,
    *,
    stages: Sequence[str] = ("clean", "tag"),
    host: str | None = None,
    url: str | None = None,
    dry_run: bool = False,
    stop: Stop = lambda: False,
    progress: Progress = lambda _what, _done, _total: None,
) -> DeriveReport:
    """Makes what is stale, in the order of STAGES.

    Args:
        host, url: only pages of this host and its subdomains; only this story (canonical address).
        dry_run: do it all on a scratch copy and report the changes; `archive` may be read-only.

    Raises:
        ArchiveError: the database cannot be used; finished batches are kept.
        KnowledgeError: a knowledge file is wrong.
    """
    scope = Scope(host=host, url=url)
    if dry_run:
        return _rehearse(archive, stages, scope, stop, progress)
    tally = _Tally()
    for stage in STAGES:
        if stage.name in stages and not stop():
            _work_through(stage, archive, scope, tally, stop, progress)
    return tally.report(stopped=stop())


def _work_through(
    stage: Stage, archive: Archive, scope: Scope, tally: _Tally, stop: Stop, progress: Progress
) -> None:
    again = _batches(stage, archive, stage.stale(archive, scope), tally, stop, progress)
    # What pages show of each other does not depend on how they are cleaned: twice is enough.
    if again and not stop():
        others = stage.stale(archive, replace(scope, urls=again))
        _batches(stage, archive, others, tally, stop, progress)


def _batches(
    stage: Stage, archive: Archive, work: list[Work], tally: _Tally, stop: Stop, progress: Progress
) -> frozenset[str]:
    """Makes and keeps work → addresses that are to be looked at again because of it."""
    again = frozenset[str]()
    for first in range(0, len(work), BATCH):
        # Made first and written afterwards: no transaction is open while pages are cleaned.
        made = []
        for one in work[first : first + BATCH]:
            if stop():
                break
            made.append((one, _attempt(stage, archive, one)))
        again |= _commit(stage, archive, made, tally)
        progress(stage.saying, first + len(made), len(work))
        if stop():
            break
    return again


def _attempt(stage: Stage, archive: Archive, work: Work) -> Any:
    """What the stage makes, or a Failed: one bad page never stops the rest."""
    try:
        with translated(archive.path):
            return stage.make(archive, work)
    except (ArchiveError, KnowledgeError):
        raise
    except WatchError as e:
        return Failed(url=work.url, stage=stage.name, error=str(e).removeprefix(f"{work.url}: "))
    except Exception as e:
        log.exception("unexpected", stage=stage.name, url=work.url)
        return Failed(url=work.url, stage=stage.name, error=f"unexpected {type(e).__name__}: {e}")


def _commit(
    stage: Stage, archive: Archive, made: list[tuple[Work, Any]], tally: _Tally
) -> frozenset[str]:
    now = datetime.now(UTC)
    with archive.transaction():
        again = stage.learn(archive, [v for _, v in made if not isinstance(v, Failed)], now)
        for work, value in made:
            if isinstance(value, Failed):
                deriving.record(archive, stage.name, work, now=now, error=value.error)
                tally.failed(value)
            else:
                tally.made(work, stage.name, changed=stage.keep(archive, work, value, now))
    return again


@dataclass(slots=True)
class _Tally:
    counts: dict[tuple[StageName, Outcome], int] = field(default_factory=dict)
    failures: list[Failed] = field(default_factory=list)
    urls: dict[str, None] = field(default_factory=dict)

    def made(self, work: Work, stage: StageName, *, changed: bool) -> None:
        self.urls[work.url] = None
        self._count(stage, "changed" if changed else "unchanged")

    def failed(self, failure: Failed) -> None:
        self.failures.append(failure)
        self._count(failure.stage, "failed")

    def _count(self, stage: StageName, outcome: Outcome) -> None:
        self.counts[stage, outcome] = self.counts.get((stage, outcome), 0) + 1

    def report(self, *, stopped: bool) -> DeriveReport:
        count = self.counts.get
        return DeriveReport(
            cleaned=count(("clean", "changed"), 0),
            unchanged=count(("clean", "unchanged"), 0),
            clean_failed=count(("clean", "failed"), 0),
            tagged=count(("tag", "changed"), 0),
            tag_failed=count(("tag", "failed"), 0),
            stopped=stopped,
            failures=tuple(self.failures),
        )


# ---------------------------------------------------------------- without consequences


def _rehearse(
    archive: Archive, stages: Sequence[str], scope: Scope, stop: Stop, progress: Progress
) -> DeriveReport:
    """The real work on a copy that is thrown away at the end; what differs is the answer."""
    with archive.scratch() as scratch:
        tally = _Tally()
        for stage in STAGES:
            if stage.name in stages and not stop():
                _work_through(stage, scratch, scope, tally, stop, progress)
        changes = (_change(archive, scratch, url) for url in tally.urls)
        done = tuple(c for c in changes if c.gained or c.lost)
        return replace(tally.report(stopped=stop()), changes=done)


def _change(before: Archive, after: Archive, url: str) -> Change:
    old, new = (_lines(a, url) for a in (before, after))
    return Change(url=url, gained=tuple(x for x in new if x not in old),
                  lost=tuple(x for x in old if x not in new))  # fmt: skip


def _lines(archive: Archive, url: str) -> dict[str, None]:
    """What a person would see of a story: its paragraphs in order, then its tags."""
    row = archive.db.execute(
        "SELECT headline, standfirst, text, access FROM articles WHERE url = ?", (url,)
    ).fetchone()
    if row is None:
        return {}
    headline, standfirst, text, access = row
    words = [f"headline: {headline}", f"standfirst: {standfirst}", f"access: {access}"]
    words += [f"text: {p}" for p in text.split("\n\n") if p.strip()]
    return dict.fromkeys([*words, *sorted(tags.said(archive, url))])
