"""Does a link lead to an inspectorate or the government? Hosts are in `knowledge/official.yaml`."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from pipeline.knowledge import load_yaml

FILE = "official.yaml"


def is_official(url: str) -> bool:
    """For a web address, whatever it is of a page, a register or a file there."""
    try:
        parts = urlsplit(url.strip())
        name = (parts.hostname or "").lower().removeprefix("www.")
    except ValueError:
        return False
    if parts.scheme not in ("http", "https"):
        return False
    return any(parts.path.startswith(paths) for paths in _paths_of(name))


@lru_cache(maxsize=4096)
def _paths_of(name: str) -> tuple[tuple[str, ...], ...]:
    """For each record that a host falls under, the beginnings of its paths that count."""
    return tuple(
        tuple(record.get("paths", ("",)))
        for record in load_yaml(FILE)
        for host in record["hosts"]
        if name == host or (not record.get("own_host") and name.endswith("." + host))
    )
