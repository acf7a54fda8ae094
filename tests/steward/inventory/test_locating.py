"""Which target the labels of an alert allow: no other machine, and no other thing on it."""

import pytest

from homelab_steward.contract.state import Instance, Origin, ResourceKey, TargetRef
from steward.inventory.topology import Place, Topology
from steward.sdk.description import Role


def _instance(name: str, service: str, **settings: str) -> Instance:
    return Instance(id=name, service=service, name=name, origin=Origin.FRONT_END, settings=dict(settings))


def _guest(number: str, name: str, node: str, kind: str = "container") -> Place:
    return Place(
        ref=TargetRef(instance_id="cluster", kind=kind, id=number, name=name),
        labels={"id": f"lxc/{number}", "vmid": number, "name": name, "guest": name, "node": node},
        parent=ResourceKey(kind="node", id=node),
        role=Role.HOST,
    )


def _node(name: str) -> Place:
    return Place(
        ref=TargetRef(instance_id="cluster", kind="node", id=name, name=name),
        labels={"id": f"node/{name}", "node": name},
        role=Role.HOST,
    )


def _docker(instance: str, name: str, host: str) -> Place:
    return Place(
        ref=TargetRef(instance_id=instance, kind="container", id=name, name=name),
        labels={"name": name, "container": name, "container_name": name, "image": f"{name}:1", "host": host},
        role=Role.HOST,
    )


PAPERLESS = _guest("131", "paperless", "alpha")
BRIDGE = _guest("140", "bridge", "beta", "vm")
NGINX = _docker("engine", "nginx", "shelf")
BOTH = [_docker("engine", "caddy", "shelf"), _docker("engine2", "caddy", "attic")]
HOMELAB = Topology(
    (
        _instance("cluster", "proxmox", url="https://alpha:8006"),
        _instance("engine", "docker", url="http://192.0.2.20:2375"),
        _instance("engine2", "docker", url="http://192.0.2.21:2375"),
        _instance("Paperless", "paperless", url="http://paperless:8000"),
        _instance("prometheus", "prometheus", url="http://192.0.2.9:9090"),
    ),
    (_node("alpha"), _node("beta"), PAPERLESS, BRIDGE, NGINX, *BOTH),
    {
        "cluster": Role.HOST,
        "engine": Role.HOST,
        "engine2": Role.HOST,
        "Paperless": Role.APPLICATION,
        "prometheus": Role.MONITOR,
    },
)
ALPHA = _node("alpha").ref
MONITOR = TargetRef(instance_id="prometheus", kind="instance", id="prometheus", name="prometheus")
PROGRAM = TargetRef(instance_id="Paperless", kind="instance", id="Paperless", name="Paperless")


@pytest.mark.parametrize(
    "labels",
    [
        {"name": "paperless", "image": "paperless:2", "instance": "bridge:8080", "job": "cadvisor"},
        {"name": "paperless", "instance": "bridge:8080", "job": "cadvisor"},
        {"name": "paperless", "instance": "bridge.example.org:8080"},
        {"container": "paperless", "instance": "192.0.2.77:8080", "job": "containers"},
        {"name": "paperless", "host": "garage"},
        {"name": "paperless", "hostname": "beta"},
        {"name": "paperless", "kubernetes_node": "worker-2"},
        {"name": "paperless", "machine": "beta"},
        {"name": "nginx", "image": "nginx:1", "instance": "vps.example.org:8080", "job": "cadvisor"},
        {"name": "nginx", "host": "attic"},
        {"name": "paperless", "agent_hostname": "garage"},
        {"name": "paperless", "k8s_node_name": "worker-2"},
        {"name": "paperless", "kubernetes_io_hostname": "beta"},
        {"name": "paperless", "FQDN": "garage.example.org"},
        {"name": "nginx", "exported_instance": "attic", "instance": "shelf:9100"},
    ],
)
def test_a_label_that_names_another_machine_rules_a_target_out(labels: dict[str, str]) -> None:
    assert HOMELAB.locate(labels) is None


