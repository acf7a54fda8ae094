"""Reads the labels of an alert: its machine, its subject, and what distinguishes it from others. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

EXPORTED: Final = "exported_"
"""The prefix of a subject's label when the exporter has a label of the same name."""

INSTANCE_LABEL: Final = "instance"
"""The address that Prometheus scraped: that of the machine, or of an exporter elsewhere."""

HOST_LABELS: Final = frozenset(
    {
        *("host", "hostname", "host_name", "machine", "server", "nodename", "node", "node_name"),
        *("kubernetes_node", "k8s_node", "docker_host"),
    }
)
"""Labels that name the machine of the subject; targets are also found by them."""

HOST_LABEL: Final = re.compile(
    r"([a-z0-9]+_)*(host|hostname|node|nodename|machine|server|computer|hypervisor|fqdn)(_name|_hostname|_ip)?"
)
"""The pattern of label names that name a machine."""

THING_LABELS: Final = (
    *("persistentvolumeclaim", "pod", "statefulset", "deployment", "daemonset", "replicaset", "cronjob"),
    *("job_name", "container_name", "container", "guest", "vm", "vm_name", "name", "entity", "entity_id"),
    *("friendly_name", "sensor", "target", "url", "monitor_name", "device_name", "ups"),
)
"""Labels that name the subject itself, the most exact first."""

PART_LABELS: Final = (
    *("mountpoint", "device", "disk", "volume", "interface", "ifname", "ifdescr", "storage", "pool", "zone"),
)
"""Labels that name a part of a machine."""

NOISE: Final = frozenset(
    {
        *("alertname", "severity", "priority", "level", "value", "values", "receiver", "replica", "uid"),
        *("prometheus", "prometheus_replica", "ref_id", "rule_uid", "datasource_uid", "grafana_folder"),
        *("pod_template_hash", "container_id", "instance_id", "endpoint", "metrics_path", "alert_rule_uid"),
    }
)
"""Labels that differ while the subject is the same, or that do not identify it."""

ADDRESS_LABELS: Final = frozenset({INSTANCE_LABEL, "job", "service"})
"""Labels with the address of an exporter that reports about other machines."""

REMOTE_EXPORTER: Final = re.compile(
    r"kube.?state.?metrics|\bksm\b|blackbox|snmp|\bpve\b|proxmox|unpoller|unifi|pushgateway|mqtt|"
    r"home.?assistant|json.?exporter|smokeping|statsd|graphite|modbus",
    re.IGNORECASE,
)
"""The pattern of jobs of exporters that report about other machines."""

PROBER: Final = re.compile(r"blackbox|snmp|smokeping|\bping\b|probe|modbus|\bpve\b|proxmox", re.IGNORECASE)
"""The pattern of jobs of exporters whose label ``instance`` is the address of the device that they read."""

REMOTE_ADDRESS: Final = re.compile(r"kube.?state.?metrics|blackbox|snmp.?exporter", re.IGNORECASE)

EXPORTER_ADDRESS: Final = re.compile(
    r"exporter|cadvisor|kube.?state.?metrics|blackbox|localhost|127\.\d+\.\d+\.\d+|::1|host\.docker\.internal",
    re.IGNORECASE,
)
"""Addresses that do not name a machine."""

EVERYWHERE: Final = frozenset(
    {
        *("cluster", "datacenter", "dc", "env", "environment", "monitor", "namespace", "region", "site"),
        *("stage", "team", "tenant", "app", "application", "container", "endpoint", "pod"),
    }
)
"""Labels that a monitor adds to all its alerts, or with which it describes a program itself."""

EXPORTER_LABELS: Final = ("pod", "container", "service", "endpoint")
"""Labels with which Prometheus describes the exporter itself, unless the exporter sets them."""

MEASURED: Final = re.compile(
    r"(mem|memory|oom|ram|swap|cpu|load|disk|storage|space|filesystem|fs|inode|volume|pool|temp|temperature|"
    r"latency|usage|utilization|utilisation|pressure|throttl|certificate|cert|ssl|smart|battery|"
    r"speicher|arbeitsspeicher|festplatte|auslastung|temperatur|zertifikat|m[ée]moire|disque|charge|"
    r"memoria|disco|carga|geheugen|schijf|belasting)(s|es|ing|ed)?"
)
"""Words in the names of alerts about a quantity or a part, whose subject may still run."""

_WORD: Final = re.compile(r"[A-Z]+(?![a-zà-ÿ])|[A-Z]?[a-zà-ÿ]+")

SYSTEM_UNIT: Final = re.compile(r"\.(service|timer|socket|mount|scope|slice|path|target)$")


