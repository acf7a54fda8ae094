"""The loaded models fill the memory of the GPU."""

from lab.scenarios import FiringAlert, Scenario
from services.ollama import RUNNING, listed, running

_FULL = {RUNNING: listed(running("llama3.1:8b", 6.0, 20), running("qwen3:14b", 17.8, 10))}

SCENARIOS = (
    Scenario(
        runbook="model-memory-full",
        services=("ollama",),
        breaks=_FULL,
        check="model_memory",
        recipe="unload-model",
        target="Ollama",
        evidence="qwen3:14b: loaded",
    ),
    Scenario(
        runbook="model-memory-full",
        services=("ollama", "docker"),
        settings={"ollama": {"runs_on": "sonarr"}},
        breaks=_FULL,
        helps={RUNNING: listed()},
        alert=FiringAlert(name="OllamaOutOfMemory", labels={"job": "ollama"}),
        recipe="restart-host",
        target="Ollama",
    ),
)
