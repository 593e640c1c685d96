"""When a feed that answers is too quiet: by its own rhythm and the calendar. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from pipeline.models import FeedState, Rhythm
from pipeline.watch import calendar
from pipeline.watch import rhythm as rhythms
from pipeline.words import duration

_DAY = timedelta(days=1)
_ADVICE = "; see on its website whether it publishes elsewhere now"
#: a feed whose rhythm is not known is called quiet after this
QUIET_AFTER = 14 * _DAY
#: silent so long that a person should look, whatever its rhythm
SILENT_AFTER = 60 * _DAY
#: where the rhythm is known, a person looks when so many stories were to be expected (were they to
#: come by chance at that rate, none at all would come once in 22,000 times: e to the -10) and the
#: silence is three times the longest before; news comes in bursts, so chance alone is no measure.
#: The rate counts as one standard error less than it seems. In the simulated years of
#: `tests/watch/test_silence.py` no publisher that went on publishing was ever called silent.
EXPECTED, TIMES_LONGEST, SHORTEST = 10.0, 3, 2 * _DAY
#: weekends, and what is long for it, are known after four of them
_KNOWN_AFTER = 28 * _DAY
#: a feed that was once silent for 50 days of its own accord may be so for 75, but not for a year
_LONGER, _LONGEST = 1.5, 180 * _DAY
#: a silence that fewer stories than this would have broken is the feed's rhythm
_FEW = 3.0

_Span = tuple[datetime, datetime]


def diagnose(feed: FeedState, now: datetime) -> tuple[str, bool] | None:
    """(reason, needs a person) of a feed that brought nothing new for long; None if it is not long.

    Silence is counted up to the last good look, not to `now`: who did not look heard nothing. The
    weeks before an election do not count for a public body.
    """
    start = feed.last_new_at or (feed.rhythm.at if feed.rhythm else None)
    if start is None:
        return None
    until = min(feed.last_ok_at or now, now)
    rhythm = feed.rhythm if rhythms.is_learned(feed.rhythm) else None
    if until - start <= (_patience(rhythm) if rhythm else QUIET_AFTER):
        return None
    public = calendar.is_public(feed.url)
    long = until - start > _LONGEST  # so long that no election excuses it
    spans = _outside_elections(start, until) if public and not long else [(start, until)]
    needs = _too_long(feed.rhythm, spans)
    said = f"answers, but has brought nothing new for {duration(until - start)}"
    why = calendar.why_quiet(until, start, public=public)
    if rhythm is None:
        said += f": {why}" if why else "; too few stories came so far to know its rhythm"
    elif needs:
        said += f", against its rhythm ({rhythms.words(rhythm)})"
    else:
        said += _excuse(rhythm, start, until, why)
    return (said + _ADVICE if needs else said), needs


def pace(feed: FeedState) -> str:
    """', about 12 stories a day, mostly weekdays 7 to 19', '' where the rhythm is not known."""
    if feed.rhythm is None or not rhythms.is_learned(feed.rhythm):
        return ""
    return f", {rhythms.words(feed.rhythm)}"


def _patience(rhythm: Rhythm) -> timedelta:
    """Three times the usual distance of two stories; at least a day, at most two weeks."""
    return min(max(3 * _DAY / rhythms.rate(rhythm), _DAY), QUIET_AFTER)


def _too_long(rhythm: Rhythm | None, spans: Sequence[_Span]) -> bool:
    """Whether a person should look into a silence that lasted these times."""
    silence = sum((end - begin for begin, end in spans), timedelta(0))
    if rhythm is None or rhythm.at - rhythm.since < _KNOWN_AFTER:
        return silence > SILENT_AFTER
    if silence > max(SILENT_AFTER, min(_LONGER * rhythm.longest, _LONGEST)):
        return True
    if silence < max(TIMES_LONGEST * rhythm.longest, SHORTEST) or not rhythms.is_learned(rhythm):
        return False
    error: float = sum(rhythm.days) ** -0.5
    likely = sum(rhythms.expected(rhythm, begin, end) for begin, end in spans)
    return likely * (1 - error) >= EXPECTED


def _excuse(rhythm: Rhythm, start: datetime, until: datetime, why: str | None) -> str:
    """What speaks for waiting on, as the end of a sentence."""
    usual = rhythms.words(rhythm)
    if rhythms.expected(rhythm, start, until) < _FEW:
        return f", and that is its rhythm ({usual})" + (f": {why}" if why else "")
    if why:
        return f": {why} (its rhythm: {usual})"
    if until - start <= rhythm.longest:
        return f", as it has before (its rhythm: {usual})"
    return f", which is long for it (its rhythm: {usual})"


def _outside_elections(start: datetime, until: datetime) -> list[_Span]:
    """The parts of a time that lie outside pre-election periods."""
    spans, begin, day = [], start, start.date()
    while day <= until.date():
        if period := calendar.pre_election(day):
            spans.append((begin, max(begin, _midnight(period.start))))
            day = period.poll
            begin = min(max(start, _midnight(day) + _DAY), until)
        day += _DAY
    return [*spans, (begin, until)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
