"""Carries out the commands about maintenance: of a named service, and of the service of an incident."""

from collections.abc import Sequence
from datetime import timedelta, tzinfo
from typing import Final

from homelab_steward.contract.maintenance import (
    AddMaintenance,
    MaintenanceQuery,
    MaintenanceWindow,
    Occurrence,
    RemoveMaintenance,
)
from homelab_steward.contract.state import Instance, Speaker

from ..clock import Clock
from ..texts import Texts, translate
from .card_sync import IncidentQueries
from .markup import Rich, joined, literal, prose
from .ports import StewardCommands
from .status_text import shown_time, window_lines
from .written import is_all, split_duration, without_end

AHEAD: Final = timedelta(days=7)
"""Windows that begin later are not listed."""

NAME: Final = 80
LINE: Final = 600
MOST_NAMES: Final = 10


class MaintenanceCommands:
    """Adds, ends and lists maintenance windows."""

    def __init__(self, steward: StewardCommands, read: IncidentQueries, clock: Clock, zone: tzinfo) -> None:
        """Times are shown in ``zone``."""
        self._steward = steward
        self._read = read
        self._clock = clock
        self._zone = zone

    async def carry_out(self, speaker: Speaker, argument: str, texts: Texts) -> Rich:
        """Start ("Radarr 2h"), end ("Radarr end") or (without an argument) list maintenance."""
        name = without_end(argument)
        if name is not None:
            return await self._end(speaker, name, texts)
        name, length = split_duration(argument)
        if not name and length is None:
            return await self._list(texts)
        if not name or length is None:
            return literal(
                texts("Write the service and the time: /maintenance Radarr 2h, or /maintenance Radarr end")
            )
        return await self._start(speaker, name, length, texts)

    async def silence(
        self, speaker: Speaker, incident_id: str, length: timedelta | None, texts: Texts
    ) -> Rich:
        """Start maintenance of the service that an incident is about."""
        incident = await self._read.incident(incident_id) if incident_id else None
        if incident is None or length is None:
            return literal(texts("Answer to a message about an incident with the time: /silence 2h"))
        if incident.target is None:
            return literal(texts("It is not known which service this incident is about. Nothing was done."))
        instance_id = incident.target.instance_id
        found = [one for one in self._read.instances() if one.id == instance_id]
        title = translate("Silence after incident {number}", number=incident.number)
        return await self._add(speaker, found, title, length, texts)

    async def _start(self, speaker: Speaker, name: str, length: timedelta, texts: Texts) -> Rich:
        if is_all(name):
            return await self._add(speaker, (), translate("Maintenance of everything"), length, texts)
        found = self._named(name)
        if len(found) != 1:
            return self._unclear(name, found, texts)
        return await self._add(
            speaker, found, translate("Maintenance of {name}", name=found[0].name), length, texts
        )

    async def _add(
        self, speaker: Speaker, of: Sequence[Instance], title: str, length: timedelta, texts: Texts
    ) -> Rich:
        now = self._clock.now()
        once = Occurrence(starts_at=now, ends_at=now + length)
        ids = tuple(one.id for one in of)
        await self._steward.add_maintenance(
            AddMaintenance(speaker=speaker, title=title, instance_ids=ids, once=once)
        )
        until = shown_time(once.ends_at, now, texts, self._zone)
        name = of[0].name if of else texts("Everything")
        text = texts(
            "{name} is in maintenance until {time}. Problems are recorded, and nobody is asked.",
            name=name,
            time=until,
        )
        return prose(text, LINE)

    async def _end(self, speaker: Speaker, name: str, texts: Texts) -> Rich:
        found = () if is_all(name) else self._named(name)
        if not is_all(name) and len(found) != 1:
            return self._unclear(name, found, texts)
        ids = tuple(one.id for one in found)
        now = self._clock.now()
        current = await self._steward.list_maintenance(MaintenanceQuery(since=now))
        mine = [one for one in current.windows if one.current is not None and one.instance_ids == ids]
        mine = [one for one in mine if not one.categories]
        for one in mine:
            await self._steward.remove_maintenance(
                RemoveMaintenance(speaker=speaker, id=one.id, only_current=True)
            )
        if not found:
            none = texts("There is no maintenance of everything.")
            return literal(texts("The maintenance of everything is over.") if mine else none)
        name = found[0].name
        if not mine:
            return prose(texts("{name} is in no maintenance of its own.", name=name), LINE)
        return prose(texts("The maintenance of {name} is over.", name=name), LINE)

    async def _list(self, texts: Texts) -> Rich:
        now = self._clock.now()
        query = MaintenanceQuery(since=now, until=now + AHEAD)
        windows: Sequence[MaintenanceWindow] = (await self._steward.list_maintenance(query)).windows
        if not windows:
            return literal(texts("There is no maintenance, and none within a week."))
        return joined(window_lines(windows, texts, now, self._zone))

    def _named(self, name: str) -> list[Instance]:
        """Return the services with this name, or else those whose names begin with it."""
        said, every = name.casefold(), self._read.instances()
        exact = [one for one in every if said in (one.name.casefold(), one.id.casefold())]
        return exact or [one for one in every if one.name.casefold().startswith(said)]

    def _unclear(self, name: str, found: Sequence[Instance], texts: Texts) -> Rich:
        names = texts.listed([one.name for one in (found or self._read.instances())[:MOST_NAMES]])
        if found:
            return prose(texts("Several services have this name: {names}.", names=names), LINE)
        text = texts("There is no service “{name}”.", name=name[:NAME])
        return prose(f"{text} {texts('There are: {names}.', names=names)}" if names else text, LINE)
