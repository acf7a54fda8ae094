"""An embedding model whose vectors say which topics a text has."""

import asyncio
import random
from collections.abc import Mapping

from steward.search.hybrid import EmbeddingFailed
from steward.search.vectors import Vector, unit

TOPICS = ("disk", "name", "film", "memory")
OTHER_WORDS = {"magazin": "disk", "tarolo": "memory"}


class TopicVectors:
    """Texts with the same topics have similar vectors; apart from that they differ by chance.

    ``asked`` are the texts of documents, ``forgotten`` counts the calls of ``forget``.
    """

    def __init__(self, other_words: Mapping[str, str] = OTHER_WORDS, size: int = 48) -> None:
        self.other_words = other_words
        self.size = size
        self.asked: list[str] = []
        self.was_asked = asyncio.Event()
        self.forgotten = 0
        self.fails = False

    def vector(self, text: str) -> Vector:
        """Return the vector of a text."""
        chance = random.Random(text)  # noqa: S311 - repeatable, not secret
        values = [chance.gauss(0, 1) for _ in range(self.size)]
        meant = {self.other_words.get(one, one) for one in text.casefold().split()}
        for number, topic in enumerate(TOPICS):
            values[number] += 20.0 if topic in meant else 0.0
        return unit(values)

    async def background(self) -> tuple[Vector, ...]:
        """Return vectors of texts without a topic."""
        return tuple(self.vector(f"other text {number}") for number in range(40))

    async def documents(self, texts: tuple[str, ...]) -> tuple[Vector, ...]:
        """Return one vector per text, or fail as the test says."""
        if self.fails:
            raise EmbeddingFailed("gone")
        self.asked += texts
        self.was_asked.set()
        return tuple(map(self.vector, texts))

    async def query(self, text: str) -> Vector | None:
        """Return the vector of a query, None while the model fails."""
        return None if self.fails else self.vector(text)

    async def forget(self) -> None:
        """Count the call."""
        self.forgotten += 1
