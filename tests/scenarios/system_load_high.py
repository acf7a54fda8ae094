"""A monitor of systems reports that one is nearly full."""

from lab.lab import Lab
from lab.scenarios import FiringAlert, Scenario


async def _memory_leaks(lab: Lab) -> None:
    lab.radarr.slow_seconds = 0
    lab.world.start_memory_pressure(climb_seconds=0)


SCENARIOS = (
    Scenario(
        runbook="system-load-high",
        services=("proxmox", "radarr"),
        breaks=_memory_leaks,
        alert=FiringAlert(name="HighMemory", labels={"name": "radarr", "id": "lxc/105"}),
        ends=True,
        recipe="restart-application",
        target="radarr",
    ),
)
