"""A model that must be there is not installed."""

from lab.scenarios import Scenario
from services.ollama import TAGS, installed, listed

SCENARIOS = (
    Scenario(
        runbook="model-missing",
        services=("ollama",),
        breaks={TAGS: listed(installed("llama3.1:8b", 4.6), installed("qwen3:14b", 8.6))},
        check="model_missing",
        recipe="pull",
        target="nomic-embed-text:latest",
        evidence="nomic-embed-text:latest: not installed",
    ),
)
