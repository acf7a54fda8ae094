"""Takes in a conversation that an incident was a false alarm, by the command that all front ends use."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.errors import ContractError
from homelab_steward.contract.false_alarms import MarkFalseAlarm
from homelab_steward.contract.incidents import Incident
from homelab_steward.contract.plain_text import quoted
from homelab_steward.contract.state import FrontEnd

from ..clock import Clock
from ..texts import Texts
from .meanings import FalseAlarmReport
from .phrases import TITLE, numbered
from .records import Records

type MarkedFalse = Callable[[MarkFalseAlarm], Awaitable[Incident]]
"""Marks an incident as a false alarm, and refuses who may not."""

RECENT: Final = timedelta(days=1)
"""How long after its end an incident that is not named by number can be meant."""


class FalseAlarmAnswers:
    """Finds the incident that is meant, and passes on that it was a false alarm."""

    def __init__(self, mark: MarkedFalse, records: Records, clock: Clock) -> None:
        """``mark`` checks who may say so."""
        self._mark = mark
        self._records = records
        self._clock = clock

    async def answer(
        self, report: FalseAlarmReport, question: ChatQuestion, about: Incident | None, texts: Texts
    ) -> tuple[str, bool]:
        """Mark the incident, and return the text about it, and whether it asks something.

        ``about`` is the incident that the conversation is about.
        """
        if question.is_shared:
            return texts(
                "I do not know who is speaking here. Say it in Home Assistant, on your phone or in Telegram."
            ), False
        found = await self._meant(report, about)
        if not found:
            return texts("I know no such problem. Name its number, or what it is about."), False
        if len(found) > 1:
            incidents = numbered([(one.number, one.title) for one in found], texts)
            return texts(t"Which incident do you mean: number {incidents}?"), True
        return await self._marked(found[0], question, texts), False

    async def _meant(self, report: FalseAlarmReport, about: Incident | None) -> Sequence[Incident]:
        """Return the incidents that can be meant: open ones first, else the last one that just ended."""
        if about is not None and report.number is None:
            return [about]
        every = [one for one in await self._records.incidents_about(None) if one.alerts]
        if report.number is not None:
            return [one for one in every if one.number == report.number]
        if report.target is not None:
            ids = {one.id for one in await self._records.incidents_about(report.target)}
            every = [one for one in every if one.id in ids]
        is_open = [one for one in every if not one.status.is_closed]
        since = self._clock.now() - RECENT
        return is_open or [one for one in every if one.updated_at > since][:1]

    async def _marked(self, incident: Incident, question: ChatQuestion, texts: Texts) -> str:
        speaker = question.speaker
        if speaker.front_end is FrontEnd.HOME_ASSISTANT:
            speaker = replace(speaker, front_end=FrontEnd.ASSIST)
        try:
            marked = await self._mark(MarkFalseAlarm(incident_id=incident.id, speaker=speaker))
        except ContractError as err:
            return texts(t"Not marked: {err.message}")
        title = quoted(marked.title, TITLE, texts.language)
        return texts(t"Marked as a false alarm: {title}. I ask nobody about it again for a while.")
