"""How figures and cells are put to people, wherever they read them. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Any


def duration(time: timedelta) -> str:
    """'40 seconds', '15 minutes', '3 hours', '12 days': the largest unit that fits twice."""
    seconds = int(time.total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size or seconds == size:
            count = round(seconds / size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def spreadsheet_cell(value: Any) -> Any:
    """A cell of a CSV that no spreadsheet takes for a formula: text like one gets an apostrophe.

    Headlines and quotes are strangers' words. Numbers stay numbers, also when they are text.
    """
    if not isinstance(value, str):
        return value
    formula = value.lstrip()[:1] in ("=", "+", "-", "@") or value[:1] in ("\t", "\r")
    return f"'{value}" if formula and not _is_number(value) else value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
