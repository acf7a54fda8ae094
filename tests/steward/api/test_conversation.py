"""Answers in pieces: order, cancellation and errors."""

import asyncio

import aiohttp
import pytest

from homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion
from homelab_steward.contract.client import Connection, Listeners, StewardClient
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.state import FrontEnd, Speaker
from rig.clocks import HANGING

from .api_rig import API_TOKEN, ApiRig


def question(text: str, front_end: FrontEnd = FrontEnd.HOME_ASSISTANT) -> ChatQuestion:
    return ChatQuestion(conversation_id="c1", text=text, speaker=Speaker(front_end=front_end, user_id="u1"))


class ConnectedClient:
    """A StewardClient connected to the API."""

    def __init__(self, api: ApiRig) -> None:
        self._api = api
        self._connected = asyncio.Event()

    async def __aenter__(self) -> StewardClient:
        self._session = aiohttp.ClientSession()
        listeners = Listeners(state=lambda _: None, event=lambda _: None, connection=self._on_connection)
        self._client = StewardClient(self._session, self._api.url, API_TOKEN, listeners)
        self._task = asyncio.create_task(self._client.run())
        await self._connected.wait()
        return self._client

    async def __aexit__(self, *_error: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._client.close()
        await self._session.close()

    def _on_connection(self, connection: Connection, _reason: str) -> None:
        if connection is Connection.CONNECTED:
            self._connected.set()


async def read_answer(client: StewardClient, text: str) -> list[ChatPiece]:
    return [piece async for piece in client.ask(question(text))]


async def test_pieces_are_in_order() -> None:
    async with ApiRig() as api, ConnectedClient(api) as client:
        pieces = await read_answer(client, "one two three")
    assert [piece.text for piece in pieces] == ["one", "two", "three", ""]
    assert pieces[-1].kind is ChatPieceKind.END


async def test_two_conversations_do_not_mix() -> None:
    async with ApiRig() as api, ConnectedClient(api) as client:
        first, second = await asyncio.gather(read_answer(client, "a b c"), read_answer(client, "d e f"))
    assert [piece.text for piece in first] == ["a", "b", "c", ""]
    assert [piece.text for piece in second] == ["d", "e", "f", ""]


async def test_closing_the_generator_cancels_the_answer() -> None:
    async with ApiRig() as api, ConnectedClient(api) as client:
        pieces = client.ask(question("one wait"))
        assert (await anext(pieces)).text == "one"
        await api.is_waiting.wait()
        await pieces.aclose()
        async with asyncio.timeout(HANGING):
            await api.answer_ended.wait()
        assert [piece.text for piece in await read_answer(client, "again")] == ["again", ""]


async def test_error_is_raised_with_its_code() -> None:
    async with ApiRig() as api, ConnectedClient(api) as client:
        with pytest.raises(ContractError, match="No model is available") as caught:
            await read_answer(client, "one fail")
    assert caught.value.code is ErrorCode.UNAVAILABLE


async def test_question_for_telegram_is_refused() -> None:
    async with ApiRig() as api, ConnectedClient(api) as client:
        with pytest.raises(ContractError) as caught:
            async for _ in client.ask(question("hello", FrontEnd.TELEGRAM)):
                pass
    assert caught.value.code is ErrorCode.FORBIDDEN


async def test_missing_answer_times_out() -> None:
    async with ApiRig() as api, ConnectedClient(api) as client:
        with pytest.raises(ContractError) as caught:
            async for _ in client.ask(question("wait"), silence=0.1):
                pass
    assert caught.value.code is ErrorCode.TIMEOUT


async def test_lost_connection_raises_not_connected() -> None:
    async with ApiRig() as api, ConnectedClient(api) as client:
        pieces = client.ask(question("one wait"))
        await anext(pieces)
        await client.close()
        with pytest.raises(ContractError) as caught:
            await anext(pieces)
    assert caught.value.code is ErrorCode.NOT_CONNECTED
