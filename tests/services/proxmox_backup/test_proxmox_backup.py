"""Proxmox Backup Server: groups over namespaces, what is old or gone, jobs, missing rights."""

from typing import Any

import aiohttp
import pytest

from lab.clock import SteppedClock
from lab.faults import FaultKind
from lab.lab import Lab
from lab.visit import Visit, connected, visit
from services.proxmox_backup import (
    API,
    DAY,
    FIXTURE,
    NOW,
    OFFSITE,
    PRUNE,
    SNAPSHOTS,
    VERIFY,
    data,
    job,
    snapshot,
    task,
)
from steward.errors import InvalidSetting, PreconditionFailed

VM = ("backup", "main::vm/100")


def answers(here: Visit, route: str, *rows: Any) -> None:
    here.served.state.answers[route] = data([*rows])


async def test_the_token_is_sent_by_tls_only() -> None:
    for changed in ({"url": "http://pbs.example.org:8007"}, {"token_id": "steward"}):
        with pytest.raises(InvalidSetting):
            async with visit("proxmox_backup", changed=changed):
                pass


async def test_each_namespace_has_its_own_backups() -> None:
    async with visit("proxmox_backup") as here:
        found = {one.name: one for one in (await here.snapshot()).resources if one.kind == "backup"}
        assert sorted(found) == [
            "homeassistant (vm/100) in main",
            "homeassistant (vm/100) in offsite",
            "host/cottage in main/cottage",
            "radarr (ct/105) in main",
            "radarr (ct/105) in offsite",
        ]
        assert found["homeassistant (vm/100) in main"].values["backups"] == 2


@pytest.mark.parametrize(
    ("days", "changed", "expected"),
    [(2, {}, "clear"), (4, {}, "problems"), (4, {"backup_days": 7}, "clear"), (90, {}, "unknown")],
)
async def test_a_last_backup_that_is_too_old(days: float, changed: dict[str, Any], expected: str) -> None:
    async with visit("proxmox_backup", changed=changed) as here:
        answers(here, SNAPSHOTS, snapshot("vm", "100", days, "homeassistant"))
        assert ("backup_too_old", VM) in getattr(await here.checks(), expected)


@pytest.mark.parametrize(
    ("state", "expected"), [("ok", "clear"), ("failed", "problems"), ("queued", "unknown")]
)
async def test_the_last_verification_counts(state: str, expected: str) -> None:
    async with visit("proxmox_backup") as here:
        unverified = {**snapshot("vm", "100", 0.1, "homeassistant"), "verification": None}
        answers(here, SNAPSHOTS, unverified, snapshot("vm", "100", 1, "homeassistant", state))
        assert ("verification_failed", VM) in getattr(await here.checks(), expected)


@pytest.mark.parametrize(
    ("outcome", "days", "expected"),
    [
        ("connection error", 0.2, "problems"),
        ("connection error", 0.9, "clear"),
        ("OK", 0.2, "clear"),
        (None, 0.2, "unknown"),
        ("unknown", 0.2, "unknown"),
    ],
)
async def test_a_backup_that_failed_since_the_last_good_one(
    outcome: str | None, days: float, expected: str
) -> None:
    async with visit("proxmox_backup") as here:
        here.served.state.values["tasks"] = [task("backup", "main:vm/100", days, outcome)]
        assert ("backup_failed", VM) in getattr(await here.checks(), expected)


async def test_what_cannot_be_read_costs_itself() -> None:
    async with visit("proxmox_backup") as here:
        here.arm(FaultKind.STATUS, "GET", f"{API}/nodes/localhost/tasks")
        here.arm(FaultKind.STATUS, "GET", OFFSITE.removeprefix("GET "))
        found, checks = await here.snapshot(), await here.checks()
        assert {"tasks", "groups", "backup"} <= {gap.part for gap in found.coverage.gaps}
        assert ("backup_failed", VM) in checks.unknown
        assert ("backup_too_old", VM) in checks.clear


async def test_a_job_that_is_disabled_or_not_listed_is_not_run() -> None:
    async with visit("proxmox_backup") as here:
        action, call = here.action("run_job"), await here.call(FIXTURE.rounds[2])
        answers(here, PRUNE, {**job("main", "keep", "prunejob", "failed"), "disable": True})
        assert ("maintenance_failed", ("job", "prune:keep")) in (await here.checks()).clear
        with pytest.raises(PreconditionFailed, match="is disabled"):
            await action.dry_run(here.client, call)
        answers(here, PRUNE)
        with pytest.raises(PreconditionFailed, match="not listed any more"):
            await action.dry_run(here.client, call)
        gc = await here.call_of(action, "Garbage collection of main")
        with pytest.raises(PreconditionFailed, match="of its datastore"):
            await action.dry_run(here.client, gc)


async def test_a_job_that_never_ran_is_run() -> None:
    async with visit("proxmox_backup") as here:
        answers(here, VERIFY, {"store": "main", "id": "v1"})
        action = here.action("run_job")
        call = await here.call_of(action, "Verification of main (v1)")
        before = await action.dry_run(here.client, call)
        await action.execute(here.client, call, before.baseline)
        assert here.writes == [("POST", f"{API}/admin/verify/v1/run")]
        assert (await action.verify(here.client, call, before.baseline)).ok is True


async def test_a_missing_right_is_named_before() -> None:
    async with visit("proxmox_backup") as here:
        here.served.state.values["rights"] = {"Datastore.Audit": 1}
        call = await here.call(FIXTURE.rounds[0])
        with pytest.raises(PreconditionFailed, match=r"lacks the right Datastore.Verify on /datastore/main"):
            await here.action("verify_datastore").dry_run(here.client, call)
        assert len((await here.snapshot()).missing_rights) == 3


async def test_backups_are_listed_with_the_worst_first() -> None:
    async with visit("proxmox_backup") as here:
        answers(here, OFFSITE, snapshot("ct", "105", 9, "radarr", "failed"))
        tool = here.tool("backups")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text.startswith("radarr (ct/105) in offsite: 1 backups")
        assert "verified: failed" in text


async def test_backups_of_the_lab_are_recent_at_any_time() -> None:
    clock = SteppedClock(NOW + 1000.0 * DAY)
    async with (
        Lab(services=("proxmox_backup",), clock=clock, real_alertmanager=False, is_alerting=False) as lab,
        aiohttp.ClientSession() as session,
        connected("proxmox_backup", lab, session, clock) as here,
    ):
        found = await here.checks()
        assert not found.problems
        assert found.clear
