"""The interface of the inventory for other parts of the app."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from homelab_steward.contract.fences import Fence, FenceOffer
from homelab_steward.contract.restore_drill import BackupProof
from homelab_steward.contract.state import Instance, Snapshot, TargetRef

from ..quorum.matching import Sighting
from ..quorum.witnesses import Testimony
from ..sdk.description import AnyService, Client, Role
from ..sdk.item_versions import Deployment, ItemFolder, ItemVersion
from ..sdk.readings import Reading
from ..store.store import Unit
from .stacks import Stack

INSTANCE: Final = "instance"
"""The kind of target that is an instance itself."""

HOME: Final = "home"
"""The kind of a target that is the home; its readings are facts (see HomeFact)."""

ANSWERS: Final = "answers"
"""The reading of every instance that is True when its last poll succeeded."""

CHECK: Final = "check"
STEWARD_INSTANCE: Final = "steward_instance"
STEWARD_KIND: Final = "steward_kind"
STEWARD_TARGET: Final = "target"
"""Labels of the alerts of checks: the check, the instance, and kind and id of the target."""

UNREACHABLE: Final = "unreachable"
"""The check of an instance that does not answer."""

OUTAGE: Final = "steward_outage"
"""Label of an alert that says that its target does not run or does not answer at all."""


class Completeness(StrEnum):
    """The meaning of an alert's absence from a list."""

    PARTIAL = "partial"
    """Nothing: the alert may still fire."""

    MONITOR = "monitor"
    """Absent alerts of the monitor have ended; problems found by checks have not."""

    REMOVED = "removed"
    """All alerts of this source have ended, because the instance was removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The results of the checks on one target at the last poll.

    ``problems`` are the texts of problems, ``unknown`` the reasons for unknown results and for outages that
    are not confirmed yet. ``is_listed`` is False for a resource that the poll did not return. ``checks`` has
    the result of each check by its key: True is clear, False is a problem, None is unknown.
    """

    problems: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    is_listed: bool = True
    checks: Mapping[str, bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PinRefusal:
    """Why a PIN is not accepted. ``until`` is when PINs are accepted again, None for at once or never."""

    text: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """The surroundings of a target: its parents, nearest first, and the category of its problems.

    The category is that of the application that runs in it, else that of its own service.
    """

    parents: tuple[TargetRef, ...]
    category: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """A report of an instance's item about a device.

    ``target`` is the item, ``about`` the target that it reports about: another target of the inventory, else
    the item itself. ``part`` is the service of the device that is meant. ``testimony`` is None when the item
    only shows that the device exists; its subject is the key of ``about``.
    """

    instance: Instance
    name: str
    part: str
    target: TargetRef
    about: TargetRef
    sighting: Sighting
    testimony: Testimony | None


class Inventory(Protocol):
    """The configured instances, their clients and their last readings."""

    def instances(self) -> tuple[Instance, ...]:
        """Return all instances in the order in which they were added."""

    def instance(self, instance_id: str) -> Instance | None:
        """Return one instance."""

    def service(self, instance_id: str) -> AnyService | None:
        """Return the service of an instance."""

    def client(self, instance_id: str) -> Client:
        """Return the live client. Raises ServiceUnreachable when there is none."""

    def snapshot(self, instance_id: str) -> Snapshot | None:
        """Return the last readings, None before the first poll succeeded."""

    async def first_polls(self) -> None:
        """Wait until each instance was polled once since the start, with or without success."""

    async def poll_now(self, instance_id: str) -> Snapshot:
        """Poll the instance now. Raises ServiceError when it cannot be read."""

    def target(
        self, instance_id: str, kind: str | None = None, target_id: str | None = None
    ) -> TargetRef | None:
        """Return the target with this kind and id; without a kind, the instance itself."""

    def locate(self, labels: Mapping[str, str]) -> TargetRef | None:
        """Return the target that the labels of an alert identify, None when it is none or several."""

    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        """Return the targets that contain or run the target, nearest first (guest → node → instance)."""

    def around(self, target: TargetRef) -> Around:
        """Return the surroundings of a target."""

    def stacks(self) -> tuple[Stack, ...]:
        """Return the stacks: targets that are deployed together, such as the containers of a Compose project.

        The result is the same object until targets change.
        """

    def stack(self, target: TargetRef) -> Stack | None:
        """Return the stack that a target is in, runs in, or is."""

    def application(self, target: TargetRef) -> TargetRef | None:
        """Return the instance that runs in the target (Radarr in container radarr)."""

    def with_role(self, target: TargetRef, role: Role) -> TargetRef | None:
        """Return the nearest target with this role: itself, one it runs in, or one that runs in it."""

    def find(
        self,
        *,
        service: str | None = None,
        instance: str | None = None,
        kind: str | None = None,
        name: str | None = None,
        role: Role | None = None,
    ) -> tuple[TargetRef, ...]:
        """Return every target that fits all given arguments.

        ``instance`` and ``name`` are ids or names in upper or lower case. Without a kind, a name
        and a role only instances themselves fit.
        """

    def interruption(self, target: TargetRef) -> str | None:
        """Return which of Home Assistant and the app an interruption of the target would stop, as a text."""

    @property
    def fences(self) -> tuple[Fence, ...]:
        """The fences that apply now."""

    def fence_problem(self, fence: Fence) -> str:
        """Return why a fence matches no target, "" when it matches one or when instances are not read yet."""

    def fence_offers(self, fences: Sequence[Fence], answered: Collection[str]) -> tuple[FenceOffer, ...]:
        """Return the instances that people are asked to fence, without those ``answered``."""

    def use_fences(self, fences: tuple[Fence, ...]) -> None:
        """Replace the fences that apply."""

    def fenced(self, target: TargetRef, action: str) -> str | None:
        """Return which fence forbids an action, by its key, on a target, None when none does."""

    def readings(self, target: TargetRef) -> Mapping[str, Reading]:
        """Return the target's last readings by sensor key; a reading may be unknown, with its reason.

        Empty when the target was not in the last poll.
        """

    def seen(self, target: TargetRef) -> Seen:
        """Return the results of the checks on the target from the last successful poll."""

    def versions(self, instance_id: str) -> tuple[ItemVersion, ...]:
        """Return the versions of the items that can be updated, from the last successful poll."""

    def deployments(self, instance_id: str) -> tuple[Deployment, ...]:
        """Return the items that deploy from Git repositories, from the last successful poll."""

    def folders(self, instance_id: str) -> tuple[ItemFolder, ...]:
        """Return the folders of items that can be copied, from the last successful poll."""

    def witnessed(self) -> tuple[Witnessed, ...]:
        """Return the reports of all instances about devices, from their last successful polls."""

    def own_vantage(self) -> str:
        """Return the machine on which the app runs, as a vantage of witnesses; "" when it is not known."""

    def is_off(self, target: TargetRef) -> bool:
        """Return whether the target is off: a confirmed outage, or meant to be off."""

    def why_off(self, target: TargetRef) -> str | None:
        """Return why the target, or a parent of it, is off and meant to be off; None when neither is."""

    async def expect_off(
        self,
        unit: Unit,
        target: TargetRef,
        reason: str | None,
        until: datetime | None = None,
        *,
        only_off: bool = False,
    ) -> bool:
        """Write why a target is meant to be off, or with None that it is meant to run.

        The target's instance is polled soon after the commit. Returns False when the target is not
        watched, and with ``only_off`` when it was seen running.
        """

    def unavailable(self, instance_id: str) -> Mapping[str, str]:
        """Return the reasons why tools and actions are not offered now, by key (``action.restart``)."""

    def has_login(self, instance_id: str) -> bool | None:
        """Return whether the steward sends the instance a secret, None when it cannot be used."""

    async def home_facts(self) -> Mapping[str, bool | None]:
        """Return the current facts about the home, by HomeFact; a missing fact and None are not known."""

    async def backup_proof(self, target: TargetRef) -> BackupProof | None:
        """Return how far a backup of the target was restored in drills, None without a known backup."""

    def clean(self, text: str) -> str:
        """Return a text of a service without the configured secrets."""
