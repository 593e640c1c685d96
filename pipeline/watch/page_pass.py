"""The second half of a pass: the pages of stories, from a queue that is the database itself."""

from __future__ import annotations

import hashlib
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from pipeline.archive import pages as queue
from pipeline.archive.pages import WaitingPage
from pipeline.models import Failure, Page, Response
from pipeline.watch import feed_pass, health, polling
from pipeline.watch.addresses import host, server
from pipeline.watch.failures import failure
from pipeline.watch.items import feed_page
from pipeline.watch.lanes import in_lanes
from pipeline.watch.work import HELD, Work

log = structlog.get_logger()

_PAGE_TYPES = ("html", "xml", "pdf", "text/plain", "octet-stream")


@dataclass(frozen=True, slots=True)
class _Held:
    """Not asked: its host had just refused others, or asked to be left alone."""

    failure: Failure


@dataclass(frozen=True, slots=True)
class _Later:
    """Not asked: feeds are due."""


_Result = Response | _Held | _Later | Failure


async def pages(work: Work, *, until_feeds_wait: bool) -> bool:
    """Every story whose page is still wanted; a page that is given up leaves the feed's words.

    Args:
        until_feeds_wait: end when feeds have come due meanwhile, for a slow host must not keep
            others from being looked at; the rest stays in the queue.

    Returns whether all were tried.
    """
    waiting = queue.pages_due(work.archive, work.clock(), everything=work.everything)
    feeds_wait = _Glance(work) if until_feeds_wait else None
    unreached: list[tuple[WaitingPage, Failure]] = []

    async def job(page: WaitingPage) -> _Result:
        if feeds_wait is not None and feeds_wait():
            return _Later()
        return await work.attempt(page.link, _ask(work, page))

    results = in_lanes(waiting, lane=lambda w: host(w.link), work=job, stop=work.stop)
    done = later = 0
    async with aclosing(results):
        async for page, result in results:
            if isinstance(result, _Later):
                later += 1
                continue
            if isinstance(result, Failure) and health.blames_network(result):
                unreached.append((page, result))
            else:
                if not isinstance(result, _Held):
                    work.reached.add(server(page.link))
                _store(work, page, result)
            done += 1
            work.progress("pages", done, len(waiting))
    for page, failed in work.blamed(unreached, lambda w: server(w.link)):
        _store(work, page, failed)
    return later == 0


class _Glance:
    """Whether feeds have come due since the pages began: looked up now and then, not each time."""

    def __init__(self, work: Work) -> None:
        self._turn = timedelta(seconds=work.fetcher.limits.turn)
        self._work, self._next, self._waiting = work, work.clock() + self._turn, False

    def __call__(self) -> bool:
        now = self._work.clock()
        if not self._waiting and now >= self._next:
            self._next = now + self._turn / 6
            self._waiting = bool(feed_pass.due(self._work.archive, self._work.sources, now))
        return self._waiting


async def _ask(work: Work, page: WaitingPage) -> _Result:
    held = work.fetcher.held(page.link)
    if held is not None:
        return _Held(held)
    private = work.sources[page.source_id].allow_private
    answer = await work.fetcher.page(page.link, etag=page.etag, last_modified=page.last_modified,
                                     allow_private=private)  # fmt: skip
    return (unusable(answer) or answer) if isinstance(answer, Response) else answer


def _store(work: Work, page: WaitingPage, result: Response | _Held | Failure) -> None:
    work.changed.add(page.source_id)
    if isinstance(result, _Held):
        _leave(work, page, result.failure)
    elif isinstance(result, Failure):
        _give_up_or_wait(work, page, result, asked=True)
    elif result.status == 304:
        queue.record_page_unmodified(work.archive, page, result.fetched_at, seconds=result.seconds)
        work.pages_fetched += 1
    else:
        body = Page(url=page.url, final_url=result.final_url, body=result.body,
                    content_type=result.content_type or "text/html", fetched_at=result.fetched_at,
                    digest=hashlib.sha256(result.body).hexdigest())  # fmt: skip
        queue.record_page(work.archive, body, page.source_id, status=result.status,
                          seconds=result.seconds, etag=result.headers.get("etag"),
                          last_modified=result.headers.get("last-modified"))  # fmt: skip
        work.pages_fetched += 1
    work.keep_manners(soon=False)


def _leave(work: Work, page: WaitingPage, held: Failure) -> None:
    """A host that named a time gets it; one that refuses costs the page one of its attempts."""
    now = work.clock()
    if held.kind != "refused":
        wait = held.retry_after or HELD
        queue.put_off(work.archive, [page], now + wait, f"its host {held.reason}")
        return
    reason = f"was left alone, because its host {held.reason} to others just before"
    passing = replace(held, url=page.link, grade="transient", reason=reason, at=now)
    _give_up_or_wait(work, page, passing, asked=False)


def _give_up_or_wait(work: Work, page: WaitingPage, failed: Failure, *, asked: bool) -> None:
    # An attempt that our own network spoiled, or that robots.txt was in the way of, is none.
    if failed.grade == "ours" or (failed.kind == "robots" and failed.grade == "transient"):
        queue.put_off(work.archive, [page], failed.at + HELD, failed.reason)
        work.page_failures.append(failed)
        return
    # Who asks for everything at once, many times over, uses up none of them.
    early = page.due_at is not None and page.due_at > failed.at and failed.grade == "transient"
    retry_at = page.due_at if early else polling.after_page_failure(page.attempts + 1, failed,
                                                                    failed.at)  # fmt: skip
    entry = None if retry_at else queue.entry_of(work.archive, page.url)
    instead = feed_page(entry, failed.at) if entry else None
    queue.record_page_failure(work.archive, page, failed, retry_at=retry_at, instead=instead,
                              asked=asked, counts=not early)  # fmt: skip
    work.page_failures.append(failed)
    log.info("page_failed", url=failed.url, kind=failed.kind, grade=failed.grade,
             reason=failed.reason, instead=instead is not None)  # fmt: skip


def unusable(answer: Response) -> Failure | None:
    """A picture, a film, a spreadsheet: nothing that a story can be had from."""
    kind = answer.content_type.split(";")[0].strip().lower()
    if not kind or any(t in kind for t in _PAGE_TYPES):
        return None
    return failure(answer.url, "decoding", "permanent", f"is {kind}, which is no page to read",
                   answer.fetched_at, status=answer.status)  # fmt: skip
