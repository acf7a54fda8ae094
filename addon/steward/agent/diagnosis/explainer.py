"""Asks a model once to explain an incident that waits for a person. Nothing waits for the answer."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Final

import structlog

from homelab_steward.contract.diagnosis import Explanation
from homelab_steward.contract.incidents import Incident, IncidentStatus
from homelab_steward.contract.protocol import RowKind

from ...clock import Clock
from ...llm.errors import ModelError
from ...llm.gateway import LlmGateway
from ...store import incidents
from ...store.changes import Lost
from ...store.store import Store
from .explanation import question_about, read_explanation

log = structlog.get_logger(__name__)

SECONDS: Final = 120.0
FIRST_SENT: Final = 0.1
"""Seconds in which front ends send a new request before its incident is written again."""

MOST_WAITING: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Explaining:
    """The models to ask; ``context_tokens`` is the smallest context window among them."""

    gateway: LlmGateway
    context_tokens: int


class Explainer:
    """Explains one incident after another, each at most once, also in later rounds. It only adds text."""

    def __init__(self, store: Store, explaining: Explaining, clock: Clock) -> None:
        """The gateway decides which model may read the evidence."""
        self._store = store
        self._explaining = explaining
        self._clock = clock
        self._due: OrderedDict[str, None] = OrderedDict()
        self._has_due = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start with the incidents that wait already, then follow changes."""
        self._tasks = [
            asyncio.create_task(self._listen(), name="explainer listens"),
            asyncio.create_task(self._explain_due(), name="explainer"),
        ]

    async def close(self) -> None:
        """Stop; the next start explains the rest."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _listen(self) -> None:
        with self._store.changes.watch(RowKind.INCIDENT) as watch:
            await self._look()
            while True:
                event = await watch.next()
                if isinstance(event, Lost):
                    await self._look()
                elif event.incident is not None:
                    self._note(event.incident)

    async def _look(self) -> None:
        async with self._store.read() as connection:
            for one in await incidents.incidents_in(connection, [IncidentStatus.WAITING]):
                self._note(one)

    def _note(self, incident: Incident) -> None:
        """Queue an incident that waits for a person; beyond MOST_WAITING the oldest are dropped."""
        if not _is_open_question(incident):
            return
        self._due[incident.id] = None
        while len(self._due) > MOST_WAITING:
            self._due.popitem(last=False)
        self._has_due.set()

    async def _explain_due(self) -> None:
        while True:
            await self._has_due.wait()
            if not self._due:
                self._has_due.clear()
                continue
            await self._clock.sleep(FIRST_SENT)
            incident_id, _ = self._due.popitem()
            try:
                await self._explain(incident_id)
            except ModelError as err:
                log.info("not explained", incident=incident_id, reason=str(err))
            except Exception:
                # Only the explanation is missing.
                log.exception("explaining failed", incident=incident_id)

    async def _explain(self, incident_id: str) -> None:
        incident = await self._begin(incident_id)
        if incident is None or incident.diagnosis is None:
            return
        diagnosis = incident.diagnosis
        request = question_about(incident, diagnosis, self._explaining.context_tokens, SECONDS)
        reply = await self._explaining.gateway.chat(request)
        explained = read_explanation(reply.text, [one.id for one in diagnosis.evidence])
        if explained is None:
            log.info(
                "explanation without evidence",
                incident=incident_id,
                deployment=reply.deployment,
                finish=str(reply.finish),
            )
            return
        explanation = Explanation(
            text=explained.text,
            claims=explained.claims,
            nothing_wrong=explained.nothing_wrong,
            by=reply.deployment,
            made_at=self._clock.now(),
        )
        await self._save(incident, explanation)

    async def _begin(self, incident_id: str) -> Incident | None:
        """Record that a model is asked, so that it happens once; return None when none has to be asked."""
        async with self._store.change() as unit:
            incident = await incidents.incident(unit.connection, incident_id)
            if incident is None or not _is_open_question(incident):
                return None
            incident = replace(incident, model_asked_at=self._clock.now())
            await incidents.save_incident(unit.connection, incident)
            unit.publish(RowKind.INCIDENT, incident.id, incident)
        return incident

    async def _save(self, explained: Incident, explanation: Explanation) -> None:
        """Add the explanation, unless the incident has another diagnosis by now."""
        async with self._store.change() as unit:
            current = await incidents.incident(unit.connection, explained.id)
            if current is None or current.diagnosis is None or explained.diagnosis is None:
                return
            is_waiting = current.status is IncidentStatus.WAITING
            if not is_waiting or current.diagnosis.made_at != explained.diagnosis.made_at:
                return
            diagnosis = replace(current.diagnosis, explanation=explanation)
            current = replace(current, diagnosis=diagnosis)
            await incidents.save_incident(unit.connection, current)
            unit.publish(RowKind.INCIDENT, current.id, current)


def _is_open_question(incident: Incident) -> bool:
    diagnosis = incident.diagnosis
    return (
        incident.status is IncidentStatus.WAITING
        and incident.model_asked_at is None
        and diagnosis is not None
        and bool(diagnosis.evidence)
    )
