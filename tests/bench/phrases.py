"""spaCy's PhraseMatcher over names and stories: run by the peers' Python, JSON in, JSON out.

In: {names, texts, rounds}. Out: {version, tokenize, match}: CPU milliseconds a story, the best of
its rounds.
Names are matched in any case, as ours are.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any


def best(work: Callable[[Any], Any], items: list[Any], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        for item in items:
            work(item)
        times.append(time.process_time() - begun)
    return min(times) / len(items) * 1000


def main() -> None:
    import spacy
    from spacy.matcher import PhraseMatcher

    asked = json.load(sys.stdin)
    nlp = spacy.blank("en")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("AGENCY", list(nlp.tokenizer.pipe(asked["names"])))
    documents = [nlp.make_doc(text) for text in asked["texts"]]
    print(json.dumps({
        "version": spacy.__version__,
        "tokenize": best(nlp.make_doc, asked["texts"], asked["rounds"]),
        "match": best(matcher, documents, asked["rounds"]),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
