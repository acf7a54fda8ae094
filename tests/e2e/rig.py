"""The rig of end-to-end tests: one steward, the lab, and helpers."""

from collections.abc import Mapping

from aiohttp import ClientSession

from demo.front_end import FrontEndClient
from demo.steward import Steward, settings_for
from demo.waiting import seen
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    Incident,
    IncidentStatus,
    Run,
)
from homelab_steward.contract.state import FrontEnd, Speaker
from lab.lab import Lab
from lab.population import RADARR
from lab.telegram.records import Message
from lab.wire import Json

OWNER = "owner-in-home-assistant"
SPEAKER = Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=OWNER)
DEADLINE = 120.0


class E2eRig:
    """A steward with the lab. `restart()` starts a killed steward again."""

    def __init__(
        self, session: ClientSession, lab: Lab, steward: Steward, more: Mapping[str, Json] | None = None
    ) -> None:
        """``more`` are further settings."""
        self.lab = lab
        self.steward = steward
        self._session = session
        self._more = more or {}
        self._front_end: FrontEndClient | None = None

    @property
    def front_end(self) -> FrontEndClient:
        """The client of the steward. Raises RuntimeError before `start()`."""
        if self._front_end is None:
            raise RuntimeError("not started")
        return self._front_end

    async def start(self) -> None:
        """Write the settings, start the steward and connect a client."""
        await self.steward.write_settings({**settings_for(self.lab, self.people()), **self._more})
        await self.steward.start()
        await self.lab.connect_steward(self.steward.webhook_url, await self.steward.monitor_token())
        self._front_end = FrontEndClient(self._session, self.steward.url, await self.steward.token())
        await self._front_end.start()

    async def restart(self) -> None:
        """Kill the steward, start it again, and connect a client."""
        await self.steward.kill()
        await self.steward.start()
        await self.front_end.close()
        self._front_end = FrontEndClient(self._session, self.steward.url, await self.steward.token())
        await self._front_end.start()

    async def close(self) -> None:
        """Stop the client and the steward."""
        if self._front_end is not None:
            await self._front_end.close()
        await self.steward.close()

    async def asked(self) -> ApprovalRequest:
        """Wait for the pending request with more memory, and return it."""

        def find() -> ApprovalRequest | None:
            return next((one for one in self.front_end.pending() if _offers_memory(one)), None)

        return await seen(self.front_end.changes, find, DEADLINE, "a request")

    async def card(self, request: ApprovalRequest) -> Message:
        """Wait for the request's card with the button for more memory, and return it."""
        forum = self.lab.telegram.forum
        wanted = f"incident {request.incident_number}\n"

        def find() -> Message | None:
            return next((one for one in forum.messages if wanted in one.text and _is_asking(one)), None)

        return await seen(forum.changes, find, DEADLINE, "a card with buttons")

    async def press(self) -> ApprovalRequest:
        """Wait for the card and press 1. Does not wait for the decision."""
        request = await self.asked()
        card = await self.card(request)
        self.lab.telegram.forum.press(card.message_id, "1 ")
        return request

    async def incident_in(self, *wanted: IncidentStatus) -> Incident:
        """Wait for an incident with one of these statuses, and return it."""

        def find() -> Incident | None:
            return next((one for one in self.front_end.incidents.values() if one.status in wanted), None)

        return await seen(
            self.front_end.changes, find, DEADLINE, f"an incident that is {' or '.join(wanted)}"
        )

    async def run_of(self, request: ApprovalRequest) -> Run:
        """Wait for the run of a request, and return it."""

        def find() -> Run | None:
            return self.front_end.incidents[request.incident_id].run

        return await seen(self.front_end.changes, find, DEADLINE, "a run")

    def memory(self) -> int:
        """Return the memory limit of Radarr's container in MiB."""
        return int(str(self.lab.world.config(RADARR)["memory"]))

    def people(self) -> list[Json]:
        """Return the people of the settings."""
        telegram_id = self.lab.telegram.forum.users["owner"].id
        return [
            {
                "id": "alex",
                "name": "Alex",
                "role": "owner",
                "ha_user_id": OWNER,
                "telegram_user_id": telegram_id,
            }
        ]


def _offers_memory(request: ApprovalRequest) -> bool:
    return request.proposal.options[0].label.startswith("Increase memory")


def _is_asking(message: Message) -> bool:
    return any(button.text.startswith("1 Increase memory") for button in message.buttons)
