"""The manager of high availability reports an error for a container."""

from ._storage import guest_has_ha_error, investigated

SCENARIOS = (
    investigated(
        "high-availability-failed", "proxmox", guest_has_ha_error, "container_high_availability", "radarr"
    ),
)
