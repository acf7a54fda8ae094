"""A reading and an action that together are an entity of Home Assistant."""

from dataclasses import dataclass
from typing import Self

from homelab_steward.contract.catalogue import ControlKind, ControlOffer


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A reading plus an action: a switch, select, number, update or button entity.

    Using it asks at the gate. ``action`` gets ``argument`` from the entity's new value (number
    and select); a switch has ``off_action`` too. For an update, ``reading`` is the installed
    version and ``latest`` the sensor with the newest one.
    """

    key: str
    name: str
    kind: ControlKind
    action: str
    reading: str | None = None
    off_action: str | None = None
    argument: str | None = None
    latest: str | None = None
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
            scope=self.scope,
            icon=self.icon,
        )
