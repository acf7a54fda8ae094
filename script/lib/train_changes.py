"""Trains the linear model that estimates whether a line of release notes breaks a set-up, and measures it.

The rows are in script/lib/change_items.txt. The figures come from four parts: each is measured with the
weights of the others. The weights that are written come from all rows.
"""

import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import exp
from pathlib import Path
from typing import Final

import orjson

from steward.changes.breaking import LEAST
from steward.changes.change_model import FILE, features, score
from steward.changes.release_notes import Item, items

ROWS: Final = Path(__file__).with_name("change_items.txt")
ROUNDS: Final = 60
AVERAGED: Final = 30
"""The last rounds, of whose weights the mean is written: those of one round depend on the order of rows."""
RATE: Final = 0.2
DECAY: Final = 0.3
SEED: Final = 5
PARTS: Final = 4
SMALLEST: Final = 0.01
FEWEST: Final = 2
"""Rows with a feature, so that it gets a weight."""

type Row = tuple[Item, bool]


def main() -> int:
    """Train, print the figures and write the weights; with --check, only compare them."""
    rows = list(read())
    counts: Counter[str] = Counter()
    for part in range(PARTS):
        weights = train([one for number, one in enumerate(rows) if number % PARTS != part])
        for item, breaks in rows[part::PARTS]:
            counts[f"{'right' if (score(item, weights) >= LEAST) == breaks else 'wrong'} {breaks}"] += 1
    print(dict(sorted(counts.items())))
    written = orjson.dumps(train(rows), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if "--check" in sys.argv:
        if FILE.read_bytes() != written:
            print("change_model.json is not what script/train-changes writes", file=sys.stderr)
            return 1
        return 0
    FILE.write_bytes(written)
    return 0


def read() -> Iterator[Row]:
    """Yield the rows of the file: "+" breaks and "-" does not, then the heading and the line."""
    for line in ROWS.read_text().splitlines():
        heading, _, text = line[2:].partition(":: ")
        notes = f"## {heading.strip()}\n\n- {text}" if heading.strip() else f"- {text}"
        for one in items(notes)[:1]:
            yield one, line.startswith("+")


def train(rows: Sequence[Row]) -> Mapping[str, float]:
    """Return a logistic regression over the rows; the same rows give the same weights."""
    weights: dict[str, float] = defaultdict(float)
    sums: dict[str, float] = defaultdict(float)
    read = [(features(item), breaks) for item, breaks in rows]
    seen = Counter(name for names, _ in read for name in names)
    examples = [(sorted(one for one in names if seen[one] >= FEWEST), breaks) for names, breaks in read]
    shuffled = random.Random(SEED)  # noqa: S311 - the same order each time
    for number in range(ROUNDS):
        shuffled.shuffle(examples)
        rate = RATE / (1 + number / 10)
        for names, breaks in examples:
            total = sum(weights[one] for one in names)
            error = breaks - 1 / (1 + exp(-max(-30.0, min(30.0, total))))
            for one in names:
                weights[one] += rate * (error - DECAY * weights[one])
        if number >= ROUNDS - AVERAGED:
            for one, value in weights.items():
                sums[one] += value / AVERAGED
    return {name: round(value, 3) for name, value in sorted(sums.items()) if abs(value) >= SMALLEST}


if __name__ == "__main__":
    sys.exit(main())
