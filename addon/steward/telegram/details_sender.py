"""Sends what the Details button asks for: the plan and the evidence, long ones as a file, and the trend."""

import asyncio
from collections.abc import Sequence
from datetime import tzinfo
from typing import Final, Protocol

from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.changes import Change
from homelab_steward.contract.incidents import ApprovalRequest, Incident
from homelab_steward.contract.mode import Elevation
from homelab_steward.contract.proposals import Option
from homelab_steward.contract.second_person import alone

from ..clock import Clock
from ..texts import household, translate
from ..trends.charts import SQUARES, course
from ..trends.courses import Trend, Trends
from ..trends.pictures import marks
from .card_renderer import card_key
from .details import detail_file, detail_pages
from .drafts import Draft, Kind, Priority
from .markup import joined, literal, prose
from .topic_names import topic_of_request

NAME: Final = 80


class DetailsOutbox(Protocol):
    """Where the details wait to be sent."""

    async def put_once(self, drafts: Sequence[Draft]) -> bool:
        """Add these messages unless the key of the first exists; return whether they were added."""


class DetailsSender:
    """Adds the details of a request to the outbox, once."""

    def __init__(
        self,
        outbox: DetailsOutbox,
        trends: Trends,
        catalogue: Catalogue,
        zone: tzinfo,
        clock: Clock,
        updates_topic: str | None = None,
    ) -> None:
        """Times are shown in ``zone``. ``updates_topic`` is the category whose topic has all updates."""
        self._updates_topic = updates_topic
        self._outbox = outbox
        self._trends = trends
        self._catalogue = catalogue
        self._zone = zone
        self._clock = clock

    async def send(
        self,
        request: ApprovalRequest,
        incident: Incident | None,
        changes: Sequence[Change],
        elevation: Elevation | None,
    ) -> bool:
        """Return whether the details were added: False when they were sent before.

        ``changes`` are the updates that the request is about. ``elevation`` is the last one: what it
        changes is sent once more.
        """
        now = self._clock.now()

        def elevated(option: Option) -> Elevation | None:
            return alone(elevation, request, option, now)

        what = (request, incident, self._catalogue, changes, elevated)
        pages = detail_pages(*what)
        since = next((one.opened_at for one in map(elevated, request.proposal.options) if one), None)
        key = f"details:{request.id}{'' if since is None else f'@{since.timestamp():.0f}'}"
        drafts = [self._draft(request, f"{key}:0", pages[0])]
        if len(pages) > 1:
            text = translate("All details of incident {number}", number=request.incident_number)
            content = detail_file(*what).encode()
            name = f"incident-{request.incident_number}.txt"
            drafts.append(self._draft(request, f"{key}:file", prose(text, NAME).html, name, content))
        target = None if incident is None else incident.target
        trends = () if target is None else self._trends.of(target, self._zone)
        if incident is not None and target is not None and trends:
            courses = [one.points for one in trends]
            picture = await asyncio.to_thread(course, courses, marks(incident, self._zone))
            name = f"incident-{request.incident_number}.png"
            drafts.append(self._draft(request, f"{key}:trend", _caption(target.name, trends), name, picture))
        return await self._outbox.put_once(drafts)

    def _draft(
        self, request: ApprovalRequest, key: str, text: str, file_name: str = "", file: bytes = b""
    ) -> Draft:
        return Draft(
            key=key,
            kind=Kind.REPLY,
            topic=topic_of_request(request, self._updates_topic),
            priority=Priority.REPLY,
            text=text,
            incident_id=request.incident_id,
            approval_id=request.id,
            reply_to=card_key(request.id),
            file_name=file_name,
            file=file,
        )


def _caption(name: str, trends: Sequence[Trend]) -> str:
    """Return what the colors of the picture mean, and the first and last values."""
    lines = [prose(name, NAME)]
    for square, one in zip(SQUARES, trends, strict=False):
        first, last = one.points[0][1], one.points[-1][1]
        text = f"{household().name(one.name)}: {first:.0f} % → {last:.0f} %"
        lines.append(literal(f"{square} ") + prose(text, NAME))
    return joined(lines).html
