"""What other parts of the app may ask of the inventory."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Protocol

from homelab_steward.contract.state import Instance, Snapshot, TargetRef

from ..sdk.description import AnyService, Client, Role
from ..sdk.readings import Reading

INSTANCE: Final = "instance"
"""The kind of target that is an instance itself."""

CHECK: Final = "check"
STEWARD_INSTANCE: Final = "steward_instance"
STEWARD_KIND: Final = "steward_kind"
STEWARD_TARGET: Final = "target"
"""Labels of alerts that checks found: the check, the instance, the kind and id of its target."""


class Completeness(StrEnum):
    """What the absence of an alert from a list says."""

    PARTIAL = "partial"
    """Nothing."""

    MONITOR = "monitor"
    """The monitor's alerts that are absent have ended; problems found by checks have not."""

    REMOVED = "removed"
    """Everything from this source has ended: the instance was removed."""


class Inventory(Protocol):
    """The configured instances, their clients and their last readings."""

    def instances(self) -> tuple[Instance, ...]:
        """Return all instances, in the order they were added."""

    def instance(self, instance_id: str) -> Instance | None:
        """Return one instance."""

    def service(self, instance_id: str) -> AnyService | None:
        """Return the description an instance is of."""

    def client(self, instance_id: str) -> Client:
        """Return the live client. Raises ServiceUnreachable when there is none."""

    def snapshot(self, instance_id: str) -> Snapshot | None:
        """Return the last readings, None before the first poll succeeded."""

    async def poll_now(self, instance_id: str) -> Snapshot:
        """Read the instance afresh. Raises ServiceError when it cannot be read."""

    def target(
        self, instance_id: str, kind: str | None = None, target_id: str | None = None
    ) -> TargetRef | None:
        """Return the enumerated target of this kind and id; without a kind, the instance itself."""

    def locate(self, labels: Mapping[str, str]) -> TargetRef | None:
        """Return the one target these alert labels name, None when none or several do."""

    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        """Return what the target stands on, nearest first (guest → node → instance)."""

    def application(self, target: TargetRef) -> TargetRef | None:
        """Return the instance that runs in the target (Radarr in container radarr)."""

    def with_role(self, target: TargetRef, role: Role) -> TargetRef | None:
        """Return the nearest with this role: the target, what it runs in, or what runs in it."""

    def find(
        self,
        *,
        service: str | None = None,
        instance: str | None = None,
        kind: str | None = None,
        name: str | None = None,
        role: Role | None = None,
    ) -> tuple[TargetRef, ...]:
        """Return every target that fits all that is given.

        ``instance`` and ``name`` are ids or names, whatever their case. Without a kind, a name
        and a role only instances themselves fit.
        """

    def interruption(self, target: TargetRef) -> str | None:
        """Return what of ours would be interrupted with the target (such as Home Assistant)."""

    def readings(self, target: TargetRef) -> Mapping[str, Reading]:
        """Return the target's last readings by sensor key; a reading may be unknown, with its reason.

        Empty when the target was not in the last poll.
        """

    def unavailable(self, instance_id: str) -> Mapping[str, str]:
        """Return why tools and actions of an instance are not offered now (``action.restart``)."""

    def clean(self, text: str) -> str:
        """Return what a service said without the secrets that are configured."""
