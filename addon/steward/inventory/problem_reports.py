"""Reports the problems of one instance: what its checks find, and that it cannot be read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import structlog

from homelab_steward.contract.state import Instance, Snapshot, TargetRef

from ..errors import ServiceError
from ..sdk.description import AnyService, Client, IncomingAlert
from ..sdk.snapshot import CheckKey, CheckResults, Subject
from . import check_alerts
from .outages import OutageWatch, undecided
from .polling import AlertsFound, Poll
from .ports import Completeness
from .topology import Place, instance_ref

log = structlog.get_logger(__name__)

ANSWERS_AGAIN: Final = "It answers again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The evaluation of one poll. ``expected`` is why something in it is off and meant to be.

    ``was_known`` is False for an instance that is read for the first time.
    """

    snapshot: Snapshot
    places: tuple[Place, ...]
    checks: CheckResults
    problems: Mapping[CheckKey, check_alerts.Problem] = field(default_factory=dict)
    expected: Mapping[Subject, str] = field(default_factory=dict)
    was_known: bool = False

    def target(self, instance: Instance, subject: Subject) -> TargetRef:
        """Return the target of a check."""
        if subject is None:
            return instance_ref(instance)
        resource = self.snapshot.resource(*subject)
        name = resource.name if resource else subject[1]
        return TargetRef(instance_id=instance.id, kind=subject[0], id=subject[1], name=name)


class ProblemReports:
    """Keeps the problems of one instance from poll to poll.

    With ``is_open`` the next poll decides whether something is off, and is due soon.
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
        self._problems: Mapping[CheckKey, check_alerts.Problem] | None = None
        self._away: check_alerts.Problem | None = None
        self._is_known_quiet = False

    async def judge(self, instance: Instance, client: Client, evaluation: Evaluation) -> Evaluation:
        """Return the evaluation with its outages judged, and the problems that are left."""
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
        problems = check_alerts.problems(
            self._service, instance.id, judged.checks, self._problems or {}, self._now()
        )
        expected = {subject: self._clean(reason) for subject, reason in judged.expected.items()}
        return replace(
            evaluation,
            snapshot=_with_expected(evaluation.snapshot, expected),
            checks=judged.checks,
            problems=problems,
            expected=expected,
            was_known=judged.was_known,
        )

    async def failed(self, instance: Instance, error: ServiceError, *, is_silent: bool) -> str | None:
        """Report an instance that was readable and is not any more.

        Returns why that is meant to be so, None when it is not.
        """
        alerts: tuple[IncomingAlert, ...] = ()
        now = self._now()
        try:
            failure = await self._outages.judge_failure(self._service, instance_ref(instance), error)
            self.is_open = failure.is_open
            if failure.away is not None:
                away = replace(failure.away, text=self._clean(failure.away.text))
                self._away = check_alerts.away_problem(instance.id, away, self._away, now)
                others = check_alerts.away_ended(instance.id, away.text, now, but_not=away.check)
                alerts = (self._away.alert(), *others)
            elif failure.expected is not None:
                text = check_alerts.meant_to_be_off(self._clean(failure.expected))
                alerts = check_alerts.away_ended(instance.id, text, now)
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
        evaluation: Evaluation,
        read: tuple[IncomingAlert, ...],
        *,
        is_silent: bool,
    ) -> None:
        """Report firing and ended alerts, with those that were ``read`` from a monitor.

        A problem that this poll could not see is not reported. An empty list is reported once.
        Only for a monitor that was read completely does the absence of an alert mean that it has
        ended; a check reports the end of its own alert.
        """
        before, self._problems = self._problems, evaluation.problems
        source = self._service.alerts
        own = tuple(
            one.alert() for key, one in evaluation.problems.items() if key in evaluation.checks.problems
        )
        ended = self._ended(instance, evaluation, before)
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
        evaluation: Evaluation,
        before: Mapping[CheckKey, check_alerts.Problem] | None,
    ) -> tuple[IncomingAlert, ...]:
        now = self._now()
        ended = tuple(
            check_alerts.cleared(
                self._service, instance.id, evaluation.checks, before, now, evaluation.expected
            )
        )
        # The store may contain the alert that it cannot be read from before the start of the app.
        if self._away is not None or (before is None and evaluation.was_known):
            ended += check_alerts.away_ended(instance.id, ANSWERS_AGAIN, now)
        return ended


def _with_expected(snapshot: Snapshot, expected: Mapping[Subject, str]) -> Snapshot:
    """Return the snapshot with why some of its resources are off and meant to be."""
    if not expected:
        return snapshot
    resources = tuple(
        replace(one, expected_off=expected.get((one.kind, one.id))) for one in snapshot.resources
    )
    return replace(snapshot, resources=resources)
