"""Answers what needs no model: from the records and readings, by a request, or by a decision."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from homelab_steward.contract.chat import ChatQuestion
from homelab_steward.contract.incidents import ApprovalRequest, Incident, Verb
from homelab_steward.contract.state import Person, Role, Speaker, TargetRef

from ..clock import Clock
from ..texts import Texts, texts_of
from .autonomy_answers import AutonomyAnswers
from .comparison_answers import ComparisonAnswers
from .decisions import Decisions, meant, stoppable, with_scheduled
from .dependent_answers import dependents_text
from .given_names import AREA
from .history_answers import HistoryAnswers
from .incident_context import IncidentContext
from .meanings import (
    ApprovalAnswer,
    FalseAlarmReport,
    GoalRequest,
    Meaning,
    OpenText,
    PersonRequest,
    PlanRequest,
    Prohibition,
    RunbookRequest,
    ScheduledRequest,
    SeveralMeanings,
    UnknownName,
)
from .model_answers import Models
from .model_plans import ModelPlans
from .monitor_answers import MonitorAnswers
from .note_answers import NoteAnswers
from .phrases import say
from .plan_answers import PlanAnswers, RequestPlanPort
from .prohibitions import prohibition_text
from .questions import (
    ActionHistoryQuestion,
    ChangesQuestion,
    CompareQuestion,
    DependentsQuestion,
    ExtremeQuestion,
    ListQuestion,
    ReadingQuestion,
    SeveralQuestions,
    SinceQuestion,
    TargetQuestion,
    ThresholdQuestion,
    Topic,
    TopicQuestion,
)
from .reading_answers import ReadingAnswers
from .readings import Readings
from .records import SHOWN, SHOWN_ALOUD, Records
from .request_answers import RequestAnswers, reply_without_request
from .restore_answers import restores_text
from .runbook_answers import RunbookAnswers, RunbookPorts
from .scheduling import NotScheduled, Scheduling
from .target_answers import TargetAnswers, reported_elsewhere
from .topic_answers import TopicAnswers, cloud_text, not_told_text, quota_text
from .turn import RequestPort

type AboutReadings = (
    ThresholdQuestion
    | CompareQuestion
    | ReadingQuestion
    | ExtremeQuestion
    | ListQuestion
    | DependentsQuestion
)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and whether a reply is expected. ``is_private``: only local models may read it."""

    text: str
    expects_reply: bool = False
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class RequestPorts:
    """What requests one action, one action on each of several targets, and a runbook."""

    action: RequestPort
    plan: RequestPlanPort
    runbooks: RunbookPorts


