"""The stage of updates around the toy service, with sources that tests fill."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from homelab_steward.contract.changes import (
    Assessment,
    Change,
    ChangeCommand,
    ChangeLevel,
    ChangeSource,
    ChangeStatus,
    Distance,
    PackageChange,
    WayBack,
)
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus
from homelab_steward.contract.protocol import RowKind
from steward.agent.requests.request_plan import PlanStep
from steward.changes.found import Found, Offers
from steward.clock import ManualClock
from steward.errors import StewardError
from steward.settings.changes import Changes
from steward.store import approvals, change_records
from steward.wiring.changes import ChangeParts, ChangeStage, build_changes

from .agent_rig import AgentRig, open_rig
from .clocks import HANGING
from .inventory import NOW, ToyPeople, box, speaker

AT_ONCE: Final = Changes(digest_days=0, patch_days=0, minor_days=0, major_days=0, unknown_days=0)


@dataclass
class ToySource:
    """A source whose offers tests set. With ``broken`` it cannot be read."""

    offers: Offers = field(default_factory=lambda: Offers(found=()))
    name: str = "toys"
    broken: bool = False

    async def find(self) -> Offers:
        if self.broken:
            message = "the source is away"
            raise StewardError(message)
        return self.offers

    def offer(self, *found: Found, **more: Any) -> None:
        self.offers = Offers(found=found, **more)


def found(name: str = "radarr", new: str = "5.1.1", **changes: Any) -> Found:
    """Return an update of a box: it sets its memory."""
    target = changes.pop("target", box(name))
    values: dict[str, Any] = {
        "id": name,
        "source": ChangeSource.IMAGE,
        "target": target,
        "title": f"{name} 5.1.0 → {new}",
        "packages": (PackageChange(name=name, old="5.1.0", new=new, distance=Distance.PATCH),),
        "revision": new,
        "steps": (PlanStep(target=target, action="set_memory", arguments={"memory": 4096}),),
        "way_back": WayBack.DATA,
        "way_back_text": "It can be taken back with its data.",
    }
    return Found(**(values | changes))


def assessment(level: ChangeLevel = ChangeLevel.SAFE, **changes: Any) -> Assessment:
    values: dict[str, Any] = {"at": NOW, "reasons": ("3 fixes, no breaking change.",)}
    return Assessment(level=level, **(values | changes))


@dataclass
class ChangesRig:
    """What tests use."""

    agent: AgentRig
    stage: ChangeStage
    clock: ManualClock
    sources: Sequence[ToySource]

    async def look(self) -> None:
        """Read the sources once, and do what is due."""
        await self.stage.finder.look()
        await self.work()

    async def work(self) -> None:
        """Follow what is asked about and applied, then ask about what is ready."""
        await self.stage.pipeline.follow()
        await self.stage.pipeline.ask()

    async def rows(self) -> tuple[Change, ...]:
        async with self.agent.store.read() as connection:
            return await change_records.shown(connection, 1000)

    async def row(self, name: str = "radarr", new: str | None = None) -> Change:
        rows = [one for one in await self.rows() if one.target.name == name]
        (row,) = [one for one in rows if new is None or one.revision == new]
        return row

    async def statuses(self) -> dict[str, ChangeStatus]:
        return {f"{one.target.name} {one.revision}": one.status for one in await self.rows()}

    async def request(self, name: str = "radarr", new: str | None = None) -> ApprovalRequest:
        return await self.agent.request_with((await self.row(name, new)).approval_id or "")

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        async with self.agent.store.read() as connection:
            return await approvals.requests_in(connection, ApprovalStatus.PENDING)

    async def ended(self, name: str = "radarr", new: str | None = None) -> Change:
        """Return an update once its run is over and this was written."""
        row = await self.row(name, new)
        await self.agent.until(
            lambda one: one.status.is_closed and one.id == row.incident_id, await self.number(row)
        )
        await self.work()
        return await self.row(name, new)

    async def command(self, name: str, change_id: str, user: str = "1", **more: Any) -> Change:
        """Send a command about an update."""
        request = ChangeCommand(speaker=speaker(user), id=change_id, **more)
        answer: Change = await getattr(self.stage.commands, name)(request)
        return answer

    async def until(self, check: Callable[[Sequence[Change]], bool]) -> None:
        """Return once the rows are as wanted."""
        async with asyncio.timeout(HANGING):
            with self.agent.store.changes.watch(RowKind.CHANGE) as watch:
                while not check(await self.rows()):
                    await watch.next()

    async def number(self, row: Change) -> int:
        return next(one.number for one in await self.agent.incidents() if one.id == row.incident_id)

    def later(self, **length: float) -> None:
        self.clock.move(timedelta(**length).total_seconds())


@asynccontextmanager
async def changes_rig(
    folder: Path,
    settings: Changes = AT_ONCE,
    *,
    sources: Sequence[ToySource] | None = None,
    assess: Callable[[Found], Assessment] = lambda _found: assessment(),
    clock: ManualClock | None = None,
    **more: Any,
) -> AsyncIterator[ChangesRig]:
    """Yield the stage, which works when it is called; another one in ``folder`` is as after a restart."""
    clock = clock or ManualClock(NOW)
    sources = sources or [ToySource()]

    async def judged(one: Found) -> Assessment:
        return assess(one)

    async with open_rig(folder, clock=clock, **more) as rig:
        stage = build_changes(
            ChangeParts(
                store=rig.store,
                inventory=rig.inventory,
                clock=clock,
                settings=settings,
                agent=rig.agent,
                people=ToyPeople(),
                sources=sources,
                assess=judged,
            )
        )
        yield ChangesRig(rig, stage, clock, sources)
