"""The contract's client alone: calls that are answered, refused, late or interrupted."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
import rows
from fake_steward import TOKEN, FakeSteward
from waiting import becomes

from custom_components.homelab_steward.contract.chat import ChatPiece
from custom_components.homelab_steward.contract.client import Connection, Listeners, StewardClient
from custom_components.homelab_steward.contract.commands import InstanceId
from custom_components.homelab_steward.contract.connecting import probe
from custom_components.homelab_steward.contract.errors import (
    ContractError,
    ErrorCode,
    MalformedMessage,
)
from custom_components.homelab_steward.contract.protocol import (
    Command,
    Event,
    Frame,
    FrameKind,
    InitialState,
    Nothing,
    RowKind,
)

REQUEST = InstanceId(id="pve")


@dataclass
class Received:
    """What the client reported to its owner, in order."""

    connections: list[Connection] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    states: list[InitialState] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def listeners(self) -> Listeners:
        return Listeners(
            state=self.states.append,
            event=self.events.append,
            connection=self._connection,
        )

    def _connection(self, connection: Connection, reason: str) -> None:
        self.connections.append(connection)
        self.reasons.append(reason)

    async def until(self, connection: Connection, times: int = 1) -> None:
        await becomes(lambda: self.connections.count(connection) >= times)


@pytest.fixture
def received() -> Received:
    return Received()


@pytest.fixture
def expected_lingering_timers() -> bool:
    """Ignore the heartbeat that aiohttp keeps for a socket after it is closed."""
    return True


@pytest.fixture
async def client(steward: FakeSteward, received: Received) -> AsyncIterator[StewardClient]:
    async with aiohttp.ClientSession() as session:
        one = StewardClient(session, steward.url + "/", TOKEN, received.listeners())
        task = asyncio.create_task(one.run())
        await received.until(Connection.CONNECTED)
        yield one
        task.cancel()
        await asyncio.wait([task])


async def test_the_state_is_received_before_the_connection_is_reported(
    steward: FakeSteward, received: Received, client: StewardClient
) -> None:
    assert [one.id for one in received.states[0].instances] == ["pve"]
    assert received.connections == [Connection.CONNECTED]
    assert client.hello == steward.hello


async def test_many_calls_at_once_get_their_own_answers(steward: FakeSteward, client: StewardClient) -> None:
    async def slowly(request: InstanceId) -> Nothing:
        await asyncio.sleep(0.02 if request.id == "0" else 0)
        if request.id == "1":
            raise ContractError(ErrorCode.NOT_FOUND, "no one", {"id": "1"})
        return Nothing()

    steward.answers[Command.POLL_INSTANCE] = slowly
    answers = await asyncio.gather(
        *(client.call(Command.POLL_INSTANCE, InstanceId(id=str(n)), Nothing) for n in range(20)),
        return_exceptions=True,
    )
    refusals = [one for one in answers if isinstance(one, ContractError)]
    assert [(one.code, one.message, one.placeholders) for one in refusals] == [
        (ErrorCode.NOT_FOUND, "no one", {"id": "1"})
    ]
    assert answers.count(Nothing()) == 19


async def test_a_late_answer_is_dropped_after_the_timeout(
    steward: FakeSteward, client: StewardClient
) -> None:
    async def late(_request: InstanceId) -> Nothing:
        await asyncio.sleep(0.1)
        return Nothing()

    steward.answers[Command.POLL_INSTANCE] = late
    with pytest.raises(ContractError) as caught:
        await client.call(Command.POLL_INSTANCE, REQUEST, Nothing, timeout=0.01)
    assert caught.value.code is ErrorCode.TIMEOUT
    await asyncio.sleep(0.15)
    assert await client.call(Command.POLL_INSTANCE, REQUEST, Nothing) == Nothing()


async def test_a_lost_connection_fails_pending_calls_and_reconnects(
    steward: FakeSteward, received: Received, client: StewardClient
) -> None:
    async def never(_request: InstanceId) -> Nothing:
        await asyncio.sleep(60)
        return Nothing()

    steward.answers[Command.POLL_INSTANCE] = never
    call = asyncio.create_task(client.call(Command.POLL_INSTANCE, REQUEST, Nothing))
    await becomes(lambda: steward.asked(Command.POLL_INSTANCE))
    await steward.close_connections()
    with pytest.raises(ContractError) as caught:
        await call
    assert caught.value.code is ErrorCode.NOT_CONNECTED
    await received.until(Connection.CONNECTED, 2)


async def test_the_end_of_a_connection_has_a_readable_reason(
    steward: FakeSteward, received: Received, client: StewardClient
) -> None:
    steward.abort_connections()
    await received.until(Connection.CONNECTED, 2)
    await steward.close_connections()
    await received.until(Connection.CONNECTED, 3)
    await steward.close_connections(code=4002)
    await received.until(Connection.LOST, 3)
    assert [reason for reason in received.reasons if reason] == [
        "the connection broke off",
        "the steward ended the connection",
        "the steward refused to go on (websocket code 4002)",
    ]


async def test_closing_fails_pending_calls(steward: FakeSteward, client: StewardClient) -> None:
    async def never(_request: InstanceId) -> Nothing:
        await asyncio.sleep(60)
        return Nothing()

    steward.answers[Command.POLL_INSTANCE] = never
    call = asyncio.create_task(client.call(Command.POLL_INSTANCE, REQUEST, Nothing))
    await becomes(lambda: steward.asked(Command.POLL_INSTANCE))
    await client.close()
    with pytest.raises(ContractError) as caught:
        await call
    assert caught.value.code is ErrorCode.NOT_CONNECTED


async def test_an_answer_of_the_wrong_kind_is_malformed(steward: FakeSteward, client: StewardClient) -> None:
    with pytest.raises(MalformedMessage):
        await client.call(Command.POLL_INSTANCE, REQUEST, InstanceId)
    steward.answers[Command.LIST_INCIDENTS] = lambda _: rows.person()
    with pytest.raises(MalformedMessage):
        await client.call(Command.LIST_INCIDENTS, Nothing(), Nothing)


async def test_an_unknown_error_code_is_malformed(steward: FakeSteward, client: StewardClient) -> None:
    async def never(_request: InstanceId) -> Nothing:
        await asyncio.sleep(60)
        return Nothing()

    steward.answers[Command.POLL_INSTANCE] = never
    call = asyncio.create_task(client.call(Command.POLL_INSTANCE, REQUEST, Nothing))
    await becomes(lambda: steward.asked(Command.POLL_INSTANCE))
    body = {"code": "from_the_future", "message": "?"}
    await steward.send_raw(Frame(kind=FrameKind.ERROR, id=1, body=body).to_json())
    with pytest.raises(MalformedMessage):
        await call


async def test_events_are_received_in_order(
    steward: FakeSteward, received: Received, client: StewardClient
) -> None:
    for number in range(50):
        await steward.push(RowKind.PERSON, rows.person(f"p{number}"))
    await becomes(lambda: len(received.events) == 50)
    assert [one.sequence for one in received.events] == list(range(1, 51))


async def test_a_message_before_the_hello_ends_the_connection(
    steward: FakeSteward, received: Received
) -> None:
    steward.hello = Nothing()  # type: ignore[assignment]
    async with aiohttp.ClientSession() as session:
        with pytest.raises(MalformedMessage):
            await probe(session, steward.url, TOKEN)


async def test_a_connection_closed_before_the_hello_cannot_connect(steward: FakeSteward) -> None:
    steward.says_hello = False
    async with aiohttp.ClientSession() as session:
        call = asyncio.create_task(probe(session, steward.url, TOKEN))
        await becomes(lambda: steward.handshakes)
        await steward.close_connections()
        with pytest.raises(ContractError) as caught:
            await call
        assert caught.value.code is ErrorCode.NOT_CONNECTED


async def test_a_call_without_a_connection_fails_at_once(steward: FakeSteward, received: Received) -> None:
    async with aiohttp.ClientSession() as session:
        client = StewardClient(session, steward.url, TOKEN, received.listeners())
        with pytest.raises(ContractError) as caught:
            await client.call(Command.POLL_INSTANCE, REQUEST, Nothing)
        assert caught.value.code is ErrorCode.NOT_CONNECTED


async def test_a_busy_event_loop_is_no_silence_of_the_steward(client: StewardClient) -> None:
    """What arrived while the loop was busy counts, also if the time limit is over by then."""
    pieces: asyncio.Queue[ChatPiece | ContractError | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def be_busy() -> None:
        time.sleep(0.7)  # the loop stands still for longer than the whole limit
        # As after a read: the piece takes further turns of the loop.
        loop.call_soon(loop.call_soon, pieces.put_nowait, None)

    loop.call_soon(be_busy)
    assert await client._first(pieces, 0.6) is None
