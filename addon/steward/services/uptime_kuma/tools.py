"""What can be asked of Uptime Kuma."""

from typing import Final

from ...sdk.coverage import Gaps
from ...sdk.description import Answer, Call, Tool
from ...sdk.format import brief, listing
from ...sdk.readings import NotKnown
from .client import UptimeKumaClient, poll
from .models import Beat, Watched


async def _monitors(client: UptimeKumaClient, _: Call) -> Answer:
    state = await poll(client, Gaps())
    note = f"\nThis may not be all: {state.missing}" if state.missing else ""
    lines = [_line(one) for one in sorted(state.monitors, key=_rank)]
    return Answer(title="Monitors", text=listing(lines, "There are none", 50) + note)


def _rank(one: Watched) -> tuple[int, str]:
    """Return what puts monitors that are down first, then what is not known, then those that are up."""
    try:
        return int(one.is_up) * 2, one.monitor.name
    except NotKnown:
        return 1, one.monitor.name


def _line(one: Watched) -> str:
    try:
        status = str(one.status)
    except NotKnown as err:
        status = f"not known ({err})"
    tags = ", ".join(f"{tag.name}: {tag.value}" if tag.value else tag.name for tag in one.monitor.tags)
    last = f"; last: {_beat(one.beats[-1])}" if one.beats else ""
    return brief(f"{one.monitor.name}: {status}{last}{f' [{tags}]' if tags else ''}")


def _beat(beat: Beat) -> str:
    ping = "" if beat.ping is None else f" ({beat.ping:g} ms)"
    return brief(f"{beat.at:%Y-%m-%d %H:%M:%S} UTC {beat.status.name.lower()}{ping} {beat.msg or ''}")


async def _history(client: UptimeKumaClient, call: Call) -> Answer:
    beats = (await client.watched(call)).beats
    lines = [_beat(one) for one in reversed(beats)]
    return Answer(title=f"Checks of {call.target.name}", text=listing(lines, "None yet"))


TOOLS: Final = (
    Tool(
        key="monitors",
        name="Monitors",
        description="All monitors with their status, last check and tags; those that are down first.",
        read=_monitors,
        capability="status",
    ),
    Tool(
        key="monitor_history",
        name="Monitor history",
        description="The last checks of one monitor, newest first.",
        read=_history,
        scope="monitor",
    ),
)
