"""Plans of updates: their steps in order, each with a dry run, bound to the revision that is applied."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.changes import Change, ChangeStatus
from homelab_steward.contract.proposals import CHANGE, Option
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_parts import PlannedStep, PlannedWait

from ...coalesce import coalesced_reads
from ...errors import PreconditionFailed, StewardError, describe_error
from ...store import change_records
from ...store.store import Store
from ...texts import translate
from ..requests.request_plan import PlanStep, in_sequence
from .plan import Plan
from .resolver import Resolver

log = structlog.get_logger(__name__)

APPLICABLE: Final = (ChangeStatus.ASKED, ChangeStatus.APPLYING, ChangeStatus.WATCHING)
"""The states of an update in which its approval holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitStep:
    """A step that only waits for a reading of a target, such as the end of a sync."""

    target: TargetRef
    wait: PlannedWait


class ChangePlans:
    """Makes the plans of updates, before people are asked and again before the updates are applied."""

    def __init__(self, store: Store, resolver: Resolver) -> None:
        """Updates are read from ``store``."""
        self._store = store
        self._resolver = resolver

    async def make(self, change_id: str, revision: str, steps: Sequence[PlanStep | WaitStep]) -> Plan:
        """Return the plan of an update. Raises StewardError when a step must not be done now."""
        return _together(change_id, revision, await self._planned(steps))

    async def again(self, option: Option, request_id: str) -> Plan:
        """Return the plan of an approved update as it is now. Raises StewardError as :meth:`make` does.

        Raises PreconditionFailed too when the approval does not hold any more.
        """
        async with self._store.read() as connection:
            refusal = await self.refusal(option, request_id, connection)
        if refusal is not None:
            raise PreconditionFailed(refusal)
        change_id = (option.runbook_id or "").removeprefix(CHANGE)
        return _together(change_id, option.recipe or "", await self._planned([*map(_source, option.steps)]))

    async def refusal(self, option: Option, request_id: str, connection: AsyncConnection) -> str | None:
        """Return why the approval of an update does not hold any more, None while it does.

        It holds while this revision is offered, and until people are asked about it again.
        """
        change_id = (option.runbook_id or "").removeprefix(CHANGE)
        rows = await change_records.changes_in(connection, APPLICABLE)
        mine = [one for one in rows if change_id in (one.id, one.applied_with)]
        if not mine or revisions(mine) != option.recipe:
            return translate(t"this version is not offered any more")
        if any(one.approval_id != request_id for one in mine):
            return translate(t"it was asked about again since")
        return None

    def reason(self, error: BaseException) -> str:
        """Return as a text for people why no plan could be made, without configured secrets."""
        if not isinstance(error, StewardError):
            log.error("plan of an update not made", exc_info=error)
        return self._resolver.clean(describe_error(error))

    async def _planned(self, steps: Sequence[PlanStep | WaitStep]) -> list[Plan]:
        async with coalesced_reads():
            return [*await asyncio.gather(*map(self._plan, steps))]

    async def _plan(self, step: PlanStep | WaitStep) -> Plan:
        if isinstance(step, WaitStep):
            return self._resolver.waiting(step.target, step.wait)
        plan = await self._resolver.request(step.target, step.action, step.arguments)
        return replace(plan, steps=tuple(replace(one, preserves=step.preserves) for one in plan.steps))


def revisions(changes: Iterable[Change]) -> str:
    """Return the revisions that one run of updates applies, as one text."""
    return " + ".join(one.revision for one in sorted(changes, key=lambda one: one.id))


def _source(step: PlannedStep) -> PlanStep | WaitStep:
    """Return the step that a planned step was made from."""
    if step.wait is not None:
        return WaitStep(target=step.target, wait=step.wait)
    _, _, key = step.action.partition(".")
    return PlanStep(target=step.target, action=key, arguments=step.arguments, preserves=step.preserves)


def changing(steps: Iterable[PlanStep | WaitStep]) -> list[PlanStep | WaitStep]:
    """Return the steps without those that only copy data: these change nothing of their targets."""
    return [one for one in steps if isinstance(one, WaitStep) or not one.preserves]


def _together(change_id: str, revision: str, plans: Sequence[Plan]) -> Plan:
    """Return one plan of single steps. The id of each step begins with the id of the update."""
    plan = in_sequence(plans, [step_id(change_id, position) for position in range(len(plans))])
    return replace(plan, runbook_id=f"{CHANGE}{change_id}", recipe=revision)


def step_id(change_id: str, position: int) -> str:
    """Return the id of a step of an update."""
    return f"{change_id}.{position}"


def change_of(step: PlannedStep) -> str:
    """Return the id of the update that a step belongs to."""
    return step.id.rpartition(".")[0]
