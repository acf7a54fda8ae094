"""Processes button presses and answers each of them, also after a failure."""

import asyncio
from typing import Final

import structlog

from homelab_steward.contract.state import FrontEndState

from ..clock import Clock
from ..texts import translate
from .attempts import CardCopies
from .callback_store import Answer, CallbackStore
from .chat import Chat
from .errors import TelegramFailure, TooFast, Unreachable
from .incoming import Press
from .markup import units
from .pins import AskedPins
from .press_answers import SLOW, TRY_AGAIN
from .press_handler import PressHandler, PressResult
from .status import StatusBoard

log = structlog.get_logger(__name__)

DECISION_TIMEOUT: Final = 10.0
"""Seconds until a press is answered with ``SLOW`` while its decision continues."""

SOURCE: Final = "answers"
TRIES: Final = 3
LONGEST_PAUSE: Final = 5.0
LONGEST_ANSWER: Final = 200


class PressQueue:
    """Processes presses concurrently. A press that is delivered again gets the same answer."""

    def __init__(
        self,
        chat: Chat,
        callbacks: CallbackStore,
        handler: PressHandler,
        clock: Clock,
        status: StatusBoard,
        pins: AskedPins,
        copies: CardCopies,
        timeout: float = DECISION_TIMEOUT,
    ) -> None:
        self._chat = chat
        self._callbacks = callbacks
        self._handler = handler
        self._clock = clock
        self._status = status
        self._pins = pins
        self._copies = copies
        self._timeout = timeout
        self._running: dict[str, asyncio.Task[Answer]] = {}
        self._late_answers: set[asyncio.Task[None]] = set()

    async def handle(self, press: Press) -> None:
        """Process the press and answer it. Never raises.

        When Telegram does not take the answer, it is repeated without holding up other presses.
        """
        answer = await self._answer(press)
        pause = await self._send_answer(press, answer, 0)
        if pause is not None:
            task = asyncio.create_task(self._repeat(press, answer, pause), name="telegram: late answer")
            self._late_answers.add(task)
            task.add_done_callback(self._late_answers.discard)

    async def close(self) -> None:
        """Wait for the presses in progress, and drop answers that Telegram did not take."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        late = tuple(self._late_answers)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _answer(self, press: Press) -> Answer:
        task = self._running.get(press.callback_id)
        if task is None:
            task = asyncio.create_task(self._process(press), name=f"telegram: press {press.callback_id}")
            self._running[press.callback_id] = task
            task.add_done_callback(lambda _: self._running.pop(press.callback_id, None))
        try:
            async with asyncio.timeout(self._timeout):
                # The decision continues when the answer is late.
                return await asyncio.shield(task)
        except TimeoutError:
            return Answer(translate(SLOW))

    async def _process(self, press: Press) -> Answer:
        result = PressResult(Answer(translate(TRY_AGAIN)), is_final=False)
        try:
            recorded = await self._callbacks.recorded_answer(press.callback_id)
            if recorded is not None:
                return recorded
            result = await self._handler.handle_press(press)
            if result.needs_pin is not None:
                self._pins.ask(result.needs_pin)
            if result.is_final:
                await self._callbacks.record(press, result.answer, result.used)
            await self._copies.remove(press, result.approval_id)
        except Exception:
            # The press is answered in any case; a decision made before the failure is valid.
            log.exception("telegram press failed", callback=press.callback_id)
        return result.answer

    async def _repeat(self, press: Press, answer: Answer, pause: float) -> None:
        """Answer after a pause, up to ``TRIES`` times in all."""
        for attempt in range(1, TRIES):
            await self._clock.sleep(pause)
            later = await self._send_answer(press, answer, attempt)
            if later is None:
                return
            pause = later
        log.warning("telegram press not answered", callback=press.callback_id)

    async def _send_answer(self, press: Press, answer: Answer, attempt: int) -> float | None:
        """Answer the press. Return the pause before another try, None when there is none."""
        try:
            await self._chat.answer(press.callback_id, _within_limit(answer.text), alert=answer.alert)
        except (TooFast, Unreachable) as err:
            pause = err.seconds if isinstance(err, TooFast) else 0.5 * 2**attempt
            if pause <= LONGEST_PAUSE:
                return pause
            text = translate(
                "Telegram accepts no answers to button presses until {time}. The presses count, and the "
                "messages show the results",
                time=self._status.time_in(pause),
            )
            self._status.note(SOURCE, FrontEndState.DEGRADED, text, seconds=pause)
            log.warning("telegram press not answered", callback=press.callback_id)
        except TelegramFailure as err:
            log.info("telegram press not answered", reason=str(err))
        else:
            self._status.clear(SOURCE)
        return None


def _within_limit(text: str) -> str:
    while units(text) > LONGEST_ANSWER:
        text = text[:-2].rstrip() + "…"
    return text
