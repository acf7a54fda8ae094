"""The level observe: nobody is asked, and people see what would have been offered."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.autonomy import AutonomyLevel
from homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Incident,
    IncidentStatus,
    Run,
    RunStatus,
    Severity,
)
from homelab_steward.contract.proposals import Option, Proposal
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.step_arguments import argument_text

from ...autonomy.cells import Cell
from ...autonomy.evidence import Selection
from ...autonomy.reasons import AT_LEVEL
from ...store import approvals, audit, incidents, runs
from ...store import autonomy as stored
from ...store.autonomy import OBSERVED
from ...store.store import Unit
from ...store.target_keys import target_key
from ...texts import Texts, said_in, spoken
from ..decisions.alone import ALONE
from .autonomy_cells import cell_of
from .autonomy_state import CellStates

type Effect = tuple[str, str, tuple[tuple[str, str], ...]]
"""An action, the key of its target, and its arguments as texts."""


class Observing:
    """Removes observed options from proposals, and records that they would have been offered."""

    def __init__(self, states: CellStates) -> None:
        """``states`` reads the levels."""
        self._states = states

    async def without(self, unit: Unit, incident: Incident, proposal: Proposal) -> Proposal:
        """Return a proposal without the options that are only observed, which it lists as ``observed``.

        The first of them is stored as a selection, whose choice is known when the incident ends.
        """
        has_cells = await self._with_cells(unit.connection, proposal.options)
        flags = [
            one.runbook_id in has_cells and await self._is_observed(unit.connection, one)
            for one in proposal.options
        ]
        observed = tuple(one for one, is_one in zip(proposal.options, flags, strict=True) if is_one)
        if not observed:
            return proposal
        await _note(unit, incident, observed[0], incident.id, OBSERVED, proposal.made_at)
        kept = (one for one, is_one in zip(proposal.options, flags, strict=True) if not is_one)
        return replace(
            proposal,
            options=tuple(replace(one, number=number) for number, one in enumerate(kept, 1)),
            observed=observed,
            left_out=(*proposal.left_out, *map(_not_offered, observed)),
        )

    async def _with_cells(self, connection: AsyncConnection, options: Iterable[Option]) -> frozenset[str]:
        """Return the ids of the runbooks of these options whose levels a person changed once."""
        ids = {cell.runbook_id for cell in map(cell_of, options) if cell is not None}
        return frozenset([one for one in sorted(ids) if await self._states.has_any(connection, one)])

    async def _is_observed(self, connection: AsyncConnection, option: Option) -> bool:
        cell = cell_of(option)
        if cell is None:
            return False
        return (await self._states.one(connection, cell)).standing.level is AutonomyLevel.OBSERVE


def is_quiet(incident: Incident, proposal: Proposal) -> bool:
    """Return whether nobody is asked, because all options that change something are only observed. Pure.

    People are always asked about a critical problem; its request has no observed options.
    """
    changes = any(one.kind.changes_something for one in proposal.options)
    return bool(proposal.observed) and not changes and incident.severity is not Severity.CRITICAL


async def leave_observed(unit: Unit, incident: Incident, proposal: Proposal, now: datetime) -> None:
    """Leave an incident unsolved in the transaction ``unit``, with its observed options."""
    labels = [one.label for one in proposal.observed]
    reason = spoken(lambda texts: _would_offer(labels, texts))
    quiet = replace(
        incident,
        proposal=proposal,
        status=IncidentStatus.UNSOLVED,
        muted=reason,
        resolution=reason,
        updated_at=now,
    )
    await incidents.save_incident(unit.connection, quiet)
    body = {"incident": incident.id, "plans": [one.plan_hash for one in proposal.observed]}
    await audit.append(unit.connection, now, "incident.observed", body)
    unit.publish(RowKind.INCIDENT, quiet.id, quiet)


async def made_selections(connection: AsyncConnection) -> list[tuple[str, str, datetime | None]]:
    """Return the choices for observed options of incidents that ended, as (approval id, choice, end)."""
    found: list[tuple[str, str, datetime | None]] = []
    for row in await stored.observed(connection):
        incident = await incidents.incident(connection, row.approval_id)
        if incident is None:
            found.append((row.approval_id, stored.GONE, None))
        elif incident.status.is_closed:
            option = next((one for one in _observed(incident) if _is_of(one, row)), None)
            done = await _done(connection, incident) if option is not None else []
            choice = stored.GONE if option is None else chosen(incident, option, done).value
            found.append((row.approval_id, choice, incident.resolved_at))
    return found


def chosen(incident: Incident, option: Option, done: Iterable[Option]) -> Selection:
    """Return the choice for an observed option, from what people did until the incident ended. Pure.

    APPROVED: they did all of it, also in several requests. OTHER_OPTION: they did something else on one of
    its targets. REJECTED: they ignored the incident. IGNORED: they did nothing to its targets.
    """
    if incident.status is IncidentStatus.IGNORED:
        return Selection.REJECTED
    wanted, own = set(_effects(option)), {effect for one in done for effect in _effects(one)}
    if wanted <= own:
        return Selection.APPROVED
    is_touched = {target for _, target, _ in wanted} & {target for _, target, _ in own}
    return Selection.OTHER_OPTION if is_touched else Selection.IGNORED


async def note_offer(unit: Unit, incident: Incident, request: ApprovalRequest) -> Cell | None:
    """Store that an option of a cell is offered first; return the cell, None when it has none."""
    option = request.proposal.option(ALONE)
    return await _note(unit, incident, option, request.id, stored.OFFERED, request.created_at)


async def _note(
    unit: Unit, incident: Incident, option: Option | None, approval_id: str, choice: str, at: datetime
) -> Cell | None:
    """Store a selection of an option's cell; return the cell, None when there is nothing to store."""
    cell = cell_of(option)
    if cell is None or incident.target is None:
        return None
    row = stored.Selection(
        approval_id=approval_id,
        runbook_id=cell.runbook_id,
        version=cell.version,
        recipe=cell.recipe,
        target_class=cell.target_class,
        target=target_key(incident.target),
        offered_at=at,
        choice=choice,
        at=at,
    )
    await stored.add_selection(unit.connection, row)
    return cell


