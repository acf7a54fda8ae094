"""Draws the trend of an incident's target when a front end asks for it."""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from datetime import datetime, tzinfo

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import Incident
from homelab_steward.contract.records import IncidentId, TrendPicture

from ..texts import household, translate
from .charts import course
from .courses import Trend, Trends


class TrendPictures:
    """Pictures of what the readings of a target did before and after an incident was opened."""

    def __init__(
        self, trends: Trends, zone: tzinfo, incident: Callable[[str], Awaitable[Incident | None]]
    ) -> None:
        """Times are shown in ``zone``. ``incident`` reads an incident, None when there is none."""
        self._trends = trends
        self._zone = zone
        self._incident = incident

    async def of(self, query: IncidentId) -> TrendPicture:
        """Return the picture of an open problem, empty without a trend. Raises ContractError NOT_FOUND."""
        incident = await self._incident(query.id)
        if incident is None:
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such incident."))
        if incident.target is None or incident.is_request or incident.status.is_closed:
            return TrendPicture()
        trends = self._trends.of(incident.target, self._zone)
        if not trends:
            return TrendPicture()
        courses = [one.points for one in trends]
        picture = await asyncio.to_thread(
            course, courses, marks(incident, self._zone), [_legend(one) for one in trends]
        )
        return TrendPicture(png=b64encode(picture).decode())


def _legend(trend: Trend) -> str:
    """Return the name of a reading with its unit, and its lowest and highest value."""
    values = [value for _, value in trend.points]
    return f"{household().name(trend.name)}: {min(values):.0f} % - {max(values):.0f} %"


def marks(incident: Incident, zone: tzinfo) -> list[datetime]:
    """Return when the incident was opened and when its run began."""
    times = [incident.opened_at, *([incident.run.started_at] if incident.run is not None else [])]
    return [one.astimezone(zone) for one in times]
