"""Dates as pages write them → ISO 8601, claiming no more than was written.

An offset is kept; a day without a time stays `YYYY-MM-DD`; British dates have the day first.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from dateutil import parser
from dateutil.tz import gettz, tzoffset, tzutc

_MONTH = (r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
          r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)")  # fmt: skip
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.I)
_CLOCK = re.compile(
    r"\b([01]?\d|2[0-3])[:.]([0-5]\d)(?::[0-5]\d)?\s*([ap]m)?|\b1?\d\s*[ap]m\b", re.I
)
#: a calendar day in running text
DAY = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\.?,?\s+(?:19|20)\d\d"
    rf"|{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d"
    r"|(?:19|20)\d\d-[01]\d-[0-3]\d"
    r"|[0-3]?\d[/.][01]?\d[/.](?:19|20)\d\d)\b",
    re.I,
)
_WHOLE = re.compile(r"^\d{4}-\d\d-\d\d$")
_TIMED = re.compile(r"\d[:.]\d\d|\d\s*[ap]m\b|T\d\d", re.I)
_COMPACT = re.compile(r"^(\d{4})(\d\d)(\d\d)$")
_EPOCH = re.compile(r"^1\d{9}(?:\d{3})?$")
_YEAR_FIRST = re.compile(r"^\s*\d{4}[-/]")
_URL_DAY = re.compile(
    rf"/((?:19|20)\d\d)[/-]([01]?\d|{_MONTH})[/-]([0-3]?\d)(?:[/-]|$)"
    r"|/((?:19|20)\d\d)([01]\d)([0-3]\d)(?:[/-]|$)", re.I)  # fmt: skip
#: what British pages append; others that dateutil knows it reads by itself
_ZONES = {"BST": tzoffset("BST", 3600), "GMT": tzutc(), "UTC": tzutc(), "Z": tzutc(),
          "IST": gettz("Europe/Dublin"), "CET": tzoffset("CET", 3600),
          "CEST": tzoffset("CEST", 7200), "EST": tzoffset("EST", -18000),
          "EDT": tzoffset("EDT", -14400), "CST": tzoffset("CST", -21600),
          "CDT": tzoffset("CDT", -18000), "PST": tzoffset("PST", -28800),
          "PDT": tzoffset("PDT", -25200), "MST": tzoffset("MST", -25200),
          "ET": gettz("America/New_York"), "PT": gettz("America/Los_Angeles"),
          "AEST": tzoffset("AEST", 36000), "AEDT": tzoffset("AEDT", 39600)}  # fmt: skip


def iso(text: str | None) -> str | None:
    """A machine's or a person's date as ISO 8601, or None when no whole day is in it."""
    text = (text or "").strip()
    if not text or len(text) > 80:
        return None
    if _EPOCH.match(text):
        return datetime.fromtimestamp(int(text[:10]), UTC).isoformat()
    if m := _COMPACT.match(text):
        text = "-".join(m.groups())
    if not _YEAR_FIRST.match(text):
        return _from_words(text)
    return _parsed(text, dayfirst=False)


def first_day(text: str) -> str | None:
    """The first calendar day named in running text, with its time if one stands beside it."""
    m = DAY.search(text)
    return _from_words(text[max(0, m.start() - 12) : m.end() + 20]) if m else None


def day_in_url(url: str) -> str | None:
    """`/2018/01/16/`, `/2018/jan/16/`, `/20180116/` → 2018-01-16."""
    m = _URL_DAY.search(url)
    return _parsed("-".join(g for g in m.groups() if g), dayfirst=False) if m else None


def _from_words(text: str) -> str | None:
    m = DAY.search(text)
    if m is None:
        return _parsed(text, dayfirst=True) if re.match(r"^\w{3}, \d", text) else None
    day = _ORDINAL.sub("", m[0]).replace(" of ", " ")
    # beyond a bar or a word such as "updated" another date begins
    rest = re.split(r"[|•]|updated|modified", text[m.end() : m.end() + 30], flags=re.I)[0]
    before = text[max(0, m.start() - 14) : m.start()]
    clock = _clock(rest) or _clock(before)
    return _parsed(f"{day} {clock}" if clock else day, dayfirst=True)


def _clock(text: str) -> str | None:
    """A time of day with its zone, if one is written right here."""
    m = _CLOCK.search(text)
    if m is None:
        return None
    zone = re.match(r"\s*\(?(BST|GMT|UTC|E[SD]?T|[CP][SD]T|[+-]\d\d:?\d\d|Z)\b", text[m.end() :])
    return m[0].replace(".", ":") + (f" {zone[1]}" if zone else "")


def _parsed(text: str, *, dayfirst: bool) -> str | None:
    # two defaults tell whether the day was written or made up by the parser
    try:
        one, two = (
            parser.parse(text, dayfirst=dayfirst, tzinfos=_ZONES, default=default)
            for default in (datetime(2001, 2, 3), datetime(2002, 4, 5))
        )
    except (ValueError, OverflowError, TypeError):
        return None
    if one.date() != two.date() or not 1990 <= one.year <= 2100:
        return None
    if _WHOLE.match(text) or not _TIMED.search(DAY.sub(" ", text)):
        return one.date().isoformat()
    return one.replace(microsecond=0).isoformat()