def subject_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the labels in lower case, without those that describe an exporter of other things.

    The prefix ``exported_`` of Prometheus is removed.
    """
    plain = {key.lower(): value.strip().lower() for key, value in labels.items()}
    own = {key.removeprefix(EXPORTED): value for key, value in plain.items() if key.startswith(EXPORTED)}
    found = {key: value for key, value in plain.items() if not key.startswith(EXPORTED)} | own
    about_exporter = [key for key in EXPORTER_LABELS if _describes_exporter(found, key)]
    rest = {key: value for key, value in found.items() if key not in about_exporter}
    return rest if any(things(rest)) else found


def _describes_exporter(labels: Mapping[str, str], key: str) -> bool:
    """Return whether a label has the name of an exporter for other machines, or of its pod."""
    job, value = labels.get("job", ""), labels.get(key, "")
    return bool(REMOTE_EXPORTER.search(job)) and (value == job or value.startswith(f"{job}-"))


def is_host_label(key: str) -> bool:
    """Return whether the name of a label means a machine."""
    return HOST_LABEL.fullmatch(key) is not None


def is_of_container_engine(labels: Mapping[str, str]) -> bool:
    """Return whether the alert is about a container: it comes from cAdvisor or names an image."""
    is_engine = "cadvisor" in labels.get("job", "") or labels.get("id", "").startswith("/")
    return bool(labels.get("image")) or is_engine or any(key.startswith("container_label_") for key in labels)


def other_subject(labels: Mapping[str, str], names: Collection[str]) -> bool:
    """Return whether a label that identifies a subject has a value that is not among these names."""
    own = NOISE | ADDRESS_LABELS | EVERYWHERE
    return any(
        value and key not in own and not key.startswith("__") and value not in names
        for key, value in labels.items()
    )


def host_of(value: str) -> str:
    """Return an address without its scheme, path and port."""
    bare = value.partition("://")[2] or value
    bare = bare.partition("/")[0]
    if bare.startswith("["):
        return bare[1:].partition("]")[0]
    host, colon, port = bare.rpartition(":")
    return host if colon and port.isdecimal() and ":" not in host else bare


def host_names(value: str) -> frozenset[str]:
    """Return the names that a machine with this address may have."""
    host = host_of(value)
    is_number = host.replace(".", "").isdecimal() or ":" in host
    return frozenset({value, host} if is_number else {value, host, host.partition(".")[0]}) - {""}


def is_remote_exporter(labels: Mapping[str, str]) -> bool:
    """Return whether the alert comes from an exporter that reports about other machines."""
    if REMOTE_EXPORTER.search(labels.get("job", "")) or REMOTE_ADDRESS.search(labels.get(INSTANCE_LABEL, "")):
        return True
    return bool(labels.get("pod") and labels.get("namespace"))


def names_no_machine(labels: Mapping[str, str]) -> bool:
    """Return whether the label ``instance`` is only the address of an exporter."""
    host = host_of(labels.get(INSTANCE_LABEL, ""))
    return (
        not host
        or EXPORTER_ADDRESS.search(host) is not None
        or host == labels.get("job")
        or is_remote_exporter(labels)
    )


def things(labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the labels that name the subject, without systemd units, which are a part of a machine."""
    for key in THING_LABELS:
        value = labels.get(key, "")
        if value and not (key == "name" and SYSTEM_UNIT.search(value)):
            yield key, value


def is_named(key: str, value: str, names: Collection[str]) -> bool:
    """Return whether a label has one of these names; the name of a pod begins with that of its owner."""
    if value in names or host_of(value) in names:
        return True
    return key == "pod" and any(value.startswith(f"{name}-") for name in names)


def distinguishing(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the labels that distinguish the subjects of two alerts.

    The address of an exporter is left out when other labels name its subject.
    """
    found = subject_labels(labels)
    ignored = NOISE
    if is_remote_exporter(found) and (any(things(found)) or any(one in found for one in PART_LABELS)):
        ignored = NOISE | ADDRESS_LABELS
    return {
        key: value
        for key, value in sorted(found.items())
        if value and key not in ignored and not key.startswith("__")
    }


def subject_name(labels: Mapping[str, str]) -> str:
    """Return the name of the subject for a title, "" when no label names it."""
    plain = subject_labels(labels)
    exported_last = sorted(labels.items(), key=lambda one: one[0].lower().startswith(EXPORTED))
    shown = {key.lower().removeprefix(EXPORTED): value.strip() for key, value in exported_last}
    key = next((key for key, _ in things(plain)), None) or next(
        (key for key in PART_LABELS if plain.get(key)), None
    )
    place = "" if names_no_machine(plain) else shown.get(INSTANCE_LABEL, "")
    if key is None:
        host = next((shown[one] for one in sorted(HOST_LABELS) if shown.get(one)), "")
        return place or host or _probed(plain, shown)
    if plain.get("namespace"):
        return f"{shown['namespace']}/{shown[key]}"
    return f"{shown[key]} on {place}" if place else shown[key]


def _probed(plain: Mapping[str, str], shown: Mapping[str, str]) -> str:
    """Return the label ``instance`` of an exporter that probes others, "" when it is the exporter itself."""
    host = host_of(plain.get(INSTANCE_LABEL, ""))
    is_probe = PROBER.search(plain.get("job", "")) and not EXPORTER_ADDRESS.search(host)
    return shown.get(INSTANCE_LABEL, "") if is_probe else ""


def is_about_part(name: str, labels: Mapping[str, str]) -> bool:
    """Return whether an alert is about a quantity or a part of its subject, such as memory or a disk.

    Such an alert does not show whether the subject runs.
    """
    words = (one.lower() for one in _WORD.findall(name))
    return any(map(MEASURED.fullmatch, words)) or any(map(subject_labels(labels).get, PART_LABELS))
