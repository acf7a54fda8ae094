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
    assert (stop.is_meant, stop.text.startswith(text)) == (is_meant, True), stop


@pytest.mark.parametrize("kind", ["vzreboot", "vzmigrate", "vzdump", "vzshutdown"])
async def test_a_task_that_runs_is_waited_for(kind: str) -> None:
    cluster = Cluster()
    cluster.tasks = [task(kind, 10, endtime=None, status=None)]
    with pytest.raises(Busy, match=kind):
        await why_stopped(cluster.client(), BOX)


@pytest.mark.parametrize("lock", ["backup", "migrate", "snapshot"])
async def test_a_locked_guest_is_neither_stopped_nor_running(lock: str) -> None:
    cluster = Cluster()
    cluster.running = False
    cluster.rows = [{"id": "node/pve1", "type": "node", "node": "pve1", "status": "online"}]
    cluster.rows.append(cluster.guest_row(lock=lock))
    results = run_checks(SERVICE, await SERVICE.poll(cluster.client(), Gaps()))
    assert results.unknown[STOPPED] == f"media is locked ({lock})"
    assert STOPPED in results.busy


async def test_a_stopped_guest_is_a_problem_and_a_running_one_is_not() -> None:
    cluster = Cluster()
    results = run_checks(SERVICE, await SERVICE.poll(cluster.client(), Gaps()))
    assert STOPPED in results.clear
    cluster.running = False
    results = run_checks(SERVICE, await SERVICE.poll(cluster.client(), Gaps()))
    assert results.problems[STOPPED] == "Container media is not running"
