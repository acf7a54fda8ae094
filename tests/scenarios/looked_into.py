"""Problems that the steward cannot repair: their runbooks say what to look at."""

from lab.scenarios import Change, investigated
from services import nut, open_webui, pihole, proxmox_backup, qbittorrent, redis

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
    investigated(
        "redis-clients",
        "redis",
        {redis.ROUTE: {**redis.INFO, "connected_clients": 9_500}},
        "redis_clients",
        "Redis",
    ),
    investigated("archive-failed", "postgresql", None, "archive_failed", "PostgreSQL"),
    investigated("wraparound", "postgresql", None, "wraparound", "paperless"),
    investigated("collection-failed", "qdrant", None, "collection_failed", "notes"),
    investigated("database-offline", "neo4j", None, "database_offline", "notes"),
    investigated("machine-too-hot", "synology", None, "overheating", "Synology"),
    investigated("machine-too-hot", "nas_snmp", None, "disk_hot", "Disk 2"),
    investigated("ups-overloaded", "nut", _OVERLOADED, "ups_overloaded", "rack"),
    investigated("ups-no-contact", "nut", None, "ups_no_contact", "desk"),
    investigated("storage-unreadable", "proxmox_backup", _UNREADABLE, "storage_unreadable", "main"),
    investigated("environment-down", "portainer", None, "environment_down", "attic"),
    investigated("stack-failed", "portainer", None, "stack_failed", "media"),
    investigated("no-models", "open_webui", {open_webui.MODELS: {"data": []}}, "no_models", "Open WebUI"),
    investigated("router-failed", "traefik", None, "router_failed", "Traefik"),
    investigated("flux-controller", "flux", None, "flux_controller", "Flux"),
    investigated("application-error", "argocd", None, "application_error", "radarr"),
    investigated("torrents-disconnected", "qbittorrent", _DISCONNECTED, "disconnected", "qBittorrent"),
    investigated("logs-missing", "loki", None, "logs_missing", "Exceptions"),
    investigated("traces-with-errors", "langfuse", None, "many_errors", "Langfuse"),
    investigated("prometheus-unhealthy", "prometheus", None, "rules_failing", "Prometheus"),
    investigated("job-failed", "kubernetes", None, "job_failed", "Kubernetes"),
    investigated(
        "pihole-diagnosis",
        "pihole",
        {pihole.MESSAGES: {"messages": [pihole.WARNING]}},
        "diagnosis",
        "Pi-hole",
    ),
)
