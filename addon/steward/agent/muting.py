"""Stage: an incident of a kind that people muted is recorded, and nobody is asked about it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from homelab_steward.contract.incidents import Incident, IncidentStatus
from homelab_steward.contract.protocol import RowKind

from ..clock import Clock
from ..store import audit, incidents, preferences
from ..store.store import Store, Unit
from ..texts import translate
from . import habits


class Muting:
    """Stands before the stage that asks people."""

    def __init__(self, store: Store, clock: Clock, ask: Callable[[Incident], Awaitable[None]]) -> None:
        """``ask`` proposes for an incident that is not muted."""
        self._store = store
        self._clock = clock
        self._ask = ask

    async def work(self, incident: Incident) -> None:
        """Leave a muted incident unsolved; it ends with its alerts, or is asked about when it gets worse."""
        async with self._store.read() as connection:
            row = await preferences.preference(connection, habits.preference_id(incident))
        is_decided = incident.muted is not None or habits.is_muted(row, incident)
        if not is_decided or not await self._mute(incident):
            await self._ask(incident)

    async def _mute(self, incident: Incident) -> bool:
        """Return whether an incident is muted, after writing it; what is muted no longer is written too."""
        async with self._store.change() as unit:
            row = await preferences.preference(unit.connection, habits.preference_id(incident))
            is_muted = habits.is_muted(row, incident)
            current = await incidents.incident(unit.connection, incident.id)
            if current is None or current.status is not IncidentStatus.DIAGNOSED:
                return True  # It moved on: there is nothing to ask about here.
            if row is None or not is_muted:
                if current.muted is not None:
                    await self._save(unit, replace(current, muted=None))
                return False
            now = self._clock.now()
            await habits.write(unit, replace(row, muted=row.muted + 1, last_at=now))
            body = {"incident": current.id, "preference": row.id}
            await audit.append(unit.connection, now, "incident.muted", body)
            reason = translate("Muted: {person} accepted that nobody is asked.", person=row.changed_by)
            await self._save(
                unit,
                replace(
                    current,
                    muted=reason,
                    resolution=reason,
                    status=IncidentStatus.UNSOLVED,
                    updated_at=now,
                ),
            )
        return True

    async def _save(self, unit: Unit, incident: Incident) -> None:
        await incidents.save_incident(unit.connection, incident)
        unit.publish(RowKind.INCIDENT, incident.id, incident)
