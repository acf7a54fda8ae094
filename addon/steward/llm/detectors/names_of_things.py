"""Recognizes names of programs, products, and public people, which are not private."""

from typing import Final

from .given_names import PROGRAMS_LIKE_PEOPLE, is_program
from .program_talk import is_said_of_programs
from .public_people import is_of_public_person

_CONTEXT_LENGTH: Final = 160


def is_name_of_thing(text: str, start: int, end: int) -> bool:
    """Return whether ``text[start:end]`` is the name of a program, or of a public person, in its line."""
    first, last = line_around(text, start, end)
    name, line = text[start:end], text[first:last]
    if is_of_public_person(line, start - first, end - first):
        return True
    if " " in name:
        return False
    if is_program(name, line, end - first):
        return True
    return name.casefold() in PROGRAMS_LIKE_PEOPLE and is_said_of_programs(text, start, end)


def line_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return start and end of the line around ``text[start:end]``, or of what is near in a long one."""
    last = text.find("\n", end)
    first = max(text.rfind("\n", 0, start) + 1, start - _CONTEXT_LENGTH)
    return first, min(end + _CONTEXT_LENGTH, last if last >= 0 else len(text))
