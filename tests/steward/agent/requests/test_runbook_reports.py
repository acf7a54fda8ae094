"""Reports of runbooks that only read: what is found, what is not known, and that nothing is changed."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from homelab_steward.contract.runbook_runs import RunbookReport, RunRunbook
from homelab_steward.contract.state import Coverage, CoverageStatus, Gap
from lab.scenarios import Scenario
from rig.agent_rig import AgentRig, open_rig
from rig.incident_player import opened_scenario
from rig.inventory import CANARY, NOW, ToyInventory, box, speaker
from rig.toy import Toy
from steward.inventory.ports import Seen

LOOK = """---
id: toy-look
version: 1
title: Toy look
match: {targets: [box]}
looks: [{tool: toy.status}, {capability: nothing-has-this, of: storage}]
recipes: [{id: look, label: Look, kind: investigate, looks: [{tool: toy.log}, {tool: toy.status}]}]
---
# Toy look
"""
HEALTH = """---
id: toy-health
version: 1
title: Toy health
match: {}
each: instance
recipes: [{id: read, label: Read, kind: investigate, looks: [{tool: toy.report}]}]
---
# Toy health
"""


async def report_of(rig: AgentRig, runbook_id: str = "toy-health") -> RunbookReport:
    wanted = RunRunbook(runbook_id=runbook_id, speaker=speaker())
    if runbook_id == "toy-look":
        wanted = replace(wanted, instance_id="toy1", kind="box", target_id=box().id)
    answer = await rig.agent.runbook_requests.run(wanted)
    assert answer.request is None
    assert answer.report is not None
    assert rig.toy.done == []
    return answer.report


def lines(report: RunbookReport) -> dict[str, tuple[str, ...]]:
    return {one.title: one.lines for one in report.sections}


async def test_what_is_wrong_with_a_target_and_what_its_tools_say(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy())
    inventory.seen_now = Seen(problems=("It is full",), unknown=("The age is not known",))
    async with open_rig(tmp_path, inventory=inventory, runbooks=(LOOK,)) as rig:
        report = await report_of(rig, "toy-look")
        assert report.title == "Toy look: radarr"
        assert report.problems == 1
        assert not report.is_complete
        assert report.headline.startswith("1 problem was found. 1 service was read. Not everything")
        first, second, *looks = report.sections
        assert (first.title, first.lines) == ("Problems", ("It is full",))
        assert (second.title, second.lines) == ("Not known", ("The age is not known",))
        assert len(looks) == 2, "each look once, and none that the target does not offer"


async def test_a_target_that_cannot_be_read_is_not_called_well(tmp_path: Path) -> None:
    async with open_rig(tmp_path, runbooks=(LOOK,)) as rig:
        await report_of(rig, "toy-look")
        rig.inventory.connected = False
        report = await report_of(rig, "toy-look")
        assert report.problems == 1
        assert not report.is_complete
        assert "0 services were read." in report.headline


async def test_all_that_the_last_poll_says_is_in_the_report(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy(), ("radarr",))
    key = box().key
    inventory.off, inventory.said_off = {key}, {key: "in the cellar"}
    inventory.seen_now = Seen(problems=("radarr hangs",), unknown=("Its queue cannot be judged",))
    inventory.extra = {"last_backup": (NOW - timedelta(days=2)).isoformat(), "certificate_days": 5}
    inventory.coverage = Coverage(
        status=CoverageStatus.PARTIAL, gaps=(Gap(part="disks", reason="no permission"),)
    )
    async with open_rig(tmp_path, inventory=inventory, runbooks=(HEALTH,)) as rig:
        report = await report_of(rig)
        found = lines(report)
        assert found["Problems"] == ("Toy: radarr hangs", "radarr hangs (Toy)")
        assert found["Not known"][0] == "Toy: disks: no permission"
        assert found["Meant to be off"] == ("radarr: in the cellar (Toy)",)
        assert found["Certificates"] == ("radarr: 5 days left (Toy)",)
        assert "Last backups" in found
        assert report.problems == 2
        assert not report.is_complete


async def test_nothing_old_is_said_of_an_instance_that_does_not_answer(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy(), ("radarr",))
    inventory.seen_now = Seen(problems=("radarr hangs",))
    async with open_rig(tmp_path, inventory=inventory, runbooks=(HEALTH,)) as rig:
        assert (await report_of(rig)).problems == 2
        inventory.connected = False
        report = await report_of(rig)
        assert lines(report) == {"Problems": ("Toy cannot be read: There is no instance toy1",)}
        assert not report.is_complete


async def test_an_instance_that_is_meant_to_be_off_is_no_problem(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy())
    inventory.connected = False
    inventory.instance_row = replace(inventory.instance_row, expected_off="switched off by Olga")
    async with open_rig(tmp_path, inventory=inventory, runbooks=(HEALTH,)) as rig:
        report = await report_of(rig)
        assert lines(report) == {"Meant to be off": ("Toy: switched off by Olga",)}
        assert report.is_complete
        assert report.problems == 0


async def test_many_lines_are_counted_and_long_ones_cut(tmp_path: Path) -> None:
    inventory = ToyInventory(Toy(), ())
    inventory.seen_now = Seen(problems=("x" * 5_000, *(f"problem {number}" for number in range(30))))
    async with open_rig(tmp_path, inventory=inventory, runbooks=(HEALTH,)) as rig:
        report = await report_of(rig)
        (problems,) = report.sections
        assert len(problems.lines) == 21
        assert problems.lines[-1] == "11 more"
        assert max(map(len, problems.lines)) == 300
        assert report.problems == 31


async def test_a_secret_in_what_a_service_says_is_masked(tmp_path: Path) -> None:
    toy = Toy()
    toy.text = f"password {CANARY} refused"
    async with open_rig(tmp_path, inventory=ToyInventory(toy), runbooks=(LOOK,)) as rig:
        report = await report_of(rig, "toy-look")
        assert CANARY.encode() not in report.to_json()
        assert b"password *** refused" in report.to_json()


@pytest.mark.timeout(120)
async def test_the_built_in_health_check_of_a_homelab(tmp_path: Path) -> None:
    services = ("proxmox", "radarr", "truenas", "traefik")
    scenario = Scenario(
        runbook="health-check", services=services, breaks={}, recipe="read", target="", check=""
    )
    async with opened_scenario(scenario, tmp_path) as played:
        answer = await played.agent.runbook_requests.run(
            RunRunbook(runbook_id="health-check", speaker=speaker())
        )
        assert answer.report is not None
        assert answer.report.headline == (
            "No problem was found. 4 services were read. What services say about themselves is not counted."
        )
        found = lines(answer.report)
        assert set(found) == {"Own health checks of services", "Last backups", "Certificates", "Storage"}
        assert "TrueNAS: " in "".join(found["Own health checks of services"])
        assert found["Certificates"][0].startswith("Traefik: ")
        assert "%" in found["Storage"][0]
        assert not played.lab.world.effects
