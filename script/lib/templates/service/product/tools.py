"""What can be asked: tools read and change nothing."""

from typing import Final

from ...sdk.coverage import Gaps
from ...sdk.description import Answer, Call, Tool
from ...sdk.format import brief, listing
from ...sdk.parse import parse_items
from ...sdk.rest import Rest
from .models import Worker


async def _workers(client: Rest, _: Call) -> Answer:
    gaps = Gaps()
    workers = parse_items(Worker, await client.get("workers"), gaps, "workers")
    lines = [f"{brief(one.name, 100)}: {one.state or 'state not known'}" for one in workers]
    missing = gaps.of("workers")
    return Answer(
        title="Workers", text=listing([*lines, *([missing] if missing else [])], "There are no workers")
    )


TOOLS: Final = (
    Tool[Rest](
        key="workers",
        name="Workers",
        description="Which workers run, and which do not.",
        read=_workers,
        capability="status",
    ),
)
