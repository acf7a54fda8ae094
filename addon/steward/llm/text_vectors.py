"""Makes vectors of texts with a local embedding model, and stores them by the hash of the text."""

import asyncio
import hashlib
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import structlog
from sqlalchemy import delete, func, select

from ..clock import Clock
from ..search.hybrid import EmbeddingFailed
from ..search.vectors import UnusableVector, Vector, background_texts, unit
from ..store.database import Database
from ..store.upsert import upsert
from .errors import ModelError
from .messages import Tier
from .settings import Deployment
from .tables import vectors

log = structlog.get_logger(__name__)

QUERY_SECONDS: Final = 1.0
"""How long a search waits for the vector of its text."""
PAUSE: Final = 60.0
"""Seconds in which no query is embedded after one failed."""
MOST_QUERIES: Final = 256
"""Vectors of queries that are kept in memory."""
MOST_WAITING: Final = 4
"""Queries that are embedded at the same time; more are searched by their words only."""
MOST_STORED: Final = 20_000
LONGEST_QUERY: Final = 1_000


class Embeds(Protocol):
    """The part of the gateway that embeds."""

    async def embed(
        self, texts: tuple[str, ...], only: Deployment | None = None
    ) -> tuple[tuple[float, ...], ...]:
        """Return one vector per text. Raises a ModelError."""


def embedding_deployment(deployments: Iterable[Deployment]) -> Deployment | None:
    """Return the deployment that embeds: the first local one with an embedding model.

    Runbooks and incidents are private, so no other deployment reads them. With one model only, all
    vectors can be compared.
    """
    return next((one for one in deployments if one.tier is Tier.LOCAL and one.embedding_model), None)


class TextVectors:
    """The vectors of one model."""

    def __init__(self, gateway: Embeds, deployment: Deployment, database: Database, clock: Clock) -> None:
        """``deployment`` is asked for all vectors."""
        self._gateway = gateway
        self._deployment = deployment
        self._database = database
        self._clock = clock
        self._model = f"{deployment.id}/{deployment.embedding_model}"[:128]
        self._queries: OrderedDict[str, Vector] = OrderedDict()
        self._waiting = 0
        self._paused_until = 0.0

    async def background(self) -> tuple[Vector, ...]:
        """Return the vectors of the background texts. Raises EmbeddingFailed.

        Vectors of other models are deleted.
        """
        async with self._database.write() as connection:
            await connection.execute(delete(vectors).where(vectors.c.model != self._model))
        return await self.documents(background_texts())

    async def documents(self, texts: tuple[str, ...]) -> tuple[Vector, ...]:
        """Return one vector per text, from the store or from the model. Raises EmbeddingFailed."""
        digests = [_digest(one) for one in texts]
        found = await self._stored(digests)
        missing = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in found}
        if missing:
            made = dict(zip(missing, await self._embed(tuple(missing.values())), strict=True))
            await self._store(made)
            found |= made
        return tuple(found[one] for one in digests)

    async def query(self, text: str) -> Vector | None:
        """Return the vector of a query, None if the model does not answer within a second."""
        text = text[:LONGEST_QUERY]
        if text in self._queries:
            self._queries.move_to_end(text)
            return self._queries[text]
        if self._waiting >= MOST_WAITING or self._clock.monotonic() < self._paused_until:
            return None
        self._waiting += 1
        try:
            async with asyncio.timeout(QUERY_SECONDS):
                (vector,) = await self._embed((text,))
        except (EmbeddingFailed, TimeoutError) as err:
            self._paused_until = self._clock.monotonic() + PAUSE
            log.info("searched without vectors", model=self._model, reason=str(err) or "too slow")
            return None
        finally:
            self._waiting -= 1
        self._queries[text] = vector
        while len(self._queries) > MOST_QUERIES:
            self._queries.popitem(last=False)
        return vector

    async def forget(self) -> None:
        """Delete the vectors, because the model under this name is another one."""
        self._queries.clear()
        async with self._database.write() as connection:
            await connection.execute(delete(vectors))
        log.info("embedding model has changed", model=self._model)

    async def _embed(self, texts: tuple[str, ...]) -> tuple[Vector, ...]:
        try:
            made = tuple(unit(one) for one in await self._gateway.embed(texts, self._deployment))
        except ModelError as err:
            raise EmbeddingFailed(str(err)) from err
        except UnusableVector as err:
            raise EmbeddingFailed(f"{self._model} returned an unusable vector") from err
        if len({len(one) for one in made}) != 1:
            raise EmbeddingFailed(f"{self._model} returned vectors of different sizes")
        return made

    async def _stored(self, digests: Sequence[str]) -> dict[str, Vector]:
        query = select(vectors.c.digest, vectors.c.vector).where(
            vectors.c.model == self._model, vectors.c.digest.in_(digests)
        )
        async with self._database.read() as connection:
            return {row.digest: array("f", row.vector) for row in await connection.execute(query)}

    async def _store(self, made: dict[str, Vector]) -> None:
        now = self._clock.now()
        rows = [
            {"model": self._model, "digest": digest, "vector": one.tobytes(), "made_at": now}
            for digest, one in made.items()
        ]
        async with self._database.write() as connection:
            await upsert(connection, vectors, rows)
            count = await connection.scalar(select(func.count()).select_from(vectors))
            if (count or 0) > MOST_STORED:
                oldest = select(vectors.c.digest).order_by(vectors.c.made_at).limit(len(rows))
                await connection.execute(delete(vectors).where(vectors.c.digest.in_(oldest)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
