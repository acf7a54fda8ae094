"""Questions in Assist while the app does not answer: Home Assistant's own agent, then an explanation."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
import rows
from asking import AGENT, BROKEN, Gate, ask, call, collect_answer, end, logged, saying, speech, text
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.components import conversation
from homeassistant.components.conversation.default_agent import DefaultAgent
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.intent import IntentResponseErrorCode
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)
from waiting import HANGING, becomes, pass_seconds, timeouts

from custom_components.homelab_steward.contract.chat import ChatPiece, ChatQuestion
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.conversation import SILENCE

FIRST = "The steward does not answer."
AWAY = f"{FIRST} Home Assistant does not know the answer itself."
GERMAN = "Der Steward ist gerade nicht erreichbar. Home Assistant weiß selbst keine Antwort."
LAMP = "light.kitchen_lamp"


def shown(hass: HomeAssistant) -> str:
    state = hass.states.get(AGENT)
    return state.state if state else "nothing"


def lamp(hass: HomeAssistant) -> None:
    hass.states.async_set(LAMP, "off", {"friendly_name": "Kitchen lamp"})
    async_expose_entity(hass, conversation.DOMAIN, LAMP, should_expose=True)


def _put_content(said: asyncio.Queue[str], delta: dict[str, Any]) -> None:
    if content := delta.get("content"):
        said.put_nowait(content)


@pytest.fixture
async def away(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, until: Until
) -> MockConfigEntry:
    """Return the entry, which lost its connection."""
    await steward.stop()
    await until(lambda: not assisted.runtime_data.coordinator.connected)
    return assisted


async def test_the_agent_stays_available_without_the_app(hass: HomeAssistant, away: MockConfigEntry) -> None:
    assert shown(hass) != "unavailable"
    await ask(hass)
    assert shown(hass) not in ("unavailable", "unknown"), "when it was last asked"


@pytest.mark.parametrize(("language", "phrases"), [("en", AWAY), ("de-DE", GERMAN)])
async def test_a_question_without_the_app_is_answered_in_its_language(
    hass: HomeAssistant, away: MockConfigEntry, language: str, phrases: str
) -> None:
    answer = await ask(hass, "Is Radarr fine?", language=language)
    assert speech(answer) == phrases
    assert answer.response.error_code is IntentResponseErrorCode.FAILED_TO_HANDLE
    assert isinstance(last := logged(hass, answer)[-1], conversation.AssistantContent)
    assert last.content == phrases


@pytest.fixture
async def loading(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Return an event that ends the loading of the sentences of Home Assistant's own agent."""
    is_over = asyncio.Event()
    load = DefaultAgent.async_get_or_load_intents

    async def wait(agent: Any, language: str) -> Any:
        await is_over.wait()
        return await load(agent, language)

    monkeypatch.setattr(DefaultAgent, "async_get_or_load_intents", wait)
    return is_over


async def test_away_is_said_before_the_sentences_of_the_own_agent_are_loaded(
    hass: HomeAssistant, away: MockConfigEntry, loading: asyncio.Event
) -> None:
    lamp(hass)
    calls = async_mock_service(hass, "light", "turn_on")
    said: asyncio.Queue[str] = asyncio.Queue()
    listen = partial(_put_content, said)
    turn = asyncio.create_task(collect_answer(hass, listen, "Turn on the kitchen lamp"))
    async with asyncio.timeout(HANGING):
        assert await said.get() == FIRST
    assert not turn.done()
    assert not calls
    loading.set()
    answer = await turn
    assert len(calls) == 1, "the question is handed over"
    assert speech(answer).startswith(f"{FIRST} ")
    assert answer.response.error_code is None


async def test_away_is_said_before_the_sentences_are_loaded_when_the_app_was_never_there(
    hass: HomeAssistant, steward: FakeSteward, assisting: MockConfigEntry, loading: asyncio.Event
) -> None:
    await steward.stop()
    assert not await hass.config_entries.async_setup(assisting.entry_id)
    said: asyncio.Queue[str] = asyncio.Queue()
    turn = asyncio.create_task(collect_answer(hass, partial(_put_content, said)))
    async with asyncio.timeout(HANGING):
        assert await said.get() == FIRST
    loading.set()
    assert speech(await turn) == AWAY


