"""Calls the providers that LiteLLM supports, through its Router; imports LiteLLM on first use.

The gateway selects deployments and handles their failures, so the Router's retries, fallbacks and
cooldowns are off.
"""

import asyncio
import importlib
import logging
import os
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from .errors import InvalidAnswer, ModelError, ModelStalled, ModelUnavailable
from .messages import Delta
from .openai_compatible import STALL
from .openai_wire import ChunkReader, InvalidResponse, JsonObject, ServerFault, tool_names
from .ports import TimeLimits
from .server_errors import fault_error, status_error
from .settings import Deployment, DeploymentKind

_TIMED_OUT: Final = 408
_NO_FINISH: Final = "before a finish_reason was received"
"""LiteLLM's error for a stream that ends in order, but does not say why."""

MOST_CAUSES: Final = 10

_LOGGERS: Final = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy")


class LiteLlmRouter:
    """Client for ``litellm`` deployments; one per process, because LiteLLM keeps global callbacks."""

    def __init__(self, deployments: Sequence[Deployment], *, stall: float = STALL) -> None:
        """``stall`` is in seconds. An empty ``url`` means the provider's own address."""
        self._deployments = tuple(one for one in deployments if one.kind is DeploymentKind.LITELLM)
        self._stall = stall
        self._router: Any = None
        self._import_lock = asyncio.Lock()

    async def stream(
        self, deployment: Deployment, body: JsonObject, limits: TimeLimits
    ) -> AsyncGenerator[Delta]:
        """Yield the answer in pieces. Raises a ModelError."""
        router = await self._get_router(deployment)
        loop = asyncio.get_running_loop()
        begun = loop.time()
        reader = ChunkReader(tool_names(body))
        try:
            async with asyncio.timeout(max(limits.start, 0.0)):
                chunks = await router.acompletion(**{**body, "model": deployment.id, "timeout": limits.total})
        except Exception as err:  # noqa: BLE001 - LiteLLM raises the errors of any provider
            raise _to_model_error(deployment, err) from None  # its text may contain the question or the key
        if not isinstance(chunks, AsyncIterable):
            # For some statuses, such as 422, LiteLLM returns None instead of raising an error.
            raise InvalidAnswer(t"{deployment.id} sent no answer")
        pieces = aiter(chunks)
        wait = limits.start - (loop.time() - begun)
        while (chunk := await _next_chunk(pieces, reader, wait, deployment)) is not None:
            try:
                delta = reader.read(chunk.model_dump())
            except Exception as err:  # noqa: BLE001
                raise _to_model_error(deployment, err) from None
            if delta is not None:
                yield delta
            wait = min(self._stall, limits.total - (loop.time() - begun))
        if not reader.has_finished:
            raise InvalidAnswer(t"{deployment.id} did not say that its answer has ended")
        yield reader.end()

    async def embed(self, deployment: Deployment, body: JsonObject, seconds: float) -> object:
        """Return the decoded embeddings response. Raises a ModelError."""
        router = await self._get_router(deployment)
        try:
            async with asyncio.timeout(max(seconds, 0.0)):
                answer = await router.aembedding(
                    **{**body, "model": _embedding_name(deployment), "timeout": seconds}
                )
        except Exception as err:  # noqa: BLE001
            raise _to_model_error(deployment, err) from None
        plain: object = answer.model_dump()
        return plain

    async def models(self, deployment: Deployment) -> tuple[str, ...]:
        """Return the configured models; most providers have no useful list of models."""
        return tuple(one for one in (deployment.model, deployment.embedding_model) if one)

    async def close(self) -> None:
        """Close LiteLLM's connections."""
        if self._router is not None:
            self._router = None
            await importlib.import_module("litellm").close_litellm_async_clients()

    async def _get_router(self, deployment: Deployment) -> Any:
        async with self._import_lock:
            if self._router is None:
                try:
                    self._router = await asyncio.to_thread(_create_router, self._deployments)
                except ImportError as err:
                    raise ModelUnavailable(t"{deployment.id}: LiteLLM is not installed") from err
        return self._router


async def _next_chunk(
    pieces: AsyncIterator[Any], reader: ChunkReader, seconds: float, deployment: Deployment
) -> Any:
    """Return the next chunk, None when the answer has ended."""
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            return await anext(pieces, None)
    except Exception as err:  # noqa: BLE001 - LiteLLM raises the errors of any provider
        if reader.has_content and _NO_FINISH in str(err):
            reader.finish()
        if reader.has_finished:
            return None
        raise _to_model_error(deployment, err) from None


def _create_router(deployments: Sequence[Deployment]) -> Any:
    """Import LiteLLM and return its Router. Takes seconds, so call it in a thread."""
    # Without this, LiteLLM downloads a price list during import.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    litellm: Any = importlib.import_module("litellm")
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    litellm.drop_params = True
    for name in _LOGGERS:
        logging.getLogger(name).disabled = True  # they log questions and answers
    return litellm.Router(
        model_list=[entry for one in deployments for entry in _model_list_entries(one)],
        num_retries=0,
        max_fallbacks=0,
        disable_cooldowns=True,
    )


def _model_list_entries(deployment: Deployment) -> list[Mapping[str, object]]:
    """Return the entries of the Router's ``model_list`` for a deployment's chat and embedding models."""
    parameters: dict[str, object] = {"max_retries": 0}
    if deployment.api_key:
        parameters["api_key"] = deployment.api_key
    if deployment.url:
        parameters["api_base"] = deployment.url
    served = [(deployment.id, deployment.model), (_embedding_name(deployment), deployment.embedding_model)]
    return [
        {"model_name": name, "litellm_params": {"model": model, **parameters}}
        for name, model in served
        if model
    ]


def _embedding_name(deployment: Deployment) -> str:
    return f"{deployment.id}/embeddings"


def _stream_fault(error: BaseException) -> Mapping[str, object] | None:
    """Return the error that a server sent within an answer, None for other errors.

    LiteLLM reports it with the status 500; what it read is a cause of its error.
    """
    cause: BaseException | None = error
    for _ in range(MOST_CAUSES):
        if cause is None:
            break
        body = getattr(cause, "body", None)
        if isinstance(body, Mapping) and getattr(cause, "status_code", None) is None:
            return body
        cause = cause.__cause__ or cause.__context__
    return None


def _to_model_error(deployment: Deployment, error: Exception) -> ModelError:
    """Return a ModelError without the original text; LiteLLM errors have a status and headers."""
    match error:
        case ModelError():
            return error
        case InvalidResponse():
            return InvalidAnswer(t"{deployment.id} sent an invalid response")
        case ServerFault():
            return fault_error(deployment.id, error.error)
        case _:
            status = getattr(error, "status_code", None)
    if isinstance(error, TimeoutError) or status == _TIMED_OUT:
        return ModelStalled(t"{deployment.id} did not answer in time")
    if not isinstance(status, int):
        kind = type(error).__name__
        return ModelUnavailable(t"{deployment.id} failed ({kind})")
    return _from_status(deployment, error, status)


def _from_status(deployment: Deployment, error: Exception, status: int) -> ModelError:
    fault = _stream_fault(error) if status >= HTTPStatus.INTERNAL_SERVER_ERROR else None
    if fault is not None:
        return fault_error(deployment.id, fault)
    headers = getattr(getattr(error, "response", None), "headers", None)
    return status_error(
        deployment.id, status, headers if isinstance(headers, Mapping) else None, str(error).encode()
    )
