"""Estimates which model a question needs and what work it is, from its wording only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
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
from .prompt_model import LinearModel, load, slots_of


class PromptTier(StrEnum):
    """The model that a question needs: none, a small or large local model, or a cloud model."""

    NONE = "none"
    SMALL = "small"
    LARGE = "large"
    CLOUD = "cloud"


class Work(StrEnum):
    """What a question asks for: a row of the routing table."""

    STATE = "state"
    SIMPLE = "simple"
    EXTRACTION = "extraction"
    CODE = "code"
    LONG_DOCUMENT = "long_document"
    PLANNING = "planning"
    DEEP_REASONING = "deep_reasoning"
    ARCHITECTURE = "architecture"
    PREMIUM_REVIEW = "premium_review"


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a question needs: the model, and the row of the routing table."""

    tier: PromptTier = PromptTier.SMALL
    work: Work = Work.SIMPLE


DEMANDS: Final[Mapping[str, Demand]] = {
    "state": Demand(tier=PromptTier.NONE, work=Work.STATE),
    "simple": Demand(tier=PromptTier.SMALL, work=Work.SIMPLE),
    "extraction": Demand(tier=PromptTier.SMALL, work=Work.EXTRACTION),
    "code": Demand(tier=PromptTier.LARGE, work=Work.CODE),
    "document": Demand(tier=PromptTier.LARGE, work=Work.LONG_DOCUMENT),
    "planning": Demand(tier=PromptTier.LARGE, work=Work.PLANNING),
    "program": Demand(tier=PromptTier.CLOUD, work=Work.CODE),
    "reasoning": Demand(tier=PromptTier.CLOUD, work=Work.DEEP_REASONING),
    "architecture": Demand(tier=PromptTier.CLOUD, work=Work.ARCHITECTURE),
    "review": Demand(tier=PromptTier.CLOUD, work=Work.PREMIUM_REVIEW),
}
"""The labels of the linear model."""

_QUOTED: Final = re.compile(
    r"\"[^\"\n]{1,2000}\"|“[^”\n]{1,2000}”|„[^“”\n]{1,2000}[“”]|«[^»\n]{1,2000}»|'[^'\n]{12,2000}'"
)

_OPEN_TIERS: Final[Mapping[PromptTier, frozenset[PromptTier]]] = {
    PromptTier.NONE: frozenset({PromptTier.NONE, PromptTier.SMALL, PromptTier.LARGE}),
    # The rules say small also when they recognize nothing.
    PromptTier.SMALL: frozenset(PromptTier),
    PromptTier.LARGE: frozenset({PromptTier.LARGE, PromptTier.CLOUD}),
    PromptTier.CLOUD: frozenset({PromptTier.CLOUD}),
}
"""The tiers that are possible, by what the rules say."""

_SHORT_TIERS: Final = frozenset({PromptTier.SMALL})

_LONGEST_PLAIN: Final = 75
_FEWEST_WORDS: Final = 5
_LONG_FOR_SMALL: Final = 120
_LONGEST_READ: Final = 6_000
_LEAST_FOR_CLOUD: Final = 3
_MOST_EVIDENCE: Final = 2
_WEIGHT_OF_DEEP: Final = 2


def assess(prompt: str, model: LinearModel | None = None) -> Demand:
    """Return what a question needs: the linear model chooses among what the rules leave open.

    ``model`` None means the trained one.
    """
    text = plain_question(prompt)
    hint = rule_tier(text)
    is_short = hint is PromptTier.SMALL and _is_short(text)
    open_tiers = _SHORT_TIERS if is_short else _OPEN_TIERS[hint]
    scores = (model or load()).scores(slots_of(text, str(hint)))
    return DEMANDS[max((one for one in scores if DEMANDS[one].tier in open_tiers), key=scores.__getitem__)]


def plain_question(prompt: str) -> str:
    """Return the start of a prompt, with an empty quotation in place of each one."""
    return _QUOTED.sub(' "" ', prompt[:_LONGEST_READ]).strip()


def rule_tier(text: str) -> PromptTier:
    """Return the tier that the rules give a plain question; in doubt, the larger model."""
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
    if _is_short(text):
        return False
    if ARTEFACTS.search(text) or MATERIAL.search(text) or not is_short:
        return True
    if SHORT_QUESTION.search(text):
        return False
    return WORK.search(text) is not None and '"' not in text


def _is_short(text: str) -> bool:
    """Return whether it asks for something short, such as one sentence."""
    return len(text) <= _LONG_FOR_SMALL and SHORT_WORK.search(text) is not None
