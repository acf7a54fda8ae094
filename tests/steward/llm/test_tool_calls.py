"""Tool calls in the formats that small models write, and texts that are not calls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.llm.messages import Delta, Finish, Role, ToolCall, ToolSpec
from steward.llm.small_models import CallReader, answer_schema, for_small_model
from steward.llm.tool_calls import read_calls, why_not

from .rig import RESTART, chat_request

LOGS = ToolSpec(
    name="logs",
    description="Reads a log.",
    schema={
        "type": "object",
        "properties": {
            "container": {"type": "string"},
            "lines": {"type": "integer"},
            "full": {"type": "boolean"},
        },
        "required": ["container"],
    },
)
TOOLS = (RESTART, LOGS)
PLAIN = '{"name": "logs", "arguments": {"container": "immich", "lines": 50}}'
WANTED = [("logs", {"container": "immich", "lines": 50})]

CALLS = [
    PLAIN,
    f"  \n{PLAIN}\n",
    f"{PLAIN}\n\nThis reads the last lines {{of it}}.",
    f"```json\n{PLAIN}\n```",
    f"```\n{PLAIN}\n```\nThe log follows.",
    f"```json\n{PLAIN}",
    f"<tool_call>\n{PLAIN}\n</tool_call>",
    f"<tool_call>{PLAIN}",
    f"[TOOL_CALLS] [{PLAIN}]",
    f"<tools>\n```json\n{PLAIN}\n```\n</tools>",
    "{" + PLAIN + "}}",
    "{" + PLAIN + "}",
    PLAIN.replace("{", "{{").replace("}", "}}"),
    '{"function": {"name": "logs", "arguments": "{\\"container\\": \\"immich\\", \\"lines\\": 50}"}}',
    '{"tool": "logs", "parameters": {"container": "immich", "lines": 50}}',
]

NOT_CALLS = [
    "",
    "The log is empty.",
    f"You could write {PLAIN} to read it.",
    f"Like this:\n```json\n{PLAIN}\n```",
    f"1. {PLAIN}",
    PLAIN[:-2],
    '{"name": "logs"}',
    '{"name": "logs", "arguments": {"container": 7}}',
    '{"name": "logs", "arguments": {"container": "immich", "lines": "many"}}',
    '{"name": "logs", "arguments": {"container": "immich", "lines": true}}',
    '{"name": "logs", "arguments": {"container": "immich", "since": "now"}}',
    '{"name": "logs", "arguments": {"container": ["immich"]}}',
    '{"name": "format_disk", "arguments": {}}',
    '{"name": "request_action", "arguments": {"action": "delete", "target": "radarr"}}',
    '{"name": "request_action", "arguments": {"action": "stop", "target": "everything"}}',
    f'[{PLAIN}, {{"name": "format_disk", "arguments": {{}}}}]',
    '{"answer": "logs"}',
    "[1, 2]",
    "```python\nprint(1)\n```",
    "{" * 5000,
    "{{" + "[" * 500,
]


@pytest.mark.parametrize("text", CALLS)
def test_a_call_is_parsed(text: str) -> None:
    assert [(one.name, dict(one.arguments)) for one in read_calls(text, TOOLS)] == WANTED


@pytest.mark.parametrize("text", NOT_CALLS)
def test_other_texts_are_not_calls(text: str) -> None:
    assert read_calls(text, TOOLS) == ()


def test_two_calls_are_parsed() -> None:
    two = f"<tool_call>{PLAIN}</tool_call>\n<tool_call>{PLAIN}</tool_call>"
    assert [one.id for one in read_calls(two, TOOLS)] == ["call_0", "call_1"]


@given(st.text(alphabet='{}[]"\\:,<>`logs container1 \n', max_size=200))
def test_any_text_is_accepted_and_each_call_is_valid(text: str) -> None:
    assert all(why_not(one, TOOLS) is None for one in read_calls(text, TOOLS))


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


def _read(pieces: list[str], *, by_schema: bool = False) -> list[Delta]:
    reader = CallReader(TOOLS, by_schema=by_schema)
    found: list[Delta] = []
    for piece in pieces:
        found += reader.read(Delta(text=piece))
    found += reader.read(Delta(finish=Finish.STOP))
    return [*found, *reader.end()]


def test_text_is_streamed() -> None:
    assert [one.text for one in _read(["The ", "log {", "is}"])] == ["The ", "log {", "is}", ""]


@given(st.integers(min_value=1, max_value=30))
def test_a_call_in_pieces_is_one_call_without_text(size: int) -> None:
    text = f"```json\n{PLAIN}\n```"
    found = _read([text[at : at + size] for at in range(0, len(text), size)])
    assert "".join(one.text for one in found) == ""
    assert [dict(call.arguments) for one in found for call in one.calls] == [WANTED[0][1]]
    assert found[-1].finish is Finish.CALLS


def test_text_that_starts_like_a_call_is_returned_at_the_end() -> None:
    assert "".join(one.text for one in _read(["{so", "-called} log"])) == "{so-called} log"


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ('{"name": "none", "answer": "All is \\"well\\"."}', 'All is "well".'),
        ("All is well.", "All is well."),
        ('{"name": "other"}', '{"name": "other"}'),
        ("[]", "[]"),
    ],
)
def test_a_json_answer_returns_its_text(answer: str, text: str) -> None:
    found = _read([answer[:9], answer[9:]], by_schema=True)
    assert "".join(one.text for one in found) == text
    assert not [call for one in found for call in one.calls]


def test_a_small_model_gets_tools_in_the_prompt_and_a_schema() -> None:
    request = for_small_model(chat_request("restart radarr", tools=TOOLS))
    assert request.tools == ()
    assert request.schema == answer_schema(TOOLS)
    assert request.messages[0].role is Role.SYSTEM
    assert "request_action" in request.messages[0].text
    assert "You are a steward." in request.messages[0].text
    plain = chat_request("hello")
    assert for_small_model(plain) == plain
