"""What labels say about the subject of an alert: its name in a title, and what distinguishes two."""

import pytest

from steward.sdk.alert_labels import (
    distinguishing,
    host_names,
    host_of,
    is_about_part,
    is_remote_exporter,
    names_no_machine,
    subject_labels,
    subject_name,
)


@pytest.mark.parametrize(
    ("one", "other", "are_apart"),
    [
        ({"sensor": "attic"}, {"sensor": "cellar"}, True),
        ({"pod": "a", "namespace": "x"}, {"pod": "a", "namespace": "y"}, True),
        ({"instance": "a:1", "mountpoint": "/a"}, {"instance": "a:1", "mountpoint": "/b"}, True),
        ({"instance": "a:1"}, {"instance": "b:1"}, True),
        ({"unheard_of": "a"}, {"unheard_of": "b"}, True),
        ({"sensor": "attic", "severity": "warning"}, {"sensor": "attic", "severity": "critical"}, False),
        ({"sensor": "attic", "value": "41"}, {"sensor": "attic", "value": "42"}, False),
        (
            {"sensor": "attic", "prometheus_replica": "a"},
            {"sensor": "attic", "prometheus_replica": "b"},
            False,
        ),
        (
            {"pod": "a", "namespace": "x", "instance": "10.0.0.1:8080"},
            {"pod": "a", "namespace": "x", "instance": "10.0.0.2:8080"},
            False,
        ),
        (
            {"name": "nginx", "instance": "one:8080", "job": "cadvisor"},
            {"name": "nginx", "instance": "two:8080", "job": "cadvisor"},
            True,
        ),
        (
            {"job": "kube-state-metrics", "pod": "kube-state-metrics-1", "deployment": "a", "namespace": "x"},
            {"job": "kube-state-metrics", "pod": "kube-state-metrics-2", "deployment": "a", "namespace": "x"},
            False,
        ),
        ({"exported_pod": "a", "pod": "ksm-1"}, {"exported_pod": "b", "pod": "ksm-1"}, True),
    ],
)
def test_labels_tell_two_subjects_apart(one: dict[str, str], other: dict[str, str], are_apart: bool) -> None:  # noqa: FBT001
    assert (distinguishing(one) != distinguishing(other)) is are_apart


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        ({}, ""),
        ({"instance": "nas:9100"}, "nas:9100"),
        (
            {"instance": "10.0.0.9:8080", "job": "kube-state-metrics", "namespace": "Mail", "pod": "Spool-0"},
            "Mail/Spool-0",
        ),
        ({"namespace": "db", "persistentvolumeclaim": "pg-0", "pod": "exporter-1"}, "db/pg-0"),
        ({"exported_namespace": "db", "exported_pod": "pg-0", "pod": "x", "namespace": "y"}, "db/pg-0"),
        (
            {
                "job": "kube-state-metrics",
                "container": "kube-state-metrics",
                "namespace": "media",
                "pod": "kube-state-metrics-7d4",
                "deployment": "overseerr",
            },
            "media/overseerr",
        ),
        ({"sensor": "Freezer", "job": "mqtt"}, "Freezer"),
        ({"name": "nginx", "instance": "vps:8080", "job": "cadvisor"}, "nginx on vps:8080"),
        ({"name": "nginx", "instance": "cadvisor:8080", "job": "cadvisor"}, "nginx"),
        ({"instance": "nas:9100", "mountpoint": "/srv"}, "/srv on nas:9100"),
        ({"host": "nas"}, "nas"),
        ({"instance": "blackbox:9115", "target": "https://a.example.org"}, "https://a.example.org"),
        ({"instance": "https://wiki.example.org", "job": "blackbox-http"}, "https://wiki.example.org"),
        ({"instance": "blackbox:9115", "job": "blackbox"}, ""),
        ({"instance": "10.0.0.9:8080", "job": "kube-state-metrics"}, ""),
    ],
)
def test_the_subject_in_a_title(labels: dict[str, str], expected: str) -> None:
    assert subject_name(labels) == expected


def test_addresses() -> None:
    assert [
        host_of(one) for one in ("a:1", "https://a.b/c", "[2001:db8::1]:9100", "2001:db8::1", "a", "")
    ] == [*("a", "a.b", "2001:db8::1", "2001:db8::1", "a", "")]
    assert host_names("nas.example.org:9100") == {"nas.example.org:9100", "nas.example.org", "nas"}
    assert host_names("192.0.2.7:9100") == {"192.0.2.7:9100", "192.0.2.7"}
    assert host_names("") == frozenset()


def test_exporters() -> None:
    assert is_remote_exporter({"job": "snmp"})
    assert is_remote_exporter({"pod": "a", "namespace": "b"})
    assert not is_remote_exporter({"job": "node", "instance": "pve:9100"})
    assert names_no_machine({"instance": "localhost:9100"})
    assert names_no_machine({"instance": "tasks:1", "job": "tasks"})
    assert not names_no_machine({"instance": "nas:9100", "job": "node"})
    assert subject_labels({"Exported_Job": " A ", "job": "b"}) == {"job": "a"}


@pytest.mark.parametrize(
    ("name", "labels", "is_part"),
    [
        ("HostDown", {}, False),
        ("VMDown", {"instance": "nas:9100"}, False),
        ("Remote host unreachable", {}, False),
        ("memory_high", {}, True),
        ("HostOutOfMemory", {}, True),
        ("CPUThrottlingHigh", {}, True),
        ("Speicher knapp", {}, True),
        ("Mémoire presque pleine", {}, True),
        ("DiskOffline", {}, True),
        ("HostDown", {"mountpoint": "/srv"}, True),
        ("HostDown", {"mountpoint": ""}, False),
    ],
)
def test_a_quantity_or_a_part_is_no_outage(name: str, labels: dict[str, str], is_part: bool) -> None:  # noqa: FBT001
    assert is_about_part(name, labels) is is_part
