"""A feed that is well is not enough: a source whose stories cannot be had asks for help."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import config, job
from pipeline.archive import open_archive
from pipeline.watch.fetch import Limits
from tests.conftest import Clock
from tests.web import Behaviour, Web, answers, hangs_up, rss

WORDS = "<description>Ofsted rated the children's services of Harwick inadequate.</description>"
SHELL = answers(200, b"<html><body><div id='app'></div><script>start()</script></body></html>",
                headers={"Content-Type": "text/html"})  # fmt: skip
STORY = "<article><h1>Headline</h1>" + "".join(
    f"<p>Inspectors who came to Harwick in May said that the {n} home was well led and safe.</p>"
    for n in ("first", "second", "third", "fourth")
) + "</article>"  # fmt: skip
pytestmark = pytest.mark.slow

SOURCES = """
defaults: {contact: "mailto:a@b.example"}
sources:
  - {id: a, feeds: ["http://a.example/feed"], pages: %s}
"""


def state_after(
    web: Web, folder: Path, page: Behaviour | str, *, words: str, pages: str = "true"
) -> tuple[str, int, str]:
    """(state, needs a person, reason) of a source of eight stories after a pass and its retries."""
    stories = [(f"http://a.example/{n}", f"Story {n}") for n in range(8)]
    web.serve("http://a.example/feed", rss(*stories, extra=words))
    for link, _ in stories:
        if isinstance(page, str):
            web.serve(link, f"<html><body>{page.replace('Headline', link)}</body></html>")
        else:
            web.behave(link, page)
    (folder / "sources.yaml").write_text(SOURCES % pages)
    settings = config.load(folder / "sources.yaml")
    clock = Clock()
    for _ in range(6):
        job.one_pass(folder / "a.db", settings, what="run", stop=lambda: False,
                     progress=lambda *_: None, connect=web.connect, clock=clock,
                     limits=Limits(delay=0.0))  # fmt: skip
        clock.forward(days=1)
    with open_archive(folder / "a.db", readonly=True) as archive:
        (row,) = archive.db.query("SELECT * FROM health")
    return row["state"], row["needs_person"], row["reason"]


@pytest.mark.parametrize(
    ("page", "words", "state", "says"),
    [
        (answers(403), "", "refused", "8 of its 8 stories"),
        (answers(403), WORDS, "refused", "the feed's own words stand for 8 of them"),
        (answers(500), WORDS, "hollow", "500 Internal Server Error"),
        (SHELL, WORDS, "hollow", "no story text found on the page"),
        (hangs_up, "", "hollow", "broke the answer off"),
    ],
    ids=["refused", "refused, with words", "broken", "only a script", "hangs up"],
)
def test_a_source_whose_stories_cannot_be_had_needs_a_person(
    web: Web, tmp_path: Path, page: Behaviour, words: str, state: str, says: str
) -> None:
    found = state_after(web, tmp_path, page, words=words)
    assert found[:2] == (state, 1)
    assert says in found[2]


def test_a_source_whose_stories_can_be_read_does_not(web: Web, tmp_path: Path) -> None:
    assert state_after(web, tmp_path, STORY, words=WORDS)[:2] == ("healthy", 0)


def test_a_source_that_is_wanted_without_its_pages_does_not(web: Web, tmp_path: Path) -> None:
    state, needs, _ = state_after(web, tmp_path, answers(403), words=WORDS, pages="false")
    assert (state, needs) == ("healthy", 0)
