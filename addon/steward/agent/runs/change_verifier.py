"""Stage: watches the run of an update, and undoes it when it made something worse."""

from dataclasses import dataclass

from homelab_steward.contract.incidents import Outcome, Run, RunStatus, Verdict
from homelab_steward.contract.proposals import Option

from ...store import incidents, runs
from ...store.store import Store
from ...texts import translate
from ..plans.plan import is_change
from .executor import Executor
from .journal import Journal
from .run_watch import RunWatch
from .verifier import STATUS, Verifier


@dataclass(frozen=True, slots=True)
class _Facts:
    run: Run
    option: Option


class ChangeVerifier:
    """Verifies runs of updates by their watch, and passes all other runs to the verifier."""

    def __init__(
        self, store: Store, journal: Journal, executor: Executor, verifier: Verifier, watch: RunWatch
    ) -> None:
        """Undoing goes through ``executor``."""
        self._store = store
        self._journal = journal
        self._executor = executor
        self._verifier = verifier
        self._watch = watch

    async def begin(self, request_id: str) -> None:
        """Store what is normal before a request is carried out."""
        await self._watch.begin(request_id)

    async def verify(self, run_id: str, attempt: int) -> float | None:
        """Read once; return seconds to wait before the next read, None when the run is over."""
        facts = await self._facts(run_id)
        if facts is None:
            return await self._verifier.verify(run_id, attempt)
        if facts.run.status is not RunStatus.VERIFYING:
            return None
        if facts.run.verdict is not None:
            # The app stopped after the verdict was written, or an answer or an undo is waited for.
            return await self._act_on(facts, facts.run.verdict)
        looked = await self._watch.look(facts.run, facts.option)
        if isinstance(looked, float):
            return looked
        # Written before it is acted on: an undo that is interrupted is continued.
        await self._journal.record_verdict(run_id, looked)
        return await self._act_on(facts, looked)

    async def _facts(self, run_id: str) -> _Facts | None:
        """Return the run of an update, None for any other."""
        async with self._store.read() as connection:
            run = await runs.run(connection, run_id)
            incident = await incidents.incident(connection, run.incident_id) if run else None
        proposal = incident.proposal if incident else None
        option = proposal.option(run.option) if run and proposal else None
        return _Facts(run, option) if run and option and is_change(option) else None

    async def _act_on(self, facts: _Facts, verdict: Verdict) -> float | None:
        """End the run with the status of its verdict; one that made something worse is undone first."""
        if verdict.outcome is Outcome.WORSE:
            return await self._take_back(facts, verdict)
        summary = None if verdict.outcome is Outcome.FIXED else verdict.summary
        await self._journal.settle(facts.run.id, STATUS[verdict.outcome], summary)
        return None

    async def _take_back(self, facts: _Facts, verdict: Verdict) -> float | None:
        run_id = facts.run.id
        stays = await self._watch.before_undo(facts.run, facts.option, verdict)
        if isinstance(stays, float):
            return stays
        if stays is not None:
            await self._journal.settle(run_id, RunStatus.FAILED, f"{verdict.summary} {stays}")
            return None
        undone = await self._executor.undo(run_id)
        if isinstance(undone, float):
            return undone
        if undone.failure is not None:
            text = translate(t"{verdict.summary} It could not be taken back. {undone.text}")
            await self._journal.settle(run_id, RunStatus.FAILED, text)
            return None
        result = await self._watch.after_undo(facts.run, facts.option)
        if isinstance(result, float):
            return result
        await self._journal.settle(run_id, RunStatus.UNDONE, f"{verdict.summary} {result}")
        return None
