"""A model server has requests and makes no progress."""

from lab.scenarios import Scenario
from services.openai_compatible import METRICS, metrics

SCENARIOS = (
    Scenario(
        runbook="model-server-stuck",
        services=("openai_compatible", "docker"),
        settings={"openai_compatible": {"runs_on": "sonarr"}},
        breaks={METRICS: metrics(9000, 1, 2)},
        passes=400.0,
        helps={METRICS: metrics(12, 1, 0)},
        check="model_server_stuck",
        recipe="restart-host",
        target="OpenAI-compatible server",
        evidence="Waiting: 2",
    ),
)
