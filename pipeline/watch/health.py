"""From what happened to what it means: the state of a source, in words. Pure.

A source is as well as its worst feed. Nobody is declared dead: every state is left again by one
good answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from pipeline.models import Failure, FeedHistory, Health, HealthState, Source
from pipeline.watch.failures import words

#: answers, but brought nothing new for this long
QUIET_AFTER = timedelta(days=14)
#: silent so long that a person should look
SILENT_AFTER = timedelta(days=60)
#: trouble that should have passed by itself and did not
TRANSIENT_BOUND = timedelta(days=7)

#: worst first: the state of a source is that of its worst feed
_ORDER: tuple[HealthState, ...] = (
    "refused", "retired", "failing", "hollow", "outage", "moved", "quiet", "never_run", "healthy",
)  # fmt: skip
_UNREACHED = {"dns", "connection", "timeout", "tls"}
_MOST = 0.75
_FEWEST_HOSTS = 3


def is_outage(reached: Iterable[str], unreached: Iterable[str]) -> bool:
    """Whether a pass met so many dead hosts that the dead one is this machine's own network.

    Args:
        reached: hosts that answered anything at all, an error included.
        unreached: hosts that did not (`blames_network`).
    """
    alive = set(reached)
    dead = set(unreached) - alive
    return len(dead) >= _FEWEST_HOSTS and len(dead) >= _MOST * len(dead | alive)


def blames_network(failure: Failure) -> bool:
    """True for failures that a dead network of our own would cause as well."""
    return failure.kind in _UNREACHED and failure.status is None


def diagnose(source: Source, feeds: Sequence[FeedHistory], now: datetime) -> Health:
    """The state of one source at `now`, with the reason as a person would put it."""
    ok = max((f.last_ok_at for f in feeds if f.last_ok_at), default=None)
    new = max((f.last_new_at for f in feeds if f.last_new_at), default=None)
    state: HealthState
    if not source.enabled:
        state, since, needs = "disabled", None, False
        reason = "switched off in sources.yaml" + (f": {source.note}" if source.note else "")
        failures = 0
    elif not feeds:
        state, since, reason, needs, failures = "never_run", None, "not fetched yet", False, 0
    else:
        found = [(_feed(f, now), f) for f in feeds]
        # What a person has to mend comes first: the reason is what they will read.
        (state, since, reason, needs), worst = min(
            found, key=lambda x: (not x[0][3], _ORDER.index(x[0][0]))
        )
        if len(feeds) > 1 and state not in ("healthy", "never_run"):
            alike = sum(f[0][0] == state for f in found)
            reason = f"{alike} of {len(feeds)} feeds, {worst.url}: {reason}"
        failures = max(f.failures for f in feeds)
    return Health(source_id=source.id, name=source.name, state=state, since_at=since,
                  last_ok_at=ok, last_new_at=new, failures=failures, reason=reason,
                  needs_person=needs)  # fmt: skip


_Verdict = tuple[HealthState, datetime | None, str, bool]


def _feed(feed: FeedHistory, now: datetime) -> _Verdict:
    """(state, since, reason, needs a person) of one feed."""
    if feed.checked_at is None:
        return "never_run", None, "not fetched yet", False
    if feed.last_failure is not None:
        return _failed(feed, feed.last_failure, now)
    if feed.last_entries == 0:
        return "hollow", feed.last_ok_at, "answers with a feed that has no entries in it", True
    if feed.moved_to:
        reason = f"has moved for good to {feed.moved_to}: put that address into sources.yaml"
        return "moved", feed.checked_at, reason, False
    silence = now - feed.last_new_at if feed.last_new_at else timedelta(0)
    if silence > QUIET_AFTER:
        reason = f"answers, but has brought nothing new for {words(silence)}"
        return "quiet", feed.last_new_at, reason, silence > SILENT_AFTER
    return "healthy", feed.last_new_at, "answers and brings news", False


def _failed(feed: FeedHistory, failure: Failure, now: datetime) -> _Verdict:
    since = feed.failing_since or failure.at
    reason = f"{failure.reason} (since {since:%-d %B %Y %H:%M} UTC)"
    if failure.grade == "ours":
        return "outage", since, failure.reason, False
    if feed.retired_at is not None:
        return "retired", feed.retired_at, reason, True
    if failure.kind in ("refused", "robots"):
        return "refused", since, reason, True
    needs = failure.grade == "permanent" or now - since > TRANSIENT_BOUND
    return "failing", since, reason, needs
