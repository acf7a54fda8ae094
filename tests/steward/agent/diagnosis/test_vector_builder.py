"""The background task: a few documents at a time, and longer pauses while the model fails."""

import asyncio

from rig.inventory import NOW
from steward.agent.diagnosis.vector_builder import (
    BETWEEN,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    SLICE,
    TICK,
    VectorBuilder,
)
from steward.clock import ManualClock
from steward.search.hybrid import EmbeddingFailed, HybridIndex
from steward.search.index import Document
from steward.search.vectors import Vector, background_texts, unit


class Model:
    def __init__(self) -> None:
        self.fails = False
        self.sizes: list[int] = []
        self.made = asyncio.Event()

    async def background(self) -> tuple[Vector, ...]:
        return tuple(unit([1.0, number]) for number in range(len(background_texts())))

    async def documents(self, texts: tuple[str, ...]) -> tuple[Vector, ...]:
        if self.fails:
            raise EmbeddingFailed("gone")
        self.sizes.append(len(texts))
        self.made.set()
        return tuple(unit([1.0, 2.0]) for _ in texts)

    async def query(self, text: str) -> Vector | None:
        return None

    async def forget(self) -> None:
        """Do nothing: the model never changes."""


def built(model: Model, *counts: int) -> tuple[list[HybridIndex], VectorBuilder]:
    indexes = []
    for count in counts:
        index = HybridIndex()
        index.use(model)
        for number in range(count):
            index.put(Document(id=f"d{number}", title=f"Title {number}"))
        indexes.append(index)
    return indexes, VectorBuilder(indexes, ManualClock(NOW))


async def test_one_slice_after_another_the_first_index_first() -> None:
    model = Model()
    (runbooks, incidents), builder = built(model, SLICE + 2, 1)
    assert [await builder.step() for _ in range(2)] == [BETWEEN] * 2
    assert (runbooks.is_complete, incidents.is_complete) == (True, False)
    assert await builder.step() == BETWEEN
    assert model.sizes == [SLICE, 2, 1]
    assert await builder.step() == TICK


async def test_the_pauses_grow_while_the_model_fails_and_end_with_it() -> None:
    model = Model()
    (index,), builder = built(model, 1)
    model.fails = True
    pauses = [await builder.step() for _ in range(8)]
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    model.fails = False
    assert await builder.step() == BETWEEN
    assert index.is_complete


async def test_it_runs_until_cancelled() -> None:
    model = Model()
    _, builder = built(model, 1)
    task = asyncio.create_task(builder.run())
    async with asyncio.timeout(30):
        await model.made.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert task.cancelled()
