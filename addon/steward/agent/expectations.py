"""Takes from people which targets are meant to be off."""

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import ExpectOff, Nothing
from homelab_steward.contract.state import FrontEnd, Person, Role

from ..clock import Clock
from ..inventory.ports import Inventory
from ..store import audit
from ..store.store import Store
from .gate import People


class Expectations:
    """Writes what people say; what the steward learns by itself is written by the inventory."""

    def __init__(self, store: Store, inventory: Inventory, people: People, clock: Clock) -> None:
        """Only known people may say that something is meant to be off."""
        self._store = store
        self._inventory = inventory
        self._people = people
        self._clock = clock

    async def set(self, request: ExpectOff) -> Nothing:
        """Handle ``targets.expect_off``.

        Raises ContractError: FORBIDDEN, NOT_FOUND, and INVALID_ARGUMENT for a time that is over or
        a target whose state is not watched.
        """
        person = self._person(request)
        target = self._inventory.target(request.instance_id, request.kind, request.target_id)
        if target is None:
            raise ContractError(ErrorCode.NOT_FOUND, "There is no such target in this instance.")
        now = self._clock.now()
        if request.until is not None and request.until <= now:
            raise ContractError(ErrorCode.INVALID_ARGUMENT, "The time is over.", {"key": "until"})
        reason = said_by(person.name) if request.off else None
        async with self._store.change(durable=True) as unit:
            if not await self._inventory.expect_off(unit, target, reason, request.until):
                text = f"Whether {target.name} runs is not known."
                raise ContractError(ErrorCode.INVALID_ARGUMENT, text, {"key": "target_id"})
            body = {
                "person": person.id,
                "instance": target.instance_id,
                "kind": target.kind,
                "target": target.id,
                "off": request.off,
                "until": request.until,
            }
            await audit.append(unit.connection, now, "target.expected_off", body)
        return Nothing()

    def _person(self, request: ExpectOff) -> Person:
        """Return who says it. Raises ContractError FORBIDDEN.

        It hides problems, so an MCP client may not say it.
        """
        person = self._people.by_speaker(request.speaker)
        is_client = request.speaker.front_end is FrontEnd.MCP
        if person is None or person.role is Role.VIEWER or is_client:
            raise ContractError(ErrorCode.FORBIDDEN, "You are not allowed to say what is meant to be off.")
        return person


def said_by(name: str) -> str:
    """Return why a target is meant to be off when a person said so."""
    return f"{name} said that it is meant to be off"