async def _done(connection: AsyncConnection, incident: Incident) -> list[Option]:
    """Return the options that people approved and that succeeded from the start to the end of an incident."""
    end, found = incident.resolved_at or incident.updated_at, []
    for request in await approvals.decided_since(connection, incident.opened_at):
        run = await runs.run(connection, request.id)
        option = _approved(request)
        if option is not None and run is not None and _is_in_time(run, incident.opened_at, end):
            found.append(option)
    return found


def _approved(request: ApprovalRequest) -> Option | None:
    """Return the option that a person approved, None when nobody did."""
    decision = request.decision
    if request.status is not ApprovalStatus.APPROVED or decision is None or not decision.person_id:
        return None
    return request.proposal.option(decision.option or 0)


def _is_in_time(run: Run, start: datetime, end: datetime) -> bool:
    return run.status is RunStatus.SUCCEEDED and start <= run.started_at <= end


def _effects(option: Option) -> Iterator[Effect]:
    for step in option.performed:
        if step.has_effect and not step.preserves:
            arguments = tuple(sorted((key, argument_text(value)) for key, value in step.arguments.items()))
            yield step.action, target_key(step.target), arguments


def _observed(incident: Incident) -> tuple[Option, ...]:
    return tuple(incident.proposal.observed) if incident.proposal else ()


def _is_of(option: Option, row: stored.Selection) -> bool:
    cell = cell_of(option)
    return cell is not None and row.cell == (cell.runbook_id, cell.version, cell.recipe, cell.target_class)


def _would_offer(labels: Iterable[str], texts: Texts) -> str:
    titles = [said_in(one, texts) for one in labels]
    names = texts.listed([texts(t"“{title}”") for title in titles])
    return texts(t"Only observed. It would offer: {names}.")


def _not_offered(option: Option) -> str:
    return spoken(lambda texts: f"{said_in(option.label, texts)}: {texts(AT_LEVEL[AutonomyLevel.OBSERVE])}")
