"""Maintenance windows of single monitors."""

from datetime import UTC, datetime
from typing import Final

from ...errors import ServiceMalformed
from ...sdk.answers import Item, parse
from ...sdk.description import Call
from ...sdk.kits import Silence, Silenced
from .client import UptimeKumaClient

TITLE: Final = "Homelab Steward"
OPEN: Final = ("scheduled", "under-maintenance")
ANY_TIME: Final = {"hours": 0, "minutes": 0}


class Window(Item):
    """A maintenance window, with its begin and its end in UTC if it is one of ours."""

    id: int
    title: str
    description: str | None
    status: str
    date_range: tuple[str | None, ...]


class Created(Item, rename=None):
    """The answer to a new window."""

    maintenanceID: int  # noqa: N815 - as Uptime Kuma spells it


class Assigned(Item):
    """A monitor of a window."""

    id: int


async def _monitor(client: UptimeKumaClient, call: Call) -> str:
    """Return what identifies the target. Raises PreconditionFailed when it is not there any more."""
    return f"{call.target.id} {(await client.watched(call)).monitor.name}"


async def _active(client: UptimeKumaClient, call: Call) -> tuple[Silenced, ...]:
    """Return our open windows of the target."""
    session = await client.session()
    rows = await session.maintenance()
    windows = [parse(Window, row, "maintenanceList", is_lenient=True) for row in rows]
    found: list[Silenced] = []
    for one in windows:
        if one.title != TITLE or one.status not in OPEN:
            continue
        answer = await session.ask("getMonitorMaintenance", one.id)
        monitors = parse(list[Assigned], answer.get("monitors"), "getMonitorMaintenance", is_lenient=True)
        if call.target.id in {str(monitor.id) for monitor in monitors}:
            found.append(Silenced(id=str(one.id), ends_at=_end(one), comment=one.description or ""))
    return tuple(found)


def _end(window: Window) -> datetime:
    try:
        return datetime.fromisoformat(str(window.date_range[-1])).replace(tzinfo=UTC)
    except (IndexError, ValueError) as err:
        raise ServiceMalformed(t"maintenanceList: a window of ours has no end") from err


async def _start(client: UptimeKumaClient, call: Call, ends_at: datetime, comment: str) -> str:
    """Create a window, and give it to the target; a window without a monitor has no effect."""
    session = await client.session()
    window = {
        "title": TITLE,
        "description": comment,
        "strategy": "single",
        "active": True,
        "intervalDay": 1,
        "dateRange": [f"{at:%Y-%m-%d %H:%M:%S}" for at in (client.clock.now(), ends_at)],
        "timeRange": [ANY_TIME, ANY_TIME],
        "weekdays": [],
        "daysOfMonth": [],
        "timezoneOption": "UTC",
    }
    answer = await session.ask("addMaintenance", window, changes=True)
    number = parse(Created, answer, "addMaintenance", is_lenient=True).maintenanceID
    await session.ask("addMonitorMaintenance", number, [{"id": int(call.target.id)}], changes=True)
    return str(number)


async def _stop(client: UptimeKumaClient, window: str) -> None:
    await (await client.session()).ask("deleteMaintenance", int(window), changes=True)


WINDOW: Final = Silence(
    subject=_monitor,
    active=_active,
    start=_start,
    end=_stop,
    note=t"The monitors of a group are in maintenance with it.",
)
