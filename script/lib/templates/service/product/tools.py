"""What can be asked: tools read and change nothing."""

from typing import Final

from ...sdk.coverage import Gaps
from ...sdk.description import Call
from ...sdk.format import brief
from ...sdk.lists import list_tool, worst_first
from ...sdk.rest import Rest
from .models import Worker


async def _workers(client: Rest, gaps: Gaps, _: Call) -> list[str]:
    """Return a line for each worker, those that are stopped first."""
    workers = worst_first(await client.many(Worker, "workers", gaps), lambda one: not one.is_running)
    return [f"{brief(one.name, 100)}: {one.state or 'state not known'}" for one in workers]


TOOLS: Final = (
    list_tool("workers", "Workers", "Which workers run, and which do not.", _workers, capability="status"),
)
