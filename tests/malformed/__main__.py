"""All faults of malformed input: ``python -m tests.malformed [--number 10000]``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from tests.malformed import complaint, generated, outcome

MOST_SHOWN = 20


def main() -> int:
    """Exit status 0 when every file was refused as it must be."""
    parser = argparse.ArgumentParser(description="Settles from faulty files; all must be refused.")
    parser.add_argument("--number", type=int, default=10_000)
    number = parser.parse_args().number
    kinds: Counter[str] = Counter()
    codes: Counter[str] = Counter()
    wrong = []
    for made in generated(number):
        came = outcome(made)
        kinds[made.kind] += 1
        codes.update({each.code for each in came.findings})
        if why := complaint(made, came):
            wrong.append(f"{made.kind}: {made.what}\n  {why}")
    for line in wrong[:MOST_SHOWN]:
        print(line)  # noqa: T201
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    print(f"{number} faulty files ({told}); codes: {', '.join(sorted(codes))}")  # noqa: T201
    print(f"{len(wrong)} not refused as they must be")  # noqa: T201
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
