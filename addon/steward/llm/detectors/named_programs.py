"""Recognizes programs that a text mentions."""

import re
from typing import Final

from .common_words import PROGRAMS

_TALK_TEXT: Final = (
    "home hat red ring nest garage signal teams zoom element echo edge steam arch default media western "
    "digital apple bookshelf temporal drone key temp safari assistant hue pi nut phi stable matrix puma"
)
_WORDS_OF_TALK: Final = frozenset(_TALK_TEXT.split())
"""Names of programs that people say for other reasons."""

_PROGRAMS: Final = PROGRAMS.difference(_WORDS_OF_TALK)
_WORDS: Final = re.compile(r"[^\W_]+")


def mentions_program(text: str) -> bool:
    """Return whether a text mentions a program."""
    return not _PROGRAMS.isdisjoint(_WORDS.findall(text.lower()))
