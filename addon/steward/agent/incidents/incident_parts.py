"""Builds the parts that assign alerts to incidents, and the commands of people about incidents."""

from ..inputs import AgentInputs
from .comments import Comments
from .correlator import Correlator
from .expectations import Expectations
from .false_alarms import FalseAlarms
from .first_reports import FirstReports
from .maintenance import Maintenance
from .retention import Retention


class IncidentParts:
    """The parts: ``correlator`` for alerts, ``reports`` for the first polls, and the commands of people."""

    def __init__(self, inputs: AgentInputs) -> None:
        """The limits say how long incidents are kept, and the time zone of maintenance windows."""
        store, inventory, people, clock = inputs.store, inputs.inventory, inputs.people, inputs.clock
        self.maintenance = Maintenance(store, inventory, people, clock, inputs.limits.zone)
        self.correlator = Correlator(store, inventory, clock, self.maintenance)
        self.reports = FirstReports(self.correlator)
        self.expectations = Expectations(store, inventory, people, clock)
        self.comments = Comments(store, people, clock)
        self.false_alarms = FalseAlarms(store, people, clock)
        self.retention = Retention(store, clock, inputs.limits.kept)

    async def watch_maintenance(self) -> None:
        """Note in the incidents when a maintenance window begins or ends, until cancelled."""
        await self.maintenance.run(self.correlator.note_maintenance)
