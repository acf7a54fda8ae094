"""Finds what a trained model judges to be private, beside what the rules of ``detectors`` find."""

from collections.abc import Container, Iterator, Sequence
from math import log2
from typing import Final

from .detectors.detector import Span
from .detectors.private_talk import PRIVATE_TOPICS
from .privacy_model import UNIT, Token, document_slots, load, slots_by_token, tokens_of

PASSAGE: Final = 40
"""A text is judged as a whole in passages of this many words and marks."""

LIKELY_PERSONAL: Final = "LIKELY_PERSONAL"
"""The label of a part that is likely private, and whose end is uncertain."""

WHOLE: Final = 10 * PASSAGE
"""In a text of more words and marks, only unknown words, codes, and the words around them are judged."""

_AROUND: Final = 8
_SHORTEST_CODE: Final = 4
_SHORTEST_UNKNOWN: Final = 3
_SHORT: Final = 32
_PER_DOUBLING: Final = UNIT // 2
"""A longer text has more words that look like a secret by chance: the least scores are higher for it."""

_LESS_IN_PRIVATE: Final = UNIT * 3 // 2
"""A text that is private for another reason is rather one with a secret."""

_NO_WORD: Final = -(10**6)


def find_likely_private(text: str, *, is_private: bool) -> list[Span]:
    """Return words that are likely secret or personal, and passages that are likely private.

    ``is_private``: the rules found something in ``text``. Takes linear time.
    """
    model, tokens = load(), tokens_of(text)
    features = slots_by_token(tokens, _judged(tokens))
    more = round(_PER_DOUBLING * max(0.0, log2(max(1, len(tokens)) / _SHORT)))

    def likely(label: str, least: int) -> Iterator[tuple[int, int]]:
        scores = [model.score(label, slots) if slots else _NO_WORD for slots in features]
        return _groups(scores, least + more, model.least[label] // 2)

    found = [
        Span(start=passage[0].start, end=passage[-1].end, label=PRIVATE_TOPICS)
        for passage in passages_of(tokens)
        if model.score("private", document_slots(passage)) >= model.least["private"] + more
    ]
    found += [
        Span(start=tokens[first].start, end=tokens[last].end, label=LIKELY_PERSONAL)
        for first, last in likely("personal", model.least["personal"])
    ]
    less = _LESS_IN_PRIVATE if found or is_private else 0
    found += [
        Span(start=tokens[first].start, end=tokens[last].end, label="PASSWORD", is_secret=True)
        for first, last in likely("secret", model.least["secret"] - less)
    ]
    return found


def passages_of(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """Return the passages of a text."""
    return [tokens[first : first + PASSAGE] for first in range(0, len(tokens), PASSAGE)]


def _judged(tokens: Sequence[Token]) -> Container[int] | None:
    """Return the places of the words to judge, None for all: to judge all words of a long text takes long."""
    if len(tokens) <= WHOLE:
        return None
    found = (index for index, one in enumerate(tokens) if _is_unusual(one))
    return {at for index in found for at in range(index - _AROUND, index + _AROUND + 1)}


def _is_unusual(token: Token) -> bool:
    length = len(token.word)
    is_code = length >= _SHORTEST_CODE and token.word.isdigit()
    return is_code or (length >= _SHORTEST_UNKNOWN and token.look.is_strange)


def _groups(scores: Sequence[int], least: int, beside: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of neighbours of which one reaches ``least``, and all ``beside``."""
    end = 0
    for index, score in enumerate(scores):
        if score < least or index < end:
            continue
        start, end = index, index + 1
        while start and scores[start - 1] >= beside:
            start -= 1
        while end < len(scores) and scores[end] >= beside:
            end += 1
        yield start, end - 1
