"""The command of the panel that shows what the doctor found, or lets it look now."""

from typing import Final

import probatio

from .contract.doctor import DoctorReport, RunDoctor
from .contract.protocol import Command
from .panel_access import Access
from .panel_command import PanelCommand, query

DOCTOR_COMMANDS: Final = (
    PanelCommand(
        name="doctor",
        fields={probatio.Optional("now"): bool},
        access=Access.FULL,
        run=query(Command.RUN_DOCTOR, RunDoctor, DoctorReport),
    ),
)
