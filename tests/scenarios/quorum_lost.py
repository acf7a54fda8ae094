"""The cluster has no quorum."""

from lab.scenarios import investigated

from ._storage import quorum_goes

SCENARIOS = (investigated("quorum-lost", "proxmox", quorum_goes, "no_quorum", "Proxmox VE"),)
