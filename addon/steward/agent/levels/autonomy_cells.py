"""The cell that an option belongs to, and the properties of its steps together. Pure."""

from typing import Any

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.proposals import Option, OptionKind

from ...autonomy.cells import Cell
from ...autonomy.levels import Nature
from ...inventory.ports import Inventory
from ..plans.plan import reads_itself_back


def cell_of(option: Option | None) -> Cell | None:
    """Return the cell of an option of a runbook that changes something, None for any other option.

    The class of targets is the service and the kind of what the first action changes.
    """
    if option is None or option.kind is not OptionKind.ACT or reads_itself_back(option):
        return None
    actions = [one for one in option.steps if one.wait is None]
    if not actions or option.runbook_id is None or option.runbook_version is None or option.recipe is None:
        return None
    first = actions[0]
    service = first.action.partition(".")[0]
    return Cell(option.runbook_id, option.runbook_version, option.recipe, f"{service}/{first.target.kind}")


def nature_of(option: Option, inventory: Inventory) -> dict[str, Any]:
    """Return the properties of an option's steps: the fields of Nature, and ``actions`` with versions."""
    steps = [one for one in option.steps if one.wait is None]
    actions = dict.fromkeys((one.action, major_of(inventory, one.target.instance_id)) for one in steps)
    return {
        "is_reversible": option.reversible,
        "is_idempotent": all(_is_idempotent(one.action, one.target.instance_id, inventory) for one in steps),
        "is_high_risk": option.risk is Risk.HIGH,
        "actions": [list(one) for one in actions],
    }


def nature(stored: dict[str, Any]) -> Nature:
    """Return the properties of a trial's steps, from the fields that were stored."""
    return Nature(
        is_reversible=stored["is_reversible"],
        is_idempotent=stored["is_idempotent"],
        is_high_risk=stored["is_high_risk"],
    )


def major_of(inventory: Inventory, instance_id: str) -> str:
    """Return the major version of a service, "" when it is not known."""
    instance = inventory.instance(instance_id)
    return (instance.version or "").partition(".")[0][:32] if instance else ""


def _is_idempotent(name: str, instance_id: str, inventory: Inventory) -> bool:
    service = inventory.service(instance_id)
    key = name.partition(".")[2]
    return any(one.key == key and one.repeatable for one in (service.actions if service else ()))
