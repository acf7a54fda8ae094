"""Trains the linear model that judges texts beside the rules of the privacy classifier.

It learns from the labelled rows in tests/data, from script/lib/privacy_frames.txt, and from texts of this
repository. The scores from which a text is private come from two halves of the labelled rows: each is
scored with the weights of the other, and few of the harmless ones may reach them.
"""

import math
import random
import re
import sys
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from privacy_rows import SEED, Fillers, Row, frames, harmless, labelled, varied

from steward.llm.detectors import known_words
from steward.llm.detectors.given_names import is_given_name
from steward.llm.likely_private import PASSAGE
from steward.llm.privacy_model import (
    FILE,
    SLOTS,
    UNIT,
    LinearModel,
    document_slots,
    dump,
    slots_by_token,
    tokens_of,
)

COMMON: Final = Path(__file__).with_name("common_words.txt")
SECRETS: Final = frozenset(
    ("PASSWORD", "PIN", "API_KEY", "RECOVERY_CODE", "SEED", "PRIVATE_KEY", "JWT", "COOKIE", "SECRET", "TOKEN")
)
SHARES: Final = {"secret": 0.008, "personal": 0.008, "private": 0.012}
"""How many of the harmless rows may reach the least score of a label."""

COPIES: Final = 2
OTHERS: Final = 2
"""Words are learned from every second text of the repository."""

PIECE: Final = 40
ROUNDS: Final = 6
DOCUMENT_ROUNDS: Final = 10
RATE: Final = 0.15
DOCUMENT_RATE: Final = 0.05
DROPPED: Final = 0.1
SMALL: Final = 0.04
FARTHEST: Final = 30.0
LARGEST: Final = 127
LEAST_TEXTS: Final = 2

type Example = tuple[tuple[int, ...], str]


@dataclass(frozen=True, slots=True)
class Weights:
    """The trained weights by label."""

    by_label: Mapping[str, Sequence[float]]

    def highest(self, label: str, text: str) -> float:
        """Return the highest score of a word or a passage of ``text``."""
        tokens, weights = tokens_of(text), self.by_label[label]
        if label == "private":
            passages = (tokens[at : at + PASSAGE] for at in range(0, len(tokens), PASSAGE))
            features = [document_slots(one) for one in passages]
        else:
            features = [one for one in slots_by_token(tokens) if one]
        return max((sum(weights[slot] for slot in slots) for slots in features), default=-FARTHEST)


def main() -> int:
    """Write the known words and the model."""
    # The rules know no words at first, so that the result does not depend on an earlier training.
    write_known(bytes(known_words.BITS // 8))
    write_known(known_bits(harmless()))
    rows, others = labelled(), harmless()
    least = calibrate(rows, others)
    print({label: round(score, 2) for label, score in least.items()})
    FILE.write_bytes(dump(model_of(learn(rows, others), least)))
    return 0


def write_known(bits: bytes) -> None:
    """Write the filter of known words, and use it."""
    known_words.FILE.write_bytes(known_words.dump(bits))
    known_words.reload()


def known_bits(others: Sequence[Row]) -> bytes:
    """Return the filter of the words that several texts of the repository have, and of common words."""
    counts: Counter[str] = Counter()
    for row in others:
        counts.update({one.lower() for one in re.findall(r"[^\W\d_]{2,}", row.text)})
    words = {one for one, count in counts.items() if count >= LEAST_TEXTS}
    for line in COMMON.read_text().splitlines():
        words.update(() if line.startswith("#") else line.split())
    # A name is no common word, also if texts of the repository have it.
    words = {one for one in words if not is_given_name(one)}
    bits = bytearray(known_words.BITS // 8)
    for word in words:
        for place in known_words.places_of(word):
            bits[place >> 3] |= 1 << (place & 7)
    return bytes(bits)


def calibrate(rows: Sequence[Row], others: Sequence[Row]) -> dict[str, float]:
    """Return the least scores that few unseen harmless rows reach."""
    scores: dict[str, list[float]] = {label: [] for label in SHARES}
    for half in (0, 1):
        weights = learn([row for number, row in enumerate(rows) if number // PIECE % 2 != half], others)
        for number, row in enumerate(rows):
            if number // PIECE % 2 == half and not row.is_private:
                for label, found in scores.items():
                    found.append(weights.highest(label, row.text))
    return {
        label: sorted(found, reverse=True)[round(SHARES[label] * len(found))]
        for label, found in scores.items()
    }


def learn(rows: Sequence[Row], others: Sequence[Row]) -> Weights:
    """Return the weights that the rows give."""
    fillers = Fillers(random.Random(SEED))  # noqa: S311 - the same values each time
    copies = [varied(row, fillers) for _ in range(COPIES) for row in rows]
    made = list(frames(fillers))
    words = list(examples([*rows, *copies, *made, *others[::OTHERS]]))
    texts = [
        (document_slots(tokens_of(row.text)[: PASSAGE * 2]), "private" if row.is_private else "")
        for row in [*rows, *made, *others]
    ]
    return Weights(
        {
            "secret": fit(words, "secret", ROUNDS, RATE, DROPPED),
            "personal": fit(words, "personal", ROUNDS, RATE, DROPPED),
            "private": fit(texts, "private", DOCUMENT_ROUNDS, DOCUMENT_RATE, 0.0),
        }
    )


def examples(rows: Sequence[Row]) -> Iterator[Example]:
    """Yield the features and the label of each word."""
    for row in rows:
        tokens = tokens_of(row.text)
        for token, slots in zip(tokens, slots_by_token(tokens), strict=True):
            if slots:
                labels = [label for start, end, label in row.spans if token.start < end and start < token.end]
                yield slots, "" if not labels else "secret" if labels[0] in SECRETS else "personal"


def fit(listed: Sequence[Example], label: str, rounds: int, rate: float, dropped: float) -> list[float]:
    """Return the weights of a logistic regression; the same examples give the same weights."""
    weights, squares = [0.0] * SLOTS, [0.01] * SLOTS
    order = random.Random(SEED)  # noqa: S311 - the same order each time
    shuffled = [(slots, float(found == label)) for slots, found in listed]
    for _ in range(rounds):
        order.shuffle(shuffled)
        for every, expected in shuffled:
            slots = [one for one in every if order.random() > dropped] if dropped else every
            score = sum([weights[slot] for slot in slots])
            error = expected - 1 / (1 + math.exp(-max(-FARTHEST, min(FARTHEST, score))))
            if abs(error) < SMALL:
                continue
            for slot in slots:
                squares[slot] += error * error
                weights[slot] += rate * error / math.sqrt(squares[slot])
    return weights


def model_of(weights: Weights, least: Mapping[str, float]) -> LinearModel:
    """Return the model with weights of one byte each."""
    return LinearModel(
        weights={
            label: array("b", [max(-LARGEST, min(LARGEST, round(value * UNIT))) for value in values])
            for label, values in weights.by_label.items()
        },
        least={label: round(value * UNIT) for label, value in least.items()},
    )


if __name__ == "__main__":
    sys.exit(main())
