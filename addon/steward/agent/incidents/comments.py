"""Stores comments of people on incidents."""

from dataclasses import replace
from typing import Final

from homelab_steward.contract.commands import AddComment
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import Comment, Incident
from homelab_steward.contract.plain_text import visible_lines
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import FrontEnd

from ...clock import Clock
from ...store import audit, incidents
from ...store.storable_text import storable
from ...store.store import Store
from ...texts import translate
from ..decisions.gate import LONGEST_ID, People

LONGEST: Final = 1000
"""Characters of a comment."""

LONGEST_KEY: Final = 64
MOST: Final = 50
"""Comments of an incident; the oldest are dropped."""


class Comments:
    """Adds comments. A comment changes nothing but the incident's row."""

    def __init__(self, store: Store, people: People, clock: Clock) -> None:
        """Only known people may comment."""
        self._store = store
        self._people = people
        self._clock = clock

    async def add(self, request: AddComment) -> Incident:
        """Return the incident with the comment.

        Raises ContractError: FORBIDDEN, which is audited, NOT_FOUND, and INVALID_ARGUMENT for an
        empty text.
        """
        person, via = self._people.by_speaker(request.speaker), request.speaker.front_end
        if person is None or via is FrontEnd.MCP:
            who = f"{via} {request.speaker.user_id}"
            body = {
                "incident": storable(request.incident_id, LONGEST_ID),
                "via": via,
                "user": storable(request.speaker.user_id, LONGEST_ID),
            }
            await self._store.refused(self._clock.now(), "incident.comment_refused", who, body)
            raise ContractError(
                ErrorCode.FORBIDDEN, translate(t"Only people whom the owner added can comment.")
            )
        text = visible_lines(storable(request.text, LONGEST)).strip()
        if not text:
            raise ContractError(
                ErrorCode.INVALID_ARGUMENT, translate(t"The comment is empty."), {"key": "text"}
            )
        now = self._clock.now()
        key = storable(request.key, LONGEST_KEY)
        comment = Comment(person_id=person.id, person_name=person.name, via=via, at=now, text=text, key=key)
        async with self._store.change(durable=True) as unit:
            incident = await incidents.incident(unit.connection, request.incident_id)
            if incident is None:
                raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such incident."))
            if key and any((one.key, one.via) == (key, via) for one in incident.comments):
                return incident
            incident = replace(incident, comments=(*incident.comments, comment)[-MOST:])
            await incidents.save_incident(unit.connection, incident)
            body = {"incident": incident.id, "person": person.id, "via": via}
            await audit.append(unit.connection, now, "incident.commented", body)
            unit.publish(RowKind.INCIDENT, incident.id, incident)
        return incident
