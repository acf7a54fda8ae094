"""What a model can do on this install, and what it is used for then."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from lab.model import ScriptedModel
from lab.model_script import Script, Turn
from steward.llm.errors import InvalidAnswer, ModelUnavailable
from steward.llm.messages import ChatReply, ChatRequest, ToolCall, Usage
from steward.llm.model_abilities import ModelCheck, ToolUse
from steward.llm.model_check import FRESH, QUESTIONS, ModelChecks, check_line, check_model
from steward.llm.settings import Deployment

from .rig import LOGS, chat_request, deployment_of, open_rig

MODEL = Deployment(id="m", model="qwen3:8b")
CALL = ToolCall(id="1", name="read_log", arguments={"container": "web"})


class Scripted:
    """Answers in some languages, and calls tools by its API or by a schema, or not."""

    def __init__(self, languages: str, *, native: bool = False, schema: bool = False) -> None:
        self._languages = languages.split()
        self._native, self._schema = native, schema

    async def ask(self, deployment: Deployment, request: ChatRequest) -> ChatReply:
        text = request.messages[0].text
        if request.tools:
            if deployment.supports_tools and not self._native:
                raise InvalidAnswer("the call could not be read")
            return ChatReply(text="", calls=(CALL,) if self._native or self._schema else ())
        for language, (question, (day,)) in QUESTIONS.items():
            if text == question:
                said = day.title() if language in self._languages else "Tuesday"
                return ChatReply(text=f"It is {said}.", usage=Usage(answer_tokens=18))
        return ChatReply(text="ready")


def seconds() -> Iterator[float]:
    yield from (float(number * 2) for number in range(100))


@pytest.mark.parametrize(
    ("model", "native", "schema", "tools"),
    [
        (MODEL, True, True, ToolUse.NATIVE),
        (MODEL, False, True, ToolUse.SCHEMA),
        (MODEL, False, False, ToolUse.NONE),
        (replace(MODEL, supports_tools=False), True, True, ToolUse.SCHEMA),
    ],
)
async def test_a_check_finds_tools_languages_and_speed(
    model: Deployment,
    native: bool,  # noqa: FBT001
    schema: bool,  # noqa: FBT001
    tools: ToolUse,
) -> None:
    clock = seconds()
    found = await check_model(Scripted("en nl", native=native, schema=schema), model, lambda: next(clock))
    assert found == ModelCheck(
        model="qwen3:8b", tools=tools, languages=("en", "nl"), tested=tuple(QUESTIONS), speed=9.0
    )


def test_the_result_in_words() -> None:
    found = ModelCheck(model="qwen3:8b", languages=("en", "nl"), tested=tuple(QUESTIONS), speed=9.2)
    assert check_line("gpu", found) == (
        "gpu (qwen3:8b): can call tools: yes; en: good; de: weak; fr: weak; es: weak; nl: good; 9 tokens/s"
    )
    assert "no; " in check_line("gpu", replace(found, tools=ToolUse.NONE))
    assert check_line("gpu", replace(found, speed=None)).endswith("speed unknown")


async def test_a_model_that_does_not_answer_has_no_result() -> None:
    class Silent:
        async def ask(self, deployment: Deployment, request: ChatRequest) -> ChatReply:
            raise ModelUnavailable("m cannot be reached")

    with pytest.raises(ModelUnavailable):
        await check_model(Silent(), MODEL)


async def test_results_are_stored_and_read_again(tmp_path: Path) -> None:
    async with open_rig(tmp_path, [MODEL]) as rig:
        reader, writer = ModelChecks(rig.database, rig.clock), ModelChecks(rig.database, rig.clock)
        assert await reader.current() == {}
        one = ModelCheck(model="a", tools=ToolUse.SCHEMA, languages=("de",), tested=("de", "fr"), speed=4.5)
        await writer.store({"a": one})
        await writer.store({"b": ModelCheck(model="b")})
        assert await reader.current() == {}, "still fresh"
        rig.clock.move(FRESH)
        assert await reader.current() == {"a": one, "b": ModelCheck(model="b")}


async def test_a_check_decides_what_a_model_is_used_for(tmp_path: Path) -> None:
    hello = Script([Turn(pieces=("Good evening.",))])
    async with ScriptedModel(hello, name="one") as one, ScriptedModel(hello, name="two") as two:
        models = [deployment_of(one), deployment_of(two)]
        async with open_rig(tmp_path, models) as rig:
            checks = ModelChecks(rig.database, rig.clock)
            await checks.store(
                {
                    "local-one": ModelCheck(model="one", tools=ToolUse.NONE),
                    "local-two": ModelCheck(model="two", tools=ToolUse.SCHEMA),
                }
            )
            reply = await rig.gateway.chat(chat_request("read the log", tools=(LOGS,)))
            assert reply.deployment == "local-two", "the first cannot call tools"
            assert "response_format" in orjson.loads(two.bodies[-1]), "the second by schema"
            assert (await rig.gateway.chat(chat_request("hello"))).deployment == "local-one"
            spoken = replace(chat_request("Hallo"), language="de", is_spoken=True)
            for weak in (ModelCheck(model="one", tested=("de",)), ModelCheck(model="one", speed=9.0)):
                rig.clock.move(FRESH)
                await checks.store({"local-one": weak})
                assert (await rig.gateway.chat(spoken)).deployment == "local-two"
            rig.clock.move(FRESH)
            await checks.store({"local-one": ModelCheck(model="earlier", tools=ToolUse.NONE)})
            reply = await rig.gateway.chat(chat_request("read the log", tools=(LOGS,)))
            assert reply.deployment == "local-one", "another model than the one that was checked"


async def test_a_model_that_cannot_call_tools_gets_none(tmp_path: Path) -> None:
    script = Script([Turn(pieces=("I do not know.",))])
    async with ScriptedModel(script, name="one") as one, open_rig(tmp_path, [deployment_of(one)]) as rig:
        no_tools = ModelCheck(model="one", tools=ToolUse.NONE)
        await ModelChecks(rig.database, rig.clock).store({"local-one": no_tools})
        reply = await rig.gateway.chat(chat_request("read the log", tools=(LOGS,)))
        assert reply.text == "I do not know."
        body = orjson.loads(one.bodies[-1])
        assert not {"tools", "response_format"} & set(body)
        assert "Reads a log" not in str(body["messages"])
