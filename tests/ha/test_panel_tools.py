"""The tools of other servers in the panel: who sees them, what is sent, and who accepts a definition."""

import json
from dataclasses import replace

import pytest
import rows
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from panel_client import Open
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.foreign_tools import (
    FOREIGN_TOOLS_ID,
    AcceptForeignTool,
    ForeignServer,
    ForeignTool,
    ForeignToolsReport,
    ToolAccess,
    ToolState,
)
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import FrontEnd, Role, Speaker

KIND = RowKind.FOREIGN_TOOLS.value


def definition(description: str) -> str:
    return json.dumps({"description": description, "input": {}, "name": "look", "output": None})


LOOK = ForeignTool(
    name="look",
    access=ToolAccess.READ,
    state=ToolState.READY,
    digest="d1",
    definition=definition("Looks\u202e around"),
    accepted=definition("Looks\u202e around"),
)
SERVER = ForeignServer(name="lab", kind="stdio", instance_id="tools-lab", is_online=True, tools=(LOOK,))
ACCEPT = {"server": "lab", "tool": "look", "digest": "d2"}


@pytest.fixture(autouse=True)
def _tools(steward: FakeSteward) -> None:
    steward.rows[RowKind.FOREIGN_TOOLS][FOREIGN_TOOLS_ID] = ForeignToolsReport(servers=(SERVER,))


async def test_definitions_are_sent_only_after_a_change(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User
) -> None:
    panel = await open_panel(robin)
    state = await panel.subscribe(KIND)
    (tool,) = state["rows"][KIND][FOREIGN_TOOLS_ID]["servers"][0]["tools"]
    assert (tool["description"], tool["definition"], tool["accepted"]) == ("Looks around", "", "")
    changed = replace(LOOK, state=ToolState.CHANGED, definition=definition("Looks\u202e away"))
    gone = replace(LOOK, name="gone", state=ToolState.UNKNOWN, definition="")
    new = replace(gone, name="new", accepted="")
    server = replace(SERVER, name="l\u202eab", tools=(changed, gone, new))
    await steward.push(RowKind.FOREIGN_TOOLS, ForeignToolsReport(servers=(server,)), FOREIGN_TOOLS_ID)
    (server_row,) = (await panel.event())["row"]["servers"]
    assert server_row["name"] == "lab"
    tool, gone_tool, new_tool = server_row["tools"]
    assert r'"description": "Looks\u202e away"' in tool["definition"], "escaped, and in lines"
    assert r'"description": "Looks\u202e around"' in tool["accepted"].splitlines()[1]
    assert (gone_tool["description"], new_tool["description"]) == ("Looks around", "")


async def test_a_member_sees_no_tools_and_accepts_nothing(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, sam: User, until: Until
) -> None:
    await steward.push(RowKind.PERSON, rows.person("p2", name="Sam", role=Role.MEMBER, ha_user_id=sam.id))
    await until(lambda: "p2" in loaded.runtime_data.coordinator.steward_state.people)
    panel = await open_panel(sam)
    state = await panel.subscribe(KIND)
    assert (state["viewer"]["access"], state["rows"][KIND]) == ("view", {})
    assert (await panel.ask("accept_tool", **ACCEPT))["error"]["code"] == "forbidden"
    assert steward.asked(Command.ACCEPT_FOREIGN_TOOL) == []


async def test_without_a_report_there_are_no_rows(
    steward: FakeSteward, loaded: MockConfigEntry, open_panel: Open, robin: User
) -> None:
    await steward.drop(RowKind.FOREIGN_TOOLS, FOREIGN_TOOLS_ID)
    assert (await (await open_panel(robin)).subscribe(KIND))["rows"] == {KIND: {}}


async def test_the_digest_that_was_shown_is_accepted_as_the_signed_in_user(
    loaded: MockConfigEntry, steward: FakeSteward, open_panel: Open, robin: User
) -> None:
    steward.answers[Command.ACCEPT_FOREIGN_TOOL] = lambda _: ForeignToolsReport()
    panel = await open_panel(robin)
    assert (await panel.ask("accept_tool", **ACCEPT))["success"]
    speaker = Speaker(front_end=FrontEnd.PANEL, user_id=robin.id)
    assert steward.asked(Command.ACCEPT_FOREIGN_TOOL) == [AcceptForeignTool(speaker=speaker, **ACCEPT)]

    def refuse(_: object) -> ForeignToolsReport:
        raise ContractError(ErrorCode.FORBIDDEN, "Ask an owner.")

    steward.answers[Command.ACCEPT_FOREIGN_TOOL] = refuse
    assert (await panel.ask("accept_tool", **ACCEPT))["error"]["code"] == "forbidden"
