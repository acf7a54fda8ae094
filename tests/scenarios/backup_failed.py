"""The backup of a container failed."""

from lab.lab import Lab
from lab.scenarios import Scenario

from ._storage import SELDOM, backed_up


async def _backup_fails(lab: Lab) -> None:
    await backed_up(105, 2)(lab)
    lab.world.fail_next_task("connection to the storage was lost")
    lab.world.work_on(105, "dump")


async def _backup_fails_again(lab: Lab) -> None:
    await backed_up(105, 2)(lab)
    [newest] = [task for task in lab.world.tasks("pve1") if task.kind == "vzdump"][:1]
    lab.world.end_task(newest, "connection to the storage was lost")


SCENARIOS = (
    Scenario(
        runbook="backup-failed",
        services=("proxmox",),
        breaks=_backup_fails,
        again=_backup_fails_again,
        check="container_backup_failed",
        recipe="back-up-again",
        target="radarr",
        passes=SELDOM,
    ),
)
