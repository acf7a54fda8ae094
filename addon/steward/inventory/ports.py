"""What the rest of the house may ask of the inventory."""

from collections.abc import Mapping
from typing import Protocol

from homelab_steward.contract.base import Value
from homelab_steward.contract.state import Instance, Snapshot, TargetRef

from ..description import AnyService, Client


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

    def target(self, instance_id: str, target_id: str | None) -> TargetRef | None:
        """Return the enumerated target with this id (None: the instance itself)."""

    def locate(self, labels: Mapping[str, str]) -> TargetRef | None:
        """Return the one target these alert labels name, None when none or several do."""

    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        """Return what the target stands on, nearest first (guest → node → instance)."""

    def application(self, target: TargetRef) -> TargetRef | None:
        """Return the instance that runs in the target (Radarr in container radarr)."""

    def readings(self, target: TargetRef) -> Mapping[str, Value]:
        """Return the target's last readings by sensor key; empty when there are none."""

    def clean(self, text: str) -> str:
        """Return what a service said without the secrets the house knows of."""
