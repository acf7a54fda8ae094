"""The gateway selects deployments, handles failures, counts requests and records them."""

import asyncio
import hashlib
import json
from datetime import timedelta
from pathlib import Path

import pytest

from lab.model import ModelFault, ModelFaultKind, Script, ScriptedModel, Turn
from lab.model_script import CallStyle, ScriptedCall
from rig.clocks import HANGING
from steward.clock import ManualClock
from steward.llm.errors import (
    EmptyAnswer,
    InvalidAnswer,
    ModelError,
    ModelRefused,
    ModelStalled,
    ModelUnavailable,
    NoModelAllowed,
    RequestRejected,
    RequestTooLong,
)
from steward.llm.messages import ChatMessage, ChatRequest, Finish, Role, Task, Tier

from .rig import NOW, RESTART, Rig, chat_request, deployment_of, open_rig, reply_after

HELLO = Script([Turn(pieces=("Good ", "evening", "."))])


async def test_an_answer_is_streamed_or_complete(tmp_path: Path) -> None:
    async with ScriptedModel(HELLO, name="m") as model, open_rig(tmp_path, [deployment_of(model)]) as rig:
        reply = await rig.gateway.chat(chat_request("hello"))
        texts = [delta.text async for delta in rig.gateway.stream(chat_request("hello"))]
        assert [text for text in texts if text] == ["Good ", "evening", "."]
        assert await rig.ledger() == [], "a local request is not in the ledger"
    assert (reply.text, reply.finish, reply.deployment, reply.tier) == (
        "Good evening.",
        Finish.STOP,
        "local-m",
        Tier.LOCAL,
    )
    assert (reply.usage.prompt_tokens, reply.usage.answer_tokens) == (7, 3)


@pytest.mark.parametrize(
    "style", [CallStyle.NATIVE, CallStyle.RAW, CallStyle.FENCED, CallStyle.DOUBLED, CallStyle.TAGGED]
)
@pytest.mark.parametrize("supports_tools", [True, False])
async def test_a_call_is_parsed_in_every_format(
    tmp_path: Path,
    style: CallStyle,
    supports_tools: bool,  # noqa: FBT001
) -> None:
    call = ScriptedCall(name="request_action", arguments={"action": "restart", "target": "radarr"})
    script = Script([Turn(calls=(call,), style=style)])
    async with ScriptedModel(script, name="m") as model:
        async with open_rig(tmp_path, [deployment_of(model, supports_tools=supports_tools)]) as rig:
            reply = await rig.gateway.chat(chat_request("restart it", tools=(RESTART,)))
        body = json.loads(model.bodies[-1])
    assert [(one.name, dict(one.arguments)) for one in reply.calls] == [(call.name, call.arguments)]
    assert reply.finish is Finish.CALLS
    assert reply.text == ""
    assert ("tools" in body, "response_format" in body) == (supports_tools, not supports_tools)


async def test_a_call_in_the_middle_of_a_text_is_ignored(tmp_path: Path) -> None:
    call = ScriptedCall(name="request_action", arguments={"action": "restart", "target": "radarr"})
    script = Script([Turn(calls=(call,), style=CallStyle.PROSE)])
    async with ScriptedModel(script) as model, open_rig(tmp_path, [deployment_of(model)]) as rig:
        reply = await rig.gateway.chat(chat_request("how would I?", tools=(RESTART,)))
    assert reply.calls == ()
    assert reply.text.startswith("One could write {")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (ModelFault(kind=ModelFaultKind.STALL), ModelStalled),
        (ModelFault(kind=ModelFaultKind.SILENT), ModelStalled),
        (ModelFault(kind=ModelFaultKind.GARBAGE, after=2), InvalidAnswer),
        (ModelFault(kind=ModelFaultKind.CUT, after=2), ModelUnavailable),
        (ModelFault(kind=ModelFaultKind.STATUS, status=500), ModelUnavailable),
        (ModelFault(kind=ModelFaultKind.STATUS, status=402), ModelRefused),
        (ModelFault(kind=ModelFaultKind.STATUS, status=400), RequestRejected),
    ],
)
async def test_the_next_deployment_answers_after_a_failure(
    tmp_path: Path, fault: ModelFault, error: type[ModelError]
) -> None:
    async with ScriptedModel(HELLO, name="bad") as bad, ScriptedModel(HELLO, name="good") as good:
        bad.fault = fault
        async with open_rig(tmp_path, [deployment_of(bad)]) as rig:
            with pytest.raises(error):
                await reply_after(bad, rig)
        received = len(bad.bodies)
        async with open_rig(tmp_path, [deployment_of(bad), deployment_of(good)]) as rig:
            assert (await reply_after(bad, rig)).deployment == "local-good"
            assert (await rig.gateway.chat(chat_request("hello"))).deployment == "local-good"
            is_outage = issubclass(error, ModelUnavailable)
            assert len(bad.bodies) == received + (1 if is_outage else 2), "only an outage is a pause"
            rig.clock.move(3600)
            bad.fault = None
            assert (await rig.gateway.chat(chat_request("hello"))).deployment == "local-bad"


