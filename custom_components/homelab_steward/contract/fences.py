"""Fences: what nothing may change, whoever asks for it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .base import Many, Message
from .state import Origin, Speaker

ALL_ACTIONS: Final = "*"


class FenceRole(StrEnum):
    """What a service, or a kind of thing inside it, is to others."""

    APPLICATION = "application"
    HOST = "host"
    STORAGE = "storage"
    MONITOR = "monitor"
    FIREWALL = "firewall"
    BACKUP = "backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fence(Message):
    """Names targets and what may not be done to them. What is given has to fit, whatever its case.

    ``service`` is the key of a kind of service, ``instance`` the id or name of one, ``kind`` that of
    targets, ``target`` the id or name of a target. Without ``kind`` and ``target`` the whole instance is
    fenced. ``actions`` are ``*``, keys (``restart``, ``truenas.start_scrub``), or capabilities. With
    ``with_guests`` it is also about what runs in what is named, or is a part of it. Reading is never fenced.

    ``problem`` is why it fits nothing that is known, "" when it fits something. It holds all the same.
    """

    id: str
    service: str = ""
    instance: str = ""
    kind: str = ""
    target: str = ""
    role: FenceRole | None = None
    actions: Many[str] = (ALL_ACTIONS,)
    with_guests: bool = False
    reason: str = ""
    origin: Origin = Origin.FRONT_END
    problem: str = ""

    @property
    def names_something(self) -> bool:
        """Whether it says what it is about."""
        return bool(self.service or self.instance or self.kind or self.target or self.role)

    @property
    def stops_everything(self) -> bool:
        """Whether it is about every action."""
        return not self.actions or ALL_ACTIONS in self.actions


@dataclass(frozen=True, slots=True, kw_only=True)
class FenceOffer(Message):
    """What people are asked to fence: a NAS, a firewall, or where backups are stored.

    ``kind`` is the kind of things in the instance that is meant, "" for the whole instance.
    """

    instance_id: str
    name: str
    role: FenceRole
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFence(Message):
    """``fences.add``: fence something. ``fence`` needs no id. The speaker is an owner."""

    speaker: Speaker
    fence: Fence


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveFence(Message):
    """``fences.remove``: remove a fence that is not in the settings file. The speaker is an owner."""

    speaker: Speaker
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFenceOffers(Message):
    """``fences.answer``: fence these of the offered instances, and do not ask again about the others.

    The speaker is an owner.
    """

    speaker: Speaker
    instance_ids: Many[str] = ()
