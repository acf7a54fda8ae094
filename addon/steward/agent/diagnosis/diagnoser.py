"""Stage: reads evidence for an open incident and writes its diagnosis."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import structlog

from homelab_steward.contract.diagnosis import Claim, Diagnosis, Evidence
from homelab_steward.contract.incidents import (
    Alert,
    AlertStatus,
    CheckResult,
    Incident,
    IncidentStatus,
)
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import TargetRef

from ...clock import Clock
from ...coalesce import coalesced_reads
from ...errors import StewardError, describe_error
from ...inventory.ports import ANSWERS, INSTANCE, Inventory
from ...runbooks.matching import Subject, TextIndex, match_runbooks
from ...runbooks.model import ALERTING, About, Condition, Look, Of, Readings, Runbook
from ...sdk.description import Role, Sensor
from ...sdk.readings import Unknown
from ...store import incidents
from ...store.storable_text import storable
from ...store.store import Store
from ...texts import household, translate, translate_plural
from ...texts.state_names import ALERT_STATES, SEVERITIES
from ..incidents.correlation import as_diagnosed
from ..plans.plan import ReadyLook
from ..plans.resolver import Resolver, Targets
from ..runs.verification import alerting, evaluate_all, is_used
from .own_checks import own_checks

log = structlog.get_logger(__name__)

READ_TIMEOUT: Final = 5.0
LONGEST_TITLE: Final = 255
LONGEST_EVIDENCE: Final = 4_000
MOST_EVIDENCE: Final = 16
MOST_ALERTS: Final = 500
CLAIM_LINES: Final = 2
LONGEST_CLAIM: Final = 200

LONGEST_LINE: Final = 400
"""Characters of a line that are searched for signs of a problem."""

_WRONG: Final = re.compile(
    r"\b(?:error|err|fatal|critical|crit|panic(?:ked)?|severe|traceback|\w*exception)\b"
    r"|\b(?:failures?|fail(?:ed|s|ing)?|denied|refused|rejected|unable to|cannot|could not|not found)\b"
    r"|\b(?:unreachable|timed? ?out|broken pipe|expired|quota|paused|block(?:s|ed)|manifest unknown)\b"
    r"|\b(?:corrupt(?:ed)?|malformed|no space left|out of memory|oom(?:-kill(?:ed)?)?)\b"
    r"|\b(?:read-only file system|degraded|faulted|offline|unavail|removed|unhealthy)\b"
    r"|\b(?:crashloopbackoff|imagepullbackoff|errimagepull|createcontainer\w*error|evicted|unschedulable)\b",
    re.IGNORECASE,
)
_FINE: Final = re.compile(
    r"\b(?:no|0|without|zero) (?:\w+ )?(?:errors?|exceptions?|failed|failures?|problems?)\b"
    r"|\b(?:errors?|failed|failures?)[:=] ?(?:0|no|none)\b"
    r"|\bout of memory: no\b",
    re.IGNORECASE,
)


class Diagnoser:
    """Gathers evidence and changes nothing; no model writes the text of a diagnosis."""

    def __init__(
        self,
        store: Store,
        inventory: Inventory,
        resolver: Resolver,
        library: Mapping[str, Runbook],
        index: TextIndex,
        clock: Clock,
        statements: Callable[[Incident], Awaitable[tuple[str, ...]]],
    ) -> None:
        """Runbooks of ``library`` define what is read; ``statements`` returns a line for each monitor."""
        self._statements = statements
        self._store = store
        self._inventory = inventory
        self._resolver = resolver
        self._library = library
        self._index = index
        self._clock = clock

    async def diagnosed(self, incident: Incident) -> Incident:
        """Return an open incident with its diagnosis, which is not stored yet."""
        diagnosis = await self.diagnose(incident)
        return replace(incident, diagnosis=diagnosis, status=IncidentStatus.DIAGNOSED)

    async def keep(self, diagnosed: Incident) -> None:
        """Store a diagnosis, unless the stored incident has changed since."""
        async with self._store.change(quick=True) as unit:
            stored = await incidents.incident(unit.connection, diagnosed.id)
            current = as_diagnosed(stored, diagnosed)
            if current is None or current is stored:
                return
            current = replace(current, updated_at=self._clock.now())
            await incidents.save_incident(unit.connection, current)
            unit.publish(RowKind.INCIDENT, current.id, current)

    async def diagnose(self, incident: Incident, more: Sequence[Look] = ()) -> Diagnosis:
        """Return a diagnosis from fresh readings of the best runbook's looks, and of ``more``."""
        subject = subject_of(self._inventory, incident.target, incident.alerts)
        vector = await self._index.vector_of(subject.text)
        matches = match_runbooks(self._library, self._index, subject, vector)
        runbook = self._library[matches[0].runbook_id] if matches else None
        targets = self._resolver.targets(incident.target)
        looks, skipped = self._looks(runbook, targets, more)
        async with coalesced_reads(), asyncio.TaskGroup() as group:
            checks = group.create_task(self._checks(incident, runbook))
            read = [group.create_task(self.read(number, look)) for number, look in enumerate(looks, 1)]
        evidence = (
            self._alert_evidence(incident),
            *(one.result() for one in read),
            *await self._monitor_evidence(incident, len(read) + 1),
        )
        return Diagnosis(
            summary=_sentences([_summary(incident, checks.result()), *skipped]),
            has_problem=not _all_well(checks.result()),
            matches=matches,
            claims=_claims(evidence),
            evidence=evidence,
            made_at=self._clock.now(),
        )

    async def _checks(self, incident: Incident, runbook: Runbook | None) -> tuple[CheckResult, ...]:
        """Return the results of the runbook's goal, else of the service's checks that the runbook matches."""
        goal = _goal(runbook)
        if goal or runbook is None or incident.target is None:
            return await self.check(incident, goal)
        # A check of the last poll proves nothing when the service does not answer now.
        failure = await self.poll(incident.target.instance_id)
        return () if failure else own_checks(self._inventory, runbook.match.checks, incident.target)

    async def check(
        self,
        incident: Incident,
        conditions: Sequence[Condition],
        *,
        targets: Mapping[About, TargetRef] | None = None,
        since: datetime | None = None,
    ) -> tuple[CheckResult, ...]:
        """Return the results of conditions from polls made now.

        Conditions are evaluated on ``targets``, by default on those of the incident. Reports of
        monitors before ``since`` do not count.
        """
        if targets is None:
            around = self._resolver.targets(incident.target)
            targets = self._resolver.condition_targets(around, conditions)
        found: dict[About, Readings] = dict(await self.fresh_readings(targets))
        if is_used(conditions):
            alerts = await self._fresh_alerts(incident)
            found[Of.TARGET] = {**found.get(Of.TARGET, {}), ALERTING: alerting(alerts, since)}
        return evaluate_all(conditions, found)

    async def _fresh_alerts(self, incident: Incident) -> tuple[Alert, ...]:
        """Return an incident's alerts after a poll of their sources, which may fail."""
        sources = dict.fromkeys(one.source for one in incident.alerts)
        await asyncio.gather(*(self.poll(one) for one in sources if self._inventory.instance(one)))
        async with self._store.read() as connection:
            return await incidents.alerts_of(connection, incident.id, MOST_ALERTS)

    async def fresh_readings[Key](self, targets: Mapping[Key, TargetRef]) -> dict[Key, Readings]:
        """Return the readings of each target from a poll made now, one for each sensor it has.

        They are Unknown with the reason when the poll fails or the target is not in it. An
        instance itself also has the reading ANSWERS, which is always known.
        """
        instances = list(dict.fromkeys(one.instance_id for one in targets.values()))
        polled = await asyncio.gather(*(self.poll(one) for one in instances))
        failures = dict(zip(instances, polled, strict=True))
        return {key: self._readings(target, failures[target.instance_id]) for key, target in targets.items()}

    def _readings(self, target: TargetRef, failure: str | None) -> Readings:
        service = self._inventory.service(target.instance_id)
        kind = service.kind(target.kind) if service else None
        sensors: Sequence[Sensor[Any]] = kind.sensors if kind else ()
        if service is not None and target.kind == INSTANCE:
            sensors = service.sensors
        absent = Unknown(failure or translate(t"{target.name} was not in the last poll"))
        found: Readings = {} if failure else self._inventory.readings(target)
        own: Readings = {ANSWERS: failure is None} if target.kind == INSTANCE else {}
        return {sensor.key: absent for sensor in sensors} | dict(found) | dict(own)

    async def poll(self, instance_id: str) -> str | None:
        """Poll an instance; return why that failed."""
        try:
            async with asyncio.timeout(READ_TIMEOUT):
                await self._inventory.poll_now(instance_id)
        except Exception as err:  # noqa: BLE001 - a failed read is a result; a defect is logged
            _log(err, instance_id)
            return self._resolver.clean(describe_error(err))
        return None

    def _looks(
        self,
        runbook: Runbook | None,
        targets: Targets,
        more: Sequence[Look],
    ) -> tuple[tuple[ReadyLook, ...], tuple[str, ...]]:
        """Return what to read, and a sentence for each look of the runbook that does not apply.

        Without a runbook everything that the targets offer is read.
        """
        ready: dict[tuple[str, TargetRef], ReadyLook] = {}
        skipped: dict[str, None] = {}
        if runbook is None:
            for target in targets.values():
                ready |= {(one.name, one.call.target): one for one in self._resolver.looks_at(target)}
        else:
            for look in (*runbook.looks, *more):
                try:
                    one = self._resolver.look(look, targets)
                except StewardError as err:
                    # Most targets have no configured application or host: that needs no sentence.
                    if look.target is not None or look.of in targets:
                        skipped[f"{str(err).removesuffix('.')}."] = None
                else:
                    ready[one.name, one.call.target] = one
        return tuple(ready.values())[:MOST_EVIDENCE], tuple(skipped)

    async def read(self, number: int, look: ReadyLook) -> Evidence:
        """Return what one tool read; a failed read is evidence with ``ok`` False."""
        try:
            async with asyncio.timeout(READ_TIMEOUT):
                answer = await look.read()
            title, text, ok = answer.title, answer.text, True
        except Exception as err:  # noqa: BLE001 - a failed read is evidence; a defect is logged
            _log(err, look.call.target.instance_id)
            title, text, ok = (
                translate(t"{look.tool.name} cannot be read"),
                look.clean(describe_error(err)),
                False,
            )
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
        lines = [_alert_line(one) for one in incident.alerts]
        firing = sum(one.status is AlertStatus.FIRING for one in incident.alerts)
        return Evidence(
            id="e0",
            tool="alerts",
            instance_id=incident.alerts[0].source if incident.alerts else "",
            title=translate(t"{firing} of {incident.alert_count} alerts fire"),
            text=_cut("\n".join(lines)),
            read_at=self._clock.now(),
        )

    async def _monitor_evidence(self, incident: Incident, number: int) -> tuple[Evidence, ...]:
        """Return the evidence from monitors about the problem, nothing when no monitor reports about it."""
        lines = await self._statements(incident)
        if not lines:
            return ()
        monitors = Evidence(
            id=f"e{number}",
            tool="monitors",
            instance_id=incident.alerts[0].source if incident.alerts else "",
            title=translate(t"What monitors say"),
            # One line, because a claim shows few lines.
            text=_cut("; ".join(lines)),
            read_at=self._clock.now(),
        )
        return (monitors,)


