"""The result of a drill: which safety rules of the installed app held when they were tried."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .base import Many, Message, Timestamp
from .state import Speaker, TargetRef

DRILL_ID: Final = "drill"
"""The id of the one row of DrillReport."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeReport(Message):
    """A rule that did not hold or could not be probed; ``title`` is the rule as a sentence for people.

    ``reason`` says in English what happened instead, or why it could not be probed.
    """

    id: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillReport(Message):
    """The last drill. ``probes`` is how many there are, ``held`` how many of the rules held.

    Those of ``not_applicable`` are counted in ``probes`` and never in ``held``. ``seconds`` is how long
    it took, ``version`` that of the app.
    """

    at: Timestamp
    version: str
    probes: int
    held: int
    failed: Many[ProbeReport] = ()
    not_applicable: Many[ProbeReport] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDrill(Message):
    """``drill.report``: stores the result of a drill. Only the command line of the app's machine may."""

    speaker: Speaker
    report: DrillReport


class TryState(StrEnum):
    """What became of one action in a drill on marked targets."""

    WAITS = "waits"
    UNDONE = "undone"
    FAILED = "failed"
    NOT_TRIED = "not_tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetTry(Message):
    """One action on one target. ``reason`` is why it failed or was not tried, "" otherwise."""

    action: str
    title: str
    target: TargetRef
    state: TryState
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetDrill(Message):
    """A drill on marked targets. ``approval_id`` is the request that an owner approves, "" without any try.

    ``left_out`` says which actions of the targets cannot be tried now, and why; they are never counted as
    tried. ``differences`` are those of the inventory after it. ``ended_at`` is None while it goes on.
    """

    approval_id: str
    tries: Many[TargetTry] = ()
    left_out: Many[str] = ()
    differences: Many[str] = ()
    ended_at: Timestamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillTargets(Message):
    """``drill.targets``: asks an owner for a drill on the marked targets. Only the command line may.

    The answer is the drill that is under way, if there is one. With ``approval_id`` it is the state of that
    one, and nobody is asked.
    """

    speaker: Speaker
    approval_id: str = ""
