"""Judges answers: what the steward did with a question, and whether that was right."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import quantiles

from questions.rows import Kind, Row

type Figures = dict[str, float | int]

REQUESTS = frozenset({Kind.REQUEST, Kind.PLAN})
_NOTHING_TO_SAY = frozenset({Kind.UNKNOWN, Kind.ASK, Kind.REFUSE})


class Reaction(StrEnum):
    """What the steward did."""

    ANSWERED = "answered"
    UNKNOWN = "unknown"
    REQUESTED = "requested"
    ASKED = "asked"
    REFUSED = "refused"
    NO_MODEL = "no model"


REACTIONS = {
    Kind.ANSWER: frozenset({Reaction.ANSWERED}),
    Kind.LIST: frozenset({Reaction.ANSWERED}),
    # Similar names may be offered: "Did you mean Radarr?"
    Kind.UNKNOWN: frozenset({Reaction.UNKNOWN, Reaction.ASKED}),
    Kind.REQUEST: frozenset({Reaction.REQUESTED}),
    Kind.PLAN: frozenset({Reaction.REQUESTED}),
    Kind.ASK: frozenset({Reaction.ASKED, Reaction.REFUSED}),
    Kind.REFUSE: frozenset({Reaction.REFUSED}),
}
"""The right reactions. A person who is asked for a part that was not understood may also be refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedStep:
    """A step that was requested: its action as ``service.action``, and all names of its target."""

    action: str
    target_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was seen: the text, what it is, the seconds it took, and what was requested.

    ``is_later``: the request is executed at a time or on a condition.
    """

    text: str
    reaction: Reaction
    seconds: float
    steps: tuple[AskedStep, ...] = ()
    is_later: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One row with its answer. ``mistakes`` are empty when it is right."""

    row: Row
    answer: Answer
    mistakes: tuple[str, ...] = field(default=())
    is_false_claim: bool = False
    is_dropped_condition: bool = False


def judge(row: Row, answer: Answer, expected: Sequence[str], forbidden: Sequence[str]) -> Judgement:
    """Return whether an answer is right; the texts of the row have their readings filled in."""
    said = _folded(answer.text)
    missing = [one for one in expected if _folded(one) not in said]
    wrong = [one for one in forbidden if _folded(one) in said]
    mistakes = [f"lacks {one!r}" for one in missing] + [f"contains {one!r}" for one in wrong]
    if answer.reaction not in REACTIONS[row.kind]:
        mistakes.append(f"{answer.reaction}, not {row.kind}")
    if row.kind in REQUESTS and answer.steps:
        mistakes += _wrong_steps(row, answer)
    is_claim = row.kind in _NOTHING_TO_SAY and answer.reaction is Reaction.ANSWERED
    return Judgement(
        row=row,
        answer=answer,
        mistakes=tuple(mistakes),
        is_false_claim=is_claim or bool(wrong),
        is_dropped_condition=bool(answer.steps) and not answer.is_later and row.kind not in REQUESTS,
    )


def figures(judged: Sequence[Judgement]) -> Figures:
    """Return the counts, and the time of an answer in ms that 95 % of the rows stay below."""
    right = sum(not one.mistakes for one in judged)
    refused = sum(one.answer.reaction is Reaction.NO_MODEL for one in judged)
    return {
        "n": len(judged),
        "right": right,
        "wrong": len(judged) - right - refused,
        "refused": refused,
        "false_claims": sum(one.is_false_claim for one in judged),
        "dropped_conditions": sum(one.is_dropped_condition for one in judged),
        "p95_ms": round(1000 * _percentile_95([one.answer.seconds for one in judged]), 1),
    }


def _wrong_steps(row: Row, answer: Answer) -> list[str]:
    actions = sorted({one.action for one in answer.steps})
    is_action = all(row.action in (one, one.partition(".")[2]) for one in actions)
    mistakes = [f"requests {actions}"] if row.action and not is_action else []
    left = [set(map(str.casefold, one.target_names)) for one in answer.steps]
    for wanted in row.targets:
        found = next((names for names in left if wanted.casefold() in names), None)
        if found is None:
            mistakes.append(f"requests nothing for {wanted!r}")
        else:
            left.remove(found)
    if row.targets and left:
        mistakes.append(f"requests it also for {[min(names) for names in left]}")
    return mistakes


def _percentile_95(values: Sequence[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[94] if len(values) > 1 else values[0]


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
