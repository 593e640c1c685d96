"""The three fixtures that carry everything: a small fake web, an archive, a clock."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from pipeline.archive import Archive, open_archive, pages_path
from tests.web import Web


def pytest_configure(config: pytest.Config) -> None:
    """Made-up values: a few in the fast tests, many where the slow ones are run too."""
    for name, examples in (("fast", 20), ("thorough", 200)):
        settings.register_profile(name, max_examples=examples, deadline=None,
                                  suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
    settings.load_profile("fast" if "not slow" in config.option.markexpr else "thorough")


class Clock:
    """A time that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> datetime:
        """`forward(hours=2)`; returns the new time."""
        self.now += timedelta(**by)
        return self.now


def copied(archive: Path, folder: Path) -> Path:
    """A copy of both files of a closed archive, in another folder."""
    for path in (archive, pages_path(archive)):
        shutil.copyfile(path, folder / path.name)
    return folder / archive.name


@pytest.fixture
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture(scope="session")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive that has its tables and nothing in them, to be copied and never opened."""
    path = tmp_path_factory.mktemp("empty") / "archive.db"
    open_archive(path).close()
    return path


@pytest.fixture
def archive(tmp_path: Path, empty_archive: Path) -> Iterator[Archive]:
    with open_archive(copied(empty_archive, tmp_path)) as archive:
        yield archive


@pytest.fixture
def clock() -> Clock:
    return Clock()