def subject_of(inventory: Inventory, target: TargetRef | None, alerts: Sequence[Alert] = ()) -> Subject:
    """Return a target with its alerts in the form that runbooks are matched with."""
    service = inventory.service(target.instance_id) if target else None
    return Subject(
        alerts=alerts,
        target=target,
        service=service.key if service else None,
        roles=tuple(role for role in Role if target and inventory.with_role(target, role) == target),
    )


def _goal(runbook: Runbook | None) -> tuple[Condition, ...]:
    """Return the conditions of the runbook's first recipe with a goal, nothing without one."""
    recipes = runbook.recipes if runbook else ()
    return next((recipe.verify for recipe in recipes if recipe.verify), ())


def _all_well(checks: Sequence[CheckResult]) -> bool:
    return bool(checks) and all(check.ok for check in checks)


def _summary(incident: Incident, checks: Sequence[CheckResult]) -> str:
    if _all_well(checks):
        return translate(t"Nothing is wrong now: everything the runbook checks is as it should be.")
    broken = [translate(t"{check.name} (now: {check.text})") for check in checks if check.ok is False]
    unknown = [f"{check.name} ({check.text})" for check in checks if check.ok is None]
    parts = [translate(t"Not as it should be: {'; '.join(broken)}.")] if broken else []
    if unknown:
        parts.append(translate(t"Not known: {'; '.join(unknown)}."))
    return " ".join(parts) or incident.title


