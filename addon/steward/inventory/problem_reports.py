"""Reports the problems of one instance: those that its checks find, and that it cannot be read."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import structlog

from homelab_steward.contract.incidents import AlertStatus, Severity
from homelab_steward.contract.state import Instance, Snapshot

from ..errors import ServiceError
from ..sdk.description import AnyService, Client, IncomingAlert
from ..sdk.snapshot import CheckKey, CheckResults, Subject
from ..texts import english, translate
from .outages import AWAY_NAMES, Away, OutageWatch, undecided
from .polling import AlertsFound, Evaluation, Poll
from .ports import CHECK, OUTAGE, STEWARD_INSTANCE, STEWARD_KIND, STEWARD_TARGET, Completeness
from .topology import instance_ref

log = structlog.get_logger(__name__)

ANSWERS_AGAIN: Final = english("It answers again.")
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged(Evaluation):
    """An evaluation after the decisions about outages. ``expected`` has why subjects are meant to be off.

    ``was_known`` is False for an instance that is read for the first time.
    """

    problems: Mapping[CheckKey, Problem]
    expected: Mapping[Subject, str]
    was_known: bool


class ProblemReports:
    """Keeps the problems of one instance from poll to poll.

    With ``is_open`` the next poll is due soon, because it decides about an outage.
    """

    def __init__(
        self,
        service: AnyService,
        found: AlertsFound,
        outages: OutageWatch,
        clean: Callable[[str], str],
        now: Callable[[], datetime],
    ) -> None:
        """``found`` receives the alerts; ``clean`` masks the secrets in texts."""
        self.is_open = False
        self._service = service
        self._found = found
        self._outages = outages
        self._clean = clean
        self._now = now
        self._problems: Mapping[CheckKey, Problem] | None = None
        self._away: Problem | None = None
        self._is_known_quiet = False

    async def judge(self, instance: Instance, client: Client, evaluation: Evaluation) -> Judged:
        """Return the evaluation after the decisions about outages, with the remaining problems."""
        try:
            judged = await self._outages.judge(
                self._service,
                instance_ref(instance),
                client,
                evaluation.checks,
                lambda subject: evaluation.target(instance, subject),
            )
        except Exception:
            log.exception("outages could not be judged", instance=instance.id)
            judged = undecided(self._service, evaluation.checks)
        self.is_open = judged.is_open
        expected = {subject: self._clean(reason) for subject, reason in judged.expected.items()}
        return Judged(
            snapshot=_with_expected(evaluation.snapshot, expected),
            places=evaluation.places,
            checks=judged.checks,
            versions=evaluation.versions,
            deployments=evaluation.deployments,
            folders=evaluation.folders,
            said=evaluation.said,
            problems=_current(self._service, instance.id, judged.checks, self._problems or {}, self._now()),
            expected=expected,
            was_known=judged.was_known,
        )

    async def failed(self, instance: Instance, error: ServiceError, *, is_silent: bool) -> str | None:
        """Report an instance that was readable and is not any more.

        Returns why the instance is meant to be off, None when it is not.
        """
        alerts: tuple[IncomingAlert, ...] = ()
        now = self._now()
        try:
            failure = await self._outages.judge_failure(self._service, instance_ref(instance), error)
            self.is_open = failure.is_open
            if failure.away is not None:
                away = replace(failure.away, text=self._clean(failure.away.text))
                self._away = _away_problem(instance.id, away, self._away, now)
                others = _away_ended(instance.id, away.text, now, but_not=away.check)
                alerts = (self._away.alert(), *others)
            elif failure.expected is not None:
                text = _meant_to_be_off(self._clean(failure.expected))
                alerts = _away_ended(instance.id, text, now)
            if alerts and not is_silent:
                await self._found(instance.id, alerts, Completeness.PARTIAL)
        except Exception:
            # The next failed poll reports the same.
            log.exception("outage could not be reported", instance=instance.id)
            return None
        return failure.expected and self._clean(failure.expected)

    async def report(
        self,
        instance: Instance,
        poll: Poll,
        judged: Judged,
        read: tuple[IncomingAlert, ...],
        *,
        is_silent: bool,
    ) -> None:
        """Report firing and ended alerts, with those that were ``read`` from a monitor.

        A problem that this poll could not see is not reported. An empty list is reported once.
        The absence of an alert means its end only for a monitor that was read completely; a check
        reports the end of its own alert.
        """
        before, self._problems = self._problems, judged.problems
        source = self._service.alerts
        own = tuple(one.alert() for key, one in judged.problems.items() if key in judged.checks.problems)
        ended = self._ended(instance, judged, before)
        is_complete = bool(source and source.read) and poll.problem is None and poll.missing is None
        completeness = Completeness.MONITOR if is_complete else Completeness.PARTIAL
        is_quiet = source is None and not own and not ended
        if is_silent or (is_quiet and self._is_known_quiet):
            return
        self._is_known_quiet = False
        try:
            await self._found(instance.id, own + ended + read, completeness)
            self._is_known_quiet = is_quiet
            self._away = None
        except Exception:
            # The next poll finds and reports the same alerts.
            self._problems = before
            log.exception("alerts could not be reported", instance=instance.id)

    def _ended(
        self,
        instance: Instance,
        judged: Judged,
        before: Mapping[CheckKey, Problem] | None,
    ) -> tuple[IncomingAlert, ...]:
        now = self._now()
        ended = tuple(_cleared(self._service, instance.id, judged.checks, before, now, judged.expected))
        # The store may have the alert about an unreadable instance from before the start of the app.
        if self._away is not None or (before is None and judged.was_known):
            ended += _away_ended(instance.id, ANSWERS_AGAIN, now)
        return ended


def _with_expected(snapshot: Snapshot, expected: Mapping[Subject, str]) -> Snapshot:
    """Return the snapshot, whose resources have the reasons why they are meant to be off."""
    if not expected:
        return snapshot
    resources = tuple(
        replace(one, expected_off=expected.get((one.kind, one.id))) for one in snapshot.resources
    )
    return replace(snapshot, resources=resources)


def _current(
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


def _cleared(
    service: AnyService,
    instance_id: str,
    results: CheckResults,
    before: Mapping[CheckKey, Problem] | None,
    now: datetime,
    expected: Mapping[Subject, str],
) -> Iterator[IncomingAlert]:
    """Yield the ended alerts of problems in ``before`` that are clear now.

    ``before`` is None for the first poll. The store may contain alerts from before the start
    of the app, so the first poll reports an end for everything that is clear. ``expected`` has why
    subjects are meant to be off.
    """
    outages = {check.key for check in service.checks if check.outage is not None}
    for key in sorted(results.clear, key=str):
        if before is not None and key not in before:
            continue
        problem = before[key] if before else _problem(service, instance_id, key, now)
        reason = expected.get(key[1]) if key[0] in outages else None
        if reason is not None:
            problem = replace(problem, text=_meant_to_be_off(reason))
        yield replace(problem.alert(ended=now), description=problem.text if reason else "")


def _away_problem(instance_id: str, away: Away, before: Problem | None, now: datetime) -> Problem:
    """Return the problem that an instance cannot be read; an unchanged problem keeps its start."""
    labels = {CHECK: away.check, STEWARD_INSTANCE: instance_id, OUTAGE: away.check}
    is_same = before is not None and before.labels == labels
    since = before.since if before is not None and is_same else now
    return Problem(
        name=away.name, severity=Severity.WARNING, since=since, labels=labels, text=away.text[:LONGEST]
    )


def _away_ended(
    instance_id: str, text: str, now: datetime, but_not: str | None = None
) -> tuple[IncomingAlert, ...]:
    """Return the ends of all alerts that an instance cannot be read, except that of one check."""
    ended = (Away(check=check, name=name, text=text) for check, name in AWAY_NAMES.items())
    return tuple(
        replace(_away_problem(instance_id, one, None, now).alert(ended=now), description=text)
        for one in ended
        if one.check != but_not
    )


def _meant_to_be_off(reason: str) -> str:
    """Return the text at the end of a problem whose subject is meant to be off."""
    return translate(t"It is meant to be off. {reason}.")


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
