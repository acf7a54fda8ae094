"""The size of the recorder's database, and the disk that it is on."""

import shutil
from pathlib import Path
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .contract.home import HomeDatabase

RECORDER: Final = "recorder"
PURGE: Final = "purge"
MIB: Final = 1024**2


READ_AGAIN: Final = 300.0
"""Seconds after which the size is read again: some servers compute it from all tables."""

LAST: Final[HassKey[tuple[float, HomeDatabase]]] = HassKey(f"{DOMAIN}_database")


async def async_read_database(hass: HomeAssistant) -> tuple[HomeDatabase | None, str | None]:
    """Return the database, and what is missing."""
    if RECORDER not in hass.config.components:
        return None, "The recorder integration is not set up"
    # Its requirements are installed only where it is set up.
    from homeassistant.components.recorder import get_instance  # noqa: PLC0415
    from homeassistant.components.recorder.system_health import system_health_info  # noqa: PLC0415

    last = hass.data.get(LAST)
    if last is not None and hass.loop.time() - last[0] < READ_AGAIN:
        return _found(last[1])
    recorder = get_instance(hass)
    if not recorder.async_db_ready.done():
        return None, "The database is not ready"
    size = _bytes((await system_health_info(hass)).get("estimated_db_size"))
    disk = await hass.async_add_executor_job(_disk, Path(hass.config.config_dir))
    found = HomeDatabase(
        size=size, keep_days=recorder.keep_days, disk_free=float(disk.free), disk_size=float(disk.total)
    )
    hass.data[LAST] = hass.loop.time(), found
    return _found(found)


async def async_purge_database(hass: HomeAssistant) -> None:
    """Delete what is older than the recorder keeps, and return once that is done.

    The file is made smaller only if there is room for a copy of it.
    """
    from homeassistant.components.recorder import get_instance  # noqa: PLC0415

    hass.data.pop(LAST, None)
    found, _ = await async_read_database(hass)
    has_room = found is not None and None not in (found.size, found.disk_free) and _has_room(found)
    await hass.services.async_call(RECORDER, PURGE, {"repack": has_room}, blocking=True)
    await get_instance(hass).async_block_till_done()
    hass.data.pop(LAST, None)


def _found(database: HomeDatabase) -> tuple[HomeDatabase, str | None]:
    """Return the database, and what is missing from it."""
    return database, "Its size is not known" if database.size is None else None


def _has_room(database: HomeDatabase) -> bool:
    return (database.disk_free or 0) > (database.size or 0)


def _bytes(text: object) -> float | None:
    """Return the bytes of a text such as "12.50 MiB"."""
    number, _, unit = str(text).partition(" ")
    return float(number) * MIB if unit == "MiB" else None


def _disk(folder: Path) -> shutil._ntuple_diskusage:
    return shutil.disk_usage(folder)
