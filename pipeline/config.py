"""`sources.yaml` → `Config`. Every complaint names file, record and key.

The file is small and written by hand by people who are not programmers, so a wrong key is an error
with a suggestion, never a silence: a misspelt `enabled` that is ignored would watch what the owner
believes is off.
"""

from __future__ import annotations

import difflib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from cssselect import HTMLTranslator, SelectorError

from pipeline.errors import ConfigError
from pipeline.models import Config, Listing, Source

EVERY = timedelta(minutes=30)
AT_MOST = timedelta(hours=24)
SHORTEST = timedelta(minutes=1)

_TOP = ("defaults", "watched", "sources")
_DEFAULTS = ("every", "at_most", "contact")
_SOURCE = (
    "id", "name", "homepage", "feeds", "sitemap", "page", "every", "at_most", "enabled",
    "pages", "linked_reports", "allow_private", "region", "note",
)  # fmt: skip
_PAGE = ("url", "item", "link", "headline", "date", "summary")
_KINDS = {"feed": ("feeds", "a feed"), "sitemap": ("sitemap", "a sitemap"),
          "page": ("page", "the page")}  # fmt: skip
#: what can stand in a header and be written to or opened
_CONTACT = re.compile(r"mailto:[!-?A-~]+@[!-?A-~]+|https?://[!-~]+", re.IGNORECASE)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def load(path: str | Path) -> Config:
    """Read and check the whole file.

    Raises:
        ConfigError: the file is missing or unreadable, is not YAML, or breaks a rule below.
    """
    return parse(_read(Path(path)), path=str(path))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            "there is no such file; name one with --sources, or start from the project's own",
            path=str(path),
        ) from None
    except UnicodeDecodeError as e:
        raise ConfigError(f"is not UTF-8 text (byte {e.start})", path=str(path)) from None
    except OSError as e:
        raise ConfigError(f"cannot be read: {e.strerror}", path=str(path)) from None


