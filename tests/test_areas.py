"""Watched areas: what a name means, what is said of a wrong one, and what the archive keeps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline import areas, config, job
from pipeline.archive import Archive, open_archive
from pipeline.archive.sources import sync_watched
from pipeline.clock import Service
from pipeline.errors import ConfigError
from pipeline.models import Config, WatchedArea
from pipeline.tag.gazetteer import gazetteer

CASES = yaml.safe_load((Path(__file__).parent / "areas.yaml").read_text(encoding="utf-8"))
FILE = """defaults: {{contact: "mailto:a@b.example"}}
watched: {}
sources:
  - {{id: paper, enabled: false, note: only the areas matter here}}
"""


def settings(*names: str) -> Config:
    return Config(path="sources.yaml", contact="mailto:a@b.example", sources=(), watched=names)


@pytest.mark.parametrize(("name", "meaning"), CASES["known"], ids=[n for n, _ in CASES["known"]])
def test_what_a_name_means(name: str, meaning: list[str]) -> None:
    (area,) = areas.resolve(settings(name))
    assert [area.kind, area.value] == meaning
    assert area.name == name


@pytest.mark.parametrize("case", CASES["wrong"], ids=[c["names"][-1] for c in CASES["wrong"]])
def test_a_wrong_name_gets_one_sentence(case: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as e:
        areas.resolve(settings(*case["names"]))
    assert str(e.value) == f"sources.yaml, key watched: {case['says']}"
    assert e.value.exit_code == 2


def test_every_agency_can_be_written_by_id_and_every_living_one_by_code_and_name() -> None:
    for record in gazetteer().all():
        ways = {record.id, *(x for x in (record.code, record.name) if x and record.living)}
        for way in ways:
            (area,) = areas.resolve(settings(way))
            assert area.value == record.id, way


def test_nothing_watched_is_nothing_looked_up() -> None:
    assert areas.resolve(settings()) == ()


# ---------------------------------------------------------------- in the archive


def rows(archive: Archive) -> list[tuple[Any, ...]]:
    return list(archive.db.execute("SELECT * FROM watched ORDER BY place"))


def test_the_archive_is_brought_to_what_the_file_says(archive: Archive) -> None:
    wales = WatchedArea(name="wales", kind="nation", value="Wales")
    hull = WatchedArea(name="Hull", kind="agency", value="council:hull")
    assert sync_watched(archive, (wales, hull))
    assert rows(archive) == [(1, "wales", "nation", "Wales"), (2, "Hull", "agency", "council:hull")]
    assert not sync_watched(archive, (wales, hull)), "nothing is written where nothing changed"
    assert sync_watched(archive, (hull,))
    assert rows(archive) == [(1, "Hull", "agency", "council:hull")]
    assert sync_watched(archive, ())
    assert rows(archive) == []


def one_pass(db: Path, file: Path) -> None:
    job.one_pass(db, config.load(file), what="run", stop=lambda: False, progress=lambda *_: None)


def test_a_pass_stores_them_and_refuses_what_is_not_known(tmp_path: Path) -> None:
    db, file = tmp_path / "db" / "archive.db", tmp_path / "sources.yaml"
    file.write_text(FILE.format("[Wails]"))
    with pytest.raises(ConfigError, match=r"sources\.yaml, key watched: 'Wails' is no agency"):
        one_pass(db, file)
    assert not db.parent.exists(), "refused before anything was opened"
    file.write_text(FILE.format("[E06000004, Wales]"))
    one_pass(db, file)
    with open_archive(db, readonly=True) as archive:
        assert rows(archive) == [
            (1, "E06000004", "agency", "council:stockton-on-tees"),
            (2, "Wales", "nation", "Wales"),
        ]


def test_watch_goes_on_with_the_last_good_areas(tmp_path: Path) -> None:
    db, file = tmp_path / "archive.db", tmp_path / "sources.yaml"
    file.write_text(FILE.format("[Wails]"))
    with pytest.raises(ConfigError):
        Service(db, file)
    file.write_text(FILE.format("[Wales]"))
    service = Service(db, file)
    service.tick()
    file.write_text(FILE.format("[Wales, Scotlund]"))
    service.tick()
    assert service.failed is None
    assert service.settings().watched == ("Wales",)
    with open_archive(db, readonly=True) as archive:
        assert rows(archive) == [(1, "Wales", "nation", "Wales")]
    file.write_text(FILE.format("[Wales, Scotland]"))
    service.tick()
    with open_archive(db, readonly=True) as archive:
        assert [row[3] for row in rows(archive)] == ["Wales", "Scotland"]


def test_the_project_s_own_example_is_known() -> None:
    text = (Path(__file__).parent.parent / "sources.yaml").read_text(encoding="utf-8")
    lines = text.partition("# watched:\n")[2].partition("\n\n")[0].splitlines()
    names = yaml.safe_load("\n".join(line.removeprefix("#") for line in lines))
    assert [a.kind for a in areas.resolve(settings(*names))] == ["agency", "region"]
