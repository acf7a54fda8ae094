"""One place that serves a model, as the settings tell it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from ..settings.checks import key, whole
from .messages import Tier


class DeploymentKind(StrEnum):
    """Through which adapter it is asked."""

    OPENAI = "openai"
    LITELLM = "litellm"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One model at one address; ``url`` is the base with ``/v1`` and without credentials.

    ``embedding_model`` is served at the same address; a deployment may serve that alone
    (``model`` empty). ``supports_tools`` false has tools told and calls read by schema,
    which small models manage better. ``takes_masked`` lets a deployment outside the house
    have private texts whose private parts are taken out; secrets never leave it.
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
