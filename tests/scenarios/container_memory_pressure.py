"""A container or a virtual machine is close to its memory limit."""

from collections.abc import Awaitable, Callable

from homelab_steward.contract.incidents import Outcome
from lab.lab import Lab
from lab.scenarios import FiringAlert, Scenario
from services.docker.engine import EngineSimulator, stats

_HIGH = FiringAlert(name="PveGuestMemoryHigh", labels={"name": "radarr", "id": "lxc/105"})


async def _memory_leaks(lab: Lab) -> None:
    lab.radarr.slow_seconds = 0
    lab.world.start_memory_pressure(climb_seconds=0)


async def _vm_is_full(lab: Lab) -> None:
    lab.world.start_memory_pressure(200, climb_seconds=0)


async def _it_ends(lab: Lab) -> None:
    lab.world.crash(105)


def _uses(mebibytes: int) -> Callable[[Lab], Awaitable[None]]:
    async def change(lab: Lab) -> None:
        served = lab.served["docker"]
        assert isinstance(served, EngineSimulator)
        used = {"usage": mebibytes * 2**20, "stats": {"inactive_file": 0}}
        served.engine.containers["sonarr"]["HostConfig"]["Memory"] = 8 * 2**30
        served.engine.stats = stats(used=0, passed=10**12, memory=used)

    return change


SCENARIOS = (
    Scenario(
        runbook="container-memory-pressure",
        services=("docker",),
        breaks=_uses(1000),
        again=_uses(1500),
        check="container_memory",
        recipe="increase-memory",
        target="radarr",
    ),
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
    Scenario(
        runbook="vm-memory-pressure",
        services=("proxmox",),
        breaks=_vm_is_full,
        again=_vm_is_full,
        alert=FiringAlert(name="VMMemoryHigh", labels={"name": "homeassistant", "id": "qemu/200"}),
        recipe="increase-memory",
        target="homeassistant",
    ),
)
