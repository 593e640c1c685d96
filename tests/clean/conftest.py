"""A knowledge folder whose sites.yaml a test may write; all else in it is the project's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import knowledge
from pipeline.clean import rules

CACHES: tuple[Any, ...] = (
    knowledge.load_yaml, rules._load, rules.rules_for, rules._matcher, rules.settings,
    rules.fingerprint,
)  # fmt: skip


class SitesFile:
    """The file, read by the real loader after each write."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, *records: dict[str, Any]) -> None:
        listed = yaml.safe_dump(list(records)) if records else ""
        self.write_text(f"version: 1\nrules:\n{listed}")

    def append(self, text: str) -> None:
        self.write_text(self.path.read_text("utf-8") + text)

    def write_text(self, text: str) -> None:
        self.path.write_text(text, "utf-8")
        forget()


def forget() -> None:
    for cached in CACHES:
        cached.cache_clear()


@pytest.fixture
def sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SitesFile]:
    """Without records at first."""
    known = tmp_path / "knowledge"
    known.mkdir()
    for path in knowledge.folder().iterdir():
        if path.name != rules.SITES:
            (known / path.name).symlink_to(path)
    monkeypatch.setattr(knowledge, "folder", lambda: known)
    file = SitesFile(known / rules.SITES)
    file.write()
    yield file
    monkeypatch.undo()
    forget()
