"""Who is asked, what follows a failure, what is counted and what is entered."""

import asyncio
import hashlib
import json
from pathlib import Path

import pytest

from lab.model import ModelFault, ModelFaultKind, Script, ScriptedModel, Turn
from lab.model_script import CallStyle, ScriptedCall
from steward.clock import ManualClock
from steward.llm.errors import ModelRefused, ModelStalled, ModelUnavailable, NoModelAllowed
from steward.llm.messages import ChatMessage, ChatRequest, Finish, Role, Task, Tier

from .rig import NOW, RESTART, Rig, asks, rig, served

HELLO = Script([Turn(pieces=("Good ", "evening", "."))])


async def test_an_answer_comes_in_pieces_and_whole(tmp_path: Path) -> None:
    async with ScriptedModel(HELLO, name="m") as model, rig(tmp_path, [served(model)]) as one:
        texts = [delta.text async for delta in one.gateway.stream(asks("hello"))]
        assert [text for text in texts if text] == ["Good ", "evening", "."]
        reply = await one.gateway.chat(asks("hello"))
        assert await one.ledger() == [], "nothing has left the house"
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
async def test_a_call_is_read_however_it_is_written(
    tmp_path: Path,
    style: CallStyle,
    supports_tools: bool,  # noqa: FBT001
) -> None:
    call = ScriptedCall(name="request_action", arguments={"action": "restart", "target": "radarr"})
    script = Script([Turn(calls=(call,), style=style)])
    async with ScriptedModel(script, name="m") as model:
        async with rig(tmp_path, [served(model, supports_tools=supports_tools)]) as one:
            reply = await one.gateway.chat(asks("restart it", tools=(RESTART,)))
        body = json.loads(model.bodies[-1])
    assert [(one.name, dict(one.arguments)) for one in reply.calls] == [(call.name, call.arguments)]
    assert reply.finish is Finish.CALLS
    assert reply.text == ""
    assert ("tools" in body, "response_format" in body) == (supports_tools, not supports_tools)


async def test_prose_that_shows_a_call_is_prose(tmp_path: Path) -> None:
    call = ScriptedCall(name="request_action", arguments={"action": "restart", "target": "radarr"})
    script = Script([Turn(calls=(call,), style=CallStyle.PROSE)])
    async with ScriptedModel(script) as model, rig(tmp_path, [served(model)]) as one:
        reply = await one.gateway.chat(asks("how would I?", tools=(RESTART,)))
    assert reply.calls == ()
    assert reply.text.startswith("One could write {")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (ModelFault(kind=ModelFaultKind.STALL), ModelStalled),
        (ModelFault(kind=ModelFaultKind.SILENT), ModelStalled),
        (ModelFault(kind=ModelFaultKind.GARBAGE, after=2), ModelUnavailable),
        (ModelFault(kind=ModelFaultKind.CUT, after=2), ModelUnavailable),
        (ModelFault(kind=ModelFaultKind.STATUS, status=500), ModelUnavailable),
        (ModelFault(kind=ModelFaultKind.STATUS, status=402), ModelRefused),
        (ModelFault(kind=ModelFaultKind.STATUS, status=400), ModelRefused),
    ],
)
async def test_the_next_one_answers_when_one_fails(
    tmp_path: Path, fault: ModelFault, error: type[ModelUnavailable]
) -> None:
    async with ScriptedModel(HELLO, name="bad") as bad, ScriptedModel(HELLO, name="good") as good:
        bad.fault = fault
        async with rig(tmp_path, [served(bad)]) as alone:
            with pytest.raises(error):
                await alone.gateway.chat(asks("hello", deadline=1.0))
        seen = len(bad.bodies)
        async with rig(tmp_path, [served(bad), served(good)]) as one:
            if fault.kind is not ModelFaultKind.SILENT:
                assert (await one.gateway.chat(asks("hello"))).deployment == "local-good"
                assert (await one.gateway.chat(asks("hello"))).deployment == "local-good"
                assert len(bad.bodies) == seen + 1, "it was asked again while it was out"
                one.clock.move(3600)
                bad.fault = None
                assert (await one.gateway.chat(asks("hello"))).deployment == "local-bad"


async def _listen(one: Rig, said: list[str]) -> None:
    async for delta in one.gateway.stream(asks("hello")):
        said.append(delta.text)  # noqa: PERF401 - what came before an error counts


async def test_a_broken_stream_is_told_once_something_was_said(tmp_path: Path) -> None:
    async with ScriptedModel(HELLO, name="bad") as bad, ScriptedModel(HELLO, name="good") as good:
        bad.fault = ModelFault(kind=ModelFaultKind.CUT, after=2)
        said: list[str] = []
        async with rig(tmp_path, [served(bad), served(good)]) as one:
            with pytest.raises(ModelUnavailable, match="cut off"):
                await _listen(one, said)
    assert said == ["Good "]
    assert good.bodies == []


async def test_too_many_requests_keep_it_out_until_the_time_it_names(tmp_path: Path) -> None:
    fault = ModelFault(kind=ModelFaultKind.STATUS, status=429, headers={"Retry-After": "600"})
    async with ScriptedModel(HELLO, name="m") as model:
        model.fault = fault
        async with rig(tmp_path, [served(model)]) as one:
            with pytest.raises(ModelUnavailable, match="429"):
                await one.gateway.chat(asks("hello"))
            model.fault = None
            one.clock.move(599)
            with pytest.raises(NoModelAllowed, match="too many requests"):
                await one.gateway.chat(asks("hello"))
            (health,) = await one.gateway.health()
            assert health.out_until is not None
            assert (health.out_until - one.clock.now()).total_seconds() == 1
            one.clock.move(1)
            assert (await one.gateway.chat(asks("hello"))).text == "Good evening."
            assert len(model.bodies) == 2


