"""A pool of TrueNAS is nearly full."""

from ._storage import investigated, pool_fills

SCENARIOS = (investigated("pool-nearly-full", "truenas", pool_fills, "storage_nearly_full", "tank"),)
