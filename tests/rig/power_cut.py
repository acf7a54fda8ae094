"""Runs an approval in a process whose files are copied at each sync, and keeps images of power cuts.

As a program: ``python -m rig.power_cut FOLDER IMAGES [careless]``. In FOLDER is the store, and
in ``FOLDER/synced`` what was synced. ``careless`` makes no transaction durable.
"""

import asyncio
import shutil
import sys
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.incidents import IncidentStatus
from steward.store import database

from .agent_rig import open_rig
from .toy import Toy


async def _never_full(connection: AsyncConnection, level: str) -> None:
    """Set the level that does not sync, whatever was asked for."""
    await connection.exec_driver_sql("PRAGMA synchronous=NORMAL")


async def run(folder: Path, images: Path) -> None:
    """Approve, carry out and verify; keep an image after the press, at the effect, and at the end."""
    synced, toy = folder / "synced", Toy(breaks=True)

    def cut(name: str) -> None:
        shutil.copytree(synced, images / name)

    def passing(place: str) -> None:
        if place in ("execute", "undo"):
            cut(place)

    toy.passing = passing
    async with open_rig(folder, toy) as rig:
        request = await rig.ask()
        rig.engine.broken = True  # type: ignore[attr-defined]
        await rig.press(request)
        cut("pressed")
        rig.engine.broken = False  # type: ignore[attr-defined]
        await rig.engine.begin(request.id)
        await rig.until(lambda one: one.round == 2 and one.status is IncidentStatus.WAITING)
        cut("ended")


if __name__ == "__main__":
    if sys.argv[3:] == ["careless"]:
        database._set_level = _never_full
    asyncio.run(run(Path(sys.argv[1]), Path(sys.argv[2])))
