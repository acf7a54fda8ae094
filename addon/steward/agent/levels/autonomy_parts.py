"""Builds the parts that decide whether people have to be asked, and that learn from runs."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from ...clock import Clock
from ...inventory.ports import Inventory
from ...runbooks.model import Runbook
from ...store.store import Store
from ..decisions.alone import Alone
from ..decisions.gate import People
from ..diagnosis.measured import Measured
from ..monitors.quorum import Quorum
from ..plans.resolver import Resolver
from ..requests.request_writer import RequestWriter
from ..requests.target_sets import TargetSets
from .announced_runs import AnnouncedRuns
from .autonomy import Autonomy
from .autonomy_stage import AutonomyStage
from .autonomy_state import CellStates
from .ladder import Ladder
from .levels import Levels
from .promotions import Promotions
from .run_trials import RunTrials
from .selections import Selections


@dataclass(frozen=True, slots=True, kw_only=True)
class AutonomyRules:
    """The rules besides the evidence: people have the time ``veto`` to stop an announced run.

    ``zone`` is their time zone. ``quorum`` says whether independent monitors agree about a problem.
    """

    quorum: Quorum
    veto: timedelta
    zone: str


class AutonomyParts:
    """The parts: ``decision`` for proposals, ``trials`` for runs, ``levels`` for people, and two stages."""

    def __init__(
        self,
        *,
        store: Store,
        inventory: Inventory,
        people: People,
        library: Mapping[str, Runbook],
        clock: Clock,
        writer: RequestWriter,
        begin: Callable[[str], Awaitable[None]],
        rules: AutonomyRules,
    ) -> None:
        """``begin`` starts the execution of an approved request, once per id."""
        self.states = states = CellStates(library)
        resolver = Resolver(inventory)
        alone = Alone(store, clock, begin, resolver.fenced, TargetSets(inventory).why_incomplete)
        promotions = Promotions(store, states, library, clock, writer)
        self.ladder = Ladder(store, states, inventory, library, clock)
        self.trials = RunTrials(store, inventory, library, clock, rules.zone, self.ladder)
        measured = Measured(inventory, resolver, library)
        self.decision = Autonomy(
            inventory, states, clock, alone, rules.quorum, measured.word, rules.veto, rules.zone
        )
        self.levels = Levels(store, people, library, states, self.ladder, promotions, clock)
        self.announced = AnnouncedRuns(store, clock, alone, resolver, library, self.decision.objection)
        self.stage = AutonomyStage(
            store, clock, self.trials, Selections(store, clock), self.ladder, promotions
        )
