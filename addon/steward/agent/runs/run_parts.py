"""Builds the parts that carry out approved requests, verify their runs, and record the results."""

from ..diagnosis.diagnoser import Diagnoser
from ..inputs import AgentInputs
from ..levels.run_trials import RunTrials
from ..plans.resolver import Resolver
from .after_restore import AfterRestore
from .executor import Executor
from .journal import Journal
from .learner import Learner
from .stops import Stops
from .verifier import Verifier


class RunParts:
    """The parts: ``executor``, ``verifier`` and ``learner``, in the order in which a run needs them.

    ``after_restore`` ends what was unfinished when a backup was made.
    """

    def __init__(
        self, inputs: AgentInputs, *, resolver: Resolver, diagnoser: Diagnoser, trials: RunTrials
    ) -> None:
        """``trials`` records what each run shows about the autonomy level of its runbook."""
        store, inventory, library, clock = inputs.store, inputs.inventory, inputs.library, inputs.clock
        self.journal = journal = Journal(store, clock)
        self.executor = executor = Executor(
            store,
            journal,
            resolver,
            diagnoser,
            library,
            inputs.limits.changes_per_hour,
            clock,
            looked_for=inputs.limits.looked_for,
        )
        self.verifier = Verifier(
            store, journal, resolver, diagnoser, executor, Stops(inventory), library, clock
        )
        self.learner = Learner(store, diagnoser, inventory, library, clock, trials)
        self.after_restore = AfterRestore(store, executor, self.learner, clock)
