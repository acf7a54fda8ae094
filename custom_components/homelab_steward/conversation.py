"""The agent in Assist. While the app does not answer, it says so, and Home Assistant's own agent answers."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.const import MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.intent import IntentResponse, IntentResponseErrorCode

from .chat_pieces import Answer, Delta
from .const import DOMAIN, LOGGER, SUBENTRY_CONVERSATION
from .contract.chat import ChatPiece, ChatQuestion
from .contract.errors import ContractError, ErrorCode
from .contract.plain_text import one_line
from .contract.state import FrontEnd, Person, Speaker
from .coordinator import StewardCoordinator
from .devices import register_agent
from .phrases import Phrases
from .runtime import StewardConfigEntry
from .satellites import person_of
from .speakers import async_is_inactive

PARALLEL_UPDATES = 0

SILENCE: Final = 100.0
"""Seconds without a piece of the answer before a question fails; the app's own limit is shorter."""

_SENTENCES: Final = {
    ErrorCode.NOT_CONNECTED: "assist_away",
    ErrorCode.TIMEOUT: "assist_timeout",
    ErrorCode.FORBIDDEN: "assist_forbidden",
    ErrorCode.TOO_LARGE: "assist_too_large",
    ErrorCode.UNAVAILABLE: "assist_unavailable",
}

_UNDERSTOOD: Final = (None, IntentResponseErrorCode.FAILED_TO_HANDLE)
"""Results of the built-in agent that are an answer."""


