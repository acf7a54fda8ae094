"""Finds given names in sentences that are written without capitals, such as "tell anna dinner is ready"."""

import re
from collections.abc import Iterator
from typing import Final

from .common_words import is_usual
from .detector import Span, is_machine_text
from .given_names import THINGS, is_given_name, is_program
from .people_words import BEFORE_PERSON, KIN, TITLES, VERBS

_WORD: Final = re.compile(r"(?<![\w./:@=-])[^\W\d_]{2,}(?:['\u2019]s)?(?![\w/:@=-]|\.\w)")
_BEFORE_TEXT: Final = (
    "and with by from for to und mit von bei für et avec de chez y con met van voor says said is was did "
    "does has where when war hat ist heeft kan can will à a dit"
)
_BEFORE: Final = frozenset(_BEFORE_TEXT.split())
_OTHER_WORDS_TEXT: Final = (
    "bent mark will grant rich bill hope faith grace rose dawn chase miles frank dale heath cliff wade "
    "rusty sandy "
    "rocky melody harmony gene drew trace sage marina rain storm piper reed page harper hunter mason "
    "cooper porter "
    "carter archer walker justice royal prince major chance case wanda bas vide klas penny pascal norm cash"
)
_OTHER_WORDS: Final = frozenset(_OTHER_WORDS_TEXT.split())
"""Words in lower case that are also names."""
_SHORTEST: Final = 4
_LONGEST_LINE: Final = 400


def find_lowercase_people(text: str) -> Iterator[Span]:
    """Yield the given names in the lines of ``text`` without capitals. Takes linear time."""
    at = 0
    for line in text.splitlines(keepends=True):
        if len(line) <= _LONGEST_LINE and line == line.lower() and not is_machine_text(line):
            yield from (Span(start=at + start, end=at + end, label="PERSON") for start, end in _names(line))
        at += len(line)


def _names(line: str) -> Iterator[tuple[int, int]]:
    words = list(_WORD.finditer(line))
    texts = [one.group().replace("\u2019", "'").removesuffix("'s") for one in words]
    for index, word in enumerate(texts):
        if len(word) < _SHORTEST or is_usual(word) or not is_given_name(word):
            continue
        after = texts[index + 1 : index + 3]
        is_thing = (after and after[0] in THINGS) or is_program(word, line, words[index].end())
        if is_thing or not _is_person(line, words[index], texts[:index], after):
            continue
        last = index + 1 if _is_surname(line, words, index) else index
        yield words[index].start(), words[last].start() + len(texts[last])


def _is_person(line: str, word: re.Match[str], before: list[str], after: list[str]) -> bool:
    if word.group().endswith(("'s", "\u2019s")) or any(" ".join(after[:count]) in VERBS for count in (1, 2)):
        return True
    last = before[-1] if before else ""
    two = " ".join(before[-2:])
    is_introduced = (last in BEFORE_PERSON or two in BEFORE_PERSON or last in KIN or last in TITLES) or (
        last in _BEFORE and word.group() not in _OTHER_WORDS
    )
    return is_introduced or (not before and line.startswith(",", word.end()))


def _is_surname(line: str, words: list[re.Match[str]], index: int) -> bool:
    """Return whether the word behind ends the sentence, so that it belongs to the name."""
    if index + 1 >= len(words) or words[index + 1].start() != words[index].end() + 1:
        return False
    behind = words[index + 1]
    is_last = line[behind.end() : behind.end() + 1] in ("", "\n", ",", ".", "?", "!")
    return is_last and not is_usual(behind.group()) and behind.group() not in VERBS
