"""The pieces of one answer, as they go to a face."""

from typing import Final

from homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion

from ..llm.messages import ToolCall
from ..llm.reading_digest import digest
from .toolbox import Answered

LONGEST_SHOWN: Final = 2_000
"""Characters of a tool's answer that go to a face."""


class AnswerPieces:
    """Makes the pieces that answer one question."""

    def __init__(self, question: ChatQuestion) -> None:
        """Every piece carries the question's conversation."""
        self._id = question.conversation_id

    def text(self, text: str, *, expects_reply: bool = False) -> ChatPiece:
        """Return words."""
        return ChatPiece(
            conversation_id=self._id, kind=ChatPieceKind.TEXT, text=text, expects_reply=expects_reply
        )

    def called(self, call: ToolCall) -> ChatPiece:
        """Return that a tool is being asked."""
        return ChatPiece(
            conversation_id=self._id,
            kind=ChatPieceKind.TOOL_CALL,
            call_id=call.id,
            tool=call.name,
            arguments=dict(call.arguments),
        )

    def returned(self, call: ToolCall, answer: Answered) -> ChatPiece:
        """Return what a tool answered."""
        return ChatPiece(
            conversation_id=self._id,
            kind=ChatPieceKind.TOOL_RESULT,
            call_id=call.id,
            tool=call.name,
            text=digest(f"{answer.title}\n{answer.text}".strip(), LONGEST_SHOWN),
            ok=answer.ok,
        )

    def end(self, *, expects_reply: bool) -> ChatPiece:
        """Return the last piece."""
        return ChatPiece(conversation_id=self._id, kind=ChatPieceKind.END, expects_reply=expects_reply)
