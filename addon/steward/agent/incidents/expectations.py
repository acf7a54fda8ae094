"""Handles the command that says whether a target is meant to be off."""

from homelab_steward.contract.commands import ExpectOff
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.state import FrontEnd, Person, Speaker

from ...clock import Clock
from ...inventory.ports import Inventory
from ...store import audit
from ...store.storable_text import storable
from ...store.store import Store
from ...texts import translate
from ..decisions.gate import LONGEST_ID, People


class Expectations:
    """Writes the expected states that people set; the inventory writes those that are learned."""

    def __init__(self, store: Store, inventory: Inventory, people: People, clock: Clock) -> None:
        """Only known people may say that something is meant to be off."""
        self._store = store
        self._inventory = inventory
        self._people = people
        self._clock = clock

    async def set(self, request: ExpectOff) -> Nothing:
        """Handle ``targets.expect_off``.

        Raises ContractError: FORBIDDEN, which is audited, NOT_FOUND, and INVALID_ARGUMENT for a
        time that is over or a target whose state is not watched.
        """
        person = self._people.by_speaker(request.speaker)
        if person is None or not _may_say(person, request.speaker):
            await self._audit_refusal(request)
            raise ContractError(
                ErrorCode.FORBIDDEN, translate(t"You are not allowed to say what is meant to be off.")
            )
        target = self._inventory.target(request.instance_id, request.kind, request.target_id)
        if target is None:
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such target in this instance."))
        now = self._clock.now()
        if request.until is not None and request.until <= now:
            raise ContractError(ErrorCode.INVALID_ARGUMENT, translate(t"The time is over."), {"key": "until"})
        reason = said_by(person.name) if request.off else None
        async with self._store.change(durable=True) as unit:
            if not await self._inventory.expect_off(unit, target, reason, request.until):
                text = translate(t"Whether {target.name} runs is not known.")
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

    async def _audit_refusal(self, request: ExpectOff) -> None:
        speaker = request.speaker
        body = {
            "instance": storable(request.instance_id, LONGEST_ID),
            "kind": storable(request.kind or "", LONGEST_ID),
            "target": storable(request.target_id or "", LONGEST_ID),
            "off": request.off,
            "via": speaker.front_end,
            "user": storable(speaker.user_id, LONGEST_ID),
        }
        who = f"{speaker.front_end} {speaker.user_id}"
        await self._store.refused(self._clock.now(), "target.expected_off_refused", who, body)


def _may_say(person: Person, speaker: Speaker) -> bool:
    """Return whether this person may set an expected state. It hides problems, so MCP clients may not."""
    return person.decides and speaker.front_end is not FrontEnd.MCP


def said_by(name: str) -> str:
    """Return why a target is meant to be off when a person said so."""
    return translate(t"{name} said that it is meant to be off")
