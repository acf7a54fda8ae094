"""TrueNAS: its login and errors, disks and their pools, jobs, snapshots, rights."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from homelab_steward.contract.state import CoverageStatus
from lab.faults import FaultKind
from lab.visit import Visit, visit
from services.truenas import FIXTURE, alert, disk, vdev
from services.truenas.simulator import CALL, RpcError
from steward.errors import (
    EffectUnknown,
    InvalidSetting,
    PreconditionFailed,
    ServiceForbidden,
    ServiceMalformed,
    ServiceRefused,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from steward.sdk.description import Effect
from steward.sdk.item_versions import folders


def reads(here: Visit, method: str, result: Any) -> None:
    here.served.results[method] = result


def row(here: Visit, method: str, key: str, value: Any) -> Any:
    return here.served.row(method, key, value)


async def tool(here: Visit, key: str, target: str | None = None) -> str:
    found = here.tool(key)
    return (await found.read(here.client, await here.call_of(found, target))).text


async def test_a_key_is_sent_by_tls_only() -> None:
    with pytest.raises(InvalidSetting, match="https"):
        async with visit("truenas", changed={"url": "http://nas.example.org"}):
            pass


async def test_it_logs_in_once_and_again_when_the_login_ended() -> None:
    async with visit("truenas") as here:
        await here.poll()
        await here.poll()
        assert here.served.logins == 1
        here.served.log_out()
        await here.client.get("system.info")
        assert here.served.logins == 2


async def test_a_refused_key_is_not_sent_again_at_once() -> None:
    async with visit("truenas", changed={"api_key": "wrong"}) as here:
        for text in ("refused the API key", "the next login is made in 60 s"):
            with pytest.raises(ServiceUnauthorized, match=text):
                await here.poll()
        assert here.served.logins == 1


@pytest.mark.parametrize(
    ("errname", "expected"),
    [("EACCES", ServiceForbidden), ("EINVAL", ServiceRefused), ("EFAULT", ServiceUnreachable)],
)
async def test_what_errors_mean(errname: str, expected: type[Exception]) -> None:
    async with visit("truenas") as here:
        here.served.errors["pool.query"] = RpcError("No", errname)
        with pytest.raises(expected, match="No"):
            await here.poll()


async def test_apps_that_were_never_set_up_cost_the_apps() -> None:
    async with visit("truenas") as here:
        here.served.errors["app.query"] = RpcError("No pool is configured", "EINVAL")
        found = await here.snapshot()
        assert found.coverage.status is CoverageStatus.PARTIAL
        assert [gap.part for gap in found.coverage.gaps] == ["apps", "app"]


@pytest.mark.parametrize(
    ("rows", "problem", "unknown"),
    [
        ([vdev(None, vdev("sda", status="REMOVED"), vdev("sdb"))], "Disk sda (KH4A001) is REMOVED", False),
        ([vdev(None, vdev("sda", errors=2), vdev("sdb"))], "Disk sda (KH4A001) has 2 errors", False),
        ([vdev(None, vdev("sdb"))], None, True),
    ],
)
async def test_a_disk_and_its_pool(rows: list[Any], problem: str | None, unknown: bool) -> None:  # noqa: FBT001
    async with visit("truenas") as here:
        row(here, "pool.query", "name", "tank")["topology"] = {"data": rows}
        checks = await here.checks()
        key = ("disk_failing", ("disk", "{serial_lunid}KH4A001_5000c500a1"))
        assert (key in checks.unknown) is unknown
        assert (checks.problems.get(key) or "").startswith(problem or "")


async def test_a_disk_outside_of_all_pools_has_its_self_monitoring() -> None:
    async with visit("truenas") as here:
        reads(here, "disk.query", [disk("sdc", "KH9", "boot-pool"), disk("sdd", "KH8", None)])
        reads(here, "alert.list", [alert("SMARTFailedSelfTest", "WARNING", "sdc failed", serial="KH9")])
        checks = await here.checks()
        assert [text for (key, _), text in checks.problems.items() if key == "disk_failing"] == ["sdc failed"]
        assert "disk_failing" not in {key for key, _ in checks.unknown}
        assert (await tool(here, "disks")).startswith("sdc (KESTREL HD4000, KH9), boot-pool: sdc failed")


@pytest.mark.parametrize(
    ("args", "outcome"),
    [
        ({"device": "/dev/sda ('KH4A001')"}, "problem"),
        ({"device": "sda"}, "problem"),
        ({"device": "/dev/sdb"}, "clear"),
        ({"message": "a disk failed"}, "unknown"),
    ],
)
async def test_an_alert_of_the_self_monitoring_names_its_disk(args: dict[str, Any], outcome: str) -> None:
    async with visit("truenas") as here:
        reads(here, "alert.list", [alert("SMART", "CRITICAL", "Failed", **args)])
        checks = await here.checks()
        found = {"problem": checks.problems, "clear": checks.clear, "unknown": checks.unknown}
        assert ("disk_failing", ("disk", "{serial_lunid}KH4A001_5000c500a1")) in found[outcome]


async def test_a_scrub_that_runs_or_was_a_resilver() -> None:
    async with visit("truenas") as here:
        scan = row(here, "pool.query", "name", "tank")["scan"]
        scan |= {"state": "SCANNING", "end_time": None}
        assert ("scrub_overdue", ("pool", "904311877521")) in (await here.checks()).clear
        call = await here.call(FIXTURE.rounds[0])
        with pytest.raises(PreconditionFailed, match="is running"):
            await here.action("scrub_pool").dry_run(here.client, call)
        scan |= {"function": "RESILVER", "state": "FINISHED"}
        assert ("scrub_overdue", ("pool", "904311877521")) in (await here.checks()).unknown


async def test_a_pool_that_was_renamed_is_not_scrubbed() -> None:
    async with visit("truenas") as here:
        call = await here.call(FIXTURE.rounds[0])
        row(here, "pool.query", "name", "tank")["name"] = "vault"
        with pytest.raises(PreconditionFailed, match="is called vault now"):
            await here.action("scrub_pool").dry_run(here.client, call)
        reads(here, "pool.query", [])
        with pytest.raises(PreconditionFailed, match="does not list tank"):
            await here.action("scrub_pool").dry_run(here.client, call)


async def test_snapshots_are_numbered_and_counted() -> None:
    async with visit("truenas") as here:
        action, call = here.action("create_snapshot"), await here.call(FIXTURE.rounds[1])
        here.served.snapshots["tank/media"] += ["steward-2", "steward-x", "steward-7"]
        before = await action.dry_run(here.client, call)
        assert before.baseline["name"] == "steward-8"
        assert (await tool(here, "snapshots", "tank/media")).splitlines()[0] == "steward-7"
        here.served.snapshots["tank/media"] = [f"auto-{number}" for number in range(2001)]
        with pytest.raises(PreconditionFailed, match="more than 2000 snapshots"):
            await action.dry_run(here.client, call)
        here.served.alter = lambda where, sent: [{}] if where == "CALL pool.snapshot.query" else sent
        with pytest.raises(ServiceMalformed, match="has no name"):
            await action.dry_run(here.client, call)


async def test_a_snapshot_gets_the_wanted_name_and_a_number_when_it_is_taken() -> None:
    async with visit("truenas") as here:
        action, call = here.action("create_snapshot"), await here.call(FIXTURE.rounds[1])
        named = replace(call, arguments={"name": "steward-3f2a"})
        for name in ("steward-3f2a", "steward-3f2a-2", "steward-3f2a-3"):
            before = await action.dry_run(here.client, named)
            assert before.baseline["name"] == name
            await action.execute(here.client, named, before.baseline)
        with pytest.raises(PreconditionFailed, match="lower-case letters"):
            await action.dry_run(here.client, replace(call, arguments={"name": "a/b@c"}))


async def test_no_snapshot_is_taken_of_a_dataset_that_is_nearly_full() -> None:
    async with visit("truenas") as here:
        action, call = here.action("create_snapshot"), await here.call(FIXTURE.rounds[1])
        row(here, "pool.dataset.query", "id", "tank/media")["available"] = {"rawvalue": "1024"}
        with pytest.raises(PreconditionFailed, match="nearly full"):
            await action.dry_run(here.client, call)


async def test_a_rollback_to_the_newest_snapshot_is_seen_by_one_that_is_taken_before() -> None:
    async with visit("truenas") as here:
        action, call = here.action("roll_back"), await here.call(FIXTURE.rounds[-1])
        noted: dict[str, Any] = {}

        async def note(values: Mapping[str, Any]) -> None:
            noted.update(values)

        call = replace(call, arguments={}, note=note)
        before = await action.dry_run(here.client, call)
        assert [one.field for one in before.differences] == ["State"]
        assert await action.probe(here.client, call, before.baseline) is Effect.NOT_SEEN
        here.served.errors["pool.snapshot.rollback"] = RpcError("dataset is busy", "EBUSY")
        with pytest.raises(ServiceRefused, match="busy"):
            await action.execute(here.client, call, before.baseline)
        assert await action.probe(here.client, call, {**before.baseline, **noted}) is Effect.NOT_SEEN
        del here.served.errors["pool.snapshot.rollback"], here.served.snapshots["tank/media"][-1]
        await action.execute(here.client, call, before.baseline)
        assert await action.probe(here.client, call, {**before.baseline, **noted}) is Effect.DONE
        assert here.served.snapshots["tank/media"][-1] == "auto-2026-11-21_00-00"


async def test_the_folders_of_datasets_are_known_while_they_are_mounted() -> None:
    async with visit("truenas") as here:
        row(here, "pool.dataset.query", "id", "tank")["mountpoint"] = None
        state, _ = await here.poll()
        found = [(one.kind, one.id, one.path) for one in folders(here.service, state)]
        assert found == [
            ("dataset", "tank/media", "/mnt/tank/media"),
            ("dataset", "fast/apps", "/mnt/fast/apps"),
        ]


async def test_a_rollback_needs_the_snapshot_and_those_that_were_approved_to_be_deleted() -> None:
    async with visit("truenas") as here:
        action, call = here.action("roll_back"), await here.call(FIXTURE.rounds[-1])
        before = await action.dry_run(here.client, call)
        assert [one.before for one in before.differences[1:]] == ["auto-2026-11-21_00-00"]
        here.served.snapshots["tank/media"].append("hourly")
        with pytest.raises(PreconditionFailed, match="other snapshots"):
            await action.precheck(here.client, call, before.baseline)
        here.served.snapshots["tank/media"] = ["hourly"]
        with pytest.raises(PreconditionFailed, match="has no snapshot auto"):
            await action.dry_run(here.client, call)
        here.served.snapshots["tank/media"] = []
        with pytest.raises(PreconditionFailed, match=r"has no snapshot$"):
            await action.dry_run(here.client, call)


@pytest.mark.parametrize(("state", "effect"), [("FAILED", Effect.DONE), ("RUNNING", Effect.DONE)])
async def test_how_a_job_ends(state: str, effect: Effect) -> None:
    async with visit("truenas") as here:
        action, call = here.action("run_replication"), await here.call(FIXTURE.rounds[2])
        before = await action.dry_run(here.client, call)
        here.served.job_state = state
        await action.execute(here.client, call, before.baseline)
        assert await action.probe(here.client, call, before.baseline) is effect
        assert (await action.verify(here.client, call, before.baseline)).ok is (state == "RUNNING")


async def test_an_app_that_fails_to_start_is_a_failure() -> None:
    async with visit("truenas", FIXTURE.rounds[5]) as here:
        action, call = here.action("start_app"), await here.call(FIXTURE.rounds[5])
        before = await action.dry_run(here.client, call)
        here.served.job_state = "FAILED"
        with pytest.raises((ServiceRefused, EffectUnknown)):
            await action.execute(here.client, call, before.baseline)


async def test_what_is_disabled_or_being_changed_is_no_problem() -> None:
    async with visit("truenas") as here:
        for method in ("replication.query", "pool.snapshottask.query"):
            row(here, method, "id", 1).update(enabled=False, state={"state": "ERROR"})
        row(here, "app.query", "id", "immich")["state"] = "DEPLOYING"
        checks = await here.checks()
        assert checks.problems == {}
        assert ("app_stopped", ("app", "immich")) in checks.busy
        action, call = here.action("run_replication"), await here.call(FIXTURE.rounds[2])
        row(here, "replication.query", "id", 2)["enabled"] = False
        with pytest.raises(PreconditionFailed, match="is disabled"):
            await action.dry_run(here.client, call)


async def test_rights_that_are_missing_are_named() -> None:
    async with visit("truenas") as here:
        reads(here, "auth.me", {"privilege": {"roles": {"$set": ["READONLY_ADMIN"]}}})
        assert "POOL_WRITE (to start scrubs)" in (await here.snapshot()).missing_rights
        reads(here, "auth.me", {"privilege": {"roles": ["FULL_ADMIN"]}})
        assert (await here.snapshot()).missing_rights == ()


async def test_tools_show_the_worst_first() -> None:
    async with visit("truenas") as here:
        await here.make_unhealthy()
        assert (await tool(here, "devices", "tank")).startswith("sda: FAULTED")
        assert (await tool(here, "alerts")).startswith("CRITICAL: The log service stopped")
        assert (
            (await tool(here, "datasets"))
            .splitlines()[1]
            .startswith("tank/media: 4096.0 GiB, quota 4300.8 GiB")
        )
        here.arm(FaultKind.STATUS, CALL, "/core.get_jobs")
        with pytest.raises(ServiceUnreachable):
            await tool(here, "jobs")
