"""One steward, the lab, and what a test asks of them."""

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
DEADLINE = 30.0


class Home:
    """`start()` it; a killed steward comes back with `restart()`."""

    def __init__(self, session: ClientSession, lab: Lab, steward: Steward) -> None:
        self.lab = lab
        self.steward = steward
        self._session = session
        self._front_end: FrontEndClient | None = None

    @property
    def front_end(self) -> FrontEndClient:
        """A listener; there once it was started."""
        if self._front_end is None:
            raise RuntimeError("not started")
        return self._front_end

    async def start(self) -> None:
        """Write the settings, start the steward and listen to it."""
        await self.steward.write_settings(settings_for(self.lab, self._people()))
        await self.steward.start()
        await self.lab.connect_steward(self.steward.webhook_url, await self.steward.monitor_token())
        self._front_end = FrontEndClient(self._session, self.steward.url, await self.steward.token())
        await self._front_end.start()

    async def restart(self) -> None:
        """Start a steward that was killed, and wait until it is heard again."""
        await self.steward.kill()
        await self.steward.start()
        await self.front_end.close()
        self._front_end = FrontEndClient(self._session, self.steward.url, await self.steward.token())
        await self._front_end.start()

    async def close(self) -> None:
        """End everything."""
        if self._front_end is not None:
            await self._front_end.close()
        await self.steward.close()

    async def asked(self) -> ApprovalRequest:
        """The request that waits, once there is one that offers more memory."""

        def find() -> ApprovalRequest | None:
            return next((one for one in self.front_end.pending() if _offers_memory(one)), None)

        return await seen(self.front_end.changes, find, DEADLINE, "a request")

    async def card(self, request: ApprovalRequest) -> Message:
        """Its card in Telegram, once it has the button for more memory."""
        forum = self.lab.telegram.forum
        wanted = f"incident {request.incident_number}\n"

        def find() -> Message | None:
            return next((one for one in forum.messages if wanted in one.text and _is_asking(one)), None)

        return await seen(forum.changes, find, DEADLINE, "a card with buttons")

    async def press(self) -> ApprovalRequest:
        """Wait for the card and press 1 on it, without waiting for what follows."""
        request = await self.asked()
        card = await self.card(request)
        self.lab.telegram.forum.press(card.message_id, "1 ")
        return request

    async def incident_in(self, *wanted: IncidentStatus) -> Incident:
        """The incident, once it is in one of these."""

        def find() -> Incident | None:
            return next((one for one in self.front_end.incidents.values() if one.status in wanted), None)

        return await seen(
            self.front_end.changes, find, DEADLINE, f"an incident that is {' or '.join(wanted)}"
        )

    async def run_of(self, request: ApprovalRequest) -> Run:
        """The run of a request, once it has begun."""

        def find() -> Run | None:
            return self.front_end.incidents[request.incident_id].run

        return await seen(self.front_end.changes, find, DEADLINE, "a run")

    def memory(self) -> int:
        """MiB that Radarr's container may use."""
        return int(str(self.lab.world.config(RADARR)["memory"]))

    def _people(self) -> list[Json]:
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
