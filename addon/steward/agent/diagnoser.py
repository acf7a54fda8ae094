"""Stage: reads evidence for an open incident and says what is likely wrong."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import structlog

from homelab_steward.contract.incidents import (
    AlertStatus,
    CheckResult,
    Claim,
    Diagnosis,
    Evidence,
    Incident,
    IncidentStatus,
)
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import TargetRef

from ..clock import Clock
from ..coalesce import coalesced_reads
from ..errors import StewardError, in_words
from ..inventory.ports import Inventory
from ..runbooks.matching import Subject, TextIndex, match_runbooks
from ..runbooks.model import Condition, Look, Of, Readings, Runbook
from ..store import incidents
from ..store.store import Store
from .resolver import ReadyLook, Resolver
from .storable_text import storable
from .verification import evaluate_all

log = structlog.get_logger(__name__)

READ_TIMEOUT: Final = 5.0
LONGEST_TITLE: Final = 255
LONGEST_EVIDENCE: Final = 4_000
MOST_EVIDENCE: Final = 16
CLAIM_LINES: Final = 2
LONGEST_CLAIM: Final = 200


class Diagnoser:
    """Gathers evidence by reading only; the words of a diagnosis come from code."""

    def __init__(
        self,
        store: Store,
        inventory: Inventory,
        resolver: Resolver,
        library: Mapping[str, Runbook],
        index: TextIndex,
        clock: Clock,
    ) -> None:
        """Runbooks of ``library`` say what to look at."""
        self._store = store
        self._inventory = inventory
        self._resolver = resolver
        self._library = library
        self._index = index
        self._clock = clock

    async def work(self, incident: Incident) -> None:
        """Diagnose an open incident and move it on."""
        diagnosis = await self.diagnose(incident)
        async with self._store.change() as unit:
            current = await incidents.incident(unit.connection, incident.id)
            if current is None or current.status is not IncidentStatus.OPEN:
                return
            if current.round != incident.round:
                return  # It was opened anew meanwhile: what was read is of something else.
            current = replace(
                current,
                diagnosis=diagnosis,
                status=IncidentStatus.DIAGNOSED,
                updated_at=self._clock.now(),
            )
            await incidents.save_incident(unit.connection, current)
            unit.publish(RowKind.INCIDENT, current.id, current)

    async def diagnose(self, incident: Incident, more: Sequence[Look] = ()) -> Diagnosis:
        """Return a diagnosis from fresh readings; ``more`` is looked at besides."""
        subject = Subject(incident.alerts, incident.target)
        matches = match_runbooks(self._library, self._index, subject)
        runbook = self._library[matches[0].runbook_id] if matches else None
        targets = self._resolver.targets(incident.target)
        looks = self._looks(runbook, targets, more)
        async with coalesced_reads(), asyncio.TaskGroup() as group:
            readings = group.create_task(self.fresh_readings(targets))
            read = [group.create_task(self._read(number, look)) for number, look in enumerate(looks, 1)]
        checks = _checks(runbook, readings.result())
        evidence = (self._alert_evidence(incident), *(one.result() for one in read))
        return Diagnosis(
            summary=_summary(incident, checks),
            has_problem=not (checks and all(check.ok for check in checks)),
            claims=_claims(evidence),
            evidence=evidence,
            made_at=self._clock.now(),
        )

    async def fresh_readings(self, targets: Mapping[Of, TargetRef]) -> dict[Of, Readings | None]:
        """Return each thing's readings from a poll made now, None when it failed."""
        instances = list(dict.fromkeys(one.instance_id for one in targets.values()))
        polled = await asyncio.gather(*(self._poll(one) for one in instances))
        good = dict(zip(instances, polled, strict=True))
        return {
            of: self._inventory.readings(target) if good[target.instance_id] else None
            for of, target in targets.items()
        }

    async def _poll(self, instance_id: str) -> bool:
        try:
            async with asyncio.timeout(READ_TIMEOUT):
                await self._inventory.poll_now(instance_id)
        except Exception as err:  # noqa: BLE001 - no reading is an answer; a defect is logged
            _log(err, instance_id)
            return False
        return True

    def _looks(
        self,
        runbook: Runbook | None,
        targets: Mapping[Of, TargetRef],
        more: Sequence[Look],
    ) -> tuple[ReadyLook, ...]:
        """Return what to read: what the runbook says, else whatever the target offers."""
        if runbook is None:
            ready = [one for target in targets.values() for one in self._resolver.looks_at(target)]
        else:
            asked = (*runbook.looks, *more)
            ready = [one for look in asked if (one := self._ready(look, targets))]
        return tuple(ready[:MOST_EVIDENCE])

    def _ready(self, look: Look, targets: Mapping[Of, TargetRef]) -> ReadyLook | None:
        try:
            return self._resolver.look(look, targets)
        except StewardError as err:
            log.info("cannot be looked at", tool=look.tool, reason=str(err))
            return None

    async def _read(self, number: int, look: ReadyLook) -> Evidence:
        """Return what one reading said; a reading that fails is evidence too."""
        try:
            async with asyncio.timeout(READ_TIMEOUT):
                answer = await look.read()
            title, text, ok = answer.title, answer.text, True
        except Exception as err:  # noqa: BLE001 - no reading is evidence too; a defect is logged
            _log(err, look.call.target.instance_id)
            title, text, ok = f"{look.tool.name} could not be read", in_words(err), False
        return Evidence(
            id=f"e{number}",
            tool=look.name,
            instance_id=look.call.target.instance_id,
            title=storable(title, LONGEST_TITLE),
            text=_cut(text),
            read_at=self._clock.now(),
            ok=ok,
        )

    def _alert_evidence(self, incident: Incident) -> Evidence:
        lines = [
            f"{one.name} ({one.severity}, {one.status}): {one.summary or one.description}"
            for one in incident.alerts
        ]
        firing = sum(one.status is AlertStatus.FIRING for one in incident.alerts)
        return Evidence(
            id="e0",
            tool="alerts",
            instance_id=incident.alerts[0].source if incident.alerts else "",
            title=f"{firing} of {incident.alert_count} alerts fire",
            text=_cut("\n".join(lines)),
            read_at=self._clock.now(),
        )


