"""Asks questions in Assist, and scripts the answers of the app."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from fake_steward import Talker
from homeassistant.components import conversation
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import chat_session
from waiting import HANGING

from custom_components.homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion

AGENT = "conversation.homelab_steward"
BROKEN = "… The answer ends here."


def text(phrases: str) -> ChatPiece:
    return ChatPiece(conversation_id="", kind=ChatPieceKind.TEXT, text=phrases)


def call(number: str = "1", **arguments: Any) -> ChatPiece:
    return ChatPiece(
        conversation_id="",
        kind=ChatPieceKind.TOOL_CALL,
        call_id=number,
        tool="radarr_status",
        arguments=arguments,
    )


def result(phrases: str, number: str = "1", *, ok: bool = True) -> ChatPiece:
    return ChatPiece(conversation_id="", kind=ChatPieceKind.TOOL_RESULT, call_id=number, text=phrases, ok=ok)


def end(*, expects_reply: bool = False) -> ChatPiece:
    return ChatPiece(conversation_id="", kind=ChatPieceKind.END, expects_reply=expects_reply)


def saying(*pieces: ChatPiece | Exception) -> Talker:
    async def talk(_question: ChatQuestion) -> AsyncIterator[ChatPiece]:
        for piece in pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece

    return talk


@dataclass
class Gate:
    """Sends the first pieces, then waits until the rest is released."""

    first: tuple[ChatPiece, ...] = (text("Radarr is "),)
    rest: tuple[ChatPiece, ...] = (text("fine."), end())
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, _question: ChatQuestion) -> AsyncIterator[ChatPiece]:
        for piece in self.first:
            yield piece
        await self.opened.wait()
        for piece in self.rest:
            yield piece


async def ask(
    hass: HomeAssistant, phrases: str = "Is Radarr fine?", agent: str = AGENT, **values: Any
) -> conversation.ConversationResult:
    known: dict[str, Any] = {"conversation_id": None, "context": Context(), "language": "en"} | values
    async with asyncio.timeout(HANGING):
        return await conversation.async_converse(hass, phrases, agent_id=agent, **known)


def speech(answer: conversation.ConversationResult) -> str:
    said: str = answer.response.speech["plain"]["speech"]
    return said


def logged(hass: HomeAssistant, answer: conversation.ConversationResult) -> list[conversation.Content]:
    """Return the chat log of a conversation after the system prompt."""
    return hass.data[DATA_CHAT_LOGS][answer.conversation_id or ""].content[1:]


async def collect_answer(
    hass: HomeAssistant,
    listen: Callable[[dict[str, Any]], None],
    phrases: str = "Is Radarr fine?",
    language: str = "en",
) -> conversation.ConversationResult:
    """Ask as a voice pipeline does, with a listener for every delta."""
    context = Context()
    question = conversation.ConversationInput(
        text=phrases,
        context=context,
        conversation_id=None,
        device_id=None,
        satellite_id="assist_satellite.kitchen",
        language=language,
        agent_id=AGENT,
    )
    with (
        chat_session.async_get_chat_session(hass, None, context=context) as session,
        conversation.async_get_chat_log(
            hass, session, question, chat_log_delta_listener=lambda _log, delta: listen(delta)
        ),
    ):
        return await ask(
            hass, phrases, conversation_id=session.conversation_id, context=context, language=language
        )
