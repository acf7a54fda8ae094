"""Proxmox: unknown is not stopped, hidden is not gone, a guest is found where it is now."""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.state import Resource, ResourceKey, Snapshot, TargetRef
from lab.fixtures import Round
from lab.visit import visit
from services.proxmox import FIXTURE
from services.proxmox.answers import NOW, RIGHTS, Cluster
from steward.errors import (
    EffectUnknown,
    InvalidSetting,
    PreconditionFailed,
    ServiceForbidden,
    ServiceRefused,
    ServiceUnreachable,
)
from steward.sdk.coverage import Gaps
from steward.sdk.description import Action, Call, Effect
from steward.sdk.readings import NotKnown
from steward.sdk.snapshot import CheckResults, run_checks, snapshot
from steward.services.proxmox import SERVICE
from steward.services.proxmox.client import ProxmoxClient

MEDIA = TargetRef(instance_id="i", kind="container", id="105", name="media")
ONLY_IDENTITY = {"id": "lxc/105", "type": "lxc", "vmid": 105, "node": "pve1", "status": "unknown"}
CONFIG = "PUT nodes/pve1/lxc/105/config"
POWER = ("restart_container", "start_container", "stop_container", "migrate_container")


def round_of(key: str) -> Round:
    return next(one for one in FIXTURE.rounds if one.action == key)


@pytest.fixture
def cluster() -> Cluster:
    return Cluster()


def action(key: str) -> Action[Any]:
    return next(one for one in SERVICE.actions if one.key == key)


def call(key: str) -> Call:
    arguments: dict[str, dict[str, Value]] = {
        "set_memory": {"memory_mib": 3072},
        "migrate_container": {"node": "pve2"},
    }
    return Call(target=MEDIA, arguments=arguments.get(key, {}))


async def poll(client: ProxmoxClient) -> tuple[Snapshot, CheckResults]:
    gaps = Gaps()
    state = await SERVICE.poll(client, gaps)
    return snapshot(SERVICE, "i", state, gaps, NOW), run_checks(SERVICE, state)


def found(shown: Snapshot, kind: str, key: str) -> Resource:
    return next(one for one in shown.resources if (one.kind, one.id) == (kind, key))


def gaps_of(shown: Snapshot) -> set[str]:
    return {gap.part for gap in shown.coverage.gaps}


async def test_identity_is_what_does_not_move(cluster: Cluster) -> None:
    shown, checks = await poll(cluster.client())
    assert {(one.kind, one.id) for one in shown.resources} == {
        *(("node", "pve1"), ("node", "pve2"), ("container", "105"), ("vm", "200")),
        *(("storage", "nas"), ("storage", "pve2/local")),
    }
    assert found(shown, "container", "105").parent == ResourceKey(kind="node", id="pve1")
    assert found(shown, "storage", "nas").parent is None
    assert found(shown, "storage", "nas").values["disk_share"] == 95.0
    assert found(shown, "vm", "200").values["memory_share"] == 73.2
    assert set(checks.problems) == {
        ("storage_nearly_full", ("storage", "nas")),
        ("storage_full", ("storage", "pve2/local")),
    }
    assert not shown.coverage.gaps
    assert shown.values["guests_running"] == 2


async def test_an_unknown_state_is_neither_stopped_nor_renamed(cluster: Cluster) -> None:
    client = cluster.client()
    await poll(client)
    cluster.rows = [row for row in cluster.resources() if row["type"] != "lxc"] + [ONLY_IDENTITY]
    shown, checks = await poll(client)
    guest = found(shown, "container", "105")
    assert (guest.name, guest.values["running"], guest.values["memory_share"]) == ("media", None, None)
    assert shown.values["guests_running"] is None
    assert gaps_of(shown) == {"states"}
    assert ("container_memory", ("container", "105")) in checks.unknown


