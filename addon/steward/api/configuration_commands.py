"""The commands that change what is configured, as faces ask them."""

from typing import Protocol

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import InstanceId, Nothing, PersonId, SaveInstance, SavePerson
from homelab_steward.contract.state import Instance, Person, Snapshot


class ChangingInventory(Protocol):
    """What these commands ask the inventory."""

    async def save(self, request: SaveInstance) -> Instance:
        """Add or change an instance."""

    async def remove(self, instance_id: str) -> None:
        """Forget an instance."""

    def instance(self, instance_id: str) -> Instance | None:
        """Return one instance."""

    async def poll_now(self, instance_id: str) -> Snapshot:
        """Read an instance afresh."""


class ChangingPeople(Protocol):
    """What these commands ask the list of people."""

    async def save(self, request: SavePerson) -> Person:
        """Add or change a person."""

    async def remove(self, person_id: str) -> None:
        """Forget a person."""


class ConfigurationCommands:
    """Instances and people, changed by faces."""

    def __init__(self, inventory: ChangingInventory, people: ChangingPeople) -> None:
        """Both are started and closed by their owner."""
        self._inventory = inventory
        self._people = people

    async def save_instance(self, request: SaveInstance) -> Instance:
        """``instances.save``."""
        return await self._inventory.save(request)

    async def remove_instance(self, request: InstanceId) -> Nothing:
        """``instances.remove``."""
        await self._inventory.remove(request.id)
        return Nothing()

    async def poll_instance(self, request: InstanceId) -> Nothing:
        """``instances.poll``. Raises ServiceError when it cannot be read."""
        if self._inventory.instance(request.id) is None:
            raise ContractError(ErrorCode.NOT_FOUND, "There is no such instance")
        await self._inventory.poll_now(request.id)
        return Nothing()

    async def save_person(self, request: SavePerson) -> Person:
        """``people.save``."""
        return await self._people.save(request)

    async def remove_person(self, request: PersonId) -> Nothing:
        """``people.remove``."""
        await self._people.remove(request.id)
        return Nothing()
