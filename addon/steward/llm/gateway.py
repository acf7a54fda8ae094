"""Sends requests to the best deployment that their privacy, its health and its quota allow."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final, Protocol

import orjson
import structlog

from ..clock import Clock
from ..store.database import Database
from .answer_reader import AnswerReader, ThoughtStyle
from .breaker import Breaker
from .complexity import Demand, assess
from .egress import Egress, PrivacyContext
from .errors import (
    EmptyAnswer,
    ModelError,
    ModelFailed,
    ModelUnavailable,
    NoModelAllowed,
    RequestTooLong,
    TooCostly,
)
from .messages import (
    CHARACTERS_PER_TOKEN,
    ChatReply,
    ChatRequest,
    Delta,
    DeploymentHealth,
    Finish,
    Role,
    Task,
    ToolCall,
)
from .model_abilities import ModelCheck, ToolUse
from .model_check import ModelChecks
from .offload import offload
from .ports import TimeLimits
from .quota import RequestCounts
from .redaction import RequestPrivacy, classify_request, message_texts, texts_of
from .routing import Selection, Wanted, select
from .settings import Deployment, Routing
from .small_models import for_small_model
from .usage import limit_uses

log = structlog.get_logger(__name__)

EMBEDDING_SECONDS: Final = 60.0
SHARE: Final = 2 / 3
"""The share of the remaining time in which an answer must start while others can still be asked."""

LEAST_SECONDS: Final = 0.5
"""Seconds that must be left to ask another deployment."""


class LlmGateway(Protocol):
    """The interface of the gateway."""

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Return a complete answer. Raises a ModelError."""

    def stream(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        """Yield an answer in pieces. Raises a ModelError, also after the first piece."""

    async def embed(self, texts: tuple[str, ...]) -> tuple[tuple[float, ...], ...]:
        """Return one vector per text, all from one model. Raises a ModelError."""

    async def models(self) -> tuple[str, ...]:
        """Return the models of every deployment that answers, as ``deployment/model``."""

    async def health(self) -> tuple[DeploymentHealth, ...]:
        """Return the state of each deployment without calling it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _RoutedRequest:
    """A request and where it may go; ``toolless`` are the deployments that get no tools."""

    request: ChatRequest
    request_privacy: RequestPrivacy
    selection: Selection
    deadline: float
    wanted: Wanted
    toolless: frozenset[str] = frozenset()

    def pay(self, deployment: Deployment) -> None:
        """Use a part of the allowance. Raises TooCostly if too little is left."""
        cost = self.wanted.cost_of(deployment)
        if self.request.allowance is not None and not self.request.allowance.take(cost):
            raise TooCostly(deployment.id, cost)

    def for_deployment(self, deployment: Deployment) -> ChatRequest:
        """Return the request, without tools for a deployment that cannot call any."""
        return replace(self.request, tools=()) if deployment.id in self.toolless else self.request


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Which deployments are asked. ``routing`` None means the default table.

    A request without an allowance goes to no deployment where it costs more than ``most_cost``.
    """

    routing: Routing | None = None
    most_cost: float | None = None


class Gateway:
    """The app's gateway to language models."""

    def __init__(
        self,
        deployments: Sequence[Deployment],
        egress: Egress,
        counts: RequestCounts,
        context: PrivacyContext,
        clock: Clock,
        database: Database,
        checks: ModelChecks | None = None,
        rules: Rules | None = None,
    ) -> None:
        """Deployments that the ``rules`` do not tell apart are tried in their order.

        ``database`` keeps the times at which providers accept requests again; ``checks`` are what the models
        can do on this install.
        """
        self._deployments = tuple(deployments)
        self._egress = egress
        self._counts = counts
        self._context = context
        self._clock = clock
        self._rules = rules or Rules()
        self._checks = checks
        self._breaker = Breaker(clock, database)
        self._styles = {one.id: ThoughtStyle() for one in self._deployments}

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Return a complete answer; if a deployment fails, try the next one.

        Raises NoModelAllowed if no deployment may answer, or the ModelFailed of the last one.
        """
        routed = await self._route(request)
        last_error: ModelError = NoModelAllowed(routed.selection.refusal)
        waiting = list(routed.selection.deployments)
        while waiting and self._has_time(routed, last_error):
            deployment, *others = waiting
            try:
                return await self._collect(deployment, routed, attempts=len(waiting))
            except (ModelFailed, NoModelAllowed) as err:
                last_error = await self._record_failure(deployment, err)
                waiting = next_deployments(deployment, others, err)
        raise last_error

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Delta]:
        """Yield an answer in pieces; if a deployment fails before its first piece, try the next one.

        Raises as ``chat`` does, and ModelFailed if a deployment fails after its first piece.
        """
        routed = await self._route(request)
        last_error: ModelError = NoModelAllowed(routed.selection.refusal)
        waiting = list(routed.selection.deployments)
        while waiting and self._has_time(routed, last_error):
            deployment, *others = waiting
            has_started = False
            try:
                async with aclosing(self._stream_from(deployment, routed, attempts=len(waiting))) as pieces:
                    async for delta in pieces:
                        has_started = has_started or bool(delta.text or delta.calls)
                        yield delta
            except (ModelFailed, NoModelAllowed) as err:
                last_error = await self._record_failure(deployment, err)
                if has_started:
                    raise
                waiting = next_deployments(deployment, others, err)
            else:
                return
        raise last_error

    async def ask(self, deployment: Deployment, request: ChatRequest) -> ChatReply:
        """Return a complete answer of one deployment, without a selection. Raises a ModelError."""
        privacy = await self._classify(request)
        selection = Selection(deployments=(deployment,), reason="asked by name")
        deadline = self._clock.monotonic() + request.deadline
        routed = _RoutedRequest(
            request=request,
            request_privacy=privacy,
            selection=selection,
            deadline=deadline,
            wanted=_wanted(request, privacy, None),
        )
        return await self._collect(deployment, routed, attempts=1)

    async def embed(
        self, texts: tuple[str, ...], only: Deployment | None = None
    ) -> tuple[tuple[float, ...], ...]:
        """Return one vector per text, all from one deployment, or from ``only``. Raises as ``chat`` does."""
        if not texts:
            return ()
        request_privacy = await offload(texts, classify_request, texts, self._context.names())
        wanted = Wanted(
            privacy=request_privacy.privacy, task=Task.EMBEDDING, is_pinned=request_privacy.is_pinned
        )
        selection = await self._select(wanted, await self._checked())
        last_error: ModelError = NoModelAllowed(selection.refusal)
        for deployment in (one for one in selection.deployments if only is None or one.id == only.id):
            try:
                vectors = await self._egress.embed(
                    deployment, texts, request_privacy.privacy, EMBEDDING_SECONDS
                )
            except (ModelFailed, NoModelAllowed) as err:
                last_error = await self._record_failure(deployment, err)
            else:
                await self._breaker.record_success(deployment.id)
                return vectors
        raise last_error

    async def models(self) -> tuple[str, ...]:
        """Return the models of every deployment that answers, as ``deployment/model``."""
        found: list[str] = []
        for deployment in self._deployments:
            try:
                found += [f"{deployment.id}/{one}" for one in await self._egress.models(deployment)]
            except ModelFailed as err:
                log.info("model list unavailable", deployment=deployment.id, reason=str(err))
        return tuple(found)

    async def offered(self, deployment: Deployment) -> tuple[str, ...]:
        """Return the models that the server of a deployment has. Raises a ModelError."""
        return await self._egress.models(deployment)

    async def health(self) -> tuple[DeploymentHealth, ...]:
        """Return the state of each deployment without calling it."""
        quotas = await self._counts.quotas(self._deployments)
        await self._breaker.load()
        reasons = self._breaker.unavailable()
        return tuple(
            DeploymentHealth(
                deployment=one.id,
                tier=one.tier,
                out_until=self._breaker.available_at(one.id),
                reason=reasons.get(one.id, ""),
                requests_today=quotas[one.id].today.requests,
                daily_requests=one.daily_requests,
                limits=limit_uses(quotas[one.id]),
            )
            for one in self._deployments
        )

    async def _route(self, request: ChatRequest) -> _RoutedRequest:
        """Select the deployments for a request. Raises NoModelAllowed if there are none."""
        request_privacy = await self._classify(request)
        wanted = _wanted(request, request_privacy, self._rules.most_cost)
        checks = await self._checked()
        selection = await self._select(wanted, checks)
        if not selection.deployments:
            raise NoModelAllowed(selection.refusal)
        return _RoutedRequest(
            request=request,
            request_privacy=request_privacy,
            selection=selection,
            deadline=self._clock.monotonic() + request.deadline,
            wanted=wanted,
            toolless=frozenset(key for key, one in checks.items() if one.tools is ToolUse.NONE),
        )

    async def _classify(self, request: ChatRequest) -> RequestPrivacy:
        return await offload(
            message_texts(request),
            classify_request,
            texts_of(request),
            self._context.names(),
            request.privacy,
        )

    async def _checked(self) -> Mapping[str, ModelCheck]:
        """Return what the checks found."""
        return await self._checks.of(self._deployments) if self._checks is not None else {}

    async def _select(self, wanted: Wanted, checks: Mapping[str, ModelCheck]) -> Selection:
        limited = [one for one in self._deployments if one.has_limit]
        quotas = await self._counts.quotas(limited)
        await self._breaker.load()
        unavailable = self._breaker.unavailable()
        deployments = [_as_checked(one, checks.get(one.id)) for one in self._deployments]
        selection = select(wanted, unavailable, quotas, deployments, self._rules.routing, checks)
        log.debug(
            "deployments selected",
            privacy=str(wanted.privacy),
            task=str(wanted.task),
            order=[one.id for one in selection.deployments],
            reason=selection.reason,
        )
        return selection

    async def _stream_from(
        self, deployment: Deployment, routed: _RoutedRequest, *, attempts: int
    ) -> AsyncGenerator[Delta]:
        """Yield what people may see of one deployment's answer, and its tool calls.

        ``attempts`` is how many deployments can still be asked, this one included. Raises EmptyAnswer
        for an answer with neither text nor calls.
        """
        routed.pay(deployment)
        offered = routed.for_deployment(deployment)
        request = offered if deployment.supports_tools else for_small_model(offered)
        by_schema = request.schema is not offered.schema
        tools = offered.tools if by_schema else request.tools
        reader = AnswerReader(tools, self._styles[deployment.id], by_schema=by_schema)
        remaining = max(routed.deadline - self._clock.monotonic(), 0.0)
        limits = TimeLimits(start=remaining * (1 if attempts == 1 else SHARE), total=remaining)
        is_empty = True
        finish = Finish.STOP
        async with aclosing(
            self._egress.stream(deployment, request, routed.request_privacy.privacy, limits)
        ) as answer:
            async for delta in answer:
                for piece in reader.read(delta):
                    is_empty = is_empty and not piece.text
                    yield piece
        for piece in reader.end():
            is_empty = is_empty and not piece.text and not piece.calls
            finish = piece.finish or finish
            if not is_empty:
                yield piece
        await self._breaker.record_success(deployment.id)
        if is_empty:
            raise EmptyAnswer(t"{deployment.id} answered with no text ({finish})", finish)

    async def _collect(self, deployment: Deployment, routed: _RoutedRequest, *, attempts: int) -> ChatReply:
        texts: list[str] = []
        calls: list[ToolCall] = []
        reply = ChatReply(text="", deployment=deployment.id, tier=deployment.tier)
        async with aclosing(self._stream_from(deployment, routed, attempts=attempts)) as pieces:
            async for delta in pieces:
                texts.append(delta.text)
                calls += delta.calls
                reply = replace(reply, finish=delta.finish or reply.finish, usage=delta.usage or reply.usage)
        return replace(reply, text="".join(texts), calls=tuple(calls))

    def _has_time(self, routed: _RoutedRequest, last_error: ModelError) -> bool:
        """Return whether another deployment can be asked: the first one always is."""
        remaining = routed.deadline - self._clock.monotonic()
        return remaining > LEAST_SECONDS or not isinstance(last_error, ModelFailed)

    async def _record_failure[E: ModelError](self, deployment: Deployment, error: E) -> E:
        """Pause a deployment that cannot answer any request; return the error."""
        if isinstance(error, ModelUnavailable):
            log.warning("model unavailable", deployment=deployment.id, reason=str(error))
            await self._breaker.record_failure(deployment.id, error)
        else:
            log.info("model request failed", deployment=deployment.id, reason=str(error))
        return error


def next_deployments(failed: Deployment, others: Sequence[Deployment], error: ModelError) -> list[Deployment]:
    """Return the deployments to ask after one failed, in order.

    A request that is too long goes to those with a larger context, then to those with the same.
    """
    if not isinstance(error, RequestTooLong):
        return list(others)
    larger = [one for one in others if one.context_tokens > failed.context_tokens]
    return [*larger, *(one for one in others if one.context_tokens == failed.context_tokens)]


def _wanted(request: ChatRequest, request_privacy: RequestPrivacy, most_cost: float | None) -> Wanted:
    return Wanted(
        privacy=request_privacy.privacy,
        task=request.task,
        demand=_demand(request),
        is_pinned=request_privacy.is_pinned,
        tokens=_estimated_tokens(request),
        answer_tokens=request.max_tokens,
        most_cost=most_cost if request.allowance is None else None,
        needs_tools=bool(request.tools),
        language=request.language,
        is_spoken=request.is_spoken,
    )


def _as_checked(deployment: Deployment, check: ModelCheck | None) -> Deployment:
    """Return the deployment; if its check found that its own calls fail, they are asked for by schema."""
    is_native = check is None or check.tools is ToolUse.NATIVE
    return deployment if is_native else replace(deployment, supports_tools=False)


def _demand(request: ChatRequest) -> Demand:
    """Return what the last message of a person needs."""
    texts = [one.text for one in request.messages if one.role is Role.USER]
    return assess(texts[-1]) if texts else Demand()


def _estimated_tokens(request: ChatRequest) -> int:
    """Return about how many tokens a request and its answer are; rather too many."""
    tools = sum(len(orjson.dumps([one.name, one.description, dict(one.schema)])) for one in request.tools)
    characters = sum(map(len, message_texts(request))) + tools
    return characters // CHARACTERS_PER_TOKEN + request.max_tokens