async def test_a_template_in_an_unknown_state_stays_a_template(cluster: Cluster) -> None:
    client = cluster.client()
    cluster.rows = [*cluster.resources(), cluster.guest_row(vmid=900, name="base", template=1)]
    await poll(client)
    cluster.rows[-1] = {**ONLY_IDENTITY, "vmid": 900}
    assert not any(one.id == "900" for one in (await poll(client))[0].resources)


@pytest.mark.parametrize(
    ("rights", "rows", "gaps"),
    [
        ({"/": {"Sys.Audit": 1}}, "nodes", {"container", "vm", "storage"}),
        ({"/": dict.fromkeys(RIGHTS, 1)}, "nodes", {"container", "vm", "storage"}),
        ({"/vms/200": {"VM.Audit": 1}, "/storage": {"Datastore.Audit": 1}}, "no lxc", {"container", "vm"}),
        ({"/": dict.fromkeys(RIGHTS, 1)}, "no lxc", set()),
        ({"/": dict.fromkeys(RIGHTS, 1)}, "nothing", {"node", "container", "vm", "storage"}),
    ],
)
async def test_what_may_be_hidden_is_a_gap(cluster: Cluster, rights: Any, rows: str, gaps: set[str]) -> None:
    client = cluster.client()
    await poll(client)
    keep = {"nodes": ("node",), "no lxc": ("node", "qemu", "storage"), "nothing": ()}[rows]
    cluster.rows = [row for row in cluster.resources() if row["type"] in keep]
    cluster.rights = rights
    shown, _ = await poll(client)
    assert gaps_of(shown) == gaps
    assert (shown.values["guests_running"] is None) is bool(gaps)


async def test_missing_rights_are_named(cluster: Cluster) -> None:
    cluster.rights = {"/": {"VM.Audit": 1, "Datastore.Audit": 1}}
    cluster.broken["GET cluster/status"] = (403, "Permission check failed (/, Sys.Audit)", None)
    cluster.rights["/pool/a"] = cluster.rights.pop("/")
    shown, checks = await poll(cluster.client())
    assert {text.split(" ")[0] for text in shown.missing_rights} == set(RIGHTS) - set(
        cluster.rights["/pool/a"]
    )
    assert "VM.Migrate" in shown.unavailable["action.migrate_container"]
    assert ("no_quorum", None) in checks.unknown


async def test_a_first_poll_without_rights_is_not_an_empty_cluster(cluster: Cluster) -> None:
    cluster.rows = [row for row in cluster.resources() if row["type"] == "node"]
    cluster.rights = {"/": {"Sys.Audit": 1}}
    assert gaps_of((await poll(cluster.client()))[0]) == {"container", "vm", "storage"}


async def test_a_stopped_guest_has_no_load(cluster: Cluster) -> None:
    cluster.running = False
    guest = found((await poll(cluster.client()))[0], "container", "105")
    assert (guest.values["running"], guest.values["memory_share"]) == (False, None)
    assert guest.values["memory_limit"] == 2048


async def test_one_odd_row_costs_that_row(cluster: Cluster) -> None:
    cluster.rows = [*cluster.resources(), {"type": "lxc", "node": "pve1"}, {"type": "sdn", "id": "sdn/x"}]
    shown, _ = await poll(cluster.client())
    assert len(shown.resources) == 6
    assert "resources" in gaps_of(shown)


@pytest.mark.parametrize("key", ["set_memory", *POWER])
async def test_each_action_works_after_the_guest_moved(cluster: Cluster, key: str) -> None:
    client, one, asked = cluster.client(), action(key), call(key)
    cluster.running = key != "start_container"
    cluster.nodes["pve3"] = "online"
    baseline = (await one.dry_run(client, asked)).baseline
    cluster.node = "pve3"
    await one.precheck(client, asked, baseline)
    assert await one.probe(client, asked, baseline) is Effect.NOT_SEEN
    assert (await one.verify(client, asked, baseline)).ok is False
    await one.execute(client, asked, baseline)
    assert cluster.sent[-1][1].startswith("nodes/pve3/lxc/105")
    assert await one.probe(client, asked, baseline) is Effect.DONE
    assert (await one.verify(client, asked, baseline)).ok is True
    if one.undo is not None:
        assert await one.undo.dry_run(client, asked, baseline)
        await one.undo.execute(client, asked, baseline)
        assert not await one.undo.dry_run(client, asked, baseline)
        assert (await one.verify(client, asked, baseline)).ok is False


