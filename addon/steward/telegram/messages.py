"""Processes text messages of people."""

from collections import deque
from collections.abc import Callable
from typing import Final

import structlog

from ..clock import Clock
from ..texts import translate
from .commands import Commands
from .incoming import Said
from .markup import literal
from .pin_messages import PinMessages
from .press_answers import STRANGER
from .press_handler import DecisionPort
from .replies import Replies

log = structlog.get_logger(__name__)

MOST_SEEN: Final = 1000

MOST_REFUSED: Final = 10
"""People whom the steward does not know who get an answer within ``REFUSAL_PAUSE``."""

REFUSAL_PAUSE: Final = 3600.0
"""Seconds between two answers to the same unknown person."""


class Messages:
    """Takes PINs, commands and comments of known people; anything else is ignored."""

    def __init__(
        self,
        pins: PinMessages,
        commands: Commands,
        decision_port: DecisionPort,
        replies: Replies,
        clock: Clock,
        is_own_chat: Callable[[int | None], bool],
    ) -> None:
        """Commands and comments count in the own chat only."""
        self._pins = pins
        self._commands = commands
        self._decision_port = decision_port
        self._replies = replies
        self._clock = clock
        self._is_own_chat = is_own_chat
        self._seen: deque[tuple[int, int]] = deque(maxlen=MOST_SEEN)
        self._refused_at: dict[int, float] = {}

    async def close(self) -> None:
        """Wait for the decisions in progress."""
        await self._pins.close()

    async def handle(self, said: Said) -> None:
        """Process a message, once when Telegram delivers it again. Never raises."""
        if (said.chat_id, said.message_id) in self._seen:
            return
        self._seen.append((said.chat_id, said.message_id))
        try:
            await self._handle(said)
        except Exception as err:  # noqa: BLE001 - logged below
            # Without the traceback and the text, which may contain a PIN.
            log.error("telegram message failed", error=type(err).__name__)  # noqa: TRY400

    async def _handle(self, said: Said) -> None:
        person = await self._decision_port.person(said.user_id)
        if person is not None and self._pins.is_pin(said):
            await self._pins.take(said, person)
        elif self._is_own_chat(said.chat_id) and await self._commands.is_for_the_bot(said):
            if person is None:
                await self._refuse(said)
                return
            text = await self._commands.answer(said, person)
            if text is not None:
                await self._replies.send(said, text)

    async def _refuse(self, said: Said) -> None:
        """Audit a message of an unknown person, and answer it unless there were answers enough."""
        now = self._clock.monotonic()
        self._refused_at = {one: at for one, at in self._refused_at.items() if now < at + REFUSAL_PAUSE}
        if said.user_id not in self._refused_at and len(self._refused_at) < MOST_REFUSED:
            self._refused_at[said.user_id] = now
            await self._replies.send(said, literal(translate(STRANGER)))
        details = {"telegram_user_id": str(said.user_id), "message_id": str(said.message_id)}
        await self._decision_port.audit("telegram.message_refused", details)
