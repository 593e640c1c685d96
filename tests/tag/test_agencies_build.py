"""The generated part of the gazetteer: names, ids, dates and patches."""

from __future__ import annotations

import re

import pytest

from pipeline.knowledge import load_csv, load_yaml
from pipeline.knowledge.build_agencies.__main__ import main
from pipeline.knowledge.build_agencies.health import title_case
from pipeline.knowledge.build_agencies.rows import COLUMNS, slug


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("THE QUEEN ELIZABETH HOSPITAL, KING'S LYNN, NHS FOUNDATION TRUST",
         "The Queen Elizabeth Hospital, King's Lynn, NHS Foundation Trust"),
        ("GUY'S AND ST THOMAS' NHS FOUNDATION TRUST", "Guy's and St Thomas' NHS Foundation Trust"),
        ("UNIVERSITY HOSPITALS OF DERBY AND BURTON NHS FOUNDATION TRUST",
         "University Hospitals of Derby and Burton NHS Foundation Trust"),
    ],
)  # fmt: skip
def test_capitals_become_a_name(raw: str, name: str) -> None:
    assert title_case(raw) == name


def test_slugs_are_plain() -> None:
    assert slug("St. Helens") == "st-helens"
    assert slug("King's & Queen’s") == "kings-and-queens"


def test_generated_rows_are_whole() -> None:
    rows = load_csv("agencies/listed.csv")
    assert tuple(rows[0]) == COLUMNS
    assert len({r["id"] for r in rows}) == len(rows)
    for r in rows:
        assert r["name"], r["id"]
        assert r["names"], r["id"]
        assert re.fullmatch(r"[a-z-]+:[a-z0-9-]+", r["id"]), r["id"]
        assert not r["valid_until"] or re.fullmatch(r"\d{4}-\d\d-\d\d", r["valid_until"]), r["id"]


def test_every_patch_says_why() -> None:
    for patch in load_yaml("agencies/patches.yaml"):
        assert patch.get("why"), patch["ids"]


def test_called_wrongly(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "LISTS_FOLDER" in capsys.readouterr().err
