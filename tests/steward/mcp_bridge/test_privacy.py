"""What clients get whose model runs outside."""

from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from jsonschema import Draft202012Validator

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.released_text import Reader
from homelab_steward.contract.state import FrontEnd, Role, Speaker
from mcp_bridge.privacy import PRIVATE, Client
from mcp_bridge.servers import ALL
from mcp_bridge.steward_tools import StewardTools
from mcp_bridge.toolbox import Toolbox

from .fake import ALEX, AT_HOME, OUTSIDE_SECRET, SAM, SECRET, FakeSteward, served, with_private_tool
from .test_tool_search import large

OUTSIDE = Client(person_id="alex")
MASKED = Client(person_id="alex", reader=Reader.MASKED)
NAMES = ("Homelab", "sonarr", "pve1/lxc/105", "films")


def toolbox(steward: FakeSteward) -> Toolbox:
    return Toolbox(ALL, steward, StewardTools(steward))


def test_a_client_is_outside_unless_an_owner_says_otherwise() -> None:
    assert OUTSIDE.reader is Reader.OUTSIDE


async def test_private_texts_stay_at_home_and_the_rest_arrives() -> None:
    steward = FakeSteward()
    steward.private = {"running"}
    box = toolbox(steward)
    asked = {"target": "radarr"}
    result = await box.answer("proxmox_status", asked, OUTSIDE)
    assert result == {"title": "Status", "text": PRIVATE, "ok": True}
    Draft202012Validator(box.tools()["proxmox_status"].output_schema).validate(result)
    assert (await box.answer("proxmox_status", asked, AT_HOME))["text"] == "running"
    agents = {(one.agent, one.reader, one.is_private) for one in steward.released}
    assert agents == {("mcp:alex", Reader.OUTSIDE, False), ("mcp:alex", Reader.HOME, False)}


async def test_texts_deep_in_a_result_are_asked_about_too() -> None:
    steward = FakeSteward()
    steward.private = {"AP down", "Access point", "Restart"}
    box = toolbox(steward)
    past = await box.answer("past_incidents", {"problem": "no wifi"}, OUTSIDE)
    assert past["incidents"][0] | {"opened_at": ""} == {  # type: ignore[index, operator]
        "number": 12,
        "title": PRIVATE,
        "opened_at": "",
        "score": 0.8,
        "what_was_done": "it helped",
    }
    runbooks: Any = await box.answer("search_runbooks", {"problem": "no wifi"}, OUTSIDE)
    assert runbooks["runbooks"][0]["options"] == [PRIVATE]


@pytest.mark.parametrize("client", [OUTSIDE, MASKED])
async def test_schemas_name_no_machine_for_a_model_outside(client: Client) -> None:
    box = toolbox(FakeSteward())
    assert all(one in str(box.listed(AT_HOME)) for one in NAMES)
    assert not any(one in str(box.listed(client)) for one in NAMES)
    assert box.listed(client) is box.listed(client)
    assert (await box.answer("proxmox_status", {"target": "radarr"}, client))["ok"] is True, "a name works"


async def test_a_search_for_tools_names_no_machine() -> None:
    box = toolbox(large(40))
    found = await box.answer("find_tools", {"query": "status"}, OUTSIDE)
    assert "proxmox_status" in str(found)
    assert not any(one in str(found) for one in NAMES)


async def test_what_only_an_owner_may_read_never_leaves_the_home() -> None:
    steward = with_private_tool(FakeSteward())
    for name, arguments in (
        ("radarr_viewers", {}),
        ("call_reading_tool", {"tool": "radarr_viewers", "arguments": {}}),
    ):
        result = await toolbox(steward).answer(name, arguments, MASKED)
        assert (result["text"], result["title"], result["ok"]) == (PRIVATE, PRIVATE, True)
        assert (await toolbox(steward).answer(name, arguments, AT_HOME))["text"] == "running"


