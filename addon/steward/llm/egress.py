"""The one door through which anything goes to a model: fit to leave, counted, entered, sent."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

import orjson
import structlog
from sqlalchemy import insert

from ..clock import Clock
from ..store.database import Database
from . import tables
from .errors import ModelUnavailable, NoModelAllowed
from .messages import ChatMessage, ChatRequest, Delta, Role, Task, Tier
from .offload import offload
from .openai_wire import Garbled, JsonObject, chat_body, embedding_body, read_embeddings
from .ports import ModelClient
from .privacy import PrivacyClass
from .quota import RequestCounts
from .redaction import Restorer, fresh_texts, prepare
from .settings import Deployment, DeploymentKind

log = structlog.get_logger(__name__)

type Names = Callable[[], frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyContext:
    """What the door knows of the house: its own names, and how its known secrets are taken out."""

    names: Names
    clean: Callable[[str], str]


class Egress:
    """Nothing else holds the clients."""

    def __init__(
        self,
        clients: Mapping[DeploymentKind, ModelClient],
        database: Database,
        counts: RequestCounts,
        context: PrivacyContext,
        clock: Clock,
    ) -> None:
        """``clients`` are the adapters by kind; the database holds the ledger."""
        self._clients = clients
        self._database = database
        self._counts = counts
        self._context = context
        self._clock = clock

    async def stream(
        self, deployment: Deployment, request: ChatRequest, privacy: PrivacyClass, seconds: float
    ) -> AsyncGenerator[Delta]:
        """Send a chat and yield the answer, with the private parts back in it.

        ``privacy`` is entered in the ledger; what may leave is judged here once more.
        Raises NoModelAllowed, with nothing sent, when the deployment must not read this, and
        ModelUnavailable (or a kind of it) when it gives no answer.
        """
        context = self._context
        outgoing = await offload(
            fresh_texts(request), prepare, request, deployment, context.names(), context.clean
        )
        if outgoing is None:
            raise NoModelAllowed(f"{deployment.id} must not read this")
        body = chat_body(outgoing.request, deployment.model)
        restoring = Restorer(outgoing.originals)
        async with (
            self._entered(deployment, body, request.task, privacy, outgoing.masked),
            aclosing(self._client(deployment).stream(deployment, body, seconds)) as answer,
        ):
            async for delta in answer:
                for piece in restoring.read(delta):
                    yield piece
        for piece in restoring.end():
            yield piece

    async def embed(
        self, deployment: Deployment, texts: tuple[str, ...], privacy: PrivacyClass, seconds: float
    ) -> tuple[tuple[float, ...], ...]:
        """Return one vector per text. Raises as ``stream`` does.

        Masked texts would have other vectors: outside the house only public ones go.
        """
        asked = ChatRequest(
            messages=tuple(ChatMessage(role=Role.USER, text=text) for text in texts),
            task=Task.EMBEDDING,
            privacy=privacy,
        )
        plain = replace(deployment, takes_masked=False)
        outgoing = await offload(texts, prepare, asked, plain, self._context.names(), self._context.clean)
        if outgoing is None:
            raise NoModelAllowed(f"{deployment.id} must not read this")
        ready = tuple(one.text for one in outgoing.request.messages)
        body = embedding_body(ready, deployment.embedding_model)
        await self._enter(deployment, body, Task.EMBEDDING, privacy, outgoing.masked)
        answer = await self._client(deployment).embed(deployment, body, seconds)
        try:
            return read_embeddings(answer, len(texts))
        except Garbled as err:
            raise ModelUnavailable(f"{deployment.id} answers no vectors") from err

    async def models(self, deployment: Deployment) -> tuple[str, ...]:
        """Return the models a deployment's server has; the question holds no text of ours."""
        return await self._client(deployment).models(deployment)

    def _client(self, deployment: Deployment) -> ModelClient:
        client = self._clients.get(deployment.kind)
        if client is None:
            raise ModelUnavailable(f"{deployment.id}: the adapter {deployment.kind} is not there")
        return client

    @asynccontextmanager
    async def _entered(
        self, deployment: Deployment, body: JsonObject, task: Task, privacy: PrivacyClass, masked: int
    ) -> AsyncIterator[None]:
        """Enter a request before the block; beside it where nobody has to say yes."""
        if deployment.tier is not Tier.LOCAL or deployment.daily_requests is not None:
            await self._enter(deployment, body, task, privacy, masked)
            yield
            return
        entering = asyncio.create_task(self._enter(deployment, body, task, privacy, masked), name="entering")
        try:
            yield
        finally:
            await entering

    async def _enter(
        self, deployment: Deployment, body: JsonObject, task: Task, privacy: PrivacyClass, masked: int
    ) -> None:
        """Count the request, and enter it in the ledger before it leaves the house."""
        async with self._database.write(durable=deployment.tier is not Tier.LOCAL) as connection:
            if not await self._counts.take(connection, deployment, task):
                raise ModelUnavailable(f"{deployment.id}: its requests of today are used up")
            if deployment.tier is Tier.LOCAL:
                return
            data = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
            await connection.execute(
                insert(tables.egress).values(
                    at=self._clock.now(),
                    deployment=deployment.id,
                    tier=str(deployment.tier),
                    task=str(task),
                    bytes=len(data),
                    privacy=str(privacy),
                    masked=masked,
                    digest=hashlib.sha256(data).hexdigest(),
                )
            )
        log.info("a request leaves the house", deployment=deployment.id, task=str(task), bytes=len(data))
