"""Targets are found by the labels of alerts, and parents and applications by their relations."""

from typing import Any

import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.state import Instance, Origin, ResourceKey, TargetRef
from steward.inventory.topology import Place, Topology, places
from steward.sdk.description import Role

from .fakes import Guest, State, World


def instance(name: str, service: str | None = None, **settings: Value) -> Instance:
    return Instance(
        id=f"i-{name.lower()}",
        service=service or name.lower(),
        name=name,
        origin=Origin.FRONT_END,
        settings=settings,
    )


def place(target_id: str, title: str, kind: str = "container", **labels: str) -> Place:
    """A guest on the node of its label, or a node."""
    node = labels.get("node") if kind != "node" else None
    return Place(
        ref=TargetRef(instance_id="i-pve", kind=kind, id=target_id, name=title),
        labels=labels,
        parent=ResourceKey(kind="node", id=node) if node else None,
        role=Role.HOST,
    )


PVE = instance("PVE", "proxmox", url="https://pve1:8006")
RADARR = instance("Radarr", url="http://10.0.0.15:7878")
SONARR = instance("Series", "sonarr", runs_on="106")
NODE_1 = place("pve1", "pve1", "node", node="pve1")
NODE_2 = place("pve2", "pve2", "node", node="pve2")
GUEST_105 = place("105", "radarr", id="lxc/105", name="radarr", node="pve1")
GUEST_106 = place("106", "tv", id="lxc/106", name="tv", node="pve1")
GUEST_110 = place("110", "Prometheus", id="lxc/110", name="prometheus", node="pve2")
ROLES = {"i-pve": Role.HOST, "i-radarr": Role.APPLICATION, "i-series": Role.APPLICATION}
HOMELAB = Topology((PVE, RADARR, SONARR), (NODE_1, NODE_2, GUEST_105, GUEST_106, GUEST_110), ROLES)
APP = TargetRef(instance_id="i-radarr", kind="instance", id="i-radarr", name="Radarr")
PVE_REF = TargetRef(instance_id="i-pve", kind="instance", id="i-pve", name="PVE")
SERIES = TargetRef(instance_id="i-series", kind="instance", id="i-series", name="Series")


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"id": "lxc/105"}, GUEST_105.ref),
        ({"id": "lxc/105", "name": "radarr", "node": "pve1", "job": "pve"}, GUEST_105.ref),
        ({"id": "LXC/105", "instance": "192.0.2.11:9221"}, GUEST_105.ref),
        ({"name": "radarr"}, GUEST_105.ref),
        ({"container": "Radarr"}, GUEST_105.ref),
        ({"host": "prometheus"}, GUEST_110.ref),
        ({"instance": "radarr:9100", "job": "node"}, GUEST_105.ref),
        ({"node": "pve2"}, NODE_2.ref),
        ({"instance": "pve1:9100"}, NODE_1.ref),
        ({"name": "radarr", "node": "pve1"}, GUEST_105.ref),  # the guest, not its node
        ({"instance": "pve1:9100", "container": "tv"}, GUEST_106.ref),
        ({"id": "lxc/105", "name": "radarr", "node": "pve2"}, GUEST_105.ref),  # it was migrated
        ({"name": "radarr", "node": "pve2"}, None),  # another guest, or it was migrated
        ({"job": "radarr"}, APP),
        ({"app": "RADARR"}, APP),
        ({"job": "radarr", "instance": "radarr:7878"}, APP),
        ({"instance": "10.0.0.15:7878"}, APP),
        ({"service": "sonarr"}, SERIES),
        ({"job": "series"}, SERIES),
        ({"steward_instance": "i-radarr", "check": "health"}, APP),
        ({"steward_instance": "i-pve", "steward_kind": "container", "target": "106"}, GUEST_106.ref),
        ({"steward_instance": "i-pve", "steward_kind": "vm", "target": "106"}, None),
        ({"steward_instance": "i-pve", "steward_kind": "container", "target": "999", "name": "radarr"}, None),
        ({"steward_instance": "i-pve", "target": "106"}, None),
        ({"steward_instance": "gone"}, None),
        ({}, None),
        ({"alertname": "radarr", "severity": "warning", "text": "radarr"}, None),
        ({"name": "radar"}, None),
        ({"name": "", "job": "", "instance": ""}, None),
        ({"id": "/docker/3f2a", "name": "radarr"}, None),  # another target with the same name
        ({"host": "pve1", "container": "prometheus"}, None),  # two targets with the same score
        ({"name": "{{ radarr }}"}, None),
    ],
)
def test_labels_identify_at_most_one_target(labels: dict[str, str], expected: TargetRef | None) -> None:
    assert HOMELAB.locate(labels) == expected


