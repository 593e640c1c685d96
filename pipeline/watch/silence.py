"""When a feed that answers is too quiet: by its own rhythm and the calendar. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from pipeline.models import FeedState, Rhythm
from pipeline.watch import calendar
from pipeline.watch import rhythm as rhythms
from pipeline.watch.failures import words

_DAY = timedelta(days=1)
#: a feed whose rhythm is not known is called quiet after this
QUIET_AFTER = 14 * _DAY
#: silent so long that a person should look, whatever its rhythm
SILENT_AFTER = 60 * _DAY
#: where the rhythm is known, a person looks when so many stories were to be expected (were they to
#: come by chance at that rate, none at all would come once in 22,000 times: e to the -10) and the
#: silence is three times the longest before; news comes in bursts, so chance alone is no measure
EXPECTED, TIMES_LONGEST, SHORTEST = 10.0, 3, 2 * _DAY
#: a silence that fewer stories than this would have broken is the feed's rhythm
_FEW = 3.0


def diagnose(feed: FeedState, now: datetime) -> tuple[str, bool] | None:
    """(reason, needs a person) of a feed that brought nothing new for long; None if it is not long.

    Silence is counted up to the last good look, not to `now`: who did not look heard nothing.
    """
    start = feed.last_new_at or (feed.rhythm.at if feed.rhythm else None)
    if start is None:
        return None
    until = min(feed.last_ok_at or now, now)
    silence = until - start
    rhythm = feed.rhythm
    if rhythm is None or not rhythms.is_learned(rhythm):
        if silence <= QUIET_AFTER:
            return None
        needs = silence > SILENT_AFTER
        reason = f"{_said(silence)}; its rhythm is not known yet"
        return (reason + _advice() if needs else reason), needs
    if silence <= _patience(rhythm):
        return None
    return _against(feed, rhythm, start, until)


def pace(feed: FeedState) -> str:
    """', about 12 stories a day, mostly weekdays 7 to 19', '' where the rhythm is not known."""
    if feed.rhythm is None or not rhythms.is_learned(feed.rhythm):
        return ""
    return f", {rhythms.words(feed.rhythm)}"


def _patience(rhythm: Rhythm) -> timedelta:
    """Three times the usual distance of two stories; at least a day, at most two weeks."""
    return min(max(3 * _DAY / rhythms.rate(rhythm), _DAY), QUIET_AFTER)


def _against(feed: FeedState, rhythm: Rhythm, start: datetime, until: datetime) -> tuple[str, bool]:
    """A silence measured against the feed's rhythm."""
    public = calendar.is_public(feed.url)
    begin, end = _outside_elections(start, until) if public else (start, until)
    likely = rhythms.expected(rhythm, begin, end)
    usual = rhythms.words(rhythm)
    too_long = max(TIMES_LONGEST * rhythm.longest, SHORTEST)
    # A feed that once was silent for 50 days of its own accord may be so for 60.
    bound = max(SILENT_AFTER, 1.5 * rhythm.longest)
    needs = until - start > bound or (likely >= EXPECTED and end - begin >= too_long)
    said = _said(until - start)
    if needs:
        return f"{said}, against its rhythm ({usual}){_advice()}", True
    why = calendar.why_quiet(until, start, public=public)
    if likely < _FEW or until - start <= rhythm.longest:
        return f"{said}, and that is its rhythm ({usual})" + (f": {why}" if why else ""), False
    if why:
        return f"{said}: {why} (its rhythm: {usual})", False
    return f"{said}, which is long for it ({usual})", False


def _outside_elections(start: datetime, until: datetime) -> tuple[datetime, datetime]:
    """The later part of a time that lies outside a pre-election period; empty if none does."""
    period = calendar.pre_election(until.date())
    if period:
        return start, max(start, _midnight(period.start))
    day = until.date()
    while day > start.date():
        day -= _DAY
        if period := calendar.pre_election(day):
            return max(start, _midnight(period.poll) + _DAY), until
    return start, until


def _midnight(day: object) -> datetime:
    return datetime.combine(day, time(), UTC)  # type: ignore[arg-type]


def _said(silence: timedelta) -> str:
    return f"answers, but has brought nothing new for {words(silence)}"


def _advice() -> str:
    return "; see on its website whether it publishes elsewhere now"
