"""Follows what is asked about and applied: moves updates by their requests and runs."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.changes import Change, ChangeStatus
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Decision,
    IncidentStatus,
    Run,
    RunStatus,
    StepState,
    Verb,
)
from homelab_steward.contract.proposals import OptionKind
from homelab_steward.contract.protocol import RowKind

from ..agent.decisions.gate import STEWARD
from ..agent.plans.change_plans import change_of, revisions
from ..agent.requests.request_writer import Asker, RequestWriter
from ..clock import Clock
from ..store import approvals, change_records, incidents, runs
from ..store.store import Store, Unit
from ..store.target_keys import target_key
from ..texts import translate, translate_plural
from .cards import DEFER_DAYS, part
from .policy import ACTIVE
from .rows import result_text
from .watch import Longest

THE_STEWARD: Final = Asker("", STEWARD, None)

ASK_AGAIN: Final = timedelta(days=1)
"""After this time an update is asked about again that nobody answered, or that was cancelled."""

TRY_AGAIN: Final = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""After these times an update is asked about again that could not be applied for a reason that passes:
after the first try, the second, and each later one."""

LEFT_NOTHING: Final = (StepState.INTENDED, StepState.FAILED, StepState.UNDONE)
"""States of steps that left nothing changed."""

ENDED: Final = {
    RunStatus.SUCCEEDED: ChangeStatus.DONE,
    RunStatus.FAILED: ChangeStatus.FAILED,
    RunStatus.UNDONE: ChangeStatus.WENT_BACK,
}


async def save(unit: Unit, row: Change) -> None:
    """Store and publish an update."""
    await change_records.save(unit.connection, row, target_key(row.target))
    unit.publish(RowKind.CHANGE, row.id, row)


class Follower:
    """Writes the results of requests to updates. Each is read from the store, so that none is lost."""

    def __init__(self, store: Store, clock: Clock, writer: RequestWriter, watched: Longest) -> None:
        """``writer`` stores the requests for the parts of one that several updates shared."""
        self._watched = watched
        self._store = store
        self._clock = clock
        self._writer = writer

    async def look(self) -> tuple[str, ...]:
        """Move all updates that are asked about or applied; return requests whose execution can begin."""
        async with self._store.read() as connection:
            rows = await change_records.changes_in(connection, ACTIVE)
        begun: list[str] = []
        for request_id in dict.fromkeys(one.approval_id for one in rows):
            begun += await self._follow(request_id)
        return tuple(begun)

    async def _follow(self, request_id: str | None) -> tuple[str, ...]:
        """Move the updates of one request, in one transaction."""
        async with self._store.read() as connection:
            request = await approvals.request(connection, request_id or "")
            is_whole = request is not None and approves_each(request)
            if not is_whole and not await self._moved(connection, request_id):
                return ()
        async with self._store.change(durable=True) as unit:
            request = await approvals.request(unit.connection, request_id or "")
            if request is not None and approves_each(request):
                return await self._split(unit, request)
            for row in await self._moved(unit.connection, request_id):
                await save(unit, row)
        return ()

    async def _moved(self, connection: AsyncConnection, request_id: str | None) -> list[Change]:
        """Return the updates of a request whose rows have to change, with the change."""
        request = await approvals.request(connection, request_id or "")
        run = await runs.run(connection, request_id or "")
        rows = await change_records.changes_in(connection, ACTIVE)
        now = self._clock.now()
        pairs = [(one, moved(one, request, run, now)) for one in rows if one.approval_id == request_id]
        return [after for before, after in pairs if after != before]

    async def _split(self, unit: Unit, whole: ApprovalRequest) -> tuple[str, ...]:
        """Write a request for each run that a person approved together with others."""
        rows = await change_records.changes_in(unit.connection, [ChangeStatus.ASKED])
        asked = [one for one in rows if one.approval_id == whole.id]
        option = next(one for one in whole.proposal.options if one.kind is OptionKind.EACH)
        begun = [whole.id] if await self._release(unit, whole) else []
        for leader in dict.fromkeys(change_of(step) for step in option.steps):
            bundle = [one for one in asked if leader in (one.id, one.applied_with)]
            bundle.sort(key=lambda one: (one.id != leader, one.id))
            if bundle and bundle[0].id == leader and whole.decision is not None:
                wanted = part(bundle, whole, revisions(bundle), self._watched)
                request = await self._writer.write_decided(
                    unit, THE_STEWARD, wanted, part_id(whole.id, leader), whole.decision, whole.first
                )
                if request.status is ApprovalStatus.APPROVED:
                    begun.append(request.id)
                await self._applied(unit, bundle, request)
        return tuple(begun)

    async def _release(self, unit: Unit, whole: ApprovalRequest) -> bool:
        """End a request for later about several updates now: its parts are scheduled themselves."""
        now = self._clock.now()
        if not await approvals.release(unit.connection, whole.id, now):
            return False
        released = replace(whole, status=ApprovalStatus.APPROVED, released_at=now)
        unit.publish(RowKind.APPROVAL, whole.id, released)
        incident = await incidents.existing(unit.connection, whole.incident_id)
        acting = replace(incident, status=IncidentStatus.ACTING, updated_at=now)
        await incidents.save_incident(unit.connection, acting)
        unit.publish(RowKind.INCIDENT, acting.id, acting)
        return True

    async def _applied(self, unit: Unit, bundle: Sequence[Change], request: ApprovalRequest) -> None:
        now = self._clock.now()
        for one in bundle:
            of_request = replace(one, approval_id=request.id, incident_id=request.incident_id)
            await save(unit, replace(moved(of_request, request, None, now), updated_at=now))


