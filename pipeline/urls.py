"""One address for one story: tracking parameters, accelerated copies and fragments come off.

`canonical` takes off only what certainly makes no difference, and gives an address: the identity of
a story. Scheme, `www.`, `m.`, trailing slash and the order of what remains of the query are kept,
for servers may tell them apart. `loose` takes off those as well, print views too, and gives a key
that is no address: two that share it may be one story, and only their pages can tell.

The rules and the examples that prove them are in `knowledge/urls.yaml`.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from courlan import extract_domain, normalize_url

from pipeline.knowledge import load_yaml

_AMP_CACHE = re.compile(r"^https?://[^/]+\.cdn\.ampproject\.org/[a-z]/(s/)?(.+)$", re.I)
_AMP_VIEWER = re.compile(r"^https?://(?:www\.)?google\.[a-z.]+/amp/(s/)?(.+)$", re.I)
# at least one more segment before it: a page at /amp is about amplifiers, or amps
_AMP_PATH = re.compile(r"(?P<story>/[^/]+(?:/[^/]+)*)(?:/amp(?P<slash>/?)|\.amp)$", re.I)
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
# letters, digits and - . _ ~ mean the same encoded or not (RFC 3986, 2.3)
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")
# a word or a page number is no session
_SESSION = re.compile(r"(?=[^&]*\d)[0-9a-z,-]{16,}", re.I)


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
        path = _session_in_path().sub("", parts.path)
        bare = normalize_url(urlunsplit((parts.scheme, parts.netloc, path, "", "")))
        scheme, netloc, path, _, _ = urlsplit(bare)
    except ValueError:  # "http://[bad" and the like
        return url
    path = _AMP_PATH.sub(lambda m: m["story"] + (m["slash"] or ""), _decoded(path))
    netloc = netloc.rstrip(".")
    netloc = _rules()["hosts"].get(netloc, netloc)
    return str(urlunsplit((scheme, netloc, path or "/", _query(parts.query, netloc), "")))


def loose(url: str) -> str:
    """What addresses of one story share, whatever their dress: `paper.example/news/1?id=2`.

    Scheme, `www.` and `m.`, print views, last slash and the order of parameters are left out. An
    address with a fragment of ours (a story without a page of its own) stands for itself.
    """
    if "#" in url:
        return url
    try:
        parts = urlsplit(canonical(url))
    except ValueError:
        return url
    path = parts.path.rstrip("/")
    for pattern in _loose_paths():
        path = pattern.sub(lambda m: m["story"] + (m.groupdict().get("end") or ""), path)
    empty = _rules()["loose"]["parameters"]
    query = [p for p in parts.query.split("&") if p and not _is_one_of(p, empty)]
    return (
        _plain_host(parts.netloc) + path.rstrip("/") + "?" * bool(query) + "&".join(sorted(query))
    )


def leads_home(url: str) -> bool:
    """Whether it is the first page of a site, where no story lives."""
    key = loose(url)
    return "/" not in key and "?" not in key


def is_plain(url: str) -> bool:
    """Whether an address wears no dress that `loose` would take off but scheme, slash and `www.`"""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    bare = parts.netloc.removeprefix("www.") + parts.path.rstrip("/") + "?" * bool(parts.query)
    return bare + "&".join(sorted(p for p in parts.query.split("&") if p)) == loose(url)


def number(text: str) -> int:
    """An address as a number of 63 bits, for tables in which many stand: part of its digest."""
    said = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest()) >> 1


def site(url: str) -> str:
    """The name that its owner registered: `paper.co.uk` of `m.paper.co.uk`; '' for no address.

    By the public suffix list; under a suffix that is not on it (`.example`) the last two labels.
    """
    name = host(url)
    if not name or re.fullmatch(r"[\d.]+|.*:.*", name):
        return name
    return _registered(name)


@lru_cache(maxsize=4096)
def _registered(name: str) -> str:
    return extract_domain(f"https://{name}/") or ".".join(name.split(".")[-2:])


def host(url: str) -> str:
    """The host name in lower case without port; '' where there is none."""
    try:
        return (urlsplit(url.strip()).hostname or "").lower()
    except ValueError:
        return ""


def _plain_host(netloc: str) -> str:
    """Without `www.` or `m.`, unless that is the name itself (`amp.dev`, `mobile.co.uk`)."""
    first, _, rest = netloc.partition(".")
    if first not in _rules()["loose"]["hosts"] or "." not in rest:
        return netloc
    owner = site(f"https://{netloc}/")
    name = rest.partition(":")[0]
    return rest if name == owner or name.endswith(f".{owner}") else netloc


def _decoded(text: str) -> str:
    """Percent-encoding in one spelling: capital digits, and none where none is needed."""

    def spelt(m: re.Match[str]) -> str:
        character = chr(int(m[1], 16))
        return character if _UNRESERVED.match(character) else m[0].upper()

    return _ENCODED.sub(spelt, text) if "%" in text else text


def _query(query: str, netloc: str) -> str:
    """The query without what only says where the reader came from; order and spelling kept."""
    kept = _rules()["parameters"]["kept"].get(netloc, ())
    parts = [_decoded(p) for p in query.split("&") if p]
    return "&".join(p for p in parts if p.split("=")[0] in kept or not _is_tracking(p))


def _is_tracking(parameter: str) -> bool:
    name, equals, value = parameter.lower().partition("=")
    rules = _rules()["parameters"]
    if not equals:  # `?12345` is an id, whatever it looks like
        return name in rules["bare"]
    if name in rules["names"] or name.startswith(tuple(rules["prefixes"])):
        return True
    if name in rules["sessions"] and _SESSION.fullmatch(value):
        return True
    return _is_one_of(parameter, rules["values"])


def _is_one_of(parameter: str, values: dict[str, list[str]]) -> bool:
    name, _, value = parameter.lower().partition("=")
    return value in values.get(name, ())


@lru_cache(maxsize=1)
def _session_in_path() -> re.Pattern[str]:
    names = "|".join(_rules()["parameters"]["in_path"])
    return re.compile(rf";(?:{names})=[^/;]*", re.I)


@lru_cache(maxsize=1)
def _loose_paths() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.I) for pattern in _rules()["loose"]["paths"])


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = load_yaml("urls.yaml")
    return rules
