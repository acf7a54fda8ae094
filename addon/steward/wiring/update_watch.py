"""Builds what learns before updates and watches them after."""

from zoneinfo import ZoneInfo

from ..agent.agent import Agent
from ..agent.plans.back_plans import BackPlans
from ..agent.plans.resolver import Resolver
from ..agent.requests.request_writer import RequestWriter
from ..agent.runs.journal import Journal
from ..agent.runs.run_watch import RunWatch
from ..changes.back_questions import BackQuestions
from ..changes.learning import Learning
from ..changes.observer import Observer
from ..changes.watch import longest
from ..changes.watcher import History, Watcher
from ..clock import Clock
from ..inventory.ports import Inventory
from ..settings.changes import Changes
from ..store.store import Store


def watch_updates(
    agent: Agent,
    store: Store,
    inventory: Inventory,
    clock: Clock,
    zone: str,
    history: History,
    settings: Changes,
) -> Learning:
    """Let the agent watch updates; return what learns from now on, to be closed.

    ``history`` has courses of readings from before. To be called before the agent starts.
    """

    def make(resolver: Resolver, journal: Journal, writer: RequestWriter) -> RunWatch:
        plans = BackPlans(inventory, resolver, journal)
        questions = BackQuestions(store, journal, writer, inventory, plans, ZoneInfo(zone))
        observer = Observer(inventory, resolver, clock)
        return Watcher(
            store,
            observer,
            questions,
            clock,
            longest(settings.watch_seconds),
            history,
            float(settings.watch_poll_seconds),
        )

    agent.use_watch(make)
    learning = Learning(store, Observer(inventory, Resolver(inventory), clock), clock)
    learning.start()
    return learning
