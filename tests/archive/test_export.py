"""The archive for other programs, read back by other programs' libraries."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from warcio.archiveiterator import ArchiveIterator

from pipeline import publish
from pipeline.archive import Archive, pages
from pipeline.archive.export import DEFAULT, export
from pipeline.errors import ArchiveError, WatchError
from pipeline.models import Caution, Page, Tags
from pipeline.publish.public import make_public_copy
from tests import stored
from tests.stored import NOON, TEXT, URL, article, save, save_tags, store, tags

CALLED = "=HYPERLINK(\"https://evil.example\") says 'Ofsted', it, \n in two lines"


@pytest.fixture
def full(archive: Archive) -> Archive:
    store(archive, html=b"<p>raw \xff</p>")
    save(archive, article(headline=CALLED, standfirst="Kept private", links=()))
    save_tags(archive, tags())
    publish.refresh(archive)
    return archive


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def test_csv(full: Archive, tmp_path: Path) -> None:
    files = export(full.path, tmp_path / "out")
    assert [f.stem for f in files] == list(DEFAULT)
    assert sorted((tmp_path / "out").iterdir()) == sorted(files), "no unfinished file"
    (row,) = rows(tmp_path / "out" / "articles.csv")
    assert row["text"] == TEXT
    assert row["url"] == URL
    assert row["standfirst"] == "Kept private"
    (judgement,) = rows(tmp_path / "out" / "judgements.csv")
    assert judgement["grade"] == "inadequate"
    assert (tmp_path / "out" / "articles.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_cell_never_becomes_a_formula(full: Archive, tmp_path: Path) -> None:
    (file,) = export(full.path, tmp_path, tables=["articles"])
    assert rows(file)[0]["headline"] == "'" + CALLED
    (file,) = export(full.path, tmp_path, tables=["articles"], format="jsonl")
    assert json.loads(file.read_text())["headline"] == CALLED, "only a spreadsheet runs it"


@pytest.mark.parametrize("start", ["=1", "+1+x", "-1-x", "@x", "\t=1", " =1", "\r=1", "\n=1"])
def test_every_way_to_begin_a_formula(full: Archive, tmp_path: Path, start: str) -> None:
    full.db.execute("UPDATE articles SET section = ?", (start,))
    (file,) = export(full.path, tmp_path, tables=["articles"])
    assert rows(file)[0]["section"] == "'" + start


@pytest.mark.parametrize("number", ["+1", "-1", "-0.5"])
def test_a_number_is_no_formula(full: Archive, tmp_path: Path, number: str) -> None:
    full.db.execute("UPDATE articles SET section = ?", (number,))
    (file,) = export(full.path, tmp_path, tables=["articles"])
    assert rows(file)[0]["section"] == number


def test_json_lines_keep_types(full: Archive, tmp_path: Path) -> None:
    (file,) = export(full.path, tmp_path, tables=["judgements"], format="jsonl")
    (line,) = [json.loads(x) for x in file.read_text(encoding="utf-8").splitlines()]
    assert (line["rank"], line["direction"]) == (4, None)
    assert TEXT[line["start"] : line["end"]] == line["quote"]


def test_parquet_has_types(full: Archive, tmp_path: Path) -> None:
    full.db.execute("INSERT INTO agencies (id, name, kind, latitude) VALUES ('x', 'X', 'k', 54.5)")
    files = export(full.path, tmp_path, format="parquet", tables=["judgements", "agencies"])
    grades, bodies = (pq.read_table(f) for f in files)
    assert grades.column("rank").to_pylist() == [4]
    assert str(grades.schema.field("rank").type) == "int64"
    assert str(bodies.schema.field("latitude").type) == "double"
    assert 54.5 in bodies.column("latitude").to_pylist()


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet"])
def test_an_empty_table_is_a_file_too(full: Archive, tmp_path: Path, format_: str) -> None:
    (file,) = export(full.path, tmp_path, format=format_, tables=["passes"])
    assert file.exists()
    if format_ == "parquet":
        assert pq.read_table(file).num_rows == 0


@pytest.mark.parametrize("format_", ["csv", "jsonl", "parquet"])
def test_public_leaves_out_text_and_keeps_evidence(
    full: Archive, tmp_path: Path, format_: str
) -> None:
    files = export(full.path, tmp_path, format=format_, public=True)
    told = b"".join(f.read_bytes() for f in files)
    if format_ == "parquet":
        told = repr([pq.read_table(f).to_pylist() for f in files]).encode()
    for private in (b"Kept private", TEXT.split("\n\n")[1].encode(), b"Larkfield House,\n"):
        assert private not in told
    for public in (b"gazette.example/harwick-home", b"medicines were not managed safely", b"HYPER"):
        assert public in told


def test_in_public_the_words_that_ask_for_care_are_left_out(full: Archive, tmp_path: Path) -> None:
    told = Caution(kind="child", rule="name-and-age", **stored.span("Harwick"))
    save_tags_again(full, tags(cautions=(told,)))
    (file,) = export(full.path, tmp_path / "own", tables=["cautions"])
    (own,) = rows(file)
    assert (own["kind"], own["quote"], own["rule"]) == ("child", "Harwick", "name-and-age")
    (file,) = export(full.path, tmp_path / "public", tables=["cautions"], public=True)
    (shown,) = rows(file)
    assert shown == {k: v for k, v in own.items() if k != "quote"}
    copy = tmp_path / "copy.db"
    make_public_copy(full.path, copy)
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("SELECT kind, quote FROM cautions").fetchall() == [("child", "")]


def save_tags_again(archive: Archive, made: Tags) -> None:
    archive.db.execute("DELETE FROM derivations WHERE stage = 'tag'")
    save_tags(archive, made)
    archive.db.conn.commit()


def test_what_is_never_public_is_refused(full: Archive, tmp_path: Path) -> None:
    with pytest.raises(WatchError, match="Raw pages are never public"):
        export(full.path, tmp_path, format="warc", public=True)
    for table in ("revisions", "removals"):
        with pytest.raises(WatchError, match=f"{table} holds publishers' text and is never public"):
            export(full.path, tmp_path, tables=[table], public=True)
    assert list(tmp_path.glob("*.csv")) == []


def test_wrong_calls(full: Archive, tmp_path: Path) -> None:
    with pytest.raises(WatchError, match="There is no table or view artikles; there are: sources,"):
        export(full.path, tmp_path, tables=["artikles"])
    with pytest.raises(WatchError, match="There is no table or view articles_fts_data"):
        export(full.path, tmp_path, tables=["articles_fts_data"])
    with pytest.raises(WatchError, match="--table does not go with it"):
        export(full.path, tmp_path, format="warc", tables=["pages"])
    with pytest.raises(WatchError, match="There is no format xlsx; there are: csv, jsonl"):
        export(full.path, tmp_path, format="xlsx")
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveError, match="cannot be written"):
        export(full.path, tmp_path / "file")
    with pytest.raises(ArchiveError, match="no archive here yet"):
        export(tmp_path / "none.db", tmp_path)


def test_warc_holds_the_raw_pages(full: Archive, tmp_path: Path) -> None:
    body = b"<p>summary</p>"
    feed = Page(url=URL + "-2", final_url=URL + "-2", body=body, digest=stored.digest(body),
                fetched_at=NOON, content_type="text/html; source=feed")  # fmt: skip
    pages.record_page(full, feed, "gazette", status=None, seconds=0)
    stored.store(full, URL + "-3", b"gone")
    full.pages.execute("DELETE FROM bodies WHERE digest = ?", (stored.digest(b"gone"),))
    (file,) = export(full.path, tmp_path, format="warc")
    with file.open("rb") as f:
        records = [
            (r.rec_type, r.rec_headers["WARC-Target-URI"], r.rec_headers["WARC-Date"],
             r.rec_headers["Content-Type"], r.content_stream().read())
            for r in ArchiveIterator(f) if r.rec_type != "warcinfo"
        ]  # fmt: skip
    at = "2026-11-03T12:00:00Z"
    assert records == [
        ("resource", URL, at, "text/html; charset=utf-8", b"<p>raw \xff</p>"),
        ("conversion", URL + "-2", at, "text/html; source=feed", b"<p>summary</p>"),
    ]


RULES = "User-agent: *\nDisallow: /Größe\n"


@pytest.mark.parametrize("format", ["csv", "jsonl", "parquet"])
def test_what_is_kept_as_bytes_is_readable(full: Archive, tmp_path: Path, format: str) -> None:
    full.db.execute("INSERT INTO robots (origin, fetched_at, status, body) VALUES (?, ?, 200, ?)",
                    ["https://gazette.example", NOON.isoformat(), RULES.encode()])  # fmt: skip
    full.db.execute("INSERT OR REPLACE INTO feed_items (feed_url, digests)"
                    " VALUES ('https://gazette.example/feed', ?)", [b"\xff\x00"])  # fmt: skip

    def first(table: str, **options: bool) -> dict[str, object]:
        (file,) = export(full.path, tmp_path, tables=[table], format=format, **options)
        if format == "parquet":
            return pq.read_table(file).to_pylist()[0]
        return rows(file)[0] if format == "csv" else json.loads(file.read_text("utf-8"))

    text, digests = first("robots")["body"], first("feed_items")["digests"]
    assert (text, digests) == (RULES, "ff00")
    assert "body" not in first("robots", public=True)
