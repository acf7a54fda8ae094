"""Trains the linear model that judges texts beside the rules of the privacy classifier.

It learns from the labelled rows in tests/data, from script/lib/privacy_frames.txt and privacy_grammar.txt,
and from script/lib/privacy_texts.xz (texts of this repository). The same files give the same weights.
The scores from which a text is private come from parts of the labelled rows, each of whole sets: a part is
scored with the weights of the others, and few of the harmless rows that no rule finds may reach them.

``--collect`` writes the texts of this repository and the known words again before.
"""

import hashlib
import math
import random
import re
import sys
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from pathlib import Path
from typing import Final

import privacy_texts
from privacy_rows import FRAMES, GRAMMAR, SEED, SETS, WORDS, Fillers, Row, frames, labelled, sentences, varied

from steward.llm.detectors import known_words
from steward.llm.detectors.given_names import is_given_name
from steward.llm.likely_private import (
    IN_PRIVATE,
    MENTIONED,
    PASSAGE,
    SECRET_MENTIONED,
    margin,
    passages_of,
)
from steward.llm.privacy import find_certain
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
    ("PASSWORD", "WIFI", "PIN", "API_KEY", "RECOVERY_CODE", "SEED", "PRIVATE_KEY", "JWT", "COOKIE", "TOKEN")
)
SHARES: Final = {
    "secret": 0.012,
    "personal": 0.005,
    "private": 0.012,
    MENTIONED: 0.12,
    SECRET_MENTIONED: 0.05,
}
"""How many of the harmless rows may reach the least score of a label."""

ADDED: Final = {"secret": 0.35, "personal": -0.55}
"""What is added to a least score that is chosen by its share.

These were chosen with harmless rows and prose that the weights are not from: a higher score of a secret
lost no secret there, and a lower one of a word about a person found people whom no rule finds.
"""

SHARE_IN_PRIVATE: Final = 0.08
"""How many of the private rows without a secret may reach the least score of a secret in a private text."""

WEIGHTS_OF: Final = {MENTIONED: "private", SECRET_MENTIONED: "secret"}
"""The labels of the weights for the scores of texts that mention a password."""

COPIES: Final = 2
COLLECTED: Final = 2
"""Every second text of the repository is learned from."""

PARTS: Final = 3
SAMPLE: Final = 29
"""The digest of the inputs has the features of every so many labelled rows."""

ROUNDS: Final = 8
DOCUMENT_ROUNDS: Final = 10
RATE: Final = 0.15
DOCUMENT_RATE: Final = 0.05
DROPPED: Final = 0.3
KEPT: Final = 1 << 16
"""How many random choices to drop a feature there are: each example uses a part of them."""

SMALL: Final = 0.04
"""An error below is not corrected."""

FULL: Final = 3
"""Every so many rounds use all examples, the others those that needed a correction in the round before."""

FARTHEST: Final = 30.0
LARGEST: Final = 127
LEAST_TEXTS: Final = 2

type Example = tuple[tuple[int, ...], str]


@dataclass(frozen=True, slots=True)
class Weights:
    """The trained weights by label."""

    by_label: Mapping[str, Sequence[float]]

    def highest(self, label: str, text: str) -> float:
        """Return the highest score of a word or a passage of ``text``, less what a long text needs more."""
        tokens, weights = tokens_of(text), self.by_label[label]
        if label == "private":
            features = [document_slots(one) for one in passages_of(tokens)]
        else:
            features = [one for one in slots_by_token(tokens) if one]
        scores = (sum([weights[slot] for slot in slots]) for slots in features)
        return max(scores, default=-FARTHEST) - margin(len(tokens)) / UNIT


def main(arguments: Sequence[str]) -> int:
    """Write the model, and before that the texts of this repository if ``--collect`` is given."""
    if arguments == ["--collect"]:
        collect()
    elif arguments:
        print("usage: script/train-privacy [--collect]", file=sys.stderr)
        return 2
    rows, others = labelled(), [Row(one) for one in privacy_texts.collected()]
    least = calibrate(rows, others)
    print({label: round(score, 2) for label, score in least.items()})
    FILE.write_bytes(dump(model_of(learn(rows, others), least, digest_of_inputs(rows))))
    return 0


