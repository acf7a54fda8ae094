"""Foreign tools in answers of a model: only readings, and only words of the person are sent."""

import json
from typing import Any

import pytest

from homelab_steward.contract.foreign_tools import (
    ForeignServer,
    ForeignTool,
    ForeignToolsReport,
    ToolAccess,
    ToolState,
)
from steward.conversation.foreign_reads import MOST_FOREIGN, ForeignRead, foreign_reads

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "city": {"type": "string"},
        "unit": {"enum": ["metric", "imperial"]},
        "days": {"type": "integer"},
        "filter": {"type": "object"},
    },
}


def tool(name: str, access: ToolAccess = ToolAccess.READ, **parts: Any) -> ForeignTool:
    definition = {"name": name, "description": f"Returns the {name}.", "input": SCHEMA, "output": None}
    more = {"state": ToolState.READY, "definition": json.dumps(definition), **parts}
    return ForeignTool(name=name, access=access, **more)


def report(*tools: ForeignTool) -> ForeignToolsReport:
    server = ForeignServer(name="lab", kind="stdio", instance_id="tools-lab", is_online=True, tools=tools)
    return ForeignToolsReport(servers=(server,))


def weather() -> ForeignRead:
    return foreign_reads(report(tool("weather")), "", is_owner=False)["foreign_lab_weather"]


def test_only_ready_readings_are_offered_and_private_ones_to_an_owner() -> None:
    tools = [tool("send", ToolAccess.WRITE), tool("weather"), tool("mail", is_private=True)]
    tools += [tool(f"in_{state}", state=state) for state in ToolState if state is not ToolState.READY]
    assert set(foreign_reads(report(*tools), "", is_owner=False)) == {"foreign_lab_weather"}
    found = foreign_reads(report(*tools), "", is_owner=True)
    assert set(found) == {"foreign_lab_weather", "foreign_lab_mail"}


def test_a_model_gets_the_description_and_the_schema_of_a_tool() -> None:
    found = weather().spec
    assert found.description == "Server lab: Returns the weather."
    assert found.schema == {"required": [], **SCHEMA}
    definition: dict[str, object] = {"name": "ping", "description": "Answers.", "input": {}, "output": None}
    bare = foreign_reads(report(tool("ping", definition=json.dumps(definition))), "", is_owner=False)
    assert bare["foreign_lab_ping"].spec.schema == {"type": "object", "properties": {}, "required": []}


def test_few_tools_are_offered_those_that_fit_first() -> None:
    many = [tool(f"tool_{number}") for number in range(20)]
    found = foreign_reads(report(*many, tool("weather")), "How is the weather?", is_owner=False)
    assert len(found) == MOST_FOREIGN
    assert next(iter(found)) == "foreign_lab_weather"


@pytest.mark.parametrize(
    ("arguments", "may"),
    [
        ({}, True),
        ({"city": "Vienna"}, True),
        ({"city": "VIENNA", "unit": "metric", "days": 3}, True),
        ({"city": None, "days": True}, True),
        ({"filter": {"city": ["Vienna"]}}, True),
        ({"city": "Vienna secret"}, False),
        ({"city": "192.168.1.7"}, False),
        ({"days": 4312345}, False),
        ({"days": 0.123456}, False),
        ({"filter": {"secret": 1}}, False),
        ({"filter": {"city": ["Vienna", "secret"]}}, False),
        ({"secret": ""}, False),
    ],
)
def test_only_words_of_the_person_and_of_the_schema_are_sent(arguments: dict[str, object], may: bool) -> None:  # noqa: FBT001
    assert weather().may_send(arguments, ["Hello", "How is it in Vienna?"]) is may