def _sentences(texts: Sequence[str]) -> str:
    """Return texts as sentences; a title alone stays as it is."""
    *before, last = texts
    return " ".join([*(one if one.endswith((".", "!", "?")) else f"{one}." for one in before), last])


def _claims(evidence: Sequence[Evidence]) -> tuple[Claim, ...]:
    """Return one sentence per piece of evidence, based on it alone; failed reads last."""
    ordered = sorted(evidence, key=lambda one: not one.ok)
    return tuple(Claim(text=_sentence(one), evidence=(one.id,)) for one in ordered)


def _sentence(evidence: Evidence) -> str:
    """Return the title of the evidence, and the lines that say what is wrong or the first ones."""
    lines = [" ".join(line.split()) for line in evidence.text.splitlines() if line.strip()]
    shown = telling_lines(lines, CLAIM_LINES)
    first = "; ".join(shown)
    more = len(lines) - len(shown)
    text = f"{evidence.title}: {first}" if first else evidence.title
    text = text if len(text) <= LONGEST_CLAIM else f"{text[: LONGEST_CLAIM - 1]}…"
    more_lines = translate_plural("+{count} line", "+{count} lines", more)
    return f"{text} ({more_lines})" if more > 0 else text


def telling_lines(lines: Sequence[str], most: int) -> list[str]:
    """Return at most ``most`` lines: the newest of those that report a problem, else the first lines.

    They keep their order. The newest line of a log is its last one.
    """
    telling = [one for one in lines if _says_what_is_wrong(one[:LONGEST_LINE])]
    return telling[-most:] if telling else list(lines[:most])


def _says_what_is_wrong(line: str) -> bool:
    return _WRONG.search(_FINE.sub("", line)) is not None


def _alert_line(alert: Alert) -> str:
    state = f"{translate(SEVERITIES[alert.severity])}, {translate(ALERT_STATES[alert.status])}"
    return f"{household().name(alert.name)} ({state}): {alert.summary or alert.description}"


def _cut(text: str) -> str:
    """Return the first LONGEST_EVIDENCE characters, with the number of characters left out."""
    left_out = len(text) - LONGEST_EVIDENCE
    kept = storable(text, LONGEST_EVIDENCE)
    more = translate_plural("{count} more character", "{count} more characters", left_out)
    return f"{kept}\n… {more}" if left_out > 0 else kept


def _log(err: Exception, instance_id: str) -> None:
    """Log a failed read, with the traceback when the error is a defect of this app."""
    defect = None if isinstance(err, (StewardError, TimeoutError)) else err
    log.info("read failed", instance=instance_id, reason=describe_error(err), exc_info=defect)
