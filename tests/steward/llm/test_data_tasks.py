"""Tasks of automations: a text or an object, by the models that may read them."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.model_tasks import GenerateData
from lab.model import Script, ScriptedModel, Turn
from steward.clock import ManualClock
from steward.llm.data_tasks import AT_ONCE, LONGEST_INSTRUCTIONS, LONGEST_STRUCTURE, DataTasks, read_object
from steward.llm.errors import ModelError, ModelFailed, ModelStalled, NoModelAllowed, RequestTooLong
from steward.llm.messages import ChatReply, ChatRequest, Finish, Role, Tier

from .rig import NOW, deployment_of, open_rig

STRUCTURE: dict[str, Any] = {
    "type": "object",
    "properties": {"title": {"type": "string"}, "count": {"type": "number"}},
    "required": ["title"],
}


@dataclass
class Gateway:
    """Answers with the replies in order; an error is raised."""

    replies: list[str | ChatReply | ModelError]
    requests: list[ChatRequest] = field(default_factory=list)
    waits: asyncio.Event | None = None

    async def chat(self, request: ChatRequest) -> ChatReply:
        self.requests.append(request)
        if self.waits is not None:
            await self.waits.wait()
        reply = self.replies.pop(0)
        if isinstance(reply, ModelError):
            raise reply
        return reply if isinstance(reply, ChatReply) else ChatReply(text=reply, deployment="local")


def tasks(gateway: Gateway | None) -> DataTasks:
    return DataTasks(gateway, ManualClock(NOW))  # type: ignore[arg-type]  # only chat is used


async def test_a_text_is_returned_as_it_is() -> None:
    gateway = Gateway(["Three disks."])
    made = await tasks(gateway).generate(GenerateData(instructions="Summarise: 3 disks"))
    assert (made.text, made.data, made.deployment) == ("Three disks.", None, "local")
    assert gateway.requests[0].schema is None


async def test_a_second_answer_is_asked_for_with_the_reason() -> None:
    gateway = Gateway(['{"count": 3}', 'Sure:\n```json\n{"title": "Disks", "count": 3, "note": 1}\n```'])
    made = await tasks(gateway).generate(GenerateData(instructions="Three disks", structure=STRUCTURE))
    assert made.data == {"title": "Disks", "count": 3}, "a key that was not asked for is left out"
    first, second = gateway.requests
    assert first.schema == STRUCTURE
    assert '"required":["title"]' in first.messages[0].text, "a server may not support schemas"
    assert [one.role for one in second.messages[2:]] == [Role.ASSISTANT, Role.USER]
    assert "title" in second.messages[3].text


@pytest.mark.parametrize(
    "replies",
    [
        ["no", "still no"],
        [ChatReply(text='{"title": "Di', finish=Finish.LENGTH)],
        [ChatReply(text='{"title": ""}', finish=Finish.FILTERED)],
    ],
)
async def test_what_is_not_complete_or_not_valid_is_no_answer(replies: list[Any]) -> None:
    gateway = Gateway(replies)
    with pytest.raises(ContractError) as caught:
        await tasks(gateway).generate(GenerateData(instructions="Disks", structure=STRUCTURE))
    assert caught.value.code is ErrorCode.UNAVAILABLE
    assert gateway.replies == []


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NoModelAllowed("private"), ErrorCode.FORBIDDEN),
        (ModelStalled("slow"), ErrorCode.TIMEOUT),
        (RequestTooLong("long"), ErrorCode.TOO_LARGE),
        (ModelFailed("broken"), ErrorCode.UNAVAILABLE),
    ],
)
async def test_errors_of_models_have_a_code(error: ModelError, code: ErrorCode) -> None:
    running = tasks(Gateway([*[error] * AT_ONCE, "fine"]))
    for _ in range(AT_ONCE):
        with pytest.raises(ContractError) as caught:
            await running.generate(GenerateData(instructions="Disks"))
        assert (caught.value.code, caught.value.message) == (code, str(error))
    assert (await running.generate(GenerateData(instructions="Disks"))).text == "fine"


@pytest.mark.parametrize(
    "task",
    [
        GenerateData(instructions="a" * (LONGEST_INSTRUCTIONS + 1)),
        GenerateData(instructions="a", structure={"title": "a" * LONGEST_STRUCTURE}),
    ],
)
async def test_what_is_too_long_is_not_sent(task: GenerateData) -> None:
    gateway = Gateway([])
    with pytest.raises(ContractError) as caught:
        await tasks(gateway).generate(task)
    assert (caught.value.code, gateway.requests) == (ErrorCode.TOO_LARGE, [])


async def test_without_a_model_nothing_is_made() -> None:
    with pytest.raises(ContractError) as caught:
        await tasks(None).generate(GenerateData(instructions="Disks"))
    assert caught.value.code is ErrorCode.UNAVAILABLE


async def test_too_many_tasks_at_once_are_refused() -> None:
    gateway = Gateway(["fine"] * AT_ONCE, waits=asyncio.Event())
    running = tasks(gateway)
    async with asyncio.TaskGroup() as group:
        made = [
            group.create_task(running.generate(GenerateData(instructions="Disks"))) for _ in range(AT_ONCE)
        ]
        await asyncio.sleep(0)
        with pytest.raises(ContractError) as caught:
            await running.generate(GenerateData(instructions="Disks"))
        assert gateway.waits
        gateway.waits.set()
    assert caught.value.code is ErrorCode.TOO_MANY
    assert [one.result().text for one in made] == ["fine"] * AT_ONCE


async def test_private_instructions_and_structures_stay_at_home(tmp_path: Path) -> None:
    answer = Script([Turn(pieces=('{"title": "fine"}',))] * 2)
    private = {**STRUCTURE, "description": "About pve-keller"}
    async with (
        ScriptedModel(answer, name="m") as model,
        open_rig(tmp_path, [deployment_of(model, Tier.CLOUD)]) as rig,
    ):
        running = DataTasks(rig.gateway, rig.clock)
        for task in (
            GenerateData(instructions="Is pve-keller full?"),
            GenerateData(instructions="Is it full?", structure=private),
        ):
            with pytest.raises(ContractError) as caught:
                await running.generate(task)
            assert caught.value.code is ErrorCode.FORBIDDEN
        assert model.bodies == []
        made = await running.generate(GenerateData(instructions="Radarr is full", structure=STRUCTURE))
        (row,) = await rig.ledger()
    assert made.data == {"title": "fine"}
    assert (row["task"], row["privacy"]) == ("data", "public")


@given(st.text(max_size=80), st.dictionaries(st.text(max_size=5), st.just([]), max_size=3))
def test_any_answer_is_read_or_has_a_reason(answer: str, schema: dict[str, object]) -> None:
    data, problem = read_object(answer, schema)
    assert (data is None) == bool(problem)
