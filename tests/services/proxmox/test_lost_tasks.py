"""Tasks whose id was lost when the app was killed: they are found again in the task list of the guest."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult
from lab.visit import Visit, visit
from services.proxmox import FIXTURE
from steward.errors import PreconditionFailed
from steward.sdk.description import Action, Call, Effect
from steward.texts import translate

RADARR = 105
COPIES = ["snapshot_container", "backup_container"]
RESTING = 60.0
"""Seconds after which no task of the lab runs any more."""


class Killed(BaseException):
    """The app was killed."""


async def killed(_: Mapping[str, Value]) -> None:
    """Kill the app before the id of the task is noted."""
    raise Killed


@dataclass
class Copy:
    """A copy of the data of a guest whose task was started, and its id lost."""

    here: Visit
    action: Action[Any]
    call: Call
    baseline: dict[str, Value] = field(default_factory=dict)

    async def plan(self) -> None:
        self.baseline = dict((await self.action.dry_run(self.here.client, self.call)).baseline)

    async def send(self) -> None:
        with pytest.raises(Killed):
            await self.action.execute(self.here.client, replace(self.call, note=killed), self.baseline)

    async def probe(self) -> Effect:
        return await self.action.probe(self.here.client, self.call, self.baseline)

    async def verify(self) -> CheckResult:
        return await self.action.verify(self.here.client, self.call, self.baseline)

    def by_somebody(self) -> None:
        """Let somebody else copy the guest, and wait for the end."""
        kind = "dump" if self.action.key == "backup_container" else "snapshot"
        self.here.lab.world.work_on(RADARR, kind)
        self.here.clock.advance(RESTING)


@asynccontextmanager
async def copy(key: str) -> AsyncIterator[Copy]:
    async with visit("proxmox") as here:
        attempt = next(one for one in FIXTURE.rounds if one.action == key)
        found = Copy(here, here.action(key), await here.call(attempt))
        found.by_somebody()
        await found.plan()
        yield found


@pytest.mark.parametrize("key", COPIES)
async def test_it_is_found_while_it_runs_and_after_it_ended(key: str) -> None:
    async with copy(key) as it:
        await it.send()
        assert await it.probe() is Effect.DONE
        it.here.clock.advance(RESTING)
        assert await it.probe() is Effect.DONE
        assert (await it.verify()).ok is True


@pytest.mark.parametrize("key", COPIES)
async def test_it_is_not_taken_for_one_that_somebody_else_started(key: str) -> None:
    async with copy(key) as it:
        it.by_somebody()
        assert await it.probe() is Effect.NOT_SEEN
        it.here.lab.world.fail_next_task("command failed")
        await it.send()
        it.here.clock.advance(RESTING)
        it.by_somebody()
        found = await it.verify()
        assert (found.ok, "command failed" in found.text) == (False, True)


async def test_a_backup_by_a_schedule_after_the_request_changes_nothing() -> None:
    async with copy("backup_container") as it:
        approved = await it.action.dry_run(it.here.client, it.call)
        it.by_somebody()
        again = await it.action.dry_run(it.here.client, it.call)
        assert again.bound == approved.bound
        assert again.baseline != approved.baseline
        await it.action.precheck(it.here.client, it.call, again.baseline)
        it.here.lab.world.work_on(RADARR, "dump")
        with pytest.raises(PreconditionFailed, match="is locked"):
            await it.action.dry_run(it.here.client, it.call)


async def test_a_snapshot_that_failed_did_not_happen() -> None:
    async with copy("snapshot_container") as it:
        it.here.lab.world.fail_next_task("command failed")
        await it.send()
        it.here.clock.advance(RESTING)
        assert await it.probe() is Effect.NOT_DONE


async def test_a_snapshot_that_is_listed_while_its_task_runs_is_waited_for() -> None:
    async with copy("snapshot_container") as it:
        await it.send()
        [task] = [one for one in it.here.lab.world.tasks("pve1") if "!" in one.user]
        it.here.lab.world.end_task(task, "got timeout")
        found = await it.verify()
        assert (found.ok, "got timeout" in found.text) == (False, True)


@pytest.mark.parametrize("key", COPIES)
async def test_without_a_task_it_is_said_where_to_look(key: str) -> None:
    async with copy(key) as it:
        assert await it.probe() is Effect.NOT_SEEN
        assert it.action.in_doubt is not None
        kinds = "vzdump" if key == "backup_container" else "vzsnapshot / qmsnapshot"
        assert translate(it.action.in_doubt(it.call, it.baseline)) == (
            f"Look at the task history of radarr (105) in Proxmox, for a task of type {kinds} of the "
            "steward's token: without one, nothing was done"
        )
        noted = translate(it.action.in_doubt(it.call, {**it.baseline, "handle": "UPID:pve1:1"}))
        assert noted.endswith("(105) in Proxmox: its task is UPID:pve1:1")


@pytest.mark.parametrize("key", ["restart_container", "start_vm", "stop_vm", "migrate_vm", "rollback_vm"])
async def test_every_task_of_a_guest_says_where_to_look(key: str) -> None:
    async with visit("proxmox") as here:
        assert here.action(key).in_doubt is not None
