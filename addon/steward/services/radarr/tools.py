"""What can be asked of Radarr."""

from typing import Final

from ...description import Answer, Call, Tool
from .._words import brief, listing, size, usage
from .client import RadarrClient
from .models import Download


async def _health(client: RadarrClient, _: Call) -> Answer:
    lines = [f"{one.level}: {brief(one.message)} ({one.source})" for one in await client.health()]
    return Answer(title="Health of Radarr", text=listing(lines, "Radarr reports no trouble"))


async def _queue(client: RadarrClient, _: Call) -> Answer:
    lines = [_line(one) for one in await client.queue()]
    return Answer(title="Download queue", text=listing(lines, "The queue is empty"))


def _line(one: Download) -> str:
    state = f"{one.status}, {one.tracked_status or 'ok'}, {one.tracked_state}".rstrip(", ")
    messages = brief("; ".join(one.messages), 200)
    return f"{brief(one.title, 100)}: {state}, {size(one.left)} left" + (f" ({messages})" if messages else "")


async def _disk_space(client: RadarrClient, _: Call) -> Answer:
    lines = [
        f"{brief(one.path, 100)}: {usage(one.total - one.free, one.total)} used"
        for one in await client.disks()
    ]
    return Answer(title="Disk space", text=listing(lines, "Radarr sees no disks"))


async def _recent_log(client: RadarrClient, _: Call) -> Answer:
    lines = [
        f"{one.at:%Y-%m-%d %H:%M:%S} {one.level} {one.logger}: {brief(one.message)}"
        for one in await client.log()
    ]
    return Answer(title="Log of Radarr", text=listing(lines, "The log is empty"))


TOOLS: Final = (
    Tool(
        key="health",
        name="Health",
        description="What Radarr itself says is wrong with it.",
        read=_health,
    ),
    Tool(
        key="queue",
        name="Download queue",
        description="What is being downloaded, and what is stuck.",
        read=_queue,
    ),
    Tool(
        key="disk_space",
        name="Disk space",
        description="How full the disks are that Radarr sees.",
        read=_disk_space,
    ),
    Tool(
        key="recent_log",
        name="Recent log",
        description="The newest lines of Radarr's log.",
        read=_recent_log,
    ),
)
