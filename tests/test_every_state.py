"""What passes recorded, diagnosed, and told to people: `status`, the view and the page agree."""

from __future__ import annotations

import asyncio
import json
import re
import sqlite3
from html import escape
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner

from pipeline import config, summary
from pipeline.cli import cli
from pipeline.models import HealthState
from pipeline.publish import metadata
from pipeline.publish.serve import opened
from pipeline.publish.words import sentence
from tests import every_state


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return every_state.make(tmp_path_factory.mktemp("states"))


def status(made: tuple[Path, Path], *options: str) -> str:
    words = ["status", "--db", str(made[0]), "--sources", str(made[1]), *options]
    done = CliRunner().invoke(cli, words, catch_exceptions=False, standalone_mode=False)
    assert done.return_value == 1
    return str(done.stdout)


def test_facts_become_the_state_that_they_mean(made: Any) -> None:
    told = {s["id"]: s for s in json.loads(status(made, "--json"))["sources"]}
    assert {id_: s["state"] for id_, s in told.items()} == every_state.STATES
    assert set(every_state.STATES.values()) == set(get_args(HealthState))
    needing = {id_ for id_, s in told.items() if s["needs_person"]}
    assert needing == {id_ for id_ in every_state.STATES if id_.endswith("-needs")}


def test_status_the_view_and_the_page_say_the_same(made: Any) -> None:
    told = {s["id"]: s for s in json.loads(status(made, "--json"))["sources"]}
    db = sqlite3.connect(made[0])
    db.row_factory = sqlite3.Row
    view = {row["source_id"]: row for row in db.execute("SELECT * FROM source_health")}
    db.close()
    states = metadata.described()["states"]
    with opened(made[0]) as datasette:
        for id_, source in told.items():
            page = asyncio.run(datasette.client.get(f"/archive/sources/{id_}")).text
            row = view[id_]
            assert row["state"] == source["state"]
            assert (row["reason"], bool(row["needs_person"])) == (
                source["reason"], source["needs_person"],
            )  # fmt: skip
            said = str(escape(sentence(source["reason"]))).replace("&#x27;", "&#39;")
            assert said.split("`")[0] in page, id_
            assert f">{escape(states[source['state']]['label'])}</span>".replace(
                "&quot;", "&#34;") in page  # fmt: skip
            assert ("Needs a person" in page) is source["needs_person"]


def test_the_text_names_every_source_once_where_it_belongs(made: Any) -> None:
    text = status(made)
    parts = {part.splitlines()[0]: part for part in text.split("\n\n") if part.strip()}
    heads = list(parts)
    assert heads[0].startswith("The watcher") or heads[0].startswith("Nobody is watching")
    sections = {
        "These need you (6)": "-needs",
        "Not as it should be, but nobody is needed yet (4)": "",
        "Stories may have been missed in the last 30 days": "",
        "Healthy (2)": "", "Quiet, and that is their way (1)": "", "Not looked at yet (1)": "",
        "Switched off (1)": "",
    }  # fmt: skip
    assert heads[1:] == list(sections)
    for id_ in every_state.STATES:
        name = re.escape(f"The {id_.title()}")
        (where,) = [
            head for head, part in parts.items()
            if re.search(rf"^  {name}([:.]|$)", part, re.MULTILINE)
        ]  # fmt: skip
        assert (where == heads[1]) is id_.endswith("-needs"), name
    assert "The Missed, between" in parts["Stories may have been missed in the last 30 days"]


def test_a_pass_says_where_stories_may_have_been_missed(
    made: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    db, sources = made
    for since, told in ((every_state.NOW - 3 * every_state.DAY, 1), (every_state.NOW, 0)):
        summary.say_gaps(db, config.load(sources), since=since)
        words = capsys.readouterr().err
        assert words.count("Stories may have been missed: The Missed, between") == told
