"""Home Assistant's voice pipeline with the steward as its agent: every run ends."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from asking import AGENT, BROKEN, Gate, end, saying, text
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
from waiting import HANGING

from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode

pytest.importorskip("pymicro_vad", reason="the voice pipeline's own packages could not be compiled here")


class Assistant:
    """A voice assistant of Home Assistant, used as its frontend does."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def command(self, kind: str, **values: Any) -> Any:
        await self._client.send_json_auto_id({"type": kind, **values})
        answer = await self._client.receive_json()
        assert answer["success"], answer
        return answer["result"]

    async def run(self, phrases: str) -> list[tuple[str, dict[str, Any]]]:
        """Return all events of one run; the last one ends it."""
        await self.begin(phrases)
        return [event async for event in self.events()]

    async def begin(self, phrases: str) -> None:
        pipeline = await self.command(
            "assist_pipeline/pipeline/create",
            name=phrases,
            language="en",
            conversation_engine=AGENT,
            conversation_language="*",
            stt_engine=None,
            stt_language=None,
            tts_engine=None,
            tts_language=None,
            tts_voice=None,
            wake_word_entity=None,
            wake_word_id=None,
        )
        await self.command(
            "assist_pipeline/run",
            pipeline=pipeline["id"],
            start_stage="intent",
            end_stage="intent",
            input={"text": phrases},
        )

    async def events(self) -> AsyncIterator[tuple[str, dict[str, Any]]]:
        async with asyncio.timeout(HANGING):
            kind = ""
            while kind != "run-end":
                event = (await self._client.receive_json())["event"]
                kind = event["type"]
                yield kind, event["data"] or {}


@pytest.fixture
async def assistant(
    hass: HomeAssistant,
    assisted: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Assistant:
    """Return an assistant whose agent is the steward, without speech output."""
    monkeypatch.setattr("homeassistant.components.tts._init_tts_cache_dir", lambda *_: str(tmp_path))
    assert await async_setup_component(hass, "assist_pipeline", {})
    return Assistant(await hass_ws_client(hass))


def streamed(events: list[tuple[str, dict[str, Any]]]) -> str:
    deltas = [data["chat_log_delta"] for kind, data in events if kind == "intent-progress"]
    return "".join(delta.get("content") or "" for delta in deltas)


def said(events: list[tuple[str, dict[str, Any]]]) -> str:
    output = next(data["intent_output"] for kind, data in events if kind == "intent-end")
    speech: str = output["response"]["speech"]["plain"]["speech"]
    return speech


async def test_an_answer_is_streamed(steward: FakeSteward, assistant: Assistant) -> None:
    steward.talker = saying(text("Radarr "), text("is fine."), end())
    events = await assistant.run("Is Radarr fine?")
    assert streamed(events) == said(events) == "Radarr is fine."
    assert "error" not in dict(events)


async def test_a_refusal_ends_the_run(steward: FakeSteward, assistant: Assistant) -> None:
    steward.talker = saying(ContractError(ErrorCode.FORBIDDEN, "no"))
    events = await assistant.run("Is Radarr fine?")
    assert streamed(events) == said(events) == "You are not allowed to ask the steward this."


async def test_an_interrupted_answer_ends_the_run(steward: FakeSteward, assistant: Assistant) -> None:
    steward.talker = Gate()
    await assistant.begin("Is Radarr fine?")
    events = []
    async for event in assistant.events():
        events.append(event)
        if streamed(events) == "Radarr is ":
            await steward.close_connections()
    assert streamed(events) == said(events) == f"Radarr is {BROKEN}"


async def test_a_missing_app_ends_the_run(
    steward: FakeSteward, assisted: MockConfigEntry, assistant: Assistant, until: Until
) -> None:
    await steward.stop()
    await until(lambda: not assisted.runtime_data.coordinator.connected)
    events = await assistant.run("Is Radarr fine?")
    assert "does not answer" in said(events)
