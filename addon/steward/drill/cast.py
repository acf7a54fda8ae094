"""The people of the drill: three owners, a guest, and a stranger whom nobody knows."""

import secrets
from dataclasses import dataclass
from typing import Final, Self

from homelab_steward.contract.commands import SavePerson
from homelab_steward.contract.state import Role

FIRST_ID: Final = 2**51
"""Telegram's ids of people are far below it."""

OWNERS: Final = ("drill-owner", "drill-second", "drill-third")
GUEST: Final = "drill-guest"


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the drill with their user id in Telegram and in Home Assistant, and their PIN."""

    id: str
    telegram_user_id: int
    ha_user_id: str
    pin: str
    role: Role

    def saved(self) -> SavePerson:
        """Return what adds the person."""
        return SavePerson(
            id=self.id,
            name=self.id.replace("-", " ").capitalize(),
            role=self.role,
            ha_user_id=self.ha_user_id,
            telegram_user_id=self.telegram_user_id,
            pin=self.pin,
        )


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of one drill. Their ids and PINs are new in each, so nobody else can use them."""

    owners: tuple[Member, ...]
    guest: Member
    stranger: Member

    @classmethod
    def new(cls) -> Self:
        """Return new people."""
        return cls(
            owners=tuple(_member(name, Role.OWNER) for name in OWNERS),
            guest=_member(GUEST, Role.GUEST),
            stranger=_member("drill-stranger", Role.OWNER),
        )

    @property
    def owner(self) -> Member:
        """The first owner."""
        return self.owners[0]

    @property
    def ids(self) -> frozenset[str]:
        """The ids of those who are known."""
        return frozenset({*OWNERS, GUEST})


def _member(name: str, role: Role) -> Member:
    # The first and the second digit differ: a PIN must not be all the same.
    pin = f"17{secrets.randbelow(10**6):06}"
    return Member(name, FIRST_ID + secrets.randbelow(2**50), secrets.token_hex(16), pin, role)
