"""The drill on marked targets that is under way, or was the last one, as the store keeps it."""

from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from ...store.app_metadata import read_value, write_value
from ..plans.drill_plans import Settings

KEY: Final = "target_drill"


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillState:
    """``before`` are the settings of the resources before anything was tried, None until then.

    ``results`` has by the number of a try what became of it, and why. ``ended_at`` is RFC 3339, "" while
    it goes on.
    """

    approval_id: str
    left_out: tuple[str, ...] = ()
    before: Settings | None = None
    results: dict[str, tuple[str, str]] = field(default_factory=dict)
    differences: tuple[str, ...] = ()
    ended_at: str = ""


async def read_state(connection: AsyncConnection) -> DrillState | None:
    """Return the drill that is under way, or was the last one."""
    text = await read_value(connection, KEY)
    if text is None:
        return None
    body: dict[str, Any] = orjson.loads(text)
    results = {key: (one[0], one[1]) for key, one in body["results"].items()}
    lists = {key: tuple(body[key]) for key in ("left_out", "differences")}
    return DrillState(**{**body, **lists, "results": results})


async def write_state(connection: AsyncConnection, state: DrillState) -> None:
    """Store what is known of a drill."""
    await write_value(connection, KEY, orjson.dumps(state).decode())
