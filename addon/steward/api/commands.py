"""Commands of front ends: one typed function for each."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homelab_steward.contract.base import Message
from homelab_steward.contract.chat import ChatPiece, ChatQuestion
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest
from homelab_steward.contract.protocol import (
    ActionRequested,
    Command,
    Decide,
    IncidentQuery,
    Incidents,
    InstanceId,
    Nothing,
    PersonId,
    Reading,
    ReadTool,
    RequestAction,
    SaveInstance,
    SavePerson,
)
from homelab_steward.contract.state import FrontEnd, Instance, Person, Speaker

REMOTE_FRONT_ENDS: Final = frozenset({FrontEnd.HOME_ASSISTANT, FrontEnd.PANEL, FrontEnd.MCP})
"""Front ends whose users may send commands by websocket; Telegram calls the gate directly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """The functions behind the commands; each may raise ContractError or StewardError."""

    decide: Callable[[Decide], Awaitable[ApprovalRequest]]
    request_action: Callable[[RequestAction], Awaitable[ActionRequested]]
    read_tool: Callable[[ReadTool], Awaitable[Reading]]
    save_instance: Callable[[SaveInstance], Awaitable[Instance]]
    remove_instance: Callable[[InstanceId], Awaitable[Nothing]]
    poll_instance: Callable[[InstanceId], Awaitable[Nothing]]
    save_person: Callable[[SavePerson], Awaitable[Person]]
    remove_person: Callable[[PersonId], Awaitable[Nothing]]
    list_incidents: Callable[[IncidentQuery], Awaitable[Incidents]]
    ask: Callable[[ChatQuestion], AsyncGenerator[ChatPiece]]

    async def run(  # noqa: C901, PLR0911 - one case and one answer for each command
        self, command: Command, body: Mapping[str, Any], *, is_local: bool
    ) -> Message:
        """Return the answer to ``command``; ``is_local`` is true for a client on this machine.

        Raises MalformedMessage for a wrong body, and ContractError FORBIDDEN when the
        speaker's front end may not use the websocket.
        """
        match command:
            case Command.DECIDE:
                decide = Decide.from_plain(body)
                _check_speaker(decide.speaker, is_local=is_local)
                return await self.decide(decide)
            case Command.REQUEST_ACTION:
                request = RequestAction.from_plain(body)
                _check_speaker(request.speaker, is_local=is_local)
                return await self.request_action(request)
            case Command.READ_TOOL:
                return await self.read_tool(ReadTool.from_plain(body))
            case Command.SAVE_INSTANCE:
                return await self.save_instance(SaveInstance.from_plain(body))
            case Command.REMOVE_INSTANCE:
                return await self.remove_instance(InstanceId.from_plain(body))
            case Command.POLL_INSTANCE:
                return await self.poll_instance(InstanceId.from_plain(body))
            case Command.SAVE_PERSON:
                return await self.save_person(SavePerson.from_plain(body))
            case Command.REMOVE_PERSON:
                return await self.remove_person(PersonId.from_plain(body))
            case Command.LIST_INCIDENTS:
                return await self.list_incidents(IncidentQuery.from_plain(body))
            case Command.ASK:
                raise ContractError(ErrorCode.MALFORMED, "This command is answered in pieces")

    def answer(self, body: Mapping[str, Any], *, is_local: bool) -> AsyncGenerator[ChatPiece]:
        """Return the pieces that answer ``conversation.ask``; raises as :meth:`run` does."""
        question = ChatQuestion.from_plain(body)
        _check_speaker(question.speaker, is_local=is_local)
        return self.ask(question)


def _check_speaker(speaker: Speaker, *, is_local: bool) -> None:
    allowed = REMOTE_FRONT_ENDS | {FrontEnd.COMMAND_LINE} if is_local else REMOTE_FRONT_ENDS
    if speaker.front_end not in allowed:
        raise ContractError(ErrorCode.FORBIDDEN, f"Commands for {speaker.front_end} are not accepted here")
