"""Questions in Assist: streamed, parallel, interrupted and refused answers."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from asking import AGENT, BROKEN, Gate, ask, call, collect_answer, end, logged, result, saying, speech, text
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.helpers.intent import IntentResponseErrorCode
from pytest_homeassistant_custom_component.common import MockConfigEntry
from waiting import becomes, end_timeout

from custom_components.homelab_steward.contract.chat import ChatPiece, ChatQuestion
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.protocol import Command
from custom_components.homelab_steward.contract.state import FrontEnd, Speaker
from custom_components.homelab_steward.conversation import SILENCE

PACKAGE = "custom_components.homelab_steward"


async def test_a_question_is_sent_with_its_user_and_language(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, robin: User
) -> None:
    steward.talker = saying(text("Radarr is fine."), end())
    answer = await ask(hass, context=Context(user_id=robin.id), language="de-DE")
    assert speech(answer) == "Radarr is fine."
    assert answer.response.error_code is None
    assert steward.asked(Command.ASK) == [
        ChatQuestion(
            conversation_id=answer.conversation_id or "",
            text="Is Radarr fine?",
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=robin.id),
            language="de-DE",
            spoken=False,
        )
    ]


async def test_a_deactivated_user_asks_as_nobody(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, robin: User
) -> None:
    steward.talker = saying(text("Radarr is fine."), end())
    robin.is_active = False
    await ask(hass, context=Context(user_id=robin.id))
    (question,) = steward.asked(Command.ASK)
    assert isinstance(question, ChatQuestion)
    assert question.speaker.user_id == ""


@pytest.mark.parametrize("heard_by", [{"satellite_id": "assist_satellite.kitchen"}, {"device_id": "abc"}])
async def test_a_spoken_question_asks_for_short_sentences(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, heard_by: dict[str, str]
) -> None:
    steward.talker = saying(text("Yes."), end())
    await ask(hass, **heard_by)
    assert steward.asked(Command.ASK)[0].spoken
    assert steward.asked(Command.ASK)[0].speaker.user_id == ""


async def test_an_answer_is_streamed_while_it_arrives(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, until: Until
) -> None:
    steward.talker = gate = Gate()
    deltas: list[dict[str, Any]] = []
    turn = asyncio.create_task(collect_answer(hass, deltas.append))
    await until(lambda: deltas)
    assert deltas == [{"role": "assistant", "content": "Radarr is "}]
    assert not turn.done()
    gate.opened.set()
    answer = await turn
    assert deltas[1:] == [{"content": "fine."}]
    assert speech(answer) == "Radarr is fine."


async def test_tool_calls_of_the_app_are_recorded_in_the_chat_log(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry
) -> None:
    steward.talker = saying(
        text("Let me look."),
        text(""),
        call("1", instance="radarr"),
        call("2", lines=20),
        result("running", "1"),
        result("no route to host", "2", ok=False),
        text("Radarr is "),
        text("fine."),
        end(),
    )
    deltas: list[dict[str, Any]] = []
    answer = await collect_answer(hass, deltas.append)
    assert speech(answer) == "Let me look.\n\nRadarr is fine."
    _, first, one, two, last = logged(hass, answer)
    assert isinstance(first, conversation.AssistantContent)
    assert first.content == "Let me look."
    assert first.tool_calls == [
        llm.ToolInput("radarr_status", {"instance": "radarr"}, id="1", external=True),
        llm.ToolInput("radarr_status", {"lines": 20}, id="2", external=True),
    ]
    assert isinstance(one, conversation.ToolResultContent)
    assert (one.tool_call_id, one.tool_name) == ("1", "radarr_status")
    assert one.result == llm.ToolResult(data={"text": "running"})
    assert isinstance(two, conversation.ToolResultContent)
    assert two.result == llm.ToolResult(data={"text": "no route to host"}, error=True)
    assert isinstance(last, conversation.AssistantContent)
    assert last.content == "Radarr is fine."
    assert [one.get("role") for one in deltas if "role" in one] == [
        "assistant",
        "tool_result",
        "tool_result",
        "assistant",
    ]


async def test_a_long_tool_result_is_cut(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry
) -> None:
    steward.talker = saying(call(query="q" * 5_000), result("r" * 5_000), text("Done."), end())
    answer = await ask(hass)
    _, asked, read, _ = logged(hass, answer)
    assert isinstance(asked, conversation.AssistantContent)
    assert asked.tool_calls
    assert asked.tool_calls[0].tool_args == {"query": "q" * 199 + "…"}
    assert isinstance(read, conversation.ToolResultContent)
    assert read.result.data == {"text": "r" * 499 + "…"}


async def test_a_question_in_the_answer_continues_the_conversation(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry
) -> None:
    steward.talker = saying(text("Radarr or Sonarr."), end(expects_reply=True))
    first = await ask(hass, "Is it fine?")
    assert first.continue_conversation
    steward.talker = saying(text("All is well. Anything else?"), end())
    second = await ask(hass, "Radarr", conversation_id=first.conversation_id)
    assert not second.continue_conversation
    one, two = steward.asked(Command.ASK)
    assert one.conversation_id == two.conversation_id == second.conversation_id
    assert [content.role for content in logged(hass, second)] == ["user", "assistant"] * 2


async def test_two_conversations_at_once_get_their_own_answers(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry
) -> None:
    met = asyncio.Barrier(2)

    async def talk(question: ChatQuestion) -> AsyncIterator[ChatPiece]:
        for word in ("You asked: ", question.text, "."):
            await met.wait()
            yield text(word)
        yield end()

    steward.talker = talk
    answers = await asyncio.gather(ask(hass, "first"), ask(hass, "second"))
    assert [speech(answer) for answer in answers] == ["You asked: first.", "You asked: second."]
    assert len({answer.conversation_id for answer in answers}) == 2


async def test_a_second_turn_of_a_busy_conversation_is_refused(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, until: Until
) -> None:
    steward.talker = gate = Gate()
    turn = asyncio.create_task(ask(hass, conversation_id="kitchen"))
    await until(lambda: steward.asked(Command.ASK))
    second = await ask(hass, "And Sonarr?", conversation_id="kitchen")
    assert "busy" in speech(second)
    gate.opened.set()
    assert speech(await turn) == "Radarr is fine."
    assert len(steward.asked(Command.ASK)) == 1


async def test_a_cancelled_turn_cancels_the_answer_in_the_app(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, until: Until
) -> None:
    steward.talker = Gate()
    deltas: list[dict[str, Any]] = []
    turn = asyncio.create_task(collect_answer(hass, deltas.append))
    await until(lambda: deltas)
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    await until(lambda: steward.cancelled)
    steward.talker = saying(text("Yes."), end())
    assert speech(await ask(hass)) == "Yes."


async def test_a_failing_listener_cancels_the_answer(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, until: Until
) -> None:
    def stumble(_delta: dict[str, Any]) -> None:
        raise RuntimeError("unexpected")

    steward.talker = Gate()
    # Kept: a traceback would keep the answer alive, were it not closed.
    with pytest.raises(RuntimeError, match="unexpected") as caught:
        await collect_answer(hass, stumble)
    await until(lambda: steward.cancelled)
    assert caught.value


async def test_a_question_without_an_answer_times_out(
    hass: HomeAssistant,
    steward: FakeSteward,
    assisted: MockConfigEntry,
    until: Until,
) -> None:
    steward.talker = Gate(first=())
    turn = asyncio.create_task(ask(hass))
    await end_timeout(SILENCE)
    answer = await turn
    assert speech(answer) == "The steward did not answer in time. Please ask again."
    assert answer.response.error_code is IntentResponseErrorCode.FAILED_TO_HANDLE
    assert not answer.continue_conversation
    await until(lambda: steward.cancelled)


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ((text("Radarr is fi"),), f"Radarr is fi{BROKEN}"),
        ((text("Let me look."), call()), f"Let me look.{BROKEN}"),
        ((text("Let me look."), call(), result("ok")), f"Let me look.\n\n{BROKEN}"),
    ],
)
async def test_the_text_before_a_lost_connection_stays(
    hass: HomeAssistant,
    steward: FakeSteward,
    assisted: MockConfigEntry,
    until: Until,
    first: tuple[ChatPiece, ...],
    said: str,
) -> None:
    steward.talker = Gate(first=first)
    deltas: list[dict[str, Any]] = []
    turn = asyncio.create_task(collect_answer(hass, deltas.append))
    await until(lambda: len(deltas) == len(first))
    await steward.close_connections()
    answer = await turn
    assert speech(answer) == said
    assert answer.response.error_code is IntentResponseErrorCode.FAILED_TO_HANDLE
    assert deltas[-1]["content"] == BROKEN, "a satellite speaks only the streamed text"
    last = logged(hass, answer)[-1]
    assert isinstance(last, conversation.AssistantContent)
    assert (last.content or "").endswith(BROKEN)


async def test_a_pause_that_is_too_long_ends_the_answer(
    hass: HomeAssistant,
    steward: FakeSteward,
    assisted: MockConfigEntry,
) -> None:
    steward.talker = Gate()
    deltas: list[dict[str, Any]] = []
    turn = asyncio.create_task(collect_answer(hass, deltas.append, language="de-DE"))
    await becomes(lambda: deltas)
    await end_timeout(SILENCE)
    answer = await turn
    assert speech(answer) == "Radarr is … Hier bricht die Antwort ab."


@pytest.mark.parametrize(
    ("code", "english", "german"),
    [
        (ErrorCode.FORBIDDEN, "not allowed to ask", "Das darfst du"),
        (ErrorCode.TOO_LARGE, "fewer words", "formuliere sie kürzer"),
        (ErrorCode.TIMEOUT, "did not answer in time", "nicht rechtzeitig"),
        (ErrorCode.INTERNAL, "could not answer", "nicht beantworten"),
        (ErrorCode.UNKNOWN_COMMAND, "could not answer", "nicht beantworten"),
    ],
)
async def test_a_refusal_is_answered_in_the_language_of_the_question(
    hass: HomeAssistant,
    steward: FakeSteward,
    assisted: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
    code: ErrorCode,
    english: str,
    german: str,
) -> None:
    steward.talker = saying(ContractError(code, "the app's own words"))
    for language, phrases in (("en-GB", english), ("de-DE", german), ("it", english)):
        answer = await ask(hass, language=language)
        assert phrases in speech(answer)
        assert "own words" not in speech(answer)
        assert answer.response.error_code is IntentResponseErrorCode.FAILED_TO_HANDLE
        last = logged(hass, answer)[-1]
        assert isinstance(last, conversation.AssistantContent)
        assert last.content == speech(answer)
    assert [one for one in caplog.records if one.levelno > logging.INFO] == []


async def test_a_refusal_is_streamed(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry
) -> None:
    steward.talker = saying(ContractError(ErrorCode.FORBIDDEN, "no"))
    deltas: list[dict[str, Any]] = []
    answer = await collect_answer(hass, deltas.append)
    assert deltas == [{"role": "assistant", "content": speech(answer)}]


@pytest.mark.parametrize("pieces", [(end(),), (text(" "), end()), (call(), result("ok"), end())])
async def test_an_empty_answer_is_a_failure(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, pieces: tuple[ChatPiece, ...]
) -> None:
    steward.talker = saying(*pieces)
    answer = await ask(hass)
    assert speech(answer) == "The steward could not answer."
    assert answer.response.error_code is IntentResponseErrorCode.FAILED_TO_HANDLE


async def test_an_invalid_piece_ends_the_answer(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, until: Until
) -> None:
    steward.talker = Gate(first=())
    turn = asyncio.create_task(ask(hass))
    await until(lambda: steward.asked(Command.ASK))
    [question] = steward.in_progress
    await steward.send_raw(b'{"kind": "piece", "id": %d, "body": {"kind": "song"}}' % question)
    assert speech(await turn) == "The steward could not answer."


async def test_unloading_ends_an_answer_in_progress(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry, until: Until
) -> None:
    steward.talker = Gate()
    deltas: list[dict[str, Any]] = []
    turn = asyncio.create_task(collect_answer(hass, deltas.append))
    await until(lambda: deltas)
    assert await hass.config_entries.async_unload(assisted.entry_id)
    assert speech(await turn) == f"Radarr is {BROKEN}"
    assert await hass.config_entries.async_setup(assisted.entry_id)
    steward.talker = saying(text("Yes."), end())
    assert speech(await ask(hass)) == "Yes."


async def test_the_agent_describes_its_features(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry
) -> None:
    agent = conversation.async_get_agent(hass, AGENT)
    assert isinstance(agent, conversation.ConversationEntity)
    assert agent.supported_languages == "*"
    assert agent.supports_streaming
    state = hass.states.get(AGENT)
    assert state is not None
    assert state.attributes["supported_features"] == 0, "it controls nothing of Home Assistant's"
    assert state.attributes["friendly_name"] == "Homelab Steward"


async def test_what_is_not_possible_now_is_said_with_its_reason(
    hass: HomeAssistant, steward: FakeSteward, assisted: MockConfigEntry
) -> None:
    for reason in ("No model is available.", "No model\n\u202eis\u200b available."):
        steward.talker = saying(ContractError(ErrorCode.UNAVAILABLE, reason))
        assert speech(await ask(hass)) == "The steward could not answer: No model is available."
