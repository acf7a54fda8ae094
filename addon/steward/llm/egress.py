"""The only path to a model: redacts each request, counts it, records it in the ledger and sends it."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

import orjson
import structlog
from sqlalchemy import insert

from ..clock import Clock
from ..store.database import Database
from . import tables
from .errors import InvalidAnswer, ModelUnavailable, NoModelAllowed
from .messages import CHARACTERS_PER_TOKEN, ChatMessage, ChatRequest, Delta, Role, Task, Tier, Usage
from .offload import offload
from .openai_wire import InvalidResponse, JsonObject, chat_body, embedding_body, read_embeddings
from .ports import ModelClient, TimeLimits
from .privacy import PrivacyClass
from .quota import RequestCounts
from .redaction import Restorer, message_texts, prepare
from .settings import Deployment, DeploymentKind

log = structlog.get_logger(__name__)

type Names = Callable[[], frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivacyContext:
    """The inventory's names, and a function that masks known secrets."""

    names: Names
    clean: Callable[[str], str]


class _Meter:
    """Reads how many tokens an answer used, by the server's count or by its length."""

    def __init__(self) -> None:
        self._usage = Usage()
        self._characters = 0
        self.has_begun = asyncio.Event()

    def read(self, delta: Delta) -> None:
        """Take the next piece of the answer."""
        self.has_begun.set()
        self._characters += len(delta.text)
        self._usage = delta.usage or self._usage

    def tokens(self, body: JsonObject) -> tuple[int, int]:
        """Return the tokens of the question and of the answer."""
        if self._usage != Usage():
            return self._usage.prompt_tokens, self._usage.answer_tokens
        return len(orjson.dumps(body)) // CHARACTERS_PER_TOKEN, self._characters // CHARACTERS_PER_TOKEN


async def _no_one_counts() -> None:
    """Do nothing after a request was counted."""


class Egress:
    """Sends requests to deployments; no other object has the clients."""

    def __init__(
        self,
        clients: Mapping[DeploymentKind, ModelClient],
        database: Database,
        counts: RequestCounts,
        context: PrivacyContext,
        clock: Clock,
        counted: Callable[[], Awaitable[None]] = _no_one_counts,
    ) -> None:
        """``clients`` are the adapters by kind; the ledger is in ``database``.

        ``counted`` is called after each request was counted.
        """
        self._clients = clients
        self._database = database
        self._counts = counts
        self._context = context
        self._clock = clock
        self._counted = counted

    async def stream(
        self, deployment: Deployment, request: ChatRequest, privacy: PrivacyClass, limits: TimeLimits
    ) -> AsyncGenerator[Delta]:
        """Send a chat request and yield the answer with its private parts restored.

        ``privacy`` is recorded in the ledger; the request is classified again before it is sent.
        Raises NoModelAllowed, without sending, if the deployment must not read the request, and
        ModelFailed if it gives no answer.
        """
        context = self._context
        outgoing = await offload(
            message_texts(request), prepare, request, deployment, context.names(), context.clean
        )
        if outgoing is None:
            raise NoModelAllowed(t"{deployment.id} must not read this request")
        body = chat_body(outgoing.request, deployment.model)
        restorer = Restorer(outgoing.originals)
        async with (
            self._recorded(deployment, body, request.task, privacy, outgoing.masked) as meter,
            aclosing(self._client(deployment).stream(deployment, body, limits)) as answer,
        ):
            async for delta in answer:
                meter.read(delta)
                for piece in restorer.read(delta):
                    yield piece
        for piece in restorer.end():
            yield piece

    async def embed(
        self, deployment: Deployment, texts: tuple[str, ...], privacy: PrivacyClass, seconds: float
    ) -> tuple[tuple[float, ...], ...]:
        """Return one vector per text. Raises as ``stream`` does.

        Masked texts have different vectors, so only local deployments receive private texts.
        """
        request = ChatRequest(
            messages=tuple(ChatMessage(role=Role.USER, text=text) for text in texts),
            task=Task.EMBEDDING,
            privacy=privacy,
        )
        unmasked = replace(deployment, takes_masked=False)
        outgoing = await offload(
            texts, prepare, request, unmasked, self._context.names(), self._context.clean
        )
        if outgoing is None:
            raise NoModelAllowed(t"{deployment.id} must not read this request")
        prepared = tuple(one.text for one in outgoing.request.messages)
        body = embedding_body(prepared, deployment.embedding_model)
        async with self._recorded(deployment, body, Task.EMBEDDING, privacy, outgoing.masked):
            answer = await self._client(deployment).embed(deployment, body, seconds)
        try:
            return read_embeddings(answer, len(texts))
        except InvalidResponse as err:
            raise InvalidAnswer(t"{deployment.id} sent an invalid embeddings response") from err

    async def models(self, deployment: Deployment) -> tuple[str, ...]:
        """Return the names of the models that the server offers; the request contains no text."""
        return await self._client(deployment).models(deployment)

    def _client(self, deployment: Deployment) -> ModelClient:
        client = self._clients.get(deployment.kind)
        if client is None:
            raise ModelUnavailable(t"{deployment.id}: the adapter {deployment.kind} is not available")
        return client

    @asynccontextmanager
    async def _recorded(
        self, deployment: Deployment, body: JsonObject, task: Task, privacy: PrivacyClass, masked: int
    ) -> AsyncIterator[_Meter]:
        """Record a request before the block; for a local deployment without a limit, during the block.

        It is then recorded as soon as the meter reads, so that the model does not wait for it. What a
        limited or external deployment used is counted after the block, also after a failure.
        """
        meter = _Meter()
        if deployment.tier is not Tier.LOCAL or deployment.has_limit:
            await self._record(deployment, body, task, privacy, masked)
            try:
                yield meter
            finally:
                await self._counts.spend(deployment, *meter.tokens(body))
                await self._counted()
            return

        async def record() -> None:
            await meter.has_begun.wait()
            await self._record(deployment, body, task, privacy, masked)

        recording = asyncio.create_task(record(), name="record model request")
        try:
            yield meter
        finally:
            meter.has_begun.set()
            await recording

    async def _record(
        self, deployment: Deployment, body: JsonObject, task: Task, privacy: PrivacyClass, masked: int
    ) -> None:
        """Count a request and, if the deployment is not local, add it to the ledger."""
        await self._write(deployment, body, task, privacy, masked)
        await self._counted()

    async def _write(
        self, deployment: Deployment, body: JsonObject, task: Task, privacy: PrivacyClass, masked: int
    ) -> None:
        async with self._database.write(durable=deployment.tier is not Tier.LOCAL) as connection:
            if not await self._counts.take(connection, deployment, task):
                raise NoModelAllowed(t"{deployment.id}: a limit is reached")
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
        log.info("request sent to external model", deployment=deployment.id, task=str(task), bytes=len(data))
