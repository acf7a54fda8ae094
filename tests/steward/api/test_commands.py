"""The table of commands: each has one function, for its own request."""

from collections.abc import AsyncGenerator, Callable

import pytest

from homelab_steward.contract.base import Message
from homelab_steward.contract.chat import ChatPiece, ChatQuestion
from homelab_steward.contract.command_messages import MESSAGES
from homelab_steward.contract.commands import InstanceId
from homelab_steward.contract.doctor import Versions
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.protocol import Command, Nothing
from steward.api.commands import Commands, Handler, handler

VERSIONS = Versions(app="1.0.0", contract=1, database=None, python="3.14.2")


async def done(_: Message) -> Nothing:
    return Nothing()


async def no_pieces(_: ChatQuestion) -> AsyncGenerator[ChatPiece]:
    return
    yield


def complete() -> list[Handler]:
    return [
        Handler(command, messages.request, done)
        for command, messages in MESSAGES.items()
        if command is not Command.ASK
    ]


def without_one(handlers: list[Handler]) -> list[Handler]:
    return handlers[1:]


def with_one_twice(handlers: list[Handler]) -> list[Handler]:
    return [*handlers, handlers[0]]


def with_another_request(handlers: list[Handler]) -> list[Handler]:
    return [handler(Command.DECIDE, InstanceId, done), *handlers[1:]]


def with_one_for_questions(handlers: list[Handler]) -> list[Handler]:
    return [*handlers, handler(Command.ASK, ChatQuestion, done), handlers[0]]


def test_each_command_of_the_contract_has_messages() -> None:
    assert set(MESSAGES) == set(Command)


@pytest.mark.parametrize(
    "changed", [without_one, with_one_twice, with_another_request, with_one_for_questions]
)
def test_a_table_that_is_not_complete_is_refused(changed: Callable[[list[Handler]], list[Handler]]) -> None:
    assert complete()[0].command is Command.DECIDE
    with pytest.raises(ValueError, match="wrong handlers"):
        Commands(no_pieces, changed(complete()))


async def test_a_command_gets_its_own_request() -> None:
    seen: list[Message] = []

    async def versions(request: Nothing) -> Versions:
        seen.append(request)
        return VERSIONS

    handlers = [one for one in complete() if one.command is not Command.GET_VERSIONS]
    commands = Commands(no_pieces, [*handlers, handler(Command.GET_VERSIONS, Nothing, versions)])
    assert await commands.run(Command.GET_VERSIONS, {}, is_local=False) == VERSIONS
    assert seen == [Nothing()]
    with pytest.raises(ContractError, match="in pieces") as refused:
        await commands.run(Command.ASK, {}, is_local=True)
    assert refused.value.code is ErrorCode.MALFORMED
