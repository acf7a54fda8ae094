"""A homelab of real services with readings that were written by hand, for questions about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.incidents import ApprovalRequest, Incident
from homelab_steward.contract.protocol import (
    ActionRequested,
    Decide,
    IncidentQuery,
    Incidents,
    Reading,
    ReadTool,
    RequestAction,
)
from homelab_steward.contract.state import (
    Instance,
    InstanceStatus,
    Origin,
    Person,
    Resource,
    ResourceKey,
    Role,
    Snapshot,
    Speaker,
    TargetRef,
)
from steward.conversation.conversation import Conversation
from steward.conversation.sentences import Sentences
from steward.inventory.ports import INSTANCE, Seen
from steward.sdk.description import AnyService
from steward.sdk.readings import Reading as SensorReading
from steward.sdk.readings import Unknown
from steward.services.finder import catalogue, find_services
from steward.wiring.conversation import ConversationParts, build_conversation

NOW: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SERVICES: Final = find_services()
OFFERS: Final[Catalogue] = catalogue(SERVICES)


def ago(**length: float) -> str:
    return (NOW - timedelta(**length)).isoformat()


class Stopped:
    """A clock that shows one time."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


def resource(
    kind: str, id_: str, name: str, parent: tuple[str, str] | None = None, **values: Value
) -> Resource:
    key = ResourceKey(kind=parent[0], id=parent[1]) if parent else None
    return Resource(kind=kind, id=id_, name=name, values=values, parent=key)


def guest(kind: str, id_: str, name: str, share: float, **values: Value) -> Resource:
    running = bool(values.pop("running", True))
    usual: dict[str, Value] = {
        "running": running,
        "memory_share": share if running else None,
        "memory_used": share * 40 if running else None,
        "cpu": share / 4 if running else None,
        "uptime": share * 3_600 if running else None,
    }
    return resource(kind, id_, name, ("node", "pve1"), **{**usual, **values})


@dataclass(frozen=True)
class Made:
    """One instance with its readings."""

    service: str
    name: str
    values: Mapping[str, Value] = field(default_factory=dict)
    resources: tuple[Resource, ...] = ()
    version: str | None = None
    status: InstanceStatus = InstanceStatus.OK

    @property
    def id(self) -> str:
        return self.name.casefold().replace(" ", "-")


