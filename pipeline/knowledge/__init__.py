"""Knowledge is data: YAML records and CSV lists in this folder, read once, fingerprinted as parsed.

A fingerprint is taken of the parsed records, not of the bytes, so that a comment or a re-indent
does not make a whole archive stale.
"""

from __future__ import annotations

import csv
import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import KnowledgeError


def folder() -> Path:
    """Where the knowledge files lie."""
    return Path(__file__).parent


@lru_cache(maxsize=64)
def load_yaml(name: str) -> Any:
    """The parsed content of one YAML file. Raises KnowledgeError naming file and line."""
    path = folder() / name
    try:
        with path.open(encoding="utf-8") as f:
            return yaml.load(f, Loader=_Loader)
    except OSError as e:
        raise KnowledgeError(f"cannot be read: {e.strerror}", path=str(path)) from e
    except yaml.YAMLError as e:
        problem = " ".join(str(e).split())
        raise KnowledgeError(f"is not valid YAML: {problem}", path=str(path)) from e


@lru_cache(maxsize=64)
def load_csv(name: str) -> tuple[dict[str, str], ...]:
    """The rows of one CSV file as dicts of strings; empty cells are ''."""
    path = folder() / name
    try:
        with path.open(encoding="utf-8", newline="") as f:
            return tuple(csv.DictReader(f))
    except OSError as e:
        raise KnowledgeError(f"cannot be read: {e.strerror}", path=str(path)) from e


@lru_cache(maxsize=64)
def fingerprint(*names: str) -> str:
    """16 hex digits that change when a parsed record of the named files changes."""
    content = [load_csv(n) if n.endswith(".csv") else load_yaml(n) for n in names]
    return digest(content)


def digest(content: Any) -> str:
    """16 hex digits of any JSON-like value."""
    as_json = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(as_json.encode()).hexdigest()[:16]


# libyaml where it is there (it is in every wheel): ten times faster on the larger files.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
