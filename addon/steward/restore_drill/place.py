"""Where backups are, and where a drill restores them: an instance of a service, or the app itself."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from homelab_steward.contract.state import TargetRef

from ..inventory.ports import INSTANCE, Inventory
from ..sdk.description import Backup, Prepared, Reached, RestoreDrill


@dataclass(frozen=True, slots=True)
class Found:
    """The newest backup of a target."""

    target: TargetRef
    backup: Backup


class Place(Protocol):
    """A place with backups that can be restored there in isolation. See RestoreDrill for the methods."""

    @property
    def id(self) -> str:
        """Return what identifies the place."""

    @property
    def drill(self) -> str:
        """Return the kind of drill, as in the settings."""

    @property
    def target(self) -> TargetRef:
        """Return what people call the place: its row as long as its backups were never read."""

    async def backups(self) -> Sequence[Found]:
        """Return the newest backup of each target. Raises StewardError."""

    async def prepare(self, backup: Backup, mark: str) -> Prepared:
        """Return what a drill will create. Raises StewardError."""

    async def try_out(self, backup: Backup, copy: str, reached: Reached) -> None:
        """Restore a backup as a copy, start the copy, and ask it. Raises StewardError."""

    async def remove(self, copy: str) -> None:
        """Remove a copy if it exists. Raises StewardError."""

    async def left(self, mark: str) -> Sequence[str]:
        """Return the copies whose mark begins with a text. Raises StewardError."""


type Places = Callable[[], Sequence[Place]]


@dataclass(frozen=True, slots=True)
class ServicePlace:
    """The backups of an instance."""

    inventory: Inventory
    instance_id: str
    how: RestoreDrill[Any]

    @property
    def id(self) -> str:
        """Return the id of the instance."""
        return self.instance_id

    @property
    def drill(self) -> str:
        """Return the kind of drill."""
        return self.how.key

    @property
    def target(self) -> TargetRef:
        """Return the instance."""
        known = self.inventory.target(self.instance_id)
        return known or TargetRef(
            instance_id=self.instance_id, kind=INSTANCE, id=self.instance_id, name=self.instance_id
        )

    async def backups(self) -> Sequence[Found]:
        """Return the newest backup of each target that exists."""
        return [*self._known(await self.how.backups(self._client))]

    async def prepare(self, backup: Backup, mark: str) -> Prepared:
        """Return what a drill will create."""
        return await self.how.prepare(self._client, backup, mark)

    async def try_out(self, backup: Backup, copy: str, reached: Reached) -> None:
        """Restore a backup as a copy, start the copy, and ask it."""
        await self.how.try_out(self._client, backup, copy, reached)

    async def remove(self, copy: str) -> None:
        """Remove a copy if it exists."""
        await self.how.remove(self._client, copy)

    async def left(self, mark: str) -> Sequence[str]:
        """Return the copies whose mark begins with a text."""
        return await self.how.left(self._client, mark)

    @property
    def _client(self) -> Any:
        return self.inventory.client(self.instance_id)

    def _known(self, backups: Sequence[Backup]) -> Iterator[Found]:
        for one in backups:
            target = self.inventory.target(self.instance_id, one.kind, one.target_id)
            if target is not None:
                yield Found(target, one)


def places_of(inventory: Inventory) -> Iterator[Place]:
    """Yield the instances whose backups can be restored in isolation."""
    for one in inventory.instances():
        service = inventory.service(one.id)
        if service is not None and service.restore_drill is not None:
            yield ServicePlace(inventory, one.id, service.restore_drill)
