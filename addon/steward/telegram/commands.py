"""Carries out commands and comments that people write in the group, and passes questions on."""

from datetime import datetime, tzinfo
from typing import Final

import structlog

from homelab_steward.contract.commands import AddComment, Decide, IncidentQuery
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.false_alarms import MarkFalseAlarm
from homelab_steward.contract.incidents import Verb
from homelab_steward.contract.maintenance import MaintenanceQuery
from homelab_steward.contract.mode import PauseScope, SetPause
from homelab_steward.contract.state import FrontEnd, Person, Speaker

from ..clock import Clock
from ..texts import Texts, texts_of
from .answers import Answers
from .card_sync import IncidentQueries
from .chat import Chat
from .errors import TelegramFailure
from .incoming import Said
from .maintenance_commands import MaintenanceCommands
from .markup import Rich, joined, literal, prose
from .outbox import MessageSubject, Outbox
from .ports import StewardCommands
from .press_answers import FALSE_ALARM
from .press_handler import DecisionPort
from .status_text import MOST_COUNTED, Overview, shown_time, status_text
from .topics import TopicThreads
from .written import (
    Name,
    Written,
    duration,
    help_lines,
    is_all,
    is_for_another,
    is_misspelled,
    parsed,
    says_false_alarm,
)

log = structlog.get_logger(__name__)

REASON: Final = 300
SAVED: Final = "👍"


class Subjects:
    """Finds what messages of people are about."""

    def __init__(self, outbox: Outbox, topics: TopicThreads) -> None:
        self._outbox = outbox
        self._topics = topics

    async def of(self, said: Said) -> MessageSubject | None:
        """Return what a message replies to, or else the incident of its topic; None when there is neither."""
        found = None if said.reply_to is None else await self._outbox.subject(said.reply_to)
        if found is not None:
            return found
        place = await self._topics.place_of(said.thread_id)
        return MessageSubject(place.incident_id, "") if place.incident_id else None


