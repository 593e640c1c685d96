"""Which addresses may be fetched, and how an address is shown to a person. Pure.

The rule against private addresses keeps a feed (whose links anyone may write) from making this
machine read its own neighbours: routers, metadata services, databases without a password.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit, urlunsplit

# RFC 6052: IPv4 addresses wear this prefix behind a NAT64; the inner address decides.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """True for a global unicast IP address; text that is no IP address is not public."""
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
    return ip.is_global and not ip.is_multicast


def problem(url: str, *, allow_private: bool) -> tuple[str, str] | None:
    """Why `url` must not be fetched, as (failure kind, sentence), or None when it may.

    Names are judged again when they are resolved; this sees only what the text shows.
    """
    parts = split(url)
    if parts is None or parts.scheme not in ("http", "https"):
        return "bad_url", f"{shown(url)} is not an http or https address"
    if not parts.hostname:
        return "bad_url", f"{shown(url)} names no host"
    if not allow_private and _is_ip(parts.hostname) and not is_public(parts.hostname):
        return "forbidden_address", private(parts.hostname, parts.hostname)
    return None


def private(host: str, address: str) -> str:
    """The sentence for a host that turned out to be on this machine or its network."""
    at = "" if host == address else f" resolves to {address}, which"
    return f"{host}{at} is a private address; set allow_private for a source that may use one"


def split(url: str) -> SplitResult | None:
    """`urlsplit` that answers None where the standard library raises (bad port, bad brackets)."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def origin(url: str) -> str:
    """`scheme://host:port` in lower case, port only where given: what one robots.txt speaks for."""
    parts = split(url)
    if parts is None or not parts.hostname:
        return ""
    return f"{parts.scheme}://{_netloc(parts)}"


def host(url: str) -> str:
    """Host name in lower case, '' where there is none: what pacing counts by."""
    parts = split(url)
    return (parts.hostname or "") if parts else ""


def shown(url: str) -> str:
    """`url` without user name and password, cut to a readable length: for logs and sentences."""
    parts = split(url)
    if parts is not None and parts.hostname and "@" in parts.netloc:
        url = urlunsplit(parts._replace(netloc=_netloc(parts)))
    elif parts is None and "@" in url:
        url = url.split("@")[-1]
    return url if len(url) <= 300 else url[:297] + "…"


def _netloc(parts: SplitResult) -> str:
    name = parts.hostname or ""
    name = f"[{name}]" if ":" in name else name
    return f"{name}:{parts.port}" if parts.port else name


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name.split("%")[0])
    except ValueError:
        return False
    return True
