"""One question and its answer, in pieces. Nothing that is said here has an effect."""

from collections.abc import AsyncGenerator
from typing import Final

from homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion
from homelab_steward.contract.errors import ContractError, ErrorCode

from .questions import recognise
from .records import Records
from .words import say

LONGEST_QUESTION: Final = 4_000


class Conversation:
    """Answers from the records. Questions they cannot answer are answered with what can be asked."""

    def __init__(self, records: Records) -> None:
        """``records`` reads; nothing here writes."""
        self._records = records

    async def ask(self, question: ChatQuestion) -> AsyncGenerator[ChatPiece]:
        """Yield the answer in pieces; the last is of kind END.

        Raises ContractError TOO_LARGE for a question nobody would ask.
        """
        if len(question.text) > LONGEST_QUESTION:
            raise ContractError(ErrorCode.TOO_LARGE, "The question is too long")
        known = recognise(question.text, self._records.things())
        if known is None:
            text = say(question.language, "no_model")
        else:
            text = await self._records.answer(known, question.language, spoken=question.spoken)
        yield ChatPiece(conversation_id=question.conversation_id, kind=ChatPieceKind.TEXT, text=text)
        yield ChatPiece(conversation_id=question.conversation_id, kind=ChatPieceKind.END)
