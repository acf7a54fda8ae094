"""Open WebUI: its models by connection, and a database that cannot be judged."""

from lab.faults import FaultKind
from lab.visit import visit


async def test_models_are_counted_by_connection() -> None:
    async with visit("open_webui") as here:
        tool = here.tool("models")
        lines = (await tool.read(here.client, await here.call_of(tool))).text.splitlines()
        assert lines == [
            "ollama: 2 models",
            "openai: 1 models",
            "llama3.1:8b (ollama)",
            "qwen3 (ollama)",
            "gpt-oss (openai)",
        ]


async def test_a_health_check_that_fails_says_nothing_about_the_database() -> None:
    async with visit("open_webui") as here:
        here.arm(FaultKind.STATUS, "GET", "/health/db")
        found, checks = await here.snapshot(), await here.checks()
        assert (found.values["database_connected"], found.values["models"]) == (None, 3)
        assert ("database_lost", None) in checks.unknown