class KnownAnswers:
    """Answers meanings; ``models`` only say how many requests they have left."""

    def __init__(
        self,
        records: Records,
        ports: RequestPorts,
        readings: Readings,
        decisions: Decisions,
        person: Callable[[Speaker], Person | None],
        models: Models | None,
        clock: Clock,
    ) -> None:
        """``person`` returns who speaks, None when unknown. ``ports`` take the requests."""
        self._records = records
        self.requests = RequestAnswers(ports.action, records, clock)
        self._plans = plans = PlanAnswers(ports.plan, self.requests, readings, records.open_incidents)
        self.model_plans = (
            ModelPlans(models, plans, readings.inventory, records.open_incidents, person) if models else None
        )
        self._inventory = readings.inventory
        self._decisions = decisions
        self._person = person
        self._models = models
        self._clock = clock
        self._scheduling = Scheduling(readings.inventory, clock)
        self._all_readings = readings
        self._targets = TargetAnswers(records, readings.inventory, clock)
        self._readings = ReadingAnswers(readings, clock)
        self._comparisons = ComparisonAnswers(readings, clock)
        self._topics = TopicAnswers(readings, ports.action, clock)
        self._history = HistoryAnswers(readings, clock)
        self._autonomy = AutonomyAnswers(records.levels)
        self._monitors = MonitorAnswers(records.devices)
        self._notes = NoteAnswers(records.notes)
        self._runbooks = RunbookAnswers(ports.runbooks)

    def is_reported(self, meaning: Meaning) -> bool:
        """Return whether anything has the readings that are asked for; True for other meanings."""
        if isinstance(meaning, SeveralQuestions):
            return all(map(self.is_reported, meaning.questions))
        if isinstance(meaning, SeveralMeanings):
            # A request among them is not for a model.
            return True
        if isinstance(meaning, ReadingQuestion | ExtremeQuestion):
            return self._readings.is_reported(meaning)
        if isinstance(meaning, TopicQuestion) and meaning.topic is Topic.LOGS:
            return False
        if isinstance(meaning, TopicQuestion) and meaning.topic is Topic.WATCHING and not meaning.people:
            return self._topics.is_watching_reported(meaning.target)
        return True

    def is_in(self, target: TargetRef, state: str) -> bool | None:
        """Return whether a target is in a state, None when that is not known."""
        return self._readings.is_in(target, state)

    async def answer(
        self, meaning: Meaning, question: ChatQuestion, about: IncidentContext | None
    ) -> Answered:
        """Return the answer to a meaning; ``about`` is the incident that the conversation is about."""
        if isinstance(meaning, SeveralQuestions):
            answers = [await self._one(one, question, about) for one in meaning.questions]
            text = " ".join(one.text for one in answers)
            return Answered(text, is_private=any(one.is_private for one in answers))
        if isinstance(meaning, SeveralMeanings):
            return await self._several(meaning, question, about)
        return await self._one(meaning, question, about)

    async def _several(
        self, meaning: SeveralMeanings, question: ChatQuestion, about: IncidentContext | None
    ) -> Answered:
        """Return the answers to the sentences of a text in their order; what is not understood is named."""
        answers: list[Answered] = []
        for one in meaning.meanings:
            if isinstance(one, OpenText):
                answers.append(Answered(say(question.language, "part_unknown", part=one.text.rstrip(" .!?"))))
            else:
                answers.append(await self.answer(one, question, about))
        text = " ".join(one.text for one in answers)
        return Answered(text, answers[-1].expects_reply, any(one.is_private for one in answers))

    async def _one(self, meaning: Meaning, question: ChatQuestion, about: IncidentContext | None) -> Answered:
        texts = texts_of(question.language)
        shown = SHOWN_ALOUD if question.spoken else SHOWN
        match meaning:
            case (
                TopicQuestion(topic=Topic.PROBLEM)
                | ChangesQuestion(target=None, hours=None)
                | OpenText(incomplete=None, lacks_target=False)
            ) if about:
                return Answered(about.answer(texts, self._clock.now()))
            case TopicQuestion():
                return await self._topic(meaning, question, texts, shown, about)
            case TargetQuestion() | SinceQuestion() | ChangesQuestion() | ActionHistoryQuestion():
                return await self._about_target(meaning, question, texts)
            case (
                ThresholdQuestion()
                | CompareQuestion()
                | ReadingQuestion()
                | ExtremeQuestion()
                | ListQuestion()
                | DependentsQuestion()
            ):
                return Answered(self._from_readings(meaning, texts, shown))
            case ApprovalAnswer() | FalseAlarmReport():
                return await self._decide(meaning, question, texts, about)
            case _:
                return await self._requested(meaning, question)

    async def _prohibited(self, meaning: Prohibition, question: ChatQuestion) -> str:
        """Return what is changed although a person says that nothing may be."""
        language, texts = question.language, texts_of(question.language)
        shown = SHOWN_ALOUD if question.spoken else SHOWN
        ways = await self._autonomy.what_it_may(texts, language, shown)
        is_scheduled = bool(await self._records.scheduled())
        topic = TopicQuestion(Topic.SCHEDULED)
        scheduled = await self._records.answer(topic, language, shown) if is_scheduled else ""
        return prohibition_text(meaning, ways, scheduled, texts)

    def _from_readings(self, meaning: AboutReadings, texts: Texts, shown: int) -> str:
        if isinstance(meaning, DependentsQuestion):
            return dependents_text(meaning, self._all_readings, texts, shown)
        if isinstance(meaning, ThresholdQuestion | CompareQuestion):
            return self._comparisons.answer(meaning, texts, shown)
        return self._readings.answer(meaning, texts, shown)

    async def _requested(self, meaning: Meaning, question: ChatQuestion) -> Answered:
        """Return the answer to a request, or to what lacks something."""
        language = question.language
        if isinstance(meaning, PersonRequest):
            return Answered(await self.requests.create(meaning, question.speaker, language))
        if isinstance(meaning, Prohibition):
            return Answered(await self._prohibited(meaning, question))
        if isinstance(meaning, ScheduledRequest):
            return await self._scheduled(meaning, question)
        if isinstance(meaning, RunbookRequest):
            shown = SHOWN_ALOUD if question.spoken else SHOWN
            return Answered(await self._runbooks.create(meaning, question.speaker, language, shown))
        if isinstance(meaning, PlanRequest | GoalRequest):
            return Answered(await self._plans.create(meaning, question.speaker, language))
        return Answered(*self._without_request(meaning, language))

    def _without_request(self, meaning: Meaning, language: str) -> tuple[str, bool]:
        """Return the answer to what requests nothing, and whether a reply is expected."""
        if isinstance(meaning, UnknownName) and (
            elsewhere := reported_elsewhere(meaning.name, self._inventory, texts_of(language))
        ):
            return elsewhere, False
        return reply_without_request(meaning, self._inventory, language)

    async def _scheduled(self, meaning: ScheduledRequest, question: ChatQuestion) -> Answered:
        """Request something for the time or on the condition that was said, or ask back."""
        language, request = question.language, meaning.request
        scheduled = await self._scheduling.schedule(meaning, texts_of(language))
        if isinstance(scheduled, NotScheduled):
            return Answered(scheduled.text, scheduled.expects_reply)
        if isinstance(request, PersonRequest):
            return Answered(await self.requests.create(request, question.speaker, language, scheduled))
        return Answered(await self._plans.create(request, question.speaker, language, scheduled))

    async def _about_target(
        self,
        meaning: TargetQuestion | SinceQuestion | ChangesQuestion | ActionHistoryQuestion,
        question: ChatQuestion,
        texts: Texts,
    ) -> Answered:
        if isinstance(meaning, ActionHistoryQuestion):
            return await self._actions(meaning, question, texts)
        if isinstance(meaning, TargetQuestion):
            return Answered(await self._state(meaning, question))
        incidents = await self._incidents(meaning.target)
        if isinstance(meaning, SinceQuestion):
            return Answered(self._history.since(meaning.target, incidents, texts))
        return Answered(self._history.changes(meaning, incidents, self._records.versions(), texts))

    async def _state(self, meaning: TargetQuestion, question: ChatQuestion) -> str:
        target, language = meaning.target, question.language
        shown = SHOWN_ALOUD if question.spoken else SHOWN
        inside = self._all_readings.contents(target) if target.kind == AREA or meaning.is_all else []
        if meaning.is_all and target.kind != AREA:
            return await self._targets.all_of(target, inside, language, shown)
        if target.kind != AREA:
            return await self._targets.of_target(target, language, shown)
        return await self._targets.in_place(target, inside, language, shown)

    async def _actions(
        self, meaning: ActionHistoryQuestion, question: ChatQuestion, texts: Texts
    ) -> Answered:
        """Return who did what with a target. Only owners get the names of people."""
        runs = self._history.actions(meaning, await self._records.incidents_about(None))
        decisions = {one.id: await self._records.decision(one) for one in runs}
        person = None if question.is_shared else self._person(question.speaker)
        shows_people = person is not None and person.role is Role.OWNER
        text = self._history.actions_text(meaning, decisions, runs, texts, shows_people=shows_people)
        return Answered(text, is_private=shows_people)

    async def _incidents(self, target: TargetRef | None) -> list[Incident]:
        """Return the newest incidents about a target, or about what is in a place."""
        if target is None or target.kind != AREA:
            return await self._records.incidents_about(target)
        keys = {one.key for one in self._all_readings.contents(target)}
        every = await self._records.incidents_about(None)
        return [one for one in every if one.target is not None and one.target.key in keys]

    async def _about_the_app(
        self,
        meaning: TopicQuestion,
        question: ChatQuestion,
        texts: Texts,
        shown: int,
        about: IncidentContext | None,
    ) -> str:
        """Return what monitors say, what was proved or done, and what the steward may do alone or why not."""
        if meaning.topic is Topic.BLIND_MONITORS:
            return await self._monitors.which_are_blind(texts, question.language, shown)
        if meaning.topic is Topic.MONITORS:
            return await self._monitors.what_they_say(meaning.target, texts, question.language, shown)
        if meaning.topic is Topic.RESTORES:
            return restores_text(await self._records.restores(), texts, self._clock.now(), shown)
        if meaning.topic is Topic.THIS_MONTH:
            return await self._notes.this_month(self._clock.now(), texts, shown)
        if meaning.topic is Topic.AUTONOMY:
            return await self._autonomy.what_it_may(texts, question.language, shown)
        found = about.incident if about else next(iter(await self._records.open_incidents()), None)
        return await self._autonomy.why_not_alone(found, texts, question.language, shown)

    async def _topic(
        self,
        meaning: TopicQuestion,
        question: ChatQuestion,
        texts: Texts,
        shown: int,
        about: IncidentContext | None,
    ) -> Answered:
        topic = meaning.topic
        match topic:
            case Topic.PROBLEM | Topic.WAITING | Topic.SCHEDULED | Topic.DONE:
                return Answered(await self._records.answer(meaning, question.language, shown))
            case Topic.QUOTA | Topic.CLOUD:
                health = await self._models.gateway.health() if self._models else ()
                is_cloud, now = topic is Topic.CLOUD, self._clock.now()
                return Answered(
                    cloud_text(health, texts) if is_cloud else quota_text(health, question.language, now)
                )
            case (
                Topic.AUTONOMY
                | Topic.NOT_ALONE
                | Topic.MONITORS
                | Topic.BLIND_MONITORS
                | Topic.RESTORES
                | Topic.THIS_MONTH
            ):
                return Answered(await self._about_the_app(meaning, question, texts, shown, about))
            case Topic.HELP | Topic.SECRETS | Topic.ADDRESSES | Topic.MAINTENANCE | Topic.LOGS:
                is_help = topic is Topic.HELP
                return Answered(say(question.language, "help") if is_help else not_told_text(topic, texts))
            case Topic.WATCHING | Topic.SET_UP:
                person = None if question.is_shared else self._person(question.speaker)
                if topic is Topic.SET_UP:
                    text = await self._notes.how_set_up(meaning.target, person, texts)
                else:
                    text = await self._topics.watching(person, question, meaning, texts, shown)
                return Answered(text, is_private=True)
            case _:
                updates = await self._records.updates() if topic is Topic.UPDATES else ()
                return Answered(self._topics.answer(meaning, updates, texts, shown))

    async def stops(
        self, target: TargetRef | None, about: IncidentContext | None, *, names_none: bool
    ) -> ApprovalAnswer | None:
        """Return the decision that "stop it" is, None where nothing is announced that it can mean.

        ``target`` is what was named last. With ``names_none`` nothing was, and it means any announced run.
        """
        announced = [one for one in await self._records.pending() if one.acts_at is not None]
        if about is not None and any(one.incident_id == about.incident.id for one in announced):
            return ApprovalAnswer(Verb.REJECT, number=about.incident.number, is_stop=True)
        stop = ApprovalAnswer(Verb.REJECT, target=target, is_stop=True)
        is_meant = bool(announced) if names_none else bool(meant(stop, announced))
        return stop if is_meant else None

    async def _decide(
        self,
        meaning: ApprovalAnswer | FalseAlarmReport,
        question: ChatQuestion,
        texts: Texts,
        about: IncidentContext | None,
    ) -> Answered:
        if isinstance(meaning, FalseAlarmReport):
            incident = about.incident if about is not None else None
            return Answered(*await self._decisions.false_alarms.answer(meaning, question, incident, texts))
        pending: Sequence[ApprovalRequest] = await self._records.pending()
        if about is not None and about.request is not None and meaning.number is None:
            # "Approve it" in the conversation about an incident means its request.
            pending = tuple(one for one in pending if one.id == about.request.id)
        elif meaning.is_stop:
            meaning, pending = stoppable(meaning, pending, await self._records.scheduled())
        elif meaning.verb in (Verb.CANCEL, Verb.REJECT):
            meaning, pending = with_scheduled(meaning, pending, await self._records.scheduled())
        text, expects_reply = await self._decisions.answer(
            meaning, pending, question.speaker, texts, is_shared=question.is_shared
        )
        return Answered(text, expects_reply)
