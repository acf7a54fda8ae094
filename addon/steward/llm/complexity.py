"""Guesses from a question's words how much model it needs: none, small, large or the cloud's."""

import re
from enum import StrEnum
from typing import Final

from .complexity_words import (
    ARTEFACTS,
    COMMANDS,
    DEEP,
    DEEP_EVIDENCE,
    DEMANDING,
    JUDGEMENTS,
    MATERIAL,
    QUESTIONS,
    SHORT_QUESTION,
    SHORT_WORK,
    STATES,
    WORK,
)


class PromptTier(StrEnum):
    """What answers a question: no model, a small or a large one of the house, or the cloud's."""

    NONE = "none"
    SMALL = "small"
    LARGE = "large"
    CLOUD = "cloud"


_QUOTED: Final = re.compile(r"\"[^\"\n]{1,2000}\"|“[^”\n]{1,2000}”|„[^“”\n]{1,2000}[“”]|'[^'\n]{12,2000}'")

_LONGEST_REQUEST: Final = 75
_FEWEST_WORDS: Final = 5
_LONG_FOR_SMALL: Final = 120
_LONGEST_LOOKED_AT: Final = 6_000
_ENOUGH_FOR_CLOUD: Final = 3
_MANY_SIGNS: Final = 2
_WEIGHT_OF_DEEP: Final = 2


def tier_for(prompt: str) -> PromptTier:
    """Return what a question needs, by its words alone; unsure ones get the larger model."""
    words = _QUOTED.sub(' "" ', prompt[:_LONGEST_LOOKED_AT]).strip()
    if _is_plain(words):
        return PromptTier.NONE
    if _depth(words) >= _ENOUGH_FOR_CLOUD:
        return PromptTier.CLOUD
    return PromptTier.LARGE if _is_work(words) else PromptTier.SMALL


def _is_plain(words: str) -> bool:
    """Return whether it is a short wish or question about what the house knows."""
    if len(words) > _LONGEST_REQUEST or '"' in words or "\n" in words or ": " in words:
        return False
    if COMMANDS.match(words):
        return not (ARTEFACTS.search(words) or SHORT_WORK.search(words))
    if JUDGEMENTS.search(words) or WORK.search(words):
        return False
    if QUESTIONS.match(words):
        return STATES.search(words) is not None
    return len(words.split()) <= _FEWEST_WORDS or STATES.match(words) is not None


def _depth(words: str) -> int:
    """Return how much stands against a model of the house: what is asked for, how large, how sure."""
    evidence = {match.group().casefold() for match in DEEP_EVIDENCE.finditer(words)}
    deep = sum(mark.search(words) is not None for mark in DEEP)
    demanding = sum(mark.search(words) is not None for mark in DEMANDING)
    return _WEIGHT_OF_DEEP * deep + demanding + min(len(evidence), _MANY_SIGNS)


def _is_work(words: str) -> bool:
    """Return whether it is more than one step: something to make, to compare or to look through."""
    is_short = len(words) <= _LONG_FOR_SMALL
    if SHORT_WORK.search(words) and is_short:
        return False
    if ARTEFACTS.search(words) or MATERIAL.search(words) or not is_short:
        return True
    if SHORT_QUESTION.search(words):
        return False
    return WORK.search(words) is not None and '"' not in words
