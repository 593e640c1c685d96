"""When to look again. Pure: times in, a time out.

A feed is looked at between `every` and `at_most`: near the first while it brings news, towards the
second as its silence grows. Failures double the wait; a publisher's own word (Retry-After,
max-age) may lengthen it. A small jitter, the same for a feed every time, spreads feeds that were
added together.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from pipeline.models import Failure, FeedState, Source

#: a feed that brought nothing for ten days is looked at once a day: a tenth of its silence
_SILENCE_SHARE = 10
_JITTER = 0.1
#: 410 Gone is looked at again all the same, for feeds do come back
_RETIRED = timedelta(days=7)
_RETRIES = (
    timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=16),
)  # fmt: skip

#: a page that failed so often is given up; its feed's own content takes its place
PAGE_ATTEMPTS = len(_RETRIES) + 1


def reserve(source: Source, now: datetime) -> datetime:
    """Due time written before a fetch: should the process die in it, the feed waits its turn."""
    return now + source.every


def after_success(
    source: Source,
    state: FeedState,
    now: datetime,
    *,
    new: bool,
    fresh_for: timedelta | None = None,
) -> datetime:
    """Next look at a feed that answered.

    Args:
        new: whether this answer brought anything.
        fresh_for: how long the publisher says the answer stays fresh, if it says.
    """
    silence = timedelta(0) if new or state.last_new_at is None else now - state.last_new_at
    wanted = max(source.every, silence / _SILENCE_SHARE, fresh_for or timedelta(0))
    return now + _within(source, wanted, state.url)


def after_failure(source: Source, state: FeedState, failure: Failure, now: datetime) -> datetime:
    """Next look at a feed that failed; `state.failures` counts the ones before this one.

    A Retry-After is kept even beyond `at_most`: who asks to be left alone is left alone
    (`failures.retry_after` bounds what may be asked).
    """
    if failure.grade == "ours":
        wanted = source.every
    elif failure.kind == "gone":
        wanted = max(_RETIRED, source.at_most)
        return now + wanted
    else:
        doublings = min(state.failures + 1, 16)
        wanted = source.every * 2**doublings
    return now + max(_within(source, wanted, state.url), failure.retry_after or timedelta(0))


def after_page_failure(attempts: int, failure: Failure, now: datetime) -> datetime | None:
    """Next try of a page that failed for the `attempts`-th time; None: it is given up."""
    if failure.grade == "permanent" or attempts >= PAGE_ATTEMPTS:
        return None
    return now + max(_RETRIES[attempts - 1], failure.retry_after or timedelta(0))


def fresh_for(headers: Mapping[str, str], ttl: timedelta | None) -> timedelta | None:
    """What `Cache-Control: max-age` and RSS `<ttl>` say, the longer of both; None if neither."""
    said = [ttl] if ttl else []
    control = headers.get("cache-control", "").lower()
    age = re.search(r"\bmax-age\s*=\s*\"?(\d{1,9})", control)
    if age and not re.search(r"\bno-(?:cache|store)\b", control):
        said.append(timedelta(seconds=int(age[1])))
    return max(said, default=None)


def _within(source: Source, wanted: timedelta, url: str) -> timedelta:
    """`wanted` brought into [every, at_most], moved by up to a tenth without leaving it."""
    base = min(max(wanted, source.every), source.at_most)
    share = int.from_bytes(hashlib.sha256(url.encode()).digest()[:4], "big") / 2**32
    jitter = base * _JITTER * share
    if base + jitter <= source.at_most:
        return base + jitter
    return max(base - jitter, source.every)
