"""Builds the language models: adapters, egress, request counts, gateway."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp

from ..agent.diagnosis.explainer import Explaining
from ..clock import Clock
from ..conversation.model_answers import Bounds, Models
from ..inventory.people import People
from ..inventory.ports import Inventory
from ..llm.data_tasks import DataTasks
from ..llm.egress import Egress, PrivacyContext
from ..llm.gateway import Gateway, Rules
from ..llm.litellm_router import LiteLlmRouter
from ..llm.measured_client import CountCalls, MeasuredClient
from ..llm.model_check import ModelChecks
from ..llm.ollama import Ollama
from ..llm.ollama_nodes import NodePool
from ..llm.openai_compatible import OpenAiCompatible
from ..llm.ports import ModelClient
from ..llm.quota import RequestCounts
from ..llm.settings import Deployment, DeploymentKind, Routing, Spending
from ..llm.text_release import TextRelease
from ..llm.text_vectors import TextVectors, embedding_deployment
from ..settings.model import Settings
from ..store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRules:
    """Which models are asked, and what they may cost. ``routing`` None means the default table."""

    routing: Routing | None = None
    spending: Spending = field(default_factory=Spending)


class ModelStack:
    """The parts that call language models."""

    def __init__(
        self,
        deployments: Sequence[Deployment],
        session: aiohttp.ClientSession,
        database: Database,
        context: PrivacyContext,
        clock: Clock,
        counted: Callable[[], Awaitable[None]],
        rules: ModelRules | None = None,
        counts: CountCalls | None = None,
    ) -> None:
        """LiteLLM is loaded by the first call. ``counted`` is called after each request.

        ``rules`` None means the defaults. ``counts`` measures each request.
        """
        rules = rules or ModelRules()
        self._spending = rules.spending
        used = RequestCounts(database, clock)
        self._litellm = LiteLlmRouter(deployments)
        http = OpenAiCompatible(session)
        clients: dict[DeploymentKind, ModelClient] = {
            DeploymentKind.OPENAI: http,
            DeploymentKind.OLLAMA: Ollama(http, NodePool(clock)),
            DeploymentKind.LITELLM: self._litellm,
        }
        if counts is not None:
            clients = {kind: MeasuredClient(one, counts) for kind, one in clients.items()}
        egress = Egress(clients, database, used, context, clock, counted)
        self._chat_deployments = [one for one in deployments if one.model]
        self.gateway = Gateway(
            deployments,
            egress,
            used,
            context,
            clock,
            database,
            ModelChecks(database, clock),
            Rules(routing=rules.routing, most_cost=self._spending.ask_above),
        )
        embedding = embedding_deployment(deployments)
        self.embedder = TextVectors(self.gateway, embedding, database, clock) if embedding else None
        self.text_release = TextRelease(context, database, clock, counted)
        self.data_tasks = DataTasks(self.gateway if self._chat_deployments else None, clock)

    def talking(self) -> Models | None:
        """Return the models of the conversation, None without a chat model."""
        if not self._chat_deployments:
            return None
        smallest = min(one.context_tokens for one in self._chat_deployments)
        return Models(gateway=self.gateway, bounds=Bounds(context_tokens=smallest), spending=self._spending)

    def explaining(self) -> Explaining | None:
        """Return the models that explain incidents, None without a chat model."""
        models = self.talking()
        if models is None:
            return None
        return Explaining(gateway=models.gateway, context_tokens=models.bounds.context_tokens)

    async def close(self) -> None:
        """Close the LiteLLM client."""
        await self._litellm.close()


def own_names(inventory: Inventory, people: People) -> Callable[[], frozenset[str]]:
    """Return a function that returns the private names of this home: people, machines and hosts.

    A service with its standard name ("Radarr") is not a private name.
    """

    def names() -> frozenset[str]:
        common: set[str] = set()
        found: set[str] = {one.name for one in people.list()}
        for instance in inventory.instances():
            service = inventory.service(instance.id)
            if service is not None:
                common |= {service.name.casefold(), service.key.casefold()}
            found |= {instance.name, *_hosts(instance.settings.values())}
            snapshot = inventory.snapshot(instance.id)
            found |= {one.name for one in (snapshot.resources if snapshot else ())}
        return frozenset(one for one in found if one.strip() and one.strip().casefold() not in common)

    return names


def _hosts(values: Iterable[object]) -> Iterable[str]:
    """Yield the host of each URL among the settings of an instance."""
    for value in values:
        if isinstance(value, str) and "://" in value:
            try:
                host = urlsplit(value).hostname
            except ValueError:
                continue
            if host:
                yield host


def build_models(
    settings: Settings,
    session: aiohttp.ClientSession,
    database: Database,
    context: PrivacyContext,
    clock: Clock,
    counted: Callable[[], Awaitable[None]],
    counts: CountCalls,
) -> ModelStack:
    """Return the models of the settings; ``counted`` is called after each request, ``counts`` measures it."""
    rules = ModelRules(routing=settings.routing, spending=settings.spending)
    return ModelStack(settings.models, session, database, context, clock, counted, rules, counts)
