"""The archive as files for other programs: CSV, JSON lines, Parquet; raw pages as WARC."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq
import structlog
from warcio.warcwriter import WARCWriter

from pipeline.archive import Archive, open_archive
from pipeline.archive.bodies import get_body
from pipeline.archive.schema_serving import PRIVATE
from pipeline.errors import ArchiveError, CleanError, WatchError
from pipeline.words import spreadsheet_cell

log = structlog.get_logger()

FORMATS = ("csv", "jsonl", "parquet", "warc")
Row = tuple[Any, ...]

#: What is written when no table is named.
DEFAULT = ("inspections_reported", "judgements", "articles", "mentions", "findings",
           "responses", "inspection_details", "agencies", "agency_coverage")  # fmt: skip

# Tables of SQLite's and of the migrations: nothing a person asks for.
_INTERNAL = ("sqlite_", "_sqlite_", "articles_fts")
_BATCH = 5000


def export(
    path: Path,
    out: Path,
    *,
    format: str = "csv",
    tables: Sequence[str] = (),
    public: bool = False,
) -> list[Path]:
    """Writes tables and views of the archive at `path` into the folder `out`; returns the files.

    Args:
        format: one of FORMATS.
        tables: names of tables or views; DEFAULT where empty. WARC knows only raw pages.
        public: leave out article text. Headlines, links and evidence sentences stay.

    Files of an earlier export are replaced, each only when its successor is complete.

    Raises:
        ArchiveError: the archive cannot be read, or the folder not be written to.
        WatchError: an unknown format or table, or one that is never public.
    """
    if format not in FORMATS:
        raise WatchError(f"There is no format {format}; there are: {', '.join(FORMATS)}.")
    if format == "warc" and public:
        raise WatchError(
            "Raw pages are never public: leave out --public, or choose another format."
        )
    with open_archive(path, readonly=True) as archive, _one_moment(archive), _written(out):
        if format == "warc":
            if tables:
                raise WatchError("WARC holds the raw pages: --table does not go with it.")
            return [_write(out / f"{path.stem}-pages.warc.gz",
                           lambda f: _warc(archive, f))]  # fmt: skip
        names = _chosen(archive, tables, public)
        return [_table(archive, name, out, format, public) for name in names]


@contextmanager
def _one_moment(archive: Archive) -> Iterator[None]:
    """All tables as of one moment, also while a pass writes."""
    archive.db.conn.execute("BEGIN")
    try:
        yield
    finally:
        archive.db.conn.rollback()


@contextmanager
def _written(out: Path) -> Iterator[None]:
    try:
        out.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as e:
        raise ArchiveError(f"cannot be written: {e.strerror}", path=str(e.filename or out)) from e


def _chosen(archive: Archive, tables: Sequence[str], public: bool) -> list[str]:
    there = [n for n in (*archive.db.table_names(), *archive.db.view_names())
             if not n.startswith(_INTERNAL)]  # fmt: skip
    for name in tables:
        if name not in there:
            raise WatchError(f"There is no table or view {name}; there are: {', '.join(there)}.")
        if public and PRIVATE.get(name, frozenset()) is None:
            raise WatchError(f"{name} holds publishers' text and is never public.")
    return list(dict.fromkeys(tables)) or [n for n in DEFAULT if n in there]


def _table(archive: Archive, name: str, out: Path, format: str, public: bool) -> Path:
    private = (PRIVATE.get(name) or frozenset()) if public else frozenset()
    cursor = archive.db.conn.execute(f'SELECT * FROM "{name}" LIMIT 0')
    columns = [c[0] for c in cursor.description if c[0] not in private]
    quoted = ", ".join(f'"{c}"' for c in columns)
    found = archive.db.conn.execute(f'SELECT {quoted} FROM "{name}"')
    rows: Iterable[Row] = (tuple(map(_plain, row)) for row in found)
    target = out / f"{name}.{format}"
    if format == "parquet":
        schema = _schema(archive, name, columns)
        return _write(target, lambda f: _parquet(f, schema, rows))
    return _write(target, lambda f: (_csv if format == "csv" else _jsonl)(f, columns, rows))


def _plain(cell: Any) -> Any:
    """Bytes as the text that they are (a robots.txt), else as hexadecimal digits (digests)."""
    if not isinstance(cell, bytes):
        return cell
    try:
        return cell.decode("utf-8")
    except UnicodeDecodeError:
        return cell.hex()


def _write(target: Path, write: Callable[[IO[bytes]], None]) -> Path:
    """Under another name until it is complete, so that nobody reads half a file."""
    part = target.with_name(target.name + ".part")
    try:
        with part.open("wb") as f:
            write(f)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


# ---------------------------------------------------------------- formats


def _csv(f: IO[bytes], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """UTF-8 with a byte order mark, without which Excel takes it for Windows-1252."""
    text = io.TextIOWrapper(f, encoding="utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([spreadsheet_cell(cell) for cell in row] for row in rows)
    text.detach()


def _jsonl(f: IO[bytes], columns: Sequence[str], rows: Iterable[Row]) -> None:
    for row in rows:
        record = dict(zip(columns, row, strict=True))
        f.write(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


def _parquet(f: IO[bytes], schema: pa.Schema, rows: Iterable[Row]) -> None:
    rows = iter(rows)
    with pq.ParquetWriter(f, schema, compression="zstd") as writer:
        while batch := list(islice(rows, _BATCH)):
            arrays = [
                pa.array([_cast(row[n], field.type) for row in batch], field.type)
                for n, field in enumerate(schema)
            ]
            writer.write_table(pa.table(arrays, schema=schema))


def _schema(archive: Archive, name: str, columns: Sequence[str]) -> pa.Schema:
    """A column's type is that of its values: SQLite knows none for the columns of a view."""
    kinds = ", ".join(f'group_concat(DISTINCT typeof("{c}"))' for c in columns)
    row = archive.db.conn.execute(f'SELECT {kinds} FROM "{name}"').fetchone()
    return pa.schema([
        (column, _type(set((cell or "").split(",")) - {"null", ""}))
        for column, cell in zip(columns, row, strict=True)
    ])  # fmt: skip


def _type(kinds: set[str]) -> Any:
    if kinds == {"integer"}:
        return pa.int64()
    return pa.float64() if kinds and kinds <= {"integer", "real"} else pa.string()


def _cast(value: Any, kind: Any) -> Any:
    return str(value) if value is not None and kind == pa.string() else value


_PAGES = (
    "SELECT url, final_url, content_type, fetched_at, digest FROM pages ORDER BY fetched_at, url"
)


def _warc(archive: Archive, f: IO[bytes]) -> None:
    """One record a page: `resource`, since bodies are stored decoded and without HTTP headers.

    What a feed carried in place of a page is a `conversion`: it is not what the address answers.
    """
    writer = WARCWriter(f, gzip=True)
    about = {"software": "inspection-watch", "format": "WARC File Format 1.0"}
    writer.write_record(writer.create_warcinfo_record("pages.warc.gz", about))
    for url, final_url, content_type, fetched_at, digest in archive.db.execute(_PAGES):
        try:
            body = get_body(archive, digest, url=url)
        except CleanError as e:
            log.warning("page left out", problem=str(e))
            continue
        record = writer.create_warc_record(
            final_url,
            "conversion" if "source=feed" in content_type else "resource",
            payload=io.BytesIO(body),
            length=len(body),
            warc_content_type=content_type or "application/octet-stream",
            warc_headers_dict={"WARC-Date": fetched_at.replace("+00:00", "Z")},
        )
        writer.write_record(record)
