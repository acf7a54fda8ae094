"""Plans that restore the data from before an update, after programs that write were stopped."""

from collections.abc import Sequence
from dataclasses import replace

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import StepState
from homelab_steward.contract.proposals import BACK, Option
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_parts import PlannedStep

from ...coalesce import coalesced_reads
from ...errors import PreconditionFailed
from ...inventory.ports import Inventory
from ...sdk.description import BY_HAND, Covers, Preserves
from ...sdk.kits import NAME
from ..requests.request_plan import STOP, in_sequence
from ..runs.journal import Journal
from .plan import Plan
from .resolver import Resolver


class BackPlans:
    """Makes the plans from the journal of the update, so that only copies of this update are used."""

    def __init__(self, inventory: Inventory, resolver: Resolver, journal: Journal) -> None:
        """The services in ``inventory`` declare how a copy is restored."""
        self._inventory = inventory
        self._resolver = resolver
        self._journal = journal

    async def make(self, run_id: str, option: Option, target: TargetRef) -> Plan:
        """Return the plan that restores the data of ``target``.

        Raises StewardError when a step must not be done now, or when there is nothing to bring back.
        """
        copies = await self._copies(run_id, option.steps)
        if not copies:
            raise PreconditionFailed(t"there is no copy of it any more")
        plans: list[Plan] = []
        async with coalesced_reads():
            if any(how.covers is Covers.FOLDERS for _, how, _ in copies):
                plans.append(await self._resolver.request_capability(target, STOP))
            for step, how, name in copies:
                plans.append(await self._resolver.request(step.target, how.back, {NAME: name}))
        plan = in_sequence(plans, [f"{run_id}.{number}" for number in range(len(plans))])
        return replace(plan, runbook_id=f"{BACK}{run_id}")

    async def _copies(
        self, run_id: str, steps: Sequence[PlannedStep]
    ) -> list[tuple[PlannedStep, Preserves[object], Value]]:
        """Return the copies that exist and can be restored, as (step, how to restore, name)."""
        found = []
        for entry in await self._journal.entries(run_id):
            step = steps[entry.position]
            how = self._preserves(step.target)
            is_made = step.preserves and entry.state is StepState.VERIFIED
            if is_made and how is not None and how.back and not entry.baseline.get(BY_HAND):
                found.append((step, how, entry.baseline.get(NAME)))
        return found

    def _preserves(self, target: TargetRef) -> Preserves[object] | None:
        service = self._inventory.service(target.instance_id)
        kind = service.kind(target.kind) if service else None
        return kind.preserves if kind else service.preserves if service else None
