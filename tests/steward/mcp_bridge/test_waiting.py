"""``wait_for_decision`` follows a request to its end, and reports it as done only when verified."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalStatus, IncidentStatus, RunStatus, Verb
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd
from mcp_bridge.outcome import outcome, status_text
from mcp_bridge.servers import ALL
from mcp_bridge.steward_tools import WAITS_AT_ONCE, StewardTools
from mcp_bridge.tool import JsonObject
from mcp_bridge.toolbox import Toolbox
from rig.clocks import HANGING

from .fake import AT_HOME, NOW, FakeSteward, decision, incident, request, run, until


class Waiter:
    def __init__(self) -> None:
        self.steward = FakeSteward()
        self.steward.requests["a1"], self.steward.problems["i1"] = request(), incident()
        self.steward_tools = StewardTools(self.steward)
        self.box = Toolbox(ALL, self.steward, self.steward_tools)

    async def wait(self, seconds: float) -> JsonObject:
        return await self.box.call("wait_for_decision", {"approval_id": "a1", "seconds": seconds}, AT_HOME)

    @asynccontextmanager
    async def waiting(self, seconds: float = 20) -> AsyncIterator[asyncio.Task[JsonObject]]:
        task = asyncio.create_task(self.wait(seconds))
        await until(self.steward.watchers)
        yield task


async def test_a_pending_request() -> None:
    result = await Waiter().wait(0.01)
    assert (result["decision"], result["is_over"], result["is_verified"]) == ("pending", False, False)
    assert "Nothing was changed" in str(result["message"])


async def test_options_that_are_not_offered_have_a_reason() -> None:
    waiter = Waiter()
    reason = "Increase memory: radarr is locked (backup)."
    asked = request()
    proposal = replace(asked.proposal, left_out=(reason,))
    waiter.steward.requests["a1"] = replace(asked, proposal=proposal)
    waiter.steward.problems["i1"] = replace(incident(), proposal=proposal)
    assert (await waiter.wait(0.01))["not_offered"] == [reason]
    pending: dict[str, Any] = await waiter.box.call("pending_approvals", {}, AT_HOME)
    assert [one["not_offered"] for one in pending["approvals"]] == [[reason]]
    assert (await waiter.box.call("incident", {"number": 7}, AT_HOME))["not_offered"] == [reason]


@pytest.mark.parametrize(
    ("status", "verb", "decision", "denied_as"),
    [
        (ApprovalStatus.REJECTED, Verb.REJECT, "denied", "rejected"),
        (ApprovalStatus.IGNORED, Verb.IGNORE, "denied", "ignored"),
        (ApprovalStatus.EXPIRED, None, "expired", None),
        (ApprovalStatus.SUPERSEDED, None, "superseded", None),
    ],
)
async def test_a_request_that_is_not_approved(
    status: ApprovalStatus, verb: Verb | None, decision: str, denied_as: str | None
) -> None:
    waiter = Waiter()
    async with waiter.waiting() as task:
        waiter.steward.decide(status, verb)
        result = await task
    assert (result["decision"], result["denied_as"], result["is_over"]) == (decision, denied_as, True)
    assert result["is_verified"] is False
    assert "Nothing was changed" in str(result["message"])


def test_a_withdrawn_request_gives_the_reason() -> None:
    withdrawn = replace(request(), status=ApprovalStatus.SUPERSEDED, withdrawn="It got worse: smoke.")
    assert status_text(withdrawn, None) == (
        "The request was withdrawn. It got worse: smoke. Nothing was changed by it."
    )


def test_what_the_steward_does_by_itself_is_not_called_unanswered() -> None:
    alone = replace(request(), acts_at=NOW)
    text = status_text(alone, None)
    assert text.startswith(f"{alone.title} at {NOW.isoformat()} unless a person stops it.")
    assert outcome(alone, None)["acts_at"] == NOW.isoformat()
    own = replace(decision(Verb.APPROVE), person_id="", person_name="", via=FrontEnd.STEWARD)
    acted = replace(alone, status=ApprovalStatus.APPROVED, decision=own)
    assert status_text(acted, None).startswith("Approved by the steward itself.")
    assert (outcome(acted, None)["decided_by"], outcome(acted, None)["decided_via"]) == (
        None,
        "the steward itself",
    )
    stopped = replace(alone, status=ApprovalStatus.REJECTED, decision=decision(Verb.REJECT))
    assert status_text(stopped, None) == "Stopped by Alex via Telegram. Nothing was changed."


async def test_it_waits_until_the_run_is_verified() -> None:
    waiter = Waiter()
    steward = waiter.steward
    async with waiter.waiting() as task:
        steward.decide(ApprovalStatus.APPROVED, Verb.APPROVE)
        for status in (RunStatus.RUNNING, RunStatus.VERIFYING):
            steward.set_incident(IncidentStatus.ACTING, run(status))
            await asyncio.sleep(0.01)
            assert not task.done()
        steward.set_incident(IncidentStatus.ACTING, run(RunStatus.SUCCEEDED, ok=True))
        await asyncio.sleep(0.01)
        assert not task.done(), "the incident is not closed yet"
        steward.set_incident(IncidentStatus.RESOLVED, run(RunStatus.SUCCEEDED, ok=True), "done and checked.")
        result = await task
    assert (result["decision"], result["is_over"], result["is_verified"]) == ("approved", True, True)
    assert result["resolution"] == "done and checked."
    assert result["decided_by"] == "Alex"
    assert result["decided_via"] == "Telegram"
    ran = result["run"]
    assert isinstance(ran, dict)
    assert ran["checks"] == [{"name": "Memory", "ok": True, "text": "2048"}]


@pytest.mark.parametrize("status", [RunStatus.RUNNING, RunStatus.VERIFYING])
async def test_a_running_action_is_not_done(status: RunStatus) -> None:
    waiter = Waiter()
    waiter.steward.decide(ApprovalStatus.APPROVED, Verb.APPROVE)
    waiter.steward.set_incident(IncidentStatus.ACTING, run(status))
    result = await waiter.wait(0.01)
    assert (result["is_over"], result["is_verified"]) == (False, False)
    assert "not " in str(result["message"])


@pytest.mark.parametrize(
    ("status", "ok"),
    [
        (RunStatus.FAILED, False),
        (RunStatus.UNDONE, False),
        (RunStatus.REFUSED, None),
        (RunStatus.SUCCEEDED, None),
        (RunStatus.SUCCEEDED, False),
    ],
)
async def test_a_run_without_a_positive_verdict_is_not_verified(status: RunStatus, ok: bool | None) -> None:  # noqa: FBT001
    waiter = Waiter()
    waiter.steward.decide(ApprovalStatus.APPROVED, Verb.APPROVE)
    waiter.steward.set_incident(IncidentStatus.IGNORED, run(status, ok=ok))
    result = await waiter.wait(5)
    assert (result["decision"], result["is_over"], result["is_verified"]) == ("approved", True, False)


async def test_the_run_of_another_request_is_ignored() -> None:
    waiter = Waiter()
    waiter.steward.requests["a0"] = request("a0")
    waiter.steward.decide(ApprovalStatus.APPROVED, Verb.APPROVE)
    waiter.steward.requests["a0"] = waiter.steward.requests["a1"].__replace__(id="a0")
    waiter.steward.set_incident(IncidentStatus.RESOLVED, run(RunStatus.SUCCEEDED, ok=True))
    result = await waiter.box.call("wait_for_decision", {"approval_id": "a0", "seconds": 1}, AT_HOME)
    assert (result["run"], result["is_verified"], result["is_over"]) == (None, False, True)


async def test_changes_of_other_rows_cause_no_read() -> None:
    waiter = Waiter()
    async with waiter.waiting(0.2) as task:
        before = waiter.steward.approval_reads
        for number in range(50):
            waiter.steward.publish(RowKind.INCIDENT, f"other-{number}", None)
        await task
    assert waiter.steward.approval_reads <= before + 1


async def test_lost_events_cause_a_read() -> None:
    waiter = Waiter()
    async with waiter.waiting() as task:
        for number in range(2000):
            waiter.steward.publish(RowKind.INCIDENT, f"other-{number}", None)
        waiter.steward.decide(ApprovalStatus.REJECTED, Verb.REJECT)
        assert (await task)["decision"] == "denied"


async def test_closing_ends_waiting_calls() -> None:
    waiter = Waiter()
    async with waiter.waiting(300) as task:
        waiter.steward_tools.close()
        assert (await asyncio.wait_for(task, HANGING))["is_over"] is False
    assert waiter.steward.watchers() == 0


async def test_the_number_of_waiting_calls_is_limited() -> None:
    waiter = Waiter()
    tasks = [asyncio.create_task(waiter.wait(20)) for _ in range(WAITS_AT_ONCE)]
    await until(lambda: waiter.steward.watchers() == WAITS_AT_ONCE)
    with pytest.raises(ContractError) as caught:
        await waiter.wait(20)
    assert caught.value.code is ErrorCode.UNAVAILABLE
    waiter.steward_tools.close()
    await asyncio.gather(*tasks)
    waiter.steward.decide(ApprovalStatus.REJECTED, Verb.REJECT)
    assert (await waiter.wait(20))["decision"] == "denied"


async def test_an_unknown_request_is_not_found() -> None:
    with pytest.raises(ContractError) as caught:
        await Waiter().box.call("wait_for_decision", {"approval_id": "zzz", "seconds": 300}, AT_HOME)
    assert caught.value.code is ErrorCode.NOT_FOUND


async def test_incidents_and_requests_can_be_read() -> None:
    waiter = Waiter()
    listed = await waiter.box.call("open_incidents", {}, AT_HOME)
    assert [one["number"] for one in listed["incidents"]] == [7]  # type: ignore[union-attr,index,call-overload]
    waits = await waiter.box.call("pending_approvals", {}, AT_HOME)
    assert [one["approval_id"] for one in waits["approvals"]] == ["a1"]  # type: ignore[union-attr,index,call-overload]
    whole = await waiter.box.call("incident", {"number": 7}, AT_HOME)
    assert whole["title"] == "Set memory, asked for by Alex"
    with pytest.raises(ContractError) as caught:
        await waiter.box.call("incident", {"number": 8}, AT_HOME)
    assert caught.value.code is ErrorCode.NOT_FOUND
