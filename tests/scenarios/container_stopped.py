"""A container that should run does not."""

from lab.lab import Lab
from lab.scenarios import FiringAlert, Scenario
from services.docker.engine import EngineSimulator

from ._storage import sets


async def _radarr_ends(lab: Lab) -> None:
    served = lab.served["docker"]
    assert isinstance(served, EngineSimulator)
    state = served.engine.containers["radarr"]["State"]
    state |= {"Status": "exited", "Running": False, "ExitCode": 137, "OOMKilled": True}


async def _guest_ends(lab: Lab) -> None:
    lab.world.crash(105)


SCENARIOS = (
    Scenario(
        runbook="container-stopped",
        services=("docker",),
        breaks=_radarr_ends,
        check="container_exited",
        recipe="start",
        target="radarr",
    ),
    Scenario(
        runbook="container-stopped",
        services=("proxmox", "radarr"),
        breaks=_guest_ends,
        alert=FiringAlert(name="PveGuestDown", labels={"name": "radarr", "id": "lxc/105"}),
        recipe="start",
        target="radarr",
    ),
    Scenario(
        runbook="container-stopped",
        services=("docker",),
        breaks=_radarr_ends,
        check="container_exited",
        recipe="meant-to-be-off",
        target="radarr",
    ),
    Scenario(
        runbook="container-stopped",
        services=("truenas",),
        breaks=sets("app.query", "id", "immich", state="CRASHED"),
        check="app_stopped",
        recipe="start",
        target="immich",
    ),
)
