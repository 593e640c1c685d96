"""What an unhelpful answer means: its kind, its grade, and one sentence for a person. Pure.

Grades: `transient` is tried again soon; `permanent` stays until somebody acts (us or the
publisher), but is still tried now and then, because feeds do come back; `ours` is our own fault,
such as a network that is down, and blames nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from pipeline.models import Failure, FailureGrade, FailureKind
from pipeline.watch.addresses import shown
from pipeline.words import duration

# 408, 425 and 429 ask for another try; every 5xx but "not implemented" and "not supported" is a
# server's bad moment. 511 is a captive portal: the network this machine is on, not the publisher.
_TRY_AGAIN = {408, 425, 429} | (set(range(500, 600)) - {501, 505})
_REFUSALS = {401, 403, 451}

#: what a dead network of our own would bring about as well
NETWORK_KINDS = frozenset({"dns", "connection", "timeout", "tls"})
#: no publisher, however cross, silences a source for longer than this with one header
LONGEST_WAIT = timedelta(days=2)


def failure(
    url: str,
    kind: FailureKind,
    grade: FailureGrade,
    reason: str,
    at: datetime,
    *,
    status: int | None = None,
    retry_after: timedelta | None = None,
) -> Failure:
    """A `Failure` whose address carries no password."""
    return Failure(url=shown(url), kind=kind, grade=grade, reason=reason, at=at, status=status,
                   retry_after=retry_after)  # fmt: skip


def of_status(url: str, status: int, headers: Mapping[str, str], at: datetime) -> Failure:
    """The failure that an HTTP status other than 2xx and 304 stands for."""
    wait = retry_after(headers, at)
    said = f"answers {status}{_phrase(status)}"
    if status == 410:
        return failure(url, "gone", "permanent", f"{said}: it was taken down for good", at,
                       status=status)  # fmt: skip
    if "cf-mitigated" in headers:
        said += " with a browser check"
        return failure(url, "refused", "permanent", f"{said}: this publisher refuses robots", at,
                       status=status, retry_after=wait)  # fmt: skip
    if status in _REFUSALS:
        why = {401: "it wants a login", 403: "this publisher refuses robots",
               451: "it is withheld for legal reasons"}[status]  # fmt: skip
        return failure(url, "refused", "permanent", f"{said}: {why}", at, status=status,
                       retry_after=wait)  # fmt: skip
    grade: FailureGrade = "transient" if status in _TRY_AGAIN else "permanent"
    if wait is not None:
        said += f" and asks to be left alone for {duration(wait)}"
    return failure(url, "status", grade, said, at, status=status, retry_after=wait)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Retry-After in either form (RFC 9110 10.2.3); None where absent, past or unreadable."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        wait = timedelta(seconds=min(int(value[:12]), int(LONGEST_WAIT.total_seconds())))
    else:
        try:
            until = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return min(wait, LONGEST_WAIT) if wait > timedelta(0) else None


def size(count: int) -> str:
    """'812 bytes', '15 MB': decimal units, as people read them."""
    for unit, name in ((1_000_000, "MB"), (1_000, "kB")):
        if count >= unit:
            return f"{count / unit:.3g} {name}"
    return f"{count} bytes"


def _phrase(status: int) -> str:
    try:
        return f" {HTTPStatus(status).phrase}"
    except ValueError:
        return ""
