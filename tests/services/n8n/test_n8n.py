"""n8n: what its newest executions say, and what can be run."""

import pytest

from lab.faults import FaultKind
from lab.visit import Visit, visit
from services.n8n import FAILURES, SUCCESSES, WORKFLOWS, execution, listed, workflow
from steward.errors import EffectUnknown, PreconditionFailed

EXPORT, LIGHTS = ("workflow_failing", ("workflow", "w1")), ("workflow_failing", ("workflow", "w2"))


async def lines(here: Visit) -> list[str]:
    tool = here.tool("workflows")
    return (await tool.read(here.client, await here.call_of(tool))).text.splitlines()


async def test_a_failure_before_the_last_success_is_over() -> None:
    async with visit("n8n") as here:
        here.served.state.answers[FAILURES] = listed(
            execution(12, "w2", "error"), execution(7, "w1", "error")
        )
        found = await here.checks()
        assert found.problems[LIGHTS] == "The last execution failed at 2026-11-03 06:12 UTC"
        assert EXPORT in found.clear
        assert [line.split(" (")[0] for line in await lines(here)] == ["Lights off", "Nightly export"]


async def test_a_success_that_may_not_be_listed_is_not_known() -> None:
    async with visit("n8n") as here:
        here.served.state.answers[SUCCESSES] = listed(*(execution(one, "w1") for one in range(200, 300)))
        found = await here.checks()
        assert "all that is listed" in found.unknown[LIGHTS]
        assert EXPORT in found.clear


@pytest.mark.parametrize("status", ["error", "success"])
async def test_executions_that_cannot_be_read_prove_nothing(status: str) -> None:
    async with visit("n8n") as here:
        here.arm(FaultKind.STATUS, path=f"/api/v1/executions?status={status}")
        found = await here.checks()
        assert {EXPORT, LIGHTS} <= set(found.unknown)


async def test_more_workflows_than_are_read_are_a_gap() -> None:
    async with visit("n8n") as here:
        here.served.state.answers[WORKFLOWS] = listed(workflow("w1", "Nightly export"), cursor="bmV4dA")
        found = await here.snapshot()
        assert {gap.part: gap.reason for gap in found.coverage.gaps}["all_workflows"].startswith(
            "only the first"
        )


async def test_newer_versions_hide_their_version() -> None:
    async with visit("n8n") as here:
        here.served.state.answers["GET /rest/settings"] = {"data": {}}
        assert (await here.snapshot()).version is None


@pytest.mark.parametrize(
    ("target", "changed", "reason"),
    [("Lights off", {}, "has no webhook"), ("Nightly export", {"active": False}, "is not active")],
)
async def test_what_cannot_be_run_is_refused(target: str, changed: dict[str, bool], reason: str) -> None:
    async with visit("n8n") as here:
        here.served.state.answers[WORKFLOWS] = listed(
            workflow("w1", "Nightly export", **changed), workflow("w2", "Lights off", nodes=[])
        )
        run = here.action("run")
        with pytest.raises(PreconditionFailed, match=reason):
            await run.dry_run(here.client, await here.call_of(run, target))


async def test_a_run_that_is_not_kept_is_not_known() -> None:
    async with visit("n8n") as here:
        run = here.action("run")
        call = await here.call_of(run, "Nightly export")
        here.served.alter = lambda where, sent: listed(execution(9, "w1")) if "limit=1" in where else sent
        with pytest.raises(EffectUnknown, match="may not keep it"):
            await run.execute(here.client, call, {})


async def test_without_a_failed_execution_nothing_is_retried() -> None:
    async with visit("n8n") as here:
        here.served.state.answers[FAILURES] = listed()
        retry = here.action("retry")
        with pytest.raises(PreconditionFailed, match="No failed execution"):
            await retry.execute(here.client, await here.call_of(retry, "Nightly export"), {})
