"""An inventory of services of the lab: each is polled when it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, override

from homelab_steward.contract.state import Instance, InstanceStatus, Origin, Snapshot, TargetRef
from lab.visit import Visit
from steward.clock import Clock
from steward.errors import ServiceUnreachable
from steward.inventory.polling import Evaluation, evaluate
from steward.inventory.polling import read as read_service
from steward.inventory.ports import Around, Seen
from steward.inventory.stacks import Stack
from steward.inventory.topology import Topology
from steward.sdk.description import AnyService
from steward.sdk.item_versions import Deployment, ItemFolder, ItemVersion
from steward.sdk.readings import Reading, Unknown

from .inventory import ToyInventory
from .toy import Toy


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """A service that runs in another process, with its client."""

    service: AnyService
    client: Any
    clock: Clock


class VisitedInventory[V: Visit | Connected = Visit](ToyInventory):
    """The instances are named as their services. ``away`` are those that do not answer."""

    def __init__(self, visits: Mapping[str, V]) -> None:
        super().__init__(Toy())
        self.visits = visits
        self.polled: dict[str, Evaluation] = {}
        self.away: set[str] = set()

    @override
    def instances(self) -> tuple[Instance, ...]:
        return tuple(
            Instance(id=key, service=key, name=one.service.name, origin=Origin.FILE, status=InstanceStatus.OK)
            for key, one in self.visits.items()
        )

    @override
    def instance(self, instance_id: str) -> Instance | None:
        return next((one for one in self.instances() if one.id == instance_id), None)

    @override
    def service(self, instance_id: str) -> AnyService | None:
        return self.visits[instance_id].service if instance_id in self.visits else None

    @override
    def client(self, instance_id: str) -> Any:
        if instance_id not in self.visits or instance_id in self.away:
            raise ServiceUnreachable(t"{instance_id} does not answer")
        return self.visits[instance_id].client

    @override
    async def poll_now(self, instance_id: str) -> Snapshot:
        here, client = self.visits[instance_id], self.client(instance_id)
        poll = await read_service(here.service, client)
        self.polled[instance_id] = evaluate(here.service, instance_id, poll, here.clock.now(), str)
        return self.polled[instance_id].snapshot

    @override
    def snapshot(self, instance_id: str) -> Snapshot | None:
        found = self.polled.get(instance_id)
        return found.snapshot if found else None

    @override
    def versions(self, instance_id: str) -> tuple[ItemVersion, ...]:
        found = self.polled.get(instance_id)
        return found.versions if found else ()

    @override
    def deployments(self, instance_id: str) -> tuple[Deployment, ...]:
        found = self.polled.get(instance_id)
        return found.deployments if found else ()

    @override
    def folders(self, instance_id: str) -> tuple[ItemFolder, ...]:
        found = self.polled.get(instance_id)
        return found.folders if found else ()

    @property
    def _topology(self) -> Topology:
        places = [place for one in self.polled.values() for place in one.places]
        return Topology(self.instances(), places, {})

    @override
    def target(
        self, instance_id: str, kind: str | None = None, target_id: str | None = None
    ) -> TargetRef | None:
        return self._topology.target(instance_id, kind, target_id)

    @override
    def locate(self, labels: Mapping[str, str]) -> TargetRef | None:
        return self._topology.locate(labels)

    @override
    def stacks(self) -> tuple[Stack, ...]:
        return self._topology.stacks

    @override
    def application(self, target: TargetRef) -> TargetRef | None:
        return self._topology.application(target)

    @override
    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        return ()

    @override
    def around(self, target: TargetRef) -> Around:
        return Around(parents=(), category=self.visits[target.instance_id].service.category.key)

    @override
    def seen(self, target: TargetRef) -> Seen:
        found = self.polled[target.instance_id].checks.problems
        about = (target.kind, target.id)
        return Seen(problems=tuple(text for (_, subject), text in found.items() if subject == about))

    @override
    def unavailable(self, instance_id: str) -> Mapping[str, str]:
        found = self.polled.get(instance_id)
        return found.snapshot.unavailable if found else {}

    @override
    def readings(self, target: TargetRef) -> Mapping[str, Reading]:
        found = self.polled.get(target.instance_id)
        row = found.snapshot.resource(target.kind, target.id) if found else None
        if row is None:
            return {}
        return {**row.values, **{key: Unknown(reason) for key, reason in row.unknown.items()}}
