"""What the runbooks of open incidents offer for targets that a person wants repaired."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.incidents import Incident, Option, OptionKind
from homelab_steward.contract.state import TargetRef

from ..inventory.ports import Inventory
from ..texts import household
from .plan_requests import plan_step
from .request_plan import PlanStep


def repairs(incidents: Iterable[Incident], inventory: Inventory) -> Mapping[TargetRef, PlanStep]:
    """Return the first safe option of the open incidents, by what they are about.

    An option is safe when a runbook that is for this problem offers it, and it is one action without a
    high risk that depends on nothing unknown.
    """
    found: dict[TargetRef, PlanStep] = {}
    for one in incidents:
        if one.target is None or one.is_request or one.status.is_closed or one.target in found:
            continue
        titles = _titles(one)
        offered = one.proposal.options if one.proposal else ()
        option = next((each for each in offered if each.runbook_id in titles and _is_safe(each)), None)
        if option is not None:
            step = plan_step(option.steps[0], inventory)
            found[one.target] = replace(step, runbook=titles[option.runbook_id])
    return found


def _titles(incident: Incident) -> Mapping[str | None, str]:
    """Return the titles of the runbooks that are for an incident, by id."""
    matches = incident.proposal.matches if incident.proposal else ()
    return {one.runbook_id: household().name(one.title) for one in matches if not one.may_fit}


def _is_safe(option: Option) -> bool:
    if option.kind is not OptionKind.ACT or option.unknown_facts:
        return False
    if option.risk is Risk.HIGH or len(option.steps) != 1:
        return False
    return option.steps[0].wait is None and not option.steps[0].references
