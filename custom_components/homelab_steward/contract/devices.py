"""Devices as several monitors see them: who says what about each, since when, and whether they agree."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .base import Many, Message, Timestamp
from .state import Speaker, TargetRef

QUESTIONS: Final = "device-questions"
"""The id that stands for a schedule's in messages about things that may be the same device."""


class Method(StrEnum):
    """How a witness knows what it says."""

    ICMP = "icmp"
    HTTP = "http"
    SNMP = "snmp"
    AGENT = "agent"
    API = "api"


class Aspect(StrEnum):
    """What of a device a witness speaks about."""

    REACH = "reach"
    SERVICE = "service"
    CAPACITY = "capacity"


class Word(StrEnum):
    """What a witness says."""

    UP = "up"
    DOWN = "down"
    PAUSED = "paused"
    UNKNOWN = "unknown"


class Agreement(StrEnum):
    """What all witnesses together say about one aspect.

    SPLIT: some say up, others down. ALONE: only one says that it is down. BLIND: nobody says anything.
    """

    DOWN = "down"
    UP = "up"
    SPLIT = "split"
    ALONE = "alone"
    BLIND = "blind"


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesQuery(Message):
    """``devices.view``: devices with ``text`` in one of their names, all when it is empty.

    ``language`` is that of the texts, such as "de", None for that of the household.
    """

    text: str = ""
    limit: int = 100
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Message):
    """What one monitor says. ``since`` is None when it has said so since before the app started.

    ``instance`` is the name of the monitor, ``vantage`` the machine from which it looks, "" when that is
    not known. ``is_fresh`` is false when it was checked too long ago to count. ``right`` is how often it was
    right about this aspect, of ``settled`` cases in which that is known without it. ``repeats`` is the
    name of the monitor or service that it has it from, "" when it looks itself: both are one vote.
    """

    instance_id: str
    instance: str
    name: str
    method: Method
    word: Word
    vantage: str = ""
    since: Timestamp | None = None
    checked_at: Timestamp | None = None
    is_fresh: bool = True
    right: int = 0
    settled: int = 0
    repeats: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceAspect(Message):
    """One aspect of a device. ``part`` is which of its services, "" for the device. ``why`` explains it.

    ``may_act``: the witnesses agree enough for a repair without a person.
    """

    aspect: Aspect
    verdict: Agreement
    why: str
    part: str = ""
    may_act: bool = False
    statements: Many[Statement] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceView(Message):
    """One device. ``names`` are those that the monitors give it, ``targets`` what the app knows of it.

    ``members`` are the keys of what the monitors list: :class:`MatchDecision` refers to them.
    """

    id: str
    name: str
    names: Many[str] = ()
    members: Many[str] = ()
    targets: Many[TargetRef] = ()
    aspects: Many[DeviceAspect] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchQuestion(Message):
    """Two things that may be the same device. ``score`` is from 0 to 1, ``why`` what they have in common."""

    first: str
    second: str
    first_name: str
    second_name: str
    score: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchAnswer(Message):
    """What a person said about two things, and when."""

    first: str
    second: str
    first_name: str
    second_name: str
    is_same: bool
    decided_at: Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindMonitor(Message):
    """A monitor that does not count now. ``name`` is its name, with the probe if it has several."""

    instance_id: str
    name: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DevicesView(Message):
    """The answer of ``devices.view``, by name. ``total`` also counts devices beyond the limit.

    ``answers`` are what people said about things that are still there, the last first.
    """

    devices: Many[DeviceView] = ()
    questions: Many[MatchQuestion] = ()
    answers: Many[MatchAnswer] = ()
    blind: Many[BlindMonitor] = ()
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchPair(Message):
    """Two things that people are asked about in a message: whether they are the same device.

    ``is_same`` is what ``person_name`` answered, None while nobody has.
    """

    first: str
    second: str
    first_name: str
    second_name: str
    is_same: bool | None = None
    person_name: str = ""

    @property
    def id(self) -> str:
        """The id of the pair, which is the same in each message."""
        return hashlib.sha256(f"{self.first}\x1f{self.second}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchDecision(Message):
    """``devices.match``: a person says whether two members are the same device.

    ``is_same`` is None to take back what was said. With ``only_first`` it counts only if nobody answered
    before: a button on a phone or in a chat is the answer to a question, and no change of it.
    """

    speaker: Speaker
    first: str
    second: str
    is_same: bool | None
    only_first: bool = False
