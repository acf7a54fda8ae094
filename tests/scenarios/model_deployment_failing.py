"""The health check of a deployment of a model proxy fails."""

from lab.scenarios import Scenario
from services.litellm import LATEST, health, latest

SCENARIOS = (
    Scenario(
        runbook="model-deployment-failing",
        services=("litellm",),
        breaks={LATEST: latest(a1=health(), b2=health(), c3=health("unhealthy", "429: quota exceeded"))},
        check="deployment_failing",
        recipe="investigate",
        target="gemini",
        evidence="quota exceeded",
    ),
)
