"""Asks each deployment which models it has."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Final

from ..llm.errors import ModelError
from ..llm.model_abilities import ModelCheck, ToolUse
from ..llm.settings import Deployment, DeploymentKind
from .models import ModelFacts

TIMEOUT: Final = 15.0

type ListModels = Callable[[Deployment], Coroutine[Any, Any, tuple[str, ...]]]
"""Returns the names of the models of a deployment. Raises ModelError."""


async def read_models(
    deployments: Sequence[Deployment], list_models: ListModels, checks: Mapping[str, ModelCheck]
) -> list[ModelFacts]:
    """Return what is known about each deployment; ``checks`` are the stored results by its id.

    LiteLLM asks the provider with the first question only: of its models the results are read.
    """
    return list(await asyncio.gather(*(_read(one, list_models, checks.get(one.id)) for one in deployments)))


async def _read(one: Deployment, list_models: ListModels, check: ModelCheck | None) -> ModelFacts:
    tools = None if check is None else check.tools is not ToolUse.NONE
    if one.kind is DeploymentKind.LITELLM:
        return ModelFacts(id=one.id, model=one.model, can_call_tools=tools)
    try:
        async with asyncio.timeout(TIMEOUT):
            offered = await list_models(one)
    except ModelError as err:
        return ModelFacts(id=one.id, model=one.model, problem=str(err), can_call_tools=tools)
    except TimeoutError:
        return ModelFacts(id=one.id, model=one.model, problem="Timeout", can_call_tools=tools)
    is_there = has_model(offered, one.model) if offered and one.model else None
    return ModelFacts(id=one.id, model=one.model, is_offered=is_there, can_call_tools=tools)


def has_model(offered: Sequence[str], model: str) -> bool:
    """Return whether a server has a model; Ollama adds the tag ``latest`` to a name without one."""
    return model in offered or f"{model}:latest" in offered
