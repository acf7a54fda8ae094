"""What the service understands of a cluster, and what it refuses."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.changes import WayBack
from lab.replay import Raw
from lab.visit import Visit, visit
from services._kubernetes import REVIEW, condition, listed, rules
from services.kubernetes import (
    ANSWERS,
    CONTROLLER_REVISIONS,
    DEPLOYMENTS,
    DIGEST,
    FIXTURE,
    JOBS,
    NODE_USAGE,
    POD_USAGE,
    PODS,
    REPLICA_SETS,
    RUNNING,
    STATEFUL_SETS,
    UNHEALTHY,
    controller_revision,
    job,
    pod,
    revision,
)
from steward.errors import PreconditionFailed
from steward.sdk.description import Changed
from steward.sdk.item_versions import ItemVersion, versions
from steward.sdk.readings import NotKnown
from steward.services.kubernetes.pods import quantity

ROUNDS = {one.action: one for one in reversed(FIXTURE.rounds)}
RADARR = ("workload", "media/deployments/radarr")
LOOP = {"waiting": {"reason": "CrashLoopBackOff"}}


def ended(reason: str, at: str) -> dict[str, Any]:
    return {"terminated": {"exitCode": 137, "reason": reason, "finishedAt": at}}


def running(since: str) -> dict[str, Any]:
    return {"running": {"startedAt": since}}


@pytest.mark.parametrize(
    ("check", "status", "expected"),
    [
        (
            "pod_crash_loop",
            {"state": LOOP, "restartCount": 4, "lastState": ended("Error", "2026-11-18T11:00:00Z")},
            "code 137",
        ),
        ("pod_crash_loop", {"state": running("2026-11-18T11:00:00Z"), "restartCount": 4}, "?"),
        ("pod_crash_loop", {"state": running("2026-11-18T10:50:00Z"), "restartCount": 4}, None),
        ("pod_crash_loop", {"state": running("2026-11-18T11:06:00Z")}, "?"),
        ("pod_crash_loop", {"state": ended("Error", "2026-11-18T11:06:00Z")}, "?"),
        ("pod_crash_loop", {"state": {"waiting": {}}}, "?"),
        ("pod_crash_loop", {"state": {}}, "?"),
        (
            "pod_out_of_memory",
            {"restartCount": 1, "lastState": ended("OOMKilled", "2026-11-18T11:00:00Z")},
            "out of memory",
        ),
        (
            "pod_out_of_memory",
            {"restartCount": 1, "lastState": ended("OOMKilled", "2026-11-18T09:00:00Z")},
            None,
        ),
        ("pod_out_of_memory", {"restartCount": 1, "lastState": ended("Error", "2026-11-18T11:00:00Z")}, None),
        ("pod_out_of_memory", {"restartCount": 1}, "?"),
        (
            "pod_image",
            {"state": {"waiting": {"reason": "ErrImagePull", "message": "not found"}}},
            "not found",
        ),
        ("pod_image", {"state": {"waiting": {"reason": "ContainerCreating"}}}, None),
        (
            "pod_cannot_start",
            {"state": {"waiting": {"reason": "CreateContainerError"}}},
            "CreateContainerError",
        ),
    ],
)
async def test_checks_have_three_answers(check: str, status: dict[str, Any], expected: str | None) -> None:
    async with visit("kubernetes") as here:
        own = status.pop("state", None)
        here.served.state.answers[PODS] = listed(
            pod("radarr-6d5f-x2x7k", "media", "radarr", state=own, **status), *RUNNING[1:]
        )
        found = await here.checks()
        key = (check, RADARR)
        text = "?" if key in found.unknown else found.problems.get(key)
        assert text == expected or (expected and expected in (text or ""))


async def test_a_pod_that_is_not_listed_may_be_ill() -> None:
    async with visit("kubernetes") as here:
        here.served.state.answers[PODS] = listed(*RUNNING[1:])
        found, shown = await here.checks(), await here.snapshot()
        assert "0 of its 1 pods" in found.unknown["pod_crash_loop", RADARR]
        radarr = next(one for one in shown.resources if one.id == RADARR[1])
        assert radarr.values["restart_count"] is radarr.values["memory_used"] is None


async def test_a_rollout_without_conditions_is_not_stuck_when_it_is_complete() -> None:
    async with visit("kubernetes") as here:
        answers = here.served.state.answers
        answers["GET /apis/apps/v1/statefulsets"]["items"][0]["status"]["updatedReplicas"] = 0
        found = await here.checks()
        assert (
            found.unknown["rollout_stuck", ("workload", "data/statefulsets/postgres")]
            == "Its rollout is under way"
        )


async def test_no_workload_that_is_scaled_to_nothing_is_absent() -> None:
    async with visit("kubernetes") as here:
        await here.action("scale").execute(
            here.client,
            await here.call_of(here.action("scale"), "radarr", replicas=0),
            {"token": "1", "value": 1},
        )
        found, shown = await here.checks(), await here.snapshot()
        assert ("workload_absent", RADARR) in found.clear
        assert next(one for one in shown.resources if one.id == RADARR[1]).values["running"] is False


@pytest.mark.parametrize(
    ("newest", "expected"), [(condition("Complete"), None), (condition("Failed", "False"), "?")]
)
async def test_the_last_run_of_a_job_counts(newest: dict[str, Any], expected: str | None) -> None:
    async with visit("kubernetes") as here:
        failed = job("backup-1", condition("Failed"))
        here.served.state.answers[JOBS] = listed(job("backup-2", newest, at="2026-11-18T11:00:00Z"), failed)
        found, key = await here.checks(), ("job_failed", None)
        assert ("?" if key in found.unknown else found.problems.get(key)) == expected


async def test_two_workloads_of_one_name_are_told_apart() -> None:
    async with visit("kubernetes") as here:
        other = deepcopy(ANSWERS[DEPLOYMENTS]["items"][0])
        other["metadata"]["namespace"] = "test"
        here.served.state.object(DEPLOYMENTS)["items"].append(other)
        names = {one.name for one in (await here.snapshot()).resources if one.kind == "workload"}
        assert names == {"media/radarr", "test/radarr", "postgres", "exporter"}


async def test_without_a_metrics_server_usage_is_not_known() -> None:
    async with visit("kubernetes") as here:
        del here.served.state.answers[POD_USAGE], here.served.state.answers[NODE_USAGE]
        shown = await here.snapshot()
        assert not shown.coverage.gaps
        assert {one.values["cpu"] for one in shown.resources} == {None}
        assert "metrics server" in shown.resources[0].unknown["cpu"]


async def test_rights_that_are_missing_are_named_unless_the_review_is_incomplete() -> None:
    async with visit("kubernetes") as here:
        here.served.state.answers[REVIEW] = rules(("", "nodes,pods", "get,list,watch"), ("apps", "*", "list"))
        shown = await here.snapshot()
        assert {"action.cordon", "action.restart", "tool.workload_log"} <= set(shown.unavailable)
        here.served.state.answers[REVIEW]["status"]["incomplete"] = True
        assert not (await here.snapshot()).missing_rights


async def refused(here: Visit, action: str, match: str, title: str = "", **arguments: Any) -> None:
    attempt = ROUNDS[action]
    call = await here.call_of(
        here.action(action), title or attempt.target, **{**attempt.arguments, **arguments}
    )
    with pytest.raises(PreconditionFailed, match=match):
        await here.action(action).dry_run(here.client, call)


async def test_what_the_cluster_would_refuse_is_refused_in_the_dry_run() -> None:
    async with visit("kubernetes") as here:
        await refused(here, "scale", "runs on every node", "exporter")
        await refused(here, "set_memory", "reserved for it", memory_mib=128)
        await refused(here, "set_cpu", "100m are reserved for it", cores=0.05)
        await refused(here, "set_cpu", "thousandths", cores=0.3333)
        await refused(here, "set_image", "is no tag", tag="latest; rm")
        state = here.served.state
        state.answers[CONTROLLER_REVISIONS.replace("data", "monitoring")] = listed()
        await refused(here, "rollback", "revisions of exporter are not known", "exporter")
        state.answers[REPLICA_SETS] = listed(revision(2, "6d5f", 6))
        await refused(here, "rollback", "No earlier revision")
        state.answers[REPLICA_SETS] = listed(revision(3, "77aa", 7))
        await refused(here, "rollback", "revisions of radarr are not known")
        state.answers[PODS]["items"][0]["metadata"]["ownerReferences"] = []
        await refused(here, "delete_pod", "belongs to no workload")


async def test_no_change_is_offered_whose_pods_nobody_replaces() -> None:
    async with visit("kubernetes") as here:
        here.served.state.answers[DEPLOYMENTS]["items"][0]["spec"]["paused"] = True
        for action in ("restart", "set_memory", "set_cpu", "set_image", "rollback"):
            await refused(here, action, "The rollout of radarr is paused")
        here.served.state.answers[STATEFUL_SETS]["items"][0]["spec"]["updateStrategy"]["type"] = "OnDelete"
        await refused(here, "restart", "replaced only when they are deleted", "postgres")


async def test_another_image_counts_once_all_pods_run_it_and_are_ready() -> None:
    async with visit("kubernetes") as here:
        action, state = here.action("set_image"), here.served.state
        call = await here.call_of(action, "radarr", tag="7")
        dry = await action.dry_run(here.client, call)
        assert [(one.before, one.after) for one in dry.differences] == [(f"6 ({DIGEST})", "7")]
        await action.execute(here.client, call, dry.baseline)
        own = state.answers[DEPLOYMENTS]["items"][0]
        assert own["spec"]["template"]["spec"]["containers"][0]["image"] == "radarr:7"
        done = await action.verify(here.client, call, dry.baseline)
        assert (done.ok, done.text) == (True, f"7 ({DIGEST}), 1 of 1 pods ready")
        pods = state.answers[PODS]["items"]
        pods[-1]["spec"]["containers"][0]["image"] = "radarr:6"
        assert (await action.verify(here.client, call, dry.baseline)).ok is None
        own["status"]["readyReplicas"] = 0
        waits = await action.verify(here.client, call, dry.baseline)
        assert (waits.ok, waits.text) == (None, f"7 ({DIGEST}), 0 of 1 pods ready")
        pods[-1]["status"]["containerStatuses"][0]["state"] = {"waiting": {"reason": "ImagePullBackOff"}}
        assert (await action.verify(here.client, call, dry.baseline)).ok is False


@pytest.mark.parametrize(("state", "ok"), [({}, None), (LOOP, False)])
async def test_a_restart_counts_once_all_pods_are_replaced_and_ready(
    state: dict[str, Any],
    ok: bool | None,  # noqa: FBT001
) -> None:
    async with visit("kubernetes") as here:
        action = here.action("restart")
        call = await here.call_of(action, "postgres")
        dry = await action.dry_run(here.client, call)
        here.clock.advance(5)
        await action.execute(here.client, call, dry.baseline)
        status = here.served.state.answers[STATEFUL_SETS]["items"][0]["status"]
        pods = here.served.state.answers[PODS]["items"]
        status["readyReplicas"], pods[-1]["status"]["containerStatuses"][0]["state"] = 0, state
        result = await action.verify(here.client, call, dry.baseline)
        assert result.ok is ok
        status["readyReplicas"] = 1
        assert (await action.verify(here.client, call, dry.baseline)).ok is True


async def test_a_daemon_set_goes_back_to_its_revision_before() -> None:
    async with visit("kubernetes") as here:
        found = [controller_revision(2, "b2", 6), controller_revision(1, "a1", 5)]
        for one in found:
            one["metadata"]["ownerReferences"][0]["uid"] = "uid-monitoring-exporter"
            one["data"]["spec"]["template"]["spec"]["containers"][0]["image"] = (
                f"exporter:{one['revision'] + 4}"
            )
        here.served.state.answers[CONTROLLER_REVISIONS.replace("data", "monitoring")] = listed(*found)
        call = await here.call_of(here.action("rollback"), "exporter")
        dry = await here.action("rollback").dry_run(here.client, call)
        assert [one.after for one in dry.differences] == ["exporter:5 (postgres-a1)"]
        found[0]["data"]["spec"]["template"]["spec"]["containers"][0]["image"] = "exporter:9"
        await refused(here, "rollback", "revisions of exporter are not known", "exporter")


async def test_tools_show_the_worst_first_and_how_a_container_ended() -> None:
    async with visit("kubernetes") as here:
        here.served.state.answers |= UNHEALTHY
        tool = here.tool("workload_before_end")
        text = (await tool.read(here.client, await here.call_of(tool, "radarr", lines=5))).text
        assert "ended last with exit code 137 (OOMKilled)" in text
        assert "cannot open the database" in text
        here.served.state.answers["GET /api/v1/namespaces/{namespace}/pods/{name}/log"] = Raw(status=400)
        text = (await tool.read(here.client, await here.call_of(tool, "radarr", lines=5))).text
        assert text == "No container was restarted"


async def test_lists_of_several_pages_are_read_whole() -> None:
    async with visit("kubernetes") as here:
        first = {"metadata": {"resourceVersion": "42", "continue": "more"}, "items": [*RUNNING[:2]]}
        answers = here.served.state.answers
        answers |= {f"{PODS}?continue=more": listed(*RUNNING[2:]), PODS: first}
        assert len([one for one in (await here.snapshot()).resources if one.kind == "pod"]) == 4


async def test_a_change_of_a_pod_asks_for_a_poll() -> None:
    async with visit("kubernetes") as here:
        here.served.state.answers[f"{PODS}?watch=true&resourceVersion=42"] = Raw(text='{"type":"MODIFIED"}\n')
        assert [one async for one in here.client.listen()] == [Changed.POLL_NOW]


@given(st.floats(0, 1e6), st.sampled_from(["", "m", "k", "M", "Ki", "Gi"]))
def test_amounts(number: float, unit: str) -> None:
    factor = {"": 1, "m": 1e-3, "k": 1e3, "M": 1e6, "Ki": 2**10, "Gi": 2**30}[unit]
    assert quantity(f"{number:.6f}{unit}") == pytest.approx(float(f"{number:.6f}") * factor)


@pytest.mark.parametrize("text", ["", "1.2.3", "5 apples", "-", None])
def test_what_is_no_amount_is_not_known(text: str | None) -> None:
    with pytest.raises(NotKnown):
        quantity(text)


async def version_of_radarr(here: Visit) -> ItemVersion:
    state, _ = await here.poll()
    return next(one for one in versions(here.service, state) if one.id == RADARR[1])


async def test_the_image_of_a_workload_is_that_of_its_pods() -> None:
    async with visit("kubernetes") as here:
        found = (await version_of_radarr(here)).image
        assert found is not None
        assert (found.reference, found.digest, found.platform) == ("radarr:6", DIGEST, "linux/arm64")
        assert found.way_back is WayBack.IMAGE


async def test_an_image_knows_the_names_of_its_settings_and_no_values() -> None:
    async with visit("kubernetes") as here:
        own = here.served.state.answers[DEPLOYMENTS]["items"][0]
        own["metadata"]["annotations"] |= {"lab/scrape": "true", "kubectl.kubernetes.io/restartedAt": "now"}
        (container,) = own["spec"]["template"]["spec"]["containers"]
        container["env"] = [{"name": "LAB_MODE", "value": "dark"}, {"name": "LAB_KEY", "valueFrom": {}}]
        container["ports"] = [{"containerPort": 7878, "name": "http"}]
        found = (await version_of_radarr(here)).image
        assert found is not None
        assert found.uses == {"LAB_MODE", "LAB_KEY", "7878", "lab/scrape"}
        assert found.has_all_variables
        assert "dark" not in repr(await here.poll())
        container["envFrom"] = [{"configMapRef": {"name": "lab"}}]
        found = (await version_of_radarr(here)).image
        assert found is not None
        assert not found.has_all_variables


@pytest.mark.parametrize(
    ("image", "match"), [("docker.io/library/radarr@sha256:other", "different images"), ("", "not reported")]
)
async def test_an_image_that_is_not_known_has_no_update(image: str, match: str) -> None:
    async with visit("kubernetes") as here:
        odd = pod("radarr-6d5f-x2x7k", "media", "radarr", imageID=image)
        second = [pod("radarr-6d5f-2", "media", "radarr")] if image else []
        here.served.state.answers[PODS] = listed(odd, *second, *RUNNING[1:])
        assert match in str((await version_of_radarr(here)).unknown)


async def test_what_is_deployed_from_a_repository_is_updated_there() -> None:
    async with visit("kubernetes") as here:
        deployed = {"argocd.argoproj.io/tracking-id": "media:apps/Deployment:media/radarr"}
        here.served.state.answers[DEPLOYMENTS]["items"][0]["metadata"]["annotations"] |= deployed
        assert (await version_of_radarr(here)).image is None
