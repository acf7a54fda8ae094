"""Runbooks for a whole stack, in the lab: one approval, each step read back, and what fails in the middle."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import ApprovalRequest, Incident, RunStatus, StepState
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.runbook_runs import RunbookTargetsQuery, RunRunbook
from homelab_steward.contract.state import TargetRef
from lab.lab import Lab
from lab.scenarios import Scenario
from rig.agent_rig import approve
from rig.clocks import HANGING
from rig.incident_player import PlayedLab, opened_scenario
from rig.inventory import speaker
from services.docker.engine import Engine, EngineSimulator
from steward.store import incidents

PROJECT = "com.docker.compose.project"


def engine_of(lab: Lab) -> Engine:
    served = lab.served["docker"]
    assert isinstance(served, EngineSimulator)
    return served.engine


@pytest.fixture
async def played(tmp_path: Path) -> AsyncIterator[PlayedLab]:
    """A lab with the Compose project media, which is radarr and sonarr, and a container beside it."""
    scenario = Scenario(
        runbook="restart-all",
        services=("docker",),
        breaks={},
        recipe="restart",
        target="radarr",
        check="container_unhealthy",
    )
    async with opened_scenario(scenario, tmp_path) as found:
        engine = engine_of(found.lab)
        engine.add("grafana")
        for name in ("radarr", "sonarr"):
            engine.describe(name)["Config"]["Labels"] = {PROJECT: "media"}
        engine.images["sha256:old"].append("sonarr:5")
        await found.poll()
        yield found


def container(played: PlayedLab, name: str) -> TargetRef:
    (target,) = played.inventory.find(kind="container", name=name)
    return target


async def asked(played: PlayedLab, runbook: str, name: str = "sonarr") -> ApprovalRequest:
    target = container(played, name)
    answer = await played.agent.runbook_requests.run(
        RunRunbook(
            runbook_id=runbook,
            instance_id=target.instance_id,
            kind=target.kind,
            target_id=target.id,
            speaker=speaker("1"),
        )
    )
    assert answer.request is not None
    return answer.request


async def concluded(played: PlayedLab, request: ApprovalRequest) -> Incident:
    """Approve a request, and return its incident once it is closed."""
    async with asyncio.timeout(HANGING / 2):
        with played.store.changes.watch(RowKind.INCIDENT) as watch:
            await played.agent.gate.decide(approve(request, 1))
            while True:
                async with played.store.read() as connection:
                    found = await incidents.incident(connection, request.incident_id)
                if found is not None and found.status.is_closed:
                    return found
                await watch.next()


def states(incident: Incident) -> list[StepState]:
    assert incident.run is not None
    return [one.state for one in incident.run.steps]


@pytest.mark.parametrize(("runbook", "action"), [("restart-all", "restart"), ("redeploy", "redeploy")])
async def test_all_of_a_stack_is_changed_after_one_approval(
    played: PlayedLab, runbook: str, action: str
) -> None:
    engine = engine_of(played.lab)
    before = {name: one["State"]["StartedAt"] for name, one in engine.containers.items()}
    request = await asked(played, runbook)
    (only,) = request.proposal.options
    assert [(one.action, one.target.name) for one in only.steps] == [
        (f"docker.{action}", "radarr"),
        (f"docker.{action}", "sonarr"),
    ]
    assert all(one.differences for one in only.steps), "each has a dry run"
    assert not played.lab.world.effects
    incident = await concluded(played, request)
    assert incident.run is not None
    assert incident.run.status is RunStatus.SUCCEEDED, incident.run
    assert states(incident) == [StepState.VERIFIED] * 2
    changed = {name for name, one in engine.containers.items() if one["State"]["StartedAt"] != before[name]}
    assert changed == {"radarr", "sonarr"}
    assert sorted(engine.containers) == ["grafana", "radarr", "sonarr"]


@pytest.mark.parametrize(
    ("runbook", "end"), [("restart-all", f"{'01' * 32}/restart"), ("redeploy", f"{'01' * 32}/stop")]
)
async def test_one_that_fails_stops_nothing_else_and_is_named(
    played: PlayedLab, runbook: str, end: str
) -> None:
    engine = engine_of(played.lab)
    request = await asked(played, runbook)
    engine.broken = {end: 409}
    incident = await concluded(played, request)
    assert incident.run is not None
    assert incident.run.status is RunStatus.FAILED
    assert states(incident) == [StepState.FAILED, StepState.VERIFIED]
    assert "radarr" in incident.resolution
    assert "sonarr" in incident.resolution
    assert engine.containers["radarr"]["Id"] == "01" * 32, "the old one is still there"
    assert engine.containers["radarr"]["State"]["Running"] is True


async def test_a_container_with_another_image_by_now_is_left_out(played: PlayedLab) -> None:
    engine = engine_of(played.lab)
    engine.images["sha256:old"].remove("radarr:5")
    engine.images["sha256:new"].append("radarr:5")
    request = await asked(played, "redeploy")
    assert [one.target.name for one in request.proposal.options[0].steps] == ["sonarr"]
    assert request.proposal.left_out == ("radarr: radarr:5 is another image by now: update radarr instead.",)
    engine.containers["sonarr"]["HostConfig"]["AutoRemove"] = True
    engine.containers["grafana"]["HostConfig"]["NetworkMode"] = "container:radarr"
    with pytest.raises(ContractError, match=r"grafana would lose the network.*it runs with --rm"):
        await asked(played, "redeploy")


async def test_what_is_in_no_stack_has_none(played: PlayedLab) -> None:
    with pytest.raises(ContractError, match="grafana belongs to no stack") as refused:
        await asked(played, "restart-all", "grafana")
    assert refused.value.code is ErrorCode.UNAVAILABLE


async def test_a_new_container_that_ends_at_once_is_no_success(played: PlayedLab) -> None:
    engine = engine_of(played.lab)
    request = await asked(played, "redeploy")
    engine.started = lambda one: one["State"].update(Running=False, Status="exited")
    incident = await concluded(played, request)
    assert incident.run is not None
    assert incident.run.status is RunStatus.FAILED
    assert StepState.VERIFIED not in states(incident)


async def test_a_runbook_for_a_stack_lists_the_stacks(played: PlayedLab) -> None:
    for runbook in ("restart-all", "redeploy"):
        found = await played.agent.runbook_targets.list(RunbookTargetsQuery(runbook_id=runbook))
        assert [(one.name, one.target.name) for one in found.targets] == [("media", "radarr")]
        assert not found.only_reads
