"""Commands and comments that people write in the group."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from enum import StrEnum
from typing import Final

import structlog

from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import Incident, Verb
from homelab_steward.contract.protocol import AddComment, Decide, IncidentQuery
from homelab_steward.contract.state import FrontEnd, Instance, InstanceStatus, Speaker

from ..clock import Clock
from .card_sync import IncidentQueries
from .cards import snoozed_text
from .chat import Chat, Said
from .errors import TelegramFailure
from .markup import Rich, bold, joined, literal, prose, quote
from .outbox import MessageSubject, Outbox
from .press_handler import TRY_AGAIN, DecisionPort
from .topics import TopicThreads

log = structlog.get_logger(__name__)

MOST_LINES: Final = 10
"""Incidents and services that a status names."""

MOST_COUNTED: Final = 100
TITLE: Final = 80
REASON: Final = 120
"""Characters of a title and a reason, so that a status fits in one message."""

SAVED: Final = "👍"


class Name(StrEnum):
    """The commands."""

    STATUS = "status"
    SNOOZE = "snooze"
    HELP = "help"
    START = "start"


MENU: Final = (
    (Name.STATUS, "What is open, what waits for an answer, and which services do not answer"),
    (Name.SNOOZE, "Ask later: answer to a request with /snooze 2h"),
    (Name.HELP, "What you can write here"),
)
HELP: Final = (
    "/status shows what is open, what waits for an answer, and which services do not answer.",
    "/snooze 2h as an answer to a request asks again in two hours. Use m, h or d.",
    "Any other answer to a message of mine becomes a comment on its incident.",
    "To decide, press a button. For a high risk you need your PIN.",
)
_HOW_TO_SNOOZE: Final = "To snooze a request, answer to its message with the time: /snooze 2h"
_COMMAND: Final = re.compile(r"/(?P<name>\w+)(?:@(?P<bot>\w+))?(?:\s+(?P<argument>.*))?", re.DOTALL)
_PLAIN: Final = re.compile(r"(?P<name>status|help|snooze)(?:\s+(?P<argument>\d+\s*\w+))?", re.IGNORECASE)
_DURATION: Final = re.compile(r"(\d{1,5})\s*(m|min|h|d)", re.IGNORECASE)
_UNITS: Final = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Written:
    """A command with its argument."""

    name: Name
    argument: str = ""


def parsed(text: str, bot: str | None) -> Written | None:
    """Return the command in a message, None when there is none for the bot with this user name."""
    found = _COMMAND.fullmatch(text.strip())
    if found is not None and bot and (found["bot"] or bot).casefold() != bot.casefold():
        return None
    found = found or _PLAIN.fullmatch(text.strip())
    if found is None or found["name"].lower() not in set(Name):
        return None
    return Written(Name(found["name"].lower()), (found["argument"] or "").strip())


def duration(text: str) -> timedelta | None:
    """Return a time such as ``30m``, ``2h`` or ``1d``, None when it is not one."""
    found = _DURATION.fullmatch(text.strip())
    return None if found is None else timedelta(**{_UNITS[found[2].lower()]: int(found[1])})


class Commands:
    """Answers commands, and saves other answers to the bot's messages as comments."""

    def __init__(
        self,
        chat: Chat,
        outbox: Outbox,
        topics: TopicThreads,
        decision_port: DecisionPort,
        read: IncidentQueries,
        clock: Clock,
        zone: tzinfo,
    ) -> None:
        """Times are shown in ``zone``."""
        self._chat = chat
        self._outbox = outbox
        self._topics = topics
        self._decision_port = decision_port
        self._read = read
        self._clock = clock
        self._zone = zone

    async def is_for_the_bot(self, said: Said) -> bool:
        """Return whether a message is a command or an answer to a message about an incident."""
        return parsed(said.text, self._chat.user_name) is not None or await self._subject(said) is not None

    async def answer(self, said: Said) -> Rich | None:
        """Carry out what a known person wrote; return the answer, None when there is none."""
        written = parsed(said.text, self._chat.user_name)
        subject = await self._subject(said)
        try:
            if written is None:
                if subject is not None:
                    await self._comment(said, subject)
                return None
            match written.name:
                case Name.STATUS:
                    return await self._status()
                case Name.SNOOZE:
                    return await self._snooze(said, subject, written.argument)
                case _:
                    return joined([literal(line) for line in HELP])
        except ContractError as err:
            if err.code is ErrorCode.INTERNAL:
                return literal(TRY_AGAIN.text)
            return prose(err.message, REASON) + literal(" Nothing was done.")

    async def _subject(self, said: Said) -> MessageSubject | None:
        """Return what a message is about: that which it replies to, or the incident of its topic."""
        found = None if said.reply_to is None else await self._outbox.subject(said.reply_to)
        if found is not None:
            return found
        place = await self._topics.place_of(said.thread_id)
        return MessageSubject(place.incident_id, "") if place.incident_id else None

    async def _comment(self, said: Said, subject: MessageSubject) -> None:
        await self._decision_port.comment(
            AddComment(incident_id=subject.incident_id, speaker=_speaker(said), text=said.text)
        )
        try:
            await self._chat.react(said.message_id, SAVED)
        except TelegramFailure as err:
            log.info("telegram comment saved without a reaction", reason=str(err))

    async def _snooze(self, said: Said, subject: MessageSubject | None, argument: str) -> Rich:
        time = duration(argument)
        if subject is None or not subject.approval_id or time is None:
            return literal(_HOW_TO_SNOOZE)
        until = self._clock.now() + time
        request = await self._decision_port.decide(
            Decide(
                approval_id=subject.approval_id,
                verb=Verb.SNOOZE,
                speaker=_speaker(said),
                until=until,
            )
        )
        return literal(snoozed_text(request, until, self._zone))

    async def _status(self) -> Rich:
        query = IncidentQuery(open_only=True, limit=MOST_COUNTED)
        found = await self._read.list_incidents(query)
        waiting = {one.incident_id for one in await self._read.pending()}
        return status_text(found.incidents, waiting, self._read.instances())