async def test_a_steward_that_hangs_does_not_answer(
    hass: HomeAssistant,
    steward: FakeSteward,
    assisted: MockConfigEntry,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.homelab_steward.contract.client.ACCEPT_TIMEOUT", 0.05)
    steward.hangs = True
    assert speech(await ask(hass)) == AWAY
    assert assisted.runtime_data.coordinator.connected
    assert speech(await ask(hass)) == AWAY
    assert len(steward.asked(Command.ASK)) == 1, "the second question does not wait again"
    steward.hangs = False
    monkeypatch.setattr("custom_components.homelab_steward.contract.client.ACCEPT_TIMEOUT", HANGING)
    steward.talker = saying(text("Yes."), end())
    await steward.push(RowKind.INCIDENT, rows.incident())
    await until(lambda: assisted.runtime_data.coordinator.steward_state.incidents)
    assert speech(await ask(hass)) == "Yes."


async def test_an_accepted_question_may_take_long(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry
) -> None:
    async def think(_question: ChatQuestion) -> AsyncIterator[ChatPiece]:
        # What could end the answer now is not the timeout of its acceptance.
        await becomes(lambda: timeouts(SILENCE))
        yield text("Yes.")
        yield end()

    steward.talker = think
    assert speech(await ask(hass)) == "Yes."


async def test_the_own_agent_is_prepared_when_the_first_connection_fails(
    hass: HomeAssistant, steward: FakeSteward, assisting: MockConfigEntry, prepared_agents: list[str]
) -> None:
    await steward.stop()
    assert not await hass.config_entries.async_setup(assisting.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert prepared_agents == ["conversation.home_assistant in en"]


async def test_the_fallback_agent_is_prepared_when_the_connection_is_lost(
    hass: HomeAssistant,
    steward: FakeSteward,
    assisted: MockConfigEntry,
    until: Until,
    prepared_agents: list[str],
) -> None:
    assert prepared_agents == []
    await steward.stop()
    await until(lambda: bool(prepared_agents))
    assert set(prepared_agents) == {"conversation.home_assistant in en"}


async def test_unloading_prepares_no_fallback_agent(
    hass: HomeAssistant, assisted: MockConfigEntry, prepared_agents: list[str]
) -> None:
    assert await hass.config_entries.async_unload(assisted.entry_id)
    assert prepared_agents == []


async def test_home_assistant_answers_what_it_understands(hass: HomeAssistant, away: MockConfigEntry) -> None:
    lamp(hass)
    calls = async_mock_service(hass, "light", "turn_on")
    answer = await ask(hass, "Turn on the kitchen lamp")
    assert [one.data["entity_id"] for one in calls] == [[LAMP]]
    assert answer.response.error_code is None
    assert AWAY not in speech(answer)


async def test_a_failure_of_home_assistant_is_its_answer(hass: HomeAssistant, away: MockConfigEntry) -> None:
    async def fail(_call: ServiceCall) -> None:
        raise HomeAssistantError("the bulb is broken")

    lamp(hass)
    hass.services.async_register("light", "turn_on", fail)
    answer = await ask(hass, "Turn on the kitchen lamp")
    assert answer.response.error_code is IntentResponseErrorCode.FAILED_TO_HANDLE
    assert speech(answer) not in ("", AWAY)


async def test_an_unknown_name_is_answered_by_the_steward(hass: HomeAssistant, away: MockConfigEntry) -> None:
    assert speech(await ask(hass, "Turn on Radarr")) == AWAY


async def test_home_assistant_is_not_asked_while_the_app_answers(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry
) -> None:
    lamp(hass)
    calls = async_mock_service(hass, "light", "turn_on")
    steward.talker = saying(text("I know nothing of lamps."), end())
    assert speech(await ask(hass, "Turn on the kitchen lamp")) == "I know nothing of lamps."
    assert not calls


async def test_a_connection_lost_before_the_first_piece_uses_the_fallback(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, until: Until
) -> None:
    steward.talker = Gate(first=(call(),))
    deltas: list[dict[str, object]] = []
    turn = asyncio.create_task(collect_answer(hass, deltas.append))
    await until(lambda: deltas)
    await steward.close_connections()
    assert speech(await turn) == AWAY


async def test_the_app_answers_again_after_a_reconnect(
    hass: HomeAssistant, steward: FakeSteward, away: MockConfigEntry, until: Until
) -> None:
    assert speech(await ask(hass)) == AWAY
    await steward.start()
    await until(lambda: away.runtime_data.coordinator.connected)
    steward.talker = saying(text("Yes."), end())
    assert speech(await ask(hass)) == "Yes."


async def test_the_agent_answers_without_a_first_connection(
    hass: HomeAssistant,
    steward: FakeSteward,
    assisting: MockConfigEntry,
    until: Until,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await steward.stop()
    assert not await hass.config_entries.async_setup(assisting.entry_id)
    assert assisting.state is ConfigEntryState.SETUP_RETRY
    assert speech(await ask(hass)) == AWAY
    # The second attempt fails too, and the same agent still answers.
    pass_seconds(hass, 11)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert speech(await ask(hass)) == AWAY
    await steward.start()
    pass_seconds(hass, 700)
    await until(lambda: assisting.state is ConfigEntryState.LOADED)
    steward.talker = saying(text("Yes."), end())
    assert speech(await ask(hass)) == "Yes."
    assert len(steward.asked(Command.ASK)) == 1
    assert "already been setup" not in caplog.text


async def test_an_entry_is_disabled_and_enabled_without_the_app(
    hass: HomeAssistant, steward: FakeSteward, assisting: MockConfigEntry, until: Until
) -> None:
    await steward.stop()
    assert not await hass.config_entries.async_setup(assisting.entry_id)
    await hass.config_entries.async_set_disabled_by(assisting.entry_id, ConfigEntryDisabler.USER)
    await until(lambda: conversation.async_get_agent(hass, AGENT) is None)
    await hass.config_entries.async_set_disabled_by(assisting.entry_id, None)
    assert speech(await ask(hass)) == AWAY


async def test_an_entry_removed_without_the_app_leaves_no_agent(
    hass: HomeAssistant, steward: FakeSteward, assisting: MockConfigEntry, until: Until
) -> None:
    await steward.stop()
    assert not await hass.config_entries.async_setup(assisting.entry_id)
    await hass.config_entries.async_remove(assisting.entry_id)
    await until(lambda: conversation.async_get_agent(hass, AGENT) is None)


async def test_the_fallback_agent_is_prepared_only_for_a_loaded_entry(
    hass: HomeAssistant,
    steward: FakeSteward,
    assisted: MockConfigEntry,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared: list[str | None] = []

    async def note(_agent: object, language: str | None = None, **_: object) -> None:
        prepared.append(language)

    own = conversation.async_get_agent(hass, conversation.HOME_ASSISTANT_AGENT)
    monkeypatch.setattr(type(own), "async_prepare", note)
    agent = conversation.async_get_agent(hass, AGENT)
    assert agent is not None
    await agent.async_prepare("de")
    assert prepared == []
    await steward.stop()
    await until(lambda: not assisted.runtime_data.coordinator.connected)
    await agent.async_prepare("de")
    await agent.async_prepare()
    assert prepared == ["de", "en"]


async def test_an_interrupted_answer_is_not_asked_of_the_fallback(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, until: Until
) -> None:
    lamp(hass)
    calls = async_mock_service(hass, "light", "turn_on")
    steward.talker = Gate(first=(text("The lamp is "),))
    deltas: list[dict[str, object]] = []
    turn = asyncio.create_task(collect_answer(hass, deltas.append, "Turn on the kitchen lamp"))
    await until(lambda: deltas)
    await steward.close_connections()
    assert speech(await turn) == f"The lamp is {BROKEN}"
    assert not calls
