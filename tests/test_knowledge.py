"""Every knowledge file is plain YAML: also for the loader that is written in Python alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from pipeline import knowledge
from pipeline.errors import KnowledgeError

FILES = sorted(knowledge.folder().rglob("*.yaml"))


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda p: p.name)
def test_both_loaders_read_the_same(path: Path) -> None:
    name = str(path.relative_to(knowledge.folder()))
    assert yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader) == (
        knowledge.load_yaml(name)
    )


def test_a_missing_file_is_named() -> None:
    with pytest.raises(KnowledgeError, match=r"nowhere\.yaml: cannot be read"):
        knowledge.load_yaml("nowhere.yaml")


def test_a_fingerprint_is_of_what_the_records_say() -> None:
    assert knowledge.digest({"a": 1, "b": [2]}) == knowledge.digest({"b": [2], "a": 1})
    assert knowledge.digest({"a": 1}) != knowledge.digest({"a": 2})