LAB: Final = (
    Made(
        "proxmox",
        "Proxmox",
        {"nodes_online": 1, "guests_running": 3, "version": "9.0.4"},
        (
            resource(
                "node",
                "pve1",
                "pve1",
                online=True,
                memory_share=71.5,
                memory_used=22_900.0,
                cpu=18.0,
                uptime=864_000.0,
                disk_share=44.0,
                updates=7,
            ),
            guest("container", "101", "radarr", 83.0, last_backup=ago(hours=9), backup_age=0.375),
            guest("container", "102", "adguard", 21.0, last_backup=ago(days=3), backup_age=3.0),
            guest(
                "container", "103", "old-wiki", 0.0, running=False, last_backup=ago(days=40), backup_age=40.0
            ),
            guest("vm", "201", "haos", 55.0, last_backup=ago(hours=10), backup_age=0.4),
            resource("storage", "local-zfs", "local-zfs", available=True, disk_share=91.0, used=812.0),
        ),
        version="9.0.4",
    ),
    Made(
        "radarr",
        "Radarr",
        {
            "health_errors": 0,
            "health_warnings": 1,
            "started_at": ago(days=2),
            "version": "6.0.1",
            "queue_size": 4,
            "queue_errors": False,
            "failed_downloads": 0,
            "missing": 12,
            "free_disk": 310.5,
        },
        version="6.0.1",
    ),
    Made(
        "sonarr",
        "Sonarr",
        {"version": "5.1.2", "queue_size": 0, "missing": 31, "started_at": ago(days=6)},
        version="5.1.2",
    ),
    Made(
        "docker",
        "Docker",
        {"containers_running": 2, "containers_stopped": 1, "version": "29.1"},
        (
            resource(
                "container",
                "c1",
                "grafana",
                running=True,
                memory_used=410.0,
                memory_share=40.0,
                cpu=3.5,
                started_at=ago(hours=5),
                image="grafana:12",
                restart_count=0,
                health="healthy",
            ),
            resource(
                "container",
                "c2",
                "paperless",
                running=True,
                memory_used=1_300.0,
                memory_share=63.0,
                cpu=22.0,
                started_at=ago(days=12),
                image="paperless:2.20",
                restart_count=4,
                health="unhealthy",
            ),
            resource("container", "c3", "mealie", running=False, started_at=None, image="mealie:3"),
        ),
    ),
    Made(
        "truenas",
        "NAS",
        {"health_errors": 0, "uptime": 3_456_000.0, "version": "25.10", "update_available": True},
        (
            resource(
                "pool",
                "tank",
                "tank",
                disk_share=78.0,
                used=14_200.0,
                degraded=False,
                scrub_age=11.0,
                last_scrub=ago(days=11),
            ),
            resource("disk", "sda", "sda", temperature=38.0, errors=0, failing=False),
            resource("disk", "sdb", "sdb", temperature=44.0, errors=2, failing=True),
        ),
    ),
    Made(
        "adguard",
        "AdGuard Home",
        {
            "running": True,
            "filtering": True,
            "queries": 48_211,
            "blocked_share": 17.4,
            "answer_time": 12.0,
            "version": "0.107.70",
        },
        version="0.107.70",
    ),
    Made(
        "opnsense",
        "OPNsense",
        {
            "internet": True,
            "memory_share": 33.0,
            "uptime": 1_900_000.0,
            "update_available": False,
            "certificate_days": 61,
            "version": "25.7",
        },
    ),
    Made(
        "plex",
        "Plex",
        {
            "streams": 2,
            "viewers": 2,
            "transcodes": 1,
            "idle": False,
            "bandwidth": 18_000,
            "update_available": True,
            "version": "1.43",
        },
    ),
    Made(
        "nut",
        "UPS",
        {},
        (
            resource(
                "ups", "eaton", "Eaton", on_mains=True, charge=100.0, runtime=1_980.0, load=23.0, power=118.0
            ),
        ),
    ),
    Made(
        "traefik",
        "Traefik",
        {"routers": 14, "certificate_days": 24},
        (resource("certificate", "w", "lan.example", certificate_days=24),),
    ),
    Made(
        "unifi",
        "UniFi",
        {"clients": 37, "latency": 9.0, "internet": True},
        (
            resource("access_point", "ap1", "Attic", running=True, clients=12, uptime=700_000.0),
            resource("access_point", "ap2", "Garage", running=False),
        ),
    ),
    Made(
        "qbittorrent",
        "qBittorrent",
        {"speed": 11.2, "queue_size": 3, "free_disk": 310.5, "torrents": 42},
        status=InstanceStatus.OK,
    ),
)


