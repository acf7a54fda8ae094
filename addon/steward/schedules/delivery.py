"""Whether the messages of schedules reach anybody. Pure."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from homelab_steward.contract.incidents import AlertStatus, Severity
from homelab_steward.contract.schedules import Delivery, ScheduledMessage

from ..sdk.description import IncomingAlert
from ..texts import translate


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where messages can be sent: what is set up, and what of it works now."""

    set_up: frozenset[Delivery] = frozenset()
    working: frozenset[Delivery] = frozenset()


type ReachNow = Callable[[], Reach]


def nobody_yet() -> Reach:
    """Return that nothing is set up."""
    return Reach()


def reaches_nobody(deliver_to: Collection[Delivery], reach: Reach) -> bool:
    """Return whether a message has a place to go to, and none of them works now."""
    places = reach.set_up.intersection(deliver_to)
    return bool(places) and not places & reach.working


def in_a_row(messages: Sequence[ScheduledMessage]) -> int:
    """Return how many of the newest messages, the newest first, reached nobody; silent ones do not count."""
    sent = (one for one in messages if not one.is_silent)
    return sum(1 for _ in takewhile(lambda one: one.reached_nobody, sent))


def delivery_alert(message: ScheduledMessage, now: datetime, *, is_over: bool) -> IncomingAlert:
    """Return the alert that messages of a schedule reach nobody, or its end."""
    title = message.title
    places = ", ".join(message.deliver_to)
    return IncomingAlert(
        name="ScheduleNotDelivered",
        status=AlertStatus.RESOLVED if is_over else AlertStatus.FIRING,
        severity=Severity.WARNING,
        starts_at=message.due_at,
        ends_at=now if is_over else None,
        labels={"schedule": message.schedule_id},
        summary=translate(t"The messages of “{title}” reach nobody"),
        description=translate(t"A message was delivered again.")
        if is_over
        else translate(t"Neither of these could be reached: {places}. The panel shows the messages."),
        fingerprint=hashlib.sha256(f"schedule delivery\n{message.schedule_id}".encode()).hexdigest(),
    )
