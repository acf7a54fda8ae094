"""An inventory whose instances say what was recorded."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, override

from homelab_steward.contract.fences import Fence, FenceOffer
from homelab_steward.contract.restore_drill import BackupProof
from homelab_steward.contract.state import Instance, InstanceStatus, Origin, Resource, Snapshot, TargetRef
from recorded_incidents.records import RecordedInstance, RecordedThing
from steward.clock import Clock
from steward.errors import ServiceUnreachable
from steward.inventory.ports import INSTANCE, Around, Inventory, Seen, Witnessed
from steward.inventory.stacks import Stack, stack_of
from steward.inventory.topology import Place, Topology
from steward.observability.redaction import Redactor
from steward.sdk.categories import GENERAL
from steward.sdk.description import Answer, AnyService, Call, Role
from steward.sdk.item_versions import Deployment, ItemFolder, ItemVersion
from steward.sdk.readings import Reading, Unknown
from steward.store.store import Unit


class RecordedClient:
    """The client of a recorded instance: its tools answer what was recorded."""

    def __init__(self, recorded: RecordedInstance) -> None:
        self._recorded = recorded

    async def close(self) -> None:
        """Nothing is open."""

    def read(self, tool: str, call: Call) -> Answer:
        """Return the recorded answer. Raises ServiceUnreachable when there is none, or it failed."""
        for one in self._recorded.answers:
            if one.tool == tool and one.target in ("", call.target.id, call.target.name):
                if one.error:
                    raise ServiceUnreachable(one.error)
                return Answer(title=one.title, text=one.text)
        raise ServiceUnreachable(f"{tool} of {call.target.name} was not recorded")


class RecordedInventory(Inventory):
    """The recorded instances. Everything about targets is decided by the code of the app."""

    def __init__(
        self, recorded: Iterable[RecordedInstance], services: Mapping[str, AnyService], clock: Clock
    ) -> None:
        self._recorded = {one.id: one for one in recorded}
        self._services = {one.id: _answering(services[one.service], one) for one in self._recorded.values()}
        self._clients = {one.id: RecordedClient(one) for one in self._recorded.values()}
        self._instances = {one.id: _instance(one) for one in self._recorded.values()}
        self._clock = clock
        self._redactor = Redactor()
        places = [place for one in self._recorded.values() for place in _places(one, self._services[one.id])]
        roles = {key: service.role for key, service in self._services.items()}
        self._topology = Topology(self._instances.values(), places, roles)

    @override
    def instances(self) -> tuple[Instance, ...]:
        return tuple(self._instances.values())

    @override
    def instance(self, instance_id: str) -> Instance | None:
        return self._instances.get(instance_id)

    @override
    def service(self, instance_id: str) -> AnyService | None:
        return self._services.get(instance_id)

    @override
    def client(self, instance_id: str) -> RecordedClient:
        if instance_id not in self._clients:
            raise ServiceUnreachable(f"There is no instance {instance_id}")
        return self._clients[instance_id]

    @override
    def snapshot(self, instance_id: str) -> Snapshot | None:
        one = self._recorded.get(instance_id)
        if one is None:
            return None
        resources = tuple(
            Resource(
                kind=each.kind,
                id=each.id,
                name=each.name,
                values=dict(each.readings),
                unknown=dict(each.unknown),
                parent=each.parent,
            )
            for each in one.resources
        )
        return Snapshot(
            instance_id=instance_id,
            taken_at=self._clock.now(),
            values=dict(one.readings),
            unknown=dict(one.unknown),
            resources=resources,
        )

    @override
    async def first_polls(self) -> None:
        pass

    @override
    async def poll_now(self, instance_id: str) -> Snapshot:
        one, found = self._recorded.get(instance_id), self.snapshot(instance_id)
        if one is None or found is None:
            raise ServiceUnreachable(f"There is no instance {instance_id}")
        if one.unreachable:
            raise ServiceUnreachable(one.unreachable)
        return found

    @override
    def target(
        self, instance_id: str, kind: str | None = None, target_id: str | None = None
    ) -> TargetRef | None:
        return self._topology.target(instance_id, kind, target_id)

    @override
    def locate(self, labels: Mapping[str, str]) -> TargetRef | None:
        return self._topology.locate(labels)

    @override
    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        return self._topology.parents(target)

    @override
    def around(self, target: TargetRef) -> Around:
        service = self.service((self.application(target) or target).instance_id)
        return Around(parents=self.parents(target), category=service.category.key if service else GENERAL.key)

    @override
    def stacks(self) -> tuple[Stack, ...]:
        return self._topology.stacks

    @override
    def stack(self, target: TargetRef) -> Stack | None:
        return stack_of(target, self.parents(target), self.stacks())

    @override
    def application(self, target: TargetRef) -> TargetRef | None:
        return self._topology.application(target)

    @override
    def with_role(self, target: TargetRef, role: Role) -> TargetRef | None:
        return self._topology.with_role(target, role)

    @override
    def find(
        self,
        *,
        service: str | None = None,
        instance: str | None = None,
        kind: str | None = None,
        name: str | None = None,
        role: Role | None = None,
    ) -> tuple[TargetRef, ...]:
        return self._topology.find(service=service, instance=instance, kind=kind, name=name, role=role)

    @override
    def interruption(self, target: TargetRef) -> str | None:
        return None

    @override
    def witnessed(self) -> tuple[Witnessed, ...]:
        return ()

    @override
    def own_vantage(self) -> str:
        return ""

    @property
    @override
    def fences(self) -> tuple[Fence, ...]:
        return ()

    @override
    def fenced(self, target: TargetRef, action: str) -> str | None:
        return None

    @override
    def use_fences(self, fences: tuple[Fence, ...]) -> None:
        raise NotImplementedError

    @override
    def fence_problem(self, fence: Fence) -> str:
        raise NotImplementedError

    @override
    def fence_offers(self, fences: Sequence[Fence], answered: Collection[str]) -> tuple[FenceOffer, ...]:
        return ()

    @override
    def readings(self, target: TargetRef) -> Mapping[str, Reading]:
        thing = self._thing(target)
        if thing is None:
            return {}
        return {**thing.readings, **{key: Unknown(reason) for key, reason in thing.unknown.items()}}

    @override
    def seen(self, target: TargetRef) -> Seen:
        thing = self._thing(target)
        if thing is None:
            return Seen(is_listed=False)
        return Seen(problems=thing.problems, checks=thing.checks)

    @override
    def versions(self, instance_id: str) -> tuple[ItemVersion, ...]:
        return ()

    @override
    def deployments(self, instance_id: str) -> tuple[Deployment, ...]:
        return ()

    @override
    def folders(self, instance_id: str) -> tuple[ItemFolder, ...]:
        return ()

    @override
    def is_off(self, target: TargetRef) -> bool:
        return False

    @override
    def why_off(self, target: TargetRef) -> str | None:
        return None

    @override
    async def expect_off(
        self,
        unit: Unit,
        target: TargetRef,
        reason: str | None,
        until: datetime | None = None,
        *,
        only_off: bool = False,
    ) -> bool:
        return False

    @override
    def unavailable(self, instance_id: str) -> Mapping[str, str]:
        return {}

    @override
    def has_login(self, instance_id: str) -> bool | None:
        return True

    @override
    async def home_facts(self) -> Mapping[str, bool | None]:
        return {}

    @override
    async def backup_proof(self, target: TargetRef) -> BackupProof | None:
        return None

    @override
    def clean(self, text: str) -> str:
        return self._redactor.clean(text)

    def _thing(self, target: TargetRef) -> RecordedThing | None:
        one = self._recorded.get(target.instance_id)
        if one is None or target.kind == INSTANCE:
            return one
        return next(
            (each for each in one.resources if (each.kind, each.id) == (target.kind, target.id)), None
        )


def _answering(service: AnyService, recorded: RecordedInstance) -> AnyService:
    """Return the service with the tools that were recorded; they read nothing else."""
    known = {one.tool for one in recorded.answers}
    tools = tuple(replace(one, read=_reader(one.key)) for one in service.tools if one.key in known)
    return replace(service, tools=tools)


def _reader(tool: str) -> Any:
    async def read(client: RecordedClient, call: Call) -> Answer:
        return client.read(tool, call)

    return read


def _instance(one: RecordedInstance) -> Instance:
    status = InstanceStatus.UNREACHABLE if one.unreachable else InstanceStatus.OK
    return Instance(
        id=one.id,
        service=one.service,
        name=one.name,
        origin=Origin.FILE,
        settings=dict(one.settings),
        status=status,
        error=one.unreachable or None,
    )


def _places(one: RecordedInstance, service: AnyService) -> Iterable[Place]:
    for each in one.resources:
        kind = service.kind(each.kind)
        yield Place(
            ref=TargetRef(instance_id=one.id, kind=each.kind, id=each.id, name=each.name),
            labels={key: value.lower() for key, value in each.labels.items()},
            parent=each.parent,
            role=kind.role if kind else None,
            about=each.about,
        )
