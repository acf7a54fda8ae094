"""What can be asked of a program of the family."""

from typing import Final

from ...sdk.description import Call, Gaps, Tool
from ...sdk.format import brief, size, usage
from ...sdk.lists import Lines, list_tool
from ...sdk.readings import NotKnown
from ...sdk.typed_calls import Parameter
from .client import ServarrClient, poll
from .models import LEVELS, Disk, Download, LogLine, ProgramState, Wanted

CONDITIONS: Final = ("failed", "blocked", "stuck", "ok")
"""How downloads go, the worst first."""


@list_tool("health", "Health", "The problems that the program reports about itself.")
async def health(client: ServarrClient, gaps: Gaps, _: Call) -> list[str]:
    found = (await poll(ProgramState, client, gaps)).health
    worst_first = sorted(found, key=lambda one: LEVELS.index(one.level))
    return [f"{one.level}: {brief(one.message)} ({one.source})" for one in worst_first]


@list_tool("queue", "Download queue", "What is being downloaded, and what is stuck.")
async def queue(client: ServarrClient, gaps: Gaps, _: Call) -> Lines:
    page = await client.queue(gaps)
    return Lines([_download(one) for one in sorted(page.items, key=_rank)], page.total)


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
        query: dict[str, Parameter] = {
            "pageSize": 20,
            "includeSeries": True,
            "includeArtist": True,
            "includeAuthor": True,
        }
        page = await client.page(
            Wanted, "wanted/missing", gaps, below="records", total="totalRecords", **query
        )
        return Lines([f"{one.id}: {one}" for one in page.items], page.total)

    return list_tool(
        "missing", f"Missing {items}", f"The {items} that are wanted and missing, by number.", read
    )


@list_tool("recent_log", "Recent log", "The newest lines of the program's log.", capability="logs")
async def recent_log(client: ServarrClient, gaps: Gaps, _: Call) -> Lines:
    query: dict[str, Parameter] = {"pageSize": 20, "sortKey": "time", "sortDirection": "descending"}
    page = await client.page(LogLine, "log", gaps, below="records", total="totalRecords", **query)
    texts = [f"{one.time:%Y-%m-%d %H:%M:%S} {one.level} {one.logger}: {one.message}" for one in page.items]
    return Lines([brief(text, 400) for text in texts], page.total)


@list_tool("disk_space", "Disk space", "How full the disks are that the program sees.", capability="storage")
async def disk_space(client: ServarrClient, gaps: Gaps, _: Call) -> list[str]:
    fullest_first = sorted(await client.many(Disk, "diskspace", gaps), key=lambda one: -one.used_share)
    shown = [one for one in fullest_first if not one.is_image]
    return [f"{brief(one.path, 100)}, used: {usage(one.used_space, one.total_space)}" for one in shown]
