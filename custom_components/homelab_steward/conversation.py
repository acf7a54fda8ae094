"""The agent in Assist. While the app does not answer, Home Assistant's own agent does."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
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
from .contract.state import FrontEnd, Speaker
from .coordinator import StewardCoordinator
from .devices import register_agent
from .phrases import Phrases
from .runtime import StewardConfigEntry

PARALLEL_UPDATES = 0

SILENCE: Final = 100.0
"""Seconds without a piece of the answer before a question fails; the app's own limit is shorter."""

_SENTENCES: Final = {
    ErrorCode.UNAVAILABLE: "assist_away",
    ErrorCode.TIMEOUT: "assist_timeout",
    ErrorCode.FORBIDDEN: "assist_forbidden",
    ErrorCode.TOO_LARGE: "assist_too_large",
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
        """Prepare Home Assistant's own agent while the app does not answer."""
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
        answer = Answer()
        await self._async_stream(chat_log, self._deltas(_question(user_input, chat_log), answer, phrases))
        failure = answer.failure
        if failure is not None and not answer.text:
            if failure.code is ErrorCode.UNAVAILABLE and (
                result := await self._async_ask_built_in(user_input, chat_log)
            ):
                return result
            await self._async_stream(chat_log, _one(answer.say(phrases(_sentence(failure)))))
        return _result(user_input, chat_log, answer)

    async def _deltas(
        self, question: ChatQuestion, answer: Answer, phrases: Phrases
    ) -> AsyncGenerator[Delta]:
        """Yield the answer for the chat log; a failure is stored in the answer.

        Closing the generator early cancels the answer in the app.
        """
        try:
            async with aclosing(self._ask(question)) as pieces:
                async for piece in pieces:
                    if delta := answer.take(piece):
                        yield delta
            if not answer.text:
                raise ContractError(ErrorCode.INTERNAL, "The steward ended without a word")
        except ContractError as err:
            LOGGER.info("A question was not answered: %s", err.message)
            answer.failure = err
            if answer.text:
                yield answer.say(f"… {phrases('assist_broke_off')}")

    def _ask(self, question: ChatQuestion) -> AsyncGenerator[ChatPiece]:
        coordinator = self._coordinator()
        if coordinator is None:
            raise ContractError(ErrorCode.UNAVAILABLE, "The steward was not reached yet")
        return coordinator.ask(question, SILENCE)

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


def _question(user_input: conversation.ConversationInput, chat_log: conversation.ChatLog) -> ChatQuestion:
    return ChatQuestion(
        conversation_id=chat_log.conversation_id,
        text=user_input.text,
        speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=user_input.context.user_id or ""),
        language=user_input.language,
        spoken=bool(user_input.satellite_id or user_input.device_id),
    )


def _result(
    user_input: conversation.ConversationInput, chat_log: conversation.ChatLog, answer: Answer
) -> conversation.ConversationResult:
    response = IntentResponse(language=user_input.language)
    if answer.failure is None:
        response.async_set_speech(answer.text)
    else:
        response.async_set_error(IntentResponseErrorCode.FAILED_TO_HANDLE, answer.text)
    return conversation.ConversationResult(
        response=response,
        conversation_id=chat_log.conversation_id,
        continue_conversation=answer.expects_reply,
    )


def _sentence(failure: ContractError) -> str:
    return _SENTENCES.get(failure.code, "assist_failed")


async def _one(delta: Delta) -> AsyncGenerator[Delta]:
    yield delta
