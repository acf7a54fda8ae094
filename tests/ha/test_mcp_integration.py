"""Home Assistant's MCP integration with the real bridge: it reads and changes nothing."""

import re
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import httpx2
import pytest
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import llm
from running_steward import RunningSteward, running_steward
from waiting import HANGING

pytest.importorskip("mcp", reason="this environment was made without Home Assistant's MCP integration")

TRIES = 10
"""Its timeout is short for a busy machine."""


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Home Assistant's client wait longer than the 5 seconds that httpx waits by default."""
    from homeassistant.components.mcp import config_flow, coordinator  # noqa: PLC0415 - needs the package mcp

    patient = partial(coordinator.create_mcp_httpx_client, timeout=httpx2.Timeout(HANGING))
    for module in (config_flow, coordinator):
        monkeypatch.setattr(module, "create_mcp_httpx_client", patient)
    monkeypatch.setattr(coordinator, "TIMEOUT", HANGING)


@pytest.fixture
async def running(socket_enabled: None) -> AsyncIterator[RunningSteward]:
    async with running_steward() as running:
        yield running


async def add(hass: HomeAssistant, url: str) -> dict[str, Any]:
    """Submit the form of Home Assistant's integration, as often as its five seconds are not enough."""
    result = await hass.config_entries.flow.async_init("mcp", context={"source": SOURCE_USER})
    for _ in range(TRIES):
        result = await hass.config_entries.flow.async_configure(result["flow_id"], {"url": url})
        if result["type"] is not FlowResultType.FORM or result["errors"] != {"base": "timeout_connect"}:
            break
    await hass.async_block_till_done()
    return dict(result)


async def tools(hass: HomeAssistant) -> llm.APIInstance:
    """Return the tools of the bridge that Home Assistant offers its agents."""
    context = llm.LLMContext(
        platform="test",
        context=Context(),
        language="en",
        assistant="conversation",
        device_id=None,
        agent_id=None,
    )
    ours = next(api for api in llm.async_get_apis(hass) if api.id.startswith("mcp-"))
    return await llm.async_get_api(hass, ours.id, context)


async def called(api: llm.APIInstance, tool: str, **arguments: Any) -> dict[str, Any]:
    """Return the structured content of a tool's result."""
    result = await api.async_call_tool(llm.ToolInput(tool_name=tool, tool_args=arguments))
    assert not result.error, result
    content: dict[str, Any] = dict(result.data)["structuredContent"]
    return content


async def test_a_wrong_token_is_refused_and_the_bridge_decides_nothing(
    hass: HomeAssistant, running: RunningSteward
) -> None:
    """One test, because starting an app takes most of its time."""
    refused = await add(hass, running.url("a-token-nobody-was-given"))
    assert refused["type"] is FlowResultType.ABORT
    assert not hass.config_entries.async_entries("mcp")

    added = await add(hass, running.url(running.token))
    assert added["type"] is FlowResultType.CREATE_ENTRY
    api = await tools(hass)
    hints = {tool.name: tool.annotations for tool in api.tools}
    assert hints["proxmox_container_status"].read_only
    assert not hints["proxmox_restart_container"].read_only
    assert {"proxmox_container_status", "open_incidents", "wait_for_decision"} <= set(hints)
    assert not [name for name in hints if re.search("approve|decide", name)]

    read = await called(api, "proxmox_container_status", target="radarr")
    assert read["ok"]
    assert "running" in read["text"]

    asked = await called(api, "proxmox_restart_container", target="radarr")
    assert asked["approval_id"]
    waiting = await called(api, "wait_for_decision", approval_id=asked["approval_id"], seconds=1)
    assert waiting["decision"] == "pending"
    assert not waiting["is_verified"]
    assert await running.effects() == []
