"""Dates as pages write them → ISO 8601, claiming no more than was written.

An offset is kept; a time without one stays without; a day without a time stays `YYYY-MM-DD`.
`3/4/2024` is 3 April, as in Britain, unless the caller says that the page is American (or the
second number can be no month). Months are read in English and Welsh.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_MONTH = (r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
          r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|ionawr|chwefror|mawrth|ebrill|"
          r"mai|mehefin|gorffennaf|awst|medi|hydref|tachwedd|rhagfyr)")  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(
    ("jan ion", "feb chw", "mar maw", "apr ebr", "may mai", "jun meh", "jul gor", "aug aws",
     "sep med", "oct hyd", "nov tac", "dec rha"), 1) for name in names.split()}  # fmt: skip
_ORDINAL = r"(?:st|nd|rd|th|ain|af|il|ydd|eg|fed)?"
_YEAR = r"(?:19|20)\d\d"
#: a calendar day in running text
DAY = re.compile(
    rf"\b(?:(?P<d1>\d{{1,2}}){_ORDINAL}(?:\s+(?:of\s+)?|-)(?P<m1>{_MONTH})(?:\.?,?\s+|-)(?P<y1>{_YEAR})\b"
    rf"|(?P<m2>{_MONTH})\.?\s+(?P<d2>\d{{1,2}}){_ORDINAL}(?:,\s*|\s+)(?P<y2>{_YEAR})\b"
    rf"|(?P<y5>{_YEAR})\s+(?P<m5>{_MONTH})\.?\s+(?P<d5>\d{{1,2}})\b"
    rf"|(?P<y3>{_YEAR})(?P<s3>[-/.])(?P<m3>[01]?\d)(?P=s3)(?P<d3>[0-3]?\d)(?!\d)"
    rf"|(?P<a4>[0-3]?\d)(?P<s4>[-/.])(?P<b4>[0-3]?\d)(?P=s4)(?P<y4>{_YEAR})\b)",
    re.I,
)
_HAS_YEAR = re.compile(_YEAR)  #: most texts have none, and that is seen at once
_CLOCK = re.compile(
    r"(?:\b|(?<=T))(?P<h>[01]?\d|2[0-3])(?:[:.](?P<m>[0-5]\d)(?::(?P<s>[0-5]\d)(?:[.,]\d+)?)?"
    r"\s*(?P<half>[ap]\.?m\b)?|\s*(?P<hour>[ap]\.?m\b))", re.I)  # fmt: skip
_ZONE = re.compile(
    r"\.?\s*\(?(?:(?:GMT|UTC)?(?P<sign>[+-])(?P<zh>\d\d):?(?P<zm>\d\d)|(?P<name>[A-Z]{1,4})\b)"
)
_STAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?"
    r"\s*(?:(Z|UTC|GMT)|([+-])(\d\d)(?::?(\d\d))?)?)?", re.I)  # fmt: skip
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?(?:\.\d+)?(Z)?)?")
_SHORT_YEAR = re.compile(r"([0-3]?\d)([/.])([0-3]?\d)\2(\d\d)")
_EPOCH = re.compile(r"(1\d{9})(?:\d{3})?")
_URL_DAY = re.compile(
    rf"/((?:19|20)\d\d)[/-]([01]?\d|{_MONTH})[/-]([0-3]?\d)(?:[/-]|$)"
    r"|/((?:19|20)\d\d)([01]\d)([0-3]\d)(?:[/-]|$)", re.I)  # fmt: skip
#: what pages append to a time; British first
_ZONES: dict[str, tzinfo] = {
    "GMT": UTC, "UTC": UTC, "Z": UTC, "BST": timezone(timedelta(hours=1)),
    "IST": ZoneInfo("Europe/Dublin"), "CET": timezone(timedelta(hours=1)),
    "CEST": timezone(timedelta(hours=2)), "ET": ZoneInfo("America/New_York"),
    "PT": ZoneInfo("America/Los_Angeles"), "AEST": timezone(timedelta(hours=10)),
    "AEDT": timezone(timedelta(hours=11)),
    **{f"{zone}{kind}T": timezone(timedelta(hours=hours + (kind == "D")))
       for zone, hours in (("E", -5), ("C", -6), ("M", -7), ("P", -8)) for kind in "SD"},
}  # fmt: skip
_EARLIEST, _LATEST = 1990, 2100  #: years; what is outside is a default or a mistake


def has_day(text: str) -> bool:
    """Is a calendar day named in it?"""
    return _HAS_YEAR.search(text) is not None and DAY.search(text) is not None


def without_days(text: str, by: str = " ", count: int = 0) -> str:
    """The text with `by` in place of its calendar days (of `count` of them; 0: of all)."""
    return DAY.sub(by, text, count=count) if _HAS_YEAR.search(text) else text


def iso(text: str | None, *, monthfirst: bool = False) -> str | None:
    """A machine's or a person's date as ISO 8601, or None when no whole day is in it."""
    text = (text or "").strip()
    if not text or len(text) > 80:
        return None
    if m := _STAMP.fullmatch(text):
        return _stamp(m)
    if m := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(m[1]), UTC).isoformat()
    if m := _COMPACT.fullmatch(text):
        zone = UTC if m[7] else None
        clock = (int(m[4]), int(m[5]), int(m[6] or 0)) if m[4] else None
        return _written(int(m[1]), int(m[2]), int(m[3]), clock, zone)
    if m := _SHORT_YEAR.fullmatch(text):
        text = f"{m[1]}/{m[3]}/20{m[4]}"
    m = DAY.search(text)
    return _from_words(text, m, monthfirst=monthfirst) if m else None


def first_day(text: str) -> str | None:
    """The first calendar day named in running text, with its time if one stands beside it."""
    m = DAY.search(text)
    return _from_words(text, m) if m else None


def day_in_url(url: str) -> str | None:
    """`/2018/01/16/`, `/2018/jan/16/`, `/20180116/` → 2018-01-16."""
    m = _URL_DAY.search(url)
    if m is None:
        return None
    year, month, day = (g for g in m.groups() if g)
    return _written(int(year), _month(month), int(day))


def _stamp(m: re.Match[str]) -> str | None:
    zone: tzinfo | None = UTC if m[7] else None
    if m[8]:
        zone = _offset(m[8], m[9], m[10] or "0")
    clock = (int(m[4]), int(m[5]), int(m[6] or 0)) if m[4] else None
    return _written(int(m[1]), int(m[2]), int(m[3]), clock, zone)


def _from_words(text: str, m: re.Match[str], *, monthfirst: bool = False) -> str | None:
    year, month, day = _calendar(m, monthfirst=monthfirst)
    # beyond a bar or a word such as "updated" another date begins
    rest = re.split(r"[|•]|updated|modified", text[m.end() : m.end() + 30], flags=re.I)[0]
    for near in (rest, text[max(0, m.start() - 14) : m.start()]):
        if clock := _CLOCK.search(near):
            return _written(year, month, day, _time(clock), _zone(near[clock.end() :]))
    return _written(year, month, day)


def _calendar(m: re.Match[str], *, monthfirst: bool) -> tuple[int, int, int]:
    if m["y4"]:
        one, other = int(m["a4"]), int(m["b4"])
        if (monthfirst and one <= 12) or other > 12:
            one, other = other, one
        return int(m["y4"]), other, one
    for n in "1235":
        if m[f"y{n}"]:
            return int(m[f"y{n}"]), _month(m[f"m{n}"]), int(m[f"d{n}"])
    raise AssertionError("DAY has five forms")


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _MONTHS[text[:3].lower()]


def _time(m: re.Match[str]) -> tuple[int, int, int]:
    hour, half = int(m["h"]), (m["half"] or m["hour"] or "").lower()[:1]
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour, int(m["m"] or 0), int(m["s"] or 0)


def _zone(text: str) -> tzinfo | None:
    """The zone written right behind a time of day."""
    m = _ZONE.match(text)
    if m is None:
        return None
    return _offset(m["sign"], m["zh"], m["zm"]) if m["sign"] else _ZONES.get(m["name"])


def _offset(sign: str, hours: str, minutes: str) -> tzinfo | None:
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if offset > timedelta(hours=14):
        return None
    return timezone(-offset if sign == "-" else offset)


def _written(
    year: int,
    month: int,
    day: int,
    clock: tuple[int, int, int] | None = None,
    zone: tzinfo | None = None,
) -> str | None:
    """ISO 8601 of what was written; None where no calendar has such a day, or the year is odd."""
    if not _EARLIEST <= year <= _LATEST:
        return None
    try:
        if clock is None:
            return date(year, month, day).isoformat()
        return datetime(year, month, day, *clock, tzinfo=zone).isoformat()
    except ValueError:
        return None
