"""Lists of stories as Atom, JSON Feed and iCalendar, so that a saved search can be subscribed to.

Atom by RFC 4287, JSON Feed 1.1, iCalendar by RFC 5545 (the icalendar library folds and escapes).
An entry leads to the publisher's page; our page of the story, with the evidence, stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree as ET

from icalendar import Calendar, Event, vText

_ATOM = "http://www.w3.org/2005/Atom"
#: what XML 1.0 cannot hold
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """One entry. `url`: the story at its publisher, its id; `page`: our page of it, absolute."""

    url: str
    page: str
    title: str
    summary: str
    seen_at: str
    published_at: str | None
    publisher: str | None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """A list to subscribe to. `page`: its HTML; `address`: where this very feed lies, its id."""

    title: str
    description: str
    page: str
    address: str
    updated_at: str
    items: Sequence[Item]


def moment(value: str | None) -> str | None:
    """An RFC 3339 time with an offset; a bare date is its midnight, UTC. None: no time at all."""
    if not value:
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    return aware.isoformat(timespec="seconds")


def atom(feed: Feed) -> bytes:
    """The list as an Atom feed."""
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.description)
    _add(root, "id", feed.address)
    _add(root, "updated", moment(feed.updated_at) or "1970-01-01T00:00:00+00:00")
    _add(root, "link", rel="self", href=feed.address)
    _add(root, "link", rel="alternate", href=feed.page, type="text/html")
    _add(_add(root, "author"), "name", "Inspection Watch")
    for item in feed.items:
        entry = _add(root, "entry")
        _add(entry, "title", item.title)
        _add(entry, "id", item.url)
        _add(entry, "link", rel="alternate", href=item.url)
        _add(entry, "link", rel="related", href=item.page, title="The evidence")
        _add(entry, "updated", moment(item.seen_at) or "1970-01-01T00:00:00+00:00")
        if published := moment(item.published_at):
            _add(entry, "published", published)
        if item.publisher:
            _add(_add(entry, "author"), "name", item.publisher)
        for label in item.labels:
            _add(entry, "category", term=label)
        _add(entry, "summary", item.summary, type="text")
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    values = {key: _UNFIT.sub("", value) for key, value in attributes.items()}
    element = ET.SubElement(parent, f"{{{_ATOM}}}{name}", values)
    element.text = None if text is None else _UNFIT.sub("", text)
    return element


def json_feed(feed: Feed) -> dict[str, Any]:
    """The list as a JSON Feed 1.1 document."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "items": [_json_item(item) for item in feed.items],
    }


def _json_item(item: Item) -> dict[str, Any]:
    values = {
        "id": item.url,
        "url": item.page,
        "external_url": item.url,
        "title": item.title,
        "content_text": item.summary or item.title,
        "date_published": moment(item.published_at) or moment(item.seen_at),
        "date_modified": moment(item.seen_at),
        "authors": [{"name": item.publisher}] if item.publisher else None,
        "tags": list(item.labels) or None,
    }
    return {key: value for key, value in values.items() if value is not None}


def calendar(feed: Feed) -> bytes:
    """The list's days of publication as a calendar, an all-day event a story."""
    made = Calendar()
    made.add("prodid", "-//Inspection Watch//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", vText(feed.title))  # the library escapes no X- property itself
    for item in feed.items:
        day = _day(item.published_at or item.seen_at)
        stamp = moment(item.seen_at)
        if day is None or stamp is None:
            continue
        event = Event()
        event.add("uid", item.url)
        event.add("dtstamp", datetime.fromisoformat(stamp))
        event.add("dtstart", day)
        event.add("summary", item.title)
        event.add("description", f"{item.summary}\n\n{item.page}".strip())
        event.add("url", item.url)
        made.add_component(event)
    return bytes(made.to_ical())


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat((value or "")[:10])
    except ValueError:
        return None
