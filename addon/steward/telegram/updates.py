"""Receives updates by long polling or through the webhook."""

import hmac
import random
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from homelab_steward.contract.state import FrontEndState

from ..clock import Clock
from ..texts import languages, texts_of, translate
from .chat import Chat
from .errors import OtherConsumer, TelegramFailure, TokenRefused, TooFast
from .incoming import Batch
from .rate_limit import TOKEN_RETRY, retry_delay
from .settings import Mode, TelegramSettings
from .status import StatusBoard
from .topics import SHORT_PAUSE
from .webhook_errors import WebhookMalformed, WebhookRefused
from .written import menu

log = structlog.get_logger(__name__)

SOURCE: Final = "updates"
POLL_SECONDS: Final = 50
WEBHOOK_RENEWAL: Final = 3_600.0
CONFLICT_RETRY: Final = 15.0


class Updates:
    """Receives updates and passes their presses and messages on.

    Telegram keeps an update until the next poll confirms it, and the next poll starts only
    when all of them are processed. After a crash a press is delivered again and recognised
    by its id. The offset is kept in memory until Telegram has confirmed it: after a week
    without updates Telegram starts at a random number, and an old offset would lose presses.
    """

    def __init__(
        self,
        settings: TelegramSettings,
        chat: Chat,
        clock: Clock,
        status: StatusBoard,
        process: Callable[[Batch], Awaitable[None]],
        introduced: Callable[[], None] = lambda: None,
    ) -> None:
        """Call :meth:`run` to start receiving. ``process`` gets what arrives.

        ``introduced`` is called once the user name of the bot is known and its menu is set.
        """
        self._introduced = introduced
        self._settings = settings
        self._chat = chat
        self._clock = clock
        self._status = status
        self._process = process
        self._is_introduced = False
        self._failures = 0
        self._was_unreachable = False
        self._offset: int | None = None

    async def run(self) -> None:
        """Receive presses until cancelled. Failures are reported to the status and retried."""
        is_polling = self._settings.mode is Mode.POLLING
        is_prepared = False
        while True:
            try:
                if not is_prepared:
                    await (self._chat.use_polling() if is_polling else self._chat.use_webhook())
                    is_prepared = True
                    self._on_success()
                elif is_polling:
                    await self._poll()
                    self._on_success()
                else:
                    await self._clock.sleep(WEBHOOK_RENEWAL)
                    is_prepared = False  # set again in case another program removed it
                if not self._is_introduced:
                    await self._introduce()
            except TelegramFailure as err:
                await self._back_off(err)

    async def _introduce(self) -> None:
        """Set the menu of commands. After a failure it is tried again with the next poll."""
        try:
            await self._chat.introduce({one: menu(texts_of(one)) for one in languages()})
            self._is_introduced = True
            self._introduced()
        except TelegramFailure as err:
            log.info("telegram menu of commands not set", reason=str(err))

    async def receive(self, body: bytes, secret: str | None) -> None:
        """Process one update of a webhook request.

        Raises WebhookRefused or WebhookMalformed.
        """
        self.check(secret)
        try:
            batch = self._chat.read_update(body)
        except ValueError as err:
            raise WebhookMalformed("The body is not a Telegram update") from err
        await self._process(batch)

    def check(self, secret: str | None) -> None:
        """Raise WebhookRefused unless ``secret`` is that of the webhook in use."""
        expected = self._settings.webhook_secret
        is_genuine = hmac.compare_digest((secret or "").encode(), expected.encode())
        if self._settings.mode is not Mode.WEBHOOK or not expected or not is_genuine:
            raise WebhookRefused("The request is not from Telegram")

    async def _poll(self) -> None:
        batch = await self._chat.poll(self._offset, 0 if self._was_unreachable else POLL_SECONDS)
        self._was_unreachable = False
        await self._process(batch)
        self._offset = batch.next_offset

    async def _back_off(self, err: TelegramFailure) -> None:
        if isinstance(err, TooFast):
            if err.seconds > SHORT_PAUSE:
                time = self._status.time_in(err.seconds)
                text = translate("Telegram sends no button presses until {time}", time=time)
                self._status.note(SOURCE, FrontEndState.DEGRADED, text, seconds=err.seconds)
            await self._clock.sleep(err.seconds)
            return
        self._failures += 1
        is_conflict = isinstance(err, OtherConsumer)
        # A short poll notices recovery at once, but only a long poll shows that no other program polls.
        self._was_unreachable = not is_conflict
        self._status.note(SOURCE, FrontEndState.DEGRADED if is_conflict else FrontEndState.DOWN, str(err))
        await self._clock.sleep(self._retry(err))

    def _on_success(self) -> None:
        self._failures = 0
        self._status.clear(SOURCE)
        self._status.reached()

    def _retry(self, err: TelegramFailure) -> float:
        """Return the seconds to wait after a failure."""
        if isinstance(err, TokenRefused):
            return TOKEN_RETRY
        if isinstance(err, OtherConsumer):
            return CONFLICT_RETRY
        return retry_delay(self._failures, random.random())  # noqa: S311 - jitter
