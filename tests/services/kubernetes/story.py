"""One action on one workload, from its dry run to its undo, as the executor carries it out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult
from lab.replay import ReplayState
from lab.visit import Visit
from services.kubernetes.snapshots import SNAPSHOTS
from steward.sdk.description import Action, Call, DryRun, Effect


class Story:
    """The action on one workload, with what is noted in its journal."""

    def __init__(self, here: Visit, action: Action[Any], call: Call) -> None:
        self.here, self.action = here, action
        self.noted: dict[str, Value] = {}
        self.call = replace(call, note=self._note)
        self.dry: DryRun | None = None

    async def _note(self, values: Mapping[str, Value]) -> None:
        self.noted |= values

    @property
    def state(self) -> ReplayState:
        found: ReplayState = self.here.served.state
        return found

    @property
    def baseline(self) -> dict[str, Value]:
        assert self.dry is not None
        return {**self.dry.baseline, **self.noted}

    @property
    def names(self) -> list[str]:
        items: Any = self.state.object(SNAPSHOTS)["items"]
        return [one["metadata"]["name"] for one in items]

    async def plan(self) -> DryRun:
        self.dry = await self.action.dry_run(self.here.client, self.call)
        return self.dry

    async def send(self) -> str:
        await self.action.precheck(self.here.client, self.call, self.baseline)
        return await self.action.execute(self.here.client, self.call, self.baseline)

    async def probe(self) -> Effect:
        return await self.action.probe(self.here.client, self.call, self.baseline)

    async def verify(self) -> CheckResult:
        return await self.action.verify(self.here.client, self.call, self.baseline)

    async def left(self) -> list[str]:
        """Return what an undo would delete."""
        assert self.action.undo is not None
        found = await self.action.undo.dry_run(self.here.client, self.call, self.baseline)
        return [one.before for one in found]

    async def undo(self) -> str:
        assert self.action.undo is not None
        return await self.action.undo.execute(self.here.client, self.call, self.baseline)
