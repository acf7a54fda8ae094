"""Converts the results of a service's checks into alerts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from homelab_steward.contract.incidents import AlertStatus, Severity

from ..sdk.description import AnyService, IncomingAlert
from ..sdk.snapshot import CheckKey, CheckResults, Subject
from .outages import AWAY_NAMES, Away
from .ports import CHECK, OUTAGE, STEWARD_INSTANCE, STEWARD_KIND, STEWARD_TARGET

LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem that a check found, and its start. ``text`` is the latest text of the check."""

    name: str
    severity: Severity
    since: datetime
    labels: Mapping[str, str] = field(default_factory=dict)
    text: str = ""

    def alert(self, ended: datetime | None = None) -> IncomingAlert:
        """Return the alert of the problem: firing, or resolved at ``ended``."""
        return IncomingAlert(
            name=self.name,
            status=AlertStatus.RESOLVED if ended else AlertStatus.FIRING,
            severity=self.severity,
            starts_at=self.since,
            ends_at=ended,
            labels=self.labels,
            summary=self.text,
        )


def problems(
    service: AnyService,
    instance_id: str,
    results: CheckResults,
    before: Mapping[CheckKey, Problem],
    now: datetime,
) -> dict[CheckKey, Problem]:
    """Return the current problems; a problem that existed before keeps its start.

    A problem ends only when its check reads the subject and finds no problem. It stays while
    the result is not known or the subject is not in the readings.
    """
    found = {key: problem for key, problem in before.items() if key not in results.clear}
    for key, text in results.problems.items():
        known = before.get(key)
        problem = known or _problem(service, instance_id, key, now)
        found[key] = replace(problem, text=text[:LONGEST])
    return found


def cleared(
    service: AnyService,
    instance_id: str,
    results: CheckResults,
    before: Mapping[CheckKey, Problem] | None,
    now: datetime,
    expected: Mapping[Subject, str],
) -> Iterator[IncomingAlert]:
    """Yield the ended alerts of problems in ``before`` that are clear now.

    ``before`` is None for the first poll. The store may contain alerts from before the start
    of the app, so the first poll reports an end for everything that is clear. ``expected`` says
    what is off and meant to be.
    """
    outages = {check.key for check in service.checks if check.outage is not None}
    for key in sorted(results.clear, key=str):
        if before is not None and key not in before:
            continue
        problem = before[key] if before else _problem(service, instance_id, key, now)
        reason = expected.get(key[1]) if key[0] in outages else None
        if reason is not None:
            problem = replace(problem, text=meant_to_be_off(reason))
        yield replace(problem.alert(ended=now), description=problem.text if reason else "")


def away_problem(instance_id: str, away: Away, before: Problem | None, now: datetime) -> Problem:
    """Return the problem that an instance cannot be read; the same one as before keeps its start."""
    labels = {CHECK: away.check, STEWARD_INSTANCE: instance_id, OUTAGE: away.check}
    is_same = before is not None and before.labels == labels
    since = before.since if before is not None and is_same else now
    return Problem(
        name=away.name, severity=Severity.WARNING, since=since, labels=labels, text=away.text[:LONGEST]
    )


def away_ended(
    instance_id: str, text: str, now: datetime, but_not: str | None = None
) -> tuple[IncomingAlert, ...]:
    """Return the ends of all alerts that an instance cannot be read, but for one check."""
    ended = (Away(check=check, name=name, text=text) for check, name in AWAY_NAMES.items())
    return tuple(
        replace(away_problem(instance_id, one, None, now).alert(ended=now), description=text)
        for one in ended
        if one.check != but_not
    )


def meant_to_be_off(reason: str) -> str:
    """Return how a problem ends whose subject is meant to be off."""
    return f"It is meant to be off. {reason}."


def _problem(service: AnyService, instance_id: str, key: CheckKey, now: datetime) -> Problem:
    check_key, subject = key
    check = next(one for one in service.checks if one.key == check_key)
    return Problem(
        name=check.name,
        severity=check.severity,
        since=now,
        labels={
            CHECK: check_key,
            STEWARD_INSTANCE: instance_id,
            **_subject_labels(subject),
            **({OUTAGE: check_key} if check.outage else {}),
        },
    )


def _subject_labels(subject: Subject) -> dict[str, str]:
    return {} if subject is None else {STEWARD_KIND: subject[0], STEWARD_TARGET: subject[1]}
