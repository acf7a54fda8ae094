"""Builds the agent from the settings."""

from collections.abc import Callable, Container, Mapping, MutableMapping
from datetime import timedelta

from ..agent.agent import Agent
from ..agent.incidents.retention import Kept
from ..agent.levels.draft_repository import ForgeRepository
from ..agent.limits import Limits
from ..agent.runs.dbos_engine import DbosEngine
from ..agent.runs.workflow import Stages, WorkflowEngine
from ..clock import Clock
from ..inventory.inventory import LiveInventory
from ..inventory.people import People
from ..runbooks.model import Runbook
from ..runbooks.own_runbooks import OwnRunbooks
from ..sdk.description import AnyService
from ..search.hybrid import Embedder
from ..settings.fences import read_fences
from ..settings.model import Settings
from ..store.leader import Leader
from ..store.store import Store
from .services_and_runbooks import runbook_folders


def build_agent(
    settings: Settings,
    store: Store,
    inventory: LiveInventory,
    people: People,
    library: Mapping[str, Runbook],
    clock: Clock,
    engine: Callable[[Stages], WorkflowEngine],
    embedder: Embedder | None,
) -> Agent:
    """Return the agent; it is not started.

    ``library`` has the runbooks by id, ``engine`` makes the workflow engine. ``embedder`` finds texts by
    what they mean, None when they are found by words only.
    """
    asking, kept = settings.approvals, settings.retention
    agent = Agent(
        store=store,
        inventory=inventory,
        people=people,
        library=library,
        clock=clock,
        limits=Limits(
            expiry=asking.expiry,
            reminder=asking.reminder,
            two_from=asking.two_from,
            unlock_from=asking.unlock_from,
            veto=timedelta(minutes=settings.autonomy.veto_minutes),
            changes_per_hour=settings.limits.changes_per_hour,
            zone=settings.time_zone,
            fences=read_fences(settings.fences),
            kept=Kept(
                alerts=timedelta(days=kept.alerts_days),
                incidents=timedelta(days=kept.incidents_days),
                ledger=timedelta(days=kept.ledger_days),
            ),
        ),
        engine=engine,
    )
    if embedder is not None:
        agent.use_vectors(embedder, clock)
    return agent


def own_runbooks(
    settings: Settings,
    wrong: Container[str],
    library: MutableMapping[str, Runbook],
    services: Mapping[str, AnyService],
    agent: Agent,
    inventory: LiveInventory,
    clock: Clock,
) -> OwnRunbooks:
    """Return the files of runbooks, which the agent also drafts into. To be called before its start.

    ``wrong`` are the services that could not be loaded.
    """
    own = OwnRunbooks(
        runbook_folders(settings, wrong), settings.runbooks_dir, library, services, agent.use_runbook
    )
    agent.use_drafts(own, library, clock, _repository(settings, inventory))
    return own


def _repository(settings: Settings, inventory: LiveInventory) -> ForgeRepository | None:
    """Return where drafted runbooks can be proposed, None without such a repository in the settings."""
    one = settings.runbooks_repository
    return None if one is None else ForgeRepository(inventory, one.instance, one.repository, one.folder)


def durable_engine(
    settings: Settings, generation: str, leader: Leader | None
) -> Callable[[Stages], WorkflowEngine]:
    """Return what makes the engine of the settings; its workflows are those of this database generation."""
    return lambda stages: DbosEngine(settings.workflow_database_url, stages, generation, leader)