async def test_requests_of_a_day_are_counted_across_restarts(tmp_path: Path) -> None:
    async with ScriptedModel(HELLO, name="m") as model:
        deployment = served(model, Tier.CLOUD, daily_requests=2)
        async with rig(tmp_path, [deployment]) as one:
            await one.gateway.chat(asks("hello"))
        async with rig(tmp_path, [deployment]) as one:
            await one.gateway.chat(asks("hello"))
            with pytest.raises(NoModelAllowed, match="used up"):
                await one.gateway.chat(asks("hello"))
            (health,) = await one.gateway.health()
            assert (health.requests_today, health.daily_requests) == (2, 2)
            one.clock.move(24 * 3600)
            await one.gateway.chat(asks("hello"))
    assert len(model.bodies) == 3


async def test_a_model_without_a_limit_is_counted_beside_its_answer(tmp_path: Path) -> None:
    async with ScriptedModel(HELLO, name="m") as model, rig(tmp_path, [served(model)]) as one:
        async with one.database.write():
            # Nobody can write now: the answer comes all the same, and its count afterwards.
            answer = asyncio.create_task(anext(stream := one.gateway.stream(asks("hello"))))
            async with asyncio.timeout(5):
                assert (await answer).text == "Good "
        await stream.aclose()
        await one.gateway.chat(asks("hello"))
        (health,) = await one.gateway.health()
        assert health.requests_today == 2


async def test_a_model_with_a_limit_is_asked_only_once_it_is_counted(tmp_path: Path) -> None:
    async with (
        ScriptedModel(HELLO, name="m") as model,
        rig(tmp_path, [served(model, daily_requests=10)]) as one,
    ):
        async with one.database.write():
            answer = asyncio.create_task(one.gateway.chat(asks("hello")))
            await asyncio.sleep(0.2)
            assert model.bodies == []
        assert (await answer).text == "Good evening."


async def test_a_part_of_the_day_is_kept_for_incidents(tmp_path: Path) -> None:
    async with (
        ScriptedModel(HELLO, name="m") as model,
        rig(tmp_path, [served(model, daily_requests=10)]) as one,
    ):
        for _ in range(9):
            await one.gateway.chat(asks("hello"))
        with pytest.raises(NoModelAllowed):
            await one.gateway.chat(asks("hello"))
        incident = ChatRequest(messages=asks("why?").messages, task=Task.DIAGNOSIS)
        assert (await one.gateway.chat(incident)).text == "Good evening."


async def test_each_request_that_leaves_is_one_row_without_its_text(tmp_path: Path) -> None:
    async with ScriptedModel(HELLO, name="m") as model:
        async with rig(tmp_path, [served(model, Tier.CLOUD, api_key="sk-lab")]) as one:
            await one.gateway.chat(asks("what does exit code 137 mean?"))
            (row,) = await one.ledger()
            await one.gateway.embed(("a public text",))
            assert [entry["task"] for entry in await one.ledger()] == ["chat", "embedding"]
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


async def test_vectors_come_in_the_order_of_their_texts(tmp_path: Path) -> None:
    async with ScriptedModel(name="m") as model, rig(tmp_path, [served(model)]) as one:
        first, second = await one.gateway.embed(("one", "two"))
        assert await one.gateway.embed(("two", "one")) == (second, first)
        assert await one.gateway.embed(()) == ()
        assert await one.gateway.models() == ("local-m/m",)


async def test_a_hard_public_question_goes_to_the_cloud_and_a_private_one_never(tmp_path: Path) -> None:
    hard = "Find the root cause of these latency spikes and prove it with the kernel profile"
    async with (
        ScriptedModel(HELLO, name="home") as home,
        ScriptedModel(HELLO, name="far") as far,
        rig(tmp_path, [served(home), served(far, Tier.CLOUD)]) as one,
    ):
        assert (await one.gateway.chat(asks(hard))).deployment == "cloud-far"
        assert (await one.gateway.chat(asks("hello"))).deployment == "local-home"
        assert (await one.gateway.chat(asks(f"{hard} of 192.168.7.9"))).deployment == "local-home"


async def test_tool_results_travel_as_the_format_has_them(tmp_path: Path) -> None:
    call = ScriptedCall(name="request_action", arguments={"action": "stop", "target": "sonarr"})
    script = Script([Turn(role="user", calls=(call,)), Turn(role="tool", match="stopped", pieces=("Done.",))])
    async with ScriptedModel(script) as model, rig(tmp_path, [served(model)]) as one:
        request = asks("stop sonarr", tools=(RESTART,))
        reply = await one.gateway.chat(request)
        result = ChatMessage(role=Role.TOOL, text="stopped", call_id=reply.calls[0].id)
        said = ChatMessage(role=Role.ASSISTANT, text="", calls=reply.calls)
        after = ChatRequest(messages=(*request.messages, said, result), tools=(RESTART,))
        assert (await one.gateway.chat(after)).text == "Done."


async def test_without_any_deployment_it_is_said(tmp_path: Path) -> None:
    async with rig(tmp_path, [], clock=ManualClock(NOW)) as one:
        with pytest.raises(NoModelAllowed, match="no model is configured"):
            await one.gateway.chat(asks("hello"))
        with pytest.raises(NoModelAllowed, match="no model is configured"):
            _ = [delta async for delta in one.gateway.stream(asks("hello"))]
        assert await one.gateway.health() == ()
