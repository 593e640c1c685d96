"""When to look again. Pure: times in, a time out.

A feed is looked at between `every` and `at_most` (both the user's). Between them its own rhythm
decides: the next look is when `STORIES_A_LOOK` of a story is to be expected, so a daily is looked
at often of a morning and hardly at night. A feed whose rhythm is not learned yet is looked at when
a tenth of its silence has passed.

The publisher's word (max-age, Expires, ttl, sy:updatePeriod, skipHours, skipDays) makes looks
later, never earlier. All these are hints of what may be left out, so the user's `at_most` wins over
them, and so does the risk of a gap: not more than half a list of stories is let pass unseen.
Retry-After is a request to a client that did too much, and wins over everything.

Failures double the wait. Feeds that were added together, or fell behind together, are spread over a
whole interval; a small jitter, the same for a feed every time, keeps them apart.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pipeline.models import Failure, FeedState, Gap, Hints, Rhythm, Source
from pipeline.watch import rhythm as rhythms
from pipeline.watch.failures import LONGEST_WAIT

#: How much of a story is to be expected at a look. Chosen by simulation (`tests/watch/pace.py`):
#: feeds of 20 items, `every` 30 minutes, `at_most` a day, 12 weeks of learning, then 14 measured,
#: 24 runs each. Mean minutes until a story is seen, and requests a day:
#:
#:                            `every`    silence / 10     0.05        0.1         0.2
#:   daily, 30 stories a day  16, 45.7     16, 44.7     16, 43.9    16, 41.2    17, 38.2
#:   council, 3 a week        16, 45.7    194, 11.0     57,  7.6   141,  3.9   312,  2.0
#:   weekly, 1 a week         16, 45.7    576,  4.2     72,  2.5   145,  1.6   301,  1.3
#:
#: 0.05 shows a story within about an hour, with fewer requests than a tenth of the silence takes.
STORIES_A_LOOK = 0.05

#: a feed that brought nothing for ten days is looked at once a day: a tenth of its silence
_SILENCE_SHARE = 10
_JITTER = 0.1
_NO_CACHE = re.compile(r"\bno-(?:cache|store)\b")
_MAX_AGE = re.compile(r"(?<![\w-])max-age\s*=\s*\"?(\d{1,9})")
_NONE = timedelta(0)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
#: 410 Gone is looked at again all the same, for feeds do come back
_RETIRED = timedelta(days=7)
_RETRIES = (
    timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=16),
)  # fmt: skip

#: a page that failed so often is given up; its feed's own content takes its place
PAGE_ATTEMPTS = len(_RETRIES) + 1

#: 304s in a row, and time without a whole answer, after which "not modified" is put to the test. A
#: false 304 is rare, so the test must be cheap: at most one whole answer a day, at looks a tenth
#: apart one request in eleven. 20 hours, not 24, so that a feed looked at once a day is not tested
#: a day late each time its look drifts.
_PROOF_AFTER, _PROOF_TIME = 10, timedelta(hours=20)
#: a server whose 304 was false is asked for everything for so long, then trusted again on trial
DISTRUST = timedelta(days=30)
#: a window of so few items is new at every look of a busy feed
_SMALL_WINDOW = 2


# ---------------------------------------------------------------- is it time?


def is_due(state: FeedState, source: Source, now: datetime) -> bool:
    """Whether a feed is to be looked at now, by its due time or because that cannot be right."""
    return state.due_at is None or state.due_at <= now or overdue(state, now, source.at_most)


def overdue(state: FeedState, now: datetime, at_most: timedelta) -> bool:
    """Whether a due time was set by a clock that was wrong, or by bounds that are gone.

    That is so when it is further off than any interval could be, or when the last look lies in the
    future. (An hour is forgiven: clocks are set back by seconds all the time.)
    """
    longest = max(at_most, LONGEST_WAIT, _RETIRED if state.retired_at else _NONE)
    if state.due_at is not None and state.due_at - now > longest + _HOUR:
        return True
    return state.checked_at is not None and state.checked_at - now > _HOUR


def reserve(source: Source, now: datetime) -> datetime:
    """Due time written before a fetch: should the process die in it, the feed waits its turn."""
    return now + source.every


# ---------------------------------------------------------------- what to ask


def conditions(state: FeedState) -> tuple[str | None, str | None]:
    """(ETag, Last-Modified) to send; none while the server's 304 is not believed.

    The state has no clock of its own: its last look tells the time.
    """
    if state.distrusted_at is not None:
        since = (state.checked_at or state.distrusted_at) - state.distrusted_at
        if -_HOUR < since < DISTRUST:
            return None, None
    return state.etag, state.last_modified


def wants_proof(state: FeedState, now: datetime) -> bool:
    """Whether a 304 that comes now is to be tested by asking for everything right after it.

    After ten in a row and 20 hours; a server that lied before is on trial and tested after 20
    hours, however few its 304s.
    """
    if state.last_whole_at is None:
        return True  # a 304 without an answer to go by proves nothing
    enough = state.distrusted_at is not None or state.unmodified + 1 >= _PROOF_AFTER
    waited = now - state.last_whole_at
    return enough and (waited >= _PROOF_TIME or waited < _NONE)


# ---------------------------------------------------------------- when next


def after_success(
    source: Source,
    state: FeedState,
    now: datetime,
    *,
    rhythm: Rhythm | None,
    hints: Hints,
    headers: Mapping[str, str],
    new: bool,
) -> datetime:
    """Next look at a feed that answered.

    Args:
        state: from before this look.
        rhythm: with what this answer taught.
        hints: the feed's own, kept from its last whole answer.
        headers: of this answer, names in lower case; a 304's count too.
        new: whether this answer brought anything.
    """
    learned = rhythm if rhythms.is_learned(rhythm) else None
    if learned:
        # Half to one and a half, another each time: papers that all start at seven would otherwise
        # be looked at in the same minutes (1,000 alike: 330 instead of 540 in ten minutes).
        aim = STORIES_A_LOOK * (0.5 + _share(f"{state.url} {now.timestamp()}"))
        wanted = rhythms.when(learned, now, aim, source.at_most) - now
    elif new or state.last_new_at is None:
        wanted = source.every
    else:
        wanted = (now - state.last_new_at) / _SILENCE_SHARE
    fresh = fresh_for(headers, hints, now) or _NONE
    latest = source.at_most
    half = (state.last_entries or 0) / 2
    if learned and half and (fresh > max(wanted, source.every) or _skips(hints)):
        latest = max(rhythms.when(learned, now, half, latest) - now, source.every)
    fresh = min(fresh, latest)
    wait = _apart(source, max(wanted, fresh), fresh, state, now)
    return _skipped(hints, now + wait, now + latest, source, state)


def after_failure(source: Source, state: FeedState, failure: Failure, now: datetime) -> datetime:
    """Next look at a feed that failed; `state.failures` counts the ones before this one.

    A Retry-After is kept even beyond `at_most`: who asks to be left alone is left alone
    (`failures.retry_after` bounds what may be asked). 410 Gone is looked at again every week.
    """
    if failure.kind == "gone":
        return now + max(_RETIRED, source.at_most)
    if failure.grade == "ours":
        return now + _jittered(source, source.every, state)
    wanted = source.every * 2 ** min(state.failures + 1, 16)
    wait = _apart(source, wanted, wanted, state, now)
    return now + max(wait, failure.retry_after or _NONE)


def after_page_failure(attempts: int, failure: Failure, now: datetime) -> datetime | None:
    """Next try of a page that failed for the `attempts`-th time; None: it is given up."""
    if failure.grade == "permanent" or attempts >= PAGE_ATTEMPTS:
        return None
    return now + max(_RETRIES[attempts - 1], failure.retry_after or _NONE)


def fresh_for(headers: Mapping[str, str], hints: Hints, now: datetime) -> timedelta | None:
    """How long the publisher says the answer stays fresh; None if it does not say.

    The longer of what HTTP says (`max-age`, else `Expires` against `Date`: RFC 9111 4.2.1; not
    `s-maxage`, which is for shared caches) and what the feed says (`ttl`, `sy:updatePeriod`).
    `no-cache` and `no-store` make void what HTTP says.
    """
    said = [hints.fresh_for] if hints.fresh_for else []
    control = headers.get("cache-control", "").lower()
    if not _NO_CACHE.search(control):
        age = _MAX_AGE.search(control)
        if age:
            said.append(timedelta(seconds=int(age[1])))
        elif "expires" in headers:
            expires = _http_date(headers["expires"])
            date = _http_date(headers.get("date", "")) or now
            if expires and expires > date:
                said.append(expires - date)
    return max(said, default=None)


# ---------------------------------------------------------------- was anything missed?


def gap(
    state: FeedState,
    *,
    entries: int,
    known: int,
    now: datetime,
    rhythm: Rhythm | None,
    typical: datetime | None = None,
) -> Gap | None:
    """Stories may have been missed, when nothing of a whole answer had been here before.

    Args:
        state: from before this look; where a 304 was found false, with `last_ok_at` set to its
            `last_whole_at`, for nothing was seen since.
        entries: items in the answer.
        known: how many of their stories (canonical addresses) the archive had before.
        rhythm: from before this answer.
        typical: when the middle one of the items was published (`continuity.middle`). A list of
            which half is older than the last look has left nothing out: its addresses changed.

    A list of one or two items is new at every look of a busy feed, and of a slow one whenever
    there is news: it has a gap only if the rhythm expected more than the list holds.
    """
    since = state.last_ok_at or state.checked_at
    if not state.last_entries or not entries or known or since is None or since >= now:
        return None
    if typical is not None and typical <= since:
        return None
    likely = rhythms.expected(rhythm, since, now) if rhythms.is_learned(rhythm) else None
    if entries <= _SMALL_WINDOW and (likely is None or likely <= entries):
        return None
    return Gap(feed_url=state.url, source_id=state.source_id, since=since, until=now,
               entries=entries, expected=likely)  # fmt: skip


# ---------------------------------------------------------------- within bounds, apart


def _apart(
    source: Source, wanted: timedelta, least: timedelta, state: FeedState, now: datetime
) -> timedelta:
    """`wanted` brought into [every, at_most], and apart from the waits of other feeds.

    A look that came late (others were in the way, the program had stopped) is followed by one as
    if it had not, though not before `least`: so looks that were apart stay apart. One that was
    never planned, or is late by more than a whole interval, came together with others (a new list,
    a restart); it goes anywhere in [least, wanted], which is at least [least, 2 x least].
    """
    base = min(max(wanted, source.every), source.at_most)
    least = min(max(least, source.every), source.at_most)
    late = now - state.due_at if state.due_at else None
    if late is None or late > base:
        widest = min(max(base, 2 * least), source.at_most)
        return least + (widest - least) * _share(state.url)
    if late > source.every:
        base = max(base - late, least)
    return _jittered(source, base, state)


def _jittered(source: Source, base: timedelta, state: FeedState) -> timedelta:
    """`base` (within bounds) moved by up to a tenth, without leaving them."""
    jitter = base * _JITTER * _share(state.url)
    if base + jitter <= source.at_most:
        return base + jitter
    return max(base - jitter, source.every)


def _skipped(
    hints: Hints, due: datetime, latest: datetime, source: Source, state: FeedState
) -> datetime:
    """`due`, or the end of the hours and days (UTC) in which the publisher says nothing comes.

    Hours or days that leave none over are ignored. Some time, the same for a feed every time, is
    added, so that not all feeds of a publisher come back in the same second.
    """
    if not _skips(hints) or len(hints.skip_hours) >= 24 or len(hints.skip_days) >= 7:
        return due
    at = due.astimezone(UTC)
    moved = False
    while at < latest and (at.hour in hints.skip_hours or at.weekday() in hints.skip_days):
        at = at.replace(minute=0, second=0, microsecond=0) + _HOUR
        moved = True
    if not moved:
        return due
    return max(due, min(at + source.every * _share(state.url), latest))


def _skips(hints: Hints) -> bool:
    return bool(hints.skip_hours or hints.skip_days)


def _share(text: str) -> float:
    """A number from 0 to 1 that looks like chance and is the same for a text every time."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32


def _http_date(value: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