def status_text(incidents: Sequence[Incident], waiting: set[str], instances: Sequence[Instance]) -> Rich:
    """Return what is open, what waits for an answer, and which services do not answer. Pure."""
    return joined([*_incident_lines(incidents, waiting), *_service_lines(instances)])


def _incident_lines(incidents: Sequence[Incident], waiting: set[str]) -> list[Rich]:
    number = len(incidents)
    asked = len(waiting)
    at_least = "at least " if number >= MOST_COUNTED else ""
    noun = "incident is" if number == 1 else "incidents are"
    head = f"{at_least}{number} {noun} open" if number else "No incident is open"
    head += f", {asked} {'request waits' if asked == 1 else 'requests wait'} for an answer." if asked else "."
    first = sorted(incidents, key=lambda one: one.id not in waiting)
    lines = [
        literal(f"• {one.number} ")
        + quote(one.title, TITLE)
        + literal(": waits for an answer" if one.id in waiting else f": {one.status.value}")
        for one in first[:MOST_LINES]
    ]
    return [bold(literal(head[:1].upper() + head[1:])), *lines, *_more(number)]


def _service_lines(instances: Sequence[Instance]) -> list[Rich]:
    failed = [
        one
        for one in instances
        if one.status not in (InstanceStatus.OK, InstanceStatus.PENDING) and one.expected_off is None
    ]
    unread = sum(one.status is InstanceStatus.PENDING for one in instances)
    off = sum(one.expected_off is not None for one in instances)
    answering = len(instances) - len(failed) - unread - off
    head = f"{answering} of {len(instances)} services answer"
    head += f", {off} {'is' if off == 1 else 'are'} meant to be off" if off else ""
    head += f", {unread} {'is' if unread == 1 else 'are'} not read yet" if unread else ""
    lines = [
        literal("• ") + prose(one.name, TITLE) + literal(": ") + prose(one.error or one.status.value, REASON)
        for one in failed[:MOST_LINES]
    ]
    return [bold(literal(f"{head}.")), *lines, *_more(len(failed))]


def _more(number: int) -> list[Rich]:
    return [literal(f"… {number - MOST_LINES} more: open Home Assistant.")] if number > MOST_LINES else []


def _speaker(said: Said) -> Speaker:
    return Speaker(front_end=FrontEnd.TELEGRAM, user_id=str(said.user_id))
