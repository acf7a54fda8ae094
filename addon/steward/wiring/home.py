"""The connections to Home Assistant, bound to the one that the store names."""

from typing import Final

from ..api.home_connections import Clean, HomeConnections
from ..store import app_metadata
from ..store.store import Store

HOME_ID: Final = "home_id"


async def home_connections(store: Store, clean: Clean) -> HomeConnections:
    """Return the connections; which Home Assistant is asked is kept in the store."""

    async def keep(home_id: str) -> None:
        async with store.change(durable=True) as unit:
            await app_metadata.write_value(unit.connection, HOME_ID, home_id)

    async with store.read() as connection:
        home_id = await app_metadata.read_value(connection, HOME_ID)
    return HomeConnections(clean, home_id or "", keep)
