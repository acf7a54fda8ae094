"""Stores the definitions of foreign tools that were accepted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import foreign_tool_pins
from .upsert import upsert


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """An accepted definition. ``accepted_by`` is a person, "" when it was the first one that was seen."""

    server: str
    tool: str
    digest: str
    definition: str
    accepted_by: str
    accepted_at: datetime


async def pins(connection: AsyncConnection) -> dict[tuple[str, str], Pin]:
    """Return the accepted definitions by server and tool."""
    rows = await connection.execute(select(foreign_tool_pins))
    return {(row["server"], row["tool"]): Pin(**row) for row in rows.mappings()}


async def save(connection: AsyncConnection, pin: Pin) -> None:
    """Insert or replace the accepted definition of a tool."""
    stored = {
        "server": pin.server,
        "tool": pin.tool,
        "digest": pin.digest,
        "definition": pin.definition,
        "accepted_by": pin.accepted_by,
        "accepted_at": pin.accepted_at,
    }
    await upsert(connection, foreign_tool_pins, stored)


async def drop(connection: AsyncConnection, gone: Collection[tuple[str, str]]) -> None:
    """Delete the accepted definitions of tools that were given up."""
    for server, tool in gone:
        where = (foreign_tool_pins.c.server == server) & (foreign_tool_pins.c.tool == tool)
        await connection.execute(delete(foreign_tool_pins).where(where))
