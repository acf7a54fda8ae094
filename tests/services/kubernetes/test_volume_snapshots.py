"""Snapshots of the volumes of a workload: which are taken, when they are ready, and what is refused."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from lab.faults import FaultKind
from lab.replay import ReplayState
from lab.visit import Visit, visit
from services._kubernetes import REVIEW, listed, rules
from services.kubernetes import DEPLOYMENTS, PODS, snapshots
from services.kubernetes.snapshots import CLAIMS, CLASSES, SNAPSHOTS, snapshot_class
from services.kubernetes.story import Story
from steward.errors import EffectUnknown, PreconditionFailed, ServiceError, ServiceForbidden, ServiceRefused
from steward.sdk.description import Effect
from steward.sdk.item_versions import ItemVersion, versions
from steward.texts import translate

POSTGRES = ("data-postgres-0", "wal-postgres-0")


async def story(here: Visit, workload: str = "postgres", name: str = "steward-ab12") -> Story:
    action = here.action("snapshot_volumes")
    return Story(here, action, await here.call_of(action, workload, name=name))


async def test_each_claim_gets_a_snapshot_which_counts_when_all_are_ready() -> None:
    async with visit("kubernetes") as here:
        it = await story(here)
        dry = await it.plan()
        assert [(one.field, one.after) for one in dry.differences] == [
            (f"Snapshot of volume claim {claim}", f"steward-ab12-postgres-{claim}") for claim in POSTGRES
        ]
        assert await it.send() == "Snapshots steward-ab12 of postgres were requested"
        items: Any = it.state.object(SNAPSHOTS)["items"]
        assert [one["spec"] for one in items] == [
            {"volumeSnapshotClassName": "longhorn", "source": {"persistentVolumeClaimName": claim}}
            for claim in POSTGRES
        ]
        assert await it.probe() is Effect.DONE
        done = await it.verify()
        assert (done.ok, done.text) == (True, "steward-ab12")
        assert await it.left() == [f"steward-ab12-postgres-{claim}" for claim in POSTGRES]
        assert await it.undo() == "Snapshots steward-ab12 of postgres were deleted"
        assert await it.left() == it.names == []


async def test_a_snapshot_that_is_never_ready_is_not_known_and_says_why() -> None:
    async with visit("kubernetes") as here:
        it = await story(here, "radarr")
        await it.plan()
        await it.send()
        it.state._later.clear()
        found = await it.verify()
        assert (found.ok, found.text) == (None, "radarr-config is not ready")
        items: Any = it.state.object(SNAPSHOTS)["items"]
        items[0]["status"] = {"readyToUse": False, "error": {"message": "the pool is full"}}
        found = await it.verify()
        assert (found.ok, found.text) == (None, "radarr-config: the pool is full")
        items[0]["status"] = {"readyToUse": True}
        items[0]["metadata"]["deletionTimestamp"] = "2026-11-18T12:00:00Z"
        assert (await it.verify()).ok is None
        items.clear()
        found = await it.verify()
        assert (found.ok, found.text) == (False, "none of radarr-config")
        assert await it.action.latest(here.client, it.call, it.baseline) == 900.0  # type: ignore[misc]


async def test_an_attempt_that_was_interrupted_goes_on_with_what_is_missing() -> None:
    async with visit("kubernetes") as here:
        it = await story(here)
        await it.plan()
        here.arm(FaultKind.ANSWER_LOST, method="POST", path=snapshots.of("data"), times=1)
        with pytest.raises(EffectUnknown):
            await it.send()
        assert it.names == ["steward-ab12-postgres-data-postgres-0"]
        assert await it.probe() is Effect.BEGUN
        await it.send()
        assert it.names == [f"steward-ab12-postgres-{claim}" for claim in POSTGRES]
        assert await it.probe() is Effect.DONE


async def test_a_quota_is_a_refusal_that_leaves_nothing() -> None:
    async with visit("kubernetes") as here:
        it = await story(here)
        await it.plan()
        here.arm(FaultKind.STATUS, method="POST", path=snapshots.of("data"), status=403)
        with pytest.raises(ServiceForbidden):
            await it.send()
        assert await it.left() == it.names == []


async def test_a_refusal_on_the_way_leaves_what_the_undo_removes() -> None:
    async with visit("kubernetes") as here:
        it = await story(here)
        await it.plan()
        items: Any = it.state.object(SNAPSHOTS)["items"]
        foreign = {"name": "steward-ab12-postgres-wal-postgres-0", "namespace": "data", "labels": {}}
        items.append({"metadata": foreign, "spec": {"source": {}}})
        with pytest.raises(ServiceRefused, match="already exists"):
            await it.send()
        assert await it.left() == ["steward-ab12-postgres-data-postgres-0"]
        await it.undo()
        assert it.names == ["steward-ab12-postgres-wal-postgres-0"]


async def test_a_copy_with_a_name_that_is_taken_is_another_one() -> None:
    async with visit("kubernetes") as here:
        first, second = await story(here, "radarr"), await story(here, "radarr")
        await first.plan()
        await second.plan()
        await first.send()
        with pytest.raises(PreconditionFailed, match="was created in the meantime"):
            await second.send()
        assert first.names == ["steward-ab12-radarr-radarr-config"]
        third = await story(here, "radarr")
        assert (await third.plan()).baseline["name"] == "steward-ab12-2"
        unnamed = await story(here, "radarr", "")
        assert (await unnamed.plan()).baseline["name"] == "steward-1"


async def test_workloads_that_share_a_claim_have_copies_of_their_own() -> None:
    async with visit("kubernetes") as here:
        other = deepcopy(here.served.state.object(DEPLOYMENTS)["items"][0])
        other["metadata"]["name"] = "sonarr"
        here.served.state.object(DEPLOYMENTS)["items"].append(other)
        await here.poll()
        radarr, sonarr = await story(here, "radarr"), await story(here, "sonarr")
        await radarr.plan()
        await sonarr.plan()
        await radarr.send()
        await sonarr.send()
        await radarr.undo()
        assert sonarr.names == ["steward-ab12-sonarr-radarr-config"]
        assert await sonarr.probe() is Effect.DONE


async def test_a_snapshot_that_somebody_deletes_meanwhile_is_no_error() -> None:
    async with visit("kubernetes") as here:
        it = await story(here)
        await it.plan()
        await it.send()
        here.arm(FaultKind.STATUS, method="DELETE", path=snapshots.of("data"), status=404, times=1)
        await it.undo()
        assert it.names == ["steward-ab12-postgres-data-postgres-0"]


async def test_another_volume_than_approved_is_not_copied() -> None:
    async with visit("kubernetes") as here:
        it = await story(here)
        await it.plan()
        _pod(it.state, "postgres")["spec"]["volumes"].pop()
        with pytest.raises(PreconditionFailed, match="other volumes than before"):
            await it.send()


def _pod(state: ReplayState, app: str) -> dict[str, Any]:
    items: Any = state.object(PODS)["items"]
    found: dict[str, Any] = next(one for one in items if one["metadata"]["labels"]["app"] == app)
    return found


def volumes(*given: dict[str, Any]) -> Callable[[ReplayState], None]:
    def change(state: ReplayState) -> None:
        _pod(state, "radarr")["spec"]["volumes"] = [*given]

    return change


def answer(route: str, *items: Any) -> Callable[[ReplayState], None]:
    return lambda state: state.answers.__setitem__(route, listed(*items))


def claim(**status: Any) -> Callable[[ReplayState], None]:
    return answer(CLAIMS, {**snapshots.claim("radarr-config", "media"), **status})


RETAIN = snapshot_class("kept", "Retain")
READ_ONLY = {"name": "config", "persistentVolumeClaim": {"claimName": "radarr-config", "readOnly": True}}


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda state: state.answers.pop(CLASSES), "The cluster has no snapshots of volumes"),
        (answer(CLASSES), "radarr-config has no class for snapshots"),
        (answer(CLASSES, snapshot_class("other", driver="other.csi")), "has no class for snapshots"),
        (answer(CLASSES, RETAIN), "Snapshots of class kept stay on the storage"),
        (answer(CLASSES, snapshot_class("a"), snapshot_class("b")), "none is the default"),
        (answer(CLAIMS), "There is no volume claim radarr-config"),
        (claim(status={"phase": "Pending"}), "radarr-config has no volume"),
        (
            claim(metadata={**snapshots.claim("radarr-config", "media")["metadata"], "annotations": {}}),
            "no class",
        ),
        (
            answer(CLAIMS, snapshots.claim("radarr-config", "media", "nfs.csi.k8s.io")),
            "copies every file of radarr-config",
        ),
        (volumes(), "radarr has no volume claim"),
        (volumes(READ_ONLY), "radarr has no volume claim"),
        (
            lambda state: state.answers.__setitem__(REVIEW, rules(("", "*", "get"))),
            "The token lacks the right list volumesnapshots",
        ),
    ],
)
async def test_what_cannot_be_copied_is_refused_in_the_dry_run(
    change: Callable[[ReplayState], object], match: str
) -> None:
    async with visit("kubernetes") as here:
        it = await story(here, "radarr")
        change(it.state)
        with pytest.raises(PreconditionFailed, match=match):
            await it.plan()


@pytest.mark.parametrize(
    "change",
    [
        lambda state: state.answers.pop(REVIEW),
        lambda state: state.object(REVIEW)["status"].update(incomplete=True, resourceRules=[]),
    ],
)
async def test_rights_that_cannot_be_read_refuse_nothing(change: Callable[[Any], object]) -> None:
    async with visit("kubernetes") as here:
        it = await story(here, "radarr")
        change(it.state)
        assert (await it.plan()).differences


async def test_the_default_class_of_the_driver_is_used() -> None:
    async with visit("kubernetes") as here:
        it = await story(here, "radarr")
        others = (snapshot_class("a"), RETAIN, snapshot_class("x", driver="other.csi", default="true"))
        answer(CLASSES, *others, snapshot_class("b", default="true"))(it.state)
        await it.plan()
        await it.send()
        items: Any = it.state.object(SNAPSHOTS)["items"]
        assert items[0]["spec"]["volumeSnapshotClassName"] == "b"


async def test_data_outside_of_claims_is_named() -> None:
    async with visit("kubernetes") as here:
        it = await story(here, "radarr")
        volumes(
            snapshots.volume("radarr-config"),
            {"name": "media", "nfs": {"server": "nas", "path": "/tank/media"}},
            {"name": "list", "nfs": {"server": "nas", "path": "/tank/list", "readOnly": True}},
            {"name": "disk", "hostPath": {"path": "/srv/radarr"}},
            {"name": "time", "hostPath": {"path": "/etc/localtime"}},
            {"name": "cache", "emptyDir": {}},
            {"name": "token", "projected": {"sources": []}},
        )(it.state)
        assert (await it.plan()).note == "The snapshots do not contain the volumes disk and media."


async def test_a_list_with_an_odd_snapshot_is_not_trusted() -> None:
    async with visit("kubernetes") as here:
        it = await story(here, "radarr")
        await it.plan()
        it.state.answers[f"GET {snapshots.of('media')}"] = listed({"metadata": {}})
        with pytest.raises(ServiceError):
            await it.send()


async def version_of_radarr(here: Visit) -> ItemVersion:
    state, _ = await here.poll()
    return next(one for one in versions(here.service, state) if one.id == "media/deployments/radarr")


@pytest.mark.parametrize(
    ("given", "places", "text"),
    [
        ([snapshots.volume("radarr-config")], None, "the data in its volumes stays as it is"),
        (
            [{"name": "media", "iscsi": {"targetPortal": "nas"}}],
            None,
            "the data in its volumes stays as it is",
        ),
        ([READ_ONLY, {"name": "cache", "emptyDir": {}}], (), "it keeps no data in volumes"),
        ([], (), "it keeps no data in volumes"),
    ],
)
async def test_the_image_says_whether_there_is_data(
    given: list[dict[str, Any]], places: object, text: str
) -> None:
    async with visit("kubernetes") as here:
        volumes(*given)(here.served.state)
        image = (await version_of_radarr(here)).image
        assert image is not None
        assert (image.places, text in translate(image.way_back_text)) == (places, True)


@pytest.mark.parametrize(
    ("env", "has_data", "text", "servers"),
    [
        (
            [{"name": "DATABASE_URL", "value": "postgres://u:correct-horse@pg.db.svc:5432/films"}],
            True,
            "Image only: the data in its volumes and in its database (pg.db.svc) stays as it is",
            ["pg.db.svc"],
        ),
        (
            [{"name": "DB_HOST", "value": "pg"}, {"name": "REDIS_URL", "value": "redis://cache"}],
            False,
            "Image only: the data in its database (pg) stays as it is",
            ["pg"],
        ),
        (
            [{"name": "DATABASE_URL", "valueFrom": {"secretKeyRef": {"name": "db", "key": "url"}}}],
            False,
            "Image only: the data in its database (DATABASE_URL) stays as it is",
            ["DATABASE_URL"],
        ),
        (
            [{"name": "REDIS_URL", "value": "redis://cache"}],
            False,
            "Image only: the data in its database (cache) stays as it is",
            ["cache"],
        ),
        (
            [{"name": "REDIS_URL", "value": "redis://cache"}, {"name": "DB_HOST", "value": "localhost"}],
            True,
            "Image only: the data in its volumes stays as it is",
            None,
        ),
    ],
)
async def test_a_database_outside_of_the_pods_is_said(
    env: list[dict[str, Any]], *, has_data: bool, text: str, servers: list[str] | None
) -> None:
    async with visit("kubernetes") as here:
        volumes(*[snapshots.volume("radarr-config")] * has_data)(here.served.state)
        workloads: Any = here.served.state.object(DEPLOYMENTS)["items"]
        radarr = next(one for one in workloads if one["metadata"]["name"] == "radarr")
        radarr["spec"]["template"]["spec"]["containers"][0]["env"] = env
        state, _ = await here.poll()
        version = next(one for one in versions(here.service, state) if one.id == "media/deployments/radarr")
        image = version.image
        assert image is not None
        assert translate(image.way_back_text) == text
        places = None if image.places is None else [one.server for one in image.places]
        assert places == servers
        assert "correct-horse" not in repr(state.deployments)
        assert {one["name"] for one in env} <= image.uses
