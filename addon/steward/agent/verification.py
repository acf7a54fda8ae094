"""Whether a run helped: conditions over fresh readings, three-valued, compared with before. Pure."""

import math
from collections.abc import Mapping, Sequence

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult, Outcome

from ..runbooks.model import Condition, Of, Readings
from ..sdk.readings import NOT_REPORTED, Reading, Unknown


def evaluate(condition: Condition, reading: Reading) -> CheckResult:
    """Return whether the reading is within the condition's bound; None when it is not known."""
    if reading is None or isinstance(reading, Unknown):
        return _result(condition, None, reading.reason if isinstance(reading, Unknown) else NOT_REPORTED)
    if condition.equals is not None:
        return _result(condition, _same(reading, condition.equals), _show(reading))
    if isinstance(reading, bool) or not isinstance(reading, int | float) or math.isnan(reading):
        return _result(condition, None, f"{_show(reading)} is not a number")
    below = condition.below is None or reading < condition.below
    above = condition.above is None or reading > condition.above
    return _result(condition, below and above, _show(reading))


def evaluate_all(conditions: Sequence[Condition], readings: Mapping[Of, Readings]) -> tuple[CheckResult, ...]:
    """Return the result of each condition that applies.

    A condition does not apply when there is no such target (no application runs in the
    container) or its service has no such sensor. A sensor that could not be read is Unknown.
    """
    return tuple(
        evaluate(condition, readings[condition.of][condition.reading])
        for condition in conditions
        if condition.reading in readings.get(condition.of, {})
    )


def outcome(before: Mapping[str, bool | None], after: Sequence[CheckResult]) -> Outcome:
    """Return the outcome of a run from its checks ``before`` and ``after``.

    WORSE when one that was True is False now, FIXED when all are True, NOT_FIXED when one is
    False. Otherwise something is not known, or there was nothing to check: UNKNOWN.
    """
    if any(before.get(result.name) is True and result.ok is False for result in after):
        return Outcome.WORSE
    if any(result.ok is False for result in after):
        return Outcome.NOT_FIXED
    return Outcome.FIXED if after and all(result.ok for result in after) else Outcome.UNKNOWN


def _result(condition: Condition, ok: bool | None, text: str) -> CheckResult:  # noqa: FBT001
    return CheckResult(name=condition.name, ok=ok, text=text)


def _same(reading: Value, wanted: Value) -> bool:
    """Return whether two values are equal; True is not 1."""
    return isinstance(reading, bool) == isinstance(wanted, bool) and reading == wanted


def _show(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.1f}".rstrip("0").rstrip(".")
    return str(value)
