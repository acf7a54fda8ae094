"""What can be asked of a program of the family."""

from collections.abc import Mapping
from typing import Any, Final

from ...sdk.answers import NotKnown
from ...sdk.description import Call, Gaps, Tool
from ...sdk.display import Lines, brief, list_tool, size, usage
from .client import ServarrClient
from .models import LEVELS, Download, LogLine, ProgramState, QueueState, Wanted

CONDITIONS: Final = ("failed", "blocked", "stuck", "ok")
"""How downloads go, the worst first."""

ROWS: Final[Mapping[str, Any]] = {"below": "records", "total": "totalRecords", "pageSize": 20}
"""The first rows of a list, and how many there are in all."""


@list_tool("health", "Health", "The problems that the program reports about itself.")
async def health(client: ServarrClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await ProgramState.poll(client, gaps)).health
    worst_first = sorted(found, key=lambda one: LEVELS.index(one.level))
    return [f"{one.level}: {brief(one.message)} ({one.source})" for one in worst_first]


@list_tool("queue", "Download queue", "What is being downloaded, and what is stuck.")
async def queue(client: ServarrClient, gaps: Gaps, _: Call) -> list[str]:
    return [_download(one) for one in sorted(await QueueState.downloads.now(client, gaps), key=_rank)]


def _rank(one: Download) -> int:
    try:
        return CONDITIONS.index(one.condition)
    except NotKnown:
        return CONDITIONS.index("ok")


def _download(one: Download) -> str:
    states = dict.fromkeys((one.status, one.tracked_download_status, one.tracked_download_state))
    left = "size not known" if one.left is None else f"{size(one.left)} left"
    messages = brief("; ".join(filter(None, one.texts)), 200)
    text = ", ".join(filter(None, (*states, left)))
    return f"{brief(one.title, 100)}: {text}" + (f" ({messages})" if messages else "")


def missing(items: str) -> Tool[ServarrClient]:
    """Return the tool that lists what is wanted and missing, such as films, with the numbers to search by."""

    async def read(client: ServarrClient, gaps: Gaps, _: Call) -> Lines:
        query = {"includeSeries": True, "includeArtist": True, "includeAuthor": True, **ROWS}
        page = await client.page(Wanted, "wanted/missing", gaps, **query)
        return Lines([f"{one.id}: {one}" for one in page.items], page.total)

    return list_tool(
        "missing", f"Missing {items}", f"The {items} that are wanted and missing, by number.", read
    )


@list_tool("recent_log", "Recent log", "The newest lines of the program's log.", capability="logs")
async def recent_log(client: ServarrClient, gaps: Gaps, _: Call) -> Lines:
    page = await client.page(LogLine, "log", gaps, sortKey="time", sortDirection="descending", **ROWS)
    texts = [f"{one.time:%Y-%m-%d %H:%M:%S} {one.level} {one.logger}: {one.message}" for one in page.items]
    return Lines([brief(text, 400) for text in texts], page.total)


@list_tool("disk_space", "Disk space", "How full the disks are that the program sees.", capability="storage")
async def disk_space(client: ServarrClient, gaps: Gaps, _: Call) -> list[str]:
    found = [one for one in await QueueState.disks.now(client, gaps) if not one.is_image]
    shown = sorted(found, key=lambda one: -(one.used_space or 0) / (one.total_space or 1))
    return [f"{brief(one.path, 100)}, used: {usage(one.used_space, one.total_space)}" for one in shown]