def parse(text: str, *, path: str) -> Config:
    """The same for text already read; `path` only names it in complaints."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(e, "problem", None) or "it cannot be parsed"
        raise ConfigError(f"is not valid YAML{where}: {problem}", path=path) from None
    if not isinstance(content, dict):
        raise ConfigError("must hold `defaults:` and `sources:`", path=path)
    _known_keys(content, _TOP, path=path, record=None)
    defaults = _mapping(content.get("defaults") or {}, path=path, record="defaults")
    _known_keys(defaults, _DEFAULTS, path=path, record="defaults")
    watched = _watched(content, path=path)
    records = content.get("sources")
    if not isinstance(records, list) or not records:
        raise ConfigError("must be a list with at least one source", path=path, key="sources")
    sources = tuple(_source(r, n, defaults, path=path) for n, r in enumerate(records, start=1))
    _unique(sources, path=path)
    contact = defaults.get("contact")
    if not isinstance(contact, str) or not contact.strip():
        raise ConfigError(
            "is missing: give a mailto: or https: address where a publisher can reach you",
            path=path, record="defaults", key="contact",
        )  # fmt: skip
    if not _CONTACT.fullmatch(contact.strip()):
        raise ConfigError(
            f"{_shown(contact)} is neither `mailto:` with an address nor an https: address: it is "
            "sent to publishers with every request",
            path=path, record="defaults", key="contact",
        )  # fmt: skip
    return Config(path=path, contact=contact.strip(), sources=sources, watched=watched)


def _watched(content: dict[str, Any], *, path: str) -> tuple[str, ...]:
    """The names as they are written, which `areas` looks up; none twice."""
    names = content.get("watched")
    if names is None:
        return ()
    if not isinstance(names, list):
        raise ConfigError(f"must be a list of agencies, regions or nations, not {_shown(names)}",
                          path=path, key="watched")  # fmt: skip
    made: dict[str, str] = {}
    for name in names:
        if not isinstance(name, str) or not name.strip():
            raise ConfigError("must hold the ids, codes or names of agencies, regions or nations, "
                              f"not {_shown(name)}", path=path, key="watched")  # fmt: skip
        name = " ".join(name.split())
        if name.casefold() in made:
            raise ConfigError(f"holds {_shown(name)} twice", path=path, key="watched")
        made[name.casefold()] = name
    return tuple(made.values())


def _source(record: Any, number: int, defaults: dict[str, Any], *, path: str) -> Source:
    name = f"number {number}"
    record = _mapping(record, path=path, record=name)
    id_ = record.get("id")
    if not isinstance(id_, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", id_):
        raise ConfigError(
            "must be given, in lower-case letters, digits and hyphens: it is part of the archive",
            path=path, record=name, key="id",
        )  # fmt: skip
    _known_keys(record, _SOURCE, path=path, record=id_)
    every = _duration(record, defaults, "every", EVERY, path=path, record=id_)
    at_most = _duration(record, defaults, "at_most", max(AT_MOST, every), path=path, record=id_)
    if at_most < every:
        raise ConfigError("is shorter than `every`", path=path, record=id_, key="at_most")
    enabled = _flag(record, "enabled", True, path=path, record=id_)
    feeds = _addresses(record, "feeds", path=path, record=id_)
    sitemaps = _addresses(record, "sitemap", path=path, record=id_)
    listing = _listing(record, path=path, record=id_)
    if enabled and not (feeds or sitemaps or listing):
        raise ConfigError("must hold at least one address where there is no `sitemap` and no "
                          "`page` (or set `enabled: false`)",
                          path=path, record=id_, key="feeds")  # fmt: skip
    return Source(
        id=id_,
        name=_text(record, "name", path=path, record=id_) or id_,
        homepage=_optional_url(record, path=path, record=id_),
        feeds=feeds,
        sitemaps=sitemaps,
        listing=listing,
        every=every,
        at_most=at_most,
        enabled=enabled,
        pages=_flag(record, "pages", True, path=path, record=id_),
        linked_reports=_flag(record, "linked_reports", False, path=path, record=id_),
        allow_private=_flag(record, "allow_private", False, path=path, record=id_),
        region=_text(record, "region", path=path, record=id_),
        note=_text(record, "note", path=path, record=id_),
    )


def _mapping(value: Any, *, path: str, record: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(
            f"must be `key: value` lines, not {_shown(value)}", path=path, record=record
        )
    return value


def _known_keys(
    content: dict[str, Any], allowed: tuple[str, ...], *, path: str, record: str | None,
    within: str = "",
) -> None:  # fmt: skip
    for key in content:
        if key in allowed:
            continue
        near = difflib.get_close_matches(str(key), allowed, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"known are: {', '.join(allowed)}"
        raise ConfigError(f"is not a key here; {hint}", path=path, record=record,
                          key=f"{within}{key}")  # fmt: skip


def _text(content: dict[str, Any], key: str, *, path: str, record: str) -> str | None:
    value = content.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise ConfigError(f"must be text, not {_shown(value)}", path=path, record=record, key=key)
    return " ".join(value.split())


def _flag(content: dict[str, Any], key: str, default: bool, *, path: str, record: str) -> bool:
    value = content.get(key, default)
    if not isinstance(value, bool):
        raise ConfigError(
            f"must be true or false, not {_shown(value)}",
            path=path, record=record, key=key,
        )  # fmt: skip
    return value


def _duration(
    content: dict[str, Any], defaults: dict[str, Any], key: str, default: timedelta, *, path: str,
    record: str,
) -> timedelta:  # fmt: skip
    source, named = (content, record) if key in content else (defaults, "defaults")
    if key not in source:
        return default
    match = re.fullmatch(r"(\d+)\s*([smhd])", str(source[key]).strip())
    if not match:
        raise ConfigError(
            f"must be a number with s, m, h or d, such as 30m, not {_shown(source[key])}",
            path=path, record=named, key=key,
        )  # fmt: skip
    try:
        value = timedelta(seconds=int(match[1]) * _UNITS[match[2]])
    except OverflowError:
        value = timedelta.max
    if not SHORTEST <= value <= timedelta(days=366):
        raise ConfigError("must be between 1m and 366d", path=path, record=named, key=key)
    return value


def _addresses(content: dict[str, Any], key: str, *, path: str, record: str) -> tuple[str, ...]:
    """One address or a list of them."""
    value = content.get(key, [])
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise ConfigError(f"must be a list of addresses, not {_shown(value)}",
                          path=path, record=record, key=key)  # fmt: skip
    addresses = tuple(_url(v, path=path, record=record, key=key) for v in value)
    if len(set(addresses)) < len(addresses):
        raise ConfigError("holds one address twice", path=path, record=record, key=key)
    return addresses


def _listing(content: dict[str, Any], *, path: str, record: str) -> Listing | None:
    """`page`: the address of a page that lists stories, and how to find them on it."""
    value = content.get("page")
    if value is None:
        return None
    if not isinstance(value, dict):
        raise ConfigError("must hold `url:` and `item:`, a CSS selector that finds each story, "
                          f"not {_shown(value)}", path=path, record=record, key="page")  # fmt: skip
    _known_keys(value, _PAGE, path=path, record=record, within="page.")
    selectors = {key: _selector(value, key, path=path, record=record) for key in _PAGE[1:]}
    item = selectors.pop("item")
    if item is None:
        raise ConfigError("is missing: a CSS selector that finds each story on the page",
                          path=path, record=record, key="page.item")  # fmt: skip
    url = _url(value.get("url"), path=path, record=record, key="page.url")
    return Listing(url=url, item=item, **selectors)


def _selector(content: dict[str, Any], key: str, *, path: str, record: str) -> str | None:
    text = content.get(key)
    if text is None:
        return None
    try:
        HTMLTranslator().css_to_xpath(text if isinstance(text, str) else "")
    except SelectorError as e:
        raise ConfigError(f"{_shown(text)} is not a CSS selector that can be used: {e}",
                          path=path, record=record, key=f"page.{key}") from None  # fmt: skip
    return " ".join(str(text).split())


def _optional_url(content: dict[str, Any], *, path: str, record: str) -> str | None:
    value = content.get("homepage")
    if value is None:
        return None
    return _url(value, path=path, record=record, key="homepage")


def _url(value: Any, *, path: str, record: str | None, key: str) -> str:
    problem = address_problem(value)
    if problem:
        raise ConfigError(problem, path=path, record=record, key=key)
    return str(value)


def address_problem(value: Any) -> str | None:
    """Why this is no address that can be watched; None for one that is."""
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        good = parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port if parts else None
    except ValueError:
        good = False
    if not good or re.search(r"\s", value):
        return f"{_shown(value)} is not an http or https address"
    if parts is not None and "@" in parts.netloc:
        # the address is a key of the archive, which is served and exported
        return "must not hold a user name or password: addresses are public in the archive"
    return None


def _unique(sources: tuple[Source, ...], *, path: str) -> None:
    seen: dict[str, tuple[str, str]] = {}
    ids: set[str] = set()
    for source in sources:
        if source.id in ids:
            raise ConfigError("is the id of two sources", path=path, record=source.id, key="id")
        ids.add(source.id)
        for address, kind in source.watched:
            key, words = _KINDS[kind]
            if address in seen:
                earlier, of = seen[address]
                raise ConfigError(f"{address} is also {earlier} of {of}",
                                  path=path, record=source.id, key=key)  # fmt: skip
            seen[address] = (words, source.id)


def _shown(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
