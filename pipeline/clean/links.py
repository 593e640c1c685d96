"""Where the links of a page lead, by RFC 3986 and its `<base>` (HTML 4.2.3)."""

from __future__ import annotations

from urllib.parse import urljoin


def absolute(base: str, href: str) -> str | None:
    """The web address that `href` means on a page at `base`; None for any other (`mailto:`)."""
    try:
        address = urljoin(base, href.strip())
    except ValueError:
        return None
    return address if address.lower().startswith(("http://", "https://")) else None


def base_of(url: str, named: str | None) -> str:
    """What links are relative to on a page at `url` whose first `<base href>` is `named`."""
    return (absolute(url, named) if named is not None else None) or url
