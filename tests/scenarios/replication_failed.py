"""A replication failed: of TrueNAS, which can run it again, and of a cluster."""

from lab.lab import Lab
from lab.scenarios import Scenario

from ._storage import SELDOM, sets

_TASK = ("replication.query", "id", 1)


async def _not_replicated(lab: Lab) -> None:
    lab.proxmox.protection.replications[0].fail_count = 4


SCENARIOS = (
    Scenario(
        runbook="replication-failed",
        services=("truenas",),
        breaks=sets(*_TASK, state={"state": "ERROR", "error": "No route to host"}),
        helps=sets(*_TASK, state={"state": "FINISHED"}),
        check="replication_failed",
        recipe="replicate",
        target="media to cellar",
    ),
    Scenario(
        runbook="replication-failed",
        services=("proxmox",),
        breaks=_not_replicated,
        check="replication_failed",
        recipe="replicate",
        target="105 to pve2 (105-0)",
        passes=SELDOM,
    ),
)
