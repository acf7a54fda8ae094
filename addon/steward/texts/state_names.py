"""English names of the contract's states, for ``translate``."""

from typing import Final

from homelab_steward.contract.incidents import AlertStatus, Severity, StepState

from . import english

SEVERITIES: Final = {
    Severity.CRITICAL: english("critical"),
    Severity.WARNING: english("warning"),
    Severity.INFO: english("info"),
}
ALERT_STATES: Final = {
    AlertStatus.FIRING: english("firing"),
    AlertStatus.RESOLVED: english("resolved"),
}
STEP_STATES: Final = {
    StepState.INTENDED: english("planned"),
    StepState.STARTED: english("started"),
    StepState.EFFECT_KNOWN: english("carried out"),
    StepState.VERIFIED: english("verified"),
    StepState.EFFECT_UNKNOWN: english("effect unknown"),
    StepState.FAILED: english("failed"),
    StepState.UNDONE: english("undone"),
}
