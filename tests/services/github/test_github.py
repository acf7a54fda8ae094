"""GitHub: what runs and checks say, and repositories that cannot be read."""

import hmac
from datetime import UTC, datetime
from typing import Final

import pytest

from lab.faults import FaultKind
from lab.visit import Visit, load, visit
from lab.wire import Json
from services._forge import run, runs
from services.github import CHECKS, RUNS, check
from steward.errors import InvalidSetting, ServiceRefused, ServiceUnauthorized
from steward.sdk.description import Delivery

NOW: Final = datetime(2026, 11, 20, tzinfo=UTC)

KITCHEN, GARAGE = ("workflow_failing", ("repository", "11")), ("workflow_failing", ("repository", "12"))


async def text(here: Visit, key: str) -> list[str]:
    tool = here.tool(key)
    return (await tool.read(here.client, await here.call_of(tool, "rack/kitchen"))).text.splitlines()


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([run(95, "Build", conclusion="failure"), run(94, "Build")], "Failed on main: Build"),
        ([run(95, "Build"), run(94, "Build", conclusion="failure")], None),
        ([run(95, "Build", status="in_progress", conclusion=None), run(94, "Build")], None),
        (
            [run(95, "Build", status="queued", conclusion=None), run(94, "Build", conclusion="timed_out")],
            "Failed",
        ),
        ([run(95, "Build", head_branch="feature", conclusion="failure")], None),
        ([], None),
    ],
)
async def test_the_newest_finished_run_of_the_default_branch_counts(
    rows: list[Json], problem: str | None
) -> None:
    async with visit("github") as here:
        here.served.state.answers[RUNS] = runs(*rows)
        found = (await here.checks()).problems.get(KITCHEN)
        assert (found is None) if problem is None else (found or "").startswith(problem)


async def test_a_run_without_a_result_is_not_known() -> None:
    async with visit("github") as here:
        here.served.state.answers[RUNS] = runs(run(95, "Build", conclusion=None))
        assert "it is not reported how it ended" in (await here.checks()).unknown[KITCHEN]


async def test_runs_that_cannot_be_read_prove_nothing() -> None:
    async with visit("github") as here:
        here.arm(FaultKind.STATUS, path="/repos/rack/kitchen/actions/runs")
        found = await here.checks()
        assert (KITCHEN in found.unknown, GARAGE in found.clear) == (True, True)
        assert (await here.snapshot()).values["failing"] is None


async def test_a_repository_that_cannot_be_read_is_a_gap() -> None:
    async with visit("github") as here:
        here.arm(FaultKind.STATUS, path="/repos/rack/kitchen", status=404)
        found = await here.snapshot()
        assert [one.name for one in found.resources if one.kind == "repository"] == ["rack/garage"]
        assert [gap.part for gap in found.coverage.gaps] == ["rack/kitchen", "pull_requests", "pull_request"]
        here.arm(FaultKind.STATUS, path="/repos", status=404)
        with pytest.raises(ServiceRefused):
            await here.poll()


async def test_pull_requests_show_what_their_checks_say() -> None:
    async with visit("github") as here:
        shown = "#4 Update postgres to 18.1 by renovate-rack: checks"
        assert await text(here, "pull_requests") == [
            "#5 Update redis to 8.2 by renovate-rack: checks passed",
            f"{shown} 1 running",
        ]
        here.served.state.answers[CHECKS] = {
            "total_count": 3,
            "check_runs": [check("test", "failure"), check("docs", None)],
        }
        assert (await text(here, "pull_requests"))[1] == f"{shown} 1 failed, 2 not known"
        here.arm(FaultKind.STATUS, path="/repos/rack/kitchen/commits")
        assert (await text(here, "pull_requests"))[1] == f"{shown} not known"


async def test_failed_runs_are_shown_first() -> None:
    async with visit("github") as here:
        here.served.state.answers[RUNS] = runs(run(95, "Build"), run(94, "Lint", conclusion="failure"))
        assert await text(here, "workflow_runs") == [
            "Lint on main, 2026-11-03 06:12 UTC: failure",
            "Build on main, 2026-11-03 06:12 UTC: success",
        ]


@pytest.mark.parametrize(
    "names", ["kitchen", "rack/../kitchen", " , ", ",".join(f"a/{one}" for one in range(31))]
)
async def test_what_is_no_repository_is_refused(names: str) -> None:
    with pytest.raises(InvalidSetting, match="repositories"):
        async with visit("github", changed={"repositories": names}):
            pass


BODY = b'{"action": "synchronize", "number": 4}'


@pytest.mark.parametrize(
    ("key", "header", "prefix", "event"),
    [
        ("github", "X-Hub-Signature-256", "sha256=", "X-GitHub-Event"),
        ("gitea", "X-Gitea-Signature", "", "X-Gitea-Event"),
    ],
)
def test_webhooks_are_taken_by_their_signature(key: str, header: str, prefix: str, event: str) -> None:
    hook, settings = load(key).hook, {"webhook_secret": "secret-of-the-webhook"}
    assert hook is not None
    signature = prefix + hmac.new(b"secret-of-the-webhook", BODY, "sha256").hexdigest()

    def delivery(name: str, signed: str = signature, body: bytes = BODY) -> Delivery:
        headers = {header.lower(): signed, event.lower(): name}
        return Delivery(headers=headers, body=body, received_at=NOW)

    for name, is_change in (("pull_request", True), ("push", True), ("status", True), ("ping", False)):
        hook.verify(delivery(name), settings)
        assert hook.is_change(delivery(name)) is is_change
    for wrong in (delivery("push", "0" * 64), delivery("push", ""), delivery("push", body=b"{}")):
        with pytest.raises(ServiceUnauthorized):
            hook.verify(wrong, settings)
    with pytest.raises(ServiceUnauthorized):
        hook.verify(delivery("push"), {})
