"""What the service understands of Flux's objects, and what it refuses."""

from typing import Any

import pytest

from lab.visit import visit
from services._kubernetes import REVIEW, condition, listed, rules
from services.flux import CONTROLLERS, FIXTURE, KUSTOMIZATIONS, RELEASES, REPOSITORIES, managed
from steward.errors import PreconditionFailed
from steward.sdk.description import Effect
from steward.sdk.item_versions import deployments
from steward.texts import translate

APPS = ("kustomization", "flux-system/apps")
ROUNDS = {one.action: one for one in FIXTURE.rounds}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, None),
        (
            {"status": "False", "reason": "BuildFailed", "message": "path not found"},
            "BuildFailed: path not found",
        ),
        ({"status": "Unknown", "reason": "Progressing"}, "busy"),
        ({"suspend": True}, None),
    ],
)
async def test_a_failure_is_told_from_work_under_way(changed: dict[str, Any], expected: str | None) -> None:
    async with visit("flux") as here:
        here.served.state.answers[KUSTOMIZATIONS] = listed(managed("apps", **changed), managed("infra"))
        found, key = await here.checks(), ("kustomization_failed", APPS)
        assert ("busy" if key in found.busy else found.problems.get(key)) == expected


async def test_what_flux_has_not_seen_is_not_known() -> None:
    async with visit("flux") as here:
        one = managed("apps")
        one["metadata"]["generation"] = 3
        here.served.state.answers[KUSTOMIZATIONS] = listed(one, managed("infra"))
        found, shown = await here.checks(), await here.snapshot()
        assert {("kustomization_failed", APPS), ("kustomization_suspended", APPS)} <= found.unknown.keys()
        assert shown.values["reconciled"] is None


async def test_a_cluster_without_helm_releases_is_complete() -> None:
    async with visit("flux") as here:
        del here.served.state.answers[RELEASES]
        shown = await here.snapshot()
        assert (shown.values["reconciled"], shown.coverage.gaps) == (4, ())


async def test_without_its_controllers_neither_version_nor_problem_is_known() -> None:
    async with visit("flux") as here:
        here.served.state.answers[CONTROLLERS] = listed()
        assert (await here.snapshot()).version is None
        assert ("flux_controller", None) in (await here.checks()).unknown


async def test_what_is_suspended_is_not_reconciled() -> None:
    async with visit("flux", ROUNDS["resume_kustomization"]) as here:
        with pytest.raises(PreconditionFailed, match="is suspended"):
            await here.action("reconcile_kustomization").dry_run(
                here.client, await here.call(ROUNDS["reconcile_kustomization"])
            )


async def test_a_reconciliation_that_fails_is_done_and_shows_its_message() -> None:
    async with visit("flux") as here:
        attempt = ROUNDS["reconcile_kustomization"]
        call, action = await here.call(attempt), here.action(attempt.action)
        before = await action.dry_run(here.client, call)
        await action.execute(here.client, call, before.baseline)
        one: Any = here.served.state.object(KUSTOMIZATIONS)["items"][0]
        one["status"]["conditions"] = [condition("Ready", "False", "BuildFailed", "path not found")]
        assert await action.probe(here.client, call, before.baseline) is Effect.DONE
        result = await action.verify(here.client, call, before.baseline)
        assert (result.ok, result.text) == (True, "path not found")


async def test_a_right_for_one_kind_is_not_one_for_all() -> None:
    async with visit("flux") as here:
        here.served.state.answers[REVIEW] = rules(
            ("kustomize.toolkit.fluxcd.io", "kustomizations", "*"), ("*", "*", "list")
        )
        lacking = set((await here.snapshot()).unavailable)
        assert "action.reconcile_helm_release" in lacking
        assert "action.reconcile_kustomization" not in lacking


async def test_the_list_shows_what_failed_first() -> None:
    async with visit("flux") as here:
        failed = managed("zigbee", "False", "BuildFailed", "path not found")
        here.served.state.answers[KUSTOMIZATIONS] = listed(managed("apps"), failed)
        tool = here.tool("all")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert text.splitlines()[0].startswith("flux-system/zigbee: not ready, path not found")


REF = {"kind": "GitRepository", "name": "lab"}
GIT = {"url": "https://git.example.org/lab/apps", "interval": "1h30m", "ref": {"branch": "main"}}
APPLIED = [
    {"id": "media_radarr_apps_Deployment"},
    {"id": "media_radarr__Service"},
    {"id": "media_two_apps_StatefulSet"},
]


@pytest.mark.parametrize(
    ("git", "spec", "declared"),
    [
        ({}, {}, [("/apps/prod", "main")]),
        ({"ref": None}, {}, [("/apps/prod", "master")]),
        ({"ref": {"tag": "v1"}}, {}, []),
        ({}, {"sourceRef": {"kind": "OCIRepository", "name": "lab"}}, []),
        ({}, {"sourceRef": {**REF, "namespace": "flux-system"}}, [("/apps/prod", "main")]),
        ({}, {"sourceRef": {"kind": "GitRepository", "name": "gone"}}, None),
        ({"interval": "soon"}, {}, None),
    ],
)
async def test_where_a_kustomization_is_declared(git: Any, spec: Any, declared: Any) -> None:
    async with visit("flux") as here:
        repositories: Any = here.served.state.object(REPOSITORIES)["items"]
        kustomizations: Any = here.served.state.object(KUSTOMIZATIONS)["items"]
        repositories[0]["spec"] |= {**GIT, **git}
        kustomizations[0]["spec"] |= {"path": "./apps/prod", **spec}
        kustomizations[0]["status"]["inventory"] = {"entries": APPLIED}
        found = deployments(here.service, (await here.poll())[0])[0]
        if declared is None:
            assert found.unknown
            return
        assert found.deployed is not None
        assert [(one.path, one.branch) for one in found.deployed.sources] == declared
        if declared:
            assert found.deployed.within == 600 + 5400
            assert list(found.deployed.objects) == [
                {"namespace": "media", "deployment": "radarr"},
                {"namespace": "media", "statefulset": "two"},
            ]


@pytest.mark.parametrize("route", [KUSTOMIZATIONS, REPOSITORIES])
async def test_what_is_suspended_deploys_nothing(route: str) -> None:
    async with visit("flux") as here:
        repositories: Any = here.served.state.object(REPOSITORIES)["items"]
        repositories[0]["spec"] |= GIT
        items: Any = here.served.state.object(route)["items"]
        items[0]["spec"]["suspend"] = True
        found = deployments(here.service, (await here.poll())[0])[0].deployed
        assert found is not None
        assert translate(found.stopped or "") == f"flux-system/{items[0]['metadata']['name']} is suspended"


async def test_a_revision_that_failed_is_named() -> None:
    async with visit("flux") as here:
        items: Any = here.served.state.object(KUSTOMIZATIONS)["items"]
        assert (await here.snapshot()).resources[0].values["failed_revision"] == "none"
        items[0]["status"]["conditions"] = [condition("Ready", "False", "HealthCheckFailed", "timeout")]
        items[0]["status"]["lastAttemptedRevision"] = "main@sha1:c3c3"
        values = (await here.snapshot()).resources[0].values
        assert (values["failed_revision"], values["revision"]) == ("main@sha1:c3c3", "main@sha1:b2b2")
