"""Builds and starts what watches the homelab and acts on it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from ..agent.agent import Agent
from ..agent.diagnosis.explainer import Explainer
from ..inventory.inventory import LiveInventory
from ..inventory.polling import PollerContext, PollSlots
from ..inventory.secret_vault import Vault
from ..inventory.version_log import VersionLog
from ..llm.egress import PrivacyContext
from ..runbooks.own_runbooks import OwnRunbooks
from ..store.leader import Leader
from ..trends.courses import Trends
from .agent import build_agent, durable_engine, own_runbooks
from .base import Base
from .model_stack import ModelStack, build_models, own_names
from .own_templates import own_templates
from .update_watch import watch_updates

KEY_FILE: Final = "secret.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """What watches the homelab and acts on it. ``own_runbooks`` are the files of runbooks."""

    inventory: LiveInventory
    models: ModelStack
    agent: Agent
    own_runbooks: OwnRunbooks
    trends: Trends
    versions: VersionLog


async def start_core(base: Base, leader: Leader) -> Core:
    """Start to read the services, and to continue unfinished runs; closing ``base.opened`` ends it."""
    core = _build(base, leader)
    inventory, agent, opened, changes = core.inventory, core.agent, base.opened, base.store.changes
    opened.push_async_callback(inventory.close)
    opened.push_async_callback(core.trends.close)
    core.trends.start(changes)
    opened.push_async_callback(core.versions.close)
    await core.versions.start(changes)
    opened.push_async_callback(
        watch_updates(
            agent,
            base.store,
            inventory,
            base.clock,
            base.settings.time_zone,
            core.trends.points,
            base.settings.changes,
        ).close
    )
    await inventory.start(agent.reports.take, agent.is_changing)
    opened.push_async_callback(agent.close)
    await agent.start()
    _start_explainer(base, core.models)
    return core


def _build(base: Base, leader: Leader) -> Core:
    settings, store, clock, services = base.settings, base.store, base.clock, base.foreign.services
    inventory = _inventory(base)
    models = _models(base, inventory)
    engine = durable_engine(settings, base.generation, leader)
    agent = build_agent(settings, store, inventory, base.people, base.library, clock, engine, models.embedder)
    return Core(
        inventory=inventory,
        models=models,
        agent=agent,
        own_runbooks=own_runbooks(
            settings, base.wrong_services, base.library, services, agent, inventory, clock
        ),
        trends=Trends(base.offers, inventory.instances),
        versions=VersionLog(store, inventory.instances),
    )


def _inventory(base: Base) -> LiveInventory:
    settings = base.settings
    context = PollerContext(
        changes=base.store.changes,
        session=base.session,
        clock=base.clock,
        redactor=base.redactor,
        metrics=base.metrics,
        slots=PollSlots(),
        home=base.home,
        templates=own_templates(settings.changes.templates),
    )
    return LiveInventory(
        base.store,
        base.foreign.services,
        Vault(settings.data_dir / KEY_FILE),
        base.foreign.instances,
        context,
        settings.runs_on or None,
        base.wrong_services,
        timedelta(days=settings.outages.off_days),
    )


def _models(base: Base, inventory: LiveInventory) -> ModelStack:
    context = PrivacyContext(names=own_names(inventory, base.people), clean=base.redactor.clean)
    counted = base.usage().publish
    models = build_models(
        base.settings, base.session, base.store.database, context, base.clock, counted, base.metrics
    )
    base.opened.push_async_callback(models.close)
    return models


def _start_explainer(base: Base, models: ModelStack) -> None:
    """Begin to explain incidents, if there is a chat model."""
    if (explaining := models.explaining()) is not None:
        explainer = Explainer(base.store, explaining, base.clock)
        base.opened.push_async_callback(explainer.close)
        explainer.start()
