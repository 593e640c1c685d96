"""From what happened to what it means: the state of a source, in words. Pure.

A source is as well as its worst feed. Nobody is declared dead: every state is left again by one
good answer. `silence.py` says when a feed that answers is too quiet.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from pipeline.models import Failure, FeedState, Gap, Health, HealthState, Outcomes, Source
from pipeline.watch import silence
from pipeline.watch.failures import NETWORK_KINDS
from pipeline.watch.polling import DISTRUST
from pipeline.words import duration

#: trouble that should have passed by itself and did not
TRANSIENT_BOUND = timedelta(days=7)
#: an empty answer that is not followed by a good one within this is what stands there now
HOLLOW_BOUND = timedelta(days=1)
#: a gap is told of for so long
GAP_SHOWN = timedelta(days=7)
#: a source is behind a wall when this share of at least so many recent stories is
_WALLED, _FEWEST_STORIES = 0.8, 5
#: so few stories of which none can be had are enough to ask a person
_FEWEST_UNREAD = 3

#: worst first: the state of a source is that of its worst feed
_ORDER: tuple[HealthState, ...] = (
    "refused", "retired", "failing", "hollow", "false_304", "outage", "paywalled", "moved", "quiet",
    "never_run", "healthy",
)  # fmt: skip
#: failures of a feed that answered, but with nothing that a story can be had from
_HOLLOW = {"not_a_feed", "empty"}
_FEWEST_HOSTS = 3

_Verdict = tuple[HealthState, datetime | None, str, bool]


def is_outage(reached: Iterable[str], unreached: Iterable[str]) -> bool:
    """Whether a pass met so many dead hosts that the dead one is this machine's own network.

    Args:
        reached: hosts that answered anything at all, an error included.
        unreached: hosts that did not (`blames_network`).
    """
    alive = set(reached)
    dead = set(unreached) - alive
    if not alive:
        return len(dead) >= 2  # a list of two sources, and neither answers
    return len(dead) >= _FEWEST_HOSTS and len(dead) > len(alive)


def blames_network(failure: Failure) -> bool:
    """True for failures that a dead network of our own would cause as well."""
    return failure.kind in NETWORK_KINDS and failure.status is None


def diagnose(
    source: Source,
    feeds: Sequence[FeedState],
    now: datetime,
    *,
    access: Mapping[str, int] | None = None,
    gaps: Sequence[Gap] = (),
    outcomes: Outcomes | None = None,
) -> Health:
    """The state of one source at `now`, with the reason as a person would put it.

    Args:
        access: how many of its stories of the last 60 days are `open`, `partial`, `registration`
            or `subscription`.
        gaps: that were noticed; those of other sources, and those older than a week, are left out.
        outcomes: what became of its stories of the last two weeks.
    """
    state: HealthState
    if not source.enabled:
        state, since, needs, failures = "disabled", None, False, 0
        reason = "switched off in sources.yaml" + (f": {source.note}" if source.note else "")
    elif not feeds:
        state, since, reason, needs, failures = "never_run", None, "not fetched yet", False, 0
    else:
        of_stories = [_unread(source, outcomes), _walled(source, access or {})]
        state, since, reason, needs = _worst(feeds, now, [v for v in of_stories if v])
        reason += _missed([g for g in gaps if g.source_id == source.id], now)
        failures = max(f.failures for f in feeds)
    return Health(
        source_id=source.id,
        name=source.name,
        state=state,
        since_at=since,
        last_ok_at=max((f.last_ok_at for f in feeds if f.last_ok_at), default=None),
        last_new_at=max((f.last_new_at for f in feeds if f.last_new_at), default=None),
        failures=failures,
        reason=reason,
        needs_person=needs,
    )


def is_walled(source: Source, access: Mapping[str, int]) -> bool:
    """Whether so many of its stories cannot be read whole that its diagnosis may say so."""
    return _walled(source, access) is not None


def _worst(feeds: Sequence[FeedState], now: datetime, of_stories: Sequence[_Verdict]) -> _Verdict:
    """What a person has to mend comes first: the reason is what they will read."""
    found = [(_feed(f, now), f.url) for f in feeds]
    verdict, url = min(found, key=lambda x: _rank(x[0]))
    for other in of_stories:
        if _rank(other) < _rank(verdict):
            return other
    state, since, reason, needs = verdict
    if len(feeds) > 1 and state not in ("healthy", "never_run"):
        alike = sum(v[0] == state for v, _ in found)
        reason = f"{alike} of {len(feeds)} feeds, {url}: {reason}"
    return state, since, reason, needs


def _rank(verdict: _Verdict) -> tuple[bool, int]:
    return not verdict[3], _ORDER.index(verdict[0])


def _feed(feed: FeedState, now: datetime) -> _Verdict:
    """(state, since, reason, needs a person) of one feed."""
    if feed.checked_at is None:
        return "never_run", None, "not fetched yet", False
    if feed.last_failure is not None:
        return _failed(feed, feed.last_failure, now)
    if feed.last_entries == 0 and feed.kind != "sitemap":  # a news sitemap holds two days only
        return "hollow", feed.last_whole_at or feed.last_ok_at, _hollow(feed), True
    if feed.distrusted_at is not None and now - feed.distrusted_at < DISTRUST:
        return "false_304", feed.distrusted_at, _false_304(feed.distrusted_at), True
    quiet = silence.diagnose(feed, now)
    if quiet and quiet[1]:
        return "quiet", feed.last_new_at, quiet[0], True
    if feed.address:
        reason = (f"has moved for good to {feed.address}, where it is looked at since; put that "
                  "address into sources.yaml")  # fmt: skip
        return "moved", feed.moved_at, reason, False
    if quiet:
        return "quiet", feed.last_new_at, quiet[0], False
    return "healthy", feed.last_new_at, "answers and brings news" + silence.pace(feed), False


# ---------------------------------------------------------------- the states in words


def _failed(feed: FeedState, failure: Failure, now: datetime) -> _Verdict:
    since = feed.failing_since or failure.at
    reason = f"{failure.reason} (since {_time(since)})"
    if failure.grade == "ours":
        return "outage", since, failure.reason, False
    if feed.retired_at is not None:
        advice = "take it out of sources.yaml, or look for its successor on the publisher's site"
        return "retired", feed.retired_at, f"{reason}; {advice}", True
    if failure.kind in ("refused", "robots"):
        advice = ("ask the publisher for leave, look for another feed of theirs, or set "
                  "`enabled: false` with a note")  # fmt: skip
        return "refused", since, f"{reason}; {advice}", True
    if failure.kind in _HOLLOW:
        advice = "it answers, but with nothing to read: see in a browser what stands there"
        # One empty answer in a bad moment of the server is nobody's task yet.
        lasts = failure.grade == "permanent" or now - since > HOLLOW_BOUND
        return "hollow", since, f"{reason}; {advice}", lasts
    if failure.grade == "permanent":
        return "failing", since, f"{reason}; this does not pass by itself", True
    if now - since > TRANSIENT_BOUND:
        long = f"such trouble passes within hours, this has lasted {duration(now - since)}"
        return "failing", since, f"{reason}; {long}", True
    tries = f"{feed.failures} times in a row" if feed.failures > 1 else "once so far"
    return "failing", since, f"{reason}, {tries}; it is tried again by itself", False


def _hollow(feed: FeedState) -> str:
    if feed.kind == "page":
        return ("answers with a page on which no story was found: see whether the selectors in "
                "sources.yaml still fit it")  # fmt: skip
    return ("answers with a feed that has no entries in it: see in a browser whether the stories "
            "have another address now")  # fmt: skip


def _false_304(since: datetime) -> str:
    return (f"said that nothing had changed when there was news (found {_time(since)}); until "
            f"{_day(since + DISTRUST)} it is asked for everything each time, so nothing more is "
            "missed; tell the publisher that their 304 answers are wrong")  # fmt: skip


def _unread(source: Source, outcomes: Outcomes | None) -> _Verdict | None:
    """Whether most of its stories could not be had, although its feed is well."""
    if outcomes is None or outcomes.stories < _FEWEST_UNREAD:
        return None
    missing = outcomes.lost + outcomes.words
    if missing < _WALLED * outcomes.stories:
        return None
    if not source.pages:
        reason = (
            f"its feed answers, but {missing} of its {outcomes.stories} stories of the last "
            "two weeks carry no text; set `pages: true` to have their pages fetched"
        )
        return "hollow", None, reason, True
    stand = f"; the feed's own words stand for {outcomes.words} of them" if outcomes.words else ""
    reason = (
        f"its feed answers, but {missing} of its {outcomes.stories} stories of the last "
        f"two weeks could not be read from their pages (mostly: {outcomes.reason}){stand}"
    )
    if outcomes.refused:
        advice = "ask the publisher for leave, or set `pages: false` to be content with the feed"
        return "refused", None, f"{reason}; {advice}", True
    return "hollow", None, f"{reason}; open one of them in a browser", True


def _walled(source: Source, access: Mapping[str, int]) -> _Verdict | None:
    """Whether most of what it publishes cannot be read whole.

    A source whose pages are not fetched (`pages: false`) has short texts by choice.
    """
    walls = {"subscription": "for subscribers", "registration": "after registration"}
    if source.pages:
        walls["partial"] = "cut short"
    shut = {words: access[kind] for kind, words in walls.items() if access.get(kind)}
    total, count = sum(access.values()), sum(shut.values())
    if total < _FEWEST_STORIES or count < _WALLED * total:
        return None
    kinds = ", ".join(f"{n} {words}" for words, n in shut.items())
    reason = (f"answers, but {count} of its {total} stories of the last 60 days cannot be read "
              f"whole ({kinds}); what can be read of them is kept and tagged")  # fmt: skip
    return "paywalled", None, reason, False


def _missed(gaps: Sequence[Gap], now: datetime) -> str:
    """The latest gap of the last week as an addition to a reason, '' if there was none."""
    recent = [g for g in gaps if now - g.until <= GAP_SHOWN]
    if not recent:
        return ""
    gap = max(recent, key=lambda g: g.until)
    more = f" (and {len(recent) - 1} times more in the last week)" if len(recent) > 1 else ""
    held = f"held only {gap.entries} stories and all were new" if gap.entries > 1 \
        else "held only one story and it was new"  # fmt: skip
    said = (f"; stories may have been missed between {_time(gap.since)} and {_time(gap.until)}"
            f"{more}: the feed {held}")  # fmt: skip
    if gap.until - gap.since > timedelta(days=1):
        return f"{said}, for it had not been looked at for {duration(gap.until - gap.since)}"
    return f"{said}; look more often (a shorter `every`)"


def _time(at: datetime) -> str:
    return f"{at:%-d %B %Y %H:%M} UTC"


def _day(at: datetime) -> str:
    return f"{at:%-d %B %Y}"
