"""The options of open incidents for targets that a person wants repaired."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import Incident
from homelab_steward.contract.proposals import Option, OptionKind
from homelab_steward.contract.state import TargetRef
from homelab_steward.contract.step_parts import PlannedRecipe

from ...inventory.ports import Inventory
from ...texts import household
from .plan_requests import asked_step, plan_step
from .request_plan import PlanStep


def repairs(
    incidents: Iterable[Incident], inventory: Inventory, capabilities: Collection[str] = ()
) -> Mapping[TargetRef, PlanStep]:
    """Return the first safe option of each open incident, by the incident's target.

    With ``capabilities`` only an option with a step that has one of them counts.

    An option is safe when it comes from a runbook that matches this problem for certain, has no high risk
    and no unknown facts, and when all its arguments are known.
    """
    found: dict[TargetRef, PlanStep] = {}
    for one in incidents:
        if one.target is None or one.is_request or one.status.is_closed or one.target in found:
            continue
        titles = _titles(one)
        offered = one.proposal.options if one.proposal else ()
        fitting = [each for each in offered if each.runbook_id in titles and _is_safe(each)]
        option = next((each for each in fitting if _serves(each, capabilities, inventory)), None)
        if option is not None:
            found[one.target] = _step(option, one.target, titles[option.runbook_id], inventory)
    return found


def _titles(incident: Incident) -> Mapping[str | None, str]:
    """Return the titles of the runbooks that match an incident for certain, by id."""
    matches = incident.proposal.matches if incident.proposal else ()
    return {one.runbook_id: household().name(one.title) for one in matches if not one.may_fit}


def _step(option: Option, target: TargetRef, title: str, inventory: Inventory) -> PlanStep:
    """Return the request for all steps of an option's recipe, as a part of a plan."""
    recipe = PlannedRecipe(
        runbook_id=option.runbook_id or "",
        version=option.runbook_version or 0,
        recipe=option.recipe or "",
        target=target,
    )
    steps = [replace(one, runbook=title, recipe=recipe) for one in option.steps]
    return asked_step(steps, inventory)


def _serves(option: Option, capabilities: Collection[str], inventory: Inventory) -> bool:
    """Return whether a step of an option has one of the capabilities, if any are asked for."""
    own = {plan_step(one, inventory).capability for one in option.steps}
    return not capabilities or not own.isdisjoint(capabilities)


def _is_safe(option: Option) -> bool:
    if option.kind is not OptionKind.ACT or option.unknown_facts or option.risk is Risk.HIGH:
        return False
    if any(one.references for one in option.steps):
        return False
    return any(one.has_effect for one in option.steps)
