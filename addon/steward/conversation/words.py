"""Words and phrases in texts."""

import re
from functools import lru_cache
from typing import Final

WORD: Final = re.compile(r"\w+")


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case."""
    return tuple(WORD.findall(text.casefold()))


def plain(text: str) -> str:
    """Return a text with straight apostrophes and single blanks."""
    return " ".join(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())


@lru_cache(maxsize=4096)
def catalogue_words(text: str) -> frozenset[str]:
    """Return the words of a text of the catalogue, which is compared with each question."""
    return frozenset(words_of(text))
