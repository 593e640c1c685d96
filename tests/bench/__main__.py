"""`make bench`: speed beside the peers in one run, as ratios of CPU time. It asserts nothing."""

from __future__ import annotations

import sys

from tests.bench import agencies, cleaning, serving, tagging, watching


def main() -> int:
    for part in (cleaning, agencies, tagging, watching, serving):
        print(f"\n== {part.__name__.rsplit('.', 1)[-1]} ==", flush=True)
        part.main()
    return 0


if __name__ == "__main__":
    sys.exit(main())
