"""What was found out about an incident: evidence, claims and matching runbooks."""

from dataclasses import dataclass

from .base import Many, Message, Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Message):
    """The result of one tool. The text comes from outside and is only displayed."""

    id: str
    tool: str
    instance_id: str
    title: str
    text: str
    read_at: Timestamp
    ok: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Message):
    """One sentence of a diagnosis and the evidence it rests on."""

    text: str
    evidence: Many[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation(Message):
    """A model's interpretation of the evidence, only displayed. ``by`` is the deployment that wrote it."""

    text: str
    claims: Many[Claim]
    nothing_wrong: bool
    by: str
    made_at: Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookMatch(Message):
    """A matching runbook, its score (0 to 1), the reason, and its earlier results.

    ``may_fit``: only its text suggests it, no alert or check names it. It is never carried out
    without a person.
    """

    runbook_id: str
    version: int
    title: str
    score: float
    reason: str
    history: str = ""
    may_fit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis(Message):
    """The likely cause. ``has_problem`` is False when nothing is wrong: code decides that, never a model.

    ``matches`` are the runbooks that fit, best first.
    """

    summary: str
    has_problem: bool
    claims: Many[Claim]
    evidence: Many[Evidence]
    made_at: Timestamp
    explanation: Explanation | None = None
    matches: Many[RunbookMatch] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarIncident(Message):
    """A past incident that a text resembles; ``text`` is what was done and whether it helped."""

    id: str
    number: int
    title: str
    opened_at: Timestamp
    score: float
    text: str
