"""Commands that change instances and people."""

from typing import Protocol

from homelab_steward.contract.commands import InstanceId, PersonId, SaveInstance, SavePerson
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import Nothing
from homelab_steward.contract.state import Instance, Person, Snapshot

from ..texts import translate


class ChangingInventory(Protocol):
    """The part of the inventory that these commands use."""

    async def save(self, request: SaveInstance) -> Instance:
        """Add or change an instance."""

    async def remove(self, instance_id: str) -> None:
        """Remove an instance."""

    def instance(self, instance_id: str) -> Instance | None:
        """Return one instance, None when there is none."""

    async def poll_now(self, instance_id: str) -> Snapshot:
        """Poll an instance and return its snapshot."""


class ChangingPeople(Protocol):
    """The part of the list of people that these commands use."""

    async def save(self, request: SavePerson) -> Person:
        """Add or change a person."""

    async def remove(self, person_id: str) -> None:
        """Remove a person."""


class ConfigurationCommands:
    """Changes instances and people for front ends."""

    def __init__(self, inventory: ChangingInventory, people: ChangingPeople) -> None:
        """The caller starts and closes both."""
        self._inventory = inventory
        self._people = people

    async def save_instance(self, request: SaveInstance) -> Instance:
        """Handle ``instances.save``."""
        return await self._inventory.save(request)

    async def remove_instance(self, request: InstanceId) -> Nothing:
        """Handle ``instances.remove``."""
        await self._inventory.remove(request.id)
        return Nothing()

    async def poll_instance(self, request: InstanceId) -> Nothing:
        """Handle ``instances.poll``. Raises ServiceError when the poll fails."""
        if self._inventory.instance(request.id) is None:
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such instance."))
        await self._inventory.poll_now(request.id)
        return Nothing()

    async def save_person(self, request: SavePerson) -> Person:
        """Handle ``people.save``."""
        return await self._people.save(request)

    async def remove_person(self, request: PersonId) -> Nothing:
        """Handle ``people.remove``."""
        await self._people.remove(request.id)
        return Nothing()
