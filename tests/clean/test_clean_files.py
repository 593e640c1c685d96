"""The `clean` command's library side: files in, lines out, in order, also for what fails."""

from __future__ import annotations

import gzip
import io
import json
import re
import sys
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from pipeline.clean import files
from pipeline.clean.documents import _joined, _paragraphs, _without_running_lines
from pipeline.errors import CleanError

KEYS = [
    "input", "url", "headline", "standfirst", "byline", "published_at", "modified_at", "publisher",
    "section", "language", "access", "text", "captions", "links", "removed",
    "news_agencies", "canonical_url", "image", "disagreements", "error",
]  # fmt: skip
PAGE = Path(__file__).parent / "pages" / "local_group.html"


def test_every_line_has_every_key_in_order_also_one_that_fails(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.html")
    lines = list(files.clean_files([str(PAGE), missing, str(PAGE)]))
    assert [list(record) for record in lines] == [KEYS] * 3
    assert [record["input"] for record in lines] == [str(PAGE), missing, str(PAGE)]
    assert [record["error"] for record in lines] == [
        None,
        f"{missing}: there is no such file",
        None,
    ]
    assert lines[1]["text"] is None
    assert json.loads(json.dumps(lines[0])) == lines[0]
    assert set(lines[0]["removed"][0]) == {"rule", "kind", "text"}


def test_compressed_pages_and_an_address(tmp_path: Path) -> None:
    packed = tmp_path / "page.html.gz"
    packed.write_bytes(gzip.compress(PAGE.read_bytes()))
    [record] = files.clean_files([str(packed)], url="https://www.Marsby.example/n/1?utm_source=x")
    assert record["url"] == "https://www.marsby.example/n/1"
    assert record["text"].startswith("A care home on the coast")


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PAGE.read_bytes())))
    [record] = files.clean_files(["-"])
    assert (record["input"], record["url"], record["error"]) == ("-", None, None)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "broken.html.gz"
    broken.write_bytes(gzip.compress(PAGE.read_bytes())[:200])
    for path, sentence in ((tmp_path, "it is a folder, not a file"),
                           (broken, "cannot be read: it is not whole gzip data")):  # fmt: skip
        with pytest.raises(CleanError) as caught:
            files.read(str(path))
        assert caught.value.problem == sentence


def test_an_empty_pdf_says_that_there_is_no_text(tmp_path: Path) -> None:
    document = pdfium.PdfDocument.new()
    document.new_page(595, 842)
    path = tmp_path / "scan.pdf"
    document.save(str(path))
    document.close()
    [record] = files.clean_files([str(path)])
    assert record["error"] == f"{path}: no text in the PDF (0 words); it may be a scan"


NO_STORY = (b"", b"{}", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7 cut off", b"<p>Hi</p>")


@pytest.mark.parametrize("body", NO_STORY)
def test_every_error_names_its_file(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(body)
    for url in (None, "https://paper.example/a"):
        [record] = files.clean_files([str(path)], url=url)
        assert re.fullmatch(rf"{re.escape(str(path))}: \w.+", record["error"])


@pytest.mark.parametrize("body", NO_STORY[:3])
def test_a_suggestion_that_cannot_be_made_names_the_file(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(body)
    with pytest.raises(CleanError) as caught:
        files.suggestion(str(path))
    assert str(caught.value).startswith(f"{path}: ")


def test_an_error_of_standard_input_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}")))
    [record] = files.clean_files(["-"])
    assert record["error"] == "standard input: not a web page: it is JSON"


def test_pdf_lines_become_paragraphs_and_running_lines_go() -> None:
    pages = [
        [
            "Report of the joint inspection",
            "Page head of the county",
            f"The inspectors of team {n}",
            "saw it.",
            str(n),
        ]
        for n in range(1, 6)
    ]
    kept, removed = _without_running_lines([["Letter to Eastmere council", *p[2:]] for p in pages])
    assert removed[0].text == "Letter to Eastmere council"
    assert all("Letter to Eastmere council" not in lines for lines in kept)
    width = "Partners in the area have a clear and shared purpose in tackling neglect of chil-"
    lines = [
        "What we found",
        width,
        "dren, and it shows.",
        "• first point of the letter",
        "• second point",
    ]
    assert _paragraphs(lines) == [
        "What we found",
        "Partners in the area have a clear and shared purpose in tackling neglect of children, and it shows.",  # noqa: E501
        "- first point of the letter",
        "- second point",
    ]
    assert _joined("multi-", "Agency") == "multi- Agency"


def test_suggestion_for_a_page_without_leftovers() -> None:
    proposed = files.suggestion(str(PAGE), url="https://www.marsby.example/n/1")
    assert proposed.startswith("# https://www.marsby.example/n/1")
    assert "related-element" in proposed
