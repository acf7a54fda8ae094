"""Docker in the lab: an engine with two healthy containers."""

from collections.abc import Callable, Coroutine
from typing import Any

from lab.fixtures import Round, ServiceFixture
from lab.lab import Lab
from services.docker.engine import Engine, EngineSimulator

PATH = f"/v1.51/containers/{'01' * 32}"
ASKED = "/v1.51/containers/_"
VERBS = ("restart", "start", "stop", "pause", "unpause", "update")
QUESTIONS = ("/v1.51/containers/create", "/v1.51/volumes/create", *(f"{ASKED}/{verb}" for verb in VERBS))
NEW = f"/v1.51/containers/{'a1' * 32}/start"
INSPECTED = [f"GET /v1.51/containers/{one * 32}/json" for one in ("01", "02", "03")]


def _simulator(lab: Lab) -> EngineSimulator:
    served = EngineSimulator(lab.world, lab.faults)
    for name in ("radarr", "sonarr"):
        served.engine.add(
            name,
            Health={"Status": "healthy"},
            Memory=2**30,
            NanoCpus=2 * 10**9,
            RestartPolicy={"Name": "always"},
        )
    return served


def _engine(lab: Lab) -> Engine:
    served = lab.served["docker"]
    assert isinstance(served, EngineSimulator)
    return served.engine


def _radarr_is(status: str) -> Callable[[Lab], Coroutine[Any, Any, None]]:
    async def prepare(lab: Lab) -> None:
        radarr = _engine(lab).containers["radarr"]
        radarr["State"] |= {"Status": status, "Running": status == "paused", "Paused": status == "paused"}

    return prepare


async def _described(lab: Lab) -> None:
    _engine(lab).describe("radarr")


async def _break(lab: Lab) -> None:
    engine = _engine(lab)
    engine.add("ill", Memory=260 * 2**20, Health={"Status": "unhealthy", "Log": [{"Output": "refused"}]})
    engine.add("loop", "restarting", ExitCode=1)
    engine.add("ended", "exited", ExitCode=3, RestartPolicy={"Name": "on-failure"})
    engine.add("frozen", "paused")


FIXTURE = ServiceFixture(
    simulator=_simulator,
    settings=lambda served: {"address": served.url},
    unhealthy=_break,
    targets={"container": "radarr"},
    unknown={
        "container.cpu": "It is measured between two polls",
        "container.exit_code": "No container has ended",
    },
    optional={
        **{f"{one} State.Health": "The container has no health check" for one in INSPECTED},
        **{f"POST {path}": "It only asks whether a proxy lets it pass" for path in QUESTIONS},
    },
    rounds=(
        Round(action="restart", target="radarr", write=("POST", f"{PATH}/restart")),
        Round(action="stop", target="radarr", write=("POST", f"{PATH}/stop")),
        Round(action="pause", target="radarr", write=("POST", f"{PATH}/pause")),
        Round(
            action="set_memory",
            target="radarr",
            arguments={"memory_mib": 2048},
            write=("POST", f"{PATH}/update"),
        ),
        Round(action="set_cpu", target="radarr", arguments={"cores": 3}, write=("POST", f"{PATH}/update")),
        Round(action="redeploy", target="radarr", write=("POST", NEW), prepare=_described),
        Round(
            action="set_image",
            target="radarr",
            arguments={"tag": "6"},
            write=("POST", NEW),
            prepare=_described,
        ),
        Round(
            action="update",
            target="radarr",
            arguments={"version": "6", "digest": ""},
            write=("POST", NEW),
            prepare=_described,
        ),
        Round(action="start", target="radarr", write=("POST", f"{PATH}/start"), prepare=_radarr_is("exited")),
        Round(
            action="resume", target="radarr", write=("POST", f"{PATH}/unpause"), prepare=_radarr_is("paused")
        ),
    ),
)
