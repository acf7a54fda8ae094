"""Names what a person asked for in the language of whoever reads it."""

from dataclasses import replace

from homelab_steward.contract.incidents import Option
from homelab_steward.contract.step_parts import PlannedStep

from ..agent.plan import is_person_request
from ..agent.proposer import label_with_change
from ..agent.request_plan import is_plan, label
from ..inventory.ports import Inventory
from ..texts import Texts


def option_label(option: Option, inventory: Inventory, texts: Texts) -> str:
    """Return the label of an option; that of a runbook is in the language of the household."""
    if not is_person_request(option):
        return option.label
    steps = [_titled(one, inventory, texts) for one in option.steps]
    if is_plan(option):
        return label(steps, texts)
    return label_with_change(f"{steps[0].title}: {steps[0].target.name}", option.steps)


def _titled(step: PlannedStep, inventory: Inventory, texts: Texts) -> PlannedStep:
    """Return a step with the name of its action, if the action is still there."""
    service, key = inventory.service(step.target.instance_id), step.action.partition(".")[2]
    names = (one.name for one in (service.actions if service else ()) if one.key == key)
    name = next(names, None)
    return step if name is None else replace(step, title=texts.name(name))
