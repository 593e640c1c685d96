"""Does a link lead to an inspectorate or the government? Hosts are in `knowledge/official.yaml`."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from pipeline.knowledge import load_yaml

FILE = "official.yaml"


def is_official(url: str) -> bool:
    """For a web address, whatever it is of a page, a register or a file there."""
    url = url.strip()
    if url[:4].lower() != "http" or not _may_be().search(url[:300].lower()):
        return False  # nearly all links of a page: no need to take them apart
    try:
        parts = urlsplit(url)
        name = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        return False
    if parts.scheme not in ("http", "https"):
        return False
    return any(parts.path.startswith(paths) for paths in _paths_of(name))


#: Paths of reports, letters and files; registers and lists of a body's inspections are none.
_REPORT = re.compile(
    r"\.pdf(?:$|\?)|/v1/file/|/(?:[a-z0-9_-]*(?:report|inspection|letter|publication)[a-z0-9_-]*|media|"
    r"documents?|files?|uploads)/[^/]{3,}", re.I,
)  # fmt: skip
_REGISTER = re.compile(r"/(?:provider|location|search|find-|service-directory|care-services)", re.I)


def leads_to_a_report(url: str) -> bool:
    """Whether an official address is one of a report, a letter or a file, not of a register."""
    path = url.split("://", 1)[-1].partition("/")[2]
    wanted = _REPORT.search(f"/{path}") and not _REGISTER.search(f"/{path}")
    return is_official(url) and bool(wanted)


@lru_cache(maxsize=4096)
def _paths_of(name: str) -> tuple[tuple[str, ...], ...]:
    """For each record that a host falls under, the beginnings of its paths that count."""
    return tuple(
        tuple(record.get("paths", ("",)))
        for record in load_yaml(FILE)
        for host in record["hosts"]
        if name == host or (not record.get("own_host") and name.endswith("." + host))
    )


@lru_cache(maxsize=1)
def _may_be() -> re.Pattern[str]:
    """Any of the hosts, anywhere in an address."""
    hosts = {host for record in load_yaml(FILE) for host in record["hosts"]}
    return re.compile("|".join(map(re.escape, sorted(hosts))))