async def async_setup_entry(
    hass: HomeAssistant, entry: StewardConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up one agent for each subentry, and those added or renamed later."""
    known: set[str] = set()

    async def draw(hass: HomeAssistant, entry: StewardConfigEntry) -> None:
        for subentry in entry.get_subentries_of_type(SUBENTRY_CONVERSATION):
            register_agent(hass, entry, subentry)
            if subentry.subentry_id not in known:
                known.add(subentry.subentry_id)
                async_add_entities([StewardAgent(entry, subentry)], config_subentry_id=subentry.subentry_id)

    await draw(hass, entry)
    entry.async_on_unload(entry.add_update_listener(draw))


@dataclass(slots=True, kw_only=True)
class _Turn:
    """One question and its answer; ``built_in`` is the result of Home Assistant's own agent."""

    user_input: conversation.ConversationInput
    chat_log: conversation.ChatLog
    phrases: Phrases
    answer: Answer = field(default_factory=Answer)
    built_in: conversation.ConversationResult | None = None


class StewardAgent(conversation.ConversationEntity):
    """Sends questions to the app. Always available: it answers also while the app does not.

    It lacks the feature CONTROL: the app controls nothing in Home Assistant, and a person
    approves each change in the homelab.
    """

    _attr_has_entity_name = True
    _attr_name = None
    _attr_supports_streaming = True

    def __init__(self, entry: StewardConfigEntry, subentry: ConfigSubentry) -> None:
        """Assign the device of the subentry."""
        self._entry = entry
        self._attr_unique_id = subentry.subentry_id
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, subentry.subentry_id)})

    @property
    def supported_languages(self) -> list[str] | Literal["*"]:
        """Return that all languages are supported."""
        return MATCH_ALL

    async def async_prepare(self, language: str | None = None) -> None:
        """Load the sentences, and prepare Home Assistant's own agent while the app does not answer."""
        await Phrases.async_load(self.hass, language)
        coordinator = self._coordinator()
        if coordinator is None or not coordinator.connected:
            await conversation.async_prepare_agent(
                self.hass, conversation.HOME_ASSISTANT_AGENT, language or self.hass.config.language
            )

    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        """Return the answer, after streaming it into the chat log."""
        phrases = await Phrases.async_load(self.hass, user_input.language)
        turn = _Turn(user_input=user_input, chat_log=chat_log, phrases=phrases)
        await self._async_stream(chat_log, self._deltas(turn))
        return _result(turn)

    async def _deltas(self, turn: _Turn) -> AsyncGenerator[Delta]:
        """Yield the answer for the chat log.

        Closing the generator early cancels the answer in the app.
        """
        answer = turn.answer
        try:
            question = _question(turn.user_input, turn.chat_log, self._owner(turn.user_input.satellite_id))
            if await async_is_inactive(self.hass, question.speaker.user_id):
                question = replace(question, speaker=replace(question.speaker, user_id=""))
            async with aclosing(self._ask(question)) as pieces:
                async for piece in pieces:
                    if delta := answer.take(piece):
                        yield delta
            if not answer.text:
                raise ContractError(ErrorCode.INTERNAL, "The answer was empty")
        except ContractError as err:
            LOGGER.info("A question was not answered: %s", err.message)
            answer.failure = err
        if answer.failure is not None:
            async with aclosing(self._deltas_of_failure(turn, answer.failure)) as deltas:
                async for delta in deltas:
                    yield delta

    async def _deltas_of_failure(self, turn: _Turn, failure: ContractError) -> AsyncGenerator[Delta]:
        """Yield why there is no answer.

        Without the app that comes first, before the answer of Home Assistant's own agent: that
        agent may have to load its sentences, which takes seconds on a busy machine.
        """
        answer, phrases = turn.answer, turn.phrases
        if answer.text:
            yield answer.say(f"… {phrases('assist_broke_off')}")
            return
        yield answer.say(phrases(_sentence(failure), message=one_line(failure.message).rstrip(".")))
        if failure.code is not ErrorCode.NOT_CONNECTED:
            return
        turn.built_in = await self._async_ask_built_in(turn.user_input, turn.chat_log)
        if turn.built_in is None:
            yield answer.say(f" {phrases('assist_unknown')}")
        elif speech := turn.built_in.response.speech.get("plain", {}).get("speech", ""):
            yield answer.say(f" {speech}")

    def _ask(self, question: ChatQuestion) -> AsyncGenerator[ChatPiece]:
        coordinator = self._coordinator()
        if coordinator is None:
            raise ContractError(ErrorCode.NOT_CONNECTED, "The steward was not reached yet")
        return coordinator.ask(question, SILENCE)

    def _owner(self, satellite: str | None) -> Person | None:
        """Return the person who alone uses a satellite, None when others may use it too."""
        coordinator = self._coordinator()
        if satellite is None or coordinator is None:
            return None
        return person_of(self._entry, coordinator.steward_state.people, satellite)

    async def _async_stream(self, chat_log: conversation.ChatLog, deltas: AsyncGenerator[Delta]) -> None:
        async with aclosing(deltas):
            async for _ in chat_log.async_add_delta_content_stream(self.entity_id, deltas):
                pass  # Listeners get every delta; the log stores the complete message.

    async def _async_ask_built_in(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult | None:
        """Return the answer of Home Assistant's own agent, None when it did not understand."""
        result = await conversation.async_converse(
            self.hass,
            user_input.text,
            chat_log.conversation_id,
            user_input.context,
            language=user_input.language,
            agent_id=conversation.HOME_ASSISTANT_AGENT,
            device_id=user_input.device_id,
            satellite_id=user_input.satellite_id,
        )
        return result if result.response.error_code in _UNDERSTOOD else None

    def _coordinator(self) -> StewardCoordinator | None:
        """Return the connection, None before the first connection."""
        if self._entry.state is not ConfigEntryState.LOADED:
            return None
        return self._entry.runtime_data.coordinator


def _question(
    user_input: conversation.ConversationInput, chat_log: conversation.ChatLog, owner: Person | None
) -> ChatQuestion:
    """Return the question for the app; ``owner`` is who alone uses the satellite that heard it."""
    user_id = owner.ha_user_id if owner else user_input.context.user_id
    return ChatQuestion(
        conversation_id=chat_log.conversation_id,
        text=user_input.text,
        speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=user_id or ""),
        language=user_input.language,
        spoken=bool(user_input.satellite_id or user_input.device_id),
        is_shared=user_input.satellite_id is not None and owner is None,
    )


def _result(turn: _Turn) -> conversation.ConversationResult:
    answer = turn.answer
    if turn.built_in is not None:
        turn.built_in.response.async_set_speech(answer.text)
        return turn.built_in
    response = IntentResponse(language=turn.user_input.language)
    if answer.failure is None:
        response.async_set_speech(answer.text)
    else:
        response.async_set_error(IntentResponseErrorCode.FAILED_TO_HANDLE, answer.text)
    return conversation.ConversationResult(
        response=response,
        conversation_id=turn.chat_log.conversation_id,
        continue_conversation=answer.expects_reply,
    )


def _sentence(failure: ContractError) -> str:
    return _SENTENCES.get(failure.code, "assist_failed")
