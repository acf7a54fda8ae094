"""Questions in Assist, and requests of another assistant over MCP."""

import re
from collections.abc import Mapping

from fastmcp import Client
from fastmcp.client.transports import StreamableHttpTransport

from demo.asking import DEADLINE, QUICK, Asking
from demo.installation import Installation
from demo.steps import Steps
from demo.waiting import expect, seen
from homelab_steward.contract.incidents import ApprovalRequest, IncidentStatus
from lab.phone import Notification

RESTART = "proxmox_restart_container"
CONTAINER = "radarr"


async def ask_before(asking: Asking) -> str:
    """Ask what is wrong while the request is pending. A question changes nothing."""
    effects = len(asking.lab.world.effects)
    answer = await asking.installation.assist.ask("What is wrong with Radarr?")
    for wanted in ("open incident", "waiting for your answer", "Memory"):
        expect(wanted in answer.text, f"the answer does not say {wanted!r}: {answer.text}")
    expect(answer.tools == [], "the records answer this without a model")
    expect(len(asking.lab.world.effects) == effects, "the question changed something")
    return _description(answer.text)


async def ask_after(asking: Asking) -> str:
    """Ask whether Radarr is fine after the repair."""
    answer = await asking.installation.assist.ask("Is Radarr fine now?")
    for wanted in ("Radarr is fine", "done and checked"):
        expect(wanted in answer.text, f"the answer does not say {wanted!r}: {answer.text}")
    return _description(answer.text)


async def ask_model(installation: Installation) -> str:
    """Ask a question that needs a reading: the model calls a tool, and its answer is streamed."""
    answer = await installation.assist.ask("Why do the downloads in the queue of Radarr wait?")
    expect(answer.tools == ["radarr_queue"], f"the model used {answer.tools}")
    expect("2150 MiB left" in answer.text, answer.text)
    expect(answer.pieces > 1, f"the answer came in {answer.pieces} pieces")
    return f"{_description(answer.text)}, streamed in {answer.pieces} pieces after reading with radarr_queue"


async def assist_reports_unavailable(installation: Installation) -> str:
    """Ask while the steward is unavailable: the first piece says so, before another agent is asked."""
    answer = await installation.assist.ask("What is wrong with Radarr?")
    expect(answer.first_text == "The steward does not answer.", answer.first_text)
    expect(answer.pieces > 1, answer.text)
    return f"{_description(answer.text)} Started after {answer.first_text_seconds:.2f} s"


async def built_in_answers(installation: Installation) -> str:
    """Ask something that Home Assistant's built-in agent answers instead of the steward."""
    answer = await installation.assist.ask("What time is it?")
    expect(re.search(r"\d{1,2}:\d{2}", answer.text), answer.text)
    return _description(answer.text)


class Requests:
    """An MCP client requests a restart of a container, which runs after a press."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._lab = installation.lab
        self._effects_before = len(installation.lab.world.effects)
        self._approval_id = ""

    async def play(self, steps: Steps) -> None:
        """Request, press, and wait for the verified result. Raises StepFailedError."""
        steward = self._installation.steward
        transport = StreamableHttpTransport(f"{steward.url}/mcp/all", auth=steward.mcp_token)
        async with Client(transport) as client:
            await steps.play("an MCP client requests a restart", self._requests_restart(client))
            await steps.play("notification on the phone", self._phone_asks())
            await steps.play("owner presses 1 on the phone", self._press())
            await steps.play("the MCP client receives the verified result", self._receives_result(client))
        await steps.play("restarted exactly once", self._restarted_once())

    async def _requests_restart(self, client: Client[StreamableHttpTransport]) -> str:
        answer = await _call(client, RESTART, {"target": CONTAINER})
        self._approval_id = str(answer["approval_id"])
        expect(not self._effects(), "something was changed before the approval")
        waits = await _call(client, "wait_for_decision", {"approval_id": self._approval_id, "seconds": 0})
        expect(waits["decision"] == "pending", f"the decision is {waits['decision']}")
        return f"returned immediately, {len(await client.list_tools())} tools available"

    async def _phone_asks(self) -> str:
        shown = await seen(self._lab.phone.changes, self._notification, QUICK, "a notification")
        return shown.title

    def _notification(self) -> Notification | None:
        found = (one for one in self._lab.phone.notifications if one.tag == self._approval_id)
        return next(found, None)

    async def _press(self) -> str:
        notification = self._notification()
        if notification is None:
            raise LookupError("there is no notification")
        await self._lab.phone.press(notification, "1 ")
        front_end = self._installation.front_end

        def decided() -> ApprovalRequest | None:
            request = front_end.approvals[self._approval_id]
            return request if request.decision is not None else None

        request = await seen(front_end.changes, decided, QUICK, "a decision")
        return f"{request.decision.person_name if request.decision else 'nobody'}: {request.title}"

    async def _receives_result(self, client: Client[StreamableHttpTransport]) -> str:
        result = await _call(
            client, "wait_for_decision", {"approval_id": self._approval_id, "seconds": DEADLINE}
        )
        expect(result["is_verified"] is True, f"not verified: {result}")
        return str(result["message"])

    async def _restarted_once(self) -> str:
        effects = self._effects()
        expect(len(effects) == 1, f"{len(effects)} changes instead of one: {effects}")
        front_end = self._installation.front_end
        incident = front_end.incidents[front_end.approvals[self._approval_id].incident_id]
        expect(incident.status is IncidentStatus.RESOLVED, f"the incident is {incident.status}")
        return effects[0]

    def _effects(self) -> list[str]:
        effects = self._lab.world.effects[self._effects_before :]
        return [f"{one.method} {one.path}" for one in effects if one.service == "proxmox"]


async def _call(
    client: Client[StreamableHttpTransport], tool: str, arguments: Mapping[str, object]
) -> Mapping[str, object]:
    result = await client.call_tool(tool, dict(arguments))
    expect(isinstance(result.structured_content, dict), f"{tool} answered {result.content}")
    return result.structured_content or {}


def _description(text: str) -> str:
    return " ".join(text.split())[:160]
