"""A small linear model that estimates whether a word of a text is secret or personal, or a text private.

It judges a word by its form and by the words around it, apart from the rules of ``detectors``.
``script/train-privacy`` trains it and writes ``privacy_model.json``.
"""

import base64
import zlib
from array import array
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Final

import orjson

from .word_kinds import STRANGE, WORD, kind_of, parts_of, shape_of, split_tail

FILE: Final = Path(__file__).with_name("privacy_model.json")
SLOTS: Final = 1 << 17
"""How many weights a label has; features are hashed to them."""

UNIT: Final = 50
"""The weight of one byte that stands for a score of one, which is the logarithm of the odds."""

_LAST: Final = SLOTS - 1
_NEAR: Final = 4
"""So many words before and after a word count with their distance."""

_BESIDE: Final = 2
_FIRST: Final = 2
"""So many features of the words that are farther away count: what the word is, and its kind."""

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
_WORDS: Final = 0x9E3779B1
_WORD_DISTANCES: Final = (-3, -2, -1, 1, 2)
_PAIR: Final = 0x165667B1


@dataclass(frozen=True, slots=True)
class Look:
    """What a word or a mark looks like: hashes of its features, and of its kind.

    ``far_before`` and ``far_after`` are its slots for a word far after it, and for a word far before it.
    """

    features: tuple[int, ...]
    far_before: tuple[int, ...]
    far_after: tuple[int, ...]
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


@dataclass(frozen=True, slots=True)
class _Words:
    """The looks of the words of a text; ``places``: by word or mark, how many words are before it."""

    looks: Sequence[Look]
    places: Sequence[int]

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> _Words:
        looks: list[Look] = []
        places: list[int] = []
        for token in tokens:
            places.append(len(looks))
            if token.look.is_word:
                looks.append(token.look)
        return cls(looks, places)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearModel:
    """Weights by label, of one byte each, and the least scores of the labels.

    ``inputs``: a digest of what it was trained from.
    """

    weights: Mapping[str, array[int]]
    least: Mapping[str, int]
    inputs: str = ""

    def score(self, label: str, slots: Sequence[int]) -> int:
        """Return the score of a label for the slots of features, of which there are always several."""
        found: tuple[int, ...] = itemgetter(*slots)(self.weights[label])
        return sum(found)


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
    words = _Words.of(tokens)
    return [
        _slots(tokens, index, words) if one.look.is_word and (judged is None or index in judged) else ()
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
        inputs=plain["inputs"],
    )


def dump(model: LinearModel) -> bytes:
    """Return the model as the JSON that ``load`` reads."""
    weights = {
        label: base64.b85encode(zlib.compress(one.tobytes(), 9)).decode()
        for label, one in model.weights.items()
    }
    plain = {"inputs": model.inputs, "least": dict(model.least), "weights": weights}
    return orjson.dumps(plain, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _slots(tokens: Sequence[Token], index: int, words: _Words) -> tuple[int, ...]:
    look, edge = tokens[index].look, _edge()
    slots = [one & _LAST for one in look.features]
    for offset in range(1, _NEAR + 1):
        before = tokens[index - offset].look if index >= offset else edge
        after = tokens[index + offset].look if index + offset < len(tokens) else edge
        for side, beside in ((2 * offset * _SPREAD, before), ((2 * offset + 1) * _SPREAD, after)):
            if offset > _BESIDE:
                slots += [((one ^ side) * _MIXED >> 9) & _LAST for one in beside.features[:_FIRST]]
                continue
            slots += [((one ^ side) * _MIXED >> 9) & _LAST for one in beside.features]
            own = side ^ look.kind * 31
            slots += [((one ^ own) * _MIXED_WITH_LOOK >> 7) & _LAST for one in beside.features[:_FIRST]]
    first, last = max(0, index - _WIDE), index + _WIDE + 1
    wide: set[int] = set()
    wide.update(*[one.look.far_before for one in tokens[first : max(0, index - _NEAR)]])
    wide.update(*[one.look.far_after for one in tokens[index + _NEAR + 1 : last]])
    own = look.kind * 37
    wide.update(
        [((one.look.features[1] ^ own) * _MIXED_WITH_LOOK >> 7) & _LAST for one in tokens[first:last]]
    )
    return (*slots, *_slots_of_words(look, words, index), *wide)


def _slots_of_words(look: Look, words: _Words, index: int) -> list[int]:
    """Return slots of the words around a word, without the marks between them."""
    place, looks = words.places[index], words.looks
    slots: list[int] = []
    before: list[int] = []
    for distance in _WORD_DISTANCES:
        at = place + distance
        features = (looks[at] if 0 <= at < len(looks) else _edge()).features
        own = look.kind * 41 + distance * _SPREAD
        slots += [((one ^ own) * _WORDS >> 6) & _LAST for one in features[:_FIRST]]
        if distance < 0:
            before.append(features[1])
    pair = before[1] * 3 ^ before[2] * 5 ^ look.kind * 43
    return [*slots, (pair * _WORDS >> 8) & _LAST, ((pair ^ before[0] * 7) * _WORDS >> 8) & _LAST]


@cache
def _edge() -> Look:
    """Return the look of what is before and after a text."""
    return _look("\n")


@lru_cache(maxsize=2_048)
def _look(word: str) -> Look:
    kind = kind_of(word)
    features = tuple(zlib.crc32(one.encode()) for one in _features(word, kind))
    far_before, far_after = (
        tuple(((one ^ side) * _MIXED >> 9) & _LAST for one in features[:_FIRST])
        for side in (_WIDE_BEFORE, _WIDE_AFTER)
    )
    return Look(features, far_before, far_after, zlib.crc32(kind.encode()), kind != "mark", kind in STRANGE)


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
