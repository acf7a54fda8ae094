"""What can be done with a program of the family."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from homelab_steward.contract.step_parts import Difference

from ...sdk.description import Action, Call, Risk
from ...sdk.fields import choice_field, number_field
from ...sdk.kits import Clear, Jobs, MakeBackup, RunJob, always, difference, restart_program
from .client import SEARCH_AGAIN, WAYS, ServarrClient
from .models import QueueState, Wanted

type Changes = Callable[[ServarrClient, Call], Awaitable[tuple[Difference, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What a program collects: what its items are called, and the commands for them.

    ``path`` is where one item is read; ``search`` takes its id in the field with this name and "Ids".
    The command that searches all missing items is "Missing" and ``search``.
    """

    items: str
    path: str
    refresh: str
    search: str


RESTART: Final = restart_program(
    ServarrClient.started,
    ServarrClient.restart,
    t"It is away for some seconds. Running downloads continue.",
)
CLEAR_FAILED: Final = Clear(
    read=ServarrClient.failed,
    remove=ServarrClient.remove,
    label=t"Failed downloads",
    after=lambda call: call.text("how"),
    note=t"Their files are deleted in the download client. A new search needs the setting Redownload failed.",
).action(
    key="clear_failed",
    name="Clear failed downloads",
    description="Removes the failed downloads from the queue and from the download client.",
    risk=Risk.MEDIUM,
    blast_radius="Failed downloads and their files are deleted",
    arguments=(choice_field("how", "How", choices=WAYS, default=SEARCH_AGAIN),),
)


def _command(command: str, changes: Changes, *, ids: str = "", waits: bool = True) -> RunJob[ServarrClient]:
    """Return the job of a command; ``ids`` is the field that takes the argument ``item``."""

    async def start(client: ServarrClient, call: Call) -> str:
        more = {ids: [int(call.number("item"))]} if ids else {}
        return await client.start_command(command, **more)

    jobs = Jobs[ServarrClient](
        read=lambda client, _, handle: client.command(handle),
        newest=lambda client, _: client.newest_command(command),
    )
    return RunJob(start=start, jobs=jobs, changes=changes, waits=waits)


CHECK_HEALTH: Final = _command("CheckHealth", always(t"Health checks", t"last result", t"run now")).action(
    key="check_health",
    description="Runs the program's own health checks now.",
    risk=Risk.LOW,
    blast_radius="Nothing is changed",
)
_BACKUP: Final = _command("Backup", always(t"Backup", t"none", t"database and settings"))
BACKUP: Final = MakeBackup(
    job=replace(
        _BACKUP,
        jobs=replace(_BACKUP.jobs, seconds=600.0),
        note=t"The program keeps the file and deletes it after the days in its settings.",
    ),
    listed=ServarrClient.backups,
    delete=lambda client, _, backup: client.send("DELETE", f"system/backup/{backup}"),
).action(
    key="backup",
    name="Back up",
    description="Makes a backup of its database and settings.",
    risk=Risk.LOW,
    blast_radius="Nothing is changed",
)
REFRESH_DOWNLOADS: Final = _command(
    "RefreshMonitoredDownloads", always(t"Queue", t"last known", t"read again")
).action(
    key="refresh_downloads",
    name="Refresh the queue",
    description="Reads the monitored downloads from the download clients, and imports what is finished.",
    risk=Risk.LOW,
    blast_radius="Finished downloads may be imported",
    capability="refresh_queue",
)


def library_actions(library: Library) -> tuple[Action[ServarrClient], ...]:
    """Return the actions for a library: refresh it, and search for one or all missing items."""
    items = library.items

    async def missing(client: ServarrClient, _: Call) -> tuple[Difference, ...]:
        count = await QueueState.missing.whole(client)
        return (difference(t"Search", t"none", t"for {count} missing {items}"),)

    async def one(client: ServarrClient, call: Call) -> tuple[Difference, ...]:
        found = await client.one(Wanted, f"{library.path}/{call.number('item'):.0f}")
        return (difference(t"Search", t"none", t"for {found}"),)

    return (
        _command(f"Missing{library.search}", missing, waits=False).action(
            key="search_missing",
            name=f"Search for missing {items}",
            description=f"Asks all indexers for the {items} that are wanted and missing.",
            risk=Risk.LOW,
            blast_radius="Indexers and download clients get work",
            button=True,
            icon="mdi:magnify",
        ),
        _command(library.search, one, ids=f"{library.path}Ids", waits=False).action(
            key="search_one",
            name=f"Search for one of the {items}",
            description="Asks all indexers for it.",
            risk=Risk.LOW,
            arguments=(
                number_field("item", "Number", f"In the list of missing {items}", least=1, most=2**31 - 1),
            ),
            blast_radius="Indexers and download clients get work",
            icon="mdi:magnify",
        ),
        _command(
            library.refresh, always("Library", f"the {items} as known", "read again"), waits=False
        ).action(
            key="refresh",
            name="Refresh the library",
            description=f"Reads all {items} and their files again. This can take an hour.",
            risk=Risk.LOW,
            blast_radius="The disks and the metadata server get work",
            icon="mdi:refresh",
        ),
    )
