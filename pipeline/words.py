"""How figures are put to people, wherever they read them. Pure."""

from __future__ import annotations

from datetime import timedelta


def duration(time: timedelta) -> str:
    """'40 seconds', '15 minutes', '3 hours', '12 days': the largest unit that fits twice."""
    seconds = int(time.total_seconds())
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size or seconds == size:
            count = round(seconds / size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