def test_two_targets_with_the_same_name_are_ambiguous() -> None:
    twin = place("205", "radarr", id="lxc/205", name="radarr", node="pve2")
    rig = Topology((PVE,), (GUEST_105, twin), ROLES)
    assert rig.locate({"name": "radarr"}) is None
    assert rig.locate({"name": "radarr", "node": "pve2"}) == twin.ref
    two = Topology((RADARR, instance("Radarr 4K", "radarr", url="http://x:7878")), (), ROLES)
    assert two.locate({"job": "radarr", "instance": "x:7878"}) is not None
    assert (
        Topology((instance("A", "radarr"), instance("B", "radarr")), (), ROLES).locate({"job": "radarr"})
        is None
    )


def test_parents_of_targets() -> None:
    assert HOMELAB.parents(GUEST_105.ref) == (NODE_1.ref, PVE_REF)
    assert HOMELAB.parents(APP) == (GUEST_105.ref, NODE_1.ref, PVE_REF)
    assert HOMELAB.parents(SERIES) == (GUEST_106.ref, NODE_1.ref, PVE_REF)
    assert HOMELAB.parents(NODE_1.ref) == (PVE_REF,)
    assert HOMELAB.parents(PVE_REF) == ()
    assert HOMELAB.parents(TargetRef(instance_id="gone", kind="x", id="a/b", name="")) == ()


def test_circular_hosts_end() -> None:
    pve = instance("PVE", "proxmox", runs_on="radarr")
    other = instance("Other", "docker", runs_on="pve1")
    inside = Place(
        ref=TargetRef(instance_id="i-other", kind="container", id="c", name="radarr"),
        labels={"name": "radarr"},
        role=Role.HOST,
    )
    rig = Topology((pve, other), (NODE_1, inside), ROLES)
    assert len(rig.parents(NODE_1.ref)) == 3


def test_the_application_of_a_target() -> None:
    assert HOMELAB.application(GUEST_105.ref) == APP
    assert HOMELAB.application(GUEST_106.ref) == SERIES
    assert HOMELAB.application(GUEST_110.ref) is None
    assert HOMELAB.application(PVE_REF) is None


def test_a_configured_host_takes_precedence_over_names() -> None:
    second = instance("Radarr 4K", "radarr", url="http://x:1")
    rig = Topology((RADARR, second), (GUEST_105, GUEST_106), ROLES)
    assert rig.application(GUEST_105.ref) == APP
    moved = instance("Radarr", runs_on="TV")
    rig = Topology((moved, second), (GUEST_105, GUEST_106), ROLES)
    assert rig.application(GUEST_106.ref) == APP
    assert rig.application(GUEST_105.ref) is not None
    nowhere = instance("Radarr", runs_on="nothing like it")
    assert Topology((nowhere,), (GUEST_105,), ROLES).application(GUEST_105.ref) is None


def test_an_instance_does_not_run_inside_itself() -> None:
    pve = Instance(id="i-pve", service="proxmox", name="pve1", origin=Origin.FRONT_END)
    assert Topology((pve,), (NODE_1,), ROLES).application(NODE_1.ref) is None


def test_a_resource_without_labels_is_not_a_target() -> None:
    listed = place("radarr", "radarr", "alert")
    assert Topology((PVE,), (listed,), ROLES).locate({"name": "radarr"}) is None
    assert Topology((PVE,), (listed, GUEST_105), ROLES).locate({"name": "radarr"}) == GUEST_105.ref


def test_a_target_is_identified_by_instance_kind_and_id() -> None:
    vm = place("105", "other", "vm", id="qemu/105", name="other", node="pve1")
    rig = Topology((PVE,), (GUEST_105, vm, NODE_1), ROLES)
    assert rig.target("i-pve", "container", "105") == GUEST_105.ref
    assert rig.target("i-pve", "vm", "105") == vm.ref
    assert rig.target("i-pve", "node", "105") is None
    assert rig.target("i-gone", "vm", "105") is None
    for kind, target_id in ((None, None), ("instance", "i-pve"), (None, "i-pve")):
        assert rig.target("i-pve", kind, target_id) == PVE_REF
    assert rig.target("i-pve", "instance", "i-radarr") is None


def test_a_migrated_guest_is_the_same_target() -> None:
    moved = place("105", "radarr", id="lxc/105", name="radarr", node="pve2")
    rig = Topology((PVE, RADARR), (moved, NODE_1, NODE_2), ROLES)
    assert rig.target("i-pve", "container", "105") == GUEST_105.ref
    assert rig.parents(GUEST_105.ref) == (NODE_2.ref, PVE_REF)
    assert rig.application(GUEST_105.ref) == APP


def test_a_parent_that_is_not_listed_is_omitted() -> None:
    assert Topology((PVE,), (GUEST_105,), ROLES).parents(GUEST_105.ref) == (PVE_REF,)


