"""Stage: makes numbered options for a diagnosed incident, which then waits for a person."""

import asyncio
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from homelab_steward.contract.diagnosis import RunbookMatch
from homelab_steward.contract.incidents import ApprovalRequest, ApprovalStatus, Incident, IncidentStatus
from homelab_steward.contract.proposals import Option, OptionKind, Proposal
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.records import RunbookStatistics
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_parts import Difference, PlannedStep

from ...clock import Clock
from ...coalesce import coalesced_reads
from ...errors import StewardError, describe_error
from ...runbooks.model import Of, Recipe, Runbook
from ...store import approvals, audit, cool_downs, incidents, preferences, runs
from ...store.runs import PastOutcome
from ...store.store import Store
from ...store.target_keys import target_key
from ...tasks import task_group
from ...texts import said_in, spoken, translate
from ..diagnosis.past_incidents import PastIncidents
from ..incidents.correlation import as_diagnosed
from ..incidents.false_alarms import ids_of, leave_quiet
from ..incidents.incident_text import ago
from ..levels.autonomy import Autonomy
from ..levels.observing import is_quiet, leave_observed
from ..plans.plan import POLICY_VERSION, Plan, highest_risk, plan_hash
from ..plans.resolver import Resolver, Targets
from ..runs.outcomes import OUTCOME_TEXTS
from .asking import AskingRules
from .habits import leave_muted, preference_id
from .recent_refusals import refused_recipes

log = structlog.get_logger(__name__)

MIB_PER_GIB: Final = 1024
PLACE: Final = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True, slots=True)
class _Made:
    """A recipe with its plan, or the reason why there is none; ``history`` sums up its earlier runs."""

    recipe: Recipe
    plan: Plan | None
    reason: str = ""
    history: str = ""


@dataclass(frozen=True, slots=True)
class _Before:
    """Earlier runs: the reasons of recent refusals by runbook and recipe, and the history by recipe."""

    refused: Mapping[tuple[str, str], str] = field(default_factory=dict)
    history: Mapping[str, str] = field(default_factory=dict)


