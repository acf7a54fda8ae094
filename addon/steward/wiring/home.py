"""The connections to Home Assistant, bound to the one that the store names."""

from typing import Final

from ..api.home_connections import HomeConnections
from ..api.home_report import Clean
from ..store import app_metadata
from ..store.store import Store
from ..texts import set_household

HOME_ID: Final = "home_id"
LANGUAGE: Final = "language"


async def home_connections(store: Store, clean: Clean, language: str | None) -> HomeConnections:
    """Return the connections, and set the language of the household.

    Which Home Assistant is asked, and its language, are kept in the store. ``language`` is that of the
    settings; None takes Home Assistant's.
    """

    async def keep(home_id: str) -> None:
        async with store.change(durable=True) as unit:
            await app_metadata.write_value(unit.connection, HOME_ID, home_id)

    async def keep_language(spoken: str) -> None:
        if language is not None:
            return
        set_household(spoken)
        async with store.change() as unit:
            await app_metadata.write_value(unit.connection, LANGUAGE, spoken)

    async with store.read() as connection:
        home_id = await app_metadata.read_value(connection, HOME_ID)
    await read_household(store, language)
    return HomeConnections(clean, home_id or "", keep, keep_language)


async def read_household(store: Store, language: str | None) -> None:
    """Set the language of the household: that of the settings, or else the one that is stored."""
    async with store.read() as connection:
        set_household(language or await app_metadata.read_value(connection, LANGUAGE))
