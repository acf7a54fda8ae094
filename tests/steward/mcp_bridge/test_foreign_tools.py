"""Foreign tools over MCP: only those that are ready, with their own schemas, and changes only as requests."""

import json
from dataclasses import replace
from typing import Any

import pytest

from homelab_steward.contract.catalogue import Catalogue, ServiceOffer
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.foreign_tools import (
    FOREIGN_TOOLS,
    ForeignServer,
    ForeignTool,
    ForeignToolsReport,
    ToolAccess,
    ToolState,
)
from homelab_steward.contract.released_text import Reader
from homelab_steward.contract.state import Role
from mcp_bridge.privacy import Client
from mcp_bridge.servers import ALL
from mcp_bridge.steward_tools import StewardTools
from mcp_bridge.toolbox import Toolbox

from .fake import ALEX, AT_HOME, PROXMOX, FakeSteward

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"where": {"anyOf": [{"type": "string"}, {"type": "array"}]}, "target": {"enum": ["a"]}},
}


def tool(name: str, access: ToolAccess = ToolAccess.READ, **parts: Any) -> ForeignTool:
    definition = json.dumps({"name": name, "description": "Looks\x1b[31m", "input": SCHEMA, "output": None})
    return ForeignTool(
        name=name, access=access, **{"state": ToolState.READY, "definition": definition, **parts}
    )


def steward(*tools: ForeignTool) -> FakeSteward:
    made = FakeSteward()
    service = ServiceOffer(key=FOREIGN_TOOLS, name="Tool server", category="infrastructure", settings=())
    made.offers = Catalogue(digest="d", services=(PROXMOX, service))
    made.foreign = ForeignToolsReport(
        servers=(
            ForeignServer(name="lab", kind="stdio", instance_id="tools-lab", is_online=True, tools=tools),
        )
    )
    return made


def toolbox(made: FakeSteward) -> Toolbox:
    return Toolbox(ALL, made, StewardTools(made))


def foreign(box: Toolbox, client: Client = AT_HOME) -> set[str]:
    return {name for name in box.tools(client) if name.startswith("foreign_")}


@pytest.mark.parametrize("state", [one for one in ToolState if one is not ToolState.READY])
def test_only_tools_that_are_ready_are_offered(state: ToolState) -> None:
    box = toolbox(steward(tool("look"), tool("other", state=state)))
    assert foreign(box) == {"foreign_lab_look"}


def test_a_tool_that_is_turned_off_disappears() -> None:
    made = steward(tool("look"))
    box = toolbox(made)
    assert foreign(box) == {"foreign_lab_look"}
    made.foreign = steward(tool("look", state=ToolState.CHANGED)).foreign
    assert foreign(box) == set()


def test_a_tool_has_the_schema_of_its_server_and_what_a_person_said_about_it() -> None:
    tools = toolbox(steward(tool("look", reads_only=False), tool("send", ToolAccess.WRITE, reads_only=True)))
    look, send = (tools.tools(AT_HOME)[f"foreign_lab_{name}"] for name in ("look", "send"))
    assert look.input_schema["properties"] == SCHEMA["properties"]
    assert (look.hints.read_only, look.hints.destructive, look.hints.open_world) == (True, False, True)
    assert (send.hints.read_only, send.hints.destructive, send.hints.open_world) == (False, True, True)
    assert "\x1b" not in look.description
    assert "which is not the steward" in look.description


async def test_a_reading_passes_on_the_arguments_as_they_are() -> None:
    made = steward(tool("look"))
    given = {"where": ["a", {"b": 1.5}], "more": None}
    result = await toolbox(made).call("foreign_lab_look", given, AT_HOME)
    (asked,) = made.questions
    assert (asked.instance_id, asked.tool, asked.target_id) == ("tools-lab", "read", "look")
    assert json.loads(str(asked.arguments["arguments"])) == given
    assert result["ok"]
    assert made.requested == []


async def test_a_change_is_only_requested() -> None:
    made = steward(tool("send", ToolAccess.WRITE))
    result = await toolbox(made).call("foreign_lab_send", {"where": "x"}, AT_HOME)
    (asked,) = made.requested
    assert (asked.instance_id, asked.action, asked.target_id) == ("tools-lab", "call", "send")
    assert json.loads(str(asked.arguments["arguments"])) == {"where": "x"}
    assert "Nothing was changed" in str(result["message"])
    assert made.questions == []


async def test_a_private_tool_is_for_owners_only() -> None:
    made = steward(tool("mail", is_private=True))
    member = replace(ALEX, id="kim", role=Role.MEMBER)
    made.configured_people = [ALEX, member]
    box = toolbox(made)
    kim = Client(person_id="kim", reader=Reader.HOME)
    assert (foreign(box), foreign(box, kim)) == ({"foreign_lab_mail"}, set())
    with pytest.raises(ContractError) as caught:
        await box.call("foreign_lab_mail", {}, kim)
    assert caught.value.code is ErrorCode.NOT_FOUND
    await box.call("foreign_lab_mail", {}, AT_HOME)
    assert made.questions[0].tool == "read_private"
