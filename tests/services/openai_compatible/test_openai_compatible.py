"""Servers with OpenAI's API: vLLM, LM Studio, what a server does not have, and one that is stuck."""

from typing import Any

import pytest

from lab.faults import FaultKind
from lab.replay import Answer, Raw
from lab.visit import Visit, visit
from services.openai_compatible import (
    ABSENT,
    FIXTURE,
    METRICS,
    MODELS,
    PROPS,
    SLOTS,
    STUDIO,
    VERSION,
    listed,
    metrics,
    model,
)
from steward.errors import ServiceMalformed
from steward.sdk.description import Effect

STUCK = ("model_server_stuck", None)
PLAIN = listed(model("qwen3-14b"), model("bge-m3"))
NONE: dict[str, Answer] = dict.fromkeys((SLOTS, METRICS, PROPS, VERSION, STUDIO), ABSENT)
VLLM = Raw(
    text="""
vllm:num_requests_running{engine="0",model_name="qwen"} 3.0
vllm:num_requests_waiting{engine="0",model_name="qwen"} 4.0
vllm:num_requests_waiting{engine="1",model_name="qwen"} 1.0
vllm:kv_cache_usage_perc{engine="0",model_name="qwen"} 0.5
vllm:prompt_tokens_total{engine="0",model_name="qwen"} 800
"""
)


async def test_a_server_that_only_lists_its_models() -> None:
    async with visit("openai_compatible") as here:
        here.served.state.answers |= {MODELS: PLAIN, **NONE}
        found = await here.snapshot()
        assert found.coverage.gaps == ()
        assert {key: value for key, value in found.values.items() if value is not None} == {
            "models": 2,
            "response_time": 0,
        }
        assert {one.values["loaded"] for one in found.resources} == {None}
        assert set(found.unavailable) == {"action.load", "action.unload"}


async def test_what_it_does_not_have_is_asked_for_again_after_ten_minutes() -> None:
    async with visit("openai_compatible") as here:
        here.served.state.answers |= {MODELS: PLAIN, **NONE}
        await here.poll()
        before = len(here.served.requests)
        await here.poll()
        assert [seen.path for seen in list(here.served.requests)[before:]] == ["/v1/models"]
        here.served.state.answers[METRICS] = metrics(9000, 1, 7)
        here.clock.advance(601)
        assert (await here.snapshot()).values["requests_waiting"] == 7


async def test_the_metrics_of_vllm() -> None:
    async with visit("openai_compatible") as here:
        here.served.state.answers |= {**NONE, METRICS: VLLM, VERSION: {"version": "0.11.0"}}
        found = await here.snapshot()
        assert (found.values["requests_running"], found.values["requests_waiting"]) == (3, 5)
        assert (found.values["cache_used"], found.version) == (50, "0.11.0")


async def test_lm_studio_answers_200_for_what_it_does_not_have() -> None:
    nothing: dict[str, Answer] = {
        one: {"error": "Unexpected endpoint"} for one in (SLOTS, METRICS, PROPS, VERSION)
    }
    states = listed({**model("qwen3-14b"), "state": "loaded"}, {**model("bge-m3"), "state": "not-loaded"})
    async with visit("openai_compatible") as here:
        here.served.state.answers |= {MODELS: PLAIN, **nothing, STUDIO: states}
        found = await here.snapshot()
        assert found.coverage.gaps == ()
        assert {one.id: one.values["loaded"] for one in found.resources} == {
            "qwen3-14b": True,
            "bge-m3": False,
        }


async def test_another_path_of_the_api() -> None:
    async with visit("openai_compatible", changed={"api": "/v3/"}) as here:
        here.served.state.answers["GET /v3/models"] = listed(model("mistral"))
        assert [one.id for one in (await here.snapshot()).resources] == ["mistral"]


async def test_a_server_without_a_key_gets_none() -> None:
    async with visit("openai_compatible", changed={"token": ""}) as here:
        here.arm(FaultKind.STATUS, status=404)
        with pytest.raises(Exception, match="404"):
            await here.poll()


async def after(here: Visit, seconds: float, answer: Any) -> Any:
    """Poll after some time with this answer, and return the results of the checks."""
    here.clock.advance(seconds)
    here.served.state.answers[METRICS] = answer
    return await here.checks()


async def test_a_server_is_stuck_that_has_requests_and_makes_no_progress() -> None:
    async with visit("openai_compatible") as here:
        assert STUCK in (await here.checks()).clear
        assert STUCK in (await after(here, 200, metrics(9000, 1, 0))).clear
        assert "no progress for 310 seconds" in (await after(here, 110, metrics(9000, 1, 0))).problems[STUCK]
        assert STUCK in (await after(here, 10, metrics(9001, 1, 0))).clear
        assert STUCK in (await after(here, 400, metrics(9001, 0, 0))).clear
        assert STUCK in (await after(here, 400, metrics(9001, 0, 2))).problems
        without = Raw(text="llamacpp:requests_processing 1\nllamacpp:requests_deferred 1")
        assert STUCK in (await after(here, 400, without)).unknown


async def test_slots_are_counted_and_their_prompts_are_not_read() -> None:
    async with visit("openai_compatible") as here:
        found, tool = await here.snapshot(), here.tool("queue")
        text = (await tool.read(here.client, await here.call_of(tool))).text
        assert (found.values["slots_busy"], found.values["requests_running"]) == (50, 1)
        assert text == "Running: 1\nWaiting: 0\nSlots: 2"
        assert "private" not in f"{found}"


async def test_a_model_that_is_not_listed_is_not_known_to_be_unloaded() -> None:
    async with visit("openai_compatible") as here:
        call, action = await here.call(FIXTURE.rounds[1]), here.action("unload")
        here.served.state.answers[MODELS] = listed(model("bge-m3", "unloaded"))
        with pytest.raises(ServiceMalformed, match="qwen3-14b is not listed"):
            await action.probe(here.client, call, {})


async def test_a_model_that_failed_is_named() -> None:
    async with visit("openai_compatible") as here:
        call, action = await here.call(FIXTURE.rounds[0]), here.action("load")
        before = await action.dry_run(here.client, call)
        failed = model("gemma-3-4b", "unloaded", failed=True, exit_code=137)
        here.served.state.answers[MODELS] = listed(model("qwen3-14b", "loaded"), failed)
        tool = here.tool("models")
        lines = (await tool.read(here.client, await here.call_of(tool))).text.splitlines()
        assert lines[0] == "gemma-3-4b: It ended while it was loaded, with exit code 137"
        assert await action.probe(here.client, call, before.baseline) is Effect.NOT_SEEN
