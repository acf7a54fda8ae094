"""Builds the parts that make requests, and the stages that expire, withdraw, and release them."""

from collections.abc import Awaitable, Callable

from ..diagnosis.diagnoser import Diagnoser
from ..inputs import AgentInputs
from ..plans.resolver import Resolver
from ..runs.executor import Executor
from .expiry import Expiry
from .plan_requests import PlanRequests
from .proposer import Proposer
from .reoffers import Reoffers
from .request_writer import RequestWriter
from .requests import Requests
from .runbook_reports import RunbookReports
from .runbook_requests import RunbookRequests
from .runbook_targets import RunbookTargetList
from .scheduled_requests import ScheduledRequests
from .withdrawals import Withdrawals


class RequestParts:
    """``actions``, ``plans`` and ``runbooks`` take requests of people; the other parts are stages."""

    def __init__(
        self,
        inputs: AgentInputs,
        *,
        resolver: Resolver,
        diagnoser: Diagnoser,
        proposer: Proposer,
        writer: RequestWriter,
        executor: Executor,
        begin: Callable[[str], Awaitable[None]],
    ) -> None:
        """``begin`` starts the execution of an approved request, once per id."""
        store, inventory, people, clock = inputs.store, inputs.inventory, inputs.people, inputs.clock
        library, limits = inputs.library, inputs.limits
        self.actions = Requests(inventory, resolver, people, writer)
        self.plans = PlanRequests(store, inventory, resolver, library, people, writer)
        self.runbook_targets = RunbookTargetList(inventory, resolver, library)
        reports = RunbookReports(inventory, resolver, diagnoser, clock)
        self.runbooks = RunbookRequests(
            inventory, proposer, library, people, writer, resolver, self.plans, reports
        )
        self.expiry = Expiry(store, clock, limits.reminder, people.list, limits.zone)
        self.withdrawals = Withdrawals(store, inventory, clock)
        self.reoffers = Reoffers(store, proposer, clock)
        self.scheduled = ScheduledRequests(store, inventory, clock, executor, writer, people.list, begin)
