"""What people set while the app runs: each command is sent again until it is confirmed or seen."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from homelab_steward.contract.commands import AddComment
from homelab_steward.contract.fences import AddFence, Fence
from homelab_steward.contract.maintenance import (
    AddMaintenance,
    MaintenanceQuery,
    Occurrence,
    RemoveMaintenance,
)
from homelab_steward.contract.mode import PauseScope, SetElevation, SetPause, SetVerbose, StewardMode
from rig.inventory import PINS, alert, speaker
from steward.store.mode import read_mode

from .life import Life

FENCED: Final = "no restarts"
SAID: Final = "It was the disk."
OLGA: Final = speaker()


async def set_everything(life: Life) -> None:
    """Set and take back what people can set."""
    agent = life.agent
    await life.fire(alert(name="radarr", fingerprint="radarr"))
    await life.until(lambda _: True)
    mode = await mode_of(life)
    if not mode.fences:
        fence = Fence(id="", instance="toy1", kind="box", target="sonarr", reason=FENCED)
        await life.once("fence", lambda: agent.fences.add(AddFence(speaker=OLGA, fence=fence)))
    (incident,) = await life.rig.incidents()
    if not incident.comments:
        comment = AddComment(incident_id=incident.id, speaker=OLGA, text=SAID)
        await life.once("comment", lambda: agent.comments.add(comment))
    await life.once("verbose", lambda: agent.mode.set_verbose(SetVerbose(speaker=OLGA, verbose=True)))
    wish = SetElevation(speaker=OLGA, hours=2, instance_id="toy1", pin=PINS["1"])
    # A person who sees that it is on does not begin it again: it is refused.
    if (await mode_of(life)).elevation is None:
        await life.once("elevate", lambda: agent.elevations.set(wish))
    await life.once("elevated", lambda: agent.elevations.set(SetElevation(speaker=OLGA, hours=None)))
    await _maintain(life)
    pause = SetPause(speaker=OLGA, scope=PauseScope.EVERYTHING)
    await life.once("pause", lambda: agent.mode.set_pause(pause))


async def _maintain(life: Life) -> None:
    agent, now = life.agent, datetime.now(UTC)
    once = Occurrence(starts_at=now + timedelta(hours=1), ends_at=now + timedelta(hours=2))
    windows = (await agent.maintenance.list(MaintenanceQuery())).windows
    if not windows and "window removed" not in life.world.taken:
        add = AddMaintenance(speaker=OLGA, title="Backup", once=once)
        await life.once("window", lambda: agent.maintenance.add(add))
    windows = (await agent.maintenance.list(MaintenanceQuery())).windows
    for one in windows:
        remove = RemoveMaintenance(speaker=OLGA, id=one.id)
        await agent.maintenance.remove(remove)
    life.confirm("window removed")


async def mode_of(life: Life) -> StewardMode:
    """Return the stored mode."""
    async with life.rig.store.read() as connection:
        return await read_mode(connection)


async def missing(life: Life) -> Sequence[str]:
    """Return what was confirmed and is not stored, or stored more than once."""
    mode = await mode_of(life)
    (incident,) = await life.rig.incidents()
    windows = (await life.agent.maintenance.list(MaintenanceQuery())).windows
    found = {
        "fence": [one.reason for one in mode.fences] == [FENCED],
        "comment": [one.text for one in incident.comments] == [SAID],
        "verbose": mode.verbose,
        "pause": mode.pause is not None,
        "elevated": mode.elevation is not None and mode.elevation.closed_at is not None,
        "window": not windows,
    }
    return [f"confirmed and not stored: {key}" for key, is_there in found.items() if not is_there]
