"""The fences of the settings file, which clients cannot change."""

from collections.abc import Sequence
from dataclasses import dataclass

from homelab_steward.contract.base import Many
from homelab_steward.contract.fences import ALL_ACTIONS, Fence, FenceRole
from homelab_steward.contract.state import Origin

from ..errors import InvalidSetting


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfiguredFence:
    """Something that nothing may change; see :class:`Fence`."""

    service: str = ""
    instance: str = ""
    kind: str = ""
    target: str = ""
    role: FenceRole | None = None
    actions: Many[str] = (ALL_ACTIONS,)
    with_guests: bool = False
    reason: str = ""

    def fence(self, number: int) -> Fence:
        """Return the fence; its id has its place in the file."""
        return Fence(
            id=f"file-{number}",
            service=self.service,
            instance=self.instance,
            kind=self.kind,
            target=self.target,
            role=self.role,
            actions=self.actions,
            with_guests=self.with_guests,
            reason=self.reason,
            origin=Origin.FILE,
        )


def read_fences(configured: Sequence[ConfiguredFence]) -> tuple[Fence, ...]:
    """Return the fences. Raises InvalidSetting for one that does not say what it is about."""
    fences = tuple(one.fence(number) for number, one in enumerate(configured))
    for number, one in enumerate(fences):
        if not one.names_something:
            raise InvalidSetting(f"fences[{number}]", "needs a service, instance, kind, target or role")
    return fences
