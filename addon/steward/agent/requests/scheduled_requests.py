"""Stage: executes scheduled requests at their time, or asks about them again."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, CheckResult, IncidentStatus
from homelab_steward.contract.later import Later
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.protocol import Event, RowKind
from homelab_steward.contract.state import FrontEnd, Person

from ...clock import Clock
from ...errors import StewardError
from ...inventory.ports import Inventory
from ...store import approvals, audit, incidents
from ...store.changes import Lost, Watch
from ...store.store import Store, Unit
from ...store.target_keys import target_key
from ...texts import household, local, translate
from ..plans.plan import PERSON_REQUEST, Plan, highest_risk, is_change
from ..runs.executor import Executor
from .condition_readings import ConditionReadings, is_of_home
from .later import Step, lost_rights, next_step, next_time
from .request_writer import Asker, RequestWriter, Wanted

log = structlog.get_logger(__name__)

LONGEST_SLEEP: Final = 900.0
"""The longest sleep in seconds, because the wall clock may be corrected meanwhile."""

HOME_SLEEP: Final = 60.0
"""Seconds after which facts about the home, which a request waits for, are read again."""

RETRY: Final = 5.0


class ScheduledRequests:
    """Checks the scheduled requests when one is due, and when a reading of a condition changed."""

    def __init__(
        self,
        store: Store,
        inventory: Inventory,
        clock: Clock,
        executor: Executor,
        writer: RequestWriter,
        people: Callable[[], Iterable[Person]],
        begin: Callable[[str], Awaitable[None]],
    ) -> None:
        """``begin`` starts the execution of an approved request, once per id."""
        self._store = store
        self._readings = ConditionReadings(inventory)
        self._clock = clock
        self._executor = executor
        self._writer = writer
        self._people = people
        self._begin = begin

    async def run(self) -> None:
        """Check until cancelled, at first the requests that the store has."""
        with self._store.changes.watch(RowKind.APPROVAL, RowKind.SNAPSHOT, RowKind.INSTANCE) as watch:
            while True:
                try:
                    looked_at = self._clock.now()
                    waiting = await self.look()
                    await self._until_due(watch, waiting, looked_at)
                except Exception:
                    # The requests are still in the store: nothing is lost.
                    log.exception("scheduled requests not checked")
                    await self._clock.sleep(RETRY)

    async def look(self) -> tuple[Later, ...]:
        """Execute, ask again about, or end due requests; return the times of the others."""
        async with self._store.read(quick=True) as connection:
            scheduled = await approvals.requests_in(connection, ApprovalStatus.SCHEDULED)
        found = [(one, one.later) for one in scheduled if one.later is not None]
        return tuple([later for one, later in found if not await self._take(one, later)])

    async def _until_due(self, watch: Watch, waiting: tuple[Later, ...], looked_at: datetime) -> None:
        """Return at the next time, or when a request or a reading of a condition changed."""
        now = self._clock.now()
        times = [(next_time(one, looked_at) - now).total_seconds() for one in waiting]
        if min(times, default=1.0) <= 0:
            return  # It became due while the others were checked.
        conditions = [one for later in waiting if later.at <= now for one in later.conditions]
        longest = HOME_SLEEP if any(map(is_of_home, conditions)) else LONGEST_SLEEP
        instances = {one.target.instance_id for later in waiting for one in later.conditions}
        timer = asyncio.create_task(self._clock.sleep(min([longest, *times])), eager_start=True)
        change = asyncio.create_task(_relevant(watch, instances))
        try:
            await asyncio.wait((timer, change), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (timer, change):
                task.cancel()
            await asyncio.gather(timer, change, return_exceptions=True)

    async def _take(self, request: ApprovalRequest, later: Later) -> bool:
        """Handle a scheduled request that may be due; return whether it is no longer scheduled."""
        match next_step(later, self._clock.now(), lambda: self._readings.unmet(later) is None):
            case Step.WAIT:
                return False
            case Step.EXPIRE:
                await self._end(request, _expired(later, self._readings.unmet(later)))
                return True
            case Step.ASK:
                at = household().date_and_time(local(later.at))
                await self._ask_again(
                    request, translate(t"It was scheduled for {at}, and the app was not running then.")
                )
                return True
            case _:
                return await self._execute(request, later)

    async def _execute(self, request: ApprovalRequest, later: Later) -> bool:
        """Execute a request whose time has come if nothing changed since its approval."""
        found = await self._readings.unmet_now(later)
        if found is not None and later.is_once:
            await self._end(request, _not_met(found))
            return True
        if found is not None:
            return False
        option = _option(request)
        reason = lost_rights(request, option, self._people())
        if reason is None:
            reason = await self._changed(request, option)
        if reason is not None:
            await self._ask_again(request, reason)
            return True
        return await self._release(request)

    async def _changed(self, request: ApprovalRequest, option: Option) -> str | None:
        """Return a text when the plan is not the approved one any more, None when it is.

        A plan that cannot be made now is refused by the executor, which reports the reason.
        """
        with suppress(StewardError):
            if (await self._executor.plan_scheduled(request.id)).digest != option.plan_hash:
                return translate(t"Something changed since it was approved.")
        return None

    async def _release(self, request: ApprovalRequest) -> bool:
        """Release the request and start its run. Only one call can store the release."""
        now = self._clock.now()
        async with self._store.change(durable=True) as unit:
            if not await approvals.release(unit.connection, request.id, now):
                return True
            released = replace(request, status=ApprovalStatus.APPROVED, released_at=now)
            unit.publish(RowKind.APPROVAL, request.id, released)
            await audit.append(unit.connection, now, "approval.released", {"approval": request.id})
            incident = await incidents.existing(unit.connection, request.incident_id)
            acting = replace(incident, status=IncidentStatus.ACTING, updated_at=now)
            await incidents.save_incident(unit.connection, acting)
            unit.publish(RowKind.INCIDENT, acting.id, acting)
        try:
            await self._begin(request.id)
        except Exception:
            # The release is stored; the run starter starts it later.
            log.exception("scheduled run not started yet", approval=request.id)
        return True

    async def _ask_again(self, request: ApprovalRequest, reason: str) -> None:
        """Ask people again, with the reason, about an execution at once.

        The new request is stored before this one is ended, so that none is lost. About an update the stage
        of updates asks.
        """
        if is_change(_option(request)):
            await self._end(request, reason)
            return
        try:
            plan = await self._executor.plan_scheduled(request.id)
            await self._writer.write(self._asker(request), _wanted(request, plan, reason))
        except (StewardError, ContractError) as err:
            await self._end(request, translate(t"{reason} It cannot be done now: {str(err)}"))
            return
        await self._end(request, translate(t"{reason} You are asked again."))

    def _asker(self, request: ApprovalRequest) -> Asker:
        person = next((one for one in self._people() if one.id == request.requested_by), None)
        via = request.requested_via or FrontEnd.HOME_ASSISTANT
        return Asker(request.requested_by, person.name if person else "", via)

    async def _end(self, request: ApprovalRequest, reason: str) -> None:
        async with self._store.change(durable=True) as unit:
            await end_scheduled(unit, request, reason, self._clock.now())


async def end_scheduled(unit: Unit, request: ApprovalRequest, reason: str, now: datetime) -> None:
    """Write why a scheduled request is not executed, unless it is not scheduled any more."""
    if not await approvals.end_scheduled(unit.connection, request.id, now, reason):
        return
    body = {"approval": request.id, "incident": request.incident_id}
    await audit.append(unit.connection, now, "approval.withdrawn", body)
    ended = replace(request, status=ApprovalStatus.SUPERSEDED, withdrawn=reason)
    unit.publish(RowKind.APPROVAL, request.id, ended)
    incident = await incidents.existing(unit.connection, request.incident_id)
    over = replace(incident, status=IncidentStatus.IGNORED, resolution=reason, updated_at=now)
    await incidents.save_incident(unit.connection, over)
    unit.publish(RowKind.INCIDENT, over.id, over)


def _expired(later: Later, found: CheckResult | None) -> str:
    """Return the text that the time is over, with the last result of the condition that did not hold."""
    if not later.conditions:
        at = household().date_and_time(local(later.until))
        return translate(t"It had to be finished by {at}, and was not begun before. Nothing was done.")
    until = household().date_and_time(local(later.until))
    seen = f"{found.name}: {found.text}" if found else later.text
    return translate(t"The condition did not hold until {until} ({seen}). Nothing was done.")


def _not_met(found: CheckResult) -> str:
    """Return the text that a condition that is checked once did not hold, or was not known."""
    if found.ok is None:
        return translate(
            t"It is not known whether the condition holds ({found.name}: {found.text}). Nothing was done."
        )
    return translate(t"The condition does not hold ({found.name}: {found.text}). Nothing was done.")


async def _relevant(watch: Watch, instances: set[str]) -> None:
    """Return when a scheduled request changed, or the readings of one of the instances."""
    while True:
        event = await watch.next()
        if isinstance(event, Lost) or event.id in instances or _is_scheduled(event):
            return


def _is_scheduled(event: Event) -> bool:
    """Return whether the row is a request that is or was scheduled, or one that was deleted."""
    if event.kind is not RowKind.APPROVAL:
        return False
    return event.approval is None or event.approval.later is not None


def _option(request: ApprovalRequest) -> Option:
    """Return the approved option. Raises LookupError when there is none."""
    number = request.decision.option if request.decision else None
    option = request.proposal.option(number or 0)
    if option is None:
        raise LookupError(request.id)
    return option


def _wanted(request: ApprovalRequest, plan: Plan, reason: str) -> Wanted:
    """Return a request with the current plan, to be executed at once."""
    option = replace(
        _option(request),
        number=1,
        plan_hash=plan.digest,
        steps=plan.steps,
        risk=highest_risk(plan.steps),
        reversible=all(one.reversible for one in plan.steps),
        unknown_facts=plan.unknown_facts,
    )
    targets = {one.target.key: one.target for one in plan.steps}
    target = plan.steps[0].target if len(targets) == 1 else None
    return Wanted(
        key=f"{PERSON_REQUEST}{plan.digest[:32]}" + (f":{target_key(target)}" if target else ""),
        title=request.title,
        target=target,
        options=(option,),
        categories=(request.category, *request.also_in),
        text=reason,
    )