async def test_an_error_says_nothing_private() -> None:
    steward = FakeSteward()
    steward.error = ContractError(ErrorCode.UNAVAILABLE, "pve.lan does not answer")
    box = toolbox(steward)
    with pytest.raises(ContractError, match=r"pve\.lan does not answer"):
        await box.answer("proxmox_status", {"target": "radarr"}, OUTSIDE)
    steward.private = {"pve.lan does not answer"}
    with pytest.raises(ContractError) as caught:
        await box.answer("proxmox_status", {"target": "radarr"}, OUTSIDE)
    assert (caught.value.code, caught.value.message) == (ErrorCode.UNAVAILABLE, "It failed: [private]")


async def test_without_a_decision_nothing_is_given_out() -> None:
    steward = FakeSteward()
    steward.release_error = ContractError(ErrorCode.TIMEOUT, "The app is busy")
    with pytest.raises(ContractError) as caught:
        await toolbox(steward).answer("proxmox_status", {"target": "radarr"}, OUTSIDE)
    assert caught.value.code is ErrorCode.TIMEOUT
    steward.error = ContractError(ErrorCode.UNAVAILABLE, "pve.lan does not answer")
    with pytest.raises(ContractError, match=r"It failed: \[private\]"):
        await toolbox(steward).answer("proxmox_status", {"target": "radarr"}, OUTSIDE)


async def test_the_token_says_where_the_model_runs() -> None:
    steward = FakeSteward()
    steward.private = {"running"}
    async with served(steward) as bridge, aiohttp.ClientSession() as session:
        texts = {}
        for secret in (SECRET, OUTSIDE_SECRET):
            headers = {"Authorization": f"Bearer {secret}"}
            url = f"{bridge.url}/openapi/all"
            async with session.post(
                f"{url}/proxmox_status", json={"target": "radarr"}, headers=headers
            ) as answer:
                texts[secret] = (await answer.json())["text"]
            async with session.get(f"{url}/openapi.json", headers=headers) as answer:
                assert ("sonarr" in await answer.text()) is (secret == SECRET)
        assert texts == {SECRET: "running", OUTSIDE_SECRET: PRIVATE}


async def test_autonomy_levels_are_read_with_what_is_missing() -> None:
    box = toolbox(FakeSteward())
    answer: dict[str, Any] = await box.answer("autonomy_levels", {}, AT_HOME)
    tool = box.tools(AT_HOME)["autonomy_levels"]
    Draft202012Validator(tool.output_schema).validate(answer)
    assert tool.hints.read_only
    (runbook,) = answer["runbooks"]
    assert (runbook["id"], runbook["level"]) == ("ap", "veto")
    (cell,) = runbook["cells"]
    assert (cell["level"], cell["evidence"], cell["good"]) == ("veto", 6.5, 10)
    assert cell["missing"] == ["Evidence 6.5 of 40"]


async def test_schedules_are_listed_and_an_owner_runs_one() -> None:
    steward = FakeSteward()
    steward.configured_people = [ALEX, replace(SAM, role=Role.MEMBER)]
    box = toolbox(steward)
    answer: dict[str, Any] = await box.answer("schedules", {}, AT_HOME)
    (listed,) = answer["schedules"]
    assert (listed["id"], listed["when"], listed["result"]) == ("backup", "every 24 hours", "never")
    ran = await box.answer("run_schedule", {"id": "backup"}, AT_HOME)
    assert ran["result"] == "done"
    assert [one.speaker for one in steward.ran] == [Speaker(front_end=FrontEnd.MCP, user_id="alex")]
    tool = box.tools(AT_HOME)["run_schedule"]
    Draft202012Validator(tool.output_schema).validate(ran)
    assert not tool.hints.read_only
    sam = Client(person_id="sam", reader=Reader.HOME)
    assert "run_schedule" not in box.listed(sam)
    with pytest.raises(ContractError) as caught:
        await box.answer("run_schedule", {"id": "backup"}, sam)
    assert caught.value.code is ErrorCode.NOT_FOUND
    busy = with_private_tool(large(40))
    assert "run_schedule" not in toolbox(busy).listed(sam), "a short list, too"