class QuestionLab:
    """The inventory, the rows, the gate and the services of the lab."""

    def __init__(self) -> None:
        self._made = {one.id: one for one in LAB}
        self.requested: list[RequestAction] = []
        self.decided: list[Decide] = []
        self.off: dict[tuple[str, str, str], str] = {}
        self.pending_now: tuple[ApprovalRequest, ...] = ()
        self.incidents_now: tuple[Incident, ...] = ()
        self.problems: dict[str, str] = {"paperless": "It is unhealthy", "sdb": "The disk is failing"}

    # The inventory.
    def instances(self) -> tuple[Instance, ...]:
        return tuple(map(self._row, self._made.values()))

    def instance(self, instance_id: str) -> Instance | None:
        made = self._made.get(instance_id)
        return self._row(made) if made else None

    def service(self, instance_id: str) -> AnyService | None:
        made = self._made.get(instance_id)
        return SERVICES[made.service] if made else None

    def snapshot(self, instance_id: str) -> Snapshot | None:
        made = self._made.get(instance_id)
        if made is None:
            return None
        return Snapshot(
            instance_id=instance_id, taken_at=NOW, values=dict(made.values), resources=made.resources
        )

    async def poll_now(self, instance_id: str) -> Snapshot:
        found = self.snapshot(instance_id)
        assert found is not None
        return found

    def target(
        self, instance_id: str, kind: str | None = None, target_id: str | None = None
    ) -> TargetRef | None:
        made = self._made.get(instance_id)
        if made is None:
            return None
        if kind in (None, INSTANCE):
            return TargetRef(instance_id=made.id, kind=INSTANCE, id=made.id, name=made.name)
        found = next((one for one in made.resources if (one.kind, one.id) == (kind, target_id)), None)
        return (
            TargetRef(instance_id=made.id, kind=found.kind, id=found.id, name=found.name) if found else None
        )

    def parents(self, target: TargetRef) -> tuple[TargetRef, ...]:
        if target.kind == INSTANCE:
            host = {"radarr": ("container", "101"), "adguard-home": ("container", "102")}.get(target.id)
            inside = self.target("proxmox", *host) if host else None
            return (inside, *self.parents(inside)) if inside else ()
        found = self._resource(target)
        parent = found.parent if found else None
        above = self.target(target.instance_id, parent.kind, parent.id) if parent else None
        own = self.target(target.instance_id)
        return tuple(one for one in (above, own) if one is not None)

    def application(self, target: TargetRef) -> TargetRef | None:
        programs = {"101": "radarr", "102": "adguard-home"}
        return self.target(programs[target.id]) if target.id in programs else None

    def readings(self, target: TargetRef) -> Mapping[str, SensorReading]:
        found = self._resource(target)
        values = found.values if found else self._made[target.instance_id].values
        return {key: Unknown("It is not running") if one is None else one for key, one in values.items()}

    def seen(self, target: TargetRef) -> Seen:
        problem = self.problems.get(target.name)
        return Seen(problems=(problem,)) if problem else Seen()

    def is_off(self, target: TargetRef) -> bool:
        return target.key in self.off

    def why_off(self, target: TargetRef) -> str | None:
        return self.off.get(target.key)

    # The rows.
    async def incident(self, incident_id: str) -> Incident | None:
        return next((one for one in self.incidents_now if one.id == incident_id), None)

    async def list_incidents(self, query: IncidentQuery) -> Incidents:
        found = (one for one in self.incidents_now if not (query.open_only and one.status.is_closed))
        return Incidents(incidents=tuple(found))

    async def pending(self) -> tuple[ApprovalRequest, ...]:
        return self.pending_now

    # The services and the gate.
    async def read(self, question: ReadTool) -> Reading:
        text = "anna watches Dune on TV" if question.tool == "watching" else "Nothing"
        return Reading(title=question.tool, text=text, ok=True)

    async def request(self, request: RequestAction) -> ActionRequested:
        self.requested.append(request)
        return ActionRequested(
            approval_id="a1", incident_id="i1", message=f"{request.action} {request.instance_id}"
        )

    async def decide(self, command: Decide) -> ApprovalRequest:
        self.decided.append(command)
        return replace(self.pending_now[0])

    def person(self, speaker: Speaker) -> Person | None:
        return Person(id="olga", name="Olga", role=Role.OWNER) if speaker.user_id == "1" else None

    def conversation(self, sentences: Sentences) -> Conversation:
        """Return a conversation without a model."""
        return build_conversation(
            ConversationParts(
                rows=self,
                request_port=self,
                decide=self.decide,
                person=self.person,
                inventory=self,  # type: ignore[arg-type]
                catalogue=OFFERS,
                models=None,
                sentences=sentences,
                clock=Stopped(),  # type: ignore[arg-type]
                zone=UTC,
            )
        )

    def _resource(self, target: TargetRef) -> Resource | None:
        made = self._made.get(target.instance_id)
        key = (target.kind, target.id)
        return next((one for one in made.resources if (one.kind, one.id) == key), None) if made else None

    def _row(self, made: Made) -> Instance:
        return Instance(
            id=made.id,
            service=made.service,
            name=made.name,
            origin=Origin.FILE,
            status=made.status,
            version=made.version,
        )

    def __iter__(self) -> Iterator[Made]:
        return iter(self._made.values())
