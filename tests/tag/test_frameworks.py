"""The frameworks as data: what each says of itself must be known elsewhere."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pipeline.knowledge import load_yaml
from pipeline.tag.frameworks import Framework, frameworks, scales


@pytest.mark.parametrize("framework", frameworks(), ids=lambda f: f.id)
def test_a_framework_leads_to_actions_and_inspectorates_that_are_known(
    framework: Framework,
) -> None:
    kinds = {record["id"] for record in load_yaml("actions.yaml")["actions"]}
    assert framework.actions
    assert set(framework.actions) <= kinds
    assert len(set(framework.actions)) == len(framework.actions)
    known = {record["id"] for record in load_yaml("agencies/inspectorates.yaml")}
    assert set(framework.inspectorates) <= known
    assert framework.since <= framework.until


def test_every_kind_of_action_follows_from_some_framework() -> None:
    kinds = {record["id"] for record in load_yaml("actions.yaml")["actions"]}
    led_to = {kind for f in frameworks() for kind in f.actions}
    assert kinds - led_to == {"step-in"}  # a government's, whatever was inspected


def test_a_framework_after_another_of_its_name_begins_when_that_ends() -> None:
    spans: dict[str, list[tuple[str, str]]] = {}
    for framework in frameworks():
        spans.setdefault(framework.id, []).append((framework.since, framework.until))
    for several in (sorted(s) for s in spans.values() if len(s) > 1):
        for (_, until), (since, _) in pairwise(several):
            assert until < since


def test_a_grade_stands_once_on_its_scale() -> None:
    for scale in scales().values():
        assert len(set(scale.grades)) == len(scale.grades)
        assert all(scale.rank(grade) == n for n, grade in enumerate(scale.grades, 1))
