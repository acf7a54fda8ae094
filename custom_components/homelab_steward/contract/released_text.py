"""Text for a language model that the app does not call itself, such as another agent in Home Assistant."""

from dataclasses import dataclass
from enum import StrEnum

from .base import Many, Message


class Reader(StrEnum):
    """Where the model of an agent runs: at home, or outside.

    MASKED is one outside that also gets private text, with placeholders for its private parts.
    """

    HOME = "home"
    OUTSIDE = "outside"
    MASKED = "masked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseText(Message):
    """``privacy.release``: asks for what of a text a reader may read.

    ``agent`` names it in the ledger. ``is_private``: the text is for models at home only, whatever
    it contains. ``by_line``: each line stands alone, so those that the reader may read can be released.
    """

    text: str
    reader: Reader
    agent: str
    is_private: bool = False
    by_line: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedText(Message):
    """The answer: the text without secrets, None when the reader must not read it.

    ``left_out`` counts the lines that it must not read.
    """

    text: str | None
    left_out: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseTexts(Message):
    """``privacy.release_all``: asks which of several texts of one result a reader may read.

    ``agent`` names it in the ledger. ``is_private``: they are for models at home only.
    """

    texts: Many[str]
    reader: Reader
    agent: str
    is_private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedTexts(Message):
    """The answer: each text without secrets, in order; None for one that the reader must not read."""

    texts: Many[str | None]