def part_id(whole_id: str, leader: str) -> str:
    """Return the id of the request for one run of those that were approved together: always the same."""
    return hashlib.sha256(f"{whole_id}\x1f{leader}".encode()).hexdigest()[:32]


def approves_each(request: ApprovalRequest) -> bool:
    """Return whether a person approved several updates, each of which gets a run of its own."""
    return request.status in (ApprovalStatus.APPROVED, ApprovalStatus.SCHEDULED) and (
        chosen(request) is OptionKind.EACH
    )


def chosen(request: ApprovalRequest) -> OptionKind | None:
    """Return what was approved, None when nothing was."""
    number = request.decision.option if request.decision else None
    option = request.proposal.option(number) if number is not None else None
    return option.kind if option else None


def moved(row: Change, request: ApprovalRequest | None, run: Run | None, now: datetime) -> Change:
    """Return an update as its request and run say; the same row when nothing is new. Pure."""
    if request is None:
        return asked_again(row, now, timedelta(0), translate("Its request does not exist any more."))
    if request.status in (ApprovalStatus.PENDING, ApprovalStatus.SCHEDULED):
        return row
    if request.status is ApprovalStatus.APPROVED:
        return _approved(row, request, run, now)
    return _not_approved(row, request, now)


def _approved(row: Change, request: ApprovalRequest, run: Run | None, now: datetime) -> Change:
    if chosen(request) is OptionKind.DEFER and request.decision is not None:
        until = request.decision.at + timedelta(days=DEFER_DAYS)
        return deferred(row, until, now, _by(request.decision))
    if run is None or run.status is RunStatus.RUNNING:
        return _with_status(row, ChangeStatus.APPLYING, now)
    if run.status is RunStatus.VERIFYING:
        return _with_status(row, ChangeStatus.WATCHING, now)
    if was_not_applied(run):
        return _tried(row, run, now)
    # Applied without knowing whether it runs well is no failure; not knowing whether it was applied is one.
    unknown = ChangeStatus.DONE if run.verdict is not None else ChangeStatus.FAILED
    status = ENDED.get(run.status, unknown)
    return replace(
        row, status=status, updated_at=now, until=None, reason="", result=result_text(run), tries=0
    )


def was_not_applied(run: Run) -> bool:
    """Return whether a run is over and changed nothing, for a reason that is not the version's. Pure."""
    if run.status is RunStatus.REFUSED:
        return True
    is_over = run.status in (RunStatus.FAILED, RunStatus.UNDONE) and run.verdict is None
    failed = [one for one in run.steps if one.state is StepState.FAILED]
    is_left = any(one.has_effect and one.state not in LEFT_NOTHING for one in run.steps)
    return is_over and bool(failed) and all(one.is_temporary for one in failed) and not is_left


def _tried(row: Change, run: Run, now: datetime) -> Change:
    """Return an update that is asked about again, the later the more often it was tried."""
    wait = TRY_AGAIN[min(row.tries, len(TRY_AGAIN) - 1)]
    error = run.error or ""
    reason = translate_plural(
        "It was not applied: {error}",
        "It was not applied {count} times: {error}",
        row.tries + 1,
        error=error,
    )
    return replace(asked_again(row, now, wait, reason), tries=row.tries + 1)


def _not_approved(row: Change, request: ApprovalRequest, now: datetime) -> Change:
    decision = request.decision
    match request.status:
        case ApprovalStatus.REJECTED if decision is not None and decision.verb is not Verb.CANCEL:
            text = translate(t"Rejected by {decision.person_name}.")
            return replace(
                row, status=ChangeStatus.REJECTED, updated_at=now, until=None, reason="", result=text
            )
        case ApprovalStatus.IGNORED if decision is not None:
            return deferred(row, decision.at + timedelta(days=DEFER_DAYS), now, _by(decision))
        case ApprovalStatus.REJECTED if decision is not None:
            text = translate(t"Cancelled by {decision.person_name}.")
            return deferred(row, decision.at + ASK_AGAIN, now, text)
        case ApprovalStatus.EXPIRED:
            return deferred(row, now + ASK_AGAIN, now, translate("Nobody answered."))
        case _:
            return asked_again(row, now, timedelta(0), request.withdrawn)


def _by(decision: Decision) -> str:
    return translate(t"Deferred by {decision.person_name}.")


def _with_status(row: Change, status: ChangeStatus, now: datetime) -> Change:
    if row.status is status:
        return row
    return replace(row, status=status, updated_at=now, until=None, reason="")


def deferred(row: Change, until: datetime, now: datetime, reason: str) -> Change:
    """Return an update that is asked about later."""
    return replace(
        row, status=ChangeStatus.DEFERRED, until=until, updated_at=now, reason=reason, applied_with=None
    )


def asked_again(row: Change, now: datetime, after: timedelta, reason: str) -> Change:
    """Return an update that is asked about again after a time."""
    until = now + after if after else None
    status = ChangeStatus.HELD if after else ChangeStatus.READY
    return replace(row, status=status, until=until, updated_at=now, reason=reason, applied_with=None)
