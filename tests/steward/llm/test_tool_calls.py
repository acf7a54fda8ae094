"""Tool calls are checked against the schema of their tool; small models get tools in the prompt."""

import pytest

from steward.llm.messages import Role, ToolCall
from steward.llm.small_models import answer_schema, answer_text, for_small_model
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
        ('{"name": "none", "answer": "All is \\"well\\"."}', 'All is "well".'),
        ("All is well.", "All is well."),
        ('{"name": "other"}', '{"name": "other"}'),
        ('{"name": "none"}', '{"name": "none"}'),
        ("[]", "[]"),
    ],
)
def test_the_text_of_a_json_answer(answer: str, text: str) -> None:
    assert answer_text(answer) == text


def test_a_small_model_gets_tools_in_the_prompt_and_a_schema() -> None:
    request = for_small_model(chat_request("restart radarr", tools=TOOLS))
    assert request.tools == ()
    assert request.schema == answer_schema(TOOLS)
    assert request.messages[0].role is Role.SYSTEM
    assert "request_action" in request.messages[0].text
    assert "You are a steward." in request.messages[0].text
    plain = chat_request("hello")
    assert for_small_model(plain) == plain
