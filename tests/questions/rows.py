"""The rows of a question set: what is said, and what the answer has to contain."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lab.wire import Json, loads


class WrongRows(Exception):
    """A file cannot be read or has an invalid row; the text says which."""


class Kind(StrEnum):
    """What the steward has to do with a row."""

    ANSWER = "answer"
    LIST = "list"
    UNKNOWN = "unknown"
    REQUEST = "request"
    PLAN = "plan"
    ASK = "ask"
    REFUSE = "refuse"


class Speaks(StrEnum):
    """Who says it: an owner, a child that may decide nothing, or somebody who is not known."""

    OWNER = "owner"
    CHILD = "child"
    GUEST = "guest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One question or request.

    All of ``contains`` must occur in the answer, and none of ``absent``. ``{instance/resource.sensor}``
    and ``{instance.sensor}`` stand for a current reading. ``action`` and ``targets`` are what a request
    has to consist of; ``after`` are the earlier turns of the conversation.
    """

    text: str
    language: str
    kind: Kind
    contains: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    action: str = ""
    targets: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    speaker: Speaks = Speaks.OWNER
    spoken: bool = False


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a JSON Lines file. Raises WrongRows."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as err:
        raise WrongRows(f"{path} cannot be read: {err.strerror}") from err
    rows = [_row(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise WrongRows(f"{path} contains no rows")
    return rows


def _row(path: Path, number: int, line: bytes) -> Row:
    try:
        found = loads(line)
        if not isinstance(found, dict):
            raise TypeError
        return Row(
            text=_text(found["text"]),
            language=_text(found.get("language", "en")),
            kind=Kind(_text(found["kind"])),
            contains=_texts(found, "contains"),
            absent=_texts(found, "absent"),
            action=_text(found.get("action") or ""),
            targets=_texts(found, "targets"),
            after=_texts(found, "after"),
            speaker=Speaks(_text(found.get("speaker", Speaks.OWNER))),
            spoken=found.get("spoken") is True,
        )
    except (ValueError, KeyError, TypeError) as err:
        raise WrongRows(f"{path}, line {number}: invalid row ({type(err).__name__}: {err})") from err


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _texts(row: Mapping[str, Json], key: str) -> tuple[str, ...]:
    value = row.get(key) or []
    if not isinstance(value, list):
        raise TypeError
    return tuple(map(_text, value))
