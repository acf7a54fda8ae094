"""Tool calls are checked against the schema of their tool; small models get tools in the prompt."""

from dataclasses import replace
from typing import Any

import pytest

from steward.llm.messages import ChatMessage, ChatRequest, Role, ToolCall, ToolSpec
from steward.llm.small_models import (
    LAST_TOOLS,
    MOST_TARGETS,
    MOST_TOOLS,
    answer_text,
    for_small_model,
    read_plan,
)
from steward.llm.tool_calls import why_not

from .rig import LOGS, RESTART, chat_request

TOOLS = (RESTART, LOGS)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"container": "immich"}, None),
        ({"container": "immich", "lines": 5.0}, None),
        ({}, "container is missing"),
        ({"container": "a", "evil": 1}, "'evil' is not an argument of logs"),
        ({"container": 1}, "container must be string"),
    ],
)
def test_the_reason_of_an_invalid_call(arguments: dict[str, str | int | float], reason: str | None) -> None:
    assert why_not(ToolCall(id="1", name="logs", arguments=arguments), TOOLS) == reason


def test_a_call_that_cannot_be_read_is_invalid() -> None:
    assert why_not(ToolCall(id="1", name="logs", problem="not JSON"), TOOLS) == "not JSON"
    assert why_not(ToolCall(id="1", name="", problem="no call"), TOOLS) == "no call"
    assert why_not(ToolCall(id="1", name="off"), TOOLS) == "there is no tool 'off'"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ('{"answer": "All is \\"well\\"."}', 'All is "well".'),
        ('{"answer": "All is', "All is"),
        ('{"answer": "All is\nwell."}', "All is\nwell."),
        ("All is well.", "All is well."),
        ('{"name": "other"}', '{"name": "other"}'),
        ('{"answer": 1}', '{"answer": 1}'),
        ("[]", "[]"),
    ],
)
def test_the_text_of_a_json_answer(answer: str, text: str) -> None:
    assert answer_text(answer) == text


def tool(name: str, *targets: str) -> ToolSpec:
    """Return a tool that reads, of one of several targets if there are some."""
    target = {"target": {"type": "string", "enum": list(targets)}} if targets else {}
    schema = {"type": "object", "properties": target, "required": list(target)}
    return ToolSpec(name=name, description=f"Reads {name}.", schema=schema)


QUEUE, GUEST = tool("queue"), tool("guest", "radarr", "sonarr")
PLAN = {
    "type": "object",
    "properties": {
        "readings": {
            "type": "array",
            "items": {"anyOf": [{"enum": ["queue", "guest radarr", "guest sonarr"]}]},
            "minItems": 1,
            "maxItems": 2,
        }
    },
    "required": ["readings"],
    "additionalProperties": False,
}


def test_a_small_model_plans_its_readings() -> None:
    request = for_small_model(chat_request("How is it?", tools=(QUEUE, GUEST)))
    assert request.tools == ()
    assert request.schema is not None
    schema: dict[str, Any] = dict(request.schema)
    plan, answer = schema["anyOf"]
    assert plan == PLAN
    assert answer["required"] == ["answer"]
    assert request.messages[0].text == "You are a steward.", "a server keeps what does not change"
    assert request.messages[1].text.startswith("How is it?\n\n")
    assert "guest radarr, guest sonarr: Reads guest." in request.messages[1].text
    plain = chat_request("hello")
    assert for_small_model(plain) == plain


def test_a_small_model_must_read_what_is_wanted() -> None:
    request = replace(chat_request("How is it?", tools=(QUEUE, GUEST)), wanted=(GUEST,))
    schema = for_small_model(request).schema
    assert schema is not None
    assert schema["required"] == ["readings"]
    assert "queue" not in str(schema)


def test_a_tool_with_arguments_is_called_by_its_schema() -> None:
    request = for_small_model(chat_request("restart radarr", tools=TOOLS))
    assert all(str(one.schema["properties"]) in str(request.schema) for one in TOOLS)
    text = '{"readings": [{"name": "logs", "arguments": {"container": "immich"}}, {"name": "logs"}, 3]}'
    assert [(one.name, one.arguments) for one in read_plan(text, TOOLS)] == [
        ("logs", {"container": "immich"})
    ]


def test_the_calls_of_a_plan() -> None:
    text = '{"readings": ["guest sonarr", "queue", "guest sonarr", "off", "queue"]}'
    found = read_plan(text, (QUEUE, GUEST))
    assert [(one.name, one.arguments) for one in found] == [
        ("guest", {"target": "sonarr"}),
        ("queue", {}),
        ("off", {}),
    ]
    assert len({one.id for one in found}) == len(found)
    for other in ("not JSON", "[]", '{"readings": "queue"}', '{"answer": "It is."}'):
        assert read_plan(other, (QUEUE, GUEST)) == ()


def after_reading(*wanted: ToolSpec) -> ChatRequest:
    """Return what a small model gets after it read the queue."""
    request = chat_request("How is it?", tools=(QUEUE, GUEST))
    call = ToolCall(id="1", name="guest", arguments={"target": "radarr"})
    messages = (
        *request.messages,
        ChatMessage(role=Role.ASSISTANT, text="", calls=(call,)),
        ChatMessage(role=Role.TOOL, text="95 %", call_id="1"),
    )
    return for_small_model(replace(request, messages=messages, wanted=wanted))


def test_after_a_result_a_small_model_answers_in_words() -> None:
    request = after_reading()
    first = for_small_model(chat_request("How is it?", tools=(QUEUE, GUEST)))
    assert request.schema is None
    assert request.messages[:2] == first.messages, "a server reads only what is new"
    assert request.messages[2].text == '{"readings":["guest radarr"]}'
    assert request.messages[3].role is Role.USER
    assert "95 %" in request.messages[3].text
    assert "Answer the question from this" in request.messages[3].text


def test_a_small_model_reads_again_while_something_is_missing() -> None:
    request = after_reading(GUEST)
    assert request.schema is not None
    assert "guest sonarr" in str(request.schema)
    assert "guest radarr" not in str(request.schema), "it is read already"
    assert "Choose again" in request.messages[-1].text
    nothing_left = after_reading(tool("guest", "radarr"))
    assert nothing_left.schema is None
    assert "Answer the question from this" in nothing_left.messages[-1].text


def test_a_small_model_chooses_from_few_tools_and_targets() -> None:
    tools = [tool(f"t{number}", *(f"x{one}" for one in range(9))) for number in range(9)]
    schema = for_small_model(chat_request("How is it?", tools=(*tools, tool("help"), tool("status")))).schema
    names = schema["anyOf"][0]["properties"]["readings"]["items"]["anyOf"][0]["enum"]  # type: ignore[index]
    assert len(names) == (MOST_TOOLS - LAST_TOOLS) * MOST_TARGETS + LAST_TOOLS
    assert names[-2:] == ["help", "status"]
