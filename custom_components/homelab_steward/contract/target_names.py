"""What people call targets, and where they are: names of devices and areas in Home Assistant."""

from dataclasses import dataclass

from .base import Many, Message


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
