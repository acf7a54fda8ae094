"""The client of a monitor that lists items with a status."""

from collections.abc import Iterable
from typing import Any, ClassVar

from ...texts import Text
from ..alarms import Alarm, Alarms
from ..client import Authentication, Rest
from ..description import Access, Call, Gaps, ReadAlerts
from ..targets import target
from .watched import MonitorState, Watched


class MonitorClient[S: MonitorState](Rest):
    """One monitor. ``monitor`` is its name, ``alert`` the name of alerts for items that are down."""

    monitor: ClassVar[str]
    alert: ClassVar[str]
    state: type[S]

    def __init__(self, access: Access, auth: Authentication | None = None) -> None:
        super().__init__(access, auth=auth)
        self._alarms = Alarms(self.monitor)

    async def poll(self, gaps: Gaps) -> S:
        """Return the state with all items. Raises ServiceError."""
        return await self.state.poll(self, gaps)

    def alarms(self, state: S) -> Iterable[Alarm]:
        """Return the possible alerts, by default one for each item."""
        return [one.alarm(self.alert) for one in state.overview.watched]

    def missing(self, state: S) -> Text | None:
        """Return why an alert may be missing, None when all are listed."""
        return state.overview.missing

    async def read_alerts(self) -> ReadAlerts:
        """Return the alerts of the monitor. Raises ServiceError."""
        state = await self.poll(Gaps())
        return self._alarms.read(self.alarms(state), self.missing(state), state.now)

    async def target(self, call: Call) -> Watched[Any]:
        """Return the target. Raises PreconditionFailed when it is not listed any more."""
        return target((await self.poll(Gaps())).overview.watched, call, lambda one: one.key)
