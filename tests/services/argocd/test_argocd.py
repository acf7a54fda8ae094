"""What the service understands of applications, and what it refuses."""

from typing import Any

import pytest

from lab.replay import Raw, ReplayState, Sent
from lab.visit import Visit, visit
from services._kubernetes import listed
from services.argocd import APPS, CAN_I, FIXTURE, ILL, application, deployed, operation
from steward.errors import EffectUnknown, PreconditionFailed, ServiceMalformed
from steward.sdk.item_versions import deployments

SYNC, ROLLBACK = FIXTURE.rounds
RADARR = ("application", "argocd/radarr")


async def shown(here: Visit, **status: Any) -> None:
    here.served.state.answers[APPS] = listed(application("radarr", **status), application("grafana"))


@pytest.mark.parametrize(
    ("check", "status", "expected"),
    [
        ("out_of_sync", {"sync": {"status": "OutOfSync"}}, "with its declaration"),
        ("out_of_sync", {"sync": {"status": "OutOfSync"}, "operationState": operation("Running")}, "busy"),
        ("out_of_sync", {"sync": {"status": "Unknown"}}, "?"),
        ("degraded", {"health": {"status": "Missing", "message": "it is gone"}}, "it is gone"),
        ("degraded", {"health": {"status": "Progressing"}}, "busy"),
        ("degraded", {"health": {"status": "Suspended"}}, None),
        ("degraded", {"health": {"status": "Unknown"}}, "?"),
        ("sync_failed", {"operationState": operation("Error", "no such cluster")}, "no such cluster"),
        ("sync_failed", {"operationState": operation("Terminating")}, "busy"),
        ("sync_failed", {"operationState": None}, "?"),
        ("error", {"conditions": [{"type": "OrphanedResourceWarning"}]}, None),
    ],
)
async def test_checks_have_three_answers(check: str, status: dict[str, Any], expected: str | None) -> None:
    async with visit("argocd") as here:
        await shown(here, **status)
        found, key = await here.checks(), (f"application_{check}", RADARR)
        text = "busy" if key in found.busy else "?" if key in found.unknown else found.problems.get(key)
        assert text == expected or (expected and expected in (text or ""))


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"policy": {"automated": {}}}, "syncs radarr by itself"),
        ({"history": [deployed(1, "a1"), deployed(2, "a1")]}, "No earlier version"),
        ({"history": []}, "never deployed"),
    ],
)
async def test_a_rollback_that_makes_no_sense_is_refused(changed: dict[str, Any], match: str) -> None:
    async with visit("argocd") as here:
        call = await here.call(ROLLBACK)
        await shown(here, **changed)
        with pytest.raises(PreconditionFailed, match=match):
            await here.action("rollback").dry_run(here.client, call)


async def test_automatic_sync_may_be_switched_off() -> None:
    async with visit("argocd") as here:
        await shown(here, policy={"automated": {"enabled": False}})
        assert (await here.action("rollback").dry_run(here.client, await here.call(ROLLBACK))).differences


async def test_a_sync_that_runs_is_waited_for_and_one_that_does_not_begin_is_not_known() -> None:
    async with visit("argocd") as here:
        call, action = await here.call(SYNC), here.action("sync")
        await shown(here, operationState=operation("Running"))
        with pytest.raises(PreconditionFailed, match="still running"):
            await action.dry_run(here.client, call)
        await shown(here)
        here.served.state.later = lambda *_: None
        with pytest.raises(EffectUnknown, match="was not begun"):
            await action.execute(here.client, call, {})
        with pytest.raises(ServiceMalformed, match="newer"):
            await here.client.job(call, "2026-11-18T07:00:00+00:00")


async def test_tools_show_the_worst_first() -> None:
    async with visit("argocd") as here:
        here.served.state.answers[APPS] = listed(application("grafana"), ILL)
        listing, status = here.tool("applications"), here.tool("status")
        text = (await listing.read(here.client, await here.call_of(listing))).text
        assert text.splitlines()[0].startswith("argocd/radarr: out_of_sync, degraded")
        text = (await status.read(here.client, await here.call_of(status, "radarr"))).text
        assert "progress deadline exceeded" in text
        here.served.state.answers["GET /api/v1/applications/{name}/logs"] = Raw(text="not JSON\n")
        log = here.tool("logs")
        with pytest.raises(ServiceMalformed):
            await log.read(here.client, await here.call_of(log, "radarr", lines=5))


