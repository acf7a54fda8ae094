"""Source: newer versions that services themselves offer for what is in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.changes import ChangeSource, Distance, PackageChange
from homelab_steward.contract.state import CoverageStatus, Instance, InstanceStatus, TargetRef

from ..agent.requests.request_plan import PlanStep
from ..inventory.configured_instances import HOME_ASSISTANT
from ..inventory.ports import Inventory
from ..sdk.description import Installs, Newer, Updates
from ..sdk.item_versions import ItemVersion
from ..texts import translate
from .found import Found, Offers
from .versions import distance

NAME: Final = "services"

PULL_REQUEST: Final = "pull_request"
"""The kind of resource whose updates have a source of their own."""


@dataclass(frozen=True, slots=True)
class ServiceUpdates:
    """Reads what the last poll of each instance says. Nothing is asked of a service here."""

    inventory: Inventory

    @property
    def name(self) -> str:
        """Return the name of the source."""
        return NAME

    async def find(self) -> Offers:
        """Return what all instances offer; what an instance did not answer completely stays as it is."""
        found: list[Found] = []
        unknown: set[str] = set()
        unread: set[str] = set()
        for instance in self.inventory.instances():
            if not self._is_read(instance):
                unread.add(instance.id)
            for item in self.inventory.versions(instance.id):
                if item.unknown is not None:
                    unknown.add(_id(instance.id, item))
                found += self._of(instance, item)
        return Offers(found=found, unknown=frozenset(unknown), unread=frozenset(unread))

    def _is_read(self, instance: Instance) -> bool:
        """Return whether what an instance does not list is not there."""
        snapshot = self.inventory.snapshot(instance.id)
        return (
            snapshot is not None
            and snapshot.coverage.status is CoverageStatus.COMPLETE
            and instance.status is InstanceStatus.OK
        )

    def _of(self, instance: Instance, item: ItemVersion) -> Iterator[Found]:
        service = self.inventory.service(instance.id)
        kind = service.kind(item.kind) if service else None
        target = self.inventory.target(instance.id, item.kind, item.id)
        if item.newer is None or kind is None or kind.updates is None or target is None:
            return
        if item.kind == PULL_REQUEST:
            return
        newer = item.newer
        is_home = service is not None and service.key == HOME_ASSISTANT
        yield Found(
            id=_id(instance.id, item),
            source=ChangeSource.HOME_ASSISTANT if is_home else ChangeSource.SERVICE,
            target=target,
            title=newer.title or _title(target, newer),
            packages=(_package(target, newer),),
            revision=newer.revision,
            notes=newer.notes,
            repository=newer.repository,
            published_at=newer.published_at,
            url=newer.url,
            steps=(_step(target, newer, kind.updates),),
            way_back=newer.way_back,
            way_back_text=translate(newer.way_back_text),
            labels=newer.labels,
            watched=tuple(self._watched(instance, newer)),
        )

    def _watched(self, instance: Instance, newer: Newer) -> Iterator[TargetRef]:
        """Yield the items whose state tells whether the update went well, as far as they are listed."""
        for kind, item_id in newer.watched:
            target = self.inventory.target(instance.id, kind, item_id)
            if target is not None:
                yield target


def _id(instance_id: str, item: ItemVersion) -> str:
    return f"{instance_id}/{item.kind}/{item.id}"


def _title(target: TargetRef, newer: Newer) -> str:
    return f"{target.name} {newer.installed or '…'} → {newer.version}"


def _package(target: TargetRef, newer: Newer) -> PackageChange:
    is_same = newer.installed == newer.version
    level = Distance.DIGEST if is_same else distance(newer.installed, newer.version)
    name = newer.package or target.name
    return PackageChange(name=name, old=newer.installed, new=newer.version, distance=level)


def _step(target: TargetRef, newer: Newer, updates: Updates[object]) -> PlanStep:
    values: dict[Installs, Value] = {Installs.VERSION: newer.version, Installs.REVISION: newer.revision}
    values[Installs.EXACT] = f"{newer.version}@{newer.revision}"
    arguments = {key: values[installs] for key, installs in updates.arguments.items()}
    return PlanStep(target=target, action=newer.action or updates.action, arguments=arguments)
