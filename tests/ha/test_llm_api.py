"""The LLM API and the tools in Assist: what agents read and request, and what stays at home."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import probatio
import pytest
import rows
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.catalogue import Field, SettingKind, ToolOffer
from custom_components.homelab_steward.contract.commands import ActionRequested, Reading
from custom_components.homelab_steward.contract.diagnosis import SimilarIncident
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.incidents import Outcome, Run, RunStatus, Verdict
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.records import FoundRunbook, SearchResult
from custom_components.homelab_steward.contract.released_text import Reader, ReleasedText, ReleaseText
from custom_components.homelab_steward.contract.state import FrontEnd, InstanceStatus, Role
from custom_components.homelab_steward.llm_api import register_api, unregister_api
from custom_components.homelab_steward.llm_tools import LONGEST_TEXT

AT_HOME = "conversation.at_home"
IN_CLOUD = "conversation.in_cloud"
LOGS = ToolOffer(
    key="logs",
    name="Logs",
    description="Reads the last lines.",
    scope="container",
    arguments=(Field(key="lines", kind=SettingKind.NUMBER, name="Lines", required=False),),
)
WATCHING = ToolOffer(key="watching", name="Watching", description="Who watches.", is_owner_only=True)
ADVISORIES = ToolOffer(key="advisories", name="Advisories", description="Asks a server.", is_sent_out=True)
PROXMOX = replace(rows.PROXMOX, tools=(LOGS, WATCHING, ADVISORIES))

type Use = Callable[..., Any]


def release(asked: ReleaseText) -> ReleasedText:
    """Release like the app, for which ``radarr`` is a private name."""
    is_private = asked.is_private or "radarr" in asked.text
    if asked.reader is Reader.HOME or not is_private:
        return ReleasedText(text=asked.text)
    public = [one for one in asked.text.splitlines() if "radarr" not in one]
    if asked.by_line and public and not asked.is_private and asked.reader is Reader.OUTSIDE:
        return ReleasedText(text="\n".join(public), left_out=1)
    is_masked = asked.reader is Reader.MASKED and not asked.is_private
    return ReleasedText(text=asked.text.replace("radarr", "[NAME_1]") if is_masked else None)


@pytest.fixture
async def ready(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, robin: User
) -> MockConfigEntry:
    """Return the connected entry, with one agent that runs at home."""
    steward.rows[RowKind.CATALOGUE] = {"one": replace(rows.CATALOGUE, services=(PROXMOX, rows.NOVELTY))}
    steward.rows[RowKind.PERSON]["p1"] = rows.person(ha_user_id=robin.id)
    steward.rows[RowKind.INCIDENT]["inc1"] = rows.incident()
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()
    steward.answers[Command.RELEASE_TEXT] = release
    assert await async_setup_component(hass, "llm", {})
    hass.config_entries.async_update_entry(entry, options={"home_agents": [AT_HOME]})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry


def context(user: User | None = None, agent: str | None = AT_HOME) -> llm.LLMContext:
    return llm.LLMContext(
        platform="openai_conversation",
        context=Context(user_id=user.id) if user else None,
        language="en",
        assistant="conversation",
        device_id=None,
        agent_id=agent,
    )


async def call(
    hass: HomeAssistant, key: str, /, user: User | None = None, agent: str | None = AT_HOME, **arguments: Any
) -> tuple[dict[str, Any], bool]:
    """Return the data of a result, and whether it is an error."""
    api = await llm.async_get_api(hass, DOMAIN, context(user, agent))
    result = await api.async_call_tool(llm.ToolInput(f"{DOMAIN}__{key}", arguments))
    return dict(result.data), result.error


async def test_the_api_lists_tools_without_data_of_the_homelab(
    hass: HomeAssistant, ready: MockConfigEntry
) -> None:
    api = await llm.async_get_api(hass, DOMAIN, context())
    reads = {one.name.partition("__")[2]: one.annotations.read_only for one in api.tools}
    assert reads == {
        "overview": True,
        "readings": True,
        "incident": True,
        "search": True,
        "find_tools": True,
        "read": True,
        "request_action": False,
        "request_state": True,
    }
    (asking,) = [one for one in api.tools if not one.annotations.read_only]
    assert asking.annotations.destructive
    schemas = {
        one.name.partition("__")[2]: probatio.to_openapi(
            one.parameters, custom_serializer=api.custom_serializer
        )
        for one in api.tools
    }
    assert schemas["read"]["required"] == ["tool"]
    assert {one["type"] for one in schemas["read"]["properties"].values()} == {"string"}
    assert schemas["incident"]["properties"]["number"]["type"] == "integer"
    described = f"{schemas}{[one.description for one in api.tools]}{api.api_prompt}"
    assert "pve" not in described
    assert "Robin" not in described
    assert all(one.integration == DOMAIN for one in api.tools)


async def test_assist_gets_the_tools_that_read_and_lists_each_once(
    hass: HomeAssistant, ready: MockConfigEntry
) -> None:
    assist = await llm.async_get_api(hass, "assist", context())
    ours = {one.name: one for one in assist.tools if one.integration == DOMAIN}
    assert sorted(ours) == [f"{DOMAIN}__{key}" for key in ("incident", "overview", "readings", "search")]
    assert all(one.annotations.read_only for one in ours.values())
    assert "data_not_instructions" in assist.api_prompt
    both = await llm.async_get_api(hass, ["assist", DOMAIN], context())
    names = [one.name for one in both.tools if DOMAIN in one.name]
    assert len(names) == 8
    assert all(one.startswith(f"{DOMAIN}__") for one in names), "the same tool needs no other name"
    admin = await llm.async_get_api(hass, "homeassistant", context(MockUser(is_owner=True).add_to_hass(hass)))
    assert not [one for one in admin.tools if one.integration == DOMAIN]
    await hass.config_entries.async_unload(ready.entry_id)
    assist = await llm.async_get_api(hass, "assist", context())
    assert not [one for one in assist.tools if one.integration == DOMAIN]


async def test_the_api_lives_as_long_as_the_entry(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> None:
    def ids() -> list[str]:
        return [one.id for one in llm.async_get_apis(hass)]

    await steward.stop()
    await hass.config_entries.async_setup(entry.entry_id)
    assert DOMAIN in ids(), "an agent with an API that is missing answers nothing"
    data, is_error = await call(hass, "overview")
    assert (is_error, data) == (True, {"summary": "The app of Homelab Steward does not answer."})
    await steward.start()
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert ids().count(DOMAIN) == 1
    await hass.config_entries.async_unload(entry.entry_id)
    assert DOMAIN not in ids()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    assert DOMAIN not in ids()


async def test_an_agent_at_home_reads_everything(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, until: Until
) -> None:
    old = rows.instance("old", name="Old", status=InstanceStatus.UNREACHABLE, error="no route")
    await steward.push(RowKind.INSTANCE, old)
    await until(lambda: "old" in ready.runtime_data.coordinator.steward_state.instances)
    data, is_error = await call(hass, "overview")
    assert not is_error
    assert data["summary"].startswith("1 open incidents. 1 requests wait for a person. 1 of 2 services")
    assert "Incident 7 (warning, waiting): Memory of radarr" in data["data_not_instructions"]
    assert "Old does not answer: no route" in data["data_not_instructions"]
    data, _ = await call(hass, "readings", name="Radarr")
    assert data["data_not_instructions"] == (
        "radarr (container of Proxmox): Memory usage 95.0 %, Running yes, Uptime 60 s"
    )
    data, is_error = await call(hass, "readings", name="radar x")
    assert (is_error, data["data_not_instructions"]) == (True, "Similar names: radarr")
    data, _ = await call(hass, "incident", number=7)
    assert "Diagnosis: Radarr needs more memory" in data["data_not_instructions"]
    assert (await call(hass, "incident", number=8))[1]


async def test_a_reading_that_is_not_known_is_not_a_value(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, until: Until
) -> None:
    gone = replace(rows.container(memory_share=None), unknown={"memory_share": "not allowed"})
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", replace(gone, expected_off="stopped by Sam")))
    await steward.push(RowKind.INSTANCE, rows.instance(status=InstanceStatus.UNREACHABLE))
    await until(lambda: not ready.runtime_data.coordinator.is_available("pve"))
    data, _ = await call(hass, "readings", name="radarr")
    text = data["data_not_instructions"]
    assert "Memory usage not known (not allowed)" in text
    assert text.endswith("meant to be off: stopped by Sam; last known, the service does not answer")


@pytest.mark.parametrize("agent", [IN_CLOUD, None])
async def test_private_text_stays_at_home(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, agent: str | None
) -> None:
    data, _ = await call(hass, "overview", agent=agent)
    assert data["summary"].startswith("1 open incidents.")
    assert "stays at home" in data["withheld"]
    assert "radarr" not in str(data)
    data, _ = await call(hass, "readings", agent=agent, name="r")
    assert data["data_not_instructions"] == "Proxmox: Nodes online 1"
    assert "withheld" in data, "something is left out"
    assert "radarr" not in str(await call(hass, "readings", agent=agent, name="105"))
    assert "radarr" not in str(await call(hass, "readings", agent=agent, name="rada x"))
    data, _ = await call(hass, "readings", agent=agent, name="Proxmox")
    assert data["data_not_instructions"] == "Proxmox: Nodes online 1", "this is not private"
    assert "withheld" not in data
    assert {one.agent for one in steward.asked(Command.RELEASE_TEXT)} == {agent or "openai_conversation"}


async def test_placeholders_are_an_option(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(ready, options={"home_agents": [AT_HOME], "agents_masked": True})
    data, _ = await call(hass, "readings", agent=IN_CLOUD, name="radarr")
    assert data["data_not_instructions"].startswith("[NAME_1] (container of Proxmox): Memory usage 95.0 %")


async def test_what_the_app_does_not_release_is_withheld(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry
) -> None:
    def refuse(_asked: ReleaseText) -> ReleasedText:
        raise ContractError(ErrorCode.INTERNAL, "broken")

    steward.answers[Command.RELEASE_TEXT] = refuse
    data, _ = await call(hass, "readings", name="Proxmox")
    assert set(data) == {"summary", "withheld"}


async def test_a_tool_of_a_service_reads(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, robin: User
) -> None:
    steward.answers[Command.READ_TOOL] = lambda asked: Reading(
        title="Logs", text="x" * (2 * LONGEST_TEXT), ok=asked.tool == "logs"
    )
    data, _ = await call(hass, "find_tools", query="read logs of a container")
    assert data["summary"].splitlines()[0] == (
        "proxmox.logs: Reads the last lines. Reads; target: a container; arguments: lines: number (optional)"
    )
    assert "advisories" not in str(await call(hass, "find_tools", query="advisories server"))
    data, is_error = await call(
        hass, "read", robin, tool="proxmox.logs", target="RADARR", arguments='{"lines": 50}'
    )
    assert not is_error
    assert len(data["data_not_instructions"]) < LONGEST_TEXT + 100
    (asked,) = steward.asked(Command.READ_TOOL)
    assert (asked.instance_id, asked.target_id, asked.arguments) == ("pve", "105", {"lines": 50})
    assert (asked.speaker.front_end, asked.speaker.user_id) == (FrontEnd.HOME_ASSISTANT, robin.id)


async def test_what_only_an_owner_may_read_is_private(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, robin: User
) -> None:
    steward.answers[Command.READ_TOOL] = lambda _: Reading(title="Watching", text="Sam")
    data, _ = await call(hass, "read", robin, IN_CLOUD, tool="proxmox.watching")
    assert "withheld" in data
    (asked,) = steward.asked(Command.RELEASE_TEXT)
    assert asked.is_private


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"tool": "proxmox.nothing"}, "not_found"),
        ({"tool": "proxmox.advisories"}, "not_found"),
        ({"tool": "proxmox.set_memory", "target": "radarr"}, "not_found"),
        ({"tool": "proxmox.logs"}, "invalid_argument"),
        ({"tool": "proxmox.logs", "target": "rada"}, "not_found"),
        ({"tool": "proxmox.logs", "target": "radarr", "instance": "other"}, "not_found"),
        ({"tool": "proxmox.logs", "target": "twin"}, "invalid_argument"),
        ({"tool": "proxmox.logs", "target": "radarr", "arguments": "[1]"}, "invalid_argument"),
        ({"tool": "proxmox.logs", "target": "radarr", "arguments": "lines=5"}, "invalid_argument"),
        ({"tool": "proxmox.logs", "target": "radarr", "arguments": '{"a": [1]}'}, "invalid_argument"),
    ],
)
async def test_what_a_call_does_not_name_clearly_is_not_read(
    hass: HomeAssistant,
    steward: FakeSteward,
    ready: MockConfigEntry,
    until: Until,
    arguments: dict[str, str],
    reason: str,
) -> None:
    twins = [rows.container(), rows.container(1, "twin"), rows.container(2, "twin")]
    await steward.push(RowKind.SNAPSHOT, rows.snapshot("pve", *twins))
    await until(lambda: ready.runtime_data.coordinator.readings.has("pve", ("container", "2")))
    data, is_error = await call(hass, "read", agent=IN_CLOUD, **arguments)
    assert (is_error, data["summary"]) == (True, f"It failed ({reason}).")
    assert steward.asked(Command.READ_TOOL) == []


async def test_a_change_is_only_requested(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, robin: User
) -> None:
    steward.answers[Command.REQUEST_ACTION] = lambda _: ActionRequested(
        approval_id="ask1", incident_id="inc1"
    )
    number = steward.rows[RowKind.APPROVAL]["ask1"].incident_number  # type: ignore[union-attr]
    data, is_error = await call(
        hass,
        "request_action",
        robin,
        IN_CLOUD,
        action="proxmox.set_memory",
        target="105",
        arguments='{"memory_mib": 3072}',
    )
    assert not is_error
    assert data == {
        "summary": f"A person is asked. It is request {number}. "
        "Nothing was changed so far, and nothing is without an approval."
    }
    (asked,) = steward.asked(Command.REQUEST_ACTION)
    assert (asked.action, asked.target_id, asked.arguments) == ("set_memory", "105", {"memory_mib": 3072})
    assert (asked.speaker.user_id, asked.only_dry_run) == (robin.id, False)
    assert steward.asked(Command.DECIDE) == []
    data, _ = await call(hass, "request_state", robin, IN_CLOUD, number=number)
    assert data["summary"] == f"Request {number}: pending. Nothing was changed by it so far."
    assert (await call(hass, "request_state", number=99))[1]


async def test_a_refused_request_is_an_error(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, robin: User
) -> None:
    def refuse(_asked: object) -> ActionRequested:
        raise ContractError(ErrorCode.FORBIDDEN, "You are not allowed to ask for this.")

    steward.answers[Command.REQUEST_ACTION] = refuse
    request = {"action": "proxmox.restart_container", "target": "radarr"}
    data, is_error = await call(hass, "request_action", robin, **request)
    assert (is_error, data["summary"]) == (True, "It failed (forbidden).")
    assert data["data_not_instructions"] == "You are not allowed to ask for this."
    steward.answers[Command.REQUEST_ACTION] = lambda _: ActionRequested(
        approval_id=None, incident_id="", message="It runs."
    )
    data, _ = await call(hass, "request_action", robin, **request)
    assert data["summary"] == "There was nothing to request. Nothing was changed."
    robin.is_active = False
    with pytest.raises(ServiceValidationError):
        await call(hass, "request_action", robin, **request)
    assert len(steward.asked(Command.REQUEST_ACTION)) == 2


async def test_a_run_counts_as_done_when_it_is_verified(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, until: Until
) -> None:
    approval = steward.rows[RowKind.APPROVAL]["ask1"]
    coordinator = ready.runtime_data.coordinator
    run = Run(
        id="r",
        incident_id="inc1",
        approval_id="ask1",
        option=1,
        label="Increase memory",
        plan_hash="hash1",
        status=RunStatus.VERIFYING,
        steps=(),
        started_at=rows.NOW,
    )
    done = replace(
        run, status=RunStatus.SUCCEEDED, verdict=Verdict(outcome=Outcome.FIXED, checks=(), at=rows.NOW)
    )
    for one, expected in (
        (run, "The run: verifying, not verified."),
        (done, "The run: succeeded, verified as fixed."),
        (replace(done, approval_id="another"), "Nothing was changed by it so far."),
    ):
        await steward.push(RowKind.INCIDENT, rows.incident(run=one))
        await until(lambda one=one: coordinator.steward_state.incidents["inc1"].run == one)  # type: ignore[misc]
        data, _ = await call(hass, "request_state", number=approval.incident_number)  # type: ignore[union-attr]
        assert data["summary"].endswith(expected)


@pytest.mark.parametrize(("role", "count"), [(Role.OWNER, 1), (Role.MEMBER, 0)])
async def test_past_incidents_are_for_owners(
    hass: HomeAssistant,
    steward: FakeSteward,
    ready: MockConfigEntry,
    robin: User,
    until: Until,
    role: Role,
    count: int,
) -> None:
    similar = SimilarIncident(
        id="i", number=3, title="No wifi", opened_at=rows.NOW, score=0.9, text="Robin restarted it"
    )
    runbook = FoundRunbook(id="wifi", title="Wireless", score=0.9, text="Restart it.", options=("Restart",))
    steward.answers[Command.SEARCH] = lambda _: SearchResult(runbooks=(runbook,), incidents=(similar,))
    await steward.push(RowKind.PERSON, rows.person(ha_user_id=robin.id, role=role))
    await until(lambda: ready.runtime_data.coordinator.steward_state.people["p1"].role is role)
    data, _ = await call(hass, "search", robin, problem="no wifi")
    assert data["summary"] == f"1 runbooks and {count} past incidents may fit."
    assert ("Incident 3" in data["data_not_instructions"]) is bool(count)
    assert steward.asked(Command.RELEASE_TEXT)[-1].is_private is bool(count)
    data, _ = await call(hass, "search", problem="no wifi")
    assert "Incident 3" not in str(data), "it is not known who asks"


async def test_a_second_app_has_an_api_of_its_own(hass: HomeAssistant, ready: MockConfigEntry) -> None:
    second = MockConfigEntry(domain=DOMAIN, title="Second")
    register_api(hass, second)
    own = f"{DOMAIN}_{second.entry_id}"
    assert [one.name for one in llm.async_get_apis(hass) if one.id == own] == ["Second"]
    both = await llm.async_get_api(hass, [DOMAIN, own], context())
    assert len({one.name for one in both.tools}) == 16
    unregister_api(hass, second)
    assert [one.id for one in llm.async_get_apis(hass) if DOMAIN in one.id] == [DOMAIN]


async def test_assist_gets_the_tools_of_each_app(hass: HomeAssistant, ready: MockConfigEntry) -> None:
    second = MockConfigEntry(domain=DOMAIN, title="Cabin")
    second.add_to_hass(hass)
    second.mock_state(hass, ConfigEntryState.LOADED)
    register_api(hass, second)
    own = f"{DOMAIN}_{second.entry_id}"
    assist = await llm.async_get_api(hass, "assist", context())
    ours = {one.name: one for one in assist.tools if one.integration == DOMAIN}
    assert len(ours) == 8
    assert ours[f"{own}__readings"].description.startswith("Cabin: ")
    assert ours[f"{DOMAIN}__readings"].description.startswith(f"{ready.title}: ")
    assert all(len(name) <= 64 for name in ours), "models accept no longer names"
    both = await llm.async_get_api(hass, ["assist", own], context())
    assert len({one.name for one in both.tools if DOMAIN in one.name}) == 12
    second.mock_state(hass, ConfigEntryState.NOT_LOADED)
    unregister_api(hass, second)
