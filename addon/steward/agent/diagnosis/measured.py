"""Whether the last readings show the problem of an incident, by the goal of the recipe for it."""

from collections.abc import Mapping, Sequence

from homelab_steward.contract.devices import Word
from homelab_steward.contract.incidents import CheckResult, Incident
from homelab_steward.contract.proposals import Option

from ...inventory.ports import Inventory
from ...runbooks.model import Runbook
from ..plans.resolver import Resolver
from ..runs.verification import evaluate_all, without_alerts


class Measured:
    """Compares the goals of recipes with the last readings; nothing is polled."""

    def __init__(self, inventory: Inventory, resolver: Resolver, library: Mapping[str, Runbook]) -> None:
        """``library`` has the runbooks by id."""
        self._inventory = inventory
        self._resolver = resolver
        self._library = library

    def word(self, incident: Incident, option: Option) -> Word | None:
        """Return DOWN when the problem exists, UP when not, None when only alerts verify the recipe."""
        runbook = self._library.get(option.runbook_id or "")
        recipe = runbook.recipe(option.recipe or "") if runbook else None
        conditions = without_alerts(recipe.verify if recipe else ())
        around = self._resolver.targets(incident.target)
        targets = self._resolver.condition_targets(around, conditions)
        readings = {about: self._inventory.readings(target) for about, target in targets.items()}
        return word_of(evaluate_all(conditions, readings))


def word_of(results: Sequence[CheckResult]) -> Word | None:
    """Return DOWN when a condition of a goal is not met, UP when all are, None without conditions. Pure."""
    found = [one.ok for one in results]
    if not found:
        return None
    if False in found:
        return Word.DOWN
    return Word.UNKNOWN if None in found else Word.UP