@pytest.mark.parametrize("key", ["set_memory", *POWER])
async def test_what_is_locked_or_without_quorum_is_not_offered(cluster: Cluster, key: str) -> None:
    cluster.running = key != "start_container"
    baseline = (await action(key).dry_run(cluster.client(), call(key))).baseline
    cluster.lock = "backup"
    with pytest.raises(PreconditionFailed, match=r"media is locked \(backup\)"):
        await action(key).dry_run(cluster.client(), call(key))
    cluster.lock, cluster.quorate = "", 0
    with pytest.raises(PreconditionFailed, match="no quorum"):
        await action(key).precheck(cluster.client(), call(key), baseline)


@pytest.mark.parametrize("key", ["set_memory", *POWER])
@pytest.mark.parametrize(
    ("state", "reason"),
    [("error", "gave up on it"), ("migrate", "moves it now"), ("started", None), ("", None)],
)
async def test_what_high_availability_would_not_do_is_not_offered(
    cluster: Cluster, key: str, state: str, reason: str | None
) -> None:
    cluster.running = key != "start_container"
    cluster.rows = [*cluster.resources()[:2], cluster.guest_row(hastate=state)]
    dry_run = action(key).dry_run(cluster.client(), call(key))
    if reason is None:
        await dry_run
    else:
        with pytest.raises(
            PreconditionFailed, match=f"media is managed by high availability, which {reason}"
        ):
            await dry_run


async def test_a_hibernated_guest_is_started_and_nothing_else(cluster: Cluster) -> None:
    cluster.running, cluster.lock = False, "suspended"
    await action("start_container").dry_run(cluster.client(), call(""))
    with pytest.raises(PreconditionFailed, match="locked"):
        await action("migrate_container").dry_run(cluster.client(), call("migrate_container"))


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        (500, "cluster not ready - no quorum?", PreconditionFailed),
        (500, "detected modified configuration - file changed by other user?", PreconditionFailed),
        (500, "got timeout", EffectUnknown),
        (595, "No route to host", ServiceUnreachable),
        (596, "Connection timed out", EffectUnknown),
        (403, "Permission check failed (/vms/105, VM.Config.Memory)", ServiceForbidden),
        (400, "Parameter verification failed.", ServiceRefused),
    ],
)
async def test_the_reason_of_a_refusal_is_kept(
    cluster: Cluster, status: int, reason: str, error: type[Exception]
) -> None:
    baseline = (await action("set_memory").dry_run(cluster.client(), call("set_memory"))).baseline
    cluster.broken[CONFIG] = (status, reason, {"data": None})
    with pytest.raises(error) as caught:
        await action("set_memory").execute(cluster.client(), call("set_memory"), baseline)
    assert type(caught.value) is error
    assert reason in str(caught.value)


@pytest.mark.parametrize(("memory", "reason"), [(1024, "too little"), (9000, "too much"), (2048, "already")])
async def test_memory_that_does_not_fit_is_refused(cluster: Cluster, memory: int, reason: str) -> None:
    with pytest.raises(PreconditionFailed, match=reason):
        await action("set_memory").dry_run(
            cluster.client(), Call(target=MEDIA, arguments={"memory_mib": memory})
        )


async def test_figures_that_are_not_reported_are_not_zero(cluster: Cluster) -> None:
    cluster.is_silent = True
    status = next(one for one in SERVICE.tools if one.scope == "container" and one.capability == "status")
    text = (await status.read(cluster.client(), call(""))).text
    assert "Memory: not reported" in text
    assert "CPU: not reported" in text
    with pytest.raises(PreconditionFailed, match="does not report how much memory"):
        await action("set_memory").dry_run(cluster.client(), call("set_memory"))


