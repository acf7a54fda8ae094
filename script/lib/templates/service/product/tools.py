"""What can be asked: tools read and change nothing."""

from ...sdk.coverage import Gaps
from ...sdk.description import Call
from ...sdk.format import brief
from ...sdk.lists import list_tool, worst_first
from ...sdk.rest import Rest
from .models import ExampleState


@list_tool("workers", "Workers", "Which workers run, and which do not.", capability="status")
async def workers(client: Rest, gaps: Gaps, _: Call) -> list[str]:
    """Return a line for each worker, those that are stopped first."""
    found = worst_first(await ExampleState.workers.now(client, gaps), lambda one: not one.is_running)
    return [f"{brief(one.name, 100)}: {one.state or 'state not known'}" for one in found]
