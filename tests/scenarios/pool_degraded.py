"""A disk of a mirror is faulted."""

from ._storage import disk_faulted, investigated

SCENARIOS = (
    investigated("pool-degraded", "truenas", disk_faulted, "pool_degraded", "tank", evidence="sda: FAULTED"),
)
