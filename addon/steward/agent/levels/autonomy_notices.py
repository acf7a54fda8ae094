"""Messages to people about what the steward did without them, and about levels that it lost."""

import uuid
from datetime import datetime
from typing import Final

from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.schedules import Delivery, ScheduledMessage

from ...store import scheduled_messages
from ...store.store import Unit
from ...texts import translate

SCHEDULE: Final = "autonomy"
"""The schedule id of messages about autonomy."""

KEPT: Final = 50


async def tell(unit: Unit, lines: tuple[str, ...], now: datetime) -> None:
    """Store one message for all people, in the transaction of the change that it reports."""
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
