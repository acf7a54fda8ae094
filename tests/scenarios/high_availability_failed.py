"""The manager of high availability reports an error for a container."""

from lab.scenarios import investigated

from ._storage import guest_has_ha_error

SCENARIOS = (
    investigated(
        "high-availability-failed", "proxmox", guest_has_ha_error, "container_high_availability", "radarr"
    ),
)
