"""Going back to snapshots of volumes: what is done in which order, what is kept, and what is refused."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from lab.faults import FaultKind
from lab.replay import ReplayState
from lab.visit import Visit, visit
from services._kubernetes import REVIEW, rules
from services.kubernetes import DEPLOYMENTS, PODS, STATEFUL_SETS, snapshots, storage
from services.kubernetes.snapshots import CLAIMS, SNAPSHOTS, VOLUMES
from services.kubernetes.story import Story
from steward.errors import EffectUnknown, PreconditionFailed, ServiceRefused
from steward.sdk.description import BY_HAND, Effect

RADARR = "/apis/apps/v1/namespaces/media/deployments/radarr"
VOLUME = "/api/v1/persistentvolumes/pvc-radarr-config"
CLAIM = f"{storage.path('media')}/radarr-config"
WRITES = [
    ("PATCH", VOLUME),
    ("PATCH", RADARR),
    ("DELETE", CLAIM),
    ("POST", storage.path("media")),
    ("PATCH", RADARR),
]


def workload(state: ReplayState, route: str = DEPLOYMENTS) -> dict[str, Any]:
    return storage.items(state, route)[0]


def claim(state: ReplayState, name: str = "radarr-config", namespace: str = "media") -> dict[str, Any]:
    found = storage.named(state, CLAIMS, name, namespace)
    assert found is not None
    return found


def volume(state: ReplayState, name: str) -> dict[str, Any]:
    found = storage.named(state, VOLUMES, name)
    assert found is not None
    return found


def image(state: ReplayState) -> str:
    found: str = workload(state)["spec"]["template"]["spec"]["containers"][0]["image"]
    return found


@asynccontextmanager
async def updated(name: str = "radarr", *copied: str) -> AsyncIterator[Story]:
    """Yield the way back of a workload that runs a newer image than its snapshots were taken with."""
    async with visit("kubernetes") as here:
        state: ReplayState = here.served.state
        for one in copied or ("radarr-config",):
            storage.items(state, SNAPSHOTS).append(snapshots.taken("radarr", "media", one))
        workload(state)["spec"]["template"]["spec"]["containers"][0]["image"] = "radarr:7"
        yield await story(here, name)


async def story(here: Visit, name: str = "radarr", copy: str = "steward-ab12") -> Story:
    action = here.action("restore_volumes")
    return Story(here, action, await here.call_of(action, name, name=copy))


async def test_claims_are_made_again_while_there_are_no_pods_and_the_volume_of_before_is_kept() -> None:
    async with updated() as it:
        dry = await it.plan()
        assert [(one.field, one.before, one.after) for one in dry.differences] == [
            (
                "Volume claim radarr-config",
                "volume pvc-radarr-config",
                "from snapshot steward-ab12-radarr-radarr-config",
            ),
            ("Image", "radarr:7", "radarr:6"),
        ]
        assert dry.note.endswith("stay until a person deletes them: pvc-radarr-config.")
        assert await it.send() == "The volume claims of radarr were made from steward-ab12"
        assert it.here.writes == WRITES
        assert await it.probe() is Effect.DONE
        done = await it.verify()
        assert (done.ok, done.text) == (True, "from steward-ab12, 1 pods ready")
        made = claim(it.state)
        assert volume(it.state, made["spec"]["volumeName"])["metadata"]["annotations"] == {
            "lab/from": "steward-ab12-radarr-radarr-config"
        }
        before = snapshots.claim("radarr-config", "media")["spec"]
        assert {**made["spec"], "volumeName": "", "dataSource": None} == {
            **before,
            "volumeName": "",
            "dataSource": None,
        }
        assert made["spec"]["dataSource"] == {
            "apiGroup": "snapshot.storage.k8s.io",
            "kind": "VolumeSnapshot",
            "name": "steward-ab12-radarr-radarr-config",
        }
        assert (image(it.state), workload(it.state)["spec"]["replicas"]) == ("radarr:6", 1)
        # As in Longhorn, the snapshot would be gone with the volume.
        kept = volume(it.state, "pvc-radarr-config")
        assert (kept["status"]["phase"], kept["spec"]["persistentVolumeReclaimPolicy"]) == (
            "Released",
            "Retain",
        )
        assert storage.items(it.state, SNAPSHOTS)[0]["status"]["readyToUse"] is True


async def test_the_undo_binds_the_volume_of_before_again() -> None:
    async with updated() as it:
        await it.plan()
        await it.send()
        assert (await it.verify()).ok is True
        assert await it.left() == ["from snapshot steward-ab12-radarr-radarr-config"]
        assert await it.undo() == "radarr has its volumes of before again"
        back = claim(it.state)
        assert (back["spec"]["volumeName"], back["status"]["phase"]) == ("pvc-radarr-config", "Bound")
        kept = volume(it.state, "pvc-radarr-config")
        assert kept["spec"]["persistentVolumeReclaimPolicy"] == "Delete"
        assert kept["metadata"]["annotations"] == {}
        assert image(it.state) == "radarr:7"
        assert await it.left() == []
        again = await story(it.here)
        await again.plan()
        await again.send()
        assert (await again.verify()).ok is True


async def test_a_second_time_to_the_same_snapshots_is_not_done_by_the_first() -> None:
    async with updated() as it:
        await it.plan()
        await it.send()
        await it.verify()
        again = await story(it.here, copy="")
        await again.plan()
        assert await again.probe() is Effect.NOT_SEEN
        await again.send()
        assert await again.probe() is Effect.DONE


async def test_all_claims_of_a_stateful_set_go_back() -> None:
    async with visit("kubernetes") as here:
        taken = Story(here, here.action("snapshot_volumes"), (await story(here, "postgres")).call)
        dry = await taken.plan()
        assert dry.baseline[BY_HAND] == ""
        await taken.send()
        await taken.verify()
        it = await story(here, "postgres")
        await it.plan()
        await it.send()
        assert (await it.verify()).ok is True
        for name in ("data-postgres-0", "wal-postgres-0"):
            assert claim(it.state, name, "data")["spec"]["volumeName"] != f"pvc-{name}"
        assert workload(it.state, STATEFUL_SETS)["spec"]["replicas"] == 1


async def test_pods_that_do_not_end_leave_everything_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.kubernetes.ENDS", 1_000.0)
    async with updated() as it:
        await it.plan()
        with pytest.raises(PreconditionFailed, match="uses the volume claims and does not end"):
            await it.send()
        assert claim(it.state)["metadata"]["uid"] == "uid-media-radarr-config"
        assert (image(it.state), workload(it.state)["spec"]["replicas"]) == ("radarr:7", 1)
        assert volume(it.state, "pvc-radarr-config")["spec"]["persistentVolumeReclaimPolicy"] == "Delete"
        assert await it.probe() is Effect.NOT_DONE


async def test_a_claim_that_is_refused_leaves_everything_as_it_was() -> None:
    async with updated() as it:
        await it.plan()
        it.here.arm(FaultKind.STATUS, method="POST", path=storage.path("media"), status=422, times=1)
        with pytest.raises(PreconditionFailed, match="radarr has its volumes of before"):
            await it.send()
        assert claim(it.state)["spec"]["volumeName"] == "pvc-radarr-config"
        assert workload(it.state)["spec"]["replicas"] == 1
        assert await it.left() == []


async def test_a_server_that_is_away_on_the_way_is_waited_for() -> None:
    async with updated() as it:
        await it.plan()
        it.here.arm(FaultKind.ANSWER_LOST, method="POST", path=storage.path("media"), times=1)
        await it.send()
        assert it.here.writes == WRITES
        assert (await it.verify()).ok is True


async def test_a_way_back_that_fails_is_not_called_undone() -> None:
    async with updated() as it:
        await it.plan()
        it.here.arm(FaultKind.STATUS, method="POST", path=storage.path("media"), status=422)
        with pytest.raises(EffectUnknown, match="Going back failed too"):
            await it.send()
        assert await it.probe() is Effect.BEGUN
        it.here.lab.faults.clear()
        with pytest.raises(PreconditionFailed, match="It was ended"):
            await it.send()
        assert claim(it.state)["spec"]["volumeName"] == "pvc-radarr-config"
        assert await it.probe() is Effect.NOT_DONE


class Ended(BaseException):
    """The app ended."""


def ending(here: Visit, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """End the app after so many changes."""
    send, left = here.client.send, [after]

    async def counted(method: str, *given: Any, **more: Any) -> Any:
        if method != "GET" and left[0] == 0:
            raise Ended
        left[0] -= 1
        return await send(method, *given, **more)

    monkeypatch.setattr(here.client, "send", counted)


@pytest.mark.parametrize("after", range(len(WRITES)))
async def test_after_the_app_ended_it_goes_on_where_it_was(
    after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with updated() as it:
        await it.plan()
        with monkeypatch.context() as patched:
            ending(it.here, after, patched)
            with pytest.raises(Ended):
                await it.send()
        assert it.here.writes == WRITES[:after]
        assert await it.probe() is Effect.BEGUN
        await it.send()
        assert it.here.writes == WRITES
        assert (await it.verify()).ok is True


@pytest.mark.parametrize("after", range(6))
async def test_an_undo_goes_on_where_it_was(after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    async with updated() as it:
        await it.plan()
        await it.send()
        await it.verify()
        with monkeypatch.context() as patched:
            ending(it.here, after, patched)
            with pytest.raises(Ended):
                await it.undo()
        await it.undo()
        assert claim(it.state)["spec"]["volumeName"] == "pvc-radarr-config"
        assert volume(it.state, "pvc-radarr-config")["spec"]["persistentVolumeReclaimPolicy"] == "Delete"
        assert (image(it.state), workload(it.state)["spec"]["replicas"]) == ("radarr:7", 1)


async def test_a_claim_that_somebody_else_made_is_not_touched() -> None:
    async with updated() as it:
        await it.plan()
        await it.send()
        await it.verify()
        claim(it.state)["metadata"]["annotations"].clear()
        assert (await it.verify()).text == "not from steward-ab12"
        with pytest.raises(PreconditionFailed, match="Somebody else made volume claim radarr-config"):
            await it.left()
        with pytest.raises(PreconditionFailed, match="Somebody else made volume claim radarr-config"):
            await it.undo()
        assert (image(it.state), workload(it.state)["spec"]["replicas"]) == ("radarr:6", 1)


async def test_without_the_volume_of_before_there_is_no_undo() -> None:
    async with updated() as it:
        await it.plan()
        await it.send()
        await it.verify()
        storage.items(it.state, VOLUMES).remove(volume(it.state, "pvc-radarr-config"))
        with pytest.raises(PreconditionFailed, match="There is no volume pvc-radarr-config any more"):
            await it.left()


async def test_a_volume_that_is_never_made_is_not_known() -> None:
    async with updated() as it:
        await it.plan()
        await it.send()
        it.state._later.clear()
        found = await it.verify()
        assert (found.ok, found.text) == (None, "Volume claim radarr-config has no volume so far")
        assert await it.action.latest(it.here.client, it.call, it.baseline) == 900.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("waiting", "ok"), [({}, None), ({"waiting": {"reason": "CrashLoopBackOff"}}, False)]
)
async def test_pods_have_to_be_ready_with_the_new_volumes(
    waiting: dict[str, Any], *, ok: bool | None
) -> None:
    async with updated() as it:
        await it.plan()
        await it.send()
        workload(it.state)["status"]["readyReplicas"] = 0
        own = [one for one in storage.items(it.state, PODS) if one["metadata"]["labels"]["app"] == "radarr"]
        own[0]["status"]["containerStatuses"][0]["state"] = waiting
        found = await it.verify()
        assert (found.ok, found.text) == (ok, "0 of 1 pods are ready")


async def test_what_changed_since_the_approval_is_refused() -> None:
    async with updated() as it:
        await it.plan()
        workload(it.state)["spec"]["replicas"] = 2
        with pytest.raises(PreconditionFailed, match="was changed in the meantime"):
            await it.send()
        assert it.here.writes == []


async def test_an_attempt_that_changed_nothing_takes_nothing_back() -> None:
    async with updated() as it:
        await it.plan()
        it.here.arm(FaultKind.STATUS, method="PATCH", path=VOLUME, status=409)
        with pytest.raises(ServiceRefused):
            await it.send()
        assert it.here.writes == []


def owned(state: ReplayState) -> None:
    claim(state)["metadata"]["ownerReferences"] = [{"kind": "Cluster", "name": "db", "uid": "1"}]


def deleted_when_scaled(state: ReplayState) -> None:
    workload(state)["spec"]["persistentVolumeClaimRetentionPolicy"] = {"whenScaled": "Delete"}


def shared(state: ReplayState) -> None:
    own = storage.items(state, PODS)[0]
    labels = {"app": "sonarr"}
    storage.items(state, PODS).append(
        {**own, "metadata": {**own["metadata"], "name": "sonarr-1", "labels": labels}}
    )


def without(right: str) -> Callable[[ReplayState], None]:
    groups = [
        ("", "pods", "list"),
        ("snapshot.storage.k8s.io", "*", "*"),
        ("", "persistentvolumeclaims", "*"),
    ]
    given = [("", "persistentvolumes", "get")] if right == "patch" else []
    return lambda state: state.answers.__setitem__(REVIEW, rules(*groups, *given))


DEPLOYS = "Argo CD or Flux deploys"
BY_A_PERSON = [
    (lambda state: workload(state)["metadata"].update(labels={"app": "radarr"}), ""),
    (lambda state: workload(state)["metadata"].update(labels={"argocd.argoproj.io/instance": "x"}), DEPLOYS),
    (
        lambda state: claim(state)["metadata"].update(labels={"kustomize.toolkit.fluxcd.io/name": "x"}),
        f"{DEPLOYS} volume claim radarr-config",
    ),
    (owned, "Volume claim radarr-config belongs to Cluster db"),
    (deleted_when_scaled, "The volume claims of radarr are deleted when it is stopped"),
    (shared, "sonarr-1 uses the same volume claims"),
    (without("get"), "The token lacks the right get persistentvolumes"),
    (without("patch"), "The token lacks the right patch persistentvolumes"),
]


@pytest.mark.parametrize(("change", "reason"), BY_A_PERSON)
async def test_what_a_person_has_to_bring_back_is_known_before_the_copy(
    change: Callable[[ReplayState], Any], reason: str
) -> None:
    async with updated() as it:
        change(it.state)
        taken = Story(it.here, it.here.action("snapshot_volumes"), it.call)
        said = str((await taken.plan()).baseline[BY_HAND])
        assert said.startswith(reason)
        assert bool(said) is bool(reason)
        if reason:
            with pytest.raises(PreconditionFailed, match=reason):
                await it.plan()


def snapshot(**change: Any) -> Callable[[ReplayState], None]:
    return lambda state: storage.items(state, SNAPSHOTS)[0].update(change)


def unnamed(state: ReplayState) -> None:
    storage.items(state, SNAPSHOTS)[0]["metadata"]["annotations"].pop("homelab-steward/image")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda state: storage.items(state, SNAPSHOTS).clear(), "There are no snapshots steward-ab12"),
        (snapshot(status={"readyToUse": False}), "radarr-radarr-config is not ready"),
        (snapshot(status={"readyToUse": True, "restoreSize": "2Gi"}), "needs 2Gi, the claim has 1Gi"),
        (unnamed, "do not say which image"),
        (
            snapshot(spec={"source": {"persistentVolumeClaimName": "other"}}),
            "radarr has other volumes than the snapshots",
        ),
        (lambda state: claim(state).update(status={"phase": "Lost"}), "radarr-config has no volume"),
        (
            lambda state: storage.items(state, VOLUMES).clear(),
            "There is no volume pvc-radarr-config any more",
        ),
    ],
)
async def test_what_cannot_go_back_is_refused_in_the_dry_run(
    change: Callable[[ReplayState], Any], reason: str
) -> None:
    async with updated() as it:
        change(it.state)
        with pytest.raises(PreconditionFailed, match=reason):
            await it.plan()


async def test_what_runs_on_every_node_is_brought_back_by_a_person() -> None:
    async with visit("kubernetes") as here:
        exporter = next(one for one in storage.items(here.served.state, PODS) if "exporter" in str(one))
        exporter["spec"]["volumes"] = [snapshots.volume("exporter-data")]
        storage.items(here.served.state, CLAIMS).append(snapshots.claim("exporter-data", "monitoring"))
        taken = Story(here, here.action("snapshot_volumes"), (await story(here, "exporter")).call)
        assert (await taken.plan()).baseline[
            BY_HAND
        ] == "exporter runs on every node, so it cannot be stopped."
