"""TLS: a certificate that proves nothing is a failure with a plain sentence, a good one works."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from pipeline.models import Failure, Response
from pipeline.watch.fetch import Fetcher, Limits

URL = "https://paper.example/feed"
LIMITS = Limits(delay=0.0, feed_seconds=5.0)
NOW = datetime.now(UTC)
Paths = dict[str, bytes]

OURS = trustme.CA()  #: whom the tests trust
THEIRS = trustme.CA(organization_name="Somebody Else")


def context(leaf: trustme.LeafCert) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(tls)
    return tls


def self_signed() -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own = trustme.CA(organization_name="paper.example")
    with own.private_key_pem.tempfile() as key, own.cert_pem.tempfile() as certificate:
        tls.load_cert_chain(certificate, key)
    return tls


def trusting(ca: trustme.CA) -> ssl.SSLContext:
    tls = ssl.create_default_context()
    ca.configure_trust(tls)
    return tls


def answer(status: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


FEED = answer("200 OK", body=b"<rss>feed</rss>")


def fetch(
    server_tls: ssl.SSLContext,
    trust: ssl.SSLContext | None,
    *,
    url: str = URL,
    https: Paths | None = None,
    http: Paths | None = None,
) -> tuple[Response | Failure, list[str]]:
    """What comes of `url` with a TLS server and a plain one; and each request, with its head."""
    heads: list[str] = []

    def serve(paths: Paths) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                heads.append(head)
                writer.write(paths[head.split()[1]])
                await writer.drain()
            except (OSError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()

        return talk

    async def go() -> Response | Failure:
        secure = await asyncio.start_server(
            serve(https or {"/feed": FEED}), "127.0.0.1", 0, ssl=server_tls
        )
        plain = await asyncio.start_server(serve(http or {}), "127.0.0.1", 0)
        connect = {
            "paper.example": ("127.0.0.1", secure.sockets[0].getsockname()[1]),
            "plain.example": ("127.0.0.1", plain.sockets[0].getsockname()[1]),
        }
        async with secure, plain, Fetcher(
            contact="x", limits=LIMITS, connect=connect, tls=trust
        ) as f:  # fmt: skip
            return await f.feed(url)

    return asyncio.run(go()), heads


GOOD = context(OURS.issue_cert("paper.example"))


def test_a_certificate_that_proves_the_host_lets_the_feed_come() -> None:
    got, _ = fetch(GOOD, trusting(OURS))
    assert isinstance(got, Response)
    assert (got.body, got.final_url) == (b"<rss>feed</rss>", URL)


@dataclass(frozen=True)
class Case:
    name: str
    server: ssl.SSLContext
    says: str
    trusted: bool = True  #: our authority is one that this machine trusts


CASES = (
    Case("signed by itself", self_signed(), "it is signed by itself, so nobody vouches for it"),
    Case("signed by a stranger", context(THEIRS.issue_cert("paper.example")),
         "it is signed by nobody whom this machine knows"),
    Case("nobody said to trust it", GOOD, "it is signed by nobody whom this machine knows",
         trusted=False),
    Case("for another host", context(OURS.issue_cert("other.example")),
         "it was given to another host name"),
    Case("for the level above", context(OURS.issue_cert("*.paper.example")),
         "it was given to another host name"),
    Case("expired", context(OURS.issue_cert(
        "paper.example", not_before=NOW - timedelta(days=90), not_after=NOW - timedelta(days=1))),
         "it has expired"),
    Case("of tomorrow", context(OURS.issue_cert(
        "paper.example", not_before=NOW + timedelta(days=1), not_after=NOW + timedelta(days=9))),
         "it is not valid yet"),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_certificate_that_proves_nothing_ends_the_fetch(case: Case) -> None:
    got, heads = fetch(case.server, trusting(OURS) if case.trusted else None)
    assert isinstance(got, Failure)
    assert (got.kind, got.grade) == ("tls", "permanent")
    assert got.reason == f"the certificate of paper.example is not valid: {case.says}"
    assert not heads  # not a word was said to whoever that is


def test_a_redirect_down_to_http_is_followed_but_never_for_good() -> None:
    moved = answer("301 Moved Permanently", "Location: http://plain.example/feed")
    got, _ = fetch(GOOD, trusting(OURS), https={"/feed": moved}, http={"/feed": FEED})
    assert isinstance(got, Response)
    assert got.final_url == "http://plain.example/feed"
    assert got.moved_to is None


def test_a_redirect_up_to_https_is_for_good() -> None:
    moved = answer("301 Moved Permanently", "Location: https://paper.example/feed")
    got, _ = fetch(GOOD, trusting(OURS), url="http://plain.example/feed", http={"/feed": moved})
    assert isinstance(got, Response)
    assert got.moved_to == URL


def test_a_password_stays_with_its_own_server() -> None:
    secret = base64.b64encode(b"reader:secret").decode()
    step = answer("302 Found", "Location: /next")
    away = answer("302 Found", "Location: http://reader:secret@plain.example/feed")
    got, heads = fetch(
        GOOD, trusting(OURS), url="https://reader:secret@paper.example/feed",
        https={"/feed": step, "/next": away}, http={"/feed": FEED},
    )  # fmt: skip
    assert isinstance(got, Response)
    assert [secret in head for head in heads] == [True, True, False]
    assert got.final_url == "http://plain.example/feed"
