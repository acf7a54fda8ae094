"""A container has many old snapshots."""

from ._storage import SELDOM, investigated, many_snapshots

SCENARIOS = tuple(
    investigated("snapshots-old", "proxmox", many_snapshots, check, "radarr", passes=SELDOM)
    for check in ("container_snapshot_too_old", "container_snapshots_too_many")
)
