"""The door in front of every page: who may ask, how, and what every answer carries.

The archive is read without a password, so a browser must not be talked into reading it for a page
of another site. That page could make its own name lead to 127.0.0.1 (DNS rebinding) and would then
count as the same site; but the browser still says which name it asked for, in the Host header.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Any, Send], Awaitable[None]]

#: Datasette's own pages carry inline scripts and styles; nothing may come from another host.
_POLICY = (
    b"default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    b"frame-ancestors 'none'"
)
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_METHODS = ("GET", "HEAD")


def guarded(app: App, hosts: Collection[str] | None) -> App:
    """`app` (ASGI) behind the door. `hosts`: names it may be asked by; None: by any name.

    Refused are other methods than GET and HEAD (405), paths that begin with two slashes, which
    Datasette would redirect to another site (404), and other names in Host (421).
    """

    async def safe(scope: Scope, receive: Any, send: Send) -> None:
        async def send_with_headers(event: MutableMapping[str, Any]) -> None:
            if event["type"] == "http.response.start":
                event = {**event, "headers": _with_ours(event.get("headers", []))}
            await send(event)

        refusal = _refusal(scope, hosts) if scope["type"] == "http" else None
        if refusal is None:
            await app(scope, receive, send_with_headers)
        else:
            await _refuse(send_with_headers, *refusal)

    return safe


def is_known_host(host: str, hosts: Collection[str]) -> bool:
    """Whether a Host header names this server: by number, as localhost, or by one of `hosts`.

    A number needs no DNS, so nobody can make it lead elsewhere.
    """
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if name == "localhost" or name in {h.lower().rstrip(".") for h in hosts}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _with_ours(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    # A policy that is silent about where scripts come from (Datasette 1.0's) gives way to ours.
    kept = [
        (name, value)
        for name, value in headers
        if name.lower() != b"content-security-policy" or b"default-src" in value
    ]
    there = {name.lower() for name, _ in kept}
    ours = [*_HEADERS, (b"content-security-policy", _POLICY)]
    return [*kept, *(pair for pair in ours if pair[0] not in there)]


def _refusal(scope: Scope, hosts: Collection[str] | None) -> tuple[int, str] | None:
    # Datasette 1.0 counts the rows of a long table when its button is pressed, by POST.
    counting = scope["method"] == "POST" and scope["path"].endswith("/-/count")
    if scope["method"] not in _METHODS and not counting:
        return 405, "Nothing can be changed here: only GET and HEAD are answered."
    path = scope.get("raw_path") or scope["path"].encode()
    if path[1:2] in (b"/", b"\\"):
        return 404, "No page begins with two slashes."
    named = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    if hosts is not None and not (len(named) == 1 and is_known_host(named[0], hosts)):
        return 421, "This server is not known by that name; see `serve --allow-host`."
    return None


async def _refuse(send: Send, status: int, words: str) -> None:
    body = f"{words}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"),
               (b"content-length", str(len(body)).encode())]  # fmt: skip
    if status == 405:
        headers.append((b"allow", ", ".join(_METHODS).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
