"""A watched service dies, is stopped on purpose, or moves."""

from demo.waiting import seen
from e2e.rig import DEADLINE, SPEAKER, E2eRig
from homelab_steward.contract.commands import RequestAction
from homelab_steward.contract.incidents import ApprovalRequest, Incident, IncidentStatus, Outcome
from homelab_steward.contract.state import CoverageStatus, InstanceStatus
from lab.faults import Fault, FaultKind
from lab.population import RADARR
from lab.world import PowerAction

OUTAGES = {"container_stopped", "unreachable"}
LONGER = 4 * DEADLINE
"""Seconds within which an outage is confirmed and reported: 20 and some polls."""


async def outage(rig: E2eRig) -> Incident:
    """Wait until the outage of Radarr and its container is one incident that asks."""

    def find() -> Incident | None:
        waiting = [one for one in rig.front_end.incidents.values() if one.status is IncidentStatus.WAITING]
        return next((one for one in waiting if checks(one) >= OUTAGES), None)

    return await seen(rig.front_end.changes, find, LONGER, "the outage as one incident")


def checks(incident: Incident) -> set[str]:
    return {one.labels.get("check", "") for one in incident.alerts}


def request(rig: E2eRig, incident: Incident) -> ApprovalRequest:
    return next(one for one in rig.front_end.pending() if one.incident_id == incident.id)


async def test_a_container_that_dies_is_one_incident_and_is_started(rig: E2eRig) -> None:
    """No monitor reports it: the steward sees it, and what runs in the container is part of it."""
    rig.lab.world.crash(RADARR)
    incident = await outage(rig)
    assert incident.target is not None
    assert (incident.target.kind, incident.target.name) == ("container", "radarr")
    asked = request(rig, incident)
    assert asked.proposal.options[0].label == "Start radarr"
    await rig.front_end.approve(asked, 1, SPEAKER)

    def is_resolved() -> bool:
        return rig.front_end.incidents[incident.id].status is IncidentStatus.RESOLVED

    await seen(rig.front_end.changes, is_resolved, LONGER, "the end of the outage")
    resolved = rig.front_end.incidents[incident.id]
    assert resolved.run is not None
    assert resolved.run.verdict is not None
    assert resolved.run.verdict.outcome is Outcome.FIXED
    assert [one.path for one in rig.lab.world.effects] == ["/nodes/pve1/lxc/105/status/start"]


async def test_one_press_says_that_it_is_meant_to_be_off(rig: E2eRig) -> None:
    """Neither the container nor the program in it is a problem then, until it is started."""
    rig.lab.world.crash(RADARR)
    incident = await outage(rig)
    await rig.front_end.approve(request(rig, incident), 2, SPEAKER)

    def is_expected() -> bool:
        resources = rig.front_end.snapshots["proxmox"].resources
        return any(one.expected_off and "Alex" in one.expected_off for one in resources)

    await seen(rig.front_end.changes, is_expected, LONGER, "the container meant to be off")
    instances = rig.front_end.instances
    await seen(
        rig.front_end.changes, lambda: instances["radarr"].expected_off, LONGER, "Radarr meant to be off"
    )
    own = [one for one in rig.front_end.incidents.values() if checks(one) & OUTAGES]
    assert [(one.number, one.status) for one in own] == [(incident.number, IncidentStatus.RESOLVED)]
    assert not rig.lab.world.effects
    rig.lab.world.power(RADARR, PowerAction.START)

    def runs() -> bool:
        resources = rig.front_end.snapshots["proxmox"].resources
        is_known = instances["radarr"].status is InstanceStatus.OK and not instances["radarr"].expected_off
        return is_known and not any(one.expected_off for one in resources)

    await seen(rig.front_end.changes, runs, LONGER, "Radarr watched again")


async def test_what_a_person_stopped_is_meant_to_be_off(rig: E2eRig) -> None:
    rig.lab.world.power(RADARR, PowerAction.SHUTDOWN, "root@pam")

    def is_expected() -> bool:
        instance = rig.front_end.instances["radarr"]
        return instance.status is not InstanceStatus.OK and instance.expected_off is not None

    await seen(rig.front_end.changes, is_expected, LONGER, "Radarr meant to be off")
    assert "root@pam stopped it" in str(rig.front_end.instances["radarr"].expected_off)
    found = {check for one in rig.front_end.incidents.values() for check in checks(one)}
    assert not found & OUTAGES
    restart = RequestAction(instance_id="radarr", action="restart", speaker=SPEAKER)
    answer = await rig.front_end.request_action(restart)
    assert answer.instead.endswith("radarr is not running.")
    asked = rig.front_end.approvals[answer.approval_id or ""]
    assert [step.action for step in asked.proposal.options[0].steps] == ["proxmox.start_container"]


async def test_a_token_that_sees_less_ends_no_incident(rig: E2eRig) -> None:
    """Neither lost rights nor a list without the storage say that it is not full any more."""
    rig.lab.world.storage_shares[("pve1", "local-lvm")] = 0.985

    def storage_is_full() -> Incident | None:
        found = (one for one in rig.front_end.incidents.values() if "storage_full" in checks(one))
        return next((one for one in found if one.status is IncidentStatus.WAITING), None)

    incident = await seen(rig.front_end.changes, storage_is_full, LONGER, "an incident of the storage")
    rig.lab.proxmox.privileges -= {"Datastore.Audit", "VM.Audit"}

    def is_blind() -> bool:
        shown = rig.front_end.snapshots["proxmox"]
        return shown.coverage.status is CoverageStatus.PARTIAL and bool(shown.missing_rights)

    await seen(rig.front_end.changes, is_blind, LONGER, "a poll that sees less")
    polled = rig.front_end.snapshots["proxmox"].taken_at

    def is_polled_again() -> bool:
        return rig.front_end.snapshots["proxmox"].values.get("guests_running") is None

    await seen(rig.front_end.changes, is_polled_again, LONGER, "no count of guests")
    assert rig.front_end.snapshots["proxmox"].taken_at >= polled
    assert rig.front_end.incidents[incident.id].status is IncidentStatus.WAITING
    rig.lab.world.storage_shares.clear()
    rig.lab.proxmox.privileges |= {"Datastore.Audit", "VM.Audit"}

    def is_over() -> bool:
        return rig.front_end.incidents[incident.id].status is IncidentStatus.RESOLVED

    await seen(rig.front_end.changes, is_over, LONGER, "the end, by a reading")


async def test_a_cluster_that_is_lost_with_its_programs_is_one_incident(rig: E2eRig) -> None:
    """Proxmox and Radarr stop answering at the same time."""
    for service in ("proxmox", "radarr"):
        rig.lab.faults.arm(Fault(service=service, kind=FaultKind.REFUSED))

    def lost() -> Incident | None:
        found = [one for one in rig.front_end.incidents.values() if checks(one) == {"unreachable"}]
        return next((one for one in found if one.alert_count == len(("proxmox", "radarr"))), None)

    incident = await seen(rig.front_end.changes, lost, LONGER, "one incident of both")
    assert incident.target is not None
    assert incident.target.instance_id == "proxmox"
    own = [one for one in rig.front_end.incidents.values() if checks(one) & OUTAGES]
    assert [one for one in own if one.status is not IncidentStatus.RESOLVED] == [incident]
    rig.lab.faults.clear("proxmox")
    rig.lab.faults.clear("radarr")

    def is_over() -> bool:
        return rig.front_end.incidents[incident.id].status is IncidentStatus.RESOLVED

    await seen(rig.front_end.changes, is_over, LONGER, "the end, by polls")
