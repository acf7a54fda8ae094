"""An open panel, and the users who open it."""

from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.auth.models import User

from custom_components.homelab_steward.contract.protocol import RowKind

type Open = Callable[[User], Awaitable[Client]]

ALL = [kind.value for kind in RowKind]


class Client:
    """An open panel."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket

    async def ask(self, command: str, **data: Any) -> dict[str, Any]:
        """Send a command and return its result message."""
        await self._socket.send_json_auto_id({"type": f"homelab_steward/{command}", **data})
        answer: dict[str, Any] = await self._socket.receive_json()
        return answer

    async def subscribe(self, *kinds: str, **data: Any) -> dict[str, Any]:
        """Subscribe and return the first state."""
        answer = await self.ask("subscribe", kinds=list(kinds) or ALL, **data)
        assert answer["success"], answer
        return await self.event()

    async def send(self, command: str, **data: Any) -> None:
        """Send a command without waiting for its result."""
        await self._socket.send_json_auto_id({"type": f"homelab_steward/{command}", **data})

    async def answer_and_event(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the next result and an event, which may come in any order."""
        found: dict[str, dict[str, Any]] = {}
        while not {"result", "event"} <= found.keys():
            message = await self._socket.receive_json()
            found[message["type"]] = message
        return found["result"], found["event"]["event"]

    async def event(self) -> dict[str, Any]:
        """Return the next event."""
        message = await self._socket.receive_json()
        assert message["type"] == "event", message
        event: dict[str, Any] = message["event"]
        return event
