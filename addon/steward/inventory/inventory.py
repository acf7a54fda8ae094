"""The live inventory: the last readings of the configured instances, and the relations of their targets."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import override

from homelab_steward.contract.fences import Fence, FenceOffer
from homelab_steward.contract.restore_drill import BackupProof
from homelab_steward.contract.state import Instance, Resource, Snapshot, TargetRef

from ..errors import ServiceRefused, ServiceUnreachable
from ..sdk.categories import GENERAL
from ..sdk.description import AnyService, Client, IncomingAlert, Role
from ..sdk.item_versions import Deployment, ItemFolder, ItemVersion
from ..sdk.readings import Reading, Unknown
from ..settings.model import ConfiguredInstance
from ..store import restore_proofs
from ..store.store import Store, Unit
from ..texts import translate
from . import target_states
from .configured_instances import HOME_ASSISTANT, ConfiguredInstances
from .fences import fenced, offers, problem
from .home_facts import read_facts
from .instance_factory import Entry
from .outages import OFF_FOR, IsChanging, OutagePorts, OutageWatch
from .polling import AlertsFound, PollerContext
from .ports import INSTANCE, Around, Inventory, Seen, Witnessed
from .secret_vault import Vault
from .stacks import Stack, stack_of
from .topology import Topology
from .witnessed import InstanceReport, key, origins, vantage, witnessed


class LiveInventory(ConfiguredInstances, Inventory):
    """Reads the configured instances for other parts of the app."""

    def __init__(
        self,
        store: Store,
        services: Mapping[str, AnyService],
        vault: Vault,
        configured: Sequence[ConfiguredInstance],
        context: PollerContext,
        own_host: str | None = None,
        wrong_services: Mapping[str, str] = MappingProxyType({}),
        off_for: timedelta = OFF_FOR,
    ) -> None:
        """Nothing is read before :meth:`start`. ``own_host`` is the name or id of the app's guest.

        ``wrong_services`` has the services that cannot be used, with the reason. A target that is
        off for ``off_for`` counts as meant to be off from then on.
        """
        super().__init__(store, services, vault, configured, context, wrong_services)
        self._off_for = off_for
        self._fences: tuple[Fence, ...] = ()
        self._own_host = own_host
        self._indexed: tuple[object, Topology] | None = None

    async def start(self, found: AlertsFound, is_changing: IsChanging) -> None:
        """Read the configured instances and start to poll; ``found`` receives the alerts.

        ``is_changing`` returns whether a run has the lease of one of some targets.
        Raises InvalidSetting with the key for an instance of the settings file. An instance of
        the database that cannot be used is kept with the reason.
        """
        ports = OutagePorts(
            hosts=self.parents, is_changing=is_changing, poll=self.poll_now, changed=self._poll_hosted
        )
        outages = OutageWatch(self._store, self._context.clock, ports, self._off_for)
        await self.start_polling(found, outages)

    def parse_webhook(
        self, instance_id: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[IncomingAlert, ...] | None:
        """Return the alerts of a webhook request, None when no such instance accepts alerts.

        Raises ServiceUnauthorized when the request is not from the service, ServiceMalformed.
        """
        entry = self._entries.get(instance_id)
        return entry.parse(headers, body) if entry else None

    def signs_webhooks(self, instance_id: str) -> bool:
        """Return whether an instance signs webhooks about changes."""
        entry = self._entries.get(instance_id)
        return entry is not None and entry.signs_webhooks

    def take_change(self, instance_id: str, headers: Mapping[str, str], body: bytes) -> bool:
        """Poll an instance at once if a webhook request reports a change; return whether it does.

        Raises ServiceUnauthorized when the request is not from the service.
        """
        return self._entry(instance_id).take_change(headers, body)

    def snapshots(self) -> tuple[Snapshot, ...]:
        """Return the last readings of all instances that were polled successfully."""
        return tuple(entry.snapshot for entry in self._entries.values() if entry.snapshot)

    @override
    def instance(self, instance_id: str) -> Instance | None:
        entry = self._entries.get(instance_id)
        return entry.instance if entry else None

    @override
    def service(self, instance_id: str) -> AnyService | None:
        entry = self._entries.get(instance_id)
        return entry.service if entry else None

    @override
    def client(self, instance_id: str) -> Client:
        try:
            return self._entry(instance_id).connect()
        except ServiceRefused as err:
            raise ServiceUnreachable(str(err)) from err

    @override
    def versions(self, instance_id: str) -> tuple[ItemVersion, ...]:
        entry = self._entries.get(instance_id)
        return entry.versions if entry else ()

    @override
    def deployments(self, instance_id: str) -> tuple[Deployment, ...]:
        entry = self._entries.get(instance_id)
        return entry.deployments if entry else ()

    @override
    def folders(self, instance_id: str) -> tuple[ItemFolder, ...]:
        entry = self._entries.get(instance_id)
        return entry.folders if entry else ()

    @override
    def witnessed(self) -> tuple[Witnessed, ...]:
        reports = (
            InstanceReport(entry.instance, entry.said) for entry in self._entries.values() if entry.said
        )
        watched = origins((entry.instance, entry.service) for entry in self._entries.values())
        return witnessed(reports, self._topology(), watched)

    @override
    def own_vantage(self) -> str:
        topology = self._topology()
        hosts = topology.with_name(self._own_host or "")
        return (vantage(topology, hosts[0]) or key(hosts[0])) if len(hosts) == 1 else ""

    @override
    def snapshot(self, instance_id: str) -> Snapshot | None:
        entry = self._entries.get(instance_id)
        return entry.snapshot if entry else None

    @override
    async def first_polls(self) -> None:
        for entry in tuple(self._entries.values()):
            await entry.first_poll.wait()

    @override
    async def poll_now(self, instance_id: str) -> Snapshot:
        return await self._entry(instance_id).poll()

    @override
    def target(
        self, instance_id: str, kind: str | None = None, target_id: str | None = None
    ) -> TargetRef | None:
        return self._topology().target(instance_id, kind, target_id)

    @override
    def locate(self, labels: Mapping[str, str]) -> TargetRef | None:
        return self._topology().locate(labels)

    @override
    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        return self._topology().parents(target)

    @override
    def stacks(self) -> tuple[Stack, ...]:
        return self._topology().stacks

    @override
    def stack(self, target: TargetRef) -> Stack | None:
        return stack_of(target, self.parents(target), self.stacks())

    @override
    async def home_facts(self) -> Mapping[str, bool | None]:
        return await read_facts(self._context.home)

    @override
    def around(self, target: TargetRef) -> Around:
        topology = self._topology()
        service = self.service((topology.application(target) or target).instance_id)
        category = service.category if service else GENERAL
        return Around(parents=topology.parents(target), category=category.key)

    @override
    async def backup_proof(self, target: TargetRef) -> BackupProof | None:
        async with self._store.read(quick=True) as connection:
            return await restore_proofs.proof(connection, target)

    @override
    def clean(self, text: str) -> str:
        return self._context.redactor.clean(text)

    @override
    def application(self, target: TargetRef) -> TargetRef | None:
        return self._topology().application(target)

    @override
    def with_role(self, target: TargetRef, role: Role) -> TargetRef | None:
        return self._topology().with_role(target, role)

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
        return self._topology().find(service=service, instance=instance, kind=kind, name=name, role=role)

    @override
    def interruption(self, target: TargetRef) -> str | None:
        topology = self._topology()
        for host in topology.with_name(self._own_host or ""):
            if target == host or target in topology.parents(host):
                return translate(t"Homelab Steward runs in it")
        for one in (target, *topology.hosted(target)):
            instance = self.instance(one.instance_id) if one.kind == INSTANCE else None
            if instance is not None and instance.service == HOME_ASSISTANT:
                return translate(t"Home Assistant runs in it")
        return None

    @override
    def fenced(self, target: TargetRef, action: str) -> str | None:
        return fenced(self, target, action)

    @property
    @override
    def fences(self) -> tuple[Fence, ...]:
        return self._fences

    @override
    def fence_problem(self, fence: Fence) -> str:
        return problem(fence, self)

    @override
    def fence_offers(self, fences: Sequence[Fence], answered: Collection[str]) -> tuple[FenceOffer, ...]:
        return offers(self, fences, answered)

    @override
    def use_fences(self, fences: tuple[Fence, ...]) -> None:
        self._fences = fences

    @override
    def readings(self, target: TargetRef) -> Mapping[str, Reading]:
        snapshot = self.snapshot(target.instance_id)
        if snapshot is None:
            return {}
        if target.kind == INSTANCE:
            return _readings(snapshot)
        resource = snapshot.resource(target.kind, target.id)
        return _readings(resource) if resource else {}

    @override
    def seen(self, target: TargetRef) -> Seen:
        entry = self._entries.get(target.instance_id)
        return entry.seen(target) if entry else Seen(is_listed=False)

    @override
    def is_off(self, target: TargetRef) -> bool:
        return self._outages.is_off(target)

    @override
    def why_off(self, target: TargetRef) -> str | None:
        return self._outages.why_off((target, *self.parents(target)))

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
        now = self._context.clock.now()
        is_written = await target_states.expect(
            unit.connection, target.key, now, reason, until, only_off=only_off
        )
        unit.on_commit(lambda: self._look_again(target.instance_id))
        return is_written

    def _look_again(self, instance_id: str) -> None:
        """Poll an instance soon, and evaluate its outages by the stored states."""
        self._outages.read_again(instance_id)
        entry = self._entries.get(instance_id)
        if entry is not None:
            entry.poll_soon()

    def _poll_hosted(self, target: TargetRef) -> None:
        """Poll the instances that run in a target without waiting for their next regular poll."""
        for one in self._topology().hosted(target):
            self._entries[one.instance_id].poll_soon()

    @override
    def unavailable(self, instance_id: str) -> Mapping[str, str]:
        snapshot = self.snapshot(instance_id)
        return snapshot.unavailable if snapshot else {}

    @override
    def has_login(self, instance_id: str) -> bool | None:
        entry = self._entries.get(instance_id)
        return entry.has_login if entry else None

    def _topology(self) -> Topology:
        """Return the index of the current targets, rebuilt when they changed."""
        entries = self._entries.values()
        key = tuple((entry, entry.instance.name, entry.places) for entry in entries)
        if self._indexed is None or self._indexed[0] != key:
            found = (place for entry in entries for place in entry.places)
            roles = {entry.instance.id: entry.service.role for entry in entries if entry.service}
            self._indexed = (key, Topology(self.instances(), found, roles))
        return self._indexed[1]

    def _entry(self, instance_id: str) -> Entry:
        entry = self._entries.get(instance_id)
        if entry is None:
            raise ServiceUnreachable(t"There is no instance {instance_id}")
        return entry


def _readings(of: Snapshot | Resource) -> dict[str, Reading]:
    """Return the readings of an instance or a resource; unknown ones with the reason."""
    return {key: Unknown(of.unknown[key]) if key in of.unknown else value for key, value in of.values.items()}
