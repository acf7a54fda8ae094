"""All schedules: what they are, when they run, and what happens when one keeps failing."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice, takewhile
from pathlib import Path
from typing import Final

import structlog

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import AlertStatus, Severity
from homelab_steward.contract.schedules import (
    PlannedRun,
    RunSchedule,
    Schedule,
    ScheduledMessage,
    ScheduleKind,
    ScheduleQuery,
    ScheduleResult,
    Schedules,
    SwitchSchedule,
)
from homelab_steward.contract.state import Person, Role, Speaker

from ..clock import Clock
from ..sdk.description import IncomingAlert
from ..store import audit, scheduled_messages
from ..store.schedule_states import RunState, ScheduleState
from ..store.store import Store
from ..texts import Texts, english, texts_of, translate
from ..timing.scheduler import Due, Job, Scheduler
from ..timing.times import Cron, Every
from .asking import Asking
from .question import SHIPPED, Question, read_questions, title_of

log = structlog.get_logger(__name__)

FAILURES: Final = 3
"""Failures in a row after which a schedule is a problem."""

MOST_PLANNED: Final = 1_000
SOURCE: Final = "steward"
"""The source of the alerts about schedules."""

REPORT: Final = english("Weekly report")
BACKUP: Final = english("Backup of the steward")

type PersonOf = Callable[[Speaker], Person | None]
type Alert = Callable[[str, Sequence[IncomingAlert]], Awaitable[None]]


class ScheduleBook:
    """Knows all schedules, and is what front ends ask about them."""

    def __init__(
        self,
        store: Store,
        scheduler: Scheduler,
        clock: Clock,
        zone: str,
        asking: Asking,
        person: PersonOf,
        alert: Alert,
    ) -> None:
        """``zone`` is that of the household; ``alert`` takes alerts about schedules that fail."""
        self._store = store
        self._scheduler = scheduler
        self._clock = clock
        self._zone = zone
        self._asking = asking
        self._person = person
        self._alert = alert
        self._questions: dict[str, Question] = {}
        self._others: dict[str, tuple[ScheduleKind, Job]] = {}
        self._wrong: tuple[str, ...] = ()
        scheduler.when_finished(self._finished)

    async def add(self, kind: ScheduleKind, job: Job) -> None:
        """Add a schedule that is no question."""
        self._others[job.id] = (kind, job)
        await self._scheduler.put(job)

    async def read(self, own: Path) -> None:
        """Add the questions of the app, and those of a folder, which replace those with the same name."""
        found, _ = await asyncio.to_thread(read_questions, SHIPPED, is_own=False)
        more, wrong = await asyncio.to_thread(read_questions, own, is_own=True)
        found |= {key: one for key, one in more.items() if key not in self._others}
        for reason in wrong:
            log.error("schedule cannot be used", reason=reason)
        self._questions, self._wrong = found, wrong
        for one in found.values():
            await self._scheduler.put(self._job(one))

    async def list(self, query: ScheduleQuery) -> Schedules:
        """Handle ``steward.schedules``."""
        texts = texts_of(query.language)
        async with self._store.read() as connection:
            last = {key: await scheduled_messages.last_of(connection, key) for key in self._questions}
        return Schedules(
            schedules=tuple(self._schedules(texts, last)),
            planned=tuple(islice(self._planned(query), MOST_PLANNED)),
            wrong=self._wrong,
        )

    async def run(self, command: RunSchedule) -> Schedule:
        """Handle ``schedules.run``. Raises ContractError FORBIDDEN, NOT_FOUND, and UNAVAILABLE (it fails)."""
        person = self._require(command.speaker, command.id)
        await self._audit("schedule.run", command.id, person)
        state = await self._scheduler.run_now(command.id)
        if state.state is RunState.FAILED:
            raise ContractError(ErrorCode.UNAVAILABLE, state.reason)
        return await self._one(command.id, person.language)

    async def switch(self, command: SwitchSchedule) -> Schedule:
        """Handle ``schedules.switch``. Raises ContractError FORBIDDEN and NOT_FOUND."""
        person = self._require(command.speaker, command.id)
        event = "schedule.on" if command.is_enabled else "schedule.off"
        await self._audit(event, command.id, person)
        await self._scheduler.enable(command.id, is_enabled=command.is_enabled)
        return await self._one(command.id, person.language)

    async def _one(self, schedule_id: str, language: str | None) -> Schedule:
        found = await self.list(ScheduleQuery(language=language))
        return next(one for one in found.schedules if one.id == schedule_id)

    async def _audit(self, event: str, schedule_id: str, person: Person) -> None:
        async with self._store.change() as unit:
            body = {"schedule": schedule_id, "person": person.id}
            await audit.append(unit.connection, self._clock.now(), event, body)

    def _require(self, speaker: Speaker, schedule_id: str) -> Person:
        """Return the owner who speaks, if there is such a schedule."""
        person = self._person(speaker)
        if person is None or person.role is not Role.OWNER:
            raise ContractError(ErrorCode.FORBIDDEN, translate(t"Only an owner may change schedules."))
        if schedule_id not in self._jobs():
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such schedule."))
        return person

    def _job(self, question: Question) -> Job:
        async def ask(due: Due) -> ScheduledMessage:
            return await self._asking.answer(question, due)

        return Job(
            id=question.id,
            times=Cron(question.cron, question.zone or self._zone),
            run=ask,
            is_enabled=question.is_enabled,
        )

    def _jobs(self) -> Mapping[str, tuple[ScheduleKind, Job]]:
        questions = {key: (ScheduleKind.QUESTION, self._job(one)) for key, one in self._questions.items()}
        return self._others | questions

    def _schedules(self, texts: Texts, last: Mapping[str, ScheduledMessage | None]) -> Iterator[Schedule]:
        for key, (kind, job) in self._jobs().items():
            state = self._scheduler.states.get(key)
            question = self._questions.get(key)
            times = job.times
            yield Schedule(
                id=key,
                title=self._title(key, kind, texts),
                kind=kind,
                cron=times.expression if isinstance(times, Cron) else "",
                zone=times.zone if isinstance(times, Cron) else self._zone,
                every_hours=times.interval.total_seconds() / 3600 if isinstance(times, Every) else None,
                is_own=question is not None and question.is_own,
                is_enabled=state is None or state.is_enabled,
                next_at=self._scheduler.next_at(key),
                due_at=state.due_at if state else None,
                result=ScheduleResult(state.state.value) if state else ScheduleResult.NEVER,
                failures=state.failures if state else 0,
                reason=state.reason if state else "",
                last=last.get(key),
            )

    def _title(self, key: str, kind: ScheduleKind, texts: Texts) -> str:
        question = self._questions.get(key)
        if question is not None:
            return title_of(question, texts)
        return texts(REPORT if kind is ScheduleKind.REPORT else BACKUP)

    def _planned(self, query: ScheduleQuery) -> Iterator[PlannedRun]:
        """Yield what is due between the two times, in order: nothing that has passed."""
        if query.since is None or query.until is None:
            return
        until = query.until
        since = max(query.since, self._clock.now())
        each = [self._times(key, job, since) for key, (_, job) in self._jobs().items()]
        for at, key in takewhile(lambda one: one[0] < until, merge(*each)):
            yield PlannedRun(at=at, schedule_id=key)

    def _times(self, key: str, job: Job, since: datetime) -> Iterator[tuple[datetime, str]]:
        first = self._scheduler.next_at(key)
        if first is None:
            return
        if first >= since:
            yield first, key
        begin = max(first, since) if isinstance(job.times, Cron) else first
        yield from ((at, key) for at in job.times.due_after(begin) if at > since)

    async def _finished(self, before: ScheduleState, after: ScheduleState) -> None:
        """Report a schedule that keeps failing as a problem, and its end."""
        if after.failures < FAILURES and before.failures < FAILURES:
            return
        kinds = self._jobs()
        if after.id in kinds:
            title = self._title(after.id, kinds[after.id][0], texts_of(None))
            await self._alert(SOURCE, [failure_alert(after, title, self._clock.now())])


def failure_alert(state: ScheduleState, title: str, now: datetime) -> IncomingAlert:
    """Return the alert about a schedule that keeps failing, or its end. Pure."""
    is_over = state.failures < FAILURES
    reason = state.reason
    return IncomingAlert(
        name="ScheduleFails",
        status=AlertStatus.RESOLVED if is_over else AlertStatus.FIRING,
        severity=Severity.INFO,
        starts_at=state.due_at or now,
        ends_at=now if is_over else None,
        labels={"schedule": state.id},
        summary=translate(t"The schedule “{title}” fails"),
        description=translate(t"It runs again.") if is_over else reason,
        fingerprint=hashlib.sha256(f"schedule\n{state.id}".encode()).hexdigest(),
    )
