"""Which sources said something materially different from what was chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.clean.headlines import differ
from pipeline.clean.lines import norm
from pipeline.models import Disagreement
from pipeline.urls import host

_MOST, _LONGEST = 12, 300
#: what is the same day somewhere: zones reach from 12 hours behind UTC to 14 before it
_BEHIND, _AHEAD = timedelta(hours=12), timedelta(hours=14)
_SAME_MOMENT = timedelta(hours=12)


@dataclass(frozen=True)
class Claim:
    """What one source says of one field."""

    field: str
    source: str
    value: str


def disagreements(
    *,
    headline: str | None,
    byline: tuple[str, ...],
    published_at: str | None,
    canonical_url: str | None,
    claims: Iterable[Claim],
) -> tuple[Disagreement, ...]:
    """Claims that cannot be meant as what was chosen, in their order, each value once a source."""
    found: dict[Disagreement, None] = {}
    for claim in claims:
        if (
            (claim.field == "headline" and headline and differ(claim.value, headline))
            or (claim.field == "byline" and byline and _others(claim.value, byline))
            or (claim.field == "published_at" and published_at
                and other_day(claim.value, published_at))
            or (claim.field == "canonical_url" and canonical_url
                and _bare(claim.value) != _bare(canonical_url))
        ):  # fmt: skip
            found[Disagreement(field=claim.field, source=claim.source,
                               value=claim.value[:_LONGEST])] = None  # fmt: skip
    return tuple(found)[:_MOST]


def other_day(one: str, other: str) -> bool:
    """Can two ISO dates not be one day? With a zone, a moment may be the day before or after."""
    a, b = datetime.fromisoformat(one), datetime.fromisoformat(other)
    if one[:10] == other[:10] or (a.tzinfo is None and b.tzinfo is None):
        return one[:10] != other[:10]
    if a.tzinfo is not None and b.tzinfo is not None:
        return abs(a - b) > _SAME_MOMENT
    moment, local = (a, b) if a.tzinfo is not None else (b, a)
    day = local.replace(hour=0, minute=0, second=0, tzinfo=UTC)
    return not day - _AHEAD <= moment <= day + timedelta(days=1) + _BEHIND


def _others(value: str, byline: tuple[str, ...]) -> bool:
    """Other people: neither all of these among those nor the other way round."""
    some, others = {norm(n) for n in value.split("; ")}, {norm(n) for n in byline}
    return not some <= others and not others <= some


def _bare(url: str) -> str:
    """An address without what the same page may be served with or without."""
    rest = url.split("://", 1)[-1].split("/", 1)
    name = host(url).removeprefix("www.").removeprefix("m.")
    return f"{name}/{rest[1].rstrip('/') if len(rest) > 1 else ''}"
