"""The toy's inventory and its people, as the app's ports see them."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import ClassVar, Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.fences import Fence, FenceOffer
from homelab_steward.contract.incidents import AlertStatus, Severity
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.restore_drill import BackupProof
from homelab_steward.contract.state import (
    Coverage,
    FrontEnd,
    Instance,
    InstanceStatus,
    Origin,
    Person,
    Resource,
    Role,
    Snapshot,
    Speaker,
    TargetRef,
)
from homelab_steward.contract.step_parts import PlannedStep
from steward.errors import ServiceUnreachable
from steward.inventory.fences import fenced, offers, problem
from steward.inventory.ports import Around, PinRefusal, Seen, Witnessed
from steward.inventory.stacks import Stack, stack_of
from steward.inventory.topology import Place, Topology
from steward.sdk.categories import GENERAL
from steward.sdk.description import AnyService, IncomingAlert
from steward.sdk.description import Role as ServiceRole
from steward.sdk.item_versions import Deployment, ItemFolder, ItemVersion
from steward.sdk.readings import Reading, Unknown
from steward.store.store import Unit

from .toy import SERVICE, Toy

NOW: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NODE: Final = TargetRef(instance_id="toy1", kind="node", id="node/1", name="node1")
CANARY: Final = "canary-known-secret-77"
"""A secret that the toy's inventory knows."""
ITSELF: Final = TargetRef(instance_id="toy1", kind="instance", id="toy1", name="Toy")


def box(name: str = "radarr") -> TargetRef:
    return TargetRef(instance_id="toy1", kind="box", id=f"box/{name}", name=name)


class ToyInventory:
    """One toy instance: a node with boxes on it. What is in it is known once it was polled."""

    def __init__(self, toy: Toy, names: Sequence[str] = ("radarr", "sonarr")) -> None:
        self.toy = toy
        self.boxes = {f"box/{name}": box(name) for name in names}
        self.service_row: AnyService = SERVICE
        self.connected = True
        self.known = True
        self.extra: dict[str, Value] = {}
        self.proofs: dict[tuple[str, str, str], BackupProof] = {}
        self.unknown: dict[str, str] = {}
        self.not_offered: dict[str, str] = {}
        self.interrupted: str | None = None
        self.fences: tuple[Fence, ...] = ()
        self.roles: dict[ServiceRole, TargetRef] = {}
        self.running_in: dict[tuple[str, str, str], TargetRef] = {}
        self.seen_now = Seen()
        self.coverage = Coverage()
        self.facts: dict[str, bool | None] = {}
        self.off: set[tuple[str, str, str]] = set()
        self.itself = False
        self.said_off: dict[tuple[str, str, str], str | None] = {}
        self.item_versions: tuple[ItemVersion, ...] = ()
        self.item_deployments: tuple[Deployment, ...] = ()
        self.item_folders: tuple[ItemFolder, ...] = ()
        self.said: tuple[Witnessed, ...] = ()
        self.stacks_now: tuple[Stack, ...] = ()
        self._snapshot: Snapshot | None = None
        self.taken_at = NOW
        self.instance_row = Instance(
            id="toy1", service="toy", name="Toy", origin=Origin.FILE, status=InstanceStatus.OK
        )

    def instances(self) -> tuple[Instance, ...]:
        return (self.instance_row,)

    async def backup_proof(self, target: TargetRef) -> BackupProof | None:
        return self.proofs.get(target.key)

    async def home_facts(self) -> Mapping[str, bool | None]:
        return self.facts

    def instance(self, instance_id: str) -> Instance | None:
        return self.instance_row if instance_id == "toy1" else None

    def service(self, instance_id: str) -> AnyService | None:
        return self.service_row if instance_id == "toy1" and self.known else None

    def client(self, instance_id: str) -> Toy:
        if instance_id != "toy1" or not self.connected:
            message = f"There is no instance {instance_id}"
            raise ServiceUnreachable(message)
        return self.toy

    def snapshot(self, instance_id: str) -> Snapshot | None:
        return self._snapshot if instance_id == "toy1" else None

    def versions(self, instance_id: str) -> tuple[ItemVersion, ...]:
        return self.item_versions if instance_id == "toy1" else ()

    def folders(self, instance_id: str) -> tuple[ItemFolder, ...]:
        return self.item_folders if instance_id == "toy1" else ()

    def deployments(self, instance_id: str) -> tuple[Deployment, ...]:
        return self.item_deployments if instance_id == "toy1" else ()

    def witnessed(self) -> tuple[Witnessed, ...]:
        return self.said

    def own_vantage(self) -> str:
        return ""

    async def first_polls(self) -> None:
        unread = [one.id for one in self.instances() if self.snapshot(one.id) is None]
        await asyncio.gather(*(self.poll_now(one) for one in unread), return_exceptions=True)

    async def poll_now(self, instance_id: str) -> Snapshot:
        self.client(instance_id).check("poll")
        values: dict[str, Value] = {
            "share": self.toy.polled_share(),
            "limit": self.toy.limit,
            "cpu": self.toy.numbers["cpu"],
            "swap": self.toy.numbers["swap"],
            "running": self.toy.running,
            **self.extra,
        }
        boxes = tuple(
            Resource(kind="box", id=one.id, name=one.name, values=values) for one in self.boxes.values()
        )
        self._snapshot = Snapshot(
            instance_id=instance_id, taken_at=self.taken_at, resources=boxes, coverage=self.coverage
        )
        return self._snapshot

    def target(
        self, instance_id: str, kind: str | None = None, target_id: str | None = None
    ) -> TargetRef | None:
        if instance_id != "toy1":
            return None
        if kind in (None, "instance"):
            return ITSELF if target_id in (None, "toy1") else None
        if self._snapshot is None:
            return None
        found = NODE if target_id == NODE.id else self.boxes.get(target_id or "")
        return found if found is not None and found.kind == kind else None

    def locate(self, labels: Mapping[str, str]) -> TargetRef | None:
        if self._snapshot is None:
            return None
        if self.itself and labels.get("check") == "unreachable":
            return ITSELF
        if labels.get("node") == NODE.name:
            return NODE
        return self.boxes.get(f"box/{labels.get('name')}")

    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        if target.key in self.running_in:
            return (self.running_in[target.key],)
        if target.kind == "box":
            return (NODE, ITSELF)
        return (ITSELF,) if target.kind == "node" else ()

    def clean(self, text: str) -> str:
        return text.replace(CANARY, "***")

    def around(self, target: TargetRef) -> Around:
        service = self.service((self.application(target) or target).instance_id)
        category = service.category.key if service else GENERAL.key
        return Around(parents=self.parents(target), category=category)

    def stacks(self) -> tuple[Stack, ...]:
        return self.stacks_now

    def stack(self, target: TargetRef) -> Stack | None:
        return stack_of(target, self.parents(target), self.stacks())

    def application(self, target: TargetRef) -> TargetRef | None:
        return None

    def with_role(self, target: TargetRef, role: ServiceRole) -> TargetRef | None:
        return self.roles.get(role)

    def find(
        self,
        *,
        service: str | None = None,
        instance: str | None = None,
        kind: str | None = None,
        name: str | None = None,
        role: ServiceRole | None = None,
    ) -> tuple[TargetRef, ...]:
        places = [Place(ref=one, role=ServiceRole.HOST) for one in self.boxes.values()]
        topology = Topology(self.instances(), places, {one.id: ServiceRole.HOST for one in self.instances()})
        return topology.find(service=service, instance=instance, kind=kind, name=name, role=role)

    def interruption(self, target: TargetRef) -> str | None:
        return self.interrupted

    def fenced(self, target: TargetRef, action: str) -> str | None:
        return fenced(self, target, action)

    def fence_problem(self, fence: Fence) -> str:
        return problem(fence, self)

    def fence_offers(self, fences: Sequence[Fence], answered: Collection[str]) -> tuple[FenceOffer, ...]:
        return offers(self, fences, answered)

    def use_fences(self, fences: tuple[Fence, ...]) -> None:
        self.fences = fences

    def seen(self, target: TargetRef) -> Seen:
        return self.seen_now

    def is_off(self, target: TargetRef) -> bool:
        return target.key in self.off

    def why_off(self, target: TargetRef) -> str | None:
        return self.said_off.get(target.key)

    async def expect_off(
        self,
        unit: Unit,
        target: TargetRef,
        reason: str | None,
        until: datetime | None = None,
        *,
        only_off: bool = False,
    ) -> bool:
        if target.key not in self.off:
            return False
        self.said_off[target.key] = reason
        return True

    def has_login(self, instance_id: str) -> bool | None:
        return True

    def unavailable(self, instance_id: str) -> Mapping[str, str]:
        return self.not_offered

    def readings(self, target: TargetRef) -> Mapping[str, Reading]:
        resources = self._snapshot.resources if self._snapshot else ()
        found = next((one.values for one in resources if one.id == target.id), {})
        return {**found, **{key: Unknown(reason) for key, reason in self.unknown.items()}}


