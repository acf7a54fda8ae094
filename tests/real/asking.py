"""A client that also asks questions and requests changes."""

from collections.abc import Mapping
from uuid import uuid4

from demo.front_end import FrontEndClient
from homelab_steward.contract.base import Value
from homelab_steward.contract.chat import ChatPiece, ChatQuestion
from homelab_steward.contract.commands import ActionRequested, RequestAction
from homelab_steward.contract.protocol import Command
from homelab_steward.contract.state import Speaker

PIECE_TIMEOUT = 600.0
"""Seconds without a piece until an answer times out. A model on a busy machine is slow."""


class AskingClient(FrontEndClient):
    """A `FrontEndClient` with questions and requests."""

    async def answer(self, text: str, speaker: Speaker, conversation_id: str = "") -> list[ChatPiece]:
        """Ask one question, in a new conversation if none is named, and return the whole answer.

        Raises ContractError.
        """
        question = ChatQuestion(
            conversation_id=conversation_id or uuid4().hex, text=text, speaker=speaker, language="en"
        )
        return [piece async for piece in self._client.ask(question, PIECE_TIMEOUT)]

    async def request(
        self, instance_id: str, action: str, target_id: str, speaker: Speaker, arguments: Mapping[str, Value]
    ) -> ActionRequested:
        """Request one action. Raises ContractError."""
        request = RequestAction(
            instance_id=instance_id,
            action=action,
            target_id=target_id,
            speaker=speaker,
            arguments=dict(arguments),
        )
        return await self._client.call(Command.REQUEST_ACTION, request, ActionRequested)
