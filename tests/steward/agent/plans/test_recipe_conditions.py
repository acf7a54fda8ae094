"""A recipe that needs a recent backup: offered, refused with the reason, or not without a person."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.incidents import RunStatus
from homelab_steward.contract.restore_drill import BackupProof, ProofLevel
from homelab_steward.contract.state import TargetRef
from rig.agent_rig import RUNBOOK, open_rig
from rig.inventory import ITSELF, NODE, NOW, ToyInventory, box
from rig.toy import Toy
from steward.agent.plans.recipe_conditions import AHEAD, judge, with_backup, with_proof
from steward.clock import ManualClock
from steward.errors import PreconditionFailed, StewardError
from steward.runbooks.library import parse
from steward.runbooks.model import HomeVerdict, NeedsProof, Recipe
from steward.sdk.description import AnyService, Sensor
from steward.sdk.home import FACT_NAMES, PROVEN_BACKUP, RECENT_BACKUP
from steward.sdk.readings import NOT_REPORTED, Unknown
from steward.sdk.sensors import backup_time

RECIPE = Recipe(id="grow", label="Grow", needs_backup=24)
NEEDS = RUNBOOK.replace("    label: Increase memory\n", "    label: Increase memory\n    needs_backup: 24\n")
UNKNOWN = HomeVerdict(unknown=(RECENT_BACKUP,))
OLD = HomeVerdict(refusal="the last backup is older than 24 hours")


def backed_up(service: AnyService, kind: str = "box") -> AnyService:
    """Return the toy with a sensor that says when a box, or the instance itself, was backed up."""
    sensor: Sensor[Any] = backup_time(lambda _: None)
    if not kind:
        return replace(service, sensors=(*service.sensors, sensor))
    kinds = (
        replace(one, sensors=(*one.sensors, sensor)) if one.key == kind else one for one in service.resources
    )
    return replace(service, resources=tuple(kinds))


async def inventory_with(value: Value, kind: str = "box") -> ToyInventory:
    inventory = ToyInventory(Toy())
    inventory.service_row = backed_up(inventory.service_row, kind)
    inventory.extra["last_backup"] = value
    await inventory.poll_now("toy1")
    return inventory


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(hours=24), HomeVerdict()),
        (timedelta(hours=24, seconds=1), OLD),
        (timedelta(0), HomeVerdict()),
        (-AHEAD, HomeVerdict()),
        (-AHEAD - timedelta(seconds=1), UNKNOWN),
    ],
)
async def test_the_age_of_the_last_backup_decides(age: timedelta, expected: HomeVerdict) -> None:
    inventory = await inventory_with((NOW - age).isoformat())
    assert with_backup(HomeVerdict(), RECIPE, box(), inventory, NOW) == expected


@pytest.mark.parametrize("value", [None, 5, "yesterday", "2026-11-20T12:00:00", True])
async def test_what_is_no_time_is_not_known(value: Value) -> None:
    inventory = await inventory_with(value)
    assert with_backup(HomeVerdict(), RECIPE, box(), inventory, NOW) == UNKNOWN


async def test_a_reading_that_is_not_known_is_no_proof() -> None:
    inventory = await inventory_with(NOW.isoformat())
    inventory.unknown["last_backup"] = str(NOT_REPORTED)
    assert isinstance(inventory.readings(box())["last_backup"], Unknown)
    assert with_backup(HomeVerdict(), RECIPE, box(), inventory, NOW) == UNKNOWN


@pytest.mark.parametrize("target", [None, NODE, ITSELF])
async def test_what_says_nothing_about_backups_is_not_known(target: TargetRef | None) -> None:
    inventory = await inventory_with(NOW.isoformat())
    assert with_backup(HomeVerdict(), RECIPE, target, inventory, NOW) == UNKNOWN
    inventory.known = False
    assert with_backup(HomeVerdict(), RECIPE, box(), inventory, NOW) == UNKNOWN


async def test_the_nearest_that_says_it_counts() -> None:
    inventory = await inventory_with(NOW.isoformat())
    guest = replace(box(), instance_id="other", id="other", kind="instance")
    inventory.running_in[guest.key] = box()
    assert with_backup(HomeVerdict(), RECIPE, guest, inventory, NOW) == HomeVerdict()


async def test_other_conditions_stay_and_a_recipe_without_the_condition_needs_none() -> None:
    inventory = await inventory_with(None)
    asleep, refused = HomeVerdict(unknown=("somebody_asleep",)), HomeVerdict(refusal="not while …")
    assert with_backup(asleep, RECIPE, box(), inventory, NOW).unknown == ("somebody_asleep", RECENT_BACKUP)
    assert with_backup(refused, RECIPE, box(), inventory, NOW) == refused
    assert (
        with_backup(HomeVerdict(), replace(RECIPE, needs_backup=None), box(), inventory, NOW) == HomeVerdict()
    )
    assert RECENT_BACKUP in FACT_NAMES


async def test_an_option_is_left_out_without_a_recent_backup_and_not_begun_later(tmp_path: Path) -> None:
    clock, inventory = ManualClock(NOW), await inventory_with((NOW - timedelta(hours=23)).isoformat())
    async with open_rig(tmp_path, clock=clock, inventory=inventory, runbooks=[NEEDS]) as rig:
        request = await rig.ask()
        assert [one.recipe for one in request.proposal.options] == ["grow", "restart", "investigate"]
        assert request.proposal.options[0].unknown_facts == ()
        await rig.stand_still()
        rig.engine.broken = True  # type: ignore[attr-defined]
        await rig.press(request)
        inventory.extra["last_backup"] = (NOW - timedelta(hours=25)).isoformat()
        await inventory.poll_now("toy1")
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        assert rig.toy.done == []


async def test_what_is_not_known_is_offered_to_a_person_and_said(tmp_path: Path) -> None:
    inventory = await inventory_with(None)
    async with open_rig(tmp_path, clock=ManualClock(NOW), inventory=inventory, runbooks=[NEEDS]) as rig:
        request = await rig.ask()
        assert request.proposal.options[0].unknown_facts == (RECENT_BACKUP,)


async def test_the_reason_is_shown(tmp_path: Path) -> None:
    inventory = await inventory_with((NOW - timedelta(days=3)).isoformat())
    async with open_rig(tmp_path, clock=ManualClock(NOW), inventory=inventory, runbooks=[NEEDS]) as rig:
        request = await rig.ask()
        assert request.proposal.left_out == ("Increase memory: the last backup is older than 24 hours.",)


@pytest.mark.parametrize("hours", ["0", "-1", ".inf"])
def test_the_age_must_be_a_time(hours: str) -> None:
    with pytest.raises(StewardError, match="needs_backup"):
        parse("one.md", NEEDS.replace("needs_backup: 24", f"needs_backup: {hours}"))


PROOF = NeedsProof(level=ProofLevel.ANSWERED, days=30)
PROVES = RUNBOOK.replace(
    "    label: Increase memory\n",
    "    label: Increase memory\n    needs_proof: {level: answered, days: 30}\n",
)
NOT_PROVEN = HomeVerdict(unknown=(PROVEN_BACKUP,))
NOT_RESTORED = HomeVerdict(refusal="the backup of radarr could not be restored")
NOT_ENOUGH = HomeVerdict(refusal="the backup of radarr was not restored far enough in the last 30 days")


def proof(level: ProofLevel, age: timedelta = timedelta(0), *, was_tried: bool = True) -> BackupProof:
    is_proven = was_tried and level.rank >= ProofLevel.BOOTED.rank
    return BackupProof(
        target=replace(box(), name="radarr"),
        drill="guest",
        newest_id="b",
        newest_at=NOW,
        level=level,
        tried_at=NOW - age if was_tried else None,
        proven_at=NOW - age if is_proven else None,
    )


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (None, NOT_PROVEN),
        (proof(ProofLevel.NONE, was_tried=False), NOT_PROVEN),
        (proof(ProofLevel.ANSWERED, timedelta(days=30)), HomeVerdict()),
        (proof(ProofLevel.ANSWERED, timedelta(days=30, seconds=1)), NOT_ENOUGH),
        (proof(ProofLevel.BOOTED), NOT_ENOUGH),
        (proof(ProofLevel.RESTORED), NOT_RESTORED),
        (proof(ProofLevel.NONE), NOT_RESTORED),
    ],
)
def test_how_far_and_when_a_backup_was_restored_decides(
    found: BackupProof | None, expected: HomeVerdict
) -> None:
    assert with_proof(HomeVerdict(), PROOF, found, NOW) == expected


def test_a_proof_does_not_hide_what_else_is_unknown() -> None:
    asleep = HomeVerdict(unknown=("somebody_asleep",))
    assert with_proof(asleep, PROOF, None, NOW).unknown == ("somebody_asleep", PROVEN_BACKUP)
    assert with_proof(asleep, PROOF, proof(ProofLevel.ANSWERED), NOW) == asleep


async def test_a_recipe_is_refused_without_a_proven_backup_and_not_begun_later(tmp_path: Path) -> None:
    clock, inventory = ManualClock(NOW), ToyInventory(Toy())
    inventory.proofs[box().key] = proof(ProofLevel.ANSWERED)
    async with open_rig(tmp_path, clock=clock, inventory=inventory, runbooks=[PROVES]) as rig:
        request = await rig.ask()
        assert [one.recipe for one in request.proposal.options] == ["grow", "restart", "investigate"]
        assert request.proposal.options[0].unknown_facts == ()
        await rig.stand_still()
        rig.engine.broken = True  # type: ignore[attr-defined]
        await rig.press(request)
        inventory.proofs[box().key] = proof(ProofLevel.RESTORED)
        assert await rig.agent.execute(request.id) is RunStatus.REFUSED
        assert rig.toy.done == []


async def test_the_reason_for_a_missing_proof_is_shown(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy())
    inventory.proofs[box().key] = proof(ProofLevel.BOOTED)
    async with open_rig(tmp_path, clock=ManualClock(NOW), inventory=inventory, runbooks=[PROVES]) as rig:
        request = await rig.ask()
        assert request.proposal.left_out == (f"Increase memory: {NOT_ENOUGH.refusal}.",)


async def test_the_proof_of_what_runs_the_target_counts(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy())
    recipe = replace(RECIPE, needs_backup=None, needs_proof=PROOF)
    guest = replace(box(), instance_id="other", id="other", kind="instance")
    inventory.running_in[guest.key] = box()
    inventory.proofs[box().key] = proof(ProofLevel.ANSWERED)
    assert await judge(recipe, guest, inventory, NOW) == HomeVerdict()
    assert await judge(recipe, None, inventory, NOW) == NOT_PROVEN
    inventory.proofs.clear()
    assert await judge(recipe, guest, inventory, NOW) == NOT_PROVEN


async def test_a_recipe_that_another_condition_refuses_keeps_that_reason() -> None:
    inventory = await inventory_with((NOW - timedelta(days=3)).isoformat())
    inventory.proofs[box().key] = proof(ProofLevel.RESTORED)
    with pytest.raises(PreconditionFailed, match="older than 24 hours"):
        await judge(replace(RECIPE, needs_proof=PROOF), box(), inventory, NOW)


@pytest.mark.parametrize(
    "wrong", ["{days: 0}", "{days: .inf}", "{level: restored}", "{level: nonsense}", "{level: none}"]
)
def test_a_proof_must_be_one_that_counts(wrong: str) -> None:
    with pytest.raises(StewardError, match="needs_proof"):
        parse("one.md", PROVES.replace("{level: answered, days: 30}", wrong))