class Proposer:
    """Makes options from the best runbook, each with a dry run of its own."""

    def __init__(
        self,
        store: Store,
        resolver: Resolver,
        library: Mapping[str, Runbook],
        clock: Clock,
        rules: AskingRules,
        past: PastIncidents,
        autonomy: Autonomy,
    ) -> None:
        """``rules`` say who is asked, and for how long. ``past`` are the incidents that are compared.

        ``autonomy`` says whether anybody has to be asked.
        """
        self._store = store
        self._resolver = resolver
        self._library = library
        self._clock = clock
        self._rules = rules
        self._past = past
        self._autonomy = autonomy

    async def work(self, incident: Incident) -> None:
        """Propose options for a diagnosed incident; one that is muted or in a cool-down becomes unsolved.

        Its diagnosis is stored with the request, if it is not stored yet.
        """
        now = self._clock.now()
        matches = self._matches(incident)
        targets = self._resolver.targets(incident.target)
        runbook = self._library[matches[0].runbook_id] if matches else None
        async with self._store.read(quick=True) as connection:
            preference = await preferences.preference(connection, preference_id(incident))
            cooling = await cool_downs.with_ids(connection, ids_of(incident).values())
            before = await self._before(connection, runbook, targets, incident)
        is_muted = await leave_muted(self._store, incident, preference, now)
        if is_muted or await leave_quiet(self._store, incident, cooling, now):
            return
        async with task_group() as group:
            similar = group.create_task(self._past.similar(incident))
            made = await self._plans(runbook, targets, before)
        proposal = self._rules.marked(self._proposal(incident, matches, made, targets))
        await self._ask(incident, replace(proposal, similar=similar.result()))

    async def options(
        self, runbook: Runbook, target: TargetRef
    ) -> tuple[tuple[Option, ...], tuple[str, ...]]:
        """Return the options of a runbook that change a target, and why others cannot be offered."""
        acting = tuple(one for one in runbook.recipes if one.kind is OptionKind.ACT)
        targets = self._resolver.targets(target)
        return _offered(await self._make(replace(runbook, recipes=acting), targets), targets)

    async def has_more(self, incident: Incident) -> bool:
        """Return whether an option that a request left out can be offered now."""
        matches = self._matches(incident)
        if not matches or incident.proposal is None:
            return False
        proposal = incident.proposal
        offered = {option.recipe for option in (*proposal.options, *proposal.observed)}
        runbook = self._library[matches[0].runbook_id]
        left = replace(runbook, recipes=tuple(one for one in runbook.recipes if one.id not in offered))
        made = await self._make(left, self._resolver.targets(incident.target), incident)
        return any(one.plan is not None for one in made)

    def _matches(self, incident: Incident) -> tuple[RunbookMatch, ...]:
        """Return the diagnosis's matches whose runbooks exist in the same version."""
        known = {(one.id, one.version) for one in self._library.values()}
        matches = incident.diagnosis.matches if incident.diagnosis else ()
        return tuple(one for one in matches if (one.runbook_id, one.version) in known)

    async def _make(
        self, runbook: Runbook, targets: Targets, incident: Incident | None = None
    ) -> list[_Made]:
        """Return the recipes with their plans and earlier runs."""
        async with self._store.read(quick=True) as connection:
            before = await self._before(connection, runbook, targets, incident)
        return await self._plans(runbook, targets, before)

    async def _before(
        self,
        connection: AsyncConnection,
        runbook: Runbook | None,
        targets: Targets,
        incident: Incident | None,
    ) -> _Before:
        """Return the stored runs of a runbook's recipes, and their recent refusals in an incident."""
        if runbook is None:
            return _Before()
        refused = await refused_recipes(connection, incident, self._clock.now()) if incident else {}
        return _Before(refused, await self._history(connection, runbook, targets))

    async def _plans(self, runbook: Runbook | None, targets: Targets, before: _Before) -> list[_Made]:
        """Plan all recipes concurrently, with their earlier runs.

        A recipe that was refused in this incident a short time ago is not planned.
        """
        if runbook is None:
            return []
        async with coalesced_reads():
            made = await asyncio.gather(
                *(
                    self._try(runbook, one, targets, before.refused.get((runbook.id, one.id)))
                    for one in self._recipes(runbook, targets)
                )
            )
        return [replace(one, history=before.history.get(one.recipe.id, "")) for one in made]

    def _recipes(self, runbook: Runbook, targets: Targets) -> list[Recipe]:
        """Return the recipes that apply now: a target that runs is not offered as meant to be off."""
        target = targets.get(Of.TARGET)
        return [
            one
            for one in runbook.recipes
            if one.kind is not OptionKind.EXPECT_OFF or (target is not None and self._resolver.is_off(target))
        ]

    async def _try(self, runbook: Runbook, recipe: Recipe, targets: Targets, refused: str | None) -> _Made:
        if refused is not None:
            return _Made(recipe, None, refused)
        try:
            return _Made(recipe, await self._resolver.plan(runbook, recipe, targets))
        except Exception as err:
            # An option that cannot be planned is not offered; the proposal has the reason.
            if not isinstance(err, StewardError):
                log.exception("option cannot be planned", runbook=runbook.id, recipe=recipe.id)
            return _Made(recipe, None, self._resolver.clean(describe_error(err)))

    def _proposal(
        self,
        incident: Incident,
        matches: tuple[RunbookMatch, ...],
        made: list[_Made],
        targets: Targets,
    ) -> Proposal:
        options, left_out = _offered(made, targets)
        options = options or (_investigate(),)
        return Proposal(
            id=uuid.uuid4().hex,
            incident_id=incident.id,
            options=options,
            matches=tuple(
                replace(match, history=options[0].history if number == 0 else "")
                for number, match in enumerate(matches[:3])
            ),
            policy_version=POLICY_VERSION,
            made_at=self._clock.now(),
            left_out=left_out,
        )

    async def _history(
        self, connection: AsyncConnection, runbook: Runbook, targets: Targets
    ) -> dict[str, str]:
        """Return the history of the recipes with steps, by recipe."""
        target = targets.get(Of.TARGET)
        if target is None:
            return {}
        here = await runs.last_outcomes(connection, runbook.id, target_key(target))
        everywhere = await runs.runbook_statistics(connection, runbook.id, runbook.version)
        now = self._clock.now()
        return {
            one.id: describe_history(here.get(one.id), everywhere.get(one.id), now)
            for one in runbook.recipes
            if one.steps
        }

    async def _ask(self, incident: Incident, proposal: Proposal) -> None:
        """Store the request and let the incident wait, in one transaction."""
        now = self._clock.now()
        # Durable: people see its buttons as soon as it is published.
        async with self._store.change(durable=True, quick=True) as unit:
            current = as_diagnosed(await incidents.incident(unit.connection, incident.id), incident)
            if current is None:
                return  # The stored incident has changed: these options are not for its present state.
            proposal = await self._autonomy.without_observed(unit, current, proposal)
            is_left = is_quiet(current, proposal)
            proposal = replace(proposal, options=proposal.options or (_investigate(),))
            if is_left:
                await leave_observed(unit, current, proposal, now)
                return
            opened = self._rules.opened(make_request(current, proposal))
            asked = await self._autonomy.judged(unit, current, opened)
            is_for_owners = asked.request.owner_only
            request = self._rules.opened(asked.request) if is_for_owners else asked.request
            request = self._rules.worded(request)
            await approvals.add(unit.connection, request)
            current = replace(
                current,
                proposal=proposal,
                approval_id=request.id,
                status=IncidentStatus.WAITING,
                updated_at=now,
            )
            await incidents.save_incident(unit.connection, current)
            body = {
                "approval": request.id,
                "incident": current.id,
                "plans": [one.plan_hash for one in proposal.options],
            }
            await audit.append(unit.connection, now, "approval.requested", body)
            is_decided = asked.is_alone and await self._autonomy.approve(unit, request)
            if not is_decided:
                unit.publish(RowKind.INCIDENT, current.id, current)
                unit.publish(RowKind.APPROVAL, request.id, request)
        if is_decided:
            await self._autonomy.begin(request.id)


