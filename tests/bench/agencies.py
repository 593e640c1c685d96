"""Names in stories: ours, and what the same names cost with other means; CPU per story of 4 KB.

Ours is the whole of it: folding the text, one pass of Aho-Corasick, word boundaries, capitals,
nesting, and the id of each name as of the story's day. Beside it a bare pass of the same automaton,
spaCy's PhraseMatcher (which needs the text tokenized first) and one regular expression of all
names, which only find places in the text. Measured with 5,000 names, with all, and with 100,000.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from ahocorasick_rs import AhoCorasick

from pipeline.models import Story
from pipeline.tag.agencies import mentions
from pipeline.tag.furniture import furniture
from pipeline.tag.gazetteer import AS_OF, gazetteer
from pipeline.tag.matcher import Form, Matcher, fold
from pipeline.tag.places import places
from pipeline.tag.sentences import sentences_of
from tests.bench.peers import ROOT, peers_python

STORIES = Path(__file__).parents[1] / "tag" / "agencies" / "stories.yaml"
DAY = date(2024, 5, 1)
SIZE = 4000  #: code points of a story
ROUNDS = 5
#: Past this a regular expression takes a second a story: it is timed on one story, one round.
REGEX_PATIENCE = 6000


def stories() -> list[str]:
    """Our own stories, joined to about `SIZE` each."""
    texts, joined = [r["text"] for r in yaml.safe_load(STORIES.read_text("utf-8"))], []
    while texts:
        text = texts.pop()
        while texts and len(text) < SIZE:
            text += "\n\n" + texts.pop()
        joined.append(text[:SIZE])
    return joined


def cpu(work: Callable[[Any], Any], items: list[Any], rounds: int = ROUNDS) -> float:
    """Milliseconds an item, the best of `rounds`."""
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        for item in items:
            work(item)
        times.append(time.process_time() - begun)
    return min(times) / len(items) * 1000


def forms(number: int | None) -> list[Form]:
    """That many names: of ours by lot, all for None, filled up with made-up ones past that."""
    known = gazetteer()
    found = known.forms()
    if number is None:
        return found
    if number <= len(found):
        return random.Random(7).sample(found, number)
    areas = [r for r in known.all() if r.area]
    made = (
        Form(f"{areas[i % len(areas)].area} {i} Council", areas[i % len(areas)].id, "any")
        for i in range(number - len(found))
    )
    return [*found, *made]


def spacy(names: list[str], texts: list[str]) -> tuple[float, float, str] | str:
    """(tokenizing, matching, version), or why there is none."""
    python, why = peers_python()
    if python is None:
        return why
    asked = json.dumps({"names": names, "texts": texts, "rounds": ROUNDS})
    done = subprocess.run([python, "-m", "tests.bench.phrases"], cwd=ROOT, input=asked,
                          capture_output=True, text=True, check=False)  # fmt: skip
    if done.returncode:
        return done.stderr.strip().splitlines()[-1]
    told = json.loads(done.stdout)
    return told["tokenize"], told["match"], told["version"]


def _regex(names: list[str], texts: list[str]) -> float:
    alternation = re.compile(
        r"\b(?:" + "|".join(map(re.escape, sorted(names, key=len, reverse=True))) + r")\b", re.I
    )
    if len(names) > REGEX_PATIENCE:
        return cpu(alternation.findall, texts[:1], rounds=1)
    return cpu(alternation.findall, texts, rounds=1)


def row(number: int | None, texts: list[str]) -> None:
    chosen = forms(number)
    matcher = Matcher(chosen, {r.id: r for r in gazetteer().all()}, as_of=AS_OF)
    names = list(dict.fromkeys(f.written for f in chosen))
    automaton = AhoCorasick([fold(n) for n in names])
    folded = [fold(t) for t in texts]

    def ours(text: str) -> object:
        fold.cache_clear()
        return matcher.candidates(text, DAY, None)

    mine = cpu(ours, texts)
    bare = cpu(automaton.find_matches_as_indexes, folded)
    peer = spacy(names, texts)
    regex = _regex(names, texts)
    told = (f"{peer[0] + peer[1]:.2f} (of it {peer[1]:.2f} matching)" if not isinstance(peer, str)
            else peer)  # fmt: skip
    ratio = f"{mine / (peer[0] + peer[1]):.2f}" if not isinstance(peer, str) else ""
    print(f"| {len(names):,} | {mine:.2f} | {bare:.3f} | {told} | {regex:.0f} | {ratio} |")


def main() -> int:
    texts = stories()
    begun = time.process_time()
    gazetteer()
    loaded = time.process_time() - begun
    print(f"{len(texts)} stories of {sum(map(len, texts)) / len(texts):,.0f} characters; "
          f"{len(gazetteer().all()):,} bodies, loaded in {loaded:.2f} s of CPU")  # fmt: skip
    print("| names | ours, ms | bare Aho-Corasick | spaCy PhraseMatcher, tokenizing and matching | "
          "regular expression | ours / spaCy |")  # fmt: skip
    print("|--:|--:|--:|--:|--:|--:|")
    for number in (5000, None, 100_000):
        row(number, texts)
    made = [Story(id="s", url=None, title=None, text=t, published_at="2024-05-01") for t in texts]

    def cold(one: Story) -> object:
        for kept in (fold, sentences_of, furniture):
            kept.cache_clear()
        return mentions(one)

    found = {s.text: mentions(s) for s in made}
    print(f"mentions with roles {cpu(cold, made):.2f} ms a story, "
          f"places {cpu(lambda s: places(s, found[s.text]), made):.2f} ms")  # fmt: skip
    return 0


if __name__ == "__main__":
    main()
