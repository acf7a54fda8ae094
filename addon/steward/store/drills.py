"""Stores the result of the last drill."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.drill import DrillReport

from .app_metadata import read_value, write_value

KEY: Final = "drill"


async def last_drill(connection: AsyncConnection) -> DrillReport | None:
    """Return the result of the last drill, None before the first."""
    stored = await read_value(connection, KEY)
    return None if stored is None else DrillReport.from_json(stored)


async def write_drill(connection: AsyncConnection, report: DrillReport) -> None:
    """Store the result of a drill in place of the one before."""
    await write_value(connection, KEY, report.to_json().decode())
