"""A small linear model that estimates whether a word of a text is secret or personal, or a text private.

It judges a word by its form and by the words around it, apart from the rules of ``detectors``.
``script/train-privacy`` trains it and writes ``privacy_model.json``.
"""

import base64
import zlib
from array import array
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import orjson

from .word_kinds import STRANGE, WORD, kind_of, parts_of, shape_of, split_tail

FILE: Final = Path(__file__).with_name("privacy_model.json")
SLOTS: Final = 1 << 15
"""How many weights a label has; features are hashed to them."""

UNIT: Final = 50
"""The weight of one byte that stands for a score of one, which is the logarithm of the odds."""

_LAST: Final = SLOTS - 1
_NEAR: Final = 4
"""So many words before and after a word count with their distance."""

_BESIDE: Final = 2
_WIDE: Final = 12
"""So many words before and after a word count without their distance."""

_LONGEST: Final = 40
_MOST_STRANGE: Final = 4
_MOST_MARKS: Final = 3
_SHORTEST_IN_PIECES: Final = 6
_MOST_PIECES: Final = 10
_MACHINE_MARKS: Final = frozenset("=:{}[]<>|$#/")
_MIXED: Final = 0x85EBCA6B
_MIXED_WITH_LOOK: Final = 0xC2B2AE35
_SPREAD: Final = 0x9E3779B1
_WIDE_BEFORE: Final = 0x51ED27
_WIDE_AFTER: Final = 0x3C6EF3
_DOCUMENT: Final = 0x27D4EB2F
_PAIR: Final = 0x165667B1


@dataclass(frozen=True, slots=True)
class Look:
    """What a word or a mark looks like: hashes of its features, and of its kind."""

    features: tuple[int, ...]
    kind: int
    is_word: bool
    is_strange: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a mark, which is ``text[start:end]``."""

    start: int
    end: int
    word: str
    look: Look


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearModel:
    """Weights by label, of one byte each, and the least scores of the labels."""

    weights: Mapping[str, array[int]]
    least: Mapping[str, int]

    def score(self, label: str, slots: Iterable[int]) -> int:
        """Return the score of a label for the slots of features."""
        weights = self.weights[label]
        return sum([weights[slot] for slot in slots])


def tokens_of(text: str) -> list[Token]:
    """Return the words and marks of ``text``; full stops after a word are a mark."""
    tokens: list[Token] = []
    for match in WORD.finditer(text):
        start, end = match.span()
        word, tail = split_tail(match.group())
        middle = end - len(tail)
        tokens.append(Token(start, middle, word, _look(word[:_LONGEST])))
        if tail:
            tokens.append(Token(middle, end, tail, _look(".")))
    return tokens


def slots_by_token(tokens: Sequence[Token], judged: Container[int] | None = None) -> list[tuple[int, ...]]:
    """Return for each word the slots of its features, and nothing for a mark.

    ``judged``: the places of the words that get slots, None for all.
    """
    return [
        _slots(tokens, index) if one.look.is_word and (judged is None or index in judged) else ()
        for index, one in enumerate(tokens)
    ]


def document_slots(tokens: Sequence[Token]) -> tuple[int, ...]:
    """Return the slots of the features of a whole text."""
    strange = len({one.word for one in tokens if one.look.is_strange})
    marks = sum(one.word in _MACHINE_MARKS for one in tokens)
    found = set(_counts(min(strange, _MOST_STRANGE), min(marks, _MOST_MARKS)))
    before = 0
    for token in tokens:
        if token.look.is_word:
            features = token.look.features
            found.update([(one * _DOCUMENT >> 5) & _LAST for one in features])
            found.add(((features[0] ^ before * 7) * _PAIR >> 5) & _LAST)
            before = features[0]
    return tuple(found)


@cache
def load() -> LinearModel:
    """Return the trained model."""
    plain = orjson.loads(FILE.read_bytes())
    return LinearModel(
        weights={
            label: array("b", zlib.decompress(base64.b85decode(one)))
            for label, one in plain["weights"].items()
        },
        least=plain["least"],
    )


def dump(model: LinearModel) -> bytes:
    """Return the model as the JSON that ``load`` reads."""
    weights = {
        label: base64.b85encode(zlib.compress(one.tobytes(), 9)).decode()
        for label, one in model.weights.items()
    }
    plain = {"least": dict(model.least), "weights": weights}
    return orjson.dumps(plain, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _slots(tokens: Sequence[Token], index: int) -> tuple[int, ...]:
    look = tokens[index].look
    slots = [one & _LAST for one in look.features]
    for offset in range(1, _NEAR + 1):
        before = tokens[index - offset].look if index >= offset else _edge()
        after = tokens[index + offset].look if index + offset < len(tokens) else _edge()
        for side, beside in ((2 * offset * _SPREAD, before), ((2 * offset + 1) * _SPREAD, after)):
            slots += [((one ^ side) * _MIXED >> 9) & _LAST for one in beside.features]
            if offset <= _BESIDE:
                own = side ^ look.kind * 31
                slots += [((one ^ own) * _MIXED_WITH_LOOK >> 7) & _LAST for one in beside.features[:2]]
    wide: set[int] = set()
    first, last = max(0, index - _WIDE), index + _WIDE + 1
    for token in tokens[first : max(0, index - _NEAR)]:
        wide.update([((one ^ _WIDE_BEFORE) * _MIXED >> 9) & _LAST for one in token.look.features[:2]])
    for token in tokens[index + _NEAR + 1 : last]:
        wide.update([((one ^ _WIDE_AFTER) * _MIXED >> 9) & _LAST for one in token.look.features[:2]])
    own = look.kind * 37
    wide.update(
        [((one.look.features[1] ^ own) * _MIXED_WITH_LOOK >> 7) & _LAST for one in tokens[first:last]]
    )
    return (*slots, *wide)


@cache
def _edge() -> Look:
    """Return the look of what is before and after a text."""
    return _look("\n")


@lru_cache(maxsize=2_048)
def _look(word: str) -> Look:
    kind = kind_of(word)
    features = tuple(zlib.crc32(one.encode()) for one in _features(word, kind))
    return Look(features, zlib.crc32(kind.encode()), kind != "mark", kind in STRANGE)


def _features(word: str, kind: str) -> Iterator[str]:
    lower = word.lower()
    yield f"w {lower}" if not any(one.isdigit() for one in lower) else f"n {shape_of(lower)}"
    yield f"k {kind}"
    if kind == "mark":
        return
    yield from (f"w {one}" for one in parts_of(word))
    yield f"s {shape_of(word)}"
    yield f"l {min(len(word), 12)}"
    if word.isalpha():
        yield from (f"p {lower[:4]}", f"q {lower[:6]}", f"e {lower[-3:]}")
        if len(lower) >= _SHORTEST_IN_PIECES:
            yield from (f"g {lower[at : at + 3]}" for at in range(min(len(lower) - 2, _MOST_PIECES)))


@cache
def _counts(strange: int, marks: int) -> tuple[int, ...]:
    names = (f"strange {strange}", f"strange {strange} marks {marks}", f"marks {marks}")
    return tuple(zlib.crc32(one.encode()) & _LAST for one in names)
