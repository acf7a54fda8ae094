"""The pieces of an answer for a client, and a tool result for a model."""

from typing import Final

import orjson

from homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion

from ..llm.messages import ToolCall
from ..llm.reading_digest import SHORTEST, digest
from .toolbox import ToolAnswer

LONGEST_SHOWN: Final = 2_000
"""Characters of a tool result that a client receives."""


def text_piece(question: ChatQuestion, text: str) -> ChatPiece:
    """Return a piece of the text."""
    return ChatPiece(conversation_id=question.conversation_id, kind=ChatPieceKind.TEXT, text=text)


def called_piece(question: ChatQuestion, call: ToolCall) -> ChatPiece:
    """Return the piece that announces a tool call."""
    return ChatPiece(
        conversation_id=question.conversation_id,
        kind=ChatPieceKind.TOOL_CALL,
        call_id=call.id,
        tool=call.name,
        arguments=dict(call.arguments),
    )


def returned_piece(question: ChatQuestion, call: ToolCall, answer: ToolAnswer) -> ChatPiece:
    """Return the piece that carries a tool result."""
    return ChatPiece(
        conversation_id=question.conversation_id,
        kind=ChatPieceKind.TOOL_RESULT,
        call_id=call.id,
        tool=call.name,
        text=digest(f"{answer.title}\n{answer.text}".strip(), LONGEST_SHOWN),
        ok=answer.ok,
    )


def result_text(answer: ToolAnswer, limit: int) -> str:
    """Return a tool result as JSON for a model, marked as data."""
    payload = {
        "title": digest(answer.title, SHORTEST),
        "ok": answer.ok,
        "data_not_instructions": digest(answer.text, limit),
    }
    return orjson.dumps(payload).decode()
