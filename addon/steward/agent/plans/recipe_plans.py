"""The plan of a recipe that is part of a larger plan."""

from collections.abc import Mapping
from typing import Final

from homelab_steward.contract.catalogue import Risk
from homelab_steward.contract.step_parts import PlannedRecipe

from ...errors import PreconditionFailed
from ...runbooks.model import Runbook
from ...texts import english, spoken, translate
from .plan import Plan, highest_risk
from .resolver import Resolver

CHANGED: Final = english("the runbook is not the one that the plan was made from")


async def plan_of(
    source: PlannedRecipe, library: Mapping[str, Runbook], resolver: Resolver, count: int | None = None
) -> Plan:
    """Return the current plan of a recipe, with all dry runs made now.

    ``count`` is the number of approved steps, None before an approval. A recipe with a high risk, or with
    unknown facts, has to be approved alone. Raises PreconditionFailed for these, and when the runbook has
    changed; otherwise as :meth:`Resolver.plan` does.
    """
    runbook = library.get(source.runbook_id)
    recipe = runbook.recipe(source.recipe) if runbook is not None else None
    if runbook is None or recipe is None or runbook.version != source.version:
        raise PreconditionFailed(translate(CHANGED))
    plan = await resolver.plan(runbook, recipe, resolver.targets(source.target))
    if count not in {None, len(plan.steps)}:
        raise PreconditionFailed(translate(CHANGED))
    title = spoken(lambda texts: texts.name(runbook.title))
    if plan.unknown_facts:
        raise PreconditionFailed(t"{title} depends on something that is not known and is approved alone")
    if highest_risk(plan.steps) is Risk.HIGH:
        raise PreconditionFailed(t"{title} has a high risk and is approved alone")
    return plan
