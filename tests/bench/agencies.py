"""Names in text: ours, and what a plain search of the same names costs with other means.

Ratios of CPU time for one story of about 4 KB. `re` alternation is what people write first; it is
given only the councils and forces, because with all names it takes a second a story.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from ahocorasick_rs import AhoCorasick

from pipeline.models import Story
from pipeline.tag.agencies import mentions, sentences_of
from pipeline.tag.gazetteer import gazetteer
from pipeline.tag.matcher import fold
from pipeline.tag.places import places

PARAGRAPH = (
    "Ofsted inspectors who visited Leeds City Council in May found children’s services better. "
    "West Yorkshire Police and Leeds Teaching Hospitals NHS Trust took part, and Bradford was told "
    "to look at St Anselm's Primary School in Harwick. The council said that it was pleased.\n\n"
)


def timed(work: Callable[[], object], rounds: int = 60) -> float:
    """Milliseconds of CPU time a round, the best of three goes."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for _ in range(rounds):
            work()
        best = min(best, (time.process_time() - start) / rounds * 1000)
    return best


def main() -> int:
    text = PARAGRAPH * 14
    story = Story(id="s", url=None, title=None, text=text, published_at="2024-05-01")
    names = [n for r in gazetteer().all() for n in (*r.names, *r.exact, *r.bare)]
    few = [r.name for r in gazetteer().all() if r.kind in ("council", "police")]
    automaton = AhoCorasick([fold(n) for n in dict.fromkeys(names)])
    alternation = re.compile("|".join(map(re.escape, sorted(few, key=len, reverse=True))), re.I)
    found = mentions(story)

    def cold() -> object:
        fold.cache_clear()
        sentences_of.cache_clear()
        return mentions(story)

    rows = [
        (f"ahocorasick_rs, {len(names)} names", lambda: automaton.find_matches_as_indexes(text)),
        ("gazetteer: boundaries, case, dates", lambda: gazetteer().find(text)),
        ("mentions with roles", cold),
        ("places", lambda: places(story, found)),
        (f"re alternation, {len(few)} names", lambda: alternation.findall(text)),
    ]
    times = [(name, timed(work)) for name, work in rows]
    base = times[2][1]
    for name, ms in times:
        print(f"{name:40} {ms:8.2f} ms {ms / base:6.2f} of mentions")
    return 0


if __name__ == "__main__":
    main()
