"""One address for one story: tracking parameters, accelerated copies and fragments come off.

The rules and the examples that prove them are in `knowledge/urls.yaml`. Scheme, `www.`, `m.`,
trailing slash and the order of what remains of the query are kept: servers may tell them apart.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from courlan import normalize_url

from pipeline.knowledge import load_yaml

_AMP_CACHE = re.compile(r"^https?://[^/]+\.cdn\.ampproject\.org/[a-z]/(s/)?(.+)$", re.I)
_AMP_VIEWER = re.compile(r"^https?://(?:www\.)?google\.[a-z.]+/amp/(s/)?(.+)$", re.I)
# at least one more segment before it: a page at /amp is about amplifiers, or amps
_AMP_PATH = re.compile(r"(?P<story>/[^/]+(?:/[^/]+)*)(?:/amp(?P<slash>/?)|\.amp)$", re.I)


def canonical(url: str) -> str:
    """The address that is the identity of a story. What is no web address comes back stripped."""
    url = url.strip()
    if not re.match(r"https?://", url, re.I):
        return url
    for pattern in (_AMP_CACHE, _AMP_VIEWER):
        if m := pattern.match(url):
            url = f"http{'s' if m[1] else ''}://{m[2]}"
    try:
        parts = urlsplit(url)
        bare = normalize_url(urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")))
        scheme, netloc, path, _, _ = urlsplit(bare)
    except ValueError:  # "http://[bad" and the like
        return url
    path = _AMP_PATH.sub(lambda m: m["story"] + (m["slash"] or ""), path)
    netloc = _rules()["hosts"].get(netloc, netloc)
    return str(urlunsplit((scheme, netloc, path or "/", _query(parts.query, netloc), "")))


def host(url: str) -> str:
    """The host name in lower case without port; '' where there is none."""
    try:
        return (urlsplit(url.strip()).hostname or "").lower()
    except ValueError:
        return ""


def _query(query: str, netloc: str) -> str:
    """The query without what only says where the reader came from; order and spelling kept."""
    kept = _rules()["parameters"]["kept"].get(netloc, ())
    parts = [p for p in query.split("&") if p]
    return "&".join(p for p in parts if p.split("=")[0] in kept or not _is_tracking(p))


def _is_tracking(parameter: str) -> bool:
    name, equals, value = parameter.lower().partition("=")
    rules = _rules()["parameters"]
    if not equals:  # `?12345` is an id, whatever it looks like
        return False
    if name in rules["names"] or name.startswith(tuple(rules["prefixes"])):
        return True
    return value in rules["values"].get(name, ())


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = load_yaml("urls.yaml")
    return rules
