"""Tells which sentences of an answer quote what was read, word by word."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from homelab_steward.contract.state import TargetRef

from ..language.words import words_of
from .mentions import NameIndex

_QUOTATION: Final = re.compile(r"[\"“„«](?P<said>[^\"“”„«»]+)(?:[\"“”»]|\Z)")
"""Words in quotation marks. A quotation that is cut into sentences has its last mark in a later one."""

_LEAST: Final = 3
"""The fewest words of a quotation: fewer in quotation marks are most often a name."""


class Read(Protocol):
    """A text that was read."""

    @property
    def words(self) -> str:
        """Return its words in lower case, with a blank before and after each."""

    def is_about(self, target: TargetRef, /) -> bool:
        """Return whether it says something about a target."""


def without_quotations(sentence: str, names: NameIndex, readings: Iterable[Read]) -> str | None:
    """Return what a sentence says beside its quotations.

    None when it quotes nothing, or something that was not read about the things that it names.
    """
    quoted = [one["said"] for one in _QUOTATION.finditer(sentence)]
    rest = _QUOTATION.sub("", sentence)
    named = [[each.target for each in one.targets] for one in names.find(rest)]
    about = [one for one in readings if all(any(map(one.is_about, each)) for each in named)]
    return rest if quoted and all(_was_read(one, about) for one in quoted) else None


def _was_read(text: str, readings: Sequence[Read]) -> bool:
    words = words_of(text)
    return len(words) >= _LEAST and any(f" {' '.join(words)} " in one.words for one in readings)
