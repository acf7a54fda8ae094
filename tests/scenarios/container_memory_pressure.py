"""A container is close to its memory limit."""

from homelab_steward.contract.incidents import Outcome
from lab.lab import Lab
from lab.scenarios import FiringAlert, Scenario

_HIGH = FiringAlert(name="PveGuestMemoryHigh", labels={"name": "radarr", "id": "lxc/105"})


async def _memory_leaks(lab: Lab) -> None:
    lab.radarr.slow_seconds = 0
    lab.world.start_memory_pressure(climb_seconds=0)


async def _it_ends(lab: Lab) -> None:
    lab.world.crash(105)


SCENARIOS = (
    Scenario(
        runbook="container-memory-pressure",
        services=("proxmox", "radarr"),
        breaks=_memory_leaks,
        alert=_HIGH,
        recipe="increase-memory",
        target="radarr",
    ),
    Scenario(
        runbook="container-memory-pressure",
        services=("proxmox", "radarr"),
        breaks=_memory_leaks,
        again=_it_ends,
        without_help=Outcome.WORSE,
        alert=_HIGH,
        recipe="increase-memory",
        target="radarr",
    ),
    Scenario(
        runbook="container-memory-pressure",
        services=("proxmox", "radarr"),
        breaks=_memory_leaks,
        alert=_HIGH,
        recipe="restart-application",
        target="radarr",
    ),
)
