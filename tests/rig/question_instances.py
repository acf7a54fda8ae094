"""The instances of the lab of real services, with readings that were written by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from homelab_steward.contract.base import Value
from homelab_steward.contract.state import InstanceStatus, Resource, ResourceKey

NOW: Final = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def ago(**length: float) -> str:
    return (NOW - timedelta(**length)).isoformat()


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
