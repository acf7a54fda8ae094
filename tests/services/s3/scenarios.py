"""A cluster of object storage that lost drives."""

from lab.scenarios import Scenario
from services.s3 import FIXTURE

assert callable(FIXTURE.unhealthy)
SCENARIOS = (
    Scenario(
        runbook="object-storage-degraded",
        services=("s3",),
        breaks=FIXTURE.unhealthy,
        check="drives_offline",
        recipe="investigate",
        target="S3 storage",
    ),
)
