"""A disk of a mirror is faulted."""

from lab.scenarios import investigated
from services.synology import STORAGE, disk, pool, storage, volume

from ._storage import disk_faulted

SCENARIOS = (
    investigated("pool-degraded", "truenas", disk_faulted, "pool_degraded", "tank", evidence="sda: FAULTED"),
    investigated(
        "pool-degraded",
        "synology",
        {STORAGE: storage([disk(1)], [volume(1, 6, "degraded")], [pool(1)])},
        "volume_degraded",
        "Volume 1",
    ),
)
