"""A container ends again and again, or its health check fails: on an engine, and on one behind Portainer."""

from collections.abc import Callable, Mapping
from typing import Any

from lab.lab import Lab
from lab.scenarios import FiringAlert, Scenario
from services.docker.engine import Engine, EngineSimulator
from services.portainer import PortainerSimulator

ILL = {"Status": "unhealthy", "Log": [{"Output": "connection refused"}]}
FINE = {"Status": "healthy"}


def engine_of(lab: Lab) -> Engine:
    """Return the engine of a lab."""
    for served in lab.served.values():
        if isinstance(served, EngineSimulator):
            return served.engine
        if isinstance(served, PortainerSimulator):
            return served.engines[1]
    raise AssertionError("the lab has no engine")


def _radarr(state: Mapping[str, Any], restarts: int = 0) -> Callable[[Lab], Any]:
    async def change(lab: Lab) -> None:
        one = engine_of(lab).containers["radarr"]
        one["State"] |= state
        one["RestartCount"] = restarts

    return change


BETWEEN = _radarr({"Status": "restarting", "Running": True, "Restarting": True, "ExitCode": 1}, 7)
STARTED = _radarr({"Status": "running", "Running": True, "Restarting": False}, 7)
RUNS = _radarr({"Status": "running", "Running": True, "Restarting": False})


def _of(service: str) -> tuple[Scenario, ...]:
    """Return the scenarios with the containers of one service."""
    loop: Any = {
        "runbook": "container-crash-looping",
        "services": (service,),
        "target": "radarr",
    }
    ill: Any = {
        "runbook": "container-unhealthy",
        "services": (service,),
        "target": "radarr",
        "recipe": "restart",
    }
    sick: Any = {"breaks": _radarr({"Health": ILL}), "helps": _radarr({"Health": FINE})}
    return (
        Scenario(**loop, breaks=STARTED, check="container_restarting", recipe="restart", helps=RUNS),
        Scenario(**loop, breaks=BETWEEN, check="container_restarting", recipe="stop"),
        Scenario(**ill, **sick, check="container_unhealthy", evidence="connection refused"),
        Scenario(**ill, **sick, alert=FiringAlert(name="ContainerUnhealthy", labels={"name": "radarr"})),
    )


SCENARIOS = (*_of("docker"), *_of("portainer"))
