"""How a guest came to be stopped, and what a stopped guest is to the checks."""

from typing import Any

import pytest

from homelab_steward.contract.state import TargetRef
from steward.sdk.coverage import Gaps
from steward.sdk.description import Call
from steward.sdk.readings import Busy
from steward.sdk.snapshot import run_checks
from steward.services.proxmox import SERVICE
from steward.services.proxmox.stops import why_stopped
from steward.texts import translate

from .answers import Cluster

BOX = Call(target=TargetRef(instance_id="p", kind="container", id="105", name="media"))
STOPPED = ("container_stopped", ("container", "105"))


def task(kind: str, at: int, *, node: str = "pve1", user: str = "root@pam", **more: Any) -> dict[str, Any]:
    ended = {"endtime": at + 1, "status": "OK"} | more
    upid = f"UPID:{node}:00001:01:{at:08X}:{kind}:105:{user}:"
    found = {"upid": upid, "node": node, "type": kind, "user": user, "starttime": at, **ended}
    return {key: value for key, value in found.items() if value is not None}


@pytest.mark.parametrize(
    ("tasks", "is_meant", "text"),
    [
        ([], False, "No task on record stopped media"),
        ([task("vzstart", 10)], False, "No task on record stopped media"),
        ([task("vzstop", 10)], True, "root@pam stopped it on 1970-01-01 at 00:00 UTC"),
        ([task("vzshutdown", 10, user="")], True, "A task stopped it on 1970-01-01 at 00:00 UTC"),
        ([task("vzshutdown", 10), task("vzstart", 20)], False, "No task on record stopped media"),
        ([task("vzstart", 10), task("vzshutdown", 20, status="got timeout")], False, "No task on record"),
        ([task("stopall", 10), task("vzshutdown", 60)], False, "media was stopped with its node"),
        ([task("stopall", 10), task("vzshutdown", 9000)], True, "root@pam stopped it"),
        ([task("stopall", 10, node="pve2"), task("vzshutdown", 60)], True, "root@pam stopped it"),
        ([task("vzdump", 30), task("vzstop", 10)], True, "root@pam stopped it"),
        ([task("hastop", 10, node="pve2")], True, "root@pam stopped it"),
    ],
)
async def test_the_tasks_on_record_say_who_stopped_it(
    tasks: list[dict[str, Any]],
    is_meant: bool,  # noqa: FBT001
    text: str,
) -> None:
    cluster = Cluster()
    cluster.tasks = tasks
    stop = await why_stopped(cluster.client(), BOX)
    assert (stop.is_meant, translate(stop.text).startswith(text)) == (is_meant, True), stop


@pytest.mark.parametrize("kind", ["vzreboot", "vzmigrate", "vzdump", "vzshutdown"])
async def test_a_task_that_runs_is_waited_for(kind: str) -> None:
    cluster = Cluster()
    cluster.tasks = [task(kind, 10, endtime=None, status=None)]
    with pytest.raises(Busy, match=kind):
        await why_stopped(cluster.client(), BOX)


async def test_a_lock_counts_only_while_its_work_is_under_way() -> None:
    """The backup of many guests names none of them, and a failed one leaves its lock."""
    cluster = Cluster()
    cluster.lock, cluster.running = "backup", False
    cluster.tasks = [task("vzdump", 10, endtime=None, status=None), task("vzstop", 5)]
    cluster.tasks[0]["upid"] = cluster.tasks[0]["upid"].replace(":105:", "::")
    with pytest.raises(Busy, match=r"media is locked \(backup\)"):
        await why_stopped(cluster.client(), BOX)
    cluster.tasks[0] |= {"endtime": 20, "status": "job errors"}
    assert (await why_stopped(cluster.client(), BOX)).is_meant
    cluster.tasks[0]["type"] = "vzcreate"
    assert (await why_stopped(cluster.client(), BOX)).is_meant


async def test_a_stopped_guest_that_is_locked_is_a_problem_that_names_the_lock() -> None:
    cluster = Cluster()
    cluster.running = False
    cluster.rows = [{"id": "node/pve1", "type": "node", "node": "pve1", "status": "online"}]
    cluster.rows.append(cluster.guest_row(lock="snapshot-delete"))
    results = run_checks(SERVICE, await SERVICE.poll(cluster.client(), Gaps()))
    assert results.problems[STOPPED] == "Container media is not running and is locked (snapshot-delete)"


async def test_a_stopped_guest_is_a_problem_and_a_running_one_is_not() -> None:
    cluster = Cluster()
    results = run_checks(SERVICE, await SERVICE.poll(cluster.client(), Gaps()))
    assert STOPPED in results.clear
    cluster.running = False
    results = run_checks(SERVICE, await SERVICE.poll(cluster.client(), Gaps()))
    assert results.problems[STOPPED] == "Container media is not running"
