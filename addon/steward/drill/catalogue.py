"""All probes of a drill, in the order in which they run."""

from typing import Final

from . import (
    access_probes,
    audit_probes,
    autonomy_probes,
    crash_probes,
    execution_probes,
    fence_probes,
    model_probes,
    text_probes,
    verification_probes,
)
from .probe import Probe

PROBES: Final[tuple[Probe, ...]] = (
    *access_probes.PROBES,
    *fence_probes.PROBES,
    *execution_probes.PROBES,
    *verification_probes.PROBES,
    *autonomy_probes.PROBES,
    *text_probes.PROBES,
    *model_probes.PROBES,
    *audit_probes.PROBES,
    *crash_probes.PROBES,
)
