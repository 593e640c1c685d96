"""CPU time of tagging: beside cleaning and trafilatura on the same pages, and by stage.

Prints; asserts nothing. The aim is that tagging a story costs less than a fifth of taking it out of
its page. Pages are those of the contest of cleaning, where the labelled sets are at hand; each of
the three is timed on every page in turn, and what they remember of other pages is forgotten first.
"""

from __future__ import annotations

import statistics as averages
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from pipeline import tag
from pipeline.clean import clean
from pipeline.errors import CleanError
from pipeline.models import Article, Page, Story
from pipeline.tag import (
    actions,
    agencies,
    details,
    findings,
    frameworks,
    grades,
    judgements,
    places,
    reports,
    responses,
    statistics,
    themes,
)
from pipeline.tag.reading import Reading, read
from tests.bench import cleaning
from tests.bench.agencies import cpu
from tests.bench.extractors import forget_ours, trafilatura
from tests.eval.sets import own_pages
from tests.eval.together import served

STORIES = Path(__file__).parent.parent / "tag" / "stories"
_PAGES = 60  #: enough for a median that hardly moves between runs
_ROUNDS = 3


def stories() -> list[Story]:
    """Our own stories, three joined to one, so that a story is about as long as in a newspaper."""
    records = [
        r for f in sorted(STORIES.glob("*.yaml")) for r in yaml.safe_load(f.read_text("utf-8"))
    ]
    texts = [r["text"] for r in records]
    return [
        Story(
            id=str(i), url=None, title=None, text="\n\n".join(texts[i : i + 3]), published_at=None
        )
        for i in range(0, len(texts) - 2)
    ]


def _once(work: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds of processor time, and what came out."""
    begun = time.process_time()
    made = work()
    return (time.process_time() - begun) * 1000, made


def _story(page: Page, article: Article) -> Story:
    return Story(id=page.url, url=page.url, title=article.headline, text=article.text,
                 published_at=article.published_at, standfirst=article.standfirst,
                 access=article.access, links=article.links)  # fmt: skip


def beside_extraction(name: str, pages: list[Page]) -> None:
    """Clean and tag beside trafilatura alone, page by page: medians, and their ratios."""
    extract = trafilatura(with_metadata=True)()
    times: dict[str, list[float]] = {"clean": [], "tag": [], "trafilatura": []}
    for page in pages:
        try:
            clean(page)
        except CleanError:
            continue  # no story on it: nothing to tag
        least = dict.fromkeys(times, float("inf"))
        for _ in range(_ROUNDS):
            forget_ours(page.url)
            took, article = _once(lambda page=page: clean(page))  # type: ignore[misc]
            least["clean"] = min(least["clean"], took)
            story = _story(page, article)
            took, _made = _once(lambda story=story: tag.tags(story))  # type: ignore[misc]
            least["tag"] = min(least["tag"], took)
            forget_ours(page.url)
            took, _made = _once(
                lambda page=page: extract(page.body, page.url)  # type: ignore[misc]
            )
            least["trafilatura"] = min(least["trafilatura"], took)
        for tool, value in least.items():
            times[tool].append(value)
    middle = {tool: averages.median(values) for tool, values in times.items()}
    total = {tool: sum(values) for tool, values in times.items()}
    print(f"  {name}: {len(times['tag'])} pages, each the first of its site; median, and in sum")
    for tool in times:
        share = total[tool] / total["trafilatura"]
        print(f"  {tool:12} {middle[tool]:7.2f} ms, in sum {share:5.2f} of trafilatura's")
    both = (total["clean"] + total["tag"]) / total["trafilatura"]
    print(f"  clean + tag: {both:.2f} of trafilatura alone")


def main() -> int:
    beside_extraction("general news", cleaning.pages(_PAGES))
    beside_extraction("pages of our own, mostly of inspections", [
        served(page.url, page.body) for page in own_pages()[:_PAGES]
    ])  # fmt: skip
    items = stories()
    size = sum(len(s.text) for s in items) / len(items)
    whole = cpu(tag.tags, items)
    print(f"  {len(items)} stories of our own, {size:.0f} characters each")
    print(f"  {'whole':12} {whole:7.2f} ms a story, {size / whole:.0f} characters a millisecond")
    for name, value in _stages(items).items():
        print(f"  {name:12} {value:7.2f} ms {value / whole:6.0%}")
    return 0


def _stages(items: list[Story]) -> dict[str, float]:
    """Milliseconds a story of each stage."""
    readings: list[Reading] = []
    for story in items:
        mentions = agencies.mentions(story)
        readings.append(read(story, mentions, *agencies.inspectorates_and_bodies(story, mentions)))
    chosen = {id(r): (f := frameworks.choose(r), grades.marks(r, f)) for r in readings}
    found = {
        id(r): (judgements.judgements(r, *chosen[id(r)]), findings.findings(r, chosen[id(r)][1]),
                actions.actions(r))
        for r in readings
    }  # fmt: skip
    return {
        "agencies": cpu(agencies.mentions, items),
        "roles": cpu(lambda r: agencies.inspectorates_and_bodies(r.story, r.mentions), readings),
        "reading": cpu(lambda r: read(r.story, r.mentions, r.inspectorates, r.bodies), readings),
        "framework": cpu(frameworks.choose, readings),
        "grades": cpu(grades.marks, readings),
        "judgements": cpu(lambda r: judgements.judgements(r, *chosen[id(r)]), readings),
        "findings": cpu(lambda r: findings.findings(r, chosen[id(r)][1]), readings),
        "actions": cpu(actions.actions, readings),
        "statistics": cpu(statistics.statistics, readings),
        "is it a report": cpu(
            lambda r: reports.is_report(r, *found[id(r)], (), inspected=True), readings
        ),
        "responses": cpu(lambda r: responses.responses(r, found[id(r)][0]), readings),
        "details": cpu(details.details, readings),
        "places": cpu(lambda r: places.places(r.story, r.mentions), readings),
        "themes": cpu(lambda r: themes.themes(r, found[id(r)][0]), readings),
    }


if __name__ == "__main__":
    main()
