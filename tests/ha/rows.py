"""Rows for tests: a catalogue with one service that has translations and one that has none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from custom_components.homelab_steward.contract.catalogue import (
    ActionOffer,
    Catalogue,
    Category,
    ControlKind,
    ControlOffer,
    Field,
    Platform,
    ResourceOffer,
    Risk,
    SensorOffer,
    ServiceOffer,
    SettingKind,
)
from custom_components.homelab_steward.contract.changes import (
    Change,
    ChangeSource,
    ChangeStatus,
    Distance,
    PackageChange,
)
from custom_components.homelab_steward.contract.diagnosis import Claim, Diagnosis, Evidence
from custom_components.homelab_steward.contract.incidents import (
    ApprovalRequest,
    ApprovalStatus,
    Decision,
    Incident,
    IncidentStatus,
    Severity,
    Verb,
)
from custom_components.homelab_steward.contract.proposals import Option, OptionKind, Proposal
from custom_components.homelab_steward.contract.records import RunbookStatistics
from custom_components.homelab_steward.contract.state import (
    Coverage,
    CoverageStatus,
    FrontEnd,
    Gap,
    Instance,
    InstanceStatus,
    Origin,
    Person,
    Resource,
    Role,
    Snapshot,
    TargetRef,
)
from custom_components.homelab_steward.contract.step_parts import Difference, PlannedStep

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)

PROXMOX = ServiceOffer(
    key="proxmox",
    name="Proxmox VE",
    category="infrastructure",
    manufacturer="Proxmox",
    settings=(
        Field(key="url", kind=SettingKind.URL, name="Address"),
        Field(key="token_id", kind=SettingKind.TEXT, name="API token id"),
        Field(key="token_secret", kind=SettingKind.SECRET, name="API token secret"),
        Field(
            key="verify_tls",
            kind=SettingKind.BOOLEAN,
            name="Verify the certificate",
            required=False,
            default=True,
        ),
        Field(key="fingerprint", kind=SettingKind.TEXT, name="Certificate fingerprint", required=False),
    ),
    resources=(
        ResourceOffer(kind="container", name="Container", role="host", is_device=True),
        ResourceOffer(kind="pool", name="Pool", role="storage"),
        ResourceOffer(kind="node", name="Node"),
    ),
    sensors=(
        SensorOffer(key="nodes_online", name="Nodes online", state_class="measurement"),
        SensorOffer(
            key="memory_share",
            name="Memory usage",
            scope="container",
            unit="%",
            state_class="measurement",
            precision=1,
        ),
        SensorOffer(
            key="running",
            name="Running",
            scope="container",
            platform=Platform.BINARY_SENSOR,
            device_class="running",
        ),
        SensorOffer(
            key="uptime",
            name="Uptime",
            scope="container",
            unit="s",
            device_class="duration",
            diagnostic=True,
            enabled_by_default=False,
        ),
        SensorOffer(key="share", name="Space usage", scope="pool", unit="%"),
    ),
    actions=(
        ActionOffer(
            key="set_memory",
            name="Set memory",
            description="Changes the memory limit.",
            risk=Risk.LOW,
            reversible=True,
            scope="container",
            button=True,
            arguments=(Field(key="memory_mib", kind=SettingKind.NUMBER, name="Memory"),),
        ),
        ActionOffer(
            key="restart_container",
            name="Restart container",
            description="Stops and starts it.",
            risk=Risk.MEDIUM,
            reversible=False,
            scope="container",
            button=True,
            icon="mdi:restart",
            capability="restart",
        ),
        ActionOffer(key="delete_all", name="Delete all", description="No.", risk=Risk.HIGH, reversible=False),
    ),
)

NOVELTY = ServiceOffer(
    key="novelty",
    name="Novelty",
    category="novelties",
    settings=(
        Field(key="host", kind=SettingKind.TEXT, name="Host name"),
        Field(
            key="interval",
            kind=SettingKind.NUMBER,
            name="Interval",
            required=False,
            default=30,
            minimum=5,
            maximum=300,
            unit="s",
        ),
        Field(
            key="mode",
            kind=SettingKind.CHOICE,
            name="Mode",
            required=False,
            choices=("fast", "slow"),
        ),
        Field(key="password", kind=SettingKind.SECRET, name="Password", required=False),
    ),
    sensors=(
        SensorOffer(key="colour", name="Colour", options=("red", "green")),
        SensorOffer(key="since", name="Since", device_class="timestamp", state_class="measurement"),
        SensorOffer(key="day", name="Day", device_class="date"),
        SensorOffer(key="note", name="Note", icon="mdi:note"),
        SensorOffer(key="odd", name="Odd", device_class="from_the_future", unit="florps"),
        SensorOffer(
            key="lit",
            name="Lit",
            platform=Platform.BINARY_SENSOR,
            device_class="from_the_future",
            diagnostic=True,
        ),
        SensorOffer(key="load", name="CPU load", scope="thing", unit="%"),
    ),
    actions=(
        ActionOffer(
            key="jump", name="Jump", description="Jumps.", risk=Risk.LOW, reversible=True, button=True
        ),
    ),
)

CATALOGUE = Catalogue(
    digest="one",
    services=(PROXMOX, NOVELTY),
    categories=(
        Category(key="infrastructure", name="Servers"),
        Category(key="novelties", name="Novelties"),
    ),
)


def action(key: str, *arguments: Field, **changes: Any) -> ActionOffer:
    values: dict[str, Any] = {
        "key": key,
        "name": key.replace("_", " ").capitalize(),
        "description": "Changes something.",
        "risk": Risk.LOW,
        "reversible": True,
        "scope": "container",
        "arguments": arguments,
    }
    return ActionOffer(**(values | changes))


def control(key: str, kind: ControlKind, use: str | None, **changes: Any) -> ControlOffer:
    values: dict[str, Any] = {
        "key": key,
        "name": key.capitalize(),
        "kind": kind,
        "action": use,
        "scope": "container",
    }
    return ControlOffer(**(values | changes))


CONTROLLED = replace(
    NOVELTY,
    resources=(
        ResourceOffer(kind="container", name="Container", is_device=True),
        ResourceOffer(kind="node", name="Node"),
    ),
    sensors=(
        SensorOffer(key="running", name="Running", scope="container", platform=Platform.BINARY_SENSOR),
        SensorOffer(key="memory", name="Memory", scope="container", unit="MiB"),
        SensorOffer(key="node", name="Node", scope="container"),
        SensorOffer(key="mode", name="Mode", options=("slow", "fast")),
        SensorOffer(key="installed", name="Installed version", scope="container"),
        SensorOffer(key="newest", name="Newest version", scope="container"),
    ),
    actions=(
        action("start"),
        action("stop"),
        action(
            "set_memory",
            Field(key="size", kind=SettingKind.NUMBER, name="Size", minimum=128, maximum=8192),
        ),
        action("migrate", Field(key="to", kind=SettingKind.TARGET, name="To", scope="node")),
        action("set_mode", Field(key="mode", kind=SettingKind.CHOICE, name="Mode"), scope=None),
        action("upgrade"),
        action("restart", button=True),
        action("clone", Field(key="name", kind=SettingKind.TEXT, name="Name"), button=True),
    ),
    controls=(
        control("power", ControlKind.SWITCH, "start", off_action="stop", reading="running"),
        control("size", ControlKind.NUMBER, "set_memory", argument="size", reading="memory"),
        control("place", ControlKind.SELECT, "migrate", argument="to", reading="node"),
        control("speed", ControlKind.SELECT, "set_mode", argument="mode", reading="mode", scope=None),
        control("software", ControlKind.UPDATE, "upgrade", reading="installed", latest="newest"),
        control(
            "firmware",
            ControlKind.UPDATE,
            None,
            reading="installed",
            latest="newest",
            release_url="https://example.org/releases",
        ),
        control("restart", ControlKind.BUTTON, "restart", icon="mdi:restart"),
        control("copy", ControlKind.BUTTON, "clone"),
        control("future", ControlKind.BUTTON, "from_the_future"),
    ),
)
"""A service with controls of every kind; two of them cannot be offered."""


def instance(key: str = "pve", **changes: Any) -> Instance:
    values: dict[str, Any] = {
        "id": key,
        "service": "proxmox",
        "name": "Proxmox",
        "origin": Origin.FILE,
        "status": InstanceStatus.OK,
        "settings": {"url": "https://pve.example.org:8006", "token_id": "steward"},
        "version": "9.1",
    }
    return Instance(**(values | changes))


def container(number: int = 105, name: str = "radarr", **values: Any) -> Resource:
    return Resource(
        kind="container",
        id=str(number),
        name=name,
        values={"memory_share": 95.0, "running": True, "uptime": 60} | values,
    )


def pool(key: str = "local", name: str = "local", **values: Any) -> Resource:
    return Resource(kind="pool", id=key, name=name, values={"share": 20} | values)


def partial(**gaps: str) -> Coverage:
    return Coverage(
        status=CoverageStatus.PARTIAL,
        gaps=tuple(Gap(part=part, reason=reason) for part, reason in gaps.items()),
    )


def snapshot(key: str = "pve", *resources: Resource, **values: Any) -> Snapshot:
    return Snapshot(
        instance_id=key,
        taken_at=NOW,
        values={"nodes_online": 1} | values,
        resources=resources or (container(),),
    )


def target(name: str = "radarr") -> TargetRef:
    return TargetRef(instance_id="pve", kind="container", id="105", name=name)


def option(number: int = 1, label: str = "Increase memory 2 → 3 GiB", **changes: Any) -> Option:
    step = PlannedStep(
        action="proxmox.set_memory",
        target=target(),
        arguments={"memory_mib": 3072},
        title="Set memory",
        risk=changes.get("risk", Risk.LOW),
        reversible=changes.get("reversible", True),
        differences=(Difference(field="memory", before="2048 MiB", after="3072 MiB"),),
        note="Takes effect at once.",
    )
    values: dict[str, Any] = {
        "number": number,
        "kind": OptionKind.ACT,
        "label": label,
        "plan_hash": f"hash{number}",
        "steps": (step,),
        "blast_radius": "Radarr",
        "verification": "memory is read back",
        "history": "helped 3 of 3 times",
    }
    values["needs_unlock"] = changes.get("risk") is Risk.HIGH
    return Option(**(values | changes))


OPTIONS = (
    option(1),
    option(2, "Restart Radarr", reversible=False, risk=Risk.HIGH),
    option(3, "Investigate", kind=OptionKind.INVESTIGATE, steps=()),
)


def approval(key: str = "ask1", *options: Option, **changes: Any) -> ApprovalRequest:
    values: dict[str, Any] = {
        "id": key,
        "incident_id": "inc1",
        "incident_number": 7,
        "title": "Memory of radarr",
        "text": "Radarr uses 95 % of its memory.",
        "severity": Severity.WARNING,
        "category": "media",
        "status": ApprovalStatus.PENDING,
        "proposal": Proposal(
            id=f"proposal-{key}",
            incident_id="inc1",
            options=options or OPTIONS,
            matches=(),
            policy_version=1,
            made_at=NOW,
        ),
        "created_at": NOW,
        "expires_at": NOW + timedelta(hours=4),
    }
    return ApprovalRequest(**(values | changes))


def with_left_out(asked: ApprovalRequest, *reasons: str) -> ApprovalRequest:
    return replace(asked, proposal=replace(asked.proposal, left_out=reasons))


def decision(verb: Verb = Verb.APPROVE, **changes: Any) -> Decision:
    values: dict[str, Any] = {
        "verb": verb,
        "person_id": "p1",
        "person_name": "Robin",
        "via": FrontEnd.TELEGRAM,
        "at": NOW,
        "option": 1,
        "label": "Increase memory 2 → 3 GiB",
    }
    return Decision(**(values | changes))


def incident(key: str = "inc1", **changes: Any) -> Incident:
    evidence = Evidence(
        id="e1",
        tool="status",
        instance_id="pve",
        title="Container status",
        text="memory 1.9 of 2 GiB",
        read_at=NOW,
    )
    values: dict[str, Any] = {
        "id": key,
        "number": 7,
        "group_key": "radarr",
        "title": "Memory of radarr",
        "severity": Severity.WARNING,
        "category": "media",
        "status": IncidentStatus.WAITING,
        "opened_at": NOW,
        "updated_at": NOW,
        "alerts": (),
        "target": target(),
        "diagnosis": Diagnosis(
            summary="Radarr needs more memory than it may have.",
            has_problem=True,
            claims=(Claim(text="It is full", evidence=("e1",)),),
            evidence=(evidence,),
            made_at=NOW,
        ),
        "approval_id": "ask1",
    }
    return Incident(**(values | changes))


def person(key: str = "p1", **changes: Any) -> Person:
    values: dict[str, Any] = {"id": key, "name": "Robin", "role": Role.OWNER, "origin": Origin.FILE}
    return Person(**(values | changes))


def statistics(recipe: str = "memory", fixed: int = 3) -> RunbookStatistics:
    return RunbookStatistics(
        runbook_id="container-memory", version=1, recipe=recipe, title="Memory", fixed=fixed
    )


def update(key: str = "c1", **changes: Any) -> Change:
    made = Change(
        id=key,
        source=ChangeSource.SERVICE,
        target=target(),
        title="Radarr 5.1.0 → 5.1.1",
        packages=(PackageChange(name="Radarr", old="5.1.0", new="5.1.1", distance=Distance.PATCH),),
        revision="5.1.1",
        status=ChangeStatus.HELD,
        found_at=NOW,
        updated_at=NOW,
        category="media",
        distance=Distance.PATCH,
    )
    return replace(made, **changes)