@pytest.mark.parametrize(
    "labels",
    [
        {"instance": "alpha:8080", "namespace": "media", "pod": "tautulli-0", "job": "kube-state-metrics"},
        {
            "container": "paperless",
            "pod": "paperless-6d4f-x",
            "namespace": "docs",
            "instance": "192.0.2.5:8080",
        },
        {"instance": "alpha:9115", "job": "blackbox", "target": "https://mail.example.org"},
        {"job": "prometheus", "sensor": "boiler"},
        {"job": "prometheus", "room": "attic"},
        {"job": "mqtt", "instance": "alpha:9641", "room": "attic"},
        {"job": "proxmox", "zigbee_topic": "attic", "instance": "exporter:1"},
        {"name": "paperless", "instance": "alpha:8080", "job": "cadvisor"},
        {"name": "paperless", "container_label_com_docker_compose_service": "paperless"},
        {"id": "/docker/4f1e", "name": "paperless", "node": "alpha"},
        {"job": "prometheus", "pod": "a-1", "namespace": "a"},
        {"instance": "paperless:8000", "job": "mqtt", "sensor": "freezer"},
        {"node": "alpha", "name": "unknown-guest"},
        {"instance": "alpha:9221", "vm": "other"},
        {"instance": "bridge:8080", "name": "adguard", "image": "adguard:1"},
    ],
)
def test_a_label_that_names_another_thing_rules_a_machine_or_an_exporter_out(labels: dict[str, str]) -> None:
    assert HOMELAB.locate(labels) is None


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({"name": "paperless"}, PAPERLESS.ref),
        ({"name": "paperless", "node": "alpha"}, PAPERLESS.ref),
        ({"name": "paperless", "instance": "alpha:9221"}, PAPERLESS.ref),
        ({"name": "paperless", "instance": "192.0.2.9:9221", "job": "pve"}, PAPERLESS.ref),
        ({"name": "paperless", "instance": "pve-exporter:9221"}, PAPERLESS.ref),
        ({"id": "lxc/131", "job": "pve", "type": "lxc", "tags": "docs", "instance": "beta"}, PAPERLESS.ref),
        ({"name": "paperless", "node": "alpha", "job": "pve", "type": "lxc"}, PAPERLESS.ref),
        ({"id": "lxc/131", "node": "beta", "instance": "beta:9221"}, PAPERLESS.ref),  # it was migrated
        ({"instance": "alpha:9100", "device": "eno1", "job": "node"}, ALPHA),
        ({"instance": "alpha:9100", "name": "pvedaemon.service"}, ALPHA),
        ({"host": "alpha.example.org", "node": "alpha"}, ALPHA),
        ({"name": "nginx", "image": "nginx:1", "instance": "shelf:8080", "job": "cadvisor"}, NGINX.ref),
        ({"name": "nginx", "image": "nginx:1", "instance": "cadvisor:8080", "job": "cadvisor"}, NGINX.ref),
        ({"name": "nginx", "image": "nginx:1", "instance": "192.0.2.20:8080"}, NGINX.ref),
        ({"name": "caddy", "image": "caddy:1", "host": "attic"}, BOTH[1].ref),
        ({"name": "caddy", "image": "caddy:1", "instance": "cadvisor:8080"}, None),
        ({"exported_name": "nginx", "name": "exporter", "host": "shelf"}, NGINX.ref),
        ({"app": "paperless", "pod": "paperless-6d4f-x", "namespace": "docs"}, PROGRAM),
        ({"job": "paperless", "instance": "198.51.100.4:9707"}, PROGRAM),
        ({"job": "paperless", "instance": "bridge:9707"}, BRIDGE.ref),
        ({"job": "prometheus"}, MONITOR),
        ({"job": "prometheus", "instance": "localhost:9090", "cluster": "home"}, MONITOR),
        ({"name": "nginx", "instance": "shelf:8080", "job": "cadvisor"}, NGINX.ref),
    ],
)
def test_what_all_labels_allow_is_the_target(labels: dict[str, str], expected: TargetRef | None) -> None:
    assert HOMELAB.locate(labels) == expected
