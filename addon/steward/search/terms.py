"""Splits text into terms: stems, and concepts that several expressions and languages share."""

import re
import unicodedata
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

from .lines import lines_of

LONGEST_TEXT: Final = 20_000
"""Characters of a text that are used."""
CONCEPTS_FILE: Final = Path(__file__).parent / "concepts.txt"
OTHER_TOPICS_FILE: Final = Path(__file__).parent / "other_topics.txt"
PRODUCTS_FILE: Final = Path(__file__).parent / "products.txt"
TRANSLATIONS_FILE: Final = Path(__file__).parent / "translations.txt"
COMMON_WORDS_FILE: Final = Path(__file__).parent / "common_words.txt"
STOP_WORDS_FILE: Final = Path(__file__).parent / "stop_words.txt"
CONCEPT: Final = "#"
"""The first character of a term that is a concept."""

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
_MARKS: Final = re.compile(r"[\u0300-\u036f]")
_SHORTEST_STEM: Final = 3
_SHORTEST_PART: Final = 4
"""Letters of a part of a compound; shorter ones are found in words that are none."""
_LINKS: Final = ("", "s", "n", "es", "en")
"""Letters that German puts between the parts of a compound."""
_SUFFIXES: Final = (
    ("ungen", ""), ("ingly", ""), ("sses", "ss"), ("ies", "y"), ("ing", ""), ("ung", ""),
    ("ied", "y"), ("ed", ""), ("ens", ""), ("en", ""), ("es", ""), ("em", ""), ("e", ""), ("s", ""),
)  # fmt: skip
_KEPT_ENDINGS: Final = ("ss", "us", "is")


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: its stem, and what it means: concepts, and the stem of the English word."""

    stem: str
    concepts: tuple[str, ...] = ()

    @property
    def terms(self) -> tuple[str, ...]:
        """The stem and the concepts."""
        return (self.stem, *self.concepts)


class Token(NamedTuple):
    """A word as it is written, without case and accents, and its stem."""

    plain: str
    stem: str


def words(text: str) -> list[Word]:
    """Return the words of a text without stop words and numbers, at most 20,000 characters of it."""
    found = tokens(text)
    stop_words = _stop_words()
    meanings = zip(found, concepts().found(found), translations().found(found), strict=True)
    return [
        _word(token.stem, tuple(meant), tuple(english))
        for token, meant, english in meanings
        if meant or english or (token.stem not in stop_words and not token.stem.isdigit())
    ]


@lru_cache(maxsize=8_192)
def _word(stem: str, meant: Sequence[str], english: Sequence[str]) -> Word:
    stems = (each.stem for one in english for each in tokens(one) if each.stem != stem)
    return Word(stem, tuple(dict.fromkeys((*(f"{CONCEPT}{concept}" for concept in meant), *stems))))


def tokens(text: str) -> list[Token]:
    """Return all words of a text, CamelCase split, at most 20,000 characters of it."""
    found = _WORD.findall(_CAMEL.sub(" ", text[:LONGEST_TEXT]))
    return [token for one in found if (token := _token(one)).stem]


@lru_cache(maxsize=8_192)
def _token(word: str) -> Token:
    plain = _plain(word).removesuffix("'s").replace("'", "")
    return Token(plain, _stem(plain))


def _stem(plain: str) -> str:
    """Return a word without the usual endings of English and German."""
    if not plain.isalpha():
        return plain
    for suffix, instead in _SUFFIXES:
        if plain.endswith(suffix) and len(plain) - len(suffix) >= _SHORTEST_STEM:
            if suffix == "s" and plain.endswith(_KEPT_ENDINGS):
                continue
            plain = plain.removesuffix(suffix) + instead
            break
    is_doubled = len(plain) > _SHORTEST_STEM and plain[-1] == plain[-2] and plain[-1] not in "aeiousl"
    return plain[:-1] if is_doubled else plain


def _plain(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()


class Lexicon:
    """Names with the expressions that mean them, read from a file with one name in each line."""

    def __init__(self, path: Path, ignored: Container[str] = frozenset()) -> None:
        """Read the file. Expressions that are one word with an ``ignored`` stem mean nothing."""
        self._ignored = ignored
        self._single: dict[str, list[str]] = {}
        self._phrases: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = {}
        self._parts: list[tuple[re.Pattern[str], str]] = []
        for line in lines_of(path):
            name, _, written = line.partition(":")
            self._add(name.strip(), [one.strip() for one in written.split(",")])
        self._any_part = re.compile("|".join(pattern.pattern for pattern, _ in self._parts) or r"\b\B")
        self._by_part = lru_cache(maxsize=8_192)(self._read_parts)

    def _add(self, name: str, written: Sequence[str]) -> None:
        patterns = []
        for one in written:
            if "*" in one:
                patterns.append(re.escape(_plain(one)).replace(r"\*", ".*"))
            else:
                self._add_stems(name, tuple(each.stem for each in tokens(one)))
        if patterns:
            self._parts.append((re.compile("|".join(patterns)), name))

    def _add_stems(self, name: str, stems: tuple[str, ...]) -> None:
        if len(stems) > 1:
            self._phrases.setdefault(stems[:2], []).append((stems, name))
        elif stems and stems[0] not in self._ignored:
            self._single.setdefault(stems[0], []).append(name)

    def found(self, text: Sequence[Token]) -> list[Sequence[str]]:
        """Return for each word the names whose expressions it is a part of."""
        found: list[Sequence[str]] = list(map(self._by_part, text))
        stems = tuple([one.stem for one in text])
        for start, pair in enumerate(pairwise(stems)):
            for expression, name in self._phrases.get(pair, ()):
                end = start + len(expression)
                if stems[start:end] == expression:
                    for place in range(start, end):
                        found[place] = (*found[place], name)
        return found

    def _read_parts(self, token: Token) -> tuple[str, ...]:
        """Return the names that a word alone means, by itself, by a pattern, or as a German compound."""
        names = list(self._single.get(token.stem, ()))
        if self._any_part.fullmatch(token.plain):
            names += [name for pattern, name in self._parts if pattern.fullmatch(token.plain)]
        return tuple(dict.fromkeys(names or self._compound(token.plain)))

    def _compound(self, plain: str) -> Sequence[str]:
        """Return the names of both parts when each of the parts means something."""
        for end in range(len(plain) - _SHORTEST_PART, _SHORTEST_PART - 1, -1):
            last = self._single.get(_stem(plain[end:]))
            for link in _LINKS if last else ():
                first = self._single.get(_stem(plain[:end].removesuffix(link)))
                if first and last and end - len(link) >= _SHORTEST_PART:
                    return [*first, *last]
        return ()


@lru_cache(maxsize=1)
def concepts() -> Lexicon:
    """Return the concepts."""
    return Lexicon(CONCEPTS_FILE, ignored=_stop_words())


@lru_cache(maxsize=1)
def translations() -> Lexicon:
    """Return the English words that words of other languages mean."""
    return Lexicon(TRANSLATIONS_FILE, ignored=_stop_words())


@lru_cache(maxsize=1)
def _other_topics() -> Lexicon:
    return Lexicon(OTHER_TOPICS_FILE, ignored=_stop_words())


def about_other_topics(text: str) -> frozenset[str]:
    """Return the stems of a text that are about something else than a homelab."""
    found = tokens(text)
    return frozenset(
        token.stem for token, meant in zip(found, _other_topics().found(found), strict=True) if meant
    )


@lru_cache(maxsize=1)
def products() -> frozenset[str]:
    """Return the stems of the names of programs and makers."""
    # Parts of a name such as "node-red" are words of their own.
    names = (tokens(one) for line in lines_of(PRODUCTS_FILE) for one in line.split())
    return frozenset(one[0].stem for one in names if len(one) == 1)


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Return the stems of words that say little in any text."""
    return _stems(COMMON_WORDS_FILE)


@lru_cache(maxsize=1)
def _stop_words() -> frozenset[str]:
    return _stems(STOP_WORDS_FILE)


def _stems(path: Path) -> frozenset[str]:
    return frozenset(one.stem for line in lines_of(path) for one in tokens(line))
