"""Asks a model: the strictest privacy of every text decides who may answer, then health and quota."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final, Protocol

import structlog

from ..clock import Clock
from .breaker import Breaker
from .complexity import PromptTier, tier_for
from .egress import Egress, PrivacyContext
from .errors import ModelError, ModelUnavailable, NoModelAllowed
from .messages import (
    ChatReply,
    ChatRequest,
    Delta,
    DeploymentHealth,
    Role,
    Task,
    ToolCall,
)
from .offload import offload
from .quota import RequestCounts
from .redaction import RequestPrivacy, classify_request, fresh_texts, texts_of
from .routing import Selection, select
from .settings import Deployment
from .small_models import CallReader, for_small_model

log = structlog.get_logger(__name__)

EMBEDDING_SECONDS: Final = 60.0


class LlmGateway(Protocol):
    """What the app needs of language models."""

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Return a whole answer. Raises a ModelError."""

    def stream(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        """Yield an answer as it comes. Raises a ModelError, also in the middle of it."""

    async def embed(self, texts: tuple[str, ...]) -> tuple[tuple[float, ...], ...]:
        """Return one vector per text, all of one model. Raises a ModelError."""

    async def models(self) -> tuple[str, ...]:
        """Return the models of every deployment that answers, as ``deployment/model``."""

    async def health(self) -> tuple[DeploymentHealth, ...]:
        """Return how each deployment is, without asking it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    request: ChatRequest
    privacy_of_request: RequestPrivacy
    selection: Selection
    ends: float


class Gateway:
    """The one gateway of the app."""

    def __init__(
        self,
        deployments: Sequence[Deployment],
        egress: Egress,
        counts: RequestCounts,
        context: PrivacyContext,
        clock: Clock,
    ) -> None:
        """``deployments`` stand in the order in which they are asked within a tier."""
        self._deployments = tuple(deployments)
        self._egress = egress
        self._counts = counts
        self._context = context
        self._clock = clock
        self._breaker = Breaker(clock)

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Return a whole answer; a deployment that breaks off is followed by the next one.

        Raises NoModelAllowed when nothing may be asked, or the last one's ModelUnavailable.
        """
        asked = await self._ask(request)
        last: ModelError = NoModelAllowed(asked.selection.reason)
        for deployment in _in_order(asked.selection):
            try:
                return await self._collected(deployment, asked)
            except ModelUnavailable as err:
                last = self._noted(deployment, err)
        raise last

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        """Yield an answer as it comes; the next deployment is asked until one has said something.

        Raises as ``chat`` does; after the first piece also when the answer breaks off.
        """
        asked = await self._ask(request)
        last: ModelError = NoModelAllowed(asked.selection.reason)
        for deployment in _in_order(asked.selection):
            has_spoken = False
            try:
                async with aclosing(self._pieces(deployment, asked)) as pieces:
                    async for delta in pieces:
                        has_spoken = True
                        yield delta
            except ModelUnavailable as err:
                last = self._noted(deployment, err)
                if has_spoken:
                    raise
            else:
                return
        raise last

    async def embed(self, texts: tuple[str, ...]) -> tuple[tuple[float, ...], ...]:
        """Return one vector per text, all of the first deployment that answers. Raises as ``chat``."""
        if not texts:
            return ()
        privacy_of_request = await offload(texts, classify_request, texts, self._context.names())
        selection = await self._select(privacy_of_request, Task.EMBEDDING, PromptTier.SMALL)
        last: ModelError = NoModelAllowed(selection.reason)
        for deployment in _in_order(selection):
            try:
                vectors = await self._egress.embed(
                    deployment, texts, privacy_of_request.privacy, EMBEDDING_SECONDS
                )
            except NoModelAllowed as err:
                last = err
            except ModelUnavailable as err:
                last = self._noted(deployment, err)
            else:
                self._breaker.mend(deployment.id)
                return vectors
        raise last

    async def models(self) -> tuple[str, ...]:
        """Return the models of every deployment that answers, as ``deployment/model``."""
        found: list[str] = []
        for deployment in self._deployments:
            try:
                found += [f"{deployment.id}/{one}" for one in await self._egress.models(deployment)]
            except ModelUnavailable as err:
                log.info("no list of models", deployment=deployment.id, reason=str(err))
        return tuple(found)

    async def health(self) -> tuple[DeploymentHealth, ...]:
        """Return how each deployment is, without asking it."""
        quotas = await self._counts.quotas(self._deployments)
        out = self._breaker.out()
        return tuple(
            DeploymentHealth(
                deployment=one.id,
                tier=one.tier,
                out_until=self._breaker.until(one.id),
                reason=out.get(one.id, ""),
                requests_today=quotas[one.id].used,
                daily_requests=one.daily_requests,
            )
            for one in self._deployments
        )

    async def _ask(self, request: ChatRequest) -> _Asked:
        """Decide who may answer. Raises NoModelAllowed when nobody may."""
        privacy_of_request = await offload(
            fresh_texts(request), classify_request, texts_of(request), self._context.names(), request.privacy
        )
        selection = await self._select(privacy_of_request, request.task, _needs(request))
        if not selection.groups:
            raise NoModelAllowed(selection.reason)
        ends = self._clock.monotonic() + request.deadline
        return _Asked(request=request, privacy_of_request=privacy_of_request, selection=selection, ends=ends)

    async def _select(self, privacy_of_request: RequestPrivacy, task: Task, needs: PromptTier) -> Selection:
        limited = [one for one in self._deployments if one.daily_requests is not None]
        quotas = await self._counts.quotas(limited)
        selection = select(
            privacy_of_request.privacy,
            task,
            self._breaker.out(),
            quotas,
            self._deployments,
            is_pinned=privacy_of_request.is_pinned,
            needs=needs,
        )
        log.debug(
            "who may answer",
            privacy=str(privacy_of_request.privacy),
            task=str(task),
            order=[one.id for one in _in_order(selection)],
            reason=selection.reason,
        )
        return selection

    async def _pieces(self, deployment: Deployment, asked: _Asked) -> AsyncGenerator[Delta]:
        """Yield one deployment's answer, its tool calls read from the text where it has no others."""
        request = asked.request
        if not deployment.supports_tools:
            request = for_small_model(request)
        by_schema = request.schema is not asked.request.schema
        calls = CallReader(asked.request.tools if by_schema else request.tools, by_schema=by_schema)
        left = asked.ends - self._clock.monotonic()
        try:
            async with aclosing(
                self._egress.stream(deployment, request, asked.privacy_of_request.privacy, left)
            ) as answer:
                async for delta in answer:
                    for piece in calls.read(delta):
                        yield piece
        except NoModelAllowed as err:
            raise ModelUnavailable(str(err), retry_after=0.0) from err
        for piece in calls.end():
            yield piece
        self._breaker.mend(deployment.id)

    async def _collected(self, deployment: Deployment, asked: _Asked) -> ChatReply:
        texts: list[str] = []
        calls: list[ToolCall] = []
        reply = ChatReply(text="", deployment=deployment.id, tier=deployment.tier)
        async with aclosing(self._pieces(deployment, asked)) as pieces:
            async for delta in pieces:
                texts.append(delta.text)
                calls += delta.calls
                reply = replace(reply, finish=delta.finish or reply.finish, usage=delta.usage or reply.usage)
        return replace(reply, text="".join(texts), calls=tuple(calls))

    def _noted(self, deployment: Deployment, error: ModelUnavailable) -> ModelUnavailable:
        log.warning("a model gave no answer", deployment=deployment.id, reason=str(error))
        self._breaker.strike(deployment.id, error)
        return error


def _in_order(selection: Selection) -> tuple[Deployment, ...]:
    return tuple(one for group in selection.groups for one in group.deployments)


def _needs(request: ChatRequest) -> PromptTier:
    """Return what the last thing a person said needs."""
    said = [one.text for one in request.messages if one.role is Role.USER]
    return tier_for(said[-1]) if said else PromptTier.SMALL