async def test_a_token_that_may_not_sync_is_named() -> None:
    async with visit("argocd") as here:
        here.served.state.answers[CAN_I] = {"value": "no"}
        assert set((await here.snapshot()).unavailable) == {"action.sync", "action.rollback"}
        here.served.state.answers[APPS] = listed()
        assert not (await here.snapshot()).unavailable


def source(url: str = "https://git.example.org/lab/apps", **more: Any) -> dict[str, Any]:
    return {"repoURL": url, **more}


@pytest.mark.parametrize(
    ("spec", "declared"),
    [
        ({"source": source(path="radarr", targetRevision="HEAD")}, [("radarr", "")]),
        ({"source": source(path="radarr", targetRevision="refs/heads/prod")}, [("radarr", "prod")]),
        ({"source": source("https://charts.example.org", chart="radarr", targetRevision="1.2")}, []),
        (
            {
                "sources": [
                    source(
                        "https://charts.example.org",
                        chart="radarr",
                        helm={"valueFiles": ["$values/radarr/values.yaml", "plain.yaml"]},
                    ),
                    source(ref="values", targetRevision="main"),
                    source(path="extra", targetRevision="main"),
                ]
            },
            [("extra", "main"), ("radarr/values.yaml", "main")],
        ),
    ],
)
async def test_where_an_application_is_declared(spec: Any, declared: list[tuple[str, str]]) -> None:
    async with visit("argocd") as here:
        items: Any = here.served.state.object(APPS)["items"]
        items[0]["spec"] = {"project": "default", **spec}
        state, _ = await here.poll()
        found = deployments(here.service, state)[0].deployed
        assert found is not None
        assert [(one.path, one.branch) for one in found.sources] == declared
        assert found.by_hand
        assert list(found.objects) == [{"namespace": "media", "deployment": "radarr"}]
        automatic = deployments(here.service, state)[2].deployed
        assert automatic is not None
        assert not automatic.by_hand


@pytest.mark.parametrize(
    ("status", "deployed", "failed"),
    [
        ({}, "b2" * 20, "none"),
        ({"sync": {"status": "OutOfSync", "revision": "c3" * 20}}, "b2" * 20, "none"),
        ({"sync": {"status": "Synced", "revision": "c3" * 20}}, "c3" * 20, "none"),
        (
            {
                "sync": {"status": "Synced", "revision": "c3" * 20},
                "operationState": operation("Running"),
            },
            "b2" * 20,
            "none",
        ),
        ({"sync": {"status": "Synced", "revisions": ["1.2", "c3" * 20]}}, "1.2, " + "c3" * 20, "none"),
        (
            {
                "sync": {"status": "OutOfSync", "revision": "c3" * 20},
                "operationState": {**operation("Failed"), "syncResult": {"revision": "c3" * 20}},
            },
            "b2" * 20,
            "c3" * 20,
        ),
        ({"sync": {"status": "OutOfSync"}, "history": []}, None, "none"),
        ({"operationState": operation("Error")}, "b2" * 20, None),
        ({"operationState": None}, "b2" * 20, "none"),
    ],
)
async def test_which_revision_runs_and_which_failed(
    status: Any, deployed: str | None, failed: str | None
) -> None:
    async with visit("argocd") as here:
        items: Any = here.served.state.object(APPS)["items"]
        items[0]["status"] |= status
        values = (await here.snapshot()).resources[0].values
        assert (values["deployed_revision"], values["failed_revision"]) == (deployed, failed)


async def test_a_sync_looks_for_the_newest_commit_first() -> None:
    async with visit("argocd") as here:
        action, answers = here.action("sync"), here.served.state.answers
        plain, refreshed = answers["GET /api/v1/applications/{name}"], list[int]()

        def refresh(state: ReplayState, sent: Sent) -> Any:
            refreshed.append(len(here.writes))
            return plain(state, sent)

        answers["GET /api/v1/applications/{name}?refresh=normal"] = refresh
        call = await here.call_of(action, "radarr")
        await action.execute(here.client, call, (await action.dry_run(here.client, call)).baseline)
        assert (refreshed, len(here.writes)) == ([0], 1)
