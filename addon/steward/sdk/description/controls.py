"""Controls: pairs of a reading and an action that are one entity of Home Assistant."""

from dataclasses import dataclass
from typing import Final, Self

from homelab_steward.contract.catalogue import ControlKind, ControlOffer

LATEST: Final = "latest_version"
"""The key of the sensor of most updates that shows the newest version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A reading plus an action: a switch, select, number, update or button entity.

    Its use creates a request for approval. ``action`` gets ``argument`` from the entity's new value
    (number and select); a switch has ``off_action`` too. For an update, ``reading`` is the sensor with the
    installed version, ``latest`` that with the newest one, and ``release_url`` the page about the
    versions; without an action the entity only shows them.
    """

    key: str
    name: str
    kind: ControlKind
    action: str | None = None
    reading: str | None = None
    off_action: str | None = None
    argument: str | None = None
    latest: str | None = None
    release_url: str | None = None
    scope: str | None = None
    icon: str | None = None

    @classmethod
    def switch(
        cls, key: str, name: str, reading: str, *, on: str, off: str, scope: str | None = None
    ) -> Self:
        """Return a switch of a binary reading by two actions."""
        return cls(
            key=key,
            name=name,
            kind=ControlKind.SWITCH,
            reading=reading,
            action=on,
            off_action=off,
            scope=scope,
        )

    @classmethod
    def number(
        cls, key: str, name: str, reading: str, *, action: str, argument: str, scope: str | None = None
    ) -> Self:
        """Return a number set by one argument of an action."""
        return cls(
            key=key,
            name=name,
            kind=ControlKind.NUMBER,
            reading=reading,
            action=action,
            argument=argument,
            scope=scope,
        )

    @classmethod
    def update(
        cls,
        release_url: str,
        key: str = "update",
        name: str = "Update",
        *,
        installed: str = "version",
        latest: str = LATEST,
        scope: str | None = None,
    ) -> Self:
        """Return an update that shows two versions and installs nothing.

        By default it shows the sensors of the service's version and of ``newest_version``.
        """
        return cls(
            key=key,
            name=name,
            kind=ControlKind.UPDATE,
            reading=installed,
            latest=latest,
            release_url=release_url,
            scope=scope,
        )

    def offer(self) -> ControlOffer:
        """Return its catalogue entry."""
        return ControlOffer(
            key=self.key,
            name=self.name,
            kind=self.kind,
            action=self.action,
            reading=self.reading,
            off_action=self.off_action,
            argument=self.argument,
            latest=self.latest,
            release_url=self.release_url,
            scope=self.scope,
            icon=self.icon,
        )
