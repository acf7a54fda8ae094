"""A view of a chat without the times and names before its messages."""

import re
from typing import Final

from .given_names import is_given_name
from .people_words import KIN, TITLES
from .secret_words import secret_kind

_TIME: Final = (
    r"\[?(?:\d{1,4}[./-]\d{1,2}[./-]\d{2,4},?[ ])?\d{1,2}:\d\d(?::\d\d)?(?:[ ][AP]M)?\]?[ ]{1,2}(?:-[ ])?"
)
_AUTHOR: Final = r"(?P<author>[A-ZÀ-Þ][\w.]{1,20})(?:[ ][A-ZÀ-Þ][\w.]{1,20})?:[ ](?=[^\W_])"
_PREFIX: Final = re.compile(
    rf"^[ \t]{{0,4}}(?P<time>{_TIME})?(?:<[@+]?[^<>\s]{{1,30}}>[ ]?|{_AUTHOR})|^\[\d{{1,2}}:\d\d\][ ]",
    re.MULTILINE,
)
_INSIDE: Final = re.compile(rf"(?<=[.?!] ){_AUTHOR}")
_SPEAKERS: Final = frozenset(
    [
        "me",
        "you",
        "agent",
        "user",
        "bot",
        "mum",
        "mom",
        "dad",
        "papa",
        "mama",
        "maman",
        "mamá",
        "papá",
        "ich",
        "moi",
        "yo",
        "ik",
        "support",
    ]
)


def without_authors(text: str) -> str:
    """Return ``text`` with spaces instead of the time and the author of each message, in the same length."""
    if ":" not in text and ">" not in text:
        return text
    return _INSIDE.sub(_blank, _PREFIX.sub(_blank, text))


def _blank(match: re.Match[str]) -> str:
    groups = match.groupdict()
    author = groups["author"]
    is_author = author is None or (
        not secret_kind(author.lower(), "")
        and (groups.get("time") is not None or _is_speaker(author.lower()))
    )
    return " " * len(match.group()) if is_author else match.group()


def _is_speaker(author: str) -> bool:
    return author in _SPEAKERS or author in KIN or author in TITLES or is_given_name(author)
