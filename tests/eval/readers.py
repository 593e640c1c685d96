"""How far two careful readers agree who label the same stories: more cannot be asked of a tagger.

The stories of `restated/` that are held back have a `second` label, by a reader who had the same
guidelines and had not seen the first. Measured as the tagger is: the first reader's label is what
is wanted, the second's what was got.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from typing import Any

from tests.eval import tagging
from tests.eval.tagging import Score, plain


def agreement(records: Iterable[dict[str, Any]]) -> dict[str, Score]:
    """The scores of the second labels against the first; stories without a second are left out."""
    scores = {k: Score() for k in tagging.MEASURES if k != "stated"}
    rules = tagging.crosswalk()
    for record in records:
        if "second" not in record:
            continue
        first, second, identity = record["label"], record["second"], record["id"]
        scores["report"].yes(
            identity, second["is_inspection_report"], first["is_inspection_report"]
        )
        for what in ("has_strengths", "has_weaknesses"):
            scores["presence"].yes(identity, second[what], first[what])
        names = [plain(j["body"]) for j in first["judgements"]]
        for measure, aspects in (("judgements", False), ("with aspect", True)):
            got, wanted = (
                _judgements(label, names, rules, aspects=aspects) for label in (second, first)
            )
            scores[measure].add(identity, got, wanted)
        if first["is_inspection_report"]:
            scores["actions"].add(identity, _kinds(second, rules), _kinds(first, rules))
            scores["statistics"].add(identity, _figures(second), _figures(first))
    return scores


def _judgements(
    label: dict[str, Any], names: list[frozenset[str]], rules: dict[str, Any], *, aspects: bool
) -> Counter[Any]:
    return Counter(
        (
            " ".join(sorted(tagging.same_body(plain(j["body"]), names))),
            tagging.aspect_of(j["aspect"], rules) if aspects else "",
            tagging.grade_of(j["grade"], rules),
            j["status"],
        )
        for j in label["judgements"]
    )


def _kinds(label: dict[str, Any], rules: dict[str, Any]) -> Counter[Any]:
    kinds = (tagging.mapped(rules["actions"], p)[1] for p in label["required_actions"])
    return Counter({k for k in kinds if k})


def _figures(label: dict[str, Any]) -> Counter[Any]:
    return Counter(
        (tagging.number(s["value"]), tagging.whole(s["of"])) for s in label["statistics"]
    )


def main() -> int:
    records = [r for f in tagging.restated_files()["held"] for r in tagging.records(f)]
    tagging.report("readers", agreement(records), cases=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
