"""Backups that were restored in drills: a sensor with the count, and repairs for what is not proven."""

from dataclasses import replace
from datetime import timedelta

import pytest
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.protocol import RowKind
from custom_components.homelab_steward.contract.restore_drill import BackupProof, ProofLevel, RestoreReport
from custom_components.homelab_steward.contract.state import TargetRef

SENSOR = "sensor.homelab_steward_restorable_backups"
ISSUES = ("restore_failed", "restore_old", "restore_left")


def proof(name: str, level: ProofLevel | None, days_ago: float = 0, **more: str) -> BackupProof:
    now = dt_util.utcnow()
    at = now - timedelta(days=days_ago, minutes=1)
    is_proven = level in (ProofLevel.BOOTED, ProofLevel.ANSWERED)
    return BackupProof(
        target=TargetRef(instance_id="pve", kind="vm", id=name, name=name),
        drill="guest",
        newest_id="new",
        newest_at=now - timedelta(hours=5),
        tried_at=None if level is None else at,
        level=level or ProofLevel.NONE,
        proven_at=at if is_proven else None,
        **more,
    )


def report(*proofs: BackupProof, is_on: bool = True, left: tuple[str, ...] = ()) -> RestoreReport:
    return RestoreReport(days=30, is_on=is_on, proofs=proofs, left=left)


def shown(hass: HomeAssistant) -> State:
    state = hass.states.get(SENSOR)
    assert state
    return state


def issue(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> ir.IssueEntry | None:
    return ir.async_get(hass).async_get_issue(DOMAIN, f"{key}_{entry.entry_id}")


def listed(hass: HomeAssistant, entry: MockConfigEntry, key: str) -> str | None:
    found = issue(hass, entry, key)
    return (found.translation_placeholders or {})["backups"] if found else None


async def test_without_drills_nothing_is_known_and_nothing_is_wrong(
    hass: HomeAssistant, loaded: MockConfigEntry
) -> None:
    assert shown(hass).state == "unknown"
    assert [issue(hass, loaded, one) for one in ISSUES] == [None] * 3


async def test_a_place_that_cannot_be_read_counts_and_is_named(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    unread = replace(proof("nas", None), newest_id="", newest_at=None, skipped="it is not mounted")
    await steward.push(RowKind.RESTORES, report(unread))
    await until(lambda: shown(hass).state == "0")
    (row,) = shown(hass).attributes["not_proven"]
    assert (row["name"], row["backup_at"], row["reason"]) == ("nas", None, "it is not mounted")
    assert listed(hass, loaded, "restore_old") == "- nas"


async def test_the_sensor_counts_what_is_proven_and_names_the_rest(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    rows = (
        proof("media", ProofLevel.ANSWERED, 3),
        proof("dns", ProofLevel.BOOTED, 1),
        proof("new", None),
    )
    await steward.push(RowKind.RESTORES, report(*rows))
    await until(lambda: shown(hass).state == "2")
    attributes = shown(hass).attributes
    assert (attributes["backups"], attributes["oldest_proof_days"]) == (3, 3)
    assert [one["name"] for one in attributes["not_proven"]] == ["new"]
    assert [(one["name"], one["level"]) for one in attributes["proven"]] == [
        ("media", "answered"),
        ("dns", "booted"),
    ]
    assert [issue(hass, loaded, one) for one in ISSUES] == [None] * 3, "a new backup had no drill so far"


async def test_a_backup_that_cannot_be_restored_is_a_repair_until_it_can(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    failed = proof("media", ProofLevel.RESTORED, reason="it did not\nstart")
    await steward.push(RowKind.RESTORES, report(failed))
    await until(lambda: listed(hass, loaded, "restore_failed") == "- media: it did not start")
    assert issue(hass, loaded, "restore_old") is None
    await steward.push(RowKind.RESTORES, report(proof("media", ProofLevel.BOOTED)))
    await until(lambda: issue(hass, loaded, "restore_failed") is None)


@pytest.mark.parametrize(
    "late", [proof("media", ProofLevel.BOOTED, 31), proof("media", None, skipped="no space")]
)
async def test_an_old_proof_is_a_repair_while_drills_are_on(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until, late: BackupProof
) -> None:
    await steward.push(RowKind.RESTORES, report(late))
    await until(lambda: listed(hass, loaded, "restore_old") == "- media")
    assert shown(hass).state == "0"
    await steward.push(RowKind.RESTORES, report(late, is_on=False))
    await until(lambda: issue(hass, loaded, "restore_old") is None)


async def test_a_copy_that_stays_is_a_repair(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    await steward.push(RowKind.RESTORES, report(left=("990000001: locked",)))
    await until(lambda: listed(hass, loaded, "restore_left") == "- 990000001: locked")
    await steward.push(RowKind.RESTORES, report())
    await until(lambda: issue(hass, loaded, "restore_left") is None)
