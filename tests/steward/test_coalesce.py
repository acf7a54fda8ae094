"""Coalesced reads: within a block polls and tools that read the same thing share one read."""

import asyncio

import pytest

from steward.coalesce import coalesced, coalesced_reads
from steward.errors import ServiceUnreachable


class Client:
    """Counts its calls; a call can be delayed or fail."""

    def __init__(self) -> None:
        self.asked = 0
        self.held: asyncio.Event | None = None
        self.error: Exception | None = None

    async def health(self) -> int:
        return await coalesced((self, "health"), self._health)

    async def queue(self) -> int:
        return await coalesced((self, "queue"), self._queue)

    async def _health(self) -> int:
        self.asked += 1
        number = self.asked
        if self.held is not None:
            await self.held.wait()
        if self.error is not None:
            raise self.error
        return number

    async def _queue(self) -> int:
        self.asked += 1
        return self.asked

    async def poll(self) -> int:
        return await self.health()


async def test_reads_of_one_block_are_made_once() -> None:
    client = Client()
    async with coalesced_reads():
        found = await asyncio.gather(client.health(), client.poll(), asyncio.create_task(client.health()))
        assert list(found) == [1, 1, 1]
        assert await client.health() == 1
    assert client.asked == 1


async def test_a_block_within_another_one_shares_its_reads() -> None:
    client = Client()
    async with coalesced_reads():
        assert await client.health() == 1
        async with coalesced_reads():
            assert await client.health() == 1
        assert await client.health() == 1
    assert await client.health() == 2


async def test_outside_every_call_reads_afresh() -> None:
    client = Client()
    async with coalesced_reads():
        assert await client.health() == 1
    assert [await client.health(), await client.health()] == [2, 3]


async def test_the_next_block_reads_again() -> None:
    client = Client()
    for number in (1, 2):
        async with coalesced_reads():
            assert await client.health() == number


async def test_concurrent_blocks_share_nothing() -> None:
    client = Client()

    async def look() -> int:
        async with coalesced_reads():
            return await client.health()

    assert sorted(await asyncio.gather(look(), look())) == [1, 2]


async def test_another_client_and_another_question_have_answers_of_their_own() -> None:
    one, other = Client(), Client()
    async with coalesced_reads():
        await one.health()
        assert (await one.queue(), await other.health()) == (2, 1)


async def test_a_failure_is_everybodys() -> None:
    client = Client()
    client.error = ServiceUnreachable("away")
    async with coalesced_reads():
        found = await asyncio.gather(client.health(), client.poll(), return_exceptions=True)
    assert list(found) == [client.error, client.error]
    assert client.asked == 1


async def test_a_reader_that_gives_up_does_not_end_the_read() -> None:
    client = Client()
    client.held = asyncio.Event()
    async with coalesced_reads():
        other = asyncio.create_task(client.health())
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await client.health()
        client.held.set()
        assert await other == 1
    assert client.asked == 1


async def test_a_read_without_a_reader_ends_with_its_block() -> None:
    client = Client()
    client.held = asyncio.Event()
    before = len(asyncio.all_tasks())
    async with coalesced_reads():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await client.health()
    assert len(asyncio.all_tasks()) == before


async def test_a_task_that_outlives_its_block_reads_again() -> None:
    client = Client()
    over = asyncio.Event()

    async def late() -> int:
        await over.wait()
        return await client.health()

    async with coalesced_reads():
        await client.health()
        task = asyncio.create_task(late())
    over.set()
    assert await task == 2
