"""Asks people before an update is taken back with its data, if newer data would be lost."""

from dataclasses import replace
from datetime import tzinfo
from typing import Final

import structlog

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.changes import Change, WayBack
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Run, RunStatus, Verdict
from homelab_steward.contract.proposals import BACK, Option, OptionKind
from homelab_steward.contract.state import FrontEnd

from ..agent.plans.back_plans import BackPlans
from ..agent.plans.plan import Plan, highest_risk, plan_hash
from ..agent.requests.request_plan import bounded
from ..agent.requests.request_writer import Asker, RequestWriter, Wanted
from ..agent.runs.journal import Journal
from ..errors import StewardError
from ..inventory.ports import Inventory
from ..sdk.description import BRINGS_DATA_BACK, IMAGE_ONLY
from ..store import approvals, incidents, runs
from ..store.store import Store
from ..texts import english, household, translate

log = structlog.get_logger(__name__)

FRESH: Final = 600.0
"""Seconds of the watch within which the earlier data may be restored without asking."""

POLL: Final = 15.0
WITH_DATA: Final = 1
ONLY_IMAGE: Final = 2

STEWARD: Final = Asker("", "", FrontEnd.PANEL)
LEFT: Final = frozenset({RunStatus.REFUSED, RunStatus.UNDONE})
"""How the run of an answer ended when everything is as before it."""

STAYS: Final = english("Nobody wanted to take it back, so it stays as it is.")


class BackQuestions:
    """One question for each run, in the store: it survives a restart."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        writer: RequestWriter,
        inventory: Inventory,
        plans: BackPlans,
        zone: tzinfo,
        fresh: float = FRESH,
    ) -> None:
        """Times are shown in ``zone``. Nobody is asked within ``fresh`` seconds of the watch.

        Before a snapshot is rolled back to, somebody is always asked: ``plans`` are what is approved then.
        """
        self._fresh = fresh
        self._store = store
        self._journal = journal
        self._writer = writer
        self._inventory = inventory
        self._plans = plans
        self._zone = zone

    async def ask(
        self, run: Run, change: Change, option: Option, verdict: Verdict, watched: float
    ) -> float | str | None:
        """Return None when the run may be undone, a text when it stays, seconds while the answer is open.

        ``option`` is what was carried out, ``watched`` is for how many seconds the new version ran.
        """
        is_snapshot = change.way_back is WayBack.SNAPSHOT
        brings_data = not is_snapshot and await self._brings_data(run, change)
        if not is_snapshot and not (brings_data and watched >= self._fresh):
            return None
        try:
            request = await self._request(run) or await self._written(run, change, option, verdict)
        except ContractError as err:
            # Too many requests wait: it is asked as soon as some are answered.
            log.warning("not asked", run=run.id, reason=str(err))
            return POLL
        if request.status in {ApprovalStatus.PENDING, ApprovalStatus.SCHEDULED}:
            return POLL
        if request.status is not ApprovalStatus.APPROVED or request.decision is None:
            return translate(STAYS)
        if request.decision.option == ONLY_IMAGE:
            for step in run.steps:
                await self._journal.note(run.id, step.index, {IMAGE_ONLY: True})
            return None
        return await self._rolled_back(request) if change.way_back is WayBack.SNAPSHOT else None

    async def _brings_data(self, run: Run, change: Change) -> bool:
        """Return whether an undo of a run brings back data, also if not all of it."""
        entries = await self._journal.entries(run.id)
        is_noted = any(one.baseline.get(BRINGS_DATA_BACK) is True for one in entries)
        return change.way_back is WayBack.DATA or is_noted

    async def _rolled_back(self, request: ApprovalRequest) -> float | str | None:
        """Return as :meth:`ask` does, by the run of the answer: its plan rolls back to the snapshots."""
        async with self._store.read() as connection:
            run = await runs.run(connection, request.id)
        if run is None or run.finished_at is None:
            return POLL
        reason = run.error or ""
        return translate(t"It was not rolled back: {reason}") if run.status in LEFT else None

    async def _request(self, run: Run) -> ApprovalRequest | None:
        async with self._store.read() as connection:
            known = await incidents.latest_in_group(connection, f"{BACK}{run.id}")
            if known is None or known.approval_id is None:
                return None
            return await approvals.request(connection, known.approval_id)

    async def _written(self, run: Run, change: Change, option: Option, verdict: Verdict) -> ApprovalRequest:
        since = household().time(run.started_at.astimezone(self._zone))
        title = translate(t"{change.title}: go back with the data?")
        plan, why = None, ""
        lost = translate(t"What was written since {since} is lost when the data goes back too.")
        if change.way_back is WayBack.SNAPSHOT:
            lost = self._lost(run, change, since)
            plan, why = await self._plan(run, change, option)
        with_data = _option(WITH_DATA, translate("Go back with the data"), run, lost)
        if plan is not None:
            with_data = _planned(with_data, plan)
        is_offered = change.way_back is not WayBack.SNAPSHOT or plan is not None
        only_image = _option(ONLY_IMAGE, translate("Go back, keep the data"), run, "")
        stays = translate("If you reject it, the new version stays.")
        wanted = Wanted(
            key=f"{BACK}{run.id}",
            title=title,
            target=change.target,
            options=(with_data, only_image) if is_offered else (only_image,),
            categories=(self._inventory.around(change.target).category,),
            text="\n".join([title, verdict.summary, why or lost, stays]),
        )
        return (await self._writer.write(STEWARD, wanted)).request

    async def _plan(self, run: Run, change: Change, option: Option) -> tuple[Plan | None, str]:
        """Return the plan that rolls back, or why there is none."""
        try:
            return await self._plans.make(run.id, option, change.target), ""
        except StewardError as err:
            reason = str(err)
            return None, translate(t"The data cannot be rolled back now: {reason}")

    def _lost(self, run: Run, change: Change, since: str) -> str:
        """Return what is lost besides the update when its snapshots are rolled back to."""
        copied = [one.target for one in run.steps if one.preserves]
        names = bounded([one.name for one in copied], household())
        around = {one.key for one in copied}
        machine = [one.key for one in self._inventory.parents(change.target) if one.key in around]
        if not machine:
            return translate(t"Everything that was written to {names} since {since} is lost.")
        beside = self._inventory.find(instance=change.target.instance_id, kind=change.target.kind)
        others = [
            one.name
            for one in beside
            if one.key != change.target.key
            and machine[0] in {parent.key for parent in self._inventory.parents(one)}
        ]
        if not others:
            return translate(t"Everything in {names} since {since} is lost.")
        listed = bounded(others, household())
        return translate(t"Everything in {names} since {since} is lost, also that of {listed}.")


def _planned(option: Option, plan: Plan) -> Option:
    """Return an option that carries out a plan."""
    return replace(
        option,
        kind=OptionKind.ACT,
        plan_hash=plan.digest,
        steps=plan.steps,
        runbook_id=plan.runbook_id,
        runbook_version=plan.runbook_version,
        recipe=plan.recipe,
        risk=highest_risk(plan.steps),
        verification=translate(t"The result of each change is read back."),
    )


def _option(number: int, label: str, run: Run, lost: str) -> Option:
    runbook = f"{BACK}{run.id}"
    return Option(
        number=number,
        kind=OptionKind.EACH,
        label=label,
        plan_hash=plan_hash(runbook, 1, str(number), ()),
        runbook_id=runbook,
        runbook_version=1,
        recipe=str(number),
        risk=Risk.HIGH if lost else Risk.MEDIUM,
        reversible=not lost,
        blast_radius=lost,
    )
