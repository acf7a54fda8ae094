"""Did it help? Pure: conditions over fresh readings, compared with how it was before."""

from collections.abc import Mapping, Sequence

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import CheckResult, Outcome

from ..runbooks.model import Condition, Of, Readings


def evaluate(condition: Condition, value: Value) -> CheckResult:
    """Return whether the reading keeps its bound. An unknown reading does not."""
    if value is None:
        return CheckResult(name=condition.name, ok=False, text="could not be read")
    if condition.equals is not None:
        return CheckResult(name=condition.name, ok=value == condition.equals, text=_show(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = f"{_show(value)} is no number"
        return CheckResult(name=condition.name, ok=False, text=text)
    below = condition.below is None or value < condition.below
    above = condition.above is None or value > condition.above
    return CheckResult(name=condition.name, ok=below and above, text=_show(value))


def evaluate_all(
    conditions: Sequence[Condition], readings: Mapping[Of, Readings | None]
) -> tuple[CheckResult, ...]:
    """Return each condition's result. A thing that does not exist here is passed over.

    ``readings`` has no key for what this incident has not (no application runs in
    the container), and None for what exists but could not be read.
    """
    return tuple(
        evaluate(condition, (readings[condition.of] or {}).get(condition.reading))
        for condition in conditions
        if condition.of in readings
    )


def outcome(before: Mapping[str, bool], after: Sequence[CheckResult]) -> Outcome:
    """Return FIXED when all hold, WORSE when one that held no longer does, else NOT_FIXED.

    No results at all prove nothing: that is NOT_FIXED.
    """
    if after and all(result.ok for result in after):
        return Outcome.FIXED
    if any(before.get(result.name, False) and not result.ok for result in after):
        return Outcome.WORSE
    return Outcome.NOT_FIXED


def _show(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.1f}".rstrip("0").rstrip(".")
    return str(value)
