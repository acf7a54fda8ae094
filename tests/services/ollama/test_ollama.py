"""Ollama: memory without its size, models that are not listed, failures that are certain."""

import pytest

from homelab_steward.contract.state import Snapshot
from lab.faults import FaultKind
from lab.replay import Raw, ReplayState, Sent
from lab.visit import visit
from services.ollama import FIXTURE, RUNNING, TAGS, installed, listed, running
from steward.errors import EffectUnknown, PreconditionFailed, ServiceMalformed, ServiceRefused
from steward.services.ollama import full_name

MEMORY, MISSING = ("model_memory", None), ("model_missing", ("model", "qwen3:14b"))


def first(found: Snapshot) -> list[str]:
    """Return the models that are unloaded first."""
    return [one.id for one in found.resources if one.values["stops_first"]]


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("qwen3", "qwen3:latest"),
        ("qwen3:14b", "qwen3:14b"),
        ("hub.example.org:5000/me/qwen3", "hub.example.org:5000/me/qwen3:latest"),
    ],
)
def test_a_name_without_a_tag_is_the_latest(name: str, full: str) -> None:
    assert full_name(name) == full


async def test_without_its_size_it_is_not_known_how_full_the_memory_is() -> None:
    async with visit("ollama", changed={"gpu_memory": 0}) as here:
        found, checks = await here.snapshot(), await here.checks()
        assert (found.values["gpu_memory_used"], found.values["memory_share"]) == (16.0, None)
        assert MEMORY in checks.unknown


async def test_a_server_without_a_gpu_has_free_gpu_memory() -> None:
    async with visit("ollama") as here:
        here.served.state.answers[RUNNING] = listed({**running("qwen3:14b", 10.0, 10), "size_vram": 0})
        assert (await here.snapshot()).values["memory_share"] == 0
        tool = here.tool("models")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert "qwen3:14b: loaded, 0 MiB of GPU memory, 0 % of it on the GPU" in text
        assert "llama3.1:8b: not loaded" in text


async def test_the_model_whose_time_ends_first_is_unloaded_first() -> None:
    async with visit("ollama") as here:
        assert first(await here.snapshot()) == ["qwen3:14b"]
        pinned = {**running("qwen3:14b", 10.0, 10), "expires_at": "2318-01-01T00:00:00Z"}
        here.served.state.answers[RUNNING] = listed(running("llama3.1:8b", 6.0, 20), pinned)
        assert first(await here.snapshot()) == ["llama3.1:8b"]
        here.served.state.answers[RUNNING] = listed()
        assert first(await here.snapshot()) == []


async def test_a_model_that_may_only_not_be_listed_is_not_missing() -> None:
    async with visit("ollama") as here:
        here.served.state.answers[TAGS] = listed(installed("llama3.1:8b", 4.6), {"size": 1})
        assert MISSING in (await here.checks()).unknown
        call = await here.call(FIXTURE.rounds[1])
        here.served.state.answers[RUNNING] = listed({"size": 1}, running("qwen3:14b", 10.0, 10))
        with pytest.raises(ServiceMalformed, match="not understood"):
            await here.action("unload").probe(here.client, call, {})


async def test_what_is_not_installed_cannot_be_loaded() -> None:
    async with visit("ollama") as here:
        call = await here.call(FIXTURE.rounds[0])
        here.served.state.answers[TAGS] = listed(installed("llama3.1:8b", 4.6))
        with pytest.raises(PreconditionFailed, match="nomic-embed-text:latest is not installed"):
            await here.action("load").dry_run(here.client, call)


async def test_what_is_loaded_is_not_known_while_it_cannot_be_read() -> None:
    async with visit("ollama") as here:
        here.arm(FaultKind.STATUS, "GET", "/api/ps")
        found = await here.snapshot()
        assert (found.values["models_loaded"], found.values["models_installed"]) == (None, 3)
        assert {one.values["loaded"] for one in found.resources} == {None}


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("model requires more system memory (42.0 GiB) than is available (12.1 GiB)", ServiceRefused),
        ("llama runner process has terminated", EffectUnknown),
    ],
)
async def test_a_model_that_does_not_fit_is_certainly_not_loaded(
    error: str, expected: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: ReplayState, __: Sent) -> Raw:
        return Raw(status=500, body={"error": error})

    async with visit("ollama") as here:
        monkeypatch.setitem(here.served._replay.effects, "POST /api/generate", refuse)
        with pytest.raises(expected):
            await here.action("load").execute(here.client, await here.call(FIXTURE.rounds[0]), {})
