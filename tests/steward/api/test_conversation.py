"""Answers in pieces: in order, broken off when nobody listens, refused in words."""

import asyncio

import aiohttp
import pytest

from homelab_steward.contract.chat import ChatPiece, ChatPieceKind, ChatQuestion
from homelab_steward.contract.client import Connection, Listeners, StewardClient
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.state import FrontEnd, Speaker

from .api_rig import API_TOKEN, ApiRig


def question(text: str, front_end: FrontEnd = FrontEnd.HOME_ASSISTANT) -> ChatQuestion:
    return ChatQuestion(conversation_id="c1", text=text, speaker=Speaker(front_end=front_end, user_id="u1"))


class Talker:
    """The contract's own client, connected to a door."""

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


async def listen(client: StewardClient, text: str) -> list[ChatPiece]:
    return [piece async for piece in client.ask(question(text))]


async def test_pieces_come_in_order_and_end() -> None:
    async with ApiRig() as api, Talker(api) as client:
        pieces = await listen(client, "one two three")
    assert [piece.text for piece in pieces] == ["one", "two", "three", ""]
    assert pieces[-1].kind is ChatPieceKind.END


async def test_two_conversations_do_not_mix() -> None:
    async with ApiRig() as api, Talker(api) as client:
        first, second = await asyncio.gather(listen(client, "a b c"), listen(client, "d e f"))
    assert [piece.text for piece in first] == ["a", "b", "c", ""]
    assert [piece.text for piece in second] == ["d", "e", "f", ""]


async def test_leaving_early_breaks_the_answer_off() -> None:
    async with ApiRig() as api, Talker(api) as client:
        pieces = client.ask(question("one wait"))
        assert (await anext(pieces)).text == "one"
        await api.is_waiting.wait()
        await pieces.aclose()
        async with asyncio.timeout(5):
            await api.talk_ended.wait()
        assert [piece.text for piece in await listen(client, "again")] == ["again", ""]


async def test_a_refusal_is_raised_with_its_code() -> None:
    async with ApiRig() as api, Talker(api) as client:
        with pytest.raises(ContractError, match="No model is up") as caught:
            await listen(client, "one fail")
    assert caught.value.code is ErrorCode.UNAVAILABLE


async def test_nobody_speaks_for_telegram() -> None:
    async with ApiRig() as api, Talker(api) as client:
        with pytest.raises(ContractError) as caught:
            async for _ in client.ask(question("hello", FrontEnd.TELEGRAM)):
                pass
    assert caught.value.code is ErrorCode.FORBIDDEN


async def test_silence_is_not_waited_for_for_ever() -> None:
    async with ApiRig() as api, Talker(api) as client:
        with pytest.raises(ContractError) as caught:
            async for _ in client.ask(question("wait"), silence=0.1):
                pass
    assert caught.value.code is ErrorCode.TIMEOUT


async def test_a_cut_wire_ends_the_answer_in_words() -> None:
    async with ApiRig() as api, Talker(api) as client:
        pieces = client.ask(question("one wait"))
        await anext(pieces)
        await client.close()
        with pytest.raises(ContractError) as caught:
            await anext(pieces)
    assert caught.value.code is ErrorCode.UNAVAILABLE
