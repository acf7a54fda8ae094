"""Decisions that wait for a PIN, and the deletion of messages that contain one."""

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import structlog

from homelab_steward.contract.commands import Decide
from homelab_steward.contract.state import FrontEndState, Person

from ..clock import Clock
from ..texts import english, texts_of, translate
from .callback_store import IssuedButtons
from .chat import Chat
from .drafts import Draft, Kind, Priority
from .errors import MessageGone, TelegramFailure, TooFast, Unreachable
from .incoming import Said
from .markup import filled, prose
from .outbox import Outbox
from .replies import NAME
from .status import StatusBoard
from .topics import SHORT_PAUSE, TopicThreads

log = structlog.get_logger(__name__)

LIFETIME: Final = 120.0
"""Seconds in which a PIN is taken after the press that needs it."""

MOST: Final = 100
"""Decisions that wait for a PIN at the same time; the oldest are dropped."""

TRIES: Final = 6
SOURCE: Final = "deleting messages"

_ONLY_DIGITS: Final = re.compile(r"\s*(\d\s*){4,12}")
_SOME_DIGITS: Final = re.compile(r"(\d\s*){4}")
_ADVICE: Final = english("Let the bot delete messages in the group.")
_LONG_PAUSE: Final = english("Telegram requires a long pause.")
_STOPPED: Final = english("The app was stopped.")
_NO_ANSWER: Final = english("Telegram does not answer.")


@dataclass(frozen=True, slots=True)
class AskedPin:
    """The decision of a press that needs a PIN, and the buttons that were pressed."""

    command: Decide
    issued: IssuedButtons


class AskedPins:
    """The decisions that wait for a PIN: one per person, in memory only."""

    def __init__(self, clock: Clock) -> None:
        """Start without any."""
        self._clock = clock
        self._asked: dict[int, tuple[AskedPin, float]] = {}

    def ask(self, asked: AskedPin) -> None:
        """Wait for the PIN of the person who decides, instead of for an earlier decision."""
        user_id = int(asked.command.speaker.user_id)
        self._asked.pop(user_id, None)
        self._asked[user_id] = asked, self._clock.monotonic() + LIFETIME
        while len(self._asked) > MOST:
            del self._asked[next(iter(self._asked))]

    def is_asked(self, user_id: int) -> bool:
        """Return whether a decision of this person waits for a PIN."""
        found = self._asked.get(user_id)
        return found is not None and self._clock.monotonic() < found[1]

    def take(self, user_id: int) -> AskedPin | None:
        """Return the decision of this person that waits for a PIN, once."""
        is_valid = self.is_asked(user_id)
        found = self._asked.pop(user_id, None)
        return found[0] if found is not None and is_valid else None


def may_contain_pin(text: str, *, is_asked: bool) -> bool:
    """Return whether a message is deleted: it is only digits, or contains some when a PIN is asked for."""
    return _ONLY_DIGITS.fullmatch(text) is not None or (is_asked and _SOME_DIGITS.search(text) is not None)


def digits_of(text: str) -> str:
    """Return a message that is only digits without its spaces, another one as it is."""
    return "".join(text.split()) if _ONLY_DIGITS.fullmatch(text) else text


class Deletions:
    """Deletes messages that may contain a PIN, and says which cannot be deleted."""

    def __init__(
        self, chat: Chat, outbox: Outbox, topics: TopicThreads, clock: Clock, status: StatusBoard
    ) -> None:
        self._chat = chat
        self._outbox = outbox
        self._topics = topics
        self._clock = clock
        self._status = status
        self._later: set[asyncio.Task[None]] = set()

    async def delete(self, said: Said, person: Person) -> None:
        """Delete a message; when Telegram does not answer, more tries follow without holding up others."""
        pause = await self._try(said, person, 0)
        if pause is not None:
            task = asyncio.create_task(self._repeat(said, person, pause), name="telegram: late deletion")
            self._later.add(task)
            task.add_done_callback(self._later.discard)

    async def close(self) -> None:
        """Stop the tries that are left. The people read that at the next start."""
        later = tuple(self._later)
        for task in later:
            task.cancel()
        await asyncio.gather(*later, return_exceptions=True)

    async def _repeat(self, said: Said, person: Person, pause: float) -> None:
        for attempt in range(1, TRIES):
            if pause > SHORT_PAUSE:
                await self._report(said, person, _LONG_PAUSE)
            try:
                await self._clock.sleep(pause)
            except asyncio.CancelledError:
                await self._report(said, person, _STOPPED)
                raise
            later = await self._try(said, person, attempt)
            if later is None:
                return
            pause = later
        await self._report(said, person, _NO_ANSWER)

    async def _try(self, said: Said, person: Person, attempt: int) -> float | None:
        """Delete the message. Return the pause before another try, None when there is none."""
        try:
            with suppress(MessageGone):
                await self._chat.delete(said.chat_id, said.message_id)
        except TooFast as err:
            return err.seconds
        except Unreachable:
            return 0.5 * 2.0**attempt
        except TelegramFailure as err:
            await self._report(said, person, _ADVICE)
            log.warning("telegram message not deleted", reason=str(err))
            return None
        self._status.clear(SOURCE)
        return None

    async def _report(self, said: Said, person: Person, reason: str) -> None:
        """Ask the person to delete the message, once per message; ``reason`` is an English text."""
        problem = translate("A message with a PIN was not deleted. {reason}", reason=translate(reason))
        self._status.note(SOURCE, FrontEndState.DEGRADED, problem)
        texts = texts_of(person.language)
        template = texts(
            "{name}, your message looks like a PIN and could not be deleted. Delete it yourself. {reason}",
            name="{name}",
            reason=texts(reason),
        )
        place = await self._topics.place_of(said.thread_id)
        draft = Draft(
            key=f"delete:{said.chat_id}:{said.message_id}",
            kind=Kind.REPLY,
            topic=place.standing,
            priority=Priority.REPLY,
            text=filled(template, name=prose(person.name, NAME)).html,
            incident_id=place.incident_id,
            own_topic=bool(place.incident_id),
        )
        await self._outbox.put_once([draft])