def collect() -> None:
    """Write the texts of this repository, and the words that are known from them."""
    # The rules know no words at first, so that the result does not depend on an earlier collection.
    write_known(bytes(known_words.BITS // 8))
    texts = privacy_texts.collect()
    write_known(known_bits(texts))
    privacy_texts.write(texts[::COLLECTED])


def digest_of_inputs(rows: Sequence[Row]) -> str:
    """Return a digest of the files that the model is trained from, and of features of some rows."""
    found = hashlib.sha256()
    for path in (*SETS, FRAMES, GRAMMAR, WORDS, COMMON, privacy_texts.FILE, known_words.FILE):
        found.update(path.read_bytes())
    for row in rows[::SAMPLE]:
        tokens = tokens_of(row.text)
        found.update(repr((slots_by_token(tokens), sorted(document_slots(tokens)))).encode())
    return found.hexdigest()


def write_known(bits: bytes) -> None:
    """Write the filter of known words, and use it."""
    known_words.FILE.write_bytes(known_words.dump(bits))
    known_words.reload()


def known_bits(texts: Sequence[str]) -> bytes:
    """Return the filter of the words that several texts of the repository have, and of common words."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({one.lower() for one in re.findall(r"[^\W\d_]{2,}", text)})
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
    """Return the least scores that few rows of unseen sets reach."""
    scores: dict[str, list[float]] = {label: [] for label in (*SHARES, IN_PRIVATE)}
    groups = sorted({row.group for row in rows})
    for part in range(PARTS):
        held = frozenset(groups[part::PARTS])
        weights = learn([row for row in rows if row.group not in held], others)
        for row in rows:
            if row.group in held:
                for label, word_label in _limited_by(row):
                    scores[label].append(weights.highest(word_label, row.text))
    shares = SHARES | {IN_PRIVATE: SHARE_IN_PRIVATE}
    return {
        label: sorted(found, reverse=True)[round(shares[label] * len(found))] + ADDED.get(label, 0.0)
        for label, found in scores.items()
    }


def _limited_by(row: Row) -> Iterator[tuple[str, str]]:
    """Yield the least scores that a row limits, and whose weights score it."""
    if row.is_private:
        if not any(label in SECRETS for _, _, label in row.spans):
            yield IN_PRIVATE, "secret"
    # What the rules find is private whatever the model says.
    elif not find_certain(row.text):
        yield from ((label, WEIGHTS_OF.get(label, label)) for label in SHARES)


def learn(rows: Sequence[Row], others: Sequence[Row]) -> Weights:
    """Return the weights that the rows give."""
    chance = random.Random(SEED)  # noqa: S311 - the same values each time
    fillers = Fillers(chance)
    copies = [varied(row, fillers) for _ in range(COPIES) for row in rows]
    made = [*frames(fillers), *sentences(fillers, chance)]
    words = list(examples([*rows, *copies, *made, *others]))
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
    kept = bytes(order.random() > dropped for _ in range(KEPT))
    shuffled = [(slots, float(found == label)) for slots, found in listed]
    hard: list[tuple[tuple[int, ...], float]] = []
    for number in range(rounds):
        of_round = hard if number % FULL else shuffled
        order.shuffle(of_round)
        hard = []
        for every, expected in of_round:
            start = order.randrange(KEPT - len(every))
            slots = list(compress(every, kept[start : start + len(every)])) if dropped else every
            score = sum(map(weights.__getitem__, slots))
            error = expected - 1 / (1 + math.exp(-max(-FARTHEST, min(FARTHEST, score))))
            if abs(error) < SMALL:
                continue
            hard.append((every, expected))
            for slot in slots:
                squares[slot] += error * error
                weights[slot] += rate * error / math.sqrt(squares[slot])
    return weights


def model_of(weights: Weights, least: Mapping[str, float], inputs: str) -> LinearModel:
    """Return the model with weights of one byte each."""
    return LinearModel(
        weights={
            label: array("b", [max(-LARGEST, min(LARGEST, round(value * UNIT))) for value in values])
            for label, values in weights.by_label.items()
        },
        least={label: round(value * UNIT) for label, value in least.items()},
        inputs=inputs,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
