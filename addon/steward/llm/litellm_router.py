"""Asks the many providers LiteLLM knows, through its Router; loaded when it is first needed.

Which deployment is asked, what follows a failure and how long one is out is decided by our
gateway: the Router neither tries again nor puts anything aside here.
"""

import asyncio
import importlib
import logging
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Final

from .errors import ModelError, ModelStalled, ModelUnavailable
from .messages import Delta
from .openai_compatible import STALL, refusal
from .openai_wire import ChunkReader, Garbled, JsonObject
from .settings import Deployment, DeploymentKind

_TIMED_OUT: Final = 408
_LOGGERS: Final = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy")


class LiteLlmRouter:
    """One per process: LiteLLM keeps its callbacks in the module."""

    def __init__(self, deployments: Sequence[Deployment], *, stall: float = STALL) -> None:
        """Remember the deployments of this kind; ``url`` empty is the provider's own address."""
        self._deployments = tuple(one for one in deployments if one.kind is DeploymentKind.LITELLM)
        self._stall = stall
        self._router: Any = None
        self._loading = asyncio.Lock()

    async def stream(self, deployment: Deployment, body: JsonObject, seconds: float) -> AsyncGenerator[Delta]:
        """Yield the answer as it comes. Raises ModelErrors in our own words."""
        router = await self._loaded(deployment)
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        reader = ChunkReader()
        try:
            async with asyncio.timeout(max(seconds, 0.0)):
                chunks = await router.acompletion(**{**body, "model": deployment.id, "timeout": seconds})
        except Exception as err:  # noqa: BLE001 - it raises its providers' errors, of any kind
            raise _translated(deployment, err) from None  # its text may hold the question or the key
        pieces = aiter(chunks)
        while True:
            try:
                async with asyncio.timeout(max(0.0, min(self._stall, ends - loop.time()))):
                    chunk = await anext(pieces, None)
                delta = None if chunk is None else reader.read(chunk.model_dump())
            except Exception as err:  # noqa: BLE001
                raise _translated(deployment, err) from None
            if chunk is None:
                break
            if delta is not None:
                yield delta
        if not reader.has_finished:
            raise ModelUnavailable(f"{deployment.id} was cut off in the middle of its answer")

    async def embed(self, deployment: Deployment, body: JsonObject, seconds: float) -> object:
        """Return the decoded answer to a request for embeddings. Raises as ``stream`` does."""
        router = await self._loaded(deployment)
        try:
            async with asyncio.timeout(max(seconds, 0.0)):
                answer = await router.aembedding(
                    **{**body, "model": _embedder(deployment), "timeout": seconds}
                )
        except Exception as err:  # noqa: BLE001
            raise _translated(deployment, err) from None
        plain: object = answer.model_dump()
        return plain

    async def models(self, deployment: Deployment) -> tuple[str, ...]:
        """Return what is configured: most providers have no list that is worth reading."""
        return tuple(one for one in (deployment.model, deployment.embedding_model) if one)

    async def close(self) -> None:
        """Close the connections LiteLLM keeps."""
        if self._router is not None:
            self._router = None
            await importlib.import_module("litellm").close_litellm_async_clients()

    async def _loaded(self, deployment: Deployment) -> Any:
        async with self._loading:
            if self._router is None:
                try:
                    self._router = await asyncio.to_thread(_load, self._deployments)
                except ImportError as err:
                    raise ModelUnavailable(f"{deployment.id}: LiteLLM is not installed") from err
        return self._router


def _load(deployments: Sequence[Deployment]) -> Any:
    """Import LiteLLM (seconds of work: not for the event loop) and make the Router."""
    # Without this it fetches a list of prices over the network while it is imported.
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    litellm: Any = importlib.import_module("litellm")
    litellm.telemetry = False
    litellm.suppress_debug_info = True
    litellm.turn_off_message_logging = True
    litellm.drop_params = True
    for name in _LOGGERS:
        logging.getLogger(name).disabled = True  # they write questions and answers
    return litellm.Router(
        model_list=[entry for one in deployments for entry in _entries(one)],
        num_retries=0,
        max_fallbacks=0,
        disable_cooldowns=True,
    )


def _entries(deployment: Deployment) -> list[Mapping[str, object]]:
    """Return a deployment as the Router's list has it, its embeddings beside it."""
    way: dict[str, object] = {"max_retries": 0}
    if deployment.api_key:
        way["api_key"] = deployment.api_key
    if deployment.url:
        way["api_base"] = deployment.url
    served = [(deployment.id, deployment.model), (_embedder(deployment), deployment.embedding_model)]
    return [
        {"model_name": name, "litellm_params": {"model": model, **way}} for name, model in served if model
    ]


def _embedder(deployment: Deployment) -> str:
    return f"{deployment.id}/embeddings"


def _translated(deployment: Deployment, error: Exception) -> ModelError:
    """Return the error in our own words; LiteLLM's carry a status and the provider's headers."""
    if isinstance(error, ModelError):
        return error
    if isinstance(error, TimeoutError):
        return ModelStalled(f"{deployment.id} did not answer in time")
    if isinstance(error, Garbled):
        return ModelUnavailable(f"{deployment.id} answers nonsense")
    status = getattr(error, "status_code", None)
    if status == _TIMED_OUT:
        return ModelStalled(f"{deployment.id} did not answer in time")
    if not isinstance(status, int):
        return ModelUnavailable(f"{deployment.id} cannot be asked ({type(error).__name__})")
    headers = getattr(getattr(error, "response", None), "headers", None)
    return refusal(deployment.id, status, headers if isinstance(headers, Mapping) else None)
