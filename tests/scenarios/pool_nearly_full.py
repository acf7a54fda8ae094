"""A pool of TrueNAS is nearly full."""

from lab.scenarios import investigated

from ._storage import pool_fills

SCENARIOS = (investigated("pool-nearly-full", "truenas", pool_fills, "storage_nearly_full", "tank"),)
