"""Finds past incidents that resemble a text, with what was done about them."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import structlog

from homelab_steward.contract.diagnosis import SimilarIncident
from homelab_steward.contract.incidents import Incident, Outcome
from homelab_steward.contract.protocol import Event, RowKind

from ...clock import Clock
from ...search.hybrid import HybridIndex
from ...search.index import Document
from ...store import incidents
from ...store.storable_text import storable
from ...store.store import Store
from ...texts import household, translate
from ..incidents.incident_text import ago
from ..runs.outcomes import OUTCOME_TEXTS

log = structlog.get_logger(__name__)

MOST_SEARCHED: Final = 500
"""Past incidents that are searched, the newest."""
MOST_ALERTS: Final = 10
MOST_SIMILAR: Final = 2
MOST_COMPARED: Final = 10
SAME_ALERT: Final = 0.15
"""The least score of an incident with the same alert that is shown beside another one."""
SIMILAR: Final = 0.75
"""The least score of an incident with other alerts."""
LONGEST_TEXT: Final = 300


class PastIncidents:
    """The closed problems, with an index that is updated when they change."""

    def __init__(self, store: Store, clock: Clock, clean: Callable[[str], str]) -> None:
        """``clean`` removes secrets."""
        self._store = store
        self._clock = clock
        self._clean = clean
        self._updating = asyncio.Lock()
        self._versions: dict[str, datetime] = {}
        self._digest: tuple[object, ...] = ()
        self.documents = HybridIndex()

    async def run(self) -> None:
        """Index problems when they are closed, not while the next alert waits, until cancelled."""
        with self._store.changes.watch(RowKind.INCIDENT) as watch:
            async for event in watch:
                if (
                    isinstance(event, Event)
                    and event.incident is not None
                    and event.incident.status.is_closed
                ):
                    await self._renew()

    async def _renew(self) -> None:
        """Update the index; after a failure the next search updates it."""
        try:
            async with self._updating:
                await self._update()
        except Exception:
            log.exception("past incidents not read")

    async def similar(self, incident: Incident) -> tuple[SimilarIncident, ...]:
        """Return the past incidents that are like this one, the most similar first.

        An incident with the same alert needs a score of SAME_ALERT, another one SIMILAR. An incident that
        a repair made worse is always included, because it warns of that repair.
        """
        names = {one.name for one in incident.alerts}
        found = await self._find(problem_text(incident), MOST_COMPARED)
        alike = [
            (one, score)
            for one, score in found
            if score >= (SAME_ALERT if any(alert.name in names for alert in one.alerts) else SIMILAR)
        ]
        shown, left = alike[:MOST_SIMILAR], alike[MOST_SIMILAR:]
        if not any(_was_made_worse(one) for one, _ in shown):
            worse = [each for each in left if _was_made_worse(each[0])][:1]
            shown[MOST_SIMILAR - len(worse) :] = worse
        return tuple(self._shown(one, score) for one, score in shown)

    async def search(self, text: str, most: int) -> tuple[SimilarIncident, ...]:
        """Return at most ``most`` incidents that fit a text, best first, then newest."""
        return tuple(self._shown(one, score) for one, score in await self._find(text, most))

    async def _find(self, text: str, most: int) -> list[tuple[Incident, float]]:
        """Return at most ``most`` incidents that fit a text, each with its score from 0 to 1."""
        async with self._updating:
            await self._update()
        vector = await self.documents.vector_of(text)
        scores = {one.id: one.score for one in self.documents.search(text, most, vector)}
        if not scores:
            return []
        async with self._store.read(quick=True) as connection:
            found = {one.id: one for one in await incidents.incidents_by_id(connection, list(scores))}
        return [(found[key], score) for key, score in scores.items() if key in found]

    def _shown(self, incident: Incident, score: float) -> SimilarIncident:
        return SimilarIncident(
            id=incident.id,
            number=incident.number,
            title=self._clean(incident.title),
            opened_at=incident.opened_at,
            score=round(score, 2),
            text=storable(self._clean(what_was_done(incident, self._clock.now())), LONGEST_TEXT),
        )

    async def _update(self) -> None:
        """Read the incidents that were closed or changed since the last search."""
        async with self._store.read(quick=True) as connection:
            digest = await incidents.closed_digest(connection, MOST_SEARCHED)
        if digest == self._digest:
            return
        async with self._store.read() as connection:
            versions = await incidents.closed_problems(connection, MOST_SEARCHED)
            changed = [key for key, at in reversed(versions.items()) if self._versions.get(key) != at]
            rows = await incidents.incidents_by_id(connection, changed)
        found = {one.id: one for one in rows}
        for key in (*(self._versions.keys() - versions.keys()), *changed):
            self.documents.remove(key)
        # The newest is added last: of incidents that fit equally it is found first.
        await self.documents.put_all(_document(found[key]) for key in changed if key in found)
        self._versions, self._digest = versions, digest


def _was_made_worse(incident: Incident) -> bool:
    run = incident.run
    return run is not None and run.verdict is not None and run.verdict.outcome is Outcome.WORSE


def problem_text(incident: Incident) -> str:
    """Return what was reported: the title and the alerts."""
    return " ".join([incident.title, *_alert_texts(incident)])


def what_was_done(incident: Incident, now: datetime) -> str:
    """Return when an incident ended, what was done, and whether it helped."""
    when = ago(now - (incident.resolved_at or incident.updated_at))
    run = incident.run
    if run is None or run.verdict is None:
        return f"{when}: {incident.resolution}" if incident.resolution else when
    outcome = translate(OUTCOME_TEXTS[run.verdict.outcome])
    return translate(t"{when}: {household().name(run.label)}, {outcome}")


def _document(incident: Incident) -> Document:
    run = incident.run
    return Document(
        id=incident.id,
        title=incident.title,
        symptoms=_alert_texts(incident),
        body=" ".join(
            [
                run.label if run else "",
                incident.resolution,
                incident.diagnosis.summary if incident.diagnosis else "",
                incident.target.name if incident.target else "",
            ]
        ),
    )


def _alert_texts(incident: Incident) -> Sequence[str]:
    parts = (text for one in incident.alerts[:MOST_ALERTS] for text in (one.name, one.summary))
    return tuple(dict.fromkeys(text for text in parts if text))
