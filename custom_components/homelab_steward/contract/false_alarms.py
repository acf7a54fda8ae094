"""False alarms: for how long nobody is asked about an alert of a target that a person called false."""

from dataclasses import dataclass

from .base import Many, Message, Timestamp
from .state import Speaker, TargetRef


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolDown(Message):
    """An alert of a target about which nobody is asked until ``until``, unless it is critical.

    ``title`` is that of the incident ``incident_id``, which ``person_name`` called a false alarm. ``count``
    is how often that was said: each time the next cool-down is twice as long.
    """

    id: str
    alert: str
    title: str
    category: str
    incident_id: str
    count: int
    marked_at: Timestamp
    until: Timestamp
    person_name: str
    target: TargetRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkFalseAlarm(Message):
    """``incidents.false_alarm``: says that an incident was a false alarm; the answer is the incident."""

    incident_id: str
    speaker: Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolDownQuery(Message):
    """``cool_downs.list``: the cool-downs that are not over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolDowns(Message):
    """The answer of ``cool_downs.list``, those that end first at first."""

    cool_downs: Many[CoolDown]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveCoolDown(Message):
    """``cool_downs.remove``: ends a cool-down; the next one is short again."""

    id: str
    speaker: Speaker
