"""Decides whether a person has to be asked: for a new proposal, and again when an announced one is due."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.devices import Word
from homelab_steward.contract.incidents import ApprovalRequest, Incident, IncidentStatus
from homelab_steward.contract.proposals import Option, Proposal
from homelab_steward.contract.state import TargetRef

from ...autonomy.levels import Allowed, Situation, decide, is_sample
from ...autonomy.trials import circumstance
from ...clock import Clock
from ...inventory.ports import Inventory
from ...store import approvals, incidents
from ...store import autonomy as stored
from ...store.mode import read_mode
from ...store.store import Unit
from ...store.target_keys import target_key
from ...texts import english, translate
from ..decisions.alone import ALONE, Alone, may_be_alone
from ..decisions.pausing import stopped
from ..monitors.quorum import Quorum
from .announced_runs import LATEST
from .autonomy_cells import cell_of, nature, nature_of
from .autonomy_state import CellState, CellStates
from .observing import Observing, note_offer
from .trial_watch import SAME_SPAN, is_readable, repeats

log = structlog.get_logger(__name__)

type Measure = Callable[[Incident, Option], Word | None]
"""Returns whether the last readings show the problem that an option is for, None when they say nothing."""

ALONE_LEVELS: Final = (AutonomyLevel.VETO, AutonomyLevel.AUTO)

NEEDS_PERSON: Final = english("It needs a person: two approve it, or something about the home is not known.")
TRIED: Final = english("The steward acted or announced something in this incident already.")
OBSERVED: Final = english("What it would offer first is only observed: a person approves each run.")
NOT_JUDGED: Final = english("What is known about it cannot be read now.")


@dataclass(frozen=True, slots=True)
class Judged:
    """A new request as it is stored; ``is_alone``: nobody is asked about it."""

    request: ApprovalRequest
    is_alone: bool = False


class Autonomy:
    """Decides for each new proposal whether the steward may carry out its first option without a person."""

    def __init__(
        self,
        inventory: Inventory,
        states: CellStates,
        clock: Clock,
        alone: Alone,
        quorum: Quorum,
        measure: Measure,
        veto: timedelta,
        zone: str,
    ) -> None:
        """People have the time ``veto`` to stop what is announced. ``zone`` is their time zone.

        ``quorum`` says whether independent monitors agree, ``measure`` whether readings show the problem.
        """
        self._quorum = quorum
        self._measure = measure
        self._inventory = inventory
        self._states = states
        self._observing = Observing(states)
        self._clock = clock
        self._alone = alone
        self._veto = veto
        self._zone = ZoneInfo(zone)

    async def without_observed(self, unit: Unit, incident: Incident, proposal: Proposal) -> Proposal:
        """Return a proposal without the options that are only observed, which it lists as ``observed``."""
        return await self._observing.without(unit, incident, proposal)

    async def judged(self, unit: Unit, incident: Incident, request: ApprovalRequest) -> Judged:
        """Return a new request: announced, carried out at once, or asked about, as its cell allows.

        A request is returned unchanged when no person ever changed a level of its runbook.
        """
        cell = await note_offer(unit, incident, request)
        option = request.proposal.option(ALONE)
        if cell is None or option is None or not await self._states.has_any(unit.connection, cell.runbook_id):
            return Judged(request)
        state = await self._states.one(unit.connection, cell)
        request = replace(request, owner_only=state.is_stored and state.standing.is_owner_only)
        if state.standing.level not in ALONE_LEVELS:
            return Judged(request)
        if request.proposal.observed:
            return Judged(replace(request, autonomy=(translate(OBSERVED),)))
        allowed = await self._allowed(unit.connection, incident, request, option, state)
        request = replace(request, autonomy=allowed.reasons)
        if allowed.level not in ALONE_LEVELS:
            return Judged(request)
        if allowed.level is AutonomyLevel.AUTO:
            return Judged(request, is_alone=True)
        acts_at = self._clock.now() + self._veto
        expires_at = max(request.expires_at, acts_at + 2 * LATEST)
        return Judged(replace(request, acts_at=acts_at, expires_at=expires_at))

    async def objection(self, unit: Unit, request: ApprovalRequest) -> str | None:
        """Return why an announced request may not be carried out without a person, None when it may."""
        option = request.proposal.option(ALONE)
        cell = cell_of(option)
        incident = await incidents.existing(unit.connection, request.incident_id)
        if incident.status is not IncidentStatus.WAITING or incident.approval_id != request.id:
            return translate("Nobody waits for it any more.")
        if cell is None or option is None:
            return translate(NEEDS_PERSON)
        state = await self._states.one(unit.connection, cell)
        allowed = await self._allowed(unit.connection, incident, request, option, state)
        return None if allowed.level in ALONE_LEVELS else " ".join(allowed.reasons)

    async def approve(self, unit: Unit, request: ApprovalRequest) -> bool:
        """Approve a new request in the name of the steward, in the transaction that stores it."""
        return isinstance(await self._alone.approve(unit, request), ApprovalRequest)

    async def begin(self, request_id: str) -> None:
        """Start the execution of an approved request, after the commit."""
        await self._alone.begin(request_id)

    async def _allowed(
        self,
        connection: AsyncConnection,
        incident: Incident,
        request: ApprovalRequest,
        option: Option,
        state: CellState,
    ) -> Allowed:
        """Return what the cell may do now; when that cannot be decided people are asked."""
        if incident.target is None:
            return Allowed(AutonomyLevel.ASK, (translate(NOT_JUDGED),), is_blocked=False)
        try:
            return decide(
                await self._situation(connection, incident, incident.target, request, option, state)
            )
        except Exception:
            log.exception("autonomy not judged", incident=incident.id)
            return Allowed(AutonomyLevel.ASK, (translate(NOT_JUDGED),), is_blocked=False)

    async def _situation(
        self,
        connection: AsyncConnection,
        incident: Incident,
        target: TargetRef,
        request: ApprovalRequest,
        option: Option,
        state: CellState,
    ) -> Situation:
        now = self._clock.now()
        key = target_key(target)
        trials = await stored.trials_on(connection, key, now - SAME_SPAN)
        same, recent = repeats(trials, option.plan_hash, now)
        others = await stored.count_open_problems(connection, incident.id)
        targets = (target, *(one.target for one in option.steps))
        return Situation(
            standing=state.standing,
            nature=nature(nature_of(option, self._inventory)),
            evidence=state.evidence,
            undo=await self._states.undo_of(connection, nature_of(option, self._inventory)),
            agreement=state.agreement,
            target=key,
            circumstance=circumstance(now.astimezone(self._zone), incident.severity, others),
            same_state=same,
            recent=recent,
            is_blind=not all(is_readable(self._inventory, one) for one in targets),
            is_sample=is_sample(request.id),
            needs_person=(
                *await self._needs_person(connection, request, option),
                *await self._disagreement(connection, incident, option),
            ),
        )

    async def _disagreement(
        self, connection: AsyncConnection, incident: Incident, option: Option
    ) -> tuple[str, ...]:
        """Return why the monitors' reports are not enough to act; nothing without reports."""
        found = await self._quorum.for_incident(connection, incident, self._measure(incident, option))
        return () if found is None or found.may_act else (f"{translate(found.why)}.",)

    async def _needs_person(
        self, connection: AsyncConnection, request: ApprovalRequest, option: Option
    ) -> tuple[str, ...]:
        """Return why a person has to decide, independent of the evidence."""
        found: list[str] = []
        if not may_be_alone(option):
            found.append(translate(NEEDS_PERSON))
        reason = stopped(await read_mode(connection), self._alone.decision(option))
        if reason is not None:
            found.append(f"{reason[:1].upper()}{reason[1:]}.")
        earlier = await approvals.of_incident(connection, request.incident_id)
        if any(_was_alone(one) for one in earlier if one.id != request.id):
            found.append(translate(TRIED))
        return tuple(found)


def _was_alone(request: ApprovalRequest) -> bool:
    """Return whether the steward announced or decided a request itself."""
    decision = request.decision
    return request.acts_at is not None or (decision is not None and decision.person_id == "")
