"""`make eval`: accuracy on labelled sets, beside the peers. Exit 1 when a floor is broken.

Sets of others are read from EVAL_DATA (default `../shared/data`), and each that is not there is
named as skipped; our own stories and pages are always scored.
"""

from __future__ import annotations

import sys

from tests.eval import (
    agencies,
    cleaning,
    feeds,
    metadata,
    readers,
    report_details,
    report_grades,
    responses,
    tagging,
)


def main() -> int:
    codes = []
    for part in (
        feeds,
        cleaning,
        metadata,
        agencies,
        tagging,
        readers,
        responses,
        report_grades,
        report_details,
    ):
        print(f"\n== {part.__name__.rsplit('.', 1)[-1]} ==", flush=True)
        codes.append(part.main())
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
