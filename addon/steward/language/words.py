"""Words and phrases in texts."""

import re
import sys
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

WORD: Final = re.compile(r"\w+")


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case."""
    return tuple(WORD.findall(text.casefold()))


def kept_words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case, of which one object of each is kept for all texts."""
    return tuple(map(sys.intern, words_of(text)))


def plain(text: str) -> str:
    """Return a text with straight apostrophes and single blanks."""
    return " ".join(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


def as_said(phrase: str, corrected: str, original: str) -> str:
    """Return words of a corrected text as they stand in the original one, if both have as many words."""
    words, said = words_of(corrected), WORD.findall(original)
    known = dict(zip(words, said, strict=True)) if len(words) == len(said) else {}
    return " ".join(known.get(one.casefold(), one) for one in phrase.split())


def names_joined(phrase: str, text: str, joining: Iterable[str]) -> tuple[str, ...]:
    """Return the names of a phrase that a comma or a word such as "and" separates in a text.

    ``phrase`` may lack those words. It is one name if it does not stand in the text.
    """
    either = "|".join(map(re.escape, sorted(joining, key=len, reverse=True)))
    joint = rf"[\s,&'-]+(?:(?:{either})\s+)?"
    words = [one for one in words_of(phrase) if one not in {*joining}]
    found = re.search(rf"(?<!\w){joint.join(map(re.escape, words))}(?!\w)", text, re.IGNORECASE)
    if found is None or not words:
        return (phrase,)
    names = re.split(rf"\s*[,&]\s*(?:(?:{either})\s+)?|\s+(?:{either})\s+", found[0], flags=re.IGNORECASE)
    return tuple(" ".join(words_of(one)) for one in names)


@lru_cache(maxsize=4096)
def catalogue_words(text: str) -> frozenset[str]:
    """Return the words of a text of the catalogue, which is compared with each question."""
    return frozenset(words_of(text))


_ENDINGS: Final = (
    "ieren",
    "ing",
    "ies",
    "est",
    "en",
    "er",
    "es",
    "ed",
    "et",
    "ez",
    "ar",
    "ir",
    "st",
    "e",
    "s",
    "t",
    "y",
    "a",
    "n",
)
"""Endings of inflected words of all languages, the longest first."""

_SHORTEST: Final = 4


def stem(word: str) -> str:
    """Return a word without the ending that it may have, the same for most forms of a word."""
    folded = word.casefold()
    for ending in _ENDINGS:
        if folded.endswith(ending) and len(folded) - len(ending) >= _SHORTEST:
            return folded[: len(folded) - len(ending)]
    return folded


def masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return a text of the same length with a meaningless word at each of the given places."""
    for start, end in spans:
        text = f"{text[:start]}{'x' * (end - start)}{text[end:]}"
    return text
