"""The `clean` command on files: what is read, and the line that is printed for each."""

from __future__ import annotations

import gzip
import hashlib
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.clean import decode
from pipeline.clean.address import own_address
from pipeline.clean.article import clean
from pipeline.clean.documents import is_pdf
from pipeline.clean.suggest import suggest
from pipeline.errors import CleanError
from pipeline.models import Article, Page
from pipeline.urls import canonical, host

KEYS = ("input", "url", "headline", "standfirst", "byline", "published_at", "modified_at",
        "publisher", "section", "language", "access", "text", "captions", "links", "removed",
        "news_agencies", "canonical_url", "image", "disagreements", "error")  # fmt: skip
_LISTS = ("byline", "captions", "links", "removed", "news_agencies", "disagreements")
_TYPES = {".pdf": "application/pdf", ".html": "text/html", ".htm": "text/html"}


def is_web_address(url: str) -> bool:
    """With a scheme of the web and a host."""
    return re.match(r"https?://", url.strip(), re.I) is not None and bool(host(url))


def read(path: str, url: str | None = None) -> Page:
    """One file (`.html`, `.html.gz`, `.pdf`, `-` for standard input) as a Page.

    Raises CleanError, with the path as its address, when it cannot be read.
    """
    try:
        body = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        if body[:2] == b"\x1f\x8b":
            body = gzip.decompress(body)
    except FileNotFoundError as e:
        raise CleanError("there is no such file", url=path) from e
    except IsADirectoryError as e:
        raise CleanError("it is a folder, not a file", url=path) from e
    except (OSError, EOFError, zlib.error) as e:
        reason = getattr(e, "strerror", None) or "it is not whole gzip data"
        raise CleanError(f"cannot be read: {reason}", url=path) from e
    suffix = Path(path.removesuffix(".gz")).suffix.lower()
    address = canonical(url) if url else ("" if path == "-" else Path(path).absolute().as_uri())
    return Page(
        url=address,
        final_url=url or address,
        body=body,
        content_type=_TYPES.get(suffix, ""),
        fetched_at=datetime.now(UTC),
        digest=hashlib.sha256(body).hexdigest(),
    )


def line(result: Article | CleanError, input_: str, url: str | None = None) -> dict[str, Any]:
    """What is printed: every key of the contract, in its order, null (or []) where absent.

    The sentence of an error names the input, so that it can stand alone in a log.
    """
    record: dict[str, Any] = dict.fromkeys(KEYS)
    record.update({key: [] for key in _LISTS})
    record["input"], record["url"] = input_, url
    if isinstance(result, CleanError):
        record["error"] = f"{_named(input_)}: {result.problem}"
        return record
    for key, value in asdict(result).items():
        record[key] = list(value) if isinstance(value, tuple) else value
    record["url"] = url
    return record


def clean_files(paths: Iterable[str], *, url: str | None = None) -> Iterator[dict[str, Any]]:
    """One record a file, in order, also for one that fails."""
    for path in paths:
        address = canonical(url) if url else None
        try:
            page = read(path, url)
            address = address or own_address(page)
            yield line(clean(_at(page, address)), path, address)
        except CleanError as e:
            yield line(e, path, address)


def suggestion(*paths: str, url: str | None = None) -> str:
    """Site rules proposed for the pages' hosts, as YAML. Raises CleanError naming the file."""
    pages = []
    for path in paths:
        page = read(path, url)
        if is_pdf(page):
            raise CleanError("it is a PDF: site rules are for web pages", url=_named(path))
        try:
            page = _at(page, canonical(url) if url else own_address(page))
            decode.parse(page)
        except CleanError as e:
            raise CleanError(e.problem, url=_named(path)) from e
        pages.append(page)
    return suggest(*pages)


def _named(path: str) -> str:
    """What an error's sentence calls the input."""
    return "standard input" if path == "-" else path


def _at(page: Page, url: str | None) -> Page:
    """The page with the address it is known by; a file's own path says nothing of its host."""
    return Page(
        url=url or "",
        final_url=url or "",
        body=page.body,
        content_type=page.content_type,
        fetched_at=page.fetched_at,
        digest=page.digest,
    )
