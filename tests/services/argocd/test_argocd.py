"""What the service understands of applications, and what it refuses."""

from typing import Any

import pytest

from lab.replay import Raw
from lab.visit import Visit, visit
from services._kubernetes import listed
from services.argocd import APPS, CAN_I, FIXTURE, ILL, application, deployed, operation
from steward.errors import EffectUnknown, PreconditionFailed, ServiceMalformed

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
