"""A face that also asks questions and for changes."""

from collections.abc import Mapping
from uuid import uuid4

from demo.front_end import FrontEndClient
from homelab_steward.contract.base import Value
from homelab_steward.contract.chat import ChatPiece, ChatQuestion
from homelab_steward.contract.protocol import ActionRequested, Command, RequestAction
from homelab_steward.contract.state import Speaker

SILENCE = 600.0
"""Seconds without a word before an answer is given up: a model on a busy machine is slow."""


class AskingClient(FrontEndClient):
    """`start()` it as its parent."""

    async def ask(self, text: str, speaker: Speaker) -> list[ChatPiece]:
        """Ask one question out of the blue and return the whole answer; raises `ContractError`."""
        question = ChatQuestion(conversation_id=uuid4().hex, text=text, speaker=speaker)
        return [piece async for piece in self._client.ask(question, SILENCE)]

    async def request(
        self, instance_id: str, action: str, target_id: str, speaker: Speaker, arguments: Mapping[str, Value]
    ) -> ActionRequested:
        """Ask for one action; raises `ContractError`."""
        request = RequestAction(
            instance_id=instance_id,
            action=action,
            target_id=target_id,
            speaker=speaker,
            arguments=dict(arguments),
        )
        return await self._client.call(Command.REQUEST_ACTION, request, ActionRequested)
