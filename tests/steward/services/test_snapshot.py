"""A snapshot of a state, also when a reading fails."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from structlog.testing import capture_logs

from homelab_steward.contract.state import Snapshot
from steward.description import Sensor
from steward.services.finder import find_services
from steward.services.proxmox.models import Cluster, Guest, GuestKind, GuestRef, Load, Node
from steward.services.snapshot import snapshot

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
LOAD = Load(cpu=0.5, memory_used=3, memory_limit=4, disk_used=1, disk_limit=0, uptime=9)
STATE = Cluster(
    version="9.1",
    nodes=(Node(name="pve1", is_online=True, load=LOAD), Node(name="pve2", is_online=False, load=None)),
    guests=(
        Guest(
            ref=GuestRef(node="pve1", kind=GuestKind.CONTAINER, vmid=105),
            name="radarr",
            is_running=False,
            load=None,
        ),
    ),
    storages=(),
)


def test_all_readings_and_resources() -> None:
    result = snapshot(find_services()["proxmox"], "i", STATE, NOW)
    assert (result.instance_id, result.taken_at, result.version) == ("i", NOW, "9.1")
    assert result.values == {"nodes_online": 1, "guests_running": 0, "version": "9.1"}
    found = {(one.kind, one.id): one.values for one in result.resources}
    assert found["node", "pve1"]["memory_share"] == 75.0
    assert found["node", "pve1"]["disk_share"] is None, "a share of nothing is not known"
    assert found["node", "pve2"] == {**dict.fromkeys(found["node", "pve1"]), "online": False}
    assert found["container", "pve1/lxc/105"]["running"] is False


def test_a_reading_that_fails_costs_only_itself() -> None:
    def fail(_: Any) -> None:
        raise ValueError("no such luck")

    service = find_services()["proxmox"]
    wrong: Sensor[Cluster] = Sensor(key="wrong", name="Wrong", value=fail)
    service = replace(service, sensors=(*service.sensors, wrong))
    with capture_logs() as logs:
        result = snapshot(service, "i", STATE, NOW)
    assert result.values == {"nodes_online": 1, "guests_running": 0, "version": "9.1", "wrong": None}
    assert [(one["log_level"], one["service"], one["sensor"]) for one in logs] == [
        ("warning", "proxmox", "wrong")
    ]
    assert Snapshot.from_json(result.to_json()) == result
