"""What can be asked of a program of the family."""

from ...sdk.coverage import Gaps
from ...sdk.description import Answer, Call, Tool
from ...sdk.format import brief, listing, size, usage
from ...sdk.parse import parse_items
from .client import ServarrClient
from .models import Disk, Download, Health


def health(name: str) -> Tool[ServarrClient]:
    """Return the tool that reads the program's own health checks."""

    async def read(client: ServarrClient, _: Call) -> Answer:
        found = parse_items(Health, await client.get("health"), Gaps(), "health")
        lines = [f"{one.level}: {brief(one.message)} ({one.source})" for one in found]
        is_settled = client.is_settled(await client.status())
        empty = (
            "No problems reported"
            if is_settled
            else "No problems reported, but the checks may not have run yet"
        )
        return Answer(title=f"Health of {name}", text=listing(lines, empty))

    return Tool(
        key="health",
        name="Health",
        description=f"The problems that {name} reports about itself.",
        read=read,
        capability="health",
    )


def log(name: str) -> Tool[ServarrClient]:
    """Return the tool that reads the log."""

    async def read(client: ServarrClient, _: Call) -> Answer:
        lines = [
            f"{one.time:%Y-%m-%d %H:%M:%S} {one.level} {one.logger}: {brief(one.message)}"
            for one in await client.log()
        ]
        return Answer(title=f"Log of {name}", text=listing(lines, "The log is empty"))

    return Tool(
        key="recent_log",
        name="Recent log",
        description=f"The newest lines of the log of {name}.",
        read=read,
        capability="logs",
    )


async def _queue(client: ServarrClient, _: Call) -> Answer:
    downloads, total = await client.queue()
    more = total - len(downloads)
    lines = [_line(one) for one in downloads] + ([f"… and {more} more"] if more > 0 else [])
    return Answer(title="Download queue", text=listing(lines, "The queue is empty", limit=len(lines)))


def _line(one: Download) -> str:
    state = ", ".join(filter(None, (one.status, one.tracked_download_status, one.tracked_download_state)))
    messages = brief("; ".join(one.texts), 200)
    return f"{brief(one.title, 100)}: {state}, {size(one.left)} left" + (f" ({messages})" if messages else "")


async def _disks(client: ServarrClient, _: Call) -> Answer:
    disks = parse_items(
        Disk, await client.get("diskspace"), Gaps(), "disks", name=lambda disk: disk.get("path")
    )
    lines = [f"{brief(one.path, 100)}: {_used(one)}" for one in disks if not one.is_image]
    return Answer(title="Disk space", text=listing(lines, "No disks are reported"))


def _used(disk: Disk) -> str:
    if disk.free_space is None or disk.total_space is None:
        return "size not known"
    return f"{usage(disk.total_space - disk.free_space, disk.total_space)} used"


QUEUE = Tool[ServarrClient](
    key="queue",
    name="Download queue",
    description="What is being downloaded, and what is stuck.",
    read=_queue,
    capability="queue",
)
DISK_SPACE = Tool[ServarrClient](
    key="disk_space",
    name="Disk space",
    description="How full the disks are that the program sees.",
    read=_disks,
    capability="storage",
)
