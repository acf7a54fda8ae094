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
from .asking import KEPT, Asking
from .delivery import delivery_alert, in_a_row
from .files import FileState, QuestionFiles, settings_of
from .question import SHIPPED, Question, read_questions, title_of
from .rules import choices
from .said import said

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
        self._titles: dict[str, str] = {}
        self._wrong: tuple[str, ...] = ()
        self._shipped: Mapping[str, Question] = {}
        self.files: QuestionFiles | None = None
        scheduler.when_finished(self._finished)

    async def add(self, kind: ScheduleKind, job: Job, title: str = "") -> None:
        """Add a schedule that is no question; ``title`` is English, by default that of its kind."""
        self._others[job.id] = (kind, job)
        self._titles[job.id] = title or (REPORT if kind is ScheduleKind.REPORT else BACKUP)
        await self._scheduler.put(job)

    async def read(self, own: Path) -> None:
        """Add the questions of the app, and those of a folder, which replace those with the same name."""
        self._shipped, _ = await asyncio.to_thread(read_questions, SHIPPED, {}, is_own=False)
        self.files = QuestionFiles(own, self._shipped)
        more, wrong = await asyncio.to_thread(read_questions, own, self._shipped)
        for reason in wrong:
            log.error("schedule cannot be used", reason=reason)
        self._wrong = wrong
        for key, one in {**self._shipped, **more}.items():
            if key not in self._others:
                await self.use(one)

    async def use(self, question: Question) -> None:
        """Ask a question from now on, instead of the one with its id."""
        self._questions[question.id] = question
        await self._scheduler.put(self._job(question))

    async def drop(self, question_id: str) -> None:
        """Ask a question no longer; one of the app is asked again as the app has it."""
        shipped = self._shipped.get(question_id)
        if shipped is not None:
            await self.use(shipped)
            return
        del self._questions[question_id]
        await self._scheduler.remove(question_id)

    def question(self, question_id: str) -> Question | None:
        """Return a question in use, None if there is none with this id."""
        return self._questions.get(question_id)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all schedules."""
        return frozenset((*self._questions, *self._others))

    def times(self, question: Question) -> Cron:
        """Return when a question is due, in its time zone or that of the household."""
        return Cron(question.cron, question.zone or self._zone)

    async def list(self, query: ScheduleQuery) -> Schedules:
        """Handle ``steward.schedules``."""
        texts = texts_of(query.language)
        async with self._store.read() as connection:
            last = {key: await scheduled_messages.last_of(connection, key) for key in self._questions}
        files = await asyncio.to_thread(self.files.states, tuple(self._questions)) if self.files else {}
        return Schedules(
            schedules=tuple(self._schedules(texts, last, files)),
            planned=tuple(islice(self._planned(query), MOST_PLANNED)),
            wrong=self._wrong,
            rules=choices(texts),
            tools=self._asking.tools(texts),
            zone=self._zone,
        )

    async def run(self, command: RunSchedule) -> Schedule:
        """Handle ``schedules.run``. Raises ContractError FORBIDDEN, NOT_FOUND, and UNAVAILABLE (it fails)."""
        person = self.require(command.speaker, command.id)
        await self.audit("schedule.run", command.id, person)
        state = await self._scheduler.run_now(command.id)
        if state.state is RunState.FAILED:
            raise ContractError(ErrorCode.UNAVAILABLE, state.reason)
        return await self.one(command.id, person.language)

    async def switch(self, command: SwitchSchedule) -> Schedule:
        """Handle ``schedules.switch``. Raises ContractError FORBIDDEN and NOT_FOUND."""
        person = self.require(command.speaker, command.id)
        event = "schedule.on" if command.is_enabled else "schedule.off"
        await self.audit(event, command.id, person)
        await self._scheduler.enable(command.id, is_enabled=command.is_enabled)
        return await self.one(command.id, person.language)

    async def one(self, schedule_id: str, language: str | None) -> Schedule:
        """Return one schedule, with texts in a language."""
        found = await self.list(ScheduleQuery(language=language))
        return next(one for one in found.schedules if one.id == schedule_id)

    async def audit(self, event: str, schedule_id: str, person: Person) -> None:
        """Write in the audit log what a person did with a schedule."""
        async with self._store.change(durable=True) as unit:
            body = {"schedule": schedule_id, "person": person.id}
            await audit.append(unit.connection, self._clock.now(), event, body)

    def require(self, speaker: Speaker, schedule_id: str | None = None) -> Person:
        """Return the owner who speaks. Raises ContractError FORBIDDEN and NOT_FOUND."""
        person = self._person(speaker)
        if person is None or person.role is not Role.OWNER:
            raise ContractError(ErrorCode.FORBIDDEN, translate(t"Only an owner may change schedules."))
        if schedule_id is not None and schedule_id not in self.ids:
            raise ContractError(ErrorCode.NOT_FOUND, translate(t"There is no such schedule."))
        return person

    def _job(self, question: Question) -> Job:
        async def ask(due: Due) -> ScheduledMessage:
            return await self._asking.answer(question, due)

        return Job(
            id=question.id,
            times=self.times(question),
            run=ask,
            is_enabled=question.is_enabled,
        )

    def _jobs(self) -> Mapping[str, tuple[ScheduleKind, Job]]:
        questions = {key: (ScheduleKind.QUESTION, self._job(one)) for key, one in self._questions.items()}
        return self._others | questions

    def _schedules(
        self,
        texts: Texts,
        last: Mapping[str, ScheduledMessage | None],
        files: Mapping[str, FileState],
    ) -> Iterator[Schedule]:
        for key, (kind, job) in self._jobs().items():
            state = self._scheduler.states.get(key)
            question = self._questions.get(key)
            times, file = job.times, files.get(key)
            yield Schedule(
                id=key,
                title=self._title(key, texts),
                kind=kind,
                cron=times.expression if isinstance(times, Cron) else "",
                zone=times.zone if isinstance(times, Cron) else self._zone,
                every_hours=times.interval.total_seconds() / 3600 if isinstance(times, Every) else None,
                said=said(times, texts),
                is_own=question is not None and question.is_own,
                is_changed=question is not None and question.is_changed,
                is_enabled=state is None or state.is_enabled,
                next_at=self._scheduler.next_at(key),
                due_at=state.due_at if state else None,
                result=ScheduleResult(state.state.value) if state else ScheduleResult.NEVER,
                failures=state.failures if state else 0,
                reason=state.reason if state else "",
                last=last.get(key),
                question=settings_of(question) if question else None,
                version=file.version if file else "",
                read_only=texts(file.read_only) if file and file.read_only else "",
            )

    def _title(self, key: str, texts: Texts) -> str:
        question = self._questions.get(key)
        if question is not None:
            return title_of(question, texts)
        return texts(self._titles[key])

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
        """Report a schedule that keeps failing, or whose messages reach nobody, as a problem, and its end."""
        kinds = self._jobs()
        if max(after.failures, before.failures) >= FAILURES and after.id in kinds:
            kind, title = kinds[after.id][0], self._title(after.id, texts_of(None))
            await self._alert(SOURCE, [failure_alert(after, kind, title, self._clock.now())])
        if after.id in self._questions and after.state is RunState.DONE:
            await self._check_delivery(after)

    async def _check_delivery(self, state: ScheduleState) -> None:
        async with self._store.read() as connection:
            found = await scheduled_messages.newest_of(connection, state.id, KEPT)
        if not found or found[0].is_silent or found[0].due_at != state.due_at:
            return
        lost = in_a_row(found)
        if max(lost, in_a_row(found[1:])) >= FAILURES:
            alert = delivery_alert(found[0], self._clock.now(), is_over=lost == 0)
            await self._alert(SOURCE, [alert])


def failure_alert(state: ScheduleState, kind: ScheduleKind, title: str, now: datetime) -> IncomingAlert:
    """Return the alert about a schedule that keeps failing, or its end. Pure.

    Missing backups are a danger, so their alert is a warning.
    """
    is_over = state.failures < FAILURES
    reason = state.reason
    return IncomingAlert(
        name="ScheduleFails",
        status=AlertStatus.RESOLVED if is_over else AlertStatus.FIRING,
        severity=Severity.WARNING if kind is ScheduleKind.BACKUP else Severity.INFO,
        starts_at=state.due_at or now,
        ends_at=now if is_over else None,
        labels={"schedule": state.id},
        summary=translate(t"The schedule “{title}” fails"),
        description=translate(t"It runs again.") if is_over else reason,
        fingerprint=hashlib.sha256(f"schedule\n{state.id}".encode()).hexdigest(),
    )
