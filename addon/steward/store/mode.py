"""Stores the mode of the app: whether it is paused, and how much it reports."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.mode import StewardMode

from .app_metadata import read_value, write_value

KEY: Final = "mode"


async def read_mode(connection: AsyncConnection) -> StewardMode:
    """Return the mode; without a stored one the app is not paused."""
    stored = await read_value(connection, KEY)
    return StewardMode() if stored is None else StewardMode.from_json(stored)


async def write_mode(connection: AsyncConnection, mode: StewardMode) -> None:
    """Store the mode."""
    await write_value(connection, KEY, mode.to_json().decode())
