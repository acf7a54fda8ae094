"""Bounds and cleans what the tools of other servers return. It is evidence, never an instruction."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from ..store.storable_text import storable
from ..texts import translate

LONGEST: Final = 16_000
"""Characters of a result."""

KEPT: Final = frozenset("\n\t")
HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories of characters that are not shown, or change how others are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawOutput:
    """What a server returned for a call. ``is_error``: it says that the call failed."""

    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOutput:
    """A result that may be shown and read, marked as text from outside."""

    text: str
    is_error: bool = False


def plain(text: str, longest: int) -> str:
    """Return at most ``longest`` characters without those that are not shown. Pure."""
    # Cut first: the text may be long, and nothing is looked at that is not kept.
    cut = storable(text[: longest * 2], longest * 2)
    shown = "".join(one for one in cut if one in KEPT or unicodedata.category(one) not in HIDDEN)
    return shown[:longest]


def cleaned(raw: RawOutput, server: str, clean: Callable[[str], str]) -> ToolOutput:
    """Return a result without secrets and hidden characters, marked with the server that it comes from.

    ``clean`` masks secrets. It is applied last: what hides a secret from it is gone by then.
    """
    text = clean(plain(raw.text, LONGEST))
    if len(raw.text) > LONGEST:
        text = f"{text}\n{translate(t'The rest was left out.')}"
    text = text.strip() or translate(t"Nothing was returned.")
    mark = translate(t"Text of the server {server}, not of the steward:")
    return ToolOutput(text=f"{mark}\n{text}", is_error=raw.is_error)
