"""What a feed says of its own pace, read from whatever stands around its items. Pure.

By pattern, not by parser: the words must be found in broken feeds too, and they are plain text in
elements without children. RSS 2.0 (rssboard.org) has `ttl` in minutes, `skipHours` and `skipDays`
in GMT; the syndication module of RSS 1.0 has `sy:updatePeriod` and `sy:updateFrequency`.
"""

from __future__ import annotations

import re
from datetime import timedelta

from pipeline.models import Hints

#: a publisher's wish beyond this is a default that nobody set
LONGEST = timedelta(days=7)
#: bytes that are looked at
_ENOUGH = 65_536

_PERIODS = {
    b"hourly": timedelta(hours=1), b"daily": timedelta(days=1), b"weekly": timedelta(days=7),
    b"monthly": timedelta(days=30), b"yearly": timedelta(days=365),
}  # fmt: skip
_DAYS = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")
_ITEM = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ITEM_END = (b"</item", b"</entry", b"</Item", b"</ITEM")
_WORDS = {name: re.compile(rb"<(?:\w+:)?" + name + rb"(?:\s[^<>]*)?>([^<>]{1,80})</")
          for name in (b"ttl", b"updateperiod", b"updatefrequency", b"hour", b"day")}  # fmt: skip


def read(around: bytes) -> Hints:
    """The hints in these bytes; what is misspelt or out of range says nothing."""
    text = _without_comments(around[:_ENOUGH].lower())
    # RSS 0.91 counted the hours from 1 to 24
    hours = {int(h) % 24 for h in _skipped(b"hour", text) if h.isdigit() and int(h) <= 24}
    days = {_DAYS.index(d) for d in _skipped(b"day", text) if d in _DAYS}
    return Hints(fresh_for=_ttl(text) or _period(text), skip_hours=frozenset(hours),
                 skip_days=frozenset(days))  # fmt: skip


def around_items(data: bytes) -> bytes:
    """What stands before the first item and after the last, of a feed too broken to take apart."""
    first = _ITEM.search(data)
    if first is None:
        return data
    last = max(data.rfind(end) for end in _ITEM_END)
    return data[: first.start()] + (data[last:] if last > first.start() else b"")


def _without_comments(text: bytes) -> bytes:
    """By cutting, not by pattern: one takes hours over comments that are never closed."""
    first, *rest = text.split(b"<!--")
    text = first + b"".join(piece.partition(b"-->")[2] for piece in rest)
    return text.replace(b"<![cdata[", b"").replace(b"]]>", b"")


def _skipped(name: bytes, text: bytes) -> list[bytes]:
    block = text.partition(b"<skip" + name + b"s")[2].partition(b"</skip" + name + b"s")[0]
    return _all(name, block)


def _all(name: bytes, text: bytes) -> list[bytes]:
    return [word.strip() for word in _WORDS[name].findall(text)]


def _number(name: bytes, text: bytes) -> int | None:
    """The first value, if it is a whole number above nought."""
    found = _all(name, text)
    return (int(found[0][:9]) or None) if found and found[0].isdigit() else None


def _ttl(text: bytes) -> timedelta | None:
    minutes = _number(b"ttl", text)
    return min(timedelta(minutes=minutes), LONGEST) if minutes else None


def _period(text: bytes) -> timedelta | None:
    period = next((_PERIODS[p] for p in _all(b"updateperiod", text) if p in _PERIODS), None)
    if period is None:
        return None
    times = _number(b"updatefrequency", text) if _all(b"updatefrequency", text) else 1
    return min(period / times, LONGEST) if times else None
