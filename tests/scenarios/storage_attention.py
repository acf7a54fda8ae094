"""A volume of a NAS that needs attention."""

from lab.scenarios import Scenario
from services.synology import STORAGE, disk, pool, storage, volume

SCENARIOS = (
    Scenario(
        runbook="storage-attention",
        services=("synology",),
        breaks={STORAGE: storage([disk(1)], [volume(1, 6, "attention"), volume(2, 3)], [pool(1)])},
        check="volume_attention",
        recipe="investigate",
        target="Volume 1",
        evidence="attention",
    ),
)
