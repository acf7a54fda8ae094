"""Words and phrases in texts."""

import re
from typing import Final

WORD: Final = re.compile(r"\w+")


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case."""
    return tuple(WORD.findall(text.casefold()))


def plain(text: str) -> str:
    """Return a text with straight apostrophes and single blanks."""
    return " ".join(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