class Commands:
    """Answers commands of known people in their language, and saves what they write about incidents."""

    def __init__(
        self,
        chat: Chat,
        subjects: Subjects,
        decision_port: DecisionPort,
        steward: StewardCommands,
        read: IncidentQueries,
        answers: Answers,
        clock: Clock,
        zone: tzinfo,
    ) -> None:
        """Times are shown in ``zone``."""
        self._chat = chat
        self._subjects = subjects
        self._decision_port = decision_port
        self._steward = steward
        self._read = read
        self._answers = answers
        self._clock = clock
        self._zone = zone
        self._maintenance = MaintenanceCommands(steward, read, clock, zone)

    async def is_for_the_bot(self, said: Said) -> bool:
        """Return whether a message is a command, or about an incident or an answer of the bot."""
        bot = self._chat.user_name
        if is_for_another(said.text, bot):
            return False
        return parsed(said.text, bot) is not None or await self._subjects.of(said) is not None

    async def answer(self, said: Said, person: Person) -> Rich | None:
        """Carry out what a known person wrote; return the answer, None when there is none yet."""
        written = parsed(said.text, self._chat.user_name)
        subject = await self._subjects.of(said)
        texts = texts_of(person.language)
        try:
            if written is None:
                return await self._unwritten(said, person, subject, texts)
            if written.name is Name.CUSTOM and written.argument:
                await self._answers.ask(said, person, written.argument, _incident_id(subject))
                return None
            if written.name is Name.WEEKLY:
                await self._answers.report(said, person)
                return None
            return await self._carry_out(written, said, subject, texts)
        except ContractError as err:
            if err.code is ErrorCode.INTERNAL:
                return literal(texts("The steward cannot process this now. Try again in a minute."))
            return prose(f"{err.message} {texts('Nothing was done.')}", REASON)

    async def _unwritten(
        self, said: Said, person: Person, subject: MessageSubject | None, texts: Texts
    ) -> Rich | None:
        """Answer what is no command; one that does not exist is no comment."""
        if subject is None:
            return None
        if is_misspelled(said.text, self._chat.user_name):
            return _help(texts)
        if subject.incident_id and not subject.is_answer and says_false_alarm(said.text):
            return await self._false_alarm(said, subject, texts)
        await self._about(said, person, subject)
        return None

    async def _carry_out(
        self, written: Written, said: Said, subject: MessageSubject | None, texts: Texts
    ) -> Rich:
        match written.name:
            case Name.STATUS:
                return await self._status(texts)
            case Name.SNOOZE:
                return await self._snooze(said, subject, written.argument, texts)
            case Name.SILENCE:
                time = duration(written.argument)
                return await self._maintenance.silence(_speaker(said), _incident_id(subject), time, texts)
            case Name.MAINTENANCE:
                return await self._maintenance.carry_out(_speaker(said), written.argument, texts)
            case Name.FALSE_ALARM:
                return await self._false_alarm(said, subject, texts)
            case _:
                is_pause = written.name in (Name.PAUSE, Name.RESUME)
                return await self._pause(said, written, texts) if is_pause else _help(texts)

    async def _about(self, said: Said, person: Person, subject: MessageSubject) -> None:
        """Answer a question or a reply to an answer; anything else about an incident is a comment."""
        if subject.is_answer or said.text.rstrip().endswith("?"):
            await self._answers.ask(said, person, said.text, subject.incident_id)
            return
        await self._decision_port.comment(
            AddComment(
                incident_id=subject.incident_id,
                speaker=_speaker(said),
                text=said.text,
                key=f"{said.chat_id}:{said.message_id}",
            )
        )
        try:
            await self._chat.react(said.message_id, SAVED)
        except TelegramFailure as err:
            log.info("telegram comment saved without a reaction", reason=str(err))

    async def _snooze(self, said: Said, subject: MessageSubject | None, argument: str, texts: Texts) -> Rich:
        time = duration(argument)
        if subject is None or not subject.incident_id or time is None:
            return literal(texts("To snooze a request, answer to its message with the time: /snooze 2h"))
        approval_id = subject.approval_id or await self._pending(subject.incident_id)
        if not approval_id:
            return literal(texts("No request of this incident waits for an answer."))
        until = self._clock.now() + time
        command = Decide(approval_id=approval_id, verb=Verb.SNOOZE, speaker=_speaker(said), until=until)
        await self._decision_port.decide(command)
        return literal(texts("Snoozed until {time}.", time=self._time(until, texts)))

    async def _false_alarm(self, said: Said, subject: MessageSubject | None, texts: Texts) -> Rich:
        incident_id = _incident_id(subject)
        if not incident_id:
            return literal(texts("Answer to the message about the problem that was none: /false_alarm"))
        await self._decision_port.false_alarm(MarkFalseAlarm(incident_id=incident_id, speaker=_speaker(said)))
        return literal(texts(FALSE_ALARM))

    async def _pending(self, incident_id: str) -> str:
        """Return the pending request of an incident, "" when there is none."""
        found = (one.id for one in await self._read.pending() if one.incident_id == incident_id)
        return next(found, "")

    async def _pause(self, said: Said, written: Written, texts: Texts) -> Rich:
        if written.name is Name.RESUME:
            await self._steward.set_pause(SetPause(speaker=_speaker(said), scope=None))
            return literal(texts("The pause is over."))
        if written.argument and not is_all(written.argument):
            return literal(texts("Write /pause for automatic changes, or /pause all for every change."))
        scope = PauseScope.EVERYTHING if is_all(written.argument) else PauseScope.AUTOMATIC
        await self._steward.set_pause(SetPause(speaker=_speaker(said), scope=scope))
        if scope is PauseScope.EVERYTHING:
            return literal(texts("No change begins until somebody writes /resume."))
        return literal(
            texts("Nothing is changed automatically until somebody writes /resume. What you approve is done.")
        )

    async def _status(self, texts: Texts) -> Rich:
        query = IncidentQuery(open_only=True, limit=MOST_COUNTED)
        now = self._clock.now()
        windows = await self._steward.list_maintenance(MaintenanceQuery(since=now))
        overview = Overview(
            incidents=(await self._read.list_incidents(query)).incidents,
            waiting={one.incident_id for one in await self._read.pending()},
            instances=self._read.instances(),
            mode=await self._steward.mode(),
            windows=windows.windows,
        )
        return status_text(overview, texts, now, self._zone)

    def _time(self, at: datetime, texts: Texts) -> str:
        return shown_time(at, self._clock.now(), texts, self._zone)


def _help(texts: Texts) -> Rich:
    return joined([literal(line) for line in help_lines(texts)])


def _incident_id(subject: MessageSubject | None) -> str:
    return "" if subject is None else subject.incident_id


def _speaker(said: Said) -> Speaker:
    return Speaker(front_end=FrontEnd.TELEGRAM, user_id=str(said.user_id))