async def test_a_request_that_is_too_long_goes_to_a_larger_context(tmp_path: Path) -> None:
    async with (
        ScriptedModel(HELLO, name="first") as first,
        ScriptedModel(HELLO, name="small") as small,
        ScriptedModel(HELLO, name="large") as large,
    ):
        first.fault = ModelFault(kind=ModelFaultKind.STATUS, status=413)
        deployments = [
            deployment_of(first, context_tokens=8192),
            deployment_of(small, context_tokens=4096),
            deployment_of(large, context_tokens=32768),
        ]
        async with open_rig(tmp_path, deployments) as rig:
            assert (await rig.gateway.chat(chat_request("hello"))).deployment == "local-large"
            large.fault = first.fault
            with pytest.raises(RequestTooLong, match="local-large"):
                await rig.gateway.chat(chat_request("hello"))
            assert small.bodies == []
            assert [one.reason for one in await rig.gateway.health()] == ["", "", ""]


@pytest.mark.parametrize(
    ("reason", "finish"),
    [("length", Finish.LENGTH), ("content_filter", Finish.FILTERED), ("stop", Finish.STOP)],
)
async def test_an_empty_answer_is_asked_for_elsewhere(tmp_path: Path, reason: str, finish: Finish) -> None:
    chunk = {"choices": [{"delta": {"reasoning_content": "Hm."}, "finish_reason": reason}]}
    empty = Script([Turn(raw=(f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n",))])
    async with ScriptedModel(empty, name="bad") as bad, ScriptedModel(HELLO, name="good") as good:
        async with open_rig(tmp_path, [deployment_of(bad)]) as rig:
            with pytest.raises(EmptyAnswer) as caught:
                await rig.gateway.chat(chat_request("hello"))
            assert caught.value.finish is finish
            assert [one.reason for one in await rig.gateway.health()] == [""]
        async with open_rig(tmp_path, [deployment_of(bad), deployment_of(good)]) as rig:
            assert (await rig.gateway.chat(chat_request("hello"))).text == "Good evening."


async def _collect_texts(rig: Rig, texts: list[str]) -> None:
    async for delta in rig.gateway.stream(chat_request("hello")):
        texts.append(delta.text)  # noqa: PERF401 - keeps the texts before an error


async def test_a_failure_after_the_first_piece_is_an_error(tmp_path: Path) -> None:
    async with ScriptedModel(HELLO, name="bad") as bad, ScriptedModel(HELLO, name="good") as good:
        texts: list[str] = []
        async with open_rig(tmp_path, [deployment_of(bad), deployment_of(good)]) as rig:
            await rig.gateway.chat(chat_request("hello"))
            bad.fault = ModelFault(kind=ModelFaultKind.CUT, after=2)
            with pytest.raises(ModelUnavailable, match="closed the connection"):
                await _collect_texts(rig, texts)
    assert texts == ["Good "]
    assert good.bodies == []


async def test_the_first_answer_is_not_shown_before_it_is_known_to_be_no_thought(tmp_path: Path) -> None:
    async with ScriptedModel(HELLO, name="bad") as bad, ScriptedModel(HELLO, name="good") as good:
        bad.fault = ModelFault(kind=ModelFaultKind.CUT, after=2)
        texts: list[str] = []
        async with open_rig(tmp_path, [deployment_of(bad), deployment_of(good)]) as rig:
            await _collect_texts(rig, texts)
    assert "".join(texts) == "Good evening."
    assert len(good.bodies) == 1


async def test_a_429_pauses_a_deployment_until_its_retry_after(tmp_path: Path) -> None:
    fault = ModelFault(kind=ModelFaultKind.STATUS, status=429, headers={"Retry-After": "600"})
    async with ScriptedModel(HELLO, name="m") as model:
        model.fault = fault
        async with open_rig(tmp_path, [deployment_of(model)]) as rig:
            with pytest.raises(ModelUnavailable, match="429"):
                await rig.gateway.chat(chat_request("hello"))
            model.fault = None
            rig.clock.move(599)
            with pytest.raises(NoModelAllowed, match="too many requests"):
                await rig.gateway.chat(chat_request("hello"))
            (health,) = await rig.gateway.health()
            assert health.out_until is not None
            assert (health.out_until - rig.clock.now()).total_seconds() == 1
            rig.clock.move(1)
            assert (await rig.gateway.chat(chat_request("hello"))).text == "Good evening."
            assert len(model.bodies) == 2


async def test_daily_requests_are_counted_across_restarts(tmp_path: Path) -> None:
    async with ScriptedModel(HELLO, name="m") as model:
        deployment = deployment_of(model, Tier.CLOUD, daily_requests=2)
        async with open_rig(tmp_path, [deployment]) as rig:
            await rig.gateway.chat(chat_request("hello"))
        async with open_rig(tmp_path, [deployment]) as rig:
            await rig.gateway.chat(chat_request("hello"))
            with pytest.raises(NoModelAllowed, match="daily limit"):
                await rig.gateway.chat(chat_request("hello"))
            (health,) = await rig.gateway.health()
            assert (health.requests_today, health.daily_requests) == (2, 2)
            rig.clock.move(24 * 3600)
            await rig.gateway.chat(chat_request("hello"))
    assert len(model.bodies) == 3


async def test_a_request_without_a_limit_is_counted_during_its_answer(tmp_path: Path) -> None:
    async with ScriptedModel(HELLO, name="m") as model, open_rig(tmp_path, [deployment_of(model)]) as rig:
        await rig.gateway.chat(chat_request("hello"))
        async with rig.database.write():
            # The database is locked: the answer does not wait for the count.
            answer = asyncio.create_task(anext(stream := rig.gateway.stream(chat_request("hello"))))
            async with asyncio.timeout(HANGING):
                assert (await answer).text == "Good "
        await stream.aclose()
        await rig.gateway.chat(chat_request("hello"))
        (health,) = await rig.gateway.health()
        assert health.requests_today == 3


async def test_a_request_with_a_limit_is_counted_before_it_is_sent(tmp_path: Path) -> None:
    async with (
        ScriptedModel(HELLO, name="m") as model,
        open_rig(tmp_path, [deployment_of(model, daily_requests=10)]) as rig,
    ):
        async with rig.database.write():
            answer = asyncio.create_task(rig.gateway.chat(chat_request("hello")))
            await asyncio.sleep(0.2)
            assert model.bodies == []
        assert (await answer).text == "Good evening."


async def test_a_part_of_the_daily_limit_is_reserved_for_diagnoses(tmp_path: Path) -> None:
    async with (
        ScriptedModel(HELLO, name="m") as model,
        open_rig(tmp_path, [deployment_of(model, daily_requests=10)]) as rig,
    ):
        for _ in range(9):
            await rig.gateway.chat(chat_request("hello"))
        with pytest.raises(NoModelAllowed):
            await rig.gateway.chat(chat_request("hello"))
        incident = ChatRequest(messages=chat_request("why?").messages, task=Task.DIAGNOSIS)
        assert (await rig.gateway.chat(incident)).text == "Good evening."


async def test_an_external_request_is_one_row_without_its_text(tmp_path: Path) -> None:
    async with ScriptedModel(HELLO, name="m") as model:
        async with open_rig(tmp_path, [deployment_of(model, Tier.CLOUD, api_key="sk-lab")]) as rig:
            await rig.gateway.chat(chat_request("what does exit code 137 mean?"))
            (row,) = await rig.ledger()
            await rig.gateway.embed(("a public text",))
            assert [entry["task"] for entry in await rig.ledger()] == ["chat", "embedding"]
        body = json.loads(model.bodies[0])
    sent = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert row["at"] == NOW
    assert row["digest"] == hashlib.sha256(sent).hexdigest()
    assert row["bytes"] == len(sent)
    assert (row["deployment"], row["tier"], row["privacy"], row["masked"]) == (
        "cloud-m",
        "cloud",
        "public",
        0,
    )
    assert not [value for value in row.values() if "137" in str(value)]


async def test_vectors_are_in_the_order_of_their_texts(tmp_path: Path) -> None:
    async with ScriptedModel(name="m") as model, open_rig(tmp_path, [deployment_of(model)]) as rig:
        first, second = await rig.gateway.embed(("one", "two"))
        assert await rig.gateway.embed(("two", "one")) == (second, first)
        assert await rig.gateway.embed(()) == ()
        assert await rig.gateway.models() == ("local-m/m",)


async def test_only_a_demanding_public_question_goes_to_the_cloud(tmp_path: Path) -> None:
    hard = "Find the root cause of these latency spikes and prove it with the kernel profile"
    async with (
        ScriptedModel(HELLO, name="m") as local,
        ScriptedModel(HELLO, name="m") as cloud,
        open_rig(tmp_path, [deployment_of(local), deployment_of(cloud, Tier.CLOUD)]) as rig,
    ):
        assert (await rig.gateway.chat(chat_request(hard))).deployment == "cloud-m"
        assert (await rig.gateway.chat(chat_request("hello"))).deployment == "local-m"
        assert (await rig.gateway.chat(chat_request(f"{hard} of 192.168.7.9"))).deployment == "local-m"


async def test_tool_results_are_sent_in_the_format_of_the_api(tmp_path: Path) -> None:
    call = ScriptedCall(name="request_action", arguments={"action": "stop", "target": "sonarr"})
    script = Script([Turn(role="user", calls=(call,)), Turn(role="tool", match="stopped", pieces=("Done.",))])
    async with ScriptedModel(script) as model, open_rig(tmp_path, [deployment_of(model)]) as rig:
        request = chat_request("stop sonarr", tools=(RESTART,))
        reply = await rig.gateway.chat(request)
        result = ChatMessage(role=Role.TOOL, text="stopped", call_id=reply.calls[0].id)
        message = ChatMessage(role=Role.ASSISTANT, text="", calls=reply.calls)
        after = ChatRequest(messages=(*request.messages, message, result), tools=(RESTART,))
        assert (await rig.gateway.chat(after)).text == "Done."


async def test_without_deployments_requests_are_refused(tmp_path: Path) -> None:
    async with open_rig(tmp_path, [], clock=ManualClock(NOW)) as rig:
        with pytest.raises(NoModelAllowed, match="no model is configured"):
            await rig.gateway.chat(chat_request("hello"))
        with pytest.raises(NoModelAllowed, match="no model is configured"):
            _ = [delta async for delta in rig.gateway.stream(chat_request("hello"))]
        assert await rig.gateway.health() == ()


async def test_the_time_at_which_a_provider_accepts_requests_again_survives_a_restart(tmp_path: Path) -> None:
    fault = ModelFault(kind=ModelFaultKind.STATUS, status=429, headers={"Retry-After": "600"})
    clock = ManualClock(NOW)
    async with ScriptedModel(HELLO) as model:
        deployments = [deployment_of(model)]
        model.fault = fault
        async with open_rig(tmp_path, deployments, clock=clock) as rig:
            with pytest.raises(ModelUnavailable, match="429"):
                await rig.gateway.chat(chat_request("hello"))
        model.fault = None
        sent = len(model.bodies)
        for seconds in (0, 590):
            clock.move(seconds)
            async with open_rig(tmp_path, deployments, clock=clock) as rig:
                (health,) = await rig.gateway.health()
                assert health.out_until == NOW + timedelta(seconds=600)
                with pytest.raises(NoModelAllowed, match="429"):
                    await rig.gateway.chat(chat_request("hello"))
        assert len(model.bodies) == sent
        clock.move(11)
        async with open_rig(tmp_path, deployments, clock=clock) as rig:
            assert (await rig.gateway.chat(chat_request("hello"))).text
        async with open_rig(tmp_path, deployments, clock=clock) as rig:
            (health,) = await rig.gateway.health()
            assert health.out_until is None, "an answer ends the pause"


async def test_an_answer_ends_the_pause_of_before_the_restart(tmp_path: Path) -> None:
    async with ScriptedModel(HELLO) as model:
        one = deployment_of(model)
        model.fault = ModelFault(kind=ModelFaultKind.STATUS, status=429, headers={"Retry-After": "600"})
        async with open_rig(tmp_path, [one]) as rig:
            with pytest.raises(ModelUnavailable, match="429"):
                await rig.gateway.chat(chat_request("hello"))
            model.fault = None
            await rig.gateway.ask(one, chat_request("hello"))
        async with open_rig(tmp_path, [one]) as rig:
            assert (await rig.gateway.chat(chat_request("hello"))).text


async def test_a_clock_that_was_set_back_pauses_for_a_day_at_most(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    async with ScriptedModel(HELLO) as model:
        model.fault = ModelFault(kind=ModelFaultKind.STATUS, status=429, headers={"Retry-After": "600"})
        async with open_rig(tmp_path, [deployment_of(model)], clock=clock) as rig:
            with pytest.raises(ModelUnavailable, match="429"):
                await rig.gateway.chat(chat_request("hello"))
        model.fault = None
        clock.jump(-365 * 24 * 3600)
        async with open_rig(tmp_path, [deployment_of(model)], clock=clock) as rig:
            (health,) = await rig.gateway.health()
            assert health.out_until == clock.now() + timedelta(days=1)
