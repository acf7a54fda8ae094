"""Recognizes names of programs, products, and public people, which are not private."""

import re
from typing import Final

from .given_names import PROGRAMS_LIKE_PEOPLE, is_program
from .machine_talk import is_talk_of_machines
from .named_machines import is_named_machine, name_without_kind
from .names_of_places import is_place
from .program_talk import is_said_of_programs
from .public_people import is_of_public_person
from .public_works import is_in_public_work

_CONTEXT_LENGTH: Final = 160
_NEAR: Final = 80


def is_name_of_thing(text: str, start: int, end: int) -> bool:
    """Return whether ``text[start:end]`` is the name of a program, or of a public person, in its line."""
    first, last = line_around(text, start, end)
    name, line = text[start:end], text[first:last]
    author = _WORK_OF.match(text, start, end)
    if is_of_public_person(line, (author.end() if author else start) - first, end - first):
        return True
    if _is_of_machine(text, start, end) or is_in_public_work(text, start, end):
        return True
    if " " in name:
        return False
    if is_program(name, line, end - first) or is_place(line, name, end - first):
        return True
    return name.casefold() in PROGRAMS_LIKE_PEOPLE and is_said_of_programs(text, start, end)


_WORK_OF: Final = re.compile(
    r"(?:Filme?n?|Alben|Album|Songs?|Musik|Serien?|Bücher|Buch|Lieder|Lied|Hörbuch|Hörbücher)[ ]"
    r"(?:von|mit)[ ]"
)
"""A noun that precedes an author in German: ``Filme von Wim Wenders``."""

_NAMES_BEFORE: Final = re.compile(r"(?:[A-ZÀ-Ý][\w-]{1,20}(?:, | (?:and|und|et|y|e|en|&|\+) )){1,4}\Z")
_NAMES_AFTER: Final = re.compile(r"(?:(?:, | (?:and|und|et|y|e|en|&|\+) )[A-ZÀ-Ý][\w-]{1,20}){1,4}")


def _is_of_machine(text: str, start: int, end: int) -> bool:
    """Return whether it is the name of a machine, or one of several: ``Heinz and Kurt run Debian``."""
    first = name_without_kind(text, start, end)
    if is_named_machine(text, first, end) or is_talk_of_machines(text, first, end):
        return True
    before = _NAMES_BEFORE.search(text, max(0, start - _NEAR), start)
    after = _NAMES_AFTER.match(text, end)
    if before is None and after is None:
        return False
    first = before.start() if before else start
    last = after.end() if after else end
    return is_named_machine(text, first, last) or is_talk_of_machines(text, first, last)


def line_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return start and end of the line around ``text[start:end]``, or of what is near in a long one."""
    last = text.find("\n", end)
    first = max(text.rfind("\n", 0, start) + 1, start - _CONTEXT_LENGTH)
    return first, min(end + _CONTEXT_LENGTH, last if last >= 0 else len(text))
