"""Pictures of trends in notifications: drawn by the app, and downloaded by phones from Home Assistant."""

import asyncio
from base64 import b64decode
from collections import OrderedDict
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from aiohttp import web
from homeassistant.auth.models import User
from homeassistant.components.http import KEY_HASS, KEY_HASS_USER, HomeAssistantView
from homeassistant.components.http.auth import async_sign_path
from homeassistant.core import CALLBACK_TYPE, callback

from ..const import DOMAIN, LOGGER
from ..contract.errors import ContractError
from ..contract.incidents import ApprovalStatus
from ..contract.protocol import Command, RowKind
from ..contract.records import LONGEST_TREND, IncidentId, TrendPicture
from ..coordinator import Change, StewardCoordinator
from ..panel_access import Access, viewer_of

if TYPE_CHECKING:
    from ..runtime import StewardConfigEntry

PATH: Final = f"/api/{DOMAIN}/trend/{{incident_id}}"
VALID: Final = timedelta(days=1)
"""How long the path in a notification is valid: a phone may be off when it is sent."""

DRAWING_TIMEOUT: Final = 5.0
"""Seconds that a notification waits for its picture."""

MOST_KEPT: Final = 20

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"


class TrendPictures:
    """Asks the app for the pictures of open incidents, and keeps one for the round of each."""

    def __init__(self, coordinator: StewardCoordinator) -> None:
        """Start without pictures."""
        self._coordinator = coordinator
        self._kept: OrderedDict[str, tuple[int, bytes]] = OrderedDict()
        self._drawing: dict[tuple[str, int], asyncio.Task[bytes | None]] = {}

    @callback
    def start(self) -> CALLBACK_TYPE:
        """Drop the pictures of incidents that are closed; returns how to stop that."""
        return self._coordinator.listen(RowKind.INCIDENT, self._incident_changed)

    async def path(self, approval_id: str) -> str | None:
        """Return the signed path of the picture for a pending request, None without a picture."""
        approval = self._coordinator.steward_state.approvals.get(approval_id)
        if approval is None or approval.status is not ApprovalStatus.PENDING:
            return None
        if await self.picture(approval.incident_id) is None:
            return None
        path = PATH.format(incident_id=approval.incident_id)
        # Not signed for the person whose press is processed now, because each phone has its owner.
        return async_sign_path(self._coordinator.hass, path, VALID, use_content_user=True)

    async def picture(self, incident_id: str) -> bytes | None:
        """Return the PNG of an open incident, None when there is none."""
        current = self._round(incident_id)
        if current is None:
            return None
        known, picture = self._kept.get(incident_id, (None, None))
        if known == current:
            return picture
        key = (incident_id, current)
        if (drawing := self._drawing.get(key)) is None:
            drawing = self._drawing[key] = self._coordinator.hass.async_create_background_task(
                self._draw(incident_id, current), f"{DOMAIN} trend of {incident_id}"
            )
            drawing.add_done_callback(lambda _task: self._drawing.pop(key))
        return await asyncio.shield(drawing)

    async def _draw(self, incident_id: str, current: int) -> bytes | None:
        try:
            answer = await self._coordinator.async_call(
                Command.GET_TREND, IncidentId(id=incident_id), TrendPicture, DRAWING_TIMEOUT
            )
        except ContractError as err:
            LOGGER.debug("Incident %s has no picture: %s", incident_id, err.message)
            return None
        picture = _decoded(answer.png)
        if picture is not None and self._round(incident_id) == current:
            self._kept[incident_id] = (current, picture)
            self._kept.move_to_end(incident_id)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        return picture

    def _round(self, incident_id: str) -> int | None:
        """Return the round of an incident that may have a picture: it is open, and about a target."""
        incident = self._coordinator.steward_state.incidents.get(incident_id)
        if incident is None or incident.status.is_closed or incident.target is None:
            return None
        return incident.round

    @callback
    def _incident_changed(self, change: Change) -> None:
        if change.id in self._kept and self._kept[change.id][0] != self._round(change.id):
            del self._kept[change.id]


class TrendView(HomeAssistantView):
    """Serves the pictures to phones with a signed path, and to people who may see incidents."""

    url = PATH
    name = f"api:{DOMAIN}:trend"

    async def get(self, request: web.Request, incident_id: str) -> web.Response:
        """Return the picture; 404 without one, and for people who may not see it."""
        entries: list[StewardConfigEntry] = request.app[KEY_HASS].config_entries.async_loaded_entries(DOMAIN)
        for entry in entries:
            notifications = entry.runtime_data.notifications
            if not _may_see(request[KEY_HASS_USER], entry.runtime_data.coordinator, notifications.owners()):
                continue
            picture = await notifications.trends.picture(incident_id)
            if picture is not None:
                headers = {"Cache-Control": "private, max-age=3600"}
                return web.Response(body=picture, content_type="image/png", headers=headers)
        return web.Response(status=HTTPStatus.NOT_FOUND)


def _may_see(user: User, coordinator: StewardCoordinator, owners: frozenset[str]) -> bool:
    """Return whether a user may see pictures.

    The user of a signed path is generated by Home Assistant. A phone may send the token of its owner
    instead, whom the app does not have to know.
    """
    if user.system_generated or user.id in owners:
        return True
    return viewer_of(user, coordinator.steward_state).access is not Access.NONE


def _decoded(text: str) -> bytes | None:
    """Return the PNG in the answer of the app, None when it is empty, too long, or something else."""
    if len(text) > LONGEST_TREND:
        return None
    try:
        picture = b64decode(text, validate=True)
    except ValueError:
        return None
    return picture if picture.startswith(_SIGNATURE) else None
