"""Runbooks that people ask for: what they can be about, and what becomes of the request."""

from dataclasses import dataclass

from .base import Many, Message
from .incidents import ApprovalRequest
from .reports import ReportSection
from .state import Speaker, TargetRef


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRunbook(Message):
    """``runbooks.run``: asks for a runbook on a target.

    Without a ``kind`` the target is the instance itself, without an ``instance_id`` it is everything, which
    only a runbook for each instance is for. ``is_automation`` is that of RequestAction.
    """

    runbook_id: str
    speaker: Speaker
    instance_id: str = ""
    kind: str | None = None
    target_id: str | None = None
    is_automation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookReport(Message):
    """What a runbook that changes nothing read. ``problems`` is how many problems it found.

    ``is_complete`` is False when something could not be read, so that a problem may be missing.
    """

    title: str
    headline: str
    sections: Many[ReportSection] = ()
    problems: int = 0
    is_complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookAnswer(Message):
    """The answer of ``runbooks.run``: the request that a person decides, or what was read.

    ``was_waiting``: the request was there before.
    """

    request: ApprovalRequest | None = None
    was_waiting: bool = False
    report: RunbookReport | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookTargetsQuery(Message):
    """``runbooks.targets``: what a runbook can be requested for."""

    runbook_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookTarget(Message):
    """One thing that a runbook can be requested for. ``name`` is that of the thing, or of its stack."""

    target: TargetRef
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookTargets(Message):
    """The answer of ``runbooks.targets``. ``reason`` is why there are none, "" when there are some.

    ``only_reads``: it changes nothing, and is read at once. ``is_for_all``: it needs no target.
    """

    targets: Many[RunbookTarget] = ()
    only_reads: bool = False
    is_for_all: bool = False
    reason: str = ""