def unfenced(step: PlannedStep) -> None:
    """Say that no fence forbids a step."""


def complete(option: Option) -> None:
    """Say that all targets of an option are there."""


PINS = {"1": "2580"}
"""By the user id in Telegram."""


class ToyPeople:
    """An owner, a member and a guest; everybody else is a stranger."""

    known: ClassVar = {
        "1": Person(id="olga", name="Olga", role=Role.OWNER, telegram_user_id=1),
        "2": Person(id="max", name="Max", role=Role.MEMBER, telegram_user_id=2),
        "3": Person(id="vera", name="Vera", role=Role.GUEST, telegram_user_id=3),
    }

    def by_speaker(self, speaker: Speaker) -> Person | None:
        return self.known.get(speaker.user_id)

    def list(self) -> tuple[Person, ...]:
        return tuple(self.known.values())

    async def check_pin(self, person: Person, pin: str) -> PinRefusal | None:
        is_right = pin == PINS.get(str(person.telegram_user_id))
        return None if is_right else PinRefusal("The PIN is wrong.")


def speaker(user: str = "1", front_end: FrontEnd = FrontEnd.TELEGRAM) -> Speaker:
    return Speaker(front_end=front_end, user_id=user)


def alert(
    name: str = "ToyMemoryHigh",
    /,
    status: AlertStatus = AlertStatus.FIRING,
    at: datetime = NOW,
    severity: Severity = Severity.WARNING,
    summary: str = "Memory of radarr is at 95 %",
    fingerprint: str | None = None,
    **labels: str,
) -> IncomingAlert:
    """Return an alert of the box radarr, or of the one named by the label ``name``."""
    return IncomingAlert(
        name=name,
        status=status,
        severity=severity,
        starts_at=at,
        labels={"name": "radarr"} | labels,
        summary=summary,
        fingerprint=fingerprint,
    )


def with_labels(made: IncomingAlert, labels: Mapping[str, str]) -> IncomingAlert:
    """Return the alert with more labels, whose names need not be Python names."""
    return replace(made, labels={**made.labels, **labels})
