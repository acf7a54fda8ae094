"""Estimates which model a question needs, from its wording only."""

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
    """The model that a question needs: none, a small or large local model, or a cloud model."""

    NONE = "none"
    SMALL = "small"
    LARGE = "large"
    CLOUD = "cloud"


_QUOTED: Final = re.compile(r"\"[^\"\n]{1,2000}\"|“[^”\n]{1,2000}”|„[^“”\n]{1,2000}[“”]|'[^'\n]{12,2000}'")

_LONGEST_PLAIN: Final = 75
_FEWEST_WORDS: Final = 5
_LONG_FOR_SMALL: Final = 120
_LONGEST_READ: Final = 6_000
_LEAST_FOR_CLOUD: Final = 3
_MOST_EVIDENCE: Final = 2
_WEIGHT_OF_DEEP: Final = 2


def tier_for(prompt: str) -> PromptTier:
    """Return the tier that a question needs; in doubt, the larger model."""
    text = _QUOTED.sub(' "" ', prompt[:_LONGEST_READ]).strip()
    if _needs_no_model(text):
        return PromptTier.NONE
    if _difficulty(text) >= _LEAST_FOR_CLOUD:
        return PromptTier.CLOUD
    return PromptTier.LARGE if _takes_several_steps(text) else PromptTier.SMALL


def _needs_no_model(text: str) -> bool:
    """Return whether it is a short command or a short question about a state."""
    if len(text) > _LONGEST_PLAIN or '"' in text or "\n" in text or ": " in text:
        return False
    if COMMANDS.match(text):
        return not (ARTEFACTS.search(text) or SHORT_WORK.search(text))
    if JUDGEMENTS.search(text) or WORK.search(text):
        return False
    if QUESTIONS.match(text):
        return STATES.search(text) is not None
    return len(text.split()) <= _FEWEST_WORDS or STATES.match(text) is not None


def _difficulty(text: str) -> int:
    """Return a score for how demanding the question is: its task, size and evidence."""
    evidence = {match.group().casefold() for match in DEEP_EVIDENCE.finditer(text)}
    deep = sum(pattern.search(text) is not None for pattern in DEEP)
    demanding = sum(pattern.search(text) is not None for pattern in DEMANDING)
    return _WEIGHT_OF_DEEP * deep + demanding + min(len(evidence), _MOST_EVIDENCE)


def _takes_several_steps(text: str) -> bool:
    """Return whether it takes several steps: something to write, compare or review."""
    is_short = len(text) <= _LONG_FOR_SMALL
    if SHORT_WORK.search(text) and is_short:
        return False
    if ARTEFACTS.search(text) or MATERIAL.search(text) or not is_short:
        return True
    if SHORT_QUESTION.search(text):
        return False
    return WORK.search(text) is not None and '"' not in text
