"""Differences and results of actions, in the language of the household."""

from homelab_steward.contract.incidents import CheckResult
from homelab_steward.contract.step_parts import Difference

from ..texts import Text, translate


def difference(field: Text, before: Text, after: Text) -> Difference:
    """Return one line of a dry run."""
    return Difference(field=translate(field), before=translate(before), after=translate(after))


def result(name: Text, text: Text, *, ok: bool | None) -> CheckResult:
    """Return the result of a verification; ``ok`` is None when it is not known."""
    return CheckResult(name=translate(name), ok=ok, text=translate(text))
