"""The stored state of the current or the last drill on marked targets."""

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

    ``results`` has the state and the reason of each try, by its number. ``ended_at`` is RFC 3339, "" while
    the drill is under way.
    """

    approval_id: str
    left_out: tuple[str, ...] = ()
    before: Settings | None = None
    results: dict[str, tuple[str, str]] = field(default_factory=dict)
    differences: tuple[str, ...] = ()
    ended_at: str = ""


async def read_state(connection: AsyncConnection) -> DrillState | None:
    """Return the current or the last drill, None before the first one."""
    text = await read_value(connection, KEY)
    if text is None:
        return None
    body: dict[str, Any] = orjson.loads(text)
    results = {key: (one[0], one[1]) for key, one in body["results"].items()}
    lists = {key: tuple(body[key]) for key in ("left_out", "differences")}
    return DrillState(**{**body, **lists, "results": results})


async def write_state(connection: AsyncConnection, state: DrillState) -> None:
    """Store the state of a drill."""
    await write_value(connection, KEY, orjson.dumps(state).decode())
