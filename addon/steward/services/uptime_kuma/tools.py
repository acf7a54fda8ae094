"""What can be asked of Uptime Kuma."""

from typing import Final

from ...sdk.answers import worded
from ...sdk.description import Call, Gaps
from ...sdk.display import brief, list_tool, worst_first
from .client import UptimeKumaClient, poll
from .models import Beat, Watched


@list_tool(
    "monitors",
    "Monitors",
    "All monitors with their status, last check and tags; those that are down first.",
    limit=50,
    capability="status",
)
async def _monitors(client: UptimeKumaClient, gaps: Gaps, _: Call) -> list[str]:
    by_name = sorted((await poll(client, gaps)).monitors, key=lambda one: one.monitor.name)
    return [_line(one) for one in worst_first(by_name, lambda one: not one.is_up)]


def _line(one: Watched) -> str:
    status = worded(lambda: one.status)
    tags = ", ".join(f"{tag.name}: {tag.value}" if tag.value else tag.name for tag in one.monitor.tags)
    last = f"; last: {_beat(one.beats[-1])}" if one.beats else ""
    return brief(f"{one.monitor.name}: {status}{last}{f' [{tags}]' if tags else ''}")


def _beat(beat: Beat) -> str:
    ping = "" if beat.ping is None else f" ({beat.ping:g} ms)"
    return brief(f"{beat.at:%Y-%m-%d %H:%M:%S} UTC {beat.status.name.lower()}{ping} {beat.msg or ''}")


@list_tool(
    "monitor_history",
    "Monitor history",
    "The last checks of one monitor, newest first.",
    empty=t"None yet",
    scope="monitor",
)
async def _history(client: UptimeKumaClient, _: Gaps, call: Call) -> list[str]:
    return [_beat(one) for one in reversed((await client.watched(call)).beats)]


TOOLS: Final = (_monitors, _history)
