"""Takes the alerts of webhooks: they are stored with their incidents before the webhook is answered."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from ...clock import Clock
from ...errors import StewardError, describe_error
from ...sdk.description import IncomingAlert
from ...store import audit
from ...store.database import StoreUnavailable
from ...store.store import Store, Unit
from ...texts import translate
from ...tracing import SpanContext, current
from ..runs.run_spans import remember_webhooks
from ..stage import AlertStorm
from .correlator import Correlator

log = structlog.get_logger(__name__)

BATCH: Final = 200
WAITING: Final = 2_000
LARGE: Final = 50
"""Alerts in a webhook that is passed on alone."""


class IntakeFull(StewardError):
    """Too many webhooks wait: the sender must try again."""


class IntakeClosed(StewardError):
    """The app is stopping: the sender must try again."""

    def __init__(self) -> None:
        """Set the text."""
        super().__init__(translate(t"The steward is stopping"))


@dataclass(frozen=True, slots=True)
class _Arrival:
    """The alerts of one webhook; ``taken`` has a result when its sender can be answered."""

    source: str
    alerts: tuple[IncomingAlert, ...]
    taken: asyncio.Future[None]
    span: SpanContext | None


class Intake:
    """Takes the alerts of webhooks: all that wait go to the correlator in one transaction.

    The commit is durable before the answer: a monitor may not repeat an answered alert for hours.
    """

    def __init__(
        self,
        store: Store,
        correlator: Correlator,
        alert_storm: AlertStorm,
        clock: Clock,
        first_read: Callable[[], Awaitable[object]],
    ) -> None:
        """Nothing is taken before :meth:`run`; ``alert_storm`` counts every webhook.

        ``first_read`` waits for the first polls: before them an alert would have no target in the
        inventory.
        """
        self._store = store
        self._correlator = correlator
        self._alert_storm = alert_storm
        self._clock = clock
        self._first_read = first_read
        self._arrivals: deque[_Arrival] = deque()
        self._arrived = asyncio.Event()
        self._is_closed = False

    async def accept(self, source: str, alerts: Sequence[IncomingAlert]) -> None:
        """Return once the alerts of a webhook are stored with their incidents.

        Raises IntakeFull when too many webhooks wait, IntakeClosed when the app stops, and
        the errors of the database: then the sender must try again.
        """
        if self._is_closed:
            raise IntakeClosed
        self._alert_storm.note()
        if len(self._arrivals) >= WAITING:
            message = translate(t"Too many webhooks at once")
            raise IntakeFull(message)
        taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._arrivals.append(_Arrival(source, tuple(alerts), taken, current()))
        self._arrived.set()
        await taken

    async def run(self) -> None:
        """Take webhooks until cancelled, from the first polls of the instances on."""
        try:
            await self._first_read()
            while True:
                await self._arrived.wait()
                batch = [self._arrivals.popleft() for _ in range(min(BATCH, len(self._arrivals)))]
                if not self._arrivals:
                    self._arrived.clear()
                await self._take(batch)
        finally:
            self._is_closed = True
            _refuse(self._arrivals, IntakeClosed())

    async def _take(self, batch: Sequence[_Arrival]) -> None:
        """Take the webhooks of many senders in one commit. When that fails each is taken alone."""
        try:
            async with self._store.change(durable=True, quick=_is_small(batch)) as unit:
                await self._correlate(unit, batch)
                remember_webhooks(unit, [one.span for one in batch])
        except StoreUnavailable as err:
            _refuse(batch, err)
        except asyncio.CancelledError:
            _refuse(batch, IntakeClosed())
            raise
        except Exception:
            log.exception("webhooks not taken together", webhooks=len(batch))
            await self._take_each(batch)
        else:
            _answer(batch)

    async def _take_each(self, batch: Sequence[_Arrival]) -> None:
        """Take each webhook alone; the sender of one that fails gets the error."""
        try:
            for one in batch:
                try:
                    await self._take_alone(one)
                except Exception as err:  # noqa: BLE001 - the sender gets it and tries again
                    _refuse([one], err)
                else:
                    _answer([one])
        finally:
            _refuse(batch, IntakeClosed())

    async def _take_alone(self, webhook: _Arrival) -> None:
        """Take one webhook; one that cannot be taken is written to the audit log and dropped."""
        try:
            async with self._store.change(durable=True) as unit:
                await self._correlate(unit, [webhook])
                remember_webhooks(unit, [webhook.span])
        except StoreUnavailable:
            raise
        except Exception as err:
            log.exception("webhook not taken", source=webhook.source)
            async with self._store.change(durable=True) as unit:
                await self._put_aside(unit, webhook, describe_error(err))

    async def _correlate(self, unit: Unit, webhooks: Sequence[_Arrival]) -> None:
        """Pass the alerts on, those of one source together; of equal alerts only the last one."""
        by_source: dict[str, dict[tuple[object, ...], IncomingAlert]] = {}
        for webhook in webhooks:
            if not self._correlator.is_known(webhook.source):
                await self._put_aside(unit, webhook, "the instance was removed")
                continue
            is_large = len(webhook.alerts) > LARGE
            if is_large:
                # A storm in one webhook is no reason to call others a storm.
                await self._pass_on(unit, by_source)
            latest = by_source.setdefault(webhook.source, {})
            latest.update((_identity(alert), alert) for alert in webhook.alerts)
            if is_large:
                await self._pass_on(unit, by_source)
        await self._pass_on(unit, by_source)

    async def _pass_on(
        self, unit: Unit, by_source: dict[str, dict[tuple[object, ...], IncomingAlert]]
    ) -> None:
        """Pass the gathered alerts on, and clear ``by_source``."""
        for source, alerts in by_source.items():
            await self._correlator.take_webhook(unit, source, list(alerts.values()))
        by_source.clear()

    async def _put_aside(self, unit: Unit, webhook: _Arrival, reason: str) -> None:
        now = self._clock.now()
        body = {"source": webhook.source, "received_at": now, "reason": reason}
        await audit.append(unit.connection, now, "webhook.unreadable", body)


def _is_small(webhooks: Sequence[_Arrival]) -> bool:
    """Return whether taking these webhooks is quick: many rows are written in a thread."""
    return sum(len(one.alerts) for one in webhooks) <= LARGE


def _answer(webhooks: Sequence[_Arrival]) -> None:
    for one in webhooks:
        if not one.taken.done():
            one.taken.set_result(None)


def _refuse(webhooks: Iterable[_Arrival], reason: Exception) -> None:
    for one in webhooks:
        if not one.taken.done():
            one.taken.set_exception(reason)


def _identity(alert: IncomingAlert) -> tuple[object, ...]:
    """Return the key by which alerts of one batch are the same; the later one counts."""
    if alert.fingerprint:
        return (alert.fingerprint,)
    return (alert.name, tuple(sorted(alert.labels.items())))
