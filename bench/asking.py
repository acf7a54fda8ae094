"""Asks the steward as a face does, without Home Assistant between."""

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
    """Yield a client of the house's steward that has its state."""
    is_up = asyncio.Event()

    def note(connection: Connection, _: str) -> None:
        if connection is Connection.CONNECTED:
            is_up.set()

    listeners = Listeners(state=lambda _: None, event=lambda _: None, connection=note)
    client = StewardClient(rig.session, rig.steward.url, await rig.steward.token(), listeners)
    task = asyncio.create_task(client.run(), name="asking face")
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await is_up.wait()
        yield client
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await client.close()


async def ask(client: StewardClient, text: str) -> tuple[str, float]:
    """Return the answer and the seconds until it was whole; raises `ContractError`."""
    question = ChatQuestion(
        conversation_id="bench", text=text, speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id="")
    )
    began = time.perf_counter()
    words = [piece.text async for piece in client.ask(question)]
    return "".join(words), time.perf_counter() - began
