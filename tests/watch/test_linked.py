"""Official reports that stories link to come as well, where a source wants them; nothing else does.

Real passes over the small fake web, with the job's own order: watch, derive, the reports, derive.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline import job
from pipeline.archive import Archive, linked
from pipeline.clean.official import leads_to_a_report
from pipeline.derive import derive
from pipeline.models import Config
from pipeline.watch.run import fetch_linked
from tests.conftest import Clock
from tests.passes import PATIENT, Runner, source
from tests.watch.test_reports_watched import LINES, pdf
from tests.web import Web, rss

STORY = "http://www.harwickmail.example/news/children"
REPORT = "http://files.ofsted.gov.uk/v1/file/50233610"
LETTER = "http://www.gov.uk/government/publications/a-letter-to-darlington"
REGISTER = "http://reports.ofsted.gov.uk/provider/44/80494"
ELSEWHERE = "http://www.charity.example/report.pdf"
TEXT = """
<html lang="en-GB"><head><title>Children's services rated good</title></head><body><article>
<h1>Children's services rated good</h1>
<p>Darlington Borough Council's children's services have been rated good by Ofsted after an
inspection in October, and inspectors praised the work of its social workers with families.</p>
<p>Inspectors found that leaders know the service well and that children are visited often, though
health assessments for children who come into care are not always done in good time.</p>
<p>The <a href="{0}">report</a>, a <a href="{1}">letter</a>, the <a href="{2}">register</a> and what
a <a href="{3}">charity</a> makes of it can be read by anybody who would like to know more.</p>
</article></body></html>"""


def serve(web: Web) -> str:
    feed = "http://www.harwickmail.example/feed"
    web.serve(feed, rss((STORY, "Children's services rated good")), type="application/rss+xml")
    web.serve(STORY, TEXT.format(REPORT, LETTER, REGISTER, ELSEWHERE))
    web.serve(REPORT, pdf(LINES), type="application/pdf")
    web.serve(LETTER, "Gone", status=410)
    for other in (REGISTER, ELSEWHERE):
        web.serve(other, "<p>not asked for</p>")
    return feed


def whole(run: Runner, *, wanted: bool) -> int:
    """A pass as the job makes it; how many reports were asked for."""
    settings = source("mail", serve(run.web), linked_reports=wanted)
    run(settings)
    derive(run.archive)
    config = Config(path="sources.yaml", contact="mailto:x@example.org", sources=(settings,))
    asked = fetch_linked(run.archive, config, now=run.clock(), stop=lambda: False,
                         progress=lambda *_: None, connect=run.web.connect,
                         limits=PATIENT)  # fmt: skip
    derive(run.archive)
    return asked


@pytest.fixture
def run(archive: Archive, web: Web, clock: Clock) -> Runner:
    return Runner(archive, web, clock)


def states(run: Runner) -> dict[str, Any]:
    return {r["url"]: r["state"] for r in run.rows("SELECT url, state FROM linked_reports")}


def test_a_report_that_a_story_links_to_is_tagged_like_a_story(run: Runner) -> None:
    assert whole(run, wanted=True) == 2
    (report,) = run.rows(
        "SELECT a.is_report, a.inspection_type, l.story_url FROM articles a"
        " JOIN linked_reports l ON l.url = a.url WHERE l.state = 'stored'"
    )
    assert report == {"is_report": 1, "inspection_type": "ilacs", "story_url": STORY}
    grades = run.rows(
        "SELECT f.aspect FROM findings f JOIN articles a ON a.id = f.article_id"
        " WHERE a.url LIKE '%50233610' AND f.kind = 'judgement' AND f.grade = 'outstanding'"
    )
    assert grades == [{"aspect": "care leavers"}]


def test_what_is_gone_is_given_up_and_says_why_and_blames_no_source(run: Runner) -> None:
    whole(run, wanted=True)
    (failed,) = run.rows("SELECT * FROM linked_reports WHERE state = 'failed'")
    assert failed["attempts"] == 1
    assert "410" in failed["reason"]
    assert run.rows("SELECT page_state FROM entries") == [{"page_state": "stored"}]
    assert run.health() == {"mail": "healthy"}


def test_registers_and_other_sites_are_not_asked_for(run: Runner) -> None:
    whole(run, wanted=True)
    asked = {r.url for r in run.web.requests}
    assert not any("provider" in url or "charity" in url for url in asked)
    assert set(states(run).values()) == {"stored", "failed"}


def test_nothing_is_asked_for_twice(run: Runner) -> None:
    whole(run, wanted=True)
    before = len(run.web.requests)
    assert whole(run, wanted=True) == 0
    assert not any(r.url in (REPORT, LETTER) for r in run.web.requests[before:])


def test_a_source_that_does_not_want_them_brings_none(run: Runner) -> None:
    assert whole(run, wanted=False) == 0
    assert states(run) == {}


def test_a_story_of_long_ago_asks_for_nothing(run: Runner) -> None:
    whole(run, wanted=False)
    run.clock.forward(days=31)
    linked.queue(run.archive, ["mail"], run.clock())
    assert states(run) == {}


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        (REPORT, True), (LETTER, True), (REGISTER, False), (ELSEWHERE, False),
        ("https://www.cqc.org.uk/location/1-123456789", False),
        ("https://hmicfrs.justiceinspectorates.gov.uk/publications/a-force-2025", True),
        ("https://estyn.gov.wales/inspection-reports/ysgol-alder", True),
        ("https://assets.publishing.service.gov.uk/media/65a/letter.pdf", True),
        ("https://www.rqia.org.uk/", False),
    ],
)  # fmt: skip
def test_which_addresses_are_reports(url: str, is_one: bool) -> None:
    assert leads_to_a_report(url) is is_one


def test_one_pass_of_the_job_brings_story_and_report(
    tmp_path: Path, web: Web, clock: Clock
) -> None:
    settings = source("mail", serve(web), linked_reports=True)
    config = Config(path="sources.yaml", contact="mailto:x@example.org", sources=(settings,))
    report = job.one_pass(tmp_path / "archive.db", config, what="run", stop=lambda: False,
                          progress=lambda *_: None, connect=web.connect, limits=PATIENT,
                          clock=clock)  # fmt: skip
    assert (report.articles_cleaned, report.articles_tagged, report.articles_failed) == (2, 2, 0)
    assert report.entries_new == 1, "a report is no entry of a feed"
