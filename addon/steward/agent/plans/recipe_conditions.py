"""Whether a recipe may be carried out now: facts about the home, and the backup of its target."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from homelab_steward.contract.restore_drill import BackupProof
from homelab_steward.contract.state import TargetRef

from ...errors import PreconditionFailed
from ...inventory.ports import INSTANCE, Inventory
from ...runbooks.model import HomeVerdict, NeedsProof, Recipe
from ...sdk.dated_readings import time_of
from ...sdk.description import Work
from ...sdk.home import PROVEN_BACKUP, RECENT_BACKUP
from ...sdk.readings import Reading
from ...texts import translate

AHEAD: Final = timedelta(minutes=5)
"""How far in the future a backup may be: two clocks are never the same."""


async def judge(recipe: Recipe, target: TargetRef | None, inventory: Inventory, now: datetime) -> HomeVerdict:
    """Return which facts are not known. Raises PreconditionFailed when one forbids the recipe."""
    facts = await inventory.home_facts() if recipe.depends_on_home else {}
    verdict = with_backup(recipe.judge_home(facts), recipe, target, inventory, now)
    if recipe.needs_proof is not None and verdict.refusal is None:
        proof = await _nearest_proof(target, inventory)
        verdict = with_proof(verdict, recipe.needs_proof, proof, now)
    if verdict.refusal is not None:
        raise PreconditionFailed(verdict.refusal)
    return verdict


def with_backup(
    verdict: HomeVerdict, recipe: Recipe, target: TargetRef | None, inventory: Inventory, now: datetime
) -> HomeVerdict:
    """Return the verdict on a recipe, extended by the age of the backup that it needs.

    The time comes from the target, or else from the nearest parent that reports one. A recipe is refused when
    that is too long ago; when it is not known, it is one of the unknown facts.
    """
    if recipe.needs_backup is None or verdict.refusal is not None:
        return verdict
    places = (target, *inventory.parents(target)) if target is not None else ()
    at = time_of(next((one for place in places for one in _readings(place, inventory)), None))
    if at is None or at - now > AHEAD:
        return replace(verdict, unknown=(*verdict.unknown, RECENT_BACKUP))
    hours = recipe.needs_backup
    if now - at <= timedelta(hours=hours):
        return verdict
    return replace(verdict, refusal=translate(t"the last backup is older than {hours:g} hours"))


def with_proof(
    verdict: HomeVerdict, needed: NeedsProof, proof: BackupProof | None, now: datetime
) -> HomeVerdict:
    """Return the verdict on a recipe, extended by the restore drills of its target's backup. Pure.

    A recipe is refused when the backup could not be restored, or was not restored as far and as recently as
    the recipe needs; without any drill this is one of the unknown facts.
    """
    if proof is None or proof.tried_at is None:
        return replace(verdict, unknown=(*verdict.unknown, PROVEN_BACKUP))
    if proof.is_proven(now, timedelta(days=needed.days), needed.level):
        return verdict
    name = proof.target.name
    if proof.has_failed:
        return replace(verdict, refusal=translate(t"the backup of {name} could not be restored"))
    days = needed.days
    refusal = translate(t"the backup of {name} was not restored far enough in the last {days:g} days")
    return replace(verdict, refusal=refusal)


async def _nearest_proof(target: TargetRef | None, inventory: Inventory) -> BackupProof | None:
    """Return the proof about the backup of the target, or else of its nearest parent with one."""
    for place in (target, *inventory.parents(target)) if target is not None else ():
        if (proof := await inventory.backup_proof(place)) is not None:
            return proof
    return None


def _readings(target: TargetRef, inventory: Inventory) -> Iterator[Reading]:
    """Yield the target's own readings of its last backup, known or not."""
    service = inventory.service(target.instance_id)
    kind = service.kind(target.kind) if service else None
    of_instance = service.sensors if service and target.kind == INSTANCE else ()
    readings = inventory.readings(target)
    for sensor in kind.sensors if kind else of_instance:
        if sensor.activity is not None and sensor.activity.work is Work.BACKUP:
            yield readings.get(sensor.key)
