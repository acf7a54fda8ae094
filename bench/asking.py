"""Asks the steward over the contract, without Home Assistant."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bench.rig import BenchRig
from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.client import Connection, Listeners, StewardClient
from homelab_steward.contract.state import FrontEnd, Speaker

CONNECT_SECONDS = 20.0


@asynccontextmanager
async def connected(rig: BenchRig) -> AsyncIterator[StewardClient]:
    """Yield a connected client of the rig's steward."""
    is_connected = asyncio.Event()

    def on_connection(connection: Connection, _: str) -> None:
        if connection is Connection.CONNECTED:
            is_connected.set()

    listeners = Listeners(state=lambda _: None, event=lambda _: None, connection=on_connection)
    client = StewardClient(rig.session, rig.steward.url, await rig.steward.token(), listeners)
    task = asyncio.create_task(client.run(), name="asking client")
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await is_connected.wait()
        yield client
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await client.close()


async def ask(client: StewardClient, text: str) -> tuple[str, float]:
    """Return the answer and the seconds until it was complete. Raises ContractError."""
    question = ChatQuestion(
        conversation_id="bench", text=text, speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="")
    )
    began = time.perf_counter()
    texts = [piece.text async for piece in client.ask(question)]
    return "".join(texts), time.perf_counter() - began
