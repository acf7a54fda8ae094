"""What people call targets, and where they are: names of devices and areas in Home Assistant."""

from dataclasses import dataclass
from enum import StrEnum

from .base import Many, Message, Timestamp
from .state import Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetKey(Message):
    """What identifies a target; an instance is the target of kind ``instance`` with its own id."""

    instance_id: str
    kind: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetNames(Message):
    """Other names of a target."""

    target: TargetKey
    names: Many[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePlace(Message):
    """An area or a floor of Home Assistant, with what is in it.

    ``targets`` are those whose devices or entities are there, ``others`` the names of the devices of
    other integrations there.
    """

    name: str
    aliases: Many[str] = ()
    targets: Many[TargetKey] = ()
    others: Many[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePlaces(Message):
    """``home.places``: all places of Home Assistant, and the names that people gave to devices there."""

    home_id: str
    places: Many[HomePlace] = ()
    names: Many[TargetNames] = ()


class AliasOrigin(StrEnum):
    """Where another name of a target comes from. Only those of a PERSON can be removed by command."""

    PERSON = "person"
    SETTINGS = "settings"
    HOME_ASSISTANT = "home_assistant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias(Message):
    """Another name of a target.

    ``target_name`` is its own name now, or the last one that is known when the target is ``gone``.
    ``added_by`` and ``added_at`` are set for the origin PERSON only.
    """

    target: TargetKey
    target_name: str
    name: str
    origin: AliasOrigin
    gone: bool = False
    added_by: str = ""
    added_at: Timestamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AliasQuery(Message):
    """``aliases.list``: the other names of an instance and what is in it; of all instances without one."""

    instance_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aliases(Message):
    """Other names of targets, in the order of their targets and names."""

    aliases: Many[Alias]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAlias(Message):
    """``aliases.add`` and ``aliases.remove``: another name of a target, which only owners may change."""

    speaker: Speaker
    target: TargetKey
    name: str
