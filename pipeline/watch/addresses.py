"""Which addresses may be fetched, and how an address is shown to a person. Pure.

The rule against private addresses keeps a feed (whose links anyone may write) from making this
machine read its own neighbours: routers, metadata services, databases without a password. An
address is read here by the very parser of the client that connects (yarl): two parsers that
disagree about the host are how such rules are got round (`http://①②⑦.⓪.⓪.①/`).
"""

from __future__ import annotations

import ipaddress
from typing import Literal

from yarl import URL

# RFC 6052: IPv4 addresses wear this prefix behind a NAT64; the inner address decides.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: RFC 4291 2.4, IANA: the only part of IPv6 that is global unicast
_UNICAST = ipaddress.ip_network("2000::/3")
#: IANA's special-purpose registries; Python 3.11 calls these global
_SPECIAL = tuple(
    ipaddress.ip_network(n)
    for n in ("192.0.0.0/24", "192.88.99.0/24", "2001:20::/28", "2001:30::/28", "3fff::/20")
)


def is_public(address: str) -> bool:
    """True for a global unicast IP address; text that is no IP address is not public.

    IPv4 within IPv6 (mapped, 6to4, NAT64) is judged as the IPv4 address it leads to; loopback,
    link-local, private, shared (CGNAT), multicast, reserved, Teredo and local-use NAT64 are not
    public.
    """
    try:
        ip = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip not in _UNICAST:
            return False
    return ip.is_global and not ip.is_multicast and not any(ip in net for net in _SPECIAL)


def parse(url: str) -> URL | None:
    """`url` as the client will read it, or None where that is not possible."""
    try:
        return URL(url)
    except ValueError:
        return None


def problem(
    url: URL | None, text: str, *, allow_private: bool
) -> tuple[Literal["bad_url", "forbidden_address"], str] | None:
    """Why `url` must not be fetched, as (failure kind, sentence), or None when it may.

    Names are judged again when they are resolved; this sees only what the text shows. `text` is
    the address as it was written, for the sentence.
    """
    if url is None or url.scheme not in ("http", "https"):
        return "bad_url", f"{shown(text)} is not an http or https address"
    name = url.raw_host
    if not name:
        return "bad_url", f"{shown(text)} names no host"
    # Only digits, dots, colons and a zone make an address, so most names need no closer look.
    if not allow_private and (":" in name or name[-1].isdigit()) and _is_ip(name):
        return None if is_public(name) else ("forbidden_address", private(name, name))
    return None


def private(host: str, address: str) -> str:
    """The sentence for a host that turned out to be on this machine or its network."""
    at = "" if host == address else f" resolves to {address}, which"
    return f"{host}{at} is a private address; set allow_private for a source that may use one"


def origin(url: URL) -> str:
    """`scheme://host[:port]` in lower case, no port that goes without saying: a robots.txt's."""
    return f"{url.scheme}://{_netloc(url)}"


def host(url: str) -> str:
    """Host name in lower case, '' where there is none: what pacing counts by."""
    parsed = parse(url)
    return host_of(parsed) if parsed is not None else ""


def server(url: str) -> str:
    """Host name and port: what is counted when nobody answers."""
    parsed = parse(url)
    return _netloc(parsed) if parsed is not None else ""


def host_of(url: URL) -> str:
    """The same of an address already read; a name's closing dot makes no other host."""
    return (url.raw_host or "").rstrip(".")


def bare(url: URL) -> URL:
    """`url` without user name, password and fragment: as it may be stored and passed on."""
    url = url.with_fragment(None) if url.raw_fragment else url
    return url if url.raw_user is None and url.raw_password is None else url.with_user(None)


def trusts(first: URL, other: URL) -> bool:
    """True where what was meant for `first` may be told to `other`: the same server, as safe."""
    if first.raw_host != other.raw_host:
        return False
    if (first.scheme, first.port) == (other.scheme, other.port):
        return True
    return (first.scheme, first.port, other.scheme, other.port) == ("http", 80, "https", 443)


def shown(url: str) -> str:
    """`url` without user name, password and control characters, cut to a readable length."""
    if "@" in url:
        parsed = parse(url)
        if parsed is None or not parsed.raw_host:
            url = url.split("@")[-1]
        elif parsed.raw_user is not None or parsed.raw_password is not None:
            url = str(parsed.with_user(None))
    if not url.isprintable():
        url = "".join(c if c.isprintable() else "\ufffd" for c in url)
    return url if len(url) <= 300 else url[:297] + "…"


def _netloc(url: URL) -> str:
    name = host_of(url)
    name = f"[{name}]" if ":" in name else name
    return name if url.explicit_port is None or url.is_default_port() else f"{name}:{url.port}"


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name.split("%")[0])
    except ValueError:
        return False
    return True
