"""Problems of one service that its own action repairs."""

from lab.lab import Lab
from lab.scenarios import Scenario
from services import openai_compatible, ruckus
from services.docker.engine import EngineSimulator
from services.openai_compatible import model


async def _paused(lab: Lab) -> None:
    served = lab.served["docker"]
    assert isinstance(served, EngineSimulator)
    served.engine.containers["radarr"]["State"] |= {"Status": "paused", "Running": True, "Paused": True}


SCENARIOS = (
    Scenario(
        runbook="container-paused",
        services=("docker",),
        breaks=_paused,
        check="container_paused",
        recipe="resume",
        target="radarr",
    ),
    Scenario(
        runbook="model-failed",
        services=("openai_compatible",),
        breaks={
            openai_compatible.MODELS: openai_compatible.listed(
                model("qwen3-14b", "loaded"), model("gemma-3-4b", "unloaded", failed=True, exit_code=1)
            )
        },
        check="model_failed",
        recipe="load",
        target="gemma-3-4b",
    ),
    Scenario(
        runbook="access-point-flagged",
        services=("ruckus",),
        breaks={
            ruckus.POINTS: ruckus.points(
                ruckus.point(ruckus.HALL, "Hall"), ruckus.point(ruckus.ATTIC, "Attic", "Flagged", alerts=2)
            )
        },
        helps={
            ruckus.POINTS: ruckus.points(
                ruckus.point(ruckus.HALL, "Hall"), ruckus.point(ruckus.ATTIC, "Attic")
            )
        },
        check="access_point_flagged",
        recipe="restart",
        target="Attic",
    ),
)
