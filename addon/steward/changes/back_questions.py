"""Asks people before an update is taken back with its data, if newer data would be lost."""

from datetime import tzinfo
from typing import Final

import structlog

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.changes import Change, WayBack
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Option,
    OptionKind,
    Run,
    Verdict,
)
from homelab_steward.contract.state import FrontEnd

from ..agent.journal import Journal
from ..agent.plan import plan_hash
from ..agent.request_writer import Asker, RequestWriter, Wanted
from ..inventory.ports import Inventory
from ..sdk.description import IMAGE_ONLY
from ..store import approvals, incidents
from ..store.store import Store
from ..texts import english, household, translate

log = structlog.get_logger(__name__)

FRESH: Final = 600.0
"""Seconds of the watch within which the earlier data may be restored without asking."""

POLL: Final = 15.0
BACK: Final = "back:"
"""Prefix of the id that stands for a runbook's in the options of this question; the run follows."""

WITH_DATA: Final = 1
ONLY_IMAGE: Final = 2

STEWARD: Final = Asker("", "", FrontEnd.PANEL)
STAYS: Final = english("Nobody wanted to take it back, so it stays as it is.")


class BackQuestions:
    """One question for each run, in the store: it survives a restart."""

    def __init__(
        self,
        store: Store,
        journal: Journal,
        writer: RequestWriter,
        inventory: Inventory,
        zone: tzinfo,
        fresh: float = FRESH,
    ) -> None:
        """Times are shown in ``zone``. Nobody is asked within ``fresh`` seconds of the watch."""
        self._fresh = fresh
        self._store = store
        self._journal = journal
        self._writer = writer
        self._inventory = inventory
        self._zone = zone

    async def ask(self, run: Run, change: Change, verdict: Verdict, watched: float) -> float | str | None:
        """Return None when the run may be undone, a text when it stays, seconds while the answer is open.

        ``watched`` is for how many seconds the new version ran.
        """
        if change.way_back is not WayBack.DATA or watched < self._fresh:
            return None
        try:
            request = await self._request(run) or await self._written(run, change, verdict)
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

    async def _request(self, run: Run) -> ApprovalRequest | None:
        async with self._store.read() as connection:
            known = await incidents.latest_in_group(connection, f"{BACK}{run.id}")
            if known is None or known.approval_id is None:
                return None
            return await approvals.request(connection, known.approval_id)

    async def _written(self, run: Run, change: Change, verdict: Verdict) -> ApprovalRequest:
        since = household().time(run.started_at.astimezone(self._zone))
        title = translate(t"{change.title}: go back with the data?")
        lost = translate(t"What was written since {since} is lost when the data goes back too.")
        wanted = Wanted(
            key=f"{BACK}{run.id}",
            title=title,
            target=change.target,
            options=(
                _option(WITH_DATA, translate("Go back with the data"), run, lost),
                _option(ONLY_IMAGE, translate("Go back, keep the data"), run, ""),
            ),
            categories=(self._inventory.around(change.target).category,),
            text=f"{title}\n{verdict.summary}\n{lost}\n"
            + translate("If you reject it, the new version stays."),
        )
        return (await self._writer.write(STEWARD, wanted)).request


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
