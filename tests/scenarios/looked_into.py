"""Problems that the steward cannot repair: their runbooks say what to look at."""

from collections.abc import Mapping
from typing import Any

from lab.fixtures import fixture_of
from lab.lab import Lab
from lab.scenarios import Change, Scenario
from services import nut, open_webui, pihole, proxmox_backup, qbittorrent, redis


def _looked_into(
    runbook: str, service: str, check: str, target: str, breaks: Change | None = None
) -> Scenario:
    """Return the scenario of a problem, by default one of those that the unhealthy answers have."""

    async def unhealthy(lab: Lab) -> None:
        found = breaks or fixture_of(service).unhealthy
        if isinstance(found, Mapping):
            served: Any = lab.served[service]
            served.state.replace(found)
        elif found is not None:
            await found(lab)

    return Scenario(
        runbook=runbook,
        services=(service,),
        breaks=unhealthy,
        check=check,
        recipe="investigate",
        target=target,
    )


_UNREADABLE: Change = {
    proxmox_backup.USAGE: proxmox_backup.data(
        [
            {"store": "main", "total": proxmox_backup.GIB, "used": 1, "error": "lost chunks"},
        ]
    )
}
_OVERLOADED: Change = {nut.RACK: {**nut.VARIABLES, "ups.status": "OL OVER", "ups.load": "104"}}
_DISCONNECTED: Change = {qbittorrent.DATA: qbittorrent.data(connection_status="disconnected")}
SCENARIOS = (
    _looked_into(
        "redis-clients",
        "redis",
        "redis_clients",
        "Redis",
        {redis.ROUTE: {**redis.INFO, "connected_clients": 9_500}},
    ),
    _looked_into("archive-failed", "postgresql", "archive_failed", "PostgreSQL"),
    _looked_into("wraparound", "postgresql", "wraparound", "paperless"),
    _looked_into("collection-failed", "qdrant", "collection_failed", "notes"),
    _looked_into("database-offline", "neo4j", "database_offline", "notes"),
    _looked_into("machine-too-hot", "synology", "overheating", "Synology"),
    _looked_into("machine-too-hot", "nas_snmp", "disk_hot", "Disk 2"),
    _looked_into("ups-overloaded", "nut", "ups_overloaded", "rack", _OVERLOADED),
    _looked_into("ups-no-contact", "nut", "ups_no_contact", "desk"),
    _looked_into("storage-unreadable", "proxmox_backup", "storage_unreadable", "main", _UNREADABLE),
    _looked_into("environment-down", "portainer", "environment_down", "attic"),
    _looked_into("stack-failed", "portainer", "stack_failed", "media"),
    _looked_into("no-models", "open_webui", "no_models", "Open WebUI", {open_webui.MODELS: {"data": []}}),
    _looked_into("router-failed", "traefik", "router_failed", "Traefik"),
    _looked_into("flux-controller", "flux", "flux_controller", "Flux"),
    _looked_into("application-error", "argocd", "application_error", "radarr"),
    _looked_into("torrents-disconnected", "qbittorrent", "disconnected", "qBittorrent", _DISCONNECTED),
    _looked_into("logs-missing", "loki", "logs_missing", "Exceptions"),
    _looked_into("traces-with-errors", "langfuse", "many_errors", "Langfuse"),
    _looked_into("prometheus-unhealthy", "prometheus", "rules_failing", "Prometheus"),
    _looked_into("job-failed", "kubernetes", "job_failed", "Kubernetes"),
    _looked_into(
        "pihole-diagnosis",
        "pihole",
        "diagnosis",
        "Pi-hole",
        {pihole.MESSAGES: {"messages": [pihole.WARNING]}},
    ),
)
