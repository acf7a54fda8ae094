"""Whether a run shows that its problem was real. Pure."""

from homelab_steward.contract.incidents import Incident, Outcome, Run, RunStatus
from homelab_steward.contract.proposals import Option, OptionKind

from ...runbooks.model import Recipe
from .verification import without_alerts


def proves(incident: Incident, run: Run, option: Option, recipe: Recipe | None) -> bool:
    """Return whether a run shows that its problem was real: a repair that the app's own readings verified.

    A repair that only the end of an alert verifies does not: the monitor would judge itself.
    """
    if option.kind is not OptionKind.ACT or recipe is None or not without_alerts(recipe.verify):
        return False
    is_fixed = run.verdict is not None and run.verdict.outcome is Outcome.FIXED
    had_problem = incident.diagnosis is not None and incident.diagnosis.has_problem
    return not incident.is_request and run.status is RunStatus.SUCCEEDED and is_fixed and had_problem
