"""What the service understands of Flux's objects, and what it refuses."""

from typing import Any

import pytest

from lab.visit import visit
from services._kubernetes import REVIEW, condition, listed, rules
from services.flux import CONTROLLERS, FIXTURE, KUSTOMIZATIONS, RELEASES, managed
from steward.errors import PreconditionFailed
from steward.sdk.description import Effect

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
