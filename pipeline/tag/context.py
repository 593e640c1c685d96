"""Does a text stand in the world of inspection? General news has no inspectors who speak."""

from __future__ import annotations

from functools import lru_cache

from pipeline.knowledge import load_yaml
from pipeline.models import Judgement, Story
from pipeline.tag.cues import words
from pipeline.tag.literals import Sought
from pipeline.tag.reading import Reading
from pipeline.tag.sentences import fold

FILE = "reports.yaml"


@lru_cache(maxsize=2)
def _words(section: str) -> Sought:
    return words([p for r in load_yaml(FILE)["context"][section] for p in r["any"]])


def told_of_inspection(reading: Reading, judgements: tuple[Judgement, ...]) -> bool:
    """Whether somebody of the inspection world inspected, as far as the text tells.

    An inspectorate is named (in text or title, or by the site that it stands on); where none is,
    words of inspection and a body, or a ranked grade of a known framework. Health inspectors of
    restaurants and the like are none of ours.
    """
    if reading.inspectorates:
        return True
    graded = any(j.framework and j.rank for j in judgements)
    return (bool(reading.bodies) or graded) and speaks_of_inspection(_whole(reading))


def may_tell_of_inspection(story: Story) -> bool:
    """What `told_of_inspection` needs where no inspectorate is named; False for most general news.

    Looks at the whole text, lines of the page around it as well, so that it costs little.
    """
    whole = fold(f"{story.title or ''} . {story.standfirst or ''} . {story.text}")
    return _words("inspecting").search(_without_others(whole)) is not None


def speaks_of_inspection(folded: str) -> bool:
    """Whether folded text has words of inspection before it names another trade's inspectors."""
    ours = _words("inspecting").search(_without_others(folded))
    others = _words("other").search(folded)
    return ours is not None and (others is None or ours.start() < others.start())


def words_of(reading: Reading) -> str:
    """Title, standfirst and prose, folded, other trades' inspectors blotted out."""
    return _without_others(_whole(reading))


def _whole(reading: Reading) -> str:
    prose = (s.low for s in reading.sentences if not s.furniture)
    story = reading.story
    return " . ".join([fold(story.title or ""), fold(story.standfirst or ""), *prose])


def _without_others(folded: str) -> str:
    return _words("other").sub(lambda m: " " * len(m[0]), folded)
