"""Tells people what the steward did alone, and which level it lost: one message each."""

import uuid
from datetime import datetime
from typing import Final

from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.schedules import Delivery, ScheduledMessage

from ...store import scheduled_messages
from ...store.store import Unit
from ...texts import translate

SCHEDULE: Final = "autonomy"
"""The id that stands for a schedule's in messages about autonomy."""

KEPT: Final = 50


async def tell(unit: Unit, lines: tuple[str, ...], now: datetime) -> None:
    """Store one message for all people, in the transaction of what it is about."""
    message = ScheduledMessage(
        id=f"{SCHEDULE}-{uuid.uuid4().hex}",
        schedule_id=SCHEDULE,
        title=translate("Autonomy"),
        due_at=now,
        made_at=now,
        lines=lines,
        deliver_to=tuple(Delivery),
    )
    await scheduled_messages.add(unit.connection, message, KEPT)
    unit.publish(RowKind.SCHEDULED, message.id, message)
