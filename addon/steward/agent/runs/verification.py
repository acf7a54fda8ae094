"""Whether a run helped: three-valued conditions on fresh readings, compared with those before. Pure."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import Alert, AlertStatus, CheckResult, Outcome, Run

from ...runbooks.model import ALERTING, About, Condition, Named, Readings
from ...sdk.readings import NOT_REPORTED, Reading, Unknown
from ...texts import english, household, translate

NOT_FOUND: Final = english("no target fits, or more than one does")
"""Why a condition on a named target is not known."""


NO_ALERT: Final = english("no alert is known")
NOT_SEEN_SINCE: Final = english("no monitor has reported the alert since the change")


class Bounds(Protocol):
    """What a reading is compared with: exactly one of the bounds is set."""

    @property
    def name(self) -> str:
        """The condition as a text for people."""

    @property
    def below(self) -> float | None:
        """The reading must be below it."""

    @property
    def above(self) -> float | None:
        """The reading must be above it."""

    @property
    def equals(self) -> Value:
        """The reading must equal it."""


def evaluate(condition: Bounds, reading: Reading) -> CheckResult:
    """Return whether the reading is within the condition's bound; None when it is not known."""
    if reading is None or isinstance(reading, Unknown):
        return _result(condition, None, reading.reason if isinstance(reading, Unknown) else NOT_REPORTED)
    if condition.equals is not None:
        return _result(condition, _same(reading, condition.equals), _show(reading))
    if isinstance(reading, bool) or not isinstance(reading, int | float) or math.isnan(reading):
        return _result(condition, None, translate(t"{_show(reading)} is not a number"))
    below = condition.below is None or reading < condition.below
    above = condition.above is None or reading > condition.above
    return _result(condition, below and above, _show(reading))


def evaluate_all(
    conditions: Sequence[Condition], readings: Mapping[About, Readings]
) -> tuple[CheckResult, ...]:
    """Return the result of each condition that applies.

    A condition does not apply when there is no such target (no application runs in the
    container) or when its service has no such sensor. A condition on a named target always applies:
    without the target or the sensor its result is not known. A sensor that could not be read is Unknown.
    """
    return tuple(_evaluate_each(conditions, readings))


def _evaluate_each(
    conditions: Sequence[Condition], readings: Mapping[About, Readings]
) -> Iterator[CheckResult]:
    for condition in conditions:
        found = readings.get(condition.about)
        if found is not None and condition.reading in found:
            yield evaluate(condition, found[condition.reading])
        elif isinstance(condition.about, Named):
            yield evaluate(condition, Unknown(translate(NOT_FOUND if found is None else NOT_REPORTED)))


def is_used(conditions: Iterable[Condition]) -> bool:
    """Return whether a condition is on the reading ALERTING."""
    return any(one.reading == ALERTING for one in conditions)


def without_alerts(conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    """Return the conditions on readings of services, without those on ALERTING."""
    return tuple(one for one in conditions if one.reading != ALERTING)


def alerting(alerts: Sequence[Alert], since: datetime | None = None) -> Reading:
    """Return whether one of an incident's alerts fires.

    When all firing alerts are silenced, stale, or not reported since ``since``, the reading is Unknown.
    """
    firing = [one for one in alerts if one.status is AlertStatus.FIRING]
    if not firing:
        return False if alerts else Unknown(translate(NO_ALERT))
    if any(_is_certain(one, since) for one in firing):
        return True
    return Unknown(next((one.suppressed for one in firing if one.suppressed), translate(NOT_SEEN_SINCE)))


def changed_at(run: Run) -> datetime:
    """Return when the last step of a run was done."""
    return max((one.changed_at for one in run.steps), default=run.started_at)


def excused(
    conditions: Sequence[Condition], checks: Sequence[CheckResult], reasons: Mapping[About, str]
) -> tuple[CheckResult, ...]:
    """Return the results; a False one becomes unknown when its target has a reason in ``reasons``."""
    about = {household().name(condition.name): condition.about for condition in conditions}
    found = ((check, reasons.get(about[check.name])) for check in checks)
    return tuple(
        replace(check, ok=None, text=reason) if check.ok is False and reason else check
        for check, reason in found
    )


def outcome(before: Mapping[str, bool | None], after: Sequence[CheckResult]) -> Outcome:
    """Return the outcome of a run from its checks ``before`` and ``after``.

    WORSE when a check that was True is False now, FIXED when all are True, NOT_FIXED when one is
    False. UNKNOWN otherwise: a result is not known, or there is no check.
    """
    if any(before.get(result.name) is True and result.ok is False for result in after):
        return Outcome.WORSE
    if any(result.ok is False for result in after):
        return Outcome.NOT_FIXED
    return Outcome.FIXED if after and all(result.ok for result in after) else Outcome.UNKNOWN


def _result(condition: Bounds, ok: bool | None, text: str) -> CheckResult:  # noqa: FBT001
    return CheckResult(name=household().name(condition.name), ok=ok, text=text)


def _same(reading: Value, wanted: Value) -> bool:
    """Return whether two values are equal; True is not 1."""
    return isinstance(reading, bool) == isinstance(wanted, bool) and reading == wanted


def _show(value: Value) -> str:
    if isinstance(value, bool):
        return translate("yes") if value else translate("no")
    if isinstance(value, float):
        return household().number(value)
    return str(value)


def _is_certain(alert: Alert, since: datetime | None) -> bool:
    # A maintenance window of the steward does not change what the monitor reports.
    is_silenced = alert.suppressed is not None and alert.window_id is None
    if is_silenced or alert.stale_since is not None:
        return False
    return since is None or (alert.seen_at or alert.received_at) >= since
