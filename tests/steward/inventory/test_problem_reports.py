"""What one poll says about problems is reported once, and again when it could not be stored."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from homelab_steward.contract.incidents import AlertStatus
from homelab_steward.contract.state import Instance, InstanceStatus, Origin
from steward.errors import ServiceUnreachable
from steward.inventory.outages import CONFIRMING, NOT_JUDGED, Away, Failure, Judgement, OutageWatch
from steward.inventory.polling import Poll, evaluate
from steward.inventory.ports import Completeness
from steward.inventory.problem_reports import Judged, ProblemReports
from steward.sdk.coverage import Gaps
from steward.sdk.description import Check, IncomingAlert, Outage
from steward.sdk.item_versions import Deployment, ItemVersion
from steward.sdk.snapshot import CheckResults, Subject

from .fakes import NOW, Guest, State, World

INSTANCE = Instance(
    id="one", service="thing", name="One", origin=Origin.FILE, settings={}, status=InstanceStatus.OK
)
POLL = Poll(state=State(guests=(Guest("105", "radarr", 0.95),)), gaps=Gaps())
MEMORY = ("memory", ("container", "105"))


@dataclass
class FakeOutages:
    """Judges as it is set to."""

    judgement: Callable[[CheckResults], Judgement] = lambda checks: Judgement(checks=checks)
    failure: Failure | Exception = field(default_factory=Failure)

    async def judge(self, *arguments: Any) -> Judgement:
        return self.judgement(arguments[3])

    async def judge_failure(self, *_: Any) -> Failure:
        if isinstance(self.failure, Exception):
            raise self.failure
        return self.failure


class Reported:
    """The reports of a service whose containers must have memory, and what they found."""

    def __init__(self) -> None:
        self.outages = FakeOutages()
        self.found: list[tuple[IncomingAlert, ...]] = []
        self.error: Exception | None = None
        service = World().service()
        check = cast("Check[Guest]", service.checks[1])
        self.service = replace(service, checks=(service.checks[0], replace(check, outage=Outage())))
        watch = cast("OutageWatch", self.outages)
        self.reports = ProblemReports(self.service, self.take, watch, str, lambda: NOW)

    async def take(self, _: str, alerts: tuple[IncomingAlert, ...], __: Completeness) -> None:
        self.found.append(alerts)
        if self.error is not None:
            raise self.error

    async def judged(self, poll: Poll = POLL) -> Judged:
        evaluation = evaluate(self.service, "one", poll, NOW, str)
        return await self.reports.judge(INSTANCE, object(), evaluation)  # type: ignore[arg-type]

    async def report(self, poll: Poll = POLL) -> list[tuple[str, AlertStatus]]:
        """Report a poll; return the names of the alerts, with their status."""
        self.found.clear()
        await self.reports.report(INSTANCE, poll, await self.judged(poll), (), is_silent=False)
        return [(one.name, one.status) for alerts in self.found for one in alerts]


@pytest.fixture
def reported() -> Reported:
    return Reported()


async def test_what_a_poll_says_of_versions_is_kept(reported: Reported) -> None:
    found = (ItemVersion(kind="container", id="105", unknown="not read"),)
    deployed = (Deployment(kind="container", id="105", unknown="not read"),)
    evaluation = evaluate(reported.service, "one", POLL, NOW, str)
    whole = replace(evaluation, versions=found, deployments=deployed)
    judged = await reported.reports.judge(INSTANCE, object(), whole)  # type: ignore[arg-type]
    assert (judged.versions, judged.deployments) == (found, deployed)


async def test_outages_that_cannot_be_judged_are_not_known(reported: Reported) -> None:
    def fail(_: CheckResults) -> Judgement:
        raise ZeroDivisionError

    reported.outages.judgement = fail
    judged = await reported.judged()
    assert judged.checks.unknown == {MEMORY: NOT_JUDGED}
    assert judged.problems == {}
    assert reported.reports.is_open


async def test_problems_that_could_not_be_stored_are_reported_again(reported: Reported) -> None:
    fires = [("Memory", AlertStatus.FIRING)]
    assert [one for one in await reported.report() if one[1] is AlertStatus.FIRING] == fires
    over = Poll(state=State(guests=(Guest("105", "radarr", 0.5),)), gaps=Gaps())
    reported.error = OSError("the disk is full")
    assert await reported.report(over) == [("Memory", AlertStatus.RESOLVED)]
    reported.error = None
    assert await reported.report(over) == [("Memory", AlertStatus.RESOLVED)]
    assert await reported.report(over) == []


async def test_what_turns_out_to_be_meant_ends_with_the_reason(reported: Reported) -> None:
    await reported.report()
    expected: dict[Subject, str] = {MEMORY[1]: "You stopped it"}

    def judge(checks: CheckResults) -> Judgement:
        left = replace(checks, problems={}, clear=checks.clear | {MEMORY})
        return Judgement(checks=left, expected=expected)

    reported.outages.judgement = judge
    assert await reported.report() == [("Memory", AlertStatus.RESOLVED)]
    ((alert,),) = reported.found
    assert alert.description == "It is meant to be off. You stopped it."
    assert (await reported.judged()).snapshot.resources[0].expected_off == "You stopped it"


async def test_an_outage_that_cannot_be_stored_costs_nothing_else(reported: Reported) -> None:
    error = ServiceUnreachable("nothing there")
    reported.outages.failure = Failure(away=Away(check="unreachable", name="Away", text="One is away"))
    reported.error = OSError("the disk is full")
    assert await reported.reports.failed(INSTANCE, error, is_silent=False) is None
    assert reported.found[0][0].name == "Away"
    reported.outages.failure = ZeroDivisionError()
    assert await reported.reports.failed(INSTANCE, error, is_silent=False) is None


async def test_a_failure_that_is_meant_ends_the_alert(reported: Reported) -> None:
    reported.outages.failure = Failure(expected="It runs in a guest that is off", is_open=True)
    error = ServiceUnreachable(CONFIRMING)
    expected = await reported.reports.failed(INSTANCE, error, is_silent=False)
    assert expected == "It runs in a guest that is off"
    assert {one.status for one in reported.found[0]} == {AlertStatus.RESOLVED}
    assert await reported.reports.failed(INSTANCE, error, is_silent=True) == expected
    assert len(reported.found) == 1
