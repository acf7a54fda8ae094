"""Joins names that were said letter by letter or with their dots: "s d b", "example dot org"."""

import re
from typing import TYPE_CHECKING, Final

from .mentions import NameIndex
from .words import WORD, words_of

if TYPE_CHECKING:
    from .language_matcher import LanguageMatcher

_LETTERS: Final = re.compile(r"(?<!\w)[^\W\d_](?: [^\W\d_])+(?!\w)")


def with_spelled_names(text: str, index: NameIndex, matcher: LanguageMatcher) -> str:
    """Return a text with the names of known things in place of their letters, and of their spoken dots."""
    return _with_dots(_LETTERS.sub(lambda one: _joined(one[0], index), text), index, matcher)


def _joined(letters: str, index: NameIndex) -> str:
    word = letters.replace(" ", "")
    is_known = word.casefold() in index.words or index.begins_series(word)
    return word if is_known else letters


def _with_dots(text: str, index: NameIndex, matcher: LanguageMatcher) -> str:
    dots = matcher.phrases("dot")
    words = list(WORD.finditer(text))
    for before, dot, after in zip(words, words[1:], words[2:], strict=False):
        name = f"{before[0]}.{after[0]}"
        if dot[0].casefold() in dots and index.has_words(words_of(name)):
            return _with_dots(f"{text[: before.start()]}{name}{text[after.end() :]}", index, matcher)
    return text
