"""Where instances look from, and what the inventory knows of what they speak about."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.devices import Aspect, Method, Word
from homelab_steward.contract.state import Instance, Origin, ResourceKey, TargetRef
from steward.inventory.topology import Place, Topology
from steward.inventory.witnessed import InstanceReport, key, vantage, witnessed
from steward.quorum.marks import marks
from steward.sdk.description import RUNS_ON, Role
from steward.sdk.testimonies import Said

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
PVE = Instance(id="pve", service="proxmox", name="pve", origin=Origin.FILE)
NODE = TargetRef(instance_id="pve", kind="node", id="pve1", name="pve1")
GUEST = TargetRef(instance_id="pve", kind="container", id="101", name="kuma-ct")
NAS = TargetRef(instance_id="pve", kind="vm", id="7", name="nas")
PLACES = (
    Place(ref=NODE, labels={"node": "pve1"}, role=Role.HOST),
    Place(ref=GUEST, labels={"name": "kuma-ct"}, role=Role.HOST, parent=ResourceKey(kind="node", id="pve1")),
    Place(ref=NAS, labels={"name": "nas", "host": "nas"}, role=Role.HOST),
)
SAID = Said(
    kind="monitor",
    id="1",
    name="nas ping",
    device="192.0.2.30",
    marks=marks(addresses=["192.0.2.30"]),
    aspect=Aspect.REACH,
    method=Method.ICMP,
    word=Word.DOWN,
    checked_at=NOW,
    interval=20.0,
    labels={"host": "nas"},
)


def kuma(**settings: Value) -> Instance:
    return Instance(id="kuma", service="uptime_kuma", name="Kuma", origin=Origin.FILE, settings=settings)


def topology(*instances: Instance) -> Topology:
    return Topology((PVE, *instances), PLACES, {"pve": Role.HOST, "kuma": Role.MONITOR})


@pytest.mark.parametrize(
    ("settings", "place"),
    [
        ({RUNS_ON: "kuma-ct", "url": "http://10.0.0.9:3001"}, "pve/node/pve1"),
        ({"url": "http://10.0.0.9:3001"}, "10.0.0.9"),
        ({"host": "kuma.lan"}, "kuma.lan"),
        ({}, ""),
    ],
)
def test_a_monitor_looks_from_the_machine_that_it_runs_on(settings: dict[str, Value], place: str) -> None:
    one = kuma(**settings)
    [found] = witnessed([InstanceReport(one, (SAID,))], topology(one))
    assert found.testimony is not None
    witness = found.testimony.witness
    assert (witness.id, witness.instance, witness.vantage, witness.method) == (
        "kuma",
        "kuma",
        place,
        Method.ICMP,
    )


def test_what_is_said_is_about_a_target_of_the_inventory() -> None:
    one = kuma()
    [found] = witnessed([InstanceReport(one, (SAID,))], topology(one))
    assert found.about == NAS
    assert found.target.key == ("kuma", "monitor", "1")
    assert (found.sighting.key, found.sighting.instance) == ("kuma/192.0.2.30", "kuma")
    testimony = found.testimony
    assert testimony is not None
    assert (testimony.subject, testimony.word, testimony.interval) == (
        key(NAS),
        Word.DOWN,
        timedelta(seconds=20),
    )


def test_what_nothing_is_known_of_is_about_itself() -> None:
    one = kuma()
    [found] = witnessed([InstanceReport(one, (replace(SAID, labels={"host": "router"}),))], topology(one))
    assert found.about == found.target


def test_a_target_is_never_about_another_one_of_its_own_instance() -> None:
    said = replace(SAID, kind="container", id="101", labels={"name": "nas", "host": "nas"})
    [found] = witnessed([InstanceReport(PVE, (said,))], topology())
    assert found.about == found.target


def test_a_remote_probe_looks_from_elsewhere() -> None:
    one = kuma(url="http://10.0.0.9")
    [found] = witnessed([InstanceReport(one, (replace(SAID, probe="attic"),))], topology(one))
    assert found.testimony is not None
    assert (found.testimony.witness.id, found.testimony.witness.vantage) == ("kuma@attic", "attic")


def test_without_a_word_there_is_no_testimony() -> None:
    [found] = witnessed([InstanceReport(kuma(), (replace(SAID, word=None),))], topology(kuma()))
    assert found.testimony is None


def test_the_vantage_of_a_node_that_runs_on_nothing_is_not_known() -> None:
    assert vantage(topology(), NODE) == ""
