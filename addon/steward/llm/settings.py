"""The settings of a deployment."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from ..settings.checks import amount, key, whole
from .messages import Tier


class DeploymentKind(StrEnum):
    """The adapter that calls a deployment."""

    OPENAI = "openai"
    LITELLM = "litellm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One model at one address; ``url`` is the base with ``/v1`` and without credentials.

    ``embedding_model`` is served at the same address; ``model`` may be empty if a deployment
    serves embeddings only. Without ``supports_tools``, the prompt describes the tools and a
    JSON Schema enforces the calls, which works better with small models. ``takes_masked`` lets
    a deployment that is not local receive private texts with the private parts masked; texts
    with secrets only go to local deployments, with the secrets masked. ``cost_per_request`` is what
    one costs on average, for the weekly report.
    """

    id: Annotated[str, key]
    tier: Tier = Tier.LOCAL
    kind: DeploymentKind = DeploymentKind.OPENAI
    url: str = ""
    model: str = ""
    embedding_model: str = ""
    api_key: str = field(default="", repr=False)
    context_tokens: Annotated[int, whole(256, 10_000_000)] = 8192
    daily_requests: Annotated[int, whole(0, 10_000_000)] | None = None
    supports_tools: bool = True
    takes_masked: bool = False
    cost_per_request: Annotated[float, amount] = 0.0
