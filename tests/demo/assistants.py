"""The faces that talk: a person asks in Assist, and another assistant over MCP."""

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
AWAY_SECONDS = 1.0


async def ask_before(asking: Asking) -> str:
    """Ask what is wrong while the question waits; asking changes nothing."""
    effects = len(asking.lab.world.effects)
    heard = await asking.installation.assist.ask("What is wrong with Radarr?")
    for wanted in ("open incident", "waiting for your answer", "Memory"):
        expect(wanted in heard.text, f"the answer does not say {wanted!r}: {heard.text}")
    expect(heard.tools == [], "the records know this: no model was needed")
    expect(len(asking.lab.world.effects) == effects, "asking changed something")
    return _description(heard.text)


async def ask_after(asking: Asking) -> str:
    """Ask whether it is fine now that it is mended."""
    heard = await asking.installation.assist.ask("Is Radarr fine now?")
    for wanted in ("Radarr is fine", "done and checked"):
        expect(wanted in heard.text, f"the answer does not say {wanted!r}: {heard.text}")
    return _description(heard.text)


async def ask_model(installation: Installation) -> str:
    """Ask what only a fresh reading tells: the model reads, and its words come one by one."""
    heard = await installation.assist.ask("What does the queue of Radarr look like?")
    expect(heard.tools == ["radarr_queue"], f"the model used {heard.tools}")
    expect("I have just looked" in heard.text, heard.text)
    expect(heard.pieces > 3, f"the words came in {heard.pieces} pieces")
    return f"{heard.text}, streamed in {heard.pieces} pieces after reading with radarr_queue"


async def assist_says_away(installation: Installation) -> str:
    """Ask while the steward is away: nobody stands there waiting."""
    heard = await installation.assist.ask("What is wrong with Radarr?")
    expect("cannot be reached" in heard.text, heard.text)
    expect(heard.first_word < AWAY_SECONDS, f"the first word came after {heard.first_word:.2f} s")
    return f"{_description(heard.text)} First word after {heard.first_word:.2f} s"


async def built_in_answers(installation: Installation) -> str:
    """Ask for something of Home Assistant's own: its built-in agent answers in the steward's place."""
    heard = await installation.assist.ask("What time is it?")
    expect(re.search(r"\d{1,2}:\d{2}", heard.text), heard.text)
    return _description(heard.text)


class Requests:
    """A client of another assistant asks to restart a container, and gets it after a press."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._lab = installation.lab
        self._effects_before = len(installation.lab.world.effects)
        self._approval_id = ""

    async def play(self, steps: Steps) -> None:
        """Ask, press, and hear the verified result; raises `StepFailedError`."""
        steward = self._installation.steward
        transport = StreamableHttpTransport(f"{steward.url}/mcp/all", auth=steward.mcp_token)
        async with Client(transport) as client:
            await steps.play("a MCP client asks to restart a container", self._asks(client))
            await steps.play("notification on the phone", self._phone_asks())
            await steps.play("owner presses 1 on the phone", self._press())
            await steps.play("the MCP client is told the verified result", self._is_reported(client))
        await steps.play("restarted exactly once", self._restarted_once())

    async def _asks(self, client: Client[StreamableHttpTransport]) -> str:
        answer = await _call(client, RESTART, {"target": CONTAINER})
        self._approval_id = str(answer["approval_id"])
        expect(not self._effects(), "something was changed before anybody was asked")
        waits = await _call(client, "wait_for_decision", {"approval_id": self._approval_id, "seconds": 0})
        expect(waits["decision"] == "pending", f"it is {waits['decision']}")
        return f"returned at once, {len(await client.list_tools())} tools there"

    async def _phone_asks(self) -> str:
        shown = await seen(self._lab.phone.changes, self._notification, QUICK, "a notification")
        return shown.title

    def _notification(self) -> Notification | None:
        found = (one for one in self._lab.phone.notifications if one.tag == self._approval_id)
        return next(found, None)

    async def _press(self) -> str:
        notification = self._notification()
        if notification is None:
            raise LookupError("nothing is shown")
        await self._lab.phone.press(notification, "1 ")
        front_end = self._installation.front_end

        def decided() -> ApprovalRequest | None:
            request = front_end.approvals[self._approval_id]
            return request if request.decision is not None else None

        request = await seen(front_end.changes, decided, QUICK, "a decision")
        return f"{request.decision.person_name if request.decision else 'nobody'}: {request.title}"

    async def _is_reported(self, client: Client[StreamableHttpTransport]) -> str:
        result = await _call(
            client, "wait_for_decision", {"approval_id": self._approval_id, "seconds": DEADLINE}
        )
        expect(result["is_verified"] is True, f"not verified: {result}")
        return str(result["message"])

    async def _restarted_once(self) -> str:
        effects = self._effects()
        expect(len(effects) == 1, f"not one change but {len(effects)}: {effects}")
        front_end = self._installation.front_end
        incident = front_end.incidents[front_end.approvals[self._approval_id].incident_id]
        expect(incident.status is IncidentStatus.RESOLVED, f"the wish is {incident.status}")
        return effects[0]

    def _effects(self) -> list[str]:
        made = self._lab.world.effects[self._effects_before :]
        return [f"{one.method} {one.path}" for one in made]


async def _call(
    client: Client[StreamableHttpTransport], tool: str, arguments: Mapping[str, object]
) -> Mapping[str, object]:
    result = await client.call_tool(tool, dict(arguments))
    expect(isinstance(result.structured_content, dict), f"{tool} answered {result.content}")
    return result.structured_content or {}


def _description(text: str) -> str:
    return " ".join(text.split())[:160]
