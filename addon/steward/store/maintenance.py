"""Stores maintenance windows, one row for each."""

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.maintenance import MaintenanceWindow

from .tables import maintenance_windows
from .upsert import upsert


async def windows(connection: AsyncConnection) -> tuple[MaintenanceWindow, ...]:
    """Return all windows in the order in which they were added."""
    rows = await connection.scalars(
        select(maintenance_windows.c.body).order_by(maintenance_windows.c.added_at, maintenance_windows.c.id)
    )
    return tuple(MaintenanceWindow.from_json(body) for body in rows)


async def save(connection: AsyncConnection, window: MaintenanceWindow) -> None:
    """Insert or replace a window."""
    row = {"id": window.id, "added_at": window.added_at, "body": window.to_json()}
    await upsert(connection, maintenance_windows, row)


async def remove(connection: AsyncConnection, window_id: str) -> bool:
    """Delete a window; return whether there was one."""
    result = await connection.execute(
        delete(maintenance_windows).where(maintenance_windows.c.id == window_id)
    )
    return bool(result.rowcount == 1)
