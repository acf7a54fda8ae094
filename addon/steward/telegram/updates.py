"""Lets presses in: by long polling, or through the webhook the server mounts."""

import asyncio
import hmac
import random
from typing import Final

from ..clock import Clock
from ..errors import StewardError
from .chat import Chat
from .errors import OtherConsumer, TelegramFailure, TokenRefused, TooFast
from .press_queue import PressQueue
from .rate_limit import TOKEN_RETRY, retry_delay
from .settings import Mode, TelegramSettings
from .status import FrontEndState, StatusBoard

CONCERN: Final = "updates"
POLL_SECONDS: Final = 50
WEBHOOK_RENEWAL: Final = 3_600.0
CONFLICT_RETRY: Final = 15.0


class WebhookRefused(StewardError):
    """Somebody other than Telegram posted, or no webhook is in use: answer 403."""


class WebhookMalformed(StewardError):
    """The body is no update: answer 400."""


class Updates:
    """The way in for presses.

    Telegram keeps an update until the next poll confirms it, and we poll again only when
    all of them are handled: what a crash cut short comes again and is recognised by its id.
    The offset is kept in memory and dropped once Telegram has confirmed it: after a quiet
    week Telegram starts at a random number, and an old offset would swallow presses.
    """

    def __init__(
        self, settings: TelegramSettings, chat: Chat, desk: PressQueue, clock: Clock, status: StatusBoard
    ) -> None:
        """Nothing is asked before :meth:`run`."""
        self._settings = settings
        self._chat = chat
        self._presses = desk
        self._clock = clock
        self._status = status
        self._failures = 0
        self._was_away = False
        self._offset: int | None = None

    async def run(self) -> None:
        """Let presses in until cancelled. Trouble with Telegram is noted and waited out."""
        is_polling = self._settings.mode is Mode.POLLING
        is_prepared = False
        while True:
            try:
                if not is_prepared:
                    await (self._chat.use_polling() if is_polling else self._chat.use_webhook())
                    is_prepared = True
                    self._well()
                elif is_polling:
                    await self._poll()
                    self._well()
                else:
                    await self._clock.sleep(WEBHOOK_RENEWAL)
                    is_prepared = False  # said again, should somebody have taken it away
            except TelegramFailure as err:
                await self._wait_out(err)

    async def receive(self, body: bytes, secret: str | None) -> None:
        """Handle one posted update; on return it is dealt with and need not come again.

        Raises WebhookRefused or WebhookMalformed.
        """
        expected = self._settings.webhook_secret
        is_right = hmac.compare_digest((secret or "").encode(), expected.encode())
        if self._settings.mode is not Mode.WEBHOOK or not expected or not is_right:
            raise WebhookRefused("Not a post of Telegram's")
        try:
            press = self._chat.read_update(body)
        except ValueError as err:
            raise WebhookMalformed("The body is no Telegram update") from err
        if press is not None:
            await self._presses.handle(press)

    async def _poll(self) -> None:
        batch = await self._chat.poll(self._offset, 0 if self._was_away else POLL_SECONDS)
        self._was_away = False
        await asyncio.gather(*(self._presses.handle(press) for press in batch.presses))
        self._offset = batch.next_offset

    async def _wait_out(self, err: TelegramFailure) -> None:
        if isinstance(err, TooFast):
            await self._clock.sleep(err.seconds)
            return
        self._failures += 1
        # Coming back is then noticed at once. With another consumer only a long poll proves a thing.
        self._was_away = not isinstance(err, OtherConsumer)
        is_deaf_only = isinstance(err, OtherConsumer)
        self._status.note(CONCERN, FrontEndState.DEGRADED if is_deaf_only else FrontEndState.DOWN, str(err))
        await self._clock.sleep(self._retry(err))

    def _well(self) -> None:
        self._failures = 0
        self._status.clear(CONCERN)
        self._status.reached()

    def _retry(self, err: TelegramFailure) -> float:
        """Return the seconds to wait after a failure."""
        if isinstance(err, TokenRefused):
            return TOKEN_RETRY
        if isinstance(err, OtherConsumer):
            return CONFLICT_RETRY
        return retry_delay(self._failures, random.random())  # noqa: S311 - jitter, not secrecy
