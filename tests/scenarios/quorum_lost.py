"""The cluster has no quorum."""

from ._storage import investigated, quorum_goes

SCENARIOS = (investigated("quorum-lost", "proxmox", quorum_goes, "no_quorum", "Proxmox VE"),)
