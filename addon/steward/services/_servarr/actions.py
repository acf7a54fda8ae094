"""What can be done with a program of the family."""

from typing import Final

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import Difference

from ...sdk.description import Action, Call
from ...sdk.kits.jobs import Jobs, RunJob
from ...sdk.kits.restart import Restart
from .client import ServarrClient

RESTART: Final = Restart(
    started=ServarrClient.started,
    request=ServarrClient.restart,
    note="It is away for some seconds. Running downloads continue.",
).action(
    key="restart",
    name="Restart",
    description="Restarts the program, not its container.",
    risk=Risk.LOW,
    blast_radius="The program is away for some seconds",
)


def search_missing(command: str, items: str) -> Action[ServarrClient]:
    """Return the action that searches for wanted items, such as films, by this command."""

    async def changes(client: ServarrClient, _: Call) -> tuple[Difference, ...]:
        missing = await client.missing_count()
        return (Difference(field="Search", before="none", after=f"for {missing} missing {items}"),)

    return RunJob(
        start=lambda client, _: client.start_command(command),
        jobs=Jobs(
            read=lambda client, _, handle: client.command(handle),
            newest=lambda client, _: client.newest_command(command),
        ),
        changes=changes,
        waits=False,
    ).action(
        key="search_missing",
        name=f"Search for missing {items}",
        description=f"Asks all indexers for the {items} that are wanted and missing.",
        risk=Risk.LOW,
        blast_radius="Indexers and download clients get work",
        button=True,
        icon="mdi:magnify",
    )
