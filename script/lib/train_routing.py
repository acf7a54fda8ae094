"""Trains the linear model that estimates which model a question needs, and measures it.

The rows are in script/lib/routing_prompts.txt. The figures come from two halves: each is measured with
the weights of the other, and translations of a question are in the same half. The weights that are
written come from all rows.
"""

import math
import random
import sys
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from steward.llm.complexity import DEMANDS, assess, plain_question, rule_tier
from steward.llm.prompt_model import FILE, SLOTS, LinearModel, dump, slots_of

ROWS: Final = Path(__file__).with_name("routing_prompts.txt")
ROUNDS: Final = 60
RATE: Final = 0.15
DECAY: Final = 2e-4
SEED: Final = 11
LARGEST: Final = 127
LABELS: Final = tuple(DEMANDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A question, its language, its label, and its number among those of both."""

    text: str
    language: str
    label: str
    number: int

    @property
    def slots(self) -> tuple[int, ...]:
        """The slots of its features."""
        text = plain_question(self.text)
        return slots_of(text, str(rule_tier(text)))


def main() -> int:
    """Train, print the figures and write the weights; with --check, only compare them."""
    rows = list(read())
    halves = [[one for one in rows if one.number % 2 == half] for half in (0, 1)]
    for name, trained, measured in (("first", 1, 0), ("second", 0, 1)):
        print(f"{name} half:", _figures(train(halves[trained]), halves[measured]))
    written = dump(train(rows))
    if "--check" in sys.argv:
        if FILE.read_bytes() != written:
            print("prompt_model.json is not what script/train-routing writes", file=sys.stderr)
            return 1
        return 0
    FILE.write_bytes(written)
    return 0


def read() -> Iterator[Row]:
    """Yield the rows of the file; its headings are the language and the label."""
    language = label = ""
    number = 0
    for line in ROWS.read_text().splitlines():
        if line.startswith("## "):
            language = line[3:]
        elif line.startswith("# "):
            label = line[2:]
            number = 0
        elif line:
            yield Row(text=line, language=language, label=label, number=number)
            number += 1


def train(rows: Sequence[Row]) -> LinearModel:
    """Return a multinomial logistic regression over the rows; the same rows give the same weights."""
    weights = [[0.0] * SLOTS for _ in LABELS]
    examples = [(one.slots, LABELS.index(one.label)) for one in rows]
    shuffled = random.Random(SEED)  # noqa: S311 - the same order each time
    for number in range(ROUNDS):
        shuffled.shuffle(examples)
        rate = RATE / (1 + number / 10)
        for slots, expected in examples:
            chances = _chances([sum(row[slot] for slot in slots) for row in weights])
            for label, row in enumerate(weights):
                error = (label == expected) - chances[label]
                for slot in slots:
                    row[slot] += rate * (error - DECAY * row[slot])
    largest = max(abs(value) for row in weights for value in row)
    return LinearModel(
        labels=LABELS,
        weights=tuple(array("b", [round(value / largest * LARGEST) for value in row]) for row in weights),
    )


def _chances(scores: Sequence[float]) -> list[float]:
    highest = max(scores)
    powers = [math.exp(one - highest) for one in scores]
    return [one / sum(powers) for one in powers]


def _figures(model: LinearModel, rows: Sequence[Row]) -> str:
    right: Counter[str] = Counter()
    for row in rows:
        expected, found = DEMANDS[row.label], assess(row.text, model)
        right["work"] += found.work is expected.work
        right["tier"] += found.tier is expected.tier
        right["rules"] += rule_tier(plain_question(row.text)) is expected.tier
    return ", ".join(f"{name} {count / len(rows):.3f}" for name, count in right.items())


if __name__ == "__main__":
    sys.exit(main())
