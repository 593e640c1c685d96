"""Changing and checking `sources.yaml`: add, import and export OPML, check.

The file belongs to its owner: records are appended as text, so that comments and order stay, the
result is checked as a whole before it replaces the old file, and a failure leaves the old one.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import listparser
import yaml

from pipeline import config
from pipeline.errors import ConfigError, WatchError
from pipeline.models import Config, FeedKind, Source
from pipeline.watch.probe import look, probe


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """What `sources check` found at one address."""

    source_id: str
    feed_url: str
    ok: bool
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Import:
    """What came of an OPML file: sources added, those already there, and why others were left."""

    added: int
    known: int
    refused: tuple[str, ...]  #: one sentence each


def add(path: Path, url: str, *, id_: str | None, name: str | None,
        allow_private: bool) -> Source:  # fmt: skip
    """Append the feed or news sitemap at `url`, or the one that its site turns out to have.

    Raises:
        ConfigError: the file is wrong, or the feed or the id is already there.
        FetchError, FeedError: nothing useful answers at `url`.
    """
    settings = config.load(path)
    found = probe(url, contact=settings.contact, allow_private=allow_private)
    record: dict[str, object] = {
        "id": id_ or _free_id(settings, urlsplit(found.feed_url).hostname or "source"),
        "name": name or found.title or urlsplit(found.feed_url).hostname,
        **({"homepage": found.homepage} if found.homepage else {}),
        **({"sitemap": found.feed_url} if found.kind == "sitemap" else {"feeds": [found.feed_url]}),
    }
    if allow_private:
        record["allow_private"] = True
    return _append(path, settings, [record])[0]


def check(settings: Config, ids: Sequence[str], *,
          progress: Callable[[str, int, int], None]) -> tuple[Check, ...]:  # fmt: skip
    """Look once at each address of the enabled sources (or of `ids`); stores nothing.

    Raises:
        ConfigError: there is no source of that id.
    """
    unknown = set(ids) - {s.id for s in settings.sources}
    if unknown:
        raise ConfigError("there is no such source", path=settings.path, record=sorted(unknown)[0])
    wanted = [s for s in settings.sources if (s.id in ids if ids else s.enabled)]
    jobs = [(source, *watched) for source in wanted for watched in source.watched]
    results = []
    for done, (source, url, kind) in enumerate(jobs, start=1):
        results.append(_check_one(source, url, kind, settings.contact))
        progress("addresses checked", done, len(jobs))
    return tuple(results)


def _check_one(source: Source, url: str, kind: FeedKind, contact: str) -> Check:
    try:
        found = look(url, kind=kind, listing=source.listing, contact=contact,
                     allow_private=source.allow_private)  # fmt: skip
    except WatchError as e:
        return Check(source_id=source.id, feed_url=url, ok=False, words=str(e))
    words = f"{found.entries} entries, newest {found.newest or 'without a date'}"
    if found.headline:
        words += f", first “{found.headline[:80]}”"
    return Check(source_id=source.id, feed_url=url, ok=True, words=words)


def import_opml(path: Path, file: Path) -> Import:
    """Append every feed of an OPML file that is not watched yet; a bad address stops no other.

    Raises:
        ConfigError: either file is missing or wrong, or the OPML holds no feeds.
    """
    settings = config.load(path)
    try:
        # bytes, never a name: the library would fetch an address
        outline = listparser.parse(file.read_bytes())
    except OSError as e:
        raise ConfigError(f"cannot be read: {e.strerror}", path=str(file)) from None
    if not outline.feeds:
        why = f" ({outline.bozo_exception})" if outline.bozo else ""
        raise ConfigError(f"is not an OPML list with feeds{why}", path=str(file))
    watched = {url for source in settings.sources for url, _ in source.watched}
    records: list[dict[str, object]] = []
    refused: list[str] = []
    ids = {s.id for s in settings.sources}
    known = 0
    for feed in outline.feeds:
        url, title = feed.url.strip(), " ".join((feed.title or "").split())
        problem = config.address_problem(url)
        if problem:
            refused.append(
                f"{title or 'A feed without a name'} was left out: its address {problem}"
            )
        elif url in watched:
            known += 1
        else:
            watched.add(url)
            id_ = _unused(_slug(title or urlsplit(url).hostname or "source"), ids)
            ids.add(id_)
            records.append({"id": id_, "name": title or url, "feeds": [url]})
    if records:
        _append(path, settings, records)
    return Import(added=len(records), known=known, refused=tuple(refused))


def beyond_opml(settings: Config) -> str | None:
    """What an export leaves out, in a sentence; None where OPML can carry everything."""
    enabled = [s for s in settings.sources if s.enabled]
    sitemaps, pages = sum(len(s.sitemaps) for s in enabled), sum(bool(s.listing) for s in enabled)
    left = [f"{n} {what}{'s' if n > 1 else ''}"
            for n, what in ((sitemaps, "news sitemap"), (pages, "listing page")) if n]  # fmt: skip
    return f"Left out, as OPML has no word for them: {' and '.join(left)}." if left else None


def export_opml(settings: Config) -> str:
    """OPML 2.0 of the feeds of all enabled sources.

    OPML has no word for "off": a source that refuses robots would be fetched by whoever imports
    the list, ourselves included.
    """
    opml = ElementTree.Element("opml", version="2.0")
    head = ElementTree.SubElement(opml, "head")
    ElementTree.SubElement(head, "title").text = "Inspection Watch: sources"
    body = ElementTree.SubElement(opml, "body")
    for source in settings.sources:
        for feed in source.feeds if source.enabled else ():
            line = {"type": "rss", "text": source.name, "title": source.name, "xmlUrl": feed}
            if source.homepage:
                line["htmlUrl"] = source.homepage
            ElementTree.SubElement(body, "outline", line)
    ElementTree.indent(opml)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(opml, "unicode")


def _append(path: Path, settings: Config, records: Sequence[dict[str, object]]) -> list[Source]:
    old = path.read_text(encoding="utf-8")
    indent = _indent(old)
    new, rest_of_file = _parted(old if old.endswith("\n") else old + "\n")
    for record in records:
        lines = yaml.safe_dump(record, sort_keys=False, allow_unicode=True, width=1000)
        first, *rest = lines.rstrip("\n").split("\n")
        new += f"{indent}- {first}\n" + "".join(f"{indent}  {line}\n" for line in rest)
    new += rest_of_file
    after = config.parse(new, path=str(path))
    before = {s.id for s in settings.sources}
    added = [s for s in after.sources if s.id not in before]
    if len(added) != len(records):
        raise ConfigError("its last lines are not the list of sources, so nothing can be appended",
                          path=str(path))  # fmt: skip
    _replace(path, new)
    return added


def _parted(text: str) -> tuple[str, str]:
    """The file up to the end of `sources:`, and what follows: another key, with its comments."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    keys = root.value if isinstance(root, yaml.MappingNode) else []
    starts = {key.value: key.start_mark.index for key, _ in keys}
    end = min((at for at in starts.values() if at > starts["sources"]), default=len(text))
    if end < len(text):
        above = re.search(r"(?:^(?:#.*)?\n)*\Z", text[:end], re.MULTILINE)
        end = above.start() if above else end
    return text[:end], text[end:]


def _indent(text: str) -> str:
    """How the records of `sources:` are indented; two spaces where that cannot be seen."""
    match = re.search(r"^sources:[^\n]*\n(?:\s*(?:#[^\n]*)?\n)*(\s*)- ", text, re.MULTILINE)
    return match[1] if match else "  "


def _replace(path: Path, text: str) -> None:
    """Atomically: a full disk or a crash leaves the old file."""
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=path.name, delete=False
        ) as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())
        os.chmod(f.name, path.stat().st_mode)
        os.replace(f.name, path)
    except OSError as e:
        raise ConfigError(f"cannot be written: {e.strerror}", path=str(path)) from None


def _free_id(settings: Config, host: str) -> str:
    return _unused(
        _slug(re.sub(r"^(www|feeds?|rss)\.", "", host)), {s.id for s in settings.sources}
    )


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:56] or "source"


def _unused(slug: str, taken: set[str]) -> str:
    number, candidate = 1, slug
    while candidate in taken:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
