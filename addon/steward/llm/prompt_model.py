"""A small linear model that estimates what kind of work a question is, and which model it needs.

``script/train-routing`` trains it and writes ``prompt_model.json``.
"""

import base64
import re
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Final

import orjson

FILE: Final = Path(__file__).with_name("prompt_model.json")
SLOTS: Final = 4096
"""How many weights a label has; features are hashed to them."""

MOST_WORDS: Final = 120
_WORD: Final = re.compile(r"[^\W\d_]+|\d+")
_PREFIXES: Final = (4, 6)
_LENGTHS: Final = (30, 60, 90, 130, 200, 400)
_MARKS: Final = ("?", '"', ":", ";", "\n", "%")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearModel:
    """Weights by label, of one byte each."""

    labels: tuple[str, ...]
    weights: tuple[array[int], ...]

    def scores(self, slots: Sequence[int]) -> dict[str, int]:
        """Return a score for each label, for the slots of a text's features: always several."""
        chosen = itemgetter(*slots)
        return {label: sum(chosen(weights)) for label, weights in zip(self.labels, self.weights, strict=True)}


def slots_of(text: str, hint: str) -> tuple[int, ...]:
    """Return the slots of the features of a text without quotations; ``hint`` is what the rules say."""
    return tuple(sorted({zlib.crc32(one.encode()) % SLOTS for one in _features(text, hint)}))


@cache
def load() -> LinearModel:
    """Return the trained model."""
    plain = orjson.loads(FILE.read_bytes())
    return LinearModel(
        labels=tuple(plain["weights"]),
        weights=tuple(array("b", base64.b85decode(one)) for one in plain["weights"].values()),
    )


def dump(model: LinearModel) -> bytes:
    """Return the model as the JSON that ``load`` reads."""
    weights = {
        label: base64.b85encode(values.tobytes()).decode()
        for label, values in zip(model.labels, model.weights, strict=True)
    }
    return orjson.dumps({"weights": weights}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _features(text: str, hint: str) -> Iterator[str]:
    words = [one.casefold() for one in _WORD.findall(text)][:MOST_WORDS]
    # Three times, because the hint counts more than one word.
    yield from (f"hint {hint} {number}" for number in range(3))
    yield from (f"longer {length} {number}" for length in _LENGTHS if len(text) > length for number in (1, 2))
    yield from (f"mark {mark}" for mark in _MARKS if mark in text)
    if text.endswith("?"):
        yield "is a question"
    if text[:1].islower():
        yield "begins in lower case"
    yield f"first {' '.join(words[:1])}"
    yield f"first prefix {''.join(words[:1])[:4]}"
    yield f"start {' '.join(words[:2])}"
    for word in words:
        kept = "0" * min(len(word), 4) if word.isdigit() else word
        yield f"word {kept}"
        yield from (f"prefix {kept[:length]}" for length in _PREFIXES if len(kept) > length)
