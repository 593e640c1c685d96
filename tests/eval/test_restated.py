"""The stories restated from real pages: what was reached on them is kept, and they harm nobody."""

from __future__ import annotations

import pytest

from pipeline.models import Story
from pipeline.tag import agencies
from tests.eval import readers, tagging

FILES = tagging.restated_files()


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_what_was_reached_on_restated_stories_is_kept(name: str) -> None:
    scores = tagging.score_labelled(tagging.restated(FILES[name]))
    assert tagging.report(name, scores, cases=name != "held")


@pytest.mark.slow
@pytest.mark.parametrize(
    "file", [f for files in FILES.values() for f in files], ids=lambda f: f.stem
)
def test_restated_stories_name_no_body_that_there_is(file: tagging.Path) -> None:
    """Save those of the whole country: the gazetteer's identities of all others have a colon."""
    named = {
        (record["id"], mention.id)
        for record in tagging.records(file)
        for mention in agencies.mentions(
            Story(
                id=record["id"],
                url=record["url"],
                title=None,
                text=record["text"],
                published_at=None,
            )
        )
        if ":" in mention.id and not mention.id.startswith("unlisted:")
    }
    assert not named


def test_two_readers_agree_better_on_what_is_a_report_than_on_grades() -> None:
    """The figures that README gives for two readers of the same stories."""
    scores = readers.agreement([r for f in FILES["held"] for r in tagging.records(f)])
    assert scores["report"].accuracy > 0.95
    assert 0.6 < scores["with aspect"].f1 < scores["judgements"].f1 < 0.9
