"""What can be asked of a program of the family."""

from typing import Final

from ...sdk.coverage import Gaps
from ...sdk.description import Call
from ...sdk.format import brief, size, usage
from ...sdk.lists import Lines, list_tool
from ...sdk.typed_calls import Parameter
from .client import ServarrClient, poll
from .models import LEVELS, Disk, Download, LogLine, ProgramState

MOST_READ: Final = 1000
"""Downloads that are read, to show the troubled ones first."""


async def _health(client: ServarrClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await poll(ProgramState, client, gaps)).health
    worst_first = sorted(found, key=lambda one: LEVELS.index(one.level))
    return [f"{one.level}: {brief(one.message)} ({one.source})" for one in worst_first]


async def _queue(client: ServarrClient, gaps: Gaps, _: Call) -> Lines:
    query: dict[str, Parameter] = {"pageSize": MOST_READ, **client.queue_query}
    page = await client.page(Download, "queue", gaps, below="records", total="totalRecords", **query)
    worst_first = sorted(page.items, key=lambda one: one.rank)
    return Lines([_download(one) for one in worst_first], page.total)


def _download(one: Download) -> str:
    state = ", ".join(filter(None, (one.status, one.tracked_download_status, one.tracked_download_state)))
    messages = brief("; ".join(one.texts), 200)
    return f"{brief(one.title, 100)}: {state}, {size(one.left)} left" + (f" ({messages})" if messages else "")


async def _log(client: ServarrClient, gaps: Gaps, _: Call) -> Lines:
    query: dict[str, Parameter] = {"pageSize": 20, "sortKey": "time", "sortDirection": "descending"}
    page = await client.page(LogLine, "log", gaps, below="records", total="totalRecords", **query)
    texts = [f"{one.time:%Y-%m-%d %H:%M:%S} {one.level} {one.logger}: {one.message}" for one in page.items]
    return Lines([brief(text, 400) for text in texts], page.total)


async def _disks(client: ServarrClient, gaps: Gaps, _: Call) -> list[str]:
    fullest_first = sorted(await client.many(Disk, "diskspace", gaps), key=lambda one: -one.used_share)
    shown = [one for one in fullest_first if not one.is_image]
    return [f"{brief(one.path, 100)}, used: {usage(one.used_space, one.total_space)}" for one in shown]


HEALTH: Final = list_tool(
    "health", "Health", "The problems that the program reports about itself.", _health, capability="health"
)
LOG: Final = list_tool(
    "recent_log", "Recent log", "The newest lines of the program's log.", _log, capability="logs"
)
QUEUE: Final = list_tool(
    "queue", "Download queue", "What is being downloaded, and what is stuck.", _queue, capability="queue"
)
DISK_SPACE: Final = list_tool(
    "disk_space", "Disk space", "How full the disks are that the program sees.", _disks, capability="storage"
)