def _checks(runbook: Runbook | None, readings: Mapping[Of, Readings | None]) -> tuple[CheckResult, ...]:
    """Return how the runbook's own goal is met now: that tells whether anything is wrong."""
    conditions: tuple[Condition, ...] = ()
    for recipe in runbook.recipes if runbook else ():
        if recipe.verify:
            conditions = recipe.verify
            break
    return evaluate_all(conditions, readings)


def _summary(incident: Incident, checks: Sequence[CheckResult]) -> str:
    broken = [check for check in checks if not check.ok]
    if checks and not broken:
        return "Nothing is wrong now: everything the runbook checks is as it should be."
    if broken:
        parts = [f"{check.name} (it is {check.text})" for check in broken]
        return f"Not as it should be: {'; '.join(parts)}."
    return incident.title


def _claims(evidence: Sequence[Evidence]) -> tuple[Claim, ...]:
    """Return one sentence per reading, each resting on that reading alone; failed ones last."""
    ordered = sorted(evidence, key=lambda one: not one.ok)
    return tuple(Claim(text=_sentence(one), evidence=(one.id,)) for one in ordered)


def _sentence(evidence: Evidence) -> str:
    """Return what a reading comes to: its title and its first lines."""
    lines = [" ".join(line.split()) for line in evidence.text.splitlines() if line.strip()]
    said = "; ".join(lines[:CLAIM_LINES])
    more = len(lines) - CLAIM_LINES
    text = f"{evidence.title}: {said}" if said else evidence.title
    text = text if len(text) <= LONGEST_CLAIM else f"{text[: LONGEST_CLAIM - 1]}…"
    return f"{text} (+{more} lines)" if more > 0 else text


def _cut(text: str) -> str:
    """Return the text within its bound, saying how much was left out."""
    left_out = len(text) - LONGEST_EVIDENCE
    kept = storable(text, LONGEST_EVIDENCE)
    return f"{kept}\n… {left_out} more characters" if left_out > 0 else kept


def _log(err: Exception, instance_id: str) -> None:
    """Tell of a reading that failed; a defect of ours with its place."""
    defect = None if isinstance(err, (StewardError, TimeoutError)) else err
    log.info("could not be read", instance=instance_id, reason=in_words(err), exc_info=defect)
