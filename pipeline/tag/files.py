"""The `tag` command: JSON lines in, one JSON line each out, in order."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any, cast, get_args

import structlog

from pipeline import tag
from pipeline.errors import TagError, WatchError
from pipeline.models import Access, Link, Story, Tags

log = structlog.get_logger()

#: The contract's keys, in its order, then `responses` and `details`; `known_by` follows them.
#: `cautions` are not among them: what is printed says nothing of who should see it.
KEYS = (
    "id", "text", "is_report", "inspection_type", "inspectorates", "bodies", "mentions",
    "judgements", "findings", "actions", "statistics", "themes", "places", "responses",
    "details",
)  # fmt: skip


def story(line: str, number: int) -> Story:
    """One input line: `id, url, title, text, published_at`, or what `clean` prints.

    Raises TagError for a line that is not such a record.
    """
    try:
        record = json.loads(line)
    except ValueError as e:
        raise TagError(f"is not JSON: {e}", record=f"line {number}") from e
    if not isinstance(record, dict):
        raise TagError("is not a JSON object", record=f"line {number}")
    identity = str(_first(record, "id", "input", "url") or f"line {number}")
    if _half_pair(identity):
        raise TagError(_HALF.format("id"), record=f"line {number}")
    if not isinstance(record.get("text"), str):
        problem = str(record.get("error") or "has no text")
        raise TagError(_HALF.format("error") if _half_pair(problem) else problem, record=identity)
    return Story(
        id=identity,
        url=_string(record, identity, "url"),
        title=_string(record, identity, "title") or _string(record, identity, "headline"),
        text=_string(record, identity, "text") or "",
        published_at=_string(record, identity, "published_at"),
        standfirst=_string(record, identity, "standfirst"),
        access=_access(record),
        links=_links(record),
        region=_string(record, identity, "region"),
    )


def _links(record: dict[str, Any]) -> tuple[Link, ...]:
    """As `clean` prints them; what is no such list is passed over: links are hints."""
    links = record.get("links")
    return tuple(
        Link(url=str(r["url"]), text=str(r.get("text") or ""))
        for r in (links if isinstance(links, list) else ()) if isinstance(r, dict) and r.get("url")
    )  # fmt: skip


def _access(record: dict[str, Any]) -> Access:
    """As `clean` prints it; a story without it, or with a word of others, is taken to be whole."""
    access = record.get("access")
    return cast(Access, access) if access in get_args(Access) else "open"


def _first(record: dict[str, Any], *keys: str) -> Any:
    return next((record[k] for k in keys if record.get(k) not in (None, "")), None)


def _string(record: dict[str, Any], identity: str, key: str) -> str | None:
    value = record.get(key)
    if value is not None and not isinstance(value, str):
        raise TagError(f"{key} is not a string", record=identity)
    if value and _half_pair(value):
        raise TagError(_HALF.format(key), record=identity)
    return value


_HALF = "{} holds half a surrogate pair, which is no character and cannot be written as UTF-8"


def _half_pair(value: str) -> bool:
    """JSON may escape one half of a pair alone ("\\ud83d"); UTF-8 has no bytes for it."""
    return any("\ud800" <= c <= "\udfff" for c in value)


def as_json(one: Story, made: Tags) -> dict[str, Any]:
    """The record that `tag` prints for a story."""
    record: dict[str, Any] = {"id": one.id, "text": one.text}
    for key in KEYS[2:]:
        value = getattr(made, key)
        record[key] = [dataclasses.asdict(v) for v in value] if isinstance(value, tuple) else value
    record["inspectorates"] = [{"id": a.id, "name": a.name} for a in made.inspectorates]
    record["bodies"] = [
        {"id": a.id, "name": a.name, "kind": a.kind, "code": a.code} for a in made.bodies
    ]
    record["known_by"] = [
        {"id": a.id, "role": role, "rule": a.rule, "confidence": a.confidence, "place": a.place,
         "identifiers": dict(a.identifiers)}
        for role, agencies in (("inspectorate", made.inspectorates), ("inspected", made.bodies))
        for a in agencies
    ]  # fmt: skip
    return record


def tag_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """One record for each line that is not blank; `{id, error}` for one that fails.

    A byte order mark before the first line is passed over. Raises KnowledgeError, which would
    fail every line.
    """
    for number, line in enumerate(lines, start=1):
        line = line.removeprefix("\ufeff") if number == 1 else line
        if line.strip():
            yield _tagged(line, number)


def _tagged(line: str, number: int) -> dict[str, Any]:
    identity = f"line {number}"
    try:
        one = story(line, number)
        identity = one.id
        return as_json(one, tag.tags(one))
    except TagError as e:
        return {"id": e.record, "error": e.problem}
    except WatchError:
        raise
    except Exception as e:  # one line must not cost those after it
        log.exception("tagging failed", id=identity)
        return {"id": identity, "error": f"could not be tagged: {type(e).__name__} (see the log)"}


def tag_files(files: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The records of several files in order; `-` is standard input. A file that cannot be read
    gives one record with its name and the error."""
    for name in files:
        try:
            if name == "-":
                yield from tag_lines(sys.stdin)
            else:
                with open(name, encoding="utf-8") as lines:
                    yield from tag_lines(lines)
        except OSError as e:
            yield {"id": name, "error": f"cannot be read: {e.strerror}"}
        except UnicodeDecodeError:
            yield {"id": name, "error": "is not UTF-8 text"}