def test_the_nearest_target_with_a_role() -> None:
    assert HOMELAB.with_role(APP, Role.APPLICATION) == APP
    assert HOMELAB.with_role(APP, Role.HOST) == GUEST_105.ref
    assert HOMELAB.with_role(GUEST_105.ref, Role.HOST) == GUEST_105.ref
    assert HOMELAB.with_role(GUEST_105.ref, Role.APPLICATION) == APP
    assert HOMELAB.with_role(GUEST_110.ref, Role.APPLICATION) is None
    assert HOMELAB.with_role(APP, Role.STORAGE) is None


def test_the_instances_that_run_in_a_target() -> None:
    assert HOMELAB.hosted(GUEST_105.ref) == (APP,)
    assert set(HOMELAB.hosted(NODE_1.ref)) == {APP, SERIES}
    assert HOMELAB.hosted(NODE_2.ref) == ()


def test_targets_by_name() -> None:
    assert HOMELAB.with_name(" Radarr ") == (GUEST_105.ref,)
    assert HOMELAB.with_name("105") == (GUEST_105.ref,)
    assert HOMELAB.with_name("") == HOMELAB.with_name("radar") == ()


STORE = Place(ref=TargetRef(instance_id="i-pve", kind="storage", id="local", name="Local"), role=Role.STORAGE)
SECOND = Place(ref=TargetRef(instance_id="i-pve2", kind="container", id="200", name="radarr"), role=Role.HOST)
PVE_2 = instance("PVE2", "proxmox")
TWO = Topology((PVE, PVE_2, RADARR), (NODE_1, GUEST_105, STORE, SECOND), ROLES)
ITSELF_2 = TargetRef(instance_id="i-pve2", kind="instance", id="i-pve2", name="PVE2")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"service": "radarr"}, (APP,)),
        ({"service": "proxmox"}, (PVE_REF, ITSELF_2)),
        ({"service": "nothing"}, ()),
        ({"instance": "PVE"}, (PVE_REF,)),
        ({"instance": "i-PVE"}, (PVE_REF,)),
        ({"instance": "pve", "service": "radarr"}, ()),
        ({"instance": "pve", "name": "RADARR"}, (GUEST_105.ref,)),
        ({"instance": "pve2", "name": "radarr"}, (SECOND.ref,)),
        ({"service": "proxmox", "name": "radarr"}, (GUEST_105.ref, SECOND.ref)),
        ({"service": "proxmox", "name": "105"}, (GUEST_105.ref,)),
        ({"service": "proxmox", "kind": "node"}, (NODE_1.ref,)),
        ({"service": "proxmox", "kind": "node", "name": "radarr"}, ()),
        ({"service": "radarr", "name": "Radarr"}, (APP,)),
        ({"role": Role.STORAGE}, (STORE.ref,)),
        ({"role": Role.APPLICATION}, (APP,)),
        ({"role": Role.STORAGE, "name": "other"}, ()),
        ({"role": Role.MONITOR}, ()),
        ({"service": "radarr", "kind": "instance"}, (APP,)),
    ],
)
def test_a_name_finds_every_target_that_fits(wanted: dict[str, Any], expected: tuple[TargetRef, ...]) -> None:
    assert TWO.find(**wanted) == expected


def test_an_item_whose_labels_fail_costs_itself() -> None:
    world = World()
    state = State(guests=(Guest("1", "web", 0.5), Guest("2", None, 0.5), Guest("1", "again", 0.5)))  # type: ignore[arg-type]
    found = places(world.service(), "a", state)
    assert [(one.ref.id, one.ref.name) for one in found] == [("1", "web")]


def test_what_a_monitor_watches_is_the_parent_of_its_item() -> None:
    """A target that is down in a container that is off is part of the container's outage."""
    pve = Instance(id="pve", service="proxmox", name="PVE", origin=Origin.FILE)
    prometheus = Instance(id="prom", service="prometheus", name="Prometheus", origin=Origin.FILE)
    box = Place(
        ref=TargetRef(instance_id="pve", kind="container", id="105", name="radarr"),
        labels={"name": "radarr"},
        role=Role.HOST,
    )

    def watched(instance: str) -> Place:
        ref = TargetRef(instance_id="prom", kind="target", id=f"node {instance}", name=instance)
        return Place(ref=ref, about={"job": "node", "instance": instance})

    places = [box, watched("radarr:9100"), watched("elsewhere:9100"), watched("prom:9090")]
    topology = Topology([pve, prometheus], places, {"pve": Role.HOST, "prom": Role.MONITOR})
    found = [tuple(one.id for one in topology.parents(place.ref)) for place in places[1:]]
    assert found == [("105", "pve"), ("prom",), ("prom",)]
