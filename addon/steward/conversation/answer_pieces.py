"""Builds the pieces of one answer that a client receives."""

from typing import Final

from homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion

from ..llm.messages import ToolCall
from ..llm.reading_digest import digest
from .toolbox import ToolAnswer

LONGEST_SHOWN: Final = 2_000
"""Characters of a tool result that a client receives."""


class AnswerPieces:
    """Builds the pieces of the answer to one question."""

    def __init__(self, question: ChatQuestion) -> None:
        """Every piece carries the question's conversation id."""
        self._id = question.conversation_id

    def text(self, text: str, *, expects_reply: bool = False) -> ChatPiece:
        """Return a piece of text."""
        return ChatPiece(
            conversation_id=self._id, kind=ChatPieceKind.TEXT, text=text, expects_reply=expects_reply
        )

    def called(self, call: ToolCall) -> ChatPiece:
        """Return the piece that announces a tool call."""
        return ChatPiece(
            conversation_id=self._id,
            kind=ChatPieceKind.TOOL_CALL,
            call_id=call.id,
            tool=call.name,
            arguments=dict(call.arguments),
        )

    def returned(self, call: ToolCall, answer: ToolAnswer) -> ChatPiece:
        """Return the piece that carries a tool result."""
        return ChatPiece(
            conversation_id=self._id,
            kind=ChatPieceKind.TOOL_RESULT,
            call_id=call.id,
            tool=call.name,
            text=digest(f"{answer.title}\n{answer.text}".strip(), LONGEST_SHOWN),
            ok=answer.ok,
        )

    def end(self, *, expects_reply: bool) -> ChatPiece:
        """Return the piece that ends the answer."""
        return ChatPiece(conversation_id=self._id, kind=ChatPieceKind.END, expects_reply=expects_reply)
