"""A report as a PDF, watched as a source, goes through the same stages as a story."""

from __future__ import annotations

import pytest

from pipeline.archive import Archive
from pipeline.derive import DeriveReport, derive
from tests.conftest import Clock
from tests.passes import Runner, source
from tests.web import Web, rss

REPORT = "http://reports.watchdog.example/v1/file/darlington"
FEED = "http://reports.watchdog.example/feed"
LINES = (
    ("Inspection of Darlington local authority children's services",),
    ("Inspection dates: 2 to 13 October 2023",),
    ("Lead inspector: Marjorie Quill, His Majesty's Inspector",),
    ("Judgement Grade",),
    ("The impact of leaders on social work practice with children and", "families Good"),
    ("The experiences and progress of children who need help and", "protection Requires",
     "improvement to be good"),
    ("The experiences and progress of children in care Good",),
    ("The experiences and progress of care leavers Outstanding",),
    ("Overall effectiveness Good",),
    ("Services for children in Darlington are good and leaders know them well. Ofsted",
     "inspectors found that social workers visit children often and that their plans are",
     "clear. Children who move between homes are well supported by their carers."),
    ("What needs to improve?",),
    ("- The timeliness of health assessments for children who come into care.",),
    ("- The oversight of visits to children who are cared for by relatives.",),
)  # fmt: skip


def pdf(paragraphs: tuple[tuple[str, ...], ...]) -> bytes:
    """A PDF of one page in Helvetica, written by hand: a line below the other, wider between
    paragraphs."""
    drawn, y = ["BT /F1 10 Tf"], 800
    for lines in paragraphs:
        for line in lines:
            escaped = line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            drawn.append(f"1 0 0 1 50 {y} Tm ({escaped}) Tj")
            y -= 13
        y -= 14
    stream = "\n".join([*drawn, "ET"]).encode("latin-1")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    made, places = b"%PDF-1.4\n", []
    for n, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (n, body)
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return made + head + table + tail % (len(objects) + 1, len(made))


@pytest.fixture
def read(archive: Archive, web: Web, clock: Clock) -> Runner:
    """After one pass over a feed whose only item is the PDF, and what comes of it."""
    web.serve(FEED, rss((REPORT, "Darlington: inspection of children's services")),
              type="application/rss+xml")  # fmt: skip
    web.serve(REPORT, pdf(LINES), type="application/pdf")
    run = Runner(archive, web, clock)
    run(source("reports", FEED))
    assert derive(run.archive) == DeriveReport(cleaned=1, tagged=1)
    return run


def test_it_is_a_report_of_its_framework(read: Runner) -> None:
    (article,) = read.rows("SELECT is_report, inspection_type FROM articles")
    assert article == {"is_report": 1, "inspection_type": "ilacs"}


def test_every_grade_of_its_table_is_there_and_none_besides(read: Runner) -> None:
    rows = read.rows("SELECT aspect, grade FROM findings WHERE kind = 'judgement'")
    assert {(r["aspect"], r["grade"]) for r in rows} == {
        ("impact of leaders", "good"), ("help and protection", "requires improvement"),
        ("children in care", "good"), ("care leavers", "outstanding"), ("overall", "good"),
    }  # fmt: skip


def test_its_days_its_lead_inspector_and_what_must_get_better_are_there(read: Runner) -> None:
    rows = read.rows("SELECT kind, value FROM inspection_details ORDER BY start")
    told = {r["kind"]: r["value"] for r in rows if r["kind"] != "recommendation"}
    assert told == {
        "inspected_from": "2023-10-02", "inspected_until": "2023-10-13",
        "lead_inspector": "Marjorie Quill",
    }  # fmt: skip
    assert [r["value"][:24] for r in rows if r["kind"] == "recommendation"] == [
        "The timeliness of health", "The oversight of visits ",
    ]  # fmt: skip


def test_nobody_answers_in_it(read: Runner) -> None:
    assert read.rows("SELECT * FROM responses") == []