def make_request(incident: Incident, proposal: Proposal) -> ApprovalRequest:
    """Return the pending request for a proposal; ``AskingRules.opened`` sets when it expires."""
    summary = incident.diagnosis.summary if incident.diagnosis else incident.title
    return ApprovalRequest(
        id=uuid.uuid4().hex,
        incident_id=incident.id,
        incident_number=incident.number,
        title=incident.title,
        text=summary,
        severity=incident.severity,
        category=incident.category,
        status=ApprovalStatus.PENDING,
        proposal=proposal,
        created_at=proposal.made_at,
        expires_at=proposal.made_at,
    )


def _offered(made: Sequence[_Made], targets: Targets) -> tuple[tuple[Option, ...], tuple[str, ...]]:
    """Return the options that can be offered, numbered, and the others with the reasons."""
    planned = [one for one in made if one.plan is not None]
    left_out = (
        _left_out(_label(one.recipe.label, targets), one.reason.removesuffix("."))
        for one in made
        if one.plan is None
    )
    options = (_option(number, one, targets) for number, one in enumerate(planned, 1))
    return tuple(options), tuple(left_out)


def _left_out(label: str, reason: str) -> str:
    return spoken(lambda texts: f"{said_in(label, texts)}: {reason}.")


def _option(number: int, made: _Made, targets: Targets) -> Option:
    plan, recipe = made.plan, made.recipe
    steps = plan.steps if plan else ()
    return Option(
        number=number,
        kind=recipe.kind,
        label=label_with_change(_label(recipe.label, targets), steps),
        plan_hash=plan.digest if plan else "",
        steps=steps,
        runbook_id=plan.runbook_id if plan else None,
        runbook_version=plan.runbook_version if plan else None,
        recipe=recipe.id,
        risk=highest_risk(steps),
        reversible=all(step.reversible for step in steps),
        blast_radius=_blast_radius(steps),
        verification=spoken(lambda texts: "; ".join(texts.name(one.name) for one in recipe.verify)),
        history=made.history,
        unknown_facts=plan.unknown_facts if plan else (),
    )


def _investigate() -> Option:
    """Return the option for a problem without a runbook."""
    return Option(
        number=1,
        kind=OptionKind.INVESTIGATE,
        label=spoken(lambda texts: texts("Investigate")),
        plan_hash=plan_hash("investigate", 1, "investigate", ()),
        recipe="investigate",
    )


def _label(label: str, targets: Targets) -> str:
    """Return a recipe's label in the household's language, with the names of the targets filled in."""
    names = {of.value: targets[of].name if of in targets else of.value for of in Of}
    return spoken(lambda texts: PLACE.sub(lambda found: names.get(found[1], found[0]), texts.name(label)))


def label_with_change(label: str, steps: tuple[PlannedStep, ...]) -> str:
    """Return the label with "old → new", when exactly one value is changed."""
    changes = [one for step in steps if step.arguments for one in step.differences]
    if len(changes) != 1:
        return label
    change = short_change(changes[0])
    return spoken(lambda texts: f"{said_in(label, texts)} {change}")


def short_change(change: Difference) -> str:
    """Return "old → new" with the unit once; MiB that are multiples of half a GiB are shown in GiB."""
    before, _, unit = change.before.partition(" ")
    after, _, unit_after = change.after.partition(" ")
    if not unit or unit != unit_after:
        return f"{change.before} → {change.after}"
    if unit == "MiB" and _is_half_gib(before) and _is_half_gib(after):
        return f"{int(before) / MIB_PER_GIB:g} → {int(after) / MIB_PER_GIB:g} GiB"
    return f"{before} → {after} {unit}"


def _is_half_gib(mib: str) -> bool:
    """Return whether this is at least one GiB and a multiple of half a GiB."""
    return mib.isdecimal() and int(mib) >= MIB_PER_GIB and int(mib) % (MIB_PER_GIB // 2) == 0


def _blast_radius(steps: tuple[PlannedStep, ...]) -> str:
    """Return the blast radius of the steps, each text once."""
    found = dict.fromkeys(step.blast_radius for step in steps if step.blast_radius)
    return spoken(lambda texts: "; ".join(said_in(one, texts) for one in found))


def describe_history(here: PastOutcome | None, everywhere: RunbookStatistics | None, now: datetime) -> str:
    """Return one line: the count everywhere, and the last time on this target."""
    parts = []
    if everywhere is not None:
        total = everywhere.fixed + everywhere.not_fixed + everywhere.worse + everywhere.relapsed
        if total or not everywhere.unknown:
            parts.append(translate(t"helped {everywhere.fixed} of {total} times"))
        if everywhere.unknown:
            parts.append(translate(t"{everywhere.unknown} with an unknown result"))
    if here is not None:
        parts.append(translate(t"last time ({ago(now - here.at)}) {translate(OUTCOME_TEXTS[here.outcome])}"))
    return ", ".join(parts) or translate(t"never tried before")
