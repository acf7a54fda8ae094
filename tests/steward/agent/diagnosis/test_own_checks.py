"""The checks of a service show whether anything is wrong when a runbook has no goal."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from homelab_steward.contract.incidents import IncidentStatus, Severity
from rig.agent_rig import open_rig
from rig.inventory import ToyInventory
from rig.toy import SERVICE, Toy
from steward.inventory.ports import Seen
from steward.sdk.description import Check

RUNBOOK = """---
id: toy-look
version: 1
title: Look at the toy
match: {alerts: [ToyMemoryHigh], checks: [jammed, dirty], targets: [box]}
looks:
  - {tool: toy.status}
  - {tool: toy.nothing}
recipes:
  - {id: investigate, label: Investigate, kind: investigate, looks: [{tool: toy.log}]}
---
# Look
"""
CLEAR = "Nothing is wrong now: everything the runbook checks is as it should be."


def inventory(toy: Toy) -> ToyInventory:
    found = ToyInventory(toy)
    checks: tuple[Check[Any], ...] = tuple(
        Check(
            key=one, name=one.capitalize(), severity=Severity.WARNING, problem=lambda _box: None, scope="box"
        )
        for one in ("jammed", "dirty", "other")
    )
    found.service_row = replace(SERVICE, checks=checks)
    return found


@pytest.mark.parametrize(
    ("seen", "has_problem", "summary"),
    [
        (Seen(checks={"jammed": True, "dirty": True, "other": False}), False, CLEAR),
        (
            Seen(checks={"jammed": False, "dirty": True}, problems=("The lid is stuck",)),
            True,
            "Not as it should be: Jammed (now: The lid is stuck).",
        ),
        (
            Seen(checks={"jammed": None, "dirty": True}, unknown=("The sensor is away",)),
            True,
            "Not known: Jammed (The sensor is away).",
        ),
        (Seen(checks={"jammed": None}), True, "Not known: Jammed (The service does not report it)."),
        (Seen(checks={"other": True}), True, "Memory of radarr is at 95 %."),
        (Seen(checks={"jammed": True}, is_listed=False), True, "Memory of radarr is at 95 %."),
    ],
)
async def test_what_the_checks_of_the_service_say(
    tmp_path: Path, seen: Seen, summary: str, *, has_problem: bool
) -> None:
    toys = inventory(Toy())
    toys.seen_now = seen
    async with open_rig(tmp_path, inventory=toys, runbooks=(RUNBOOK,)) as rig:
        await rig.fire()
        diagnosis = (await rig.status(IncidentStatus.WAITING)).diagnosis
    assert diagnosis is not None
    assert diagnosis.has_problem is has_problem
    assert diagnosis.summary == f"{summary} toy.nothing cannot be read of radarr."


async def test_checks_of_an_earlier_poll_prove_nothing(tmp_path: Path) -> None:
    toys = inventory(Toy())
    toys.seen_now = Seen(checks={"jammed": True, "dirty": True})
    async with open_rig(tmp_path, inventory=toys, runbooks=(RUNBOOK,)) as rig:
        rig.toy.down = True
        await rig.fire()
        diagnosis = (await rig.status(IncidentStatus.WAITING)).diagnosis
    assert diagnosis is not None
    assert diagnosis.has_problem