async def test_a_limit_that_is_configured_and_not_in_force(cluster: Cluster) -> None:
    cluster.memory, cluster.limit = 3072, 2048
    assert (await action("set_memory").verify(cluster.client(), call("set_memory"), {})).ok is False
    cluster.running = False
    assert (await action("set_memory").verify(cluster.client(), call("set_memory"), {})).ok is True


async def test_a_restart_is_verified_once_the_guest_is_back(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, asked, client = action("restart_container"), call(""), cluster.client()
    cluster.work("status/reboot", {})
    cluster.work("status/reboot", {})
    baseline = (await one.dry_run(client, asked)).baseline
    assert baseline["last"] == cluster.tasks[-1]["upid"]
    await one.execute(client, asked, baseline)
    cluster.running = False
    assert (await one.verify(client, asked, baseline)).ok is False

    async def come_back(_: float) -> None:
        cluster.running = True

    monkeypatch.setattr(cluster.clock, "sleep", come_back)
    assert (await one.verify(client, asked, baseline)).ok is True


async def test_a_task_that_ended_well_is_not_enough(cluster: Cluster) -> None:
    one, asked, client = action("migrate_container"), call("migrate_container"), cluster.client()
    baseline = (await one.dry_run(client, asked)).baseline
    cluster.takes_effect = False
    await one.execute(client, asked, baseline)
    assert (await one.verify(client, asked, baseline)).ok is False
    cluster.rows = [cluster.guest_row(hastate="migrate")]
    assert (await one.verify(client, asked, baseline)).ok is None


@pytest.mark.parametrize("key", ["restart_container", "migrate_container"])
async def test_a_failed_task_leaves_an_unknown_effect(cluster: Cluster, key: str) -> None:
    one, client = action(key), cluster.client()
    baseline = (await one.dry_run(client, call(key))).baseline
    cluster.outcome = "command failed"
    with pytest.raises(EffectUnknown, match="command failed"):
        await one.execute(client, call(key), baseline)
    assert (await one.verify(client, call(key), baseline)).ok is False
    cluster.tasks[-1]["status"] = "unexpected status"
    assert (await one.verify(client, call(key), baseline)).ok is None


async def test_a_failed_task_says_why(cluster: Cluster) -> None:
    one, client = action("migrate_container"), cluster.client()
    baseline = (await one.dry_run(client, call("migrate_container"))).baseline
    cluster.outcome = "migration aborted"
    cluster.log = [
        "2026-03-01 00:00:01 starting migration of CT 105 to node 'pve2'",
        "2026-03-01 00:00:02 ERROR: storage 'local-zfs' is not available on node 'pve2'",
        "TASK ERROR: migration aborted",
    ]
    with pytest.raises(EffectUnknown, match=r"migration aborted; .*'local-zfs' is not available"):
        await one.execute(client, call("migrate_container"), baseline)
    cluster.broken[f"GET nodes/pve1/tasks/{cluster.tasks[-1]['upid']}/log"] = (403, "no", None)
    assert (await one.verify(client, call("migrate_container"), baseline)).text == "migration aborted"


async def test_a_move_needs_another_node_that_is_online(cluster: Cluster) -> None:
    one, asked = action("migrate_container"), call("migrate_container")
    cluster.not_allowed = {"pve2": {"unavailable-storages": ["local"]}}
    with pytest.raises(PreconditionFailed, match="pve2 cannot run media"):
        await one.dry_run(cluster.client(), asked)
    cluster.nodes["pve2"] = "offline"
    with pytest.raises(PreconditionFailed, match="not online"):
        await one.dry_run(cluster.client(), asked)
    cluster.node = "pve2"
    with pytest.raises(PreconditionFailed, match="already on pve2"):
        await one.dry_run(cluster.client(), asked)


async def test_every_tool_of_a_container_answers(cluster: Cluster) -> None:
    cluster.work("status/reboot", {})
    texts = [
        (await one.read(cluster.client(), call(""))).text for one in SERVICE.tools if one.scope == "container"
    ]
    assert all(text.strip() for text in texts)
    assert "vzreboot by steward@pve: OK" in "\n".join(texts)


@pytest.mark.parametrize("changed", [{"token_id": "steward"}, {"url": "http://pve.lan:8006"}])
def test_settings_that_cannot_work(cluster: Cluster, changed: dict[str, str]) -> None:
    with pytest.raises(InvalidSetting):
        cluster.client(**changed)


@pytest.mark.parametrize(
    ("members", "nodes", "result"),
    [
        ([], 2, "unknown"),
        ([{"type": "node", "name": "pve1", "online": 1}], 2, "unknown"),
        ([{"type": "cluster", "name": "c"}], 2, "unknown"),
        ([], 1, "unknown"),
        ([{"type": "node", "name": "pve1", "online": 1}], 1, "clear"),
    ],
)
async def test_a_quorum_that_is_not_reported_is_not_known(
    cluster: Cluster, members: list[dict[str, Any]], nodes: int, result: str
) -> None:
    client = cluster.client()
    answer = cluster.answer
    cluster.answer = lambda method, path, form: (  # type: ignore[method-assign]
        members if path == "cluster/status" else answer(method, path, form)
    )
    cluster.nodes = dict(list(cluster.nodes.items())[:nodes])
    _, checks = await poll(client)
    assert ("no_quorum", None) in getattr(checks, result)
    dry_run = action("restart_container").dry_run(client, call("restart_container"))
    if result == "clear":
        await dry_run
    else:
        with pytest.raises(NotKnown):
            await dry_run


@pytest.mark.parametrize("key", ["set_memory", *POWER])
async def test_a_right_on_another_guest_is_no_right(cluster: Cluster, key: str) -> None:
    cluster.rights = {"/": {"VM.Audit": 1, "Sys.Audit": 1}, "/vms/200": dict.fromkeys(RIGHTS, 1)}
    cluster.running = key != "start_container"
    with pytest.raises(PreconditionFailed, match=r"lacks the right VM\.\S+ on /vms/105"):
        await action(key).dry_run(cluster.client(), call(key))


async def test_a_memory_limit_is_set_back_when_it_is_in_force(cluster: Cluster) -> None:
    client, act, one = cluster.client(), action("set_memory"), call("set_memory")
    dry = await act.dry_run(client, one)
    await act.execute(client, one, dry.baseline)
    assert act.undo is not None
    await act.undo.execute(client, one, dry.baseline)
    cluster.limit = 3072
    assert [left.after for left in await act.undo.dry_run(client, one, dry.baseline)] == ["2048 MiB"]
    cluster.limit = 0
    assert not await act.undo.dry_run(client, one, dry.baseline)


async def test_a_state_that_is_not_understood_is_not_stopped(cluster: Cluster) -> None:
    cluster.rows = [
        {**row, "status": "io-error"} if row.get("vmid") == 200 else row for row in cluster.resources()
    ]
    shown, _ = await poll(cluster.client())
    guest = found(shown, "vm", "200")
    assert (guest.values["running"], guest.unknown["running"]) == (None, "Proxmox reports the state io-error")
    assert shown.values["guests_running"] is None
    assert gaps_of(shown) == {"states"}


def old_reboot(node: str, start: int, user: str = "root@pam") -> dict[str, Any]:
    upid = f"UPID:{node}:0000{start}:01:02:vzreboot:105:{user}:"
    times = {"starttime": start, "endtime": start + 1}
    return {"upid": upid, "node": node, "type": "vzreboot", "status": "OK", "user": "root@pam", **times}


async def test_an_older_task_is_not_ours_when_the_newest_cannot_be_read(cluster: Cluster) -> None:
    client, act, one = cluster.client(), action("restart_container"), call("restart_container")
    cluster.tasks = [old_reboot("pve1", 10), old_reboot("pve2", 50)]
    dry = await act.dry_run(client, one)
    cluster.nodes["pve2"] = "offline"
    await act.precheck(client, one, dry.baseline)
    assert await act.probe(client, one, dry.baseline) is Effect.UNKNOWN
    result = await act.verify(client, one, dry.baseline)
    assert (result.ok, result.text) == (None, "The tasks of pve2 cannot be read: not online")
    cluster.tasks.append(old_reboot("pve1", 60))
    assert await act.probe(client, one, dry.baseline) is Effect.UNKNOWN
    cluster.tasks.append(old_reboot("pve1", 60, "steward@pve!test"))
    assert await act.probe(client, one, dry.baseline) is Effect.DONE
    cluster.tasks += [old_reboot("pve1", 100 + number) for number in range(30)]
    tasks = next(tool for tool in SERVICE.tools if tool.key == "recent_tasks")
    *_, left_out, missing = (await tasks.read(client, one)).text.splitlines()
    assert left_out == "… and 13 more, 33 in all"
    assert "tasks of pve2 cannot be read" in missing


@pytest.mark.parametrize("key", POWER)
async def test_another_guest_with_the_number_is_refused(cluster: Cluster, key: str) -> None:
    client = cluster.client()
    cluster.running = key != "start_container"
    dry = await action(key).dry_run(client, call(key))
    cluster.rows = [*cluster.resources()[:2], cluster.guest_row(name="")]
    await action(key).precheck(client, call(key), dry.baseline)
    cluster.rows[-1]["name"] = "vaultwarden"
    with pytest.raises(PreconditionFailed, match="replaced"):
        await action(key).precheck(client, call(key), dry.baseline)


@pytest.mark.parametrize("name", ["../../access/users?x=", "pve3/x", "pve3\n", ""])
async def test_a_node_whose_id_is_no_name_is_a_gap(cluster: Cluster, name: str) -> None:
    cluster.rows = [*cluster.resources(), {"type": "node", "id": f"node/{name}", "status": "online"}]
    shown, _ = await poll(cluster.client())
    assert [one.id for one in shown.resources if one.kind == "node"] == ["pve1", "pve2"]
    assert "resources" in gaps_of(shown)


@pytest.mark.parametrize(("is_broken", "ok"), [(False, True), (True, False)])
async def test_a_replication_is_done_when_its_run_ended_well(is_broken: bool, ok: bool) -> None:  # noqa: FBT001
    async with visit("proxmox") as here:
        action = here.action("replicate")
        call = await here.call_of(action, "105 to pve2 (105-0)")
        dry = await action.dry_run(here.client, call)
        here.lab.proxmox.protection.replications[0].is_broken = is_broken
        with nullcontext() if ok else pytest.raises(EffectUnknown, match="connection refused"):
            await action.execute(here.client, call, dry.baseline)
        assert (await action.verify(here.client, call, dry.baseline)).ok is ok
        here.lab.proxmox.protection.replications.clear()
        with pytest.raises(PreconditionFailed, match="No node that is online"):
            await action.dry_run(here.client, call)


async def test_no_snapshot_is_offered_of_a_guest_whose_storage_has_none_or_is_full() -> None:
    async with visit("proxmox") as here:
        change, call = here.action("snapshot_container"), await here.call(round_of("snapshot_container"))
        here.lab.proxmox.protection.raw.add(105)
        with pytest.raises(PreconditionFailed, match="has no snapshots"):
            await change.dry_run(here.client, call)
        here.lab.proxmox.protection.raw.clear()
        here.lab.world.storage_shares["pve1", "local-lvm"] = 0.95
        with pytest.raises(PreconditionFailed, match="95 % full"):
            await change.dry_run(here.client, call)


async def test_only_the_snapshot_with_the_wanted_name_is_rolled_back_to() -> None:
    async with visit("proxmox") as here:
        change, call = here.action("rollback_container"), await here.call(round_of("rollback_container"))
        named = replace(call, arguments={"name": "before_update"})
        assert (await change.dry_run(here.client, named)).differences
        with pytest.raises(PreconditionFailed, match="is before_update, not steward-3f2a"):
            await change.dry_run(here.client, replace(call, arguments={"name": "steward-3f2a"}))
