"""The reports that stories link to, fetched after the stories have been read."""

from __future__ import annotations

import hashlib
from contextlib import aclosing

import structlog

from pipeline.archive import linked
from pipeline.archive.linked import WaitingReport
from pipeline.models import Failure, Page, Response
from pipeline.watch import polling
from pipeline.watch.addresses import host
from pipeline.watch.lanes import in_lanes
from pipeline.watch.page_pass import unusable
from pipeline.watch.work import HELD, Work

log = structlog.get_logger()


async def reports(work: Work, waiting: tuple[WaitingReport, ...]) -> None:
    """Every report that is wanted, one at a time a host; what fails is tried again or given up."""

    async def job(report: WaitingReport) -> Response | Failure | None:
        if work.fetcher.held(report.url) is not None:
            return None
        return await work.attempt(report.url, _ask(work, report))

    done = 0
    results = in_lanes(waiting, lane=lambda r: host(r.url), work=job, stop=work.stop)
    async with aclosing(results):
        async for report, result in results:
            _store(work, report, result)
            done += 1
            work.progress("reports", done, len(waiting))


async def _ask(work: Work, report: WaitingReport) -> Response | Failure:
    private = work.sources[report.source_id].allow_private
    answer = await work.fetcher.page(report.url, etag=None, last_modified=None,
                                     allow_private=private)  # fmt: skip
    return (unusable(answer) or answer) if isinstance(answer, Response) else answer


def _store(work: Work, report: WaitingReport, result: Response | Failure | None) -> None:
    if result is None:
        linked.put_off(work.archive, report, work.clock() + HELD, "its host asked for peace")
    elif isinstance(result, Failure):
        retry_at = polling.after_page_failure(report.attempts + 1, result, result.at)
        linked.record_failure(work.archive, report, result, retry_at=retry_at)
        log.info("report_failed", url=report.url, kind=result.kind, reason=result.reason)
    else:
        page = Page(url=report.url, final_url=result.final_url, body=result.body,
                    content_type=result.content_type or "text/html", fetched_at=result.fetched_at,
                    digest=hashlib.sha256(result.body).hexdigest())  # fmt: skip
        linked.record(work.archive, report, page, status=result.status, seconds=result.seconds)
