"""The settings of a deployment, and which deployments are asked for which work."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Final

from homelab_steward.contract.base import Many

from ..settings.checks import amount, currency_code, key, percentage, whole
from .complexity import Work
from .messages import Tier


class DeploymentKind(StrEnum):
    """The adapter that calls a deployment."""

    OPENAI = "openai"
    LITELLM = "litellm"
    OLLAMA = "ollama"


class Size(StrEnum):
    """How capable a model is among those of its tier."""

    SMALL = "small"
    LARGE = "large"


class Step(StrEnum):
    """The deployments of one tier and size: a cell of the routing table."""

    LOCAL_SMALL = "local_small"
    LOCAL_LARGE = "local_large"
    CLOUD_SMALL = "cloud_small"
    CLOUD_LARGE = "cloud_large"
    PREMIUM_SMALL = "premium_small"
    PREMIUM_LARGE = "premium_large"

    @property
    def tier(self) -> Tier:
        """The tier of the deployments."""
        return Tier(self.partition("_")[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One model at one address; ``url`` is the base with ``/v1`` and without credentials.

    ``embedding_model`` is served at the same address; ``model`` may be empty if a deployment
    serves embeddings only. Without ``supports_tools``, the prompt describes the tools and a
    JSON Schema enforces the calls, which works better with small models. ``takes_masked`` lets
    a deployment that is not local receive private texts with the private parts masked; texts
    with secrets only go to local deployments, with the secrets masked. ``cost_per_request`` is what
    one costs on average; of models of the same tier and size, those that are ``good_at`` the work are
    asked first, then the cheapest. Days and weeks of the limits are those of the household's time zone;
    a week begins on Monday. ``reserve_percent`` of each limit is left for incidents, and people are
    notified at the percentages ``warn_at``. ``input_price`` and ``output_price`` are for a million tokens.

    Of ``ollama`` only: ``url`` is without ``/v1``, ``more_urls`` are further nodes, each of which runs
    ``parallel`` requests; the model is unloaded ``keep_alive_seconds`` after the last one. A ``pinned``
    model is never loaded on a second node.
    """

    id: Annotated[str, key]
    tier: Tier = Tier.LOCAL
    kind: DeploymentKind = DeploymentKind.OPENAI
    size: Size = Size.LARGE
    good_at: Many[Work] = ()
    url: str = ""
    model: str = ""
    embedding_model: str = ""
    more_urls: Many[str] = ()
    parallel: Annotated[int, whole(1, 64)] = 2
    keep_alive_seconds: Annotated[int, whole(0, 86_400)] = 300
    pinned: bool = False
    api_key: str = field(default="", repr=False)
    context_tokens: Annotated[int, whole(256, 10_000_000)] = 8192
    daily_requests: Annotated[int, whole(0, 10_000_000)] | None = None
    weekly_requests: Annotated[int, whole(0, 100_000_000)] | None = None
    daily_tokens: Annotated[int, whole(0, 10_000_000_000)] | None = None
    weekly_tokens: Annotated[int, whole(0, 100_000_000_000)] | None = None
    daily_cost: Annotated[float, amount] | None = None
    weekly_cost: Annotated[float, amount] | None = None
    reserve_percent: Annotated[int, whole(0, 100)] = 10
    warn_at: Many[Annotated[int, percentage]] = (50, 70, 80)
    supports_tools: bool = True
    takes_masked: bool = False
    cost_per_request: Annotated[float, amount] = 0.0
    input_price: Annotated[float, amount] = 0.0
    output_price: Annotated[float, amount] = 0.0

    @property
    def step(self) -> Step:
        """Its cell of the routing table."""
        return Step(f"{self.tier}_{self.size}")

    @property
    def nodes(self) -> tuple[str, ...]:
        """The URLs of its Ollama nodes."""
        return tuple(one.rstrip("/").removesuffix("/v1") for one in (self.url, *self.more_urls))

    @property
    def price(self) -> float:
        """What a typical request costs: 1,000 tokens of question, 300 of answer."""
        return self.cost(1000, 300)

    @property
    def has_limit(self) -> bool:
        """Whether something limits its use."""
        limits = (
            self.daily_requests,
            self.weekly_requests,
            self.daily_tokens,
            self.weekly_tokens,
            self.daily_cost,
            self.weekly_cost,
        )
        return any(one is not None for one in limits)

    def cost(self, prompt_tokens: int, answer_tokens: int) -> float:
        """Return what one request costs."""
        return self.cost_per_request + self.token_cost(prompt_tokens, answer_tokens)

    def token_cost(self, prompt_tokens: int, answer_tokens: int) -> float:
        """Return what tokens cost."""
        return (prompt_tokens * self.input_price + answer_tokens * self.output_price) / 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """Above which estimated cost of a request a person is asked first; None: never.

    ``currency`` is that of the prices.
    """

    ask_above: Annotated[float, amount] | None = 0.05
    currency: Annotated[str, currency_code] = "USD"


_UP: Final = tuple(Step)
_SMALL_FIRST: Final = (
    Step.LOCAL_SMALL,
    Step.LOCAL_LARGE,
    Step.CLOUD_SMALL,
    Step.PREMIUM_SMALL,
    Step.CLOUD_LARGE,
    Step.PREMIUM_LARGE,
)
_READINGS: Final = (
    Step.LOCAL_LARGE,
    Step.LOCAL_SMALL,
    Step.CLOUD_SMALL,
    Step.CLOUD_LARGE,
    Step.PREMIUM_SMALL,
    Step.PREMIUM_LARGE,
)
_DOCUMENT: Final = (
    Step.LOCAL_LARGE,
    Step.CLOUD_SMALL,
    Step.CLOUD_LARGE,
    Step.PREMIUM_SMALL,
    Step.PREMIUM_LARGE,
    Step.LOCAL_SMALL,
)
_LARGE_FIRST: Final = (
    Step.LOCAL_LARGE,
    Step.CLOUD_LARGE,
    Step.CLOUD_SMALL,
    Step.PREMIUM_SMALL,
    Step.PREMIUM_LARGE,
    Step.LOCAL_SMALL,
)
_CLOUD_FIRST: Final = (
    Step.CLOUD_LARGE,
    Step.PREMIUM_LARGE,
    Step.PREMIUM_SMALL,
    Step.CLOUD_SMALL,
    Step.LOCAL_LARGE,
    Step.LOCAL_SMALL,
)
_PREMIUM_FIRST: Final = (
    Step.PREMIUM_LARGE,
    Step.CLOUD_LARGE,
    Step.PREMIUM_SMALL,
    Step.CLOUD_SMALL,
    Step.LOCAL_LARGE,
    Step.LOCAL_SMALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """The routing table: which steps are tried for which work, in order.

    A step that is left out is not tried. A question about a state needs readings, and small models choose
    tools badly.
    """

    state: Many[Step] = _READINGS
    simple: Many[Step] = _UP
    extraction: Many[Step] = _SMALL_FIRST
    code: Many[Step] = _LARGE_FIRST
    long_document: Many[Step] = _DOCUMENT
    planning: Many[Step] = _LARGE_FIRST
    deep_reasoning: Many[Step] = _CLOUD_FIRST
    architecture: Many[Step] = _PREMIUM_FIRST
    premium_review: Many[Step] = _PREMIUM_FIRST

    def steps(self, work: Work) -> tuple[Step, ...]:
        """Return the steps for one kind of work."""
        steps: tuple[Step, ...] = getattr(self, work)
        return steps
