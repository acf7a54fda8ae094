"""Webhook bodies: stored before they are answered, then read in batches."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from ..clock import Clock
from ..description import IncomingAlert
from ..errors import ServiceMalformed, StewardError, in_words
from ..inventory.ports import Inventory
from ..store import audit, inbox
from ..store.database import UNANSWERED
from ..store.store import Store, Unit
from .alert_storm import AlertStorm
from .correlator import Correlator

log = structlog.get_logger(__name__)

BATCH: Final = 200
WAITING: Final = 2_000


class IntakeFull(StewardError):
    """More webhooks came in at once than can be kept: the sender must try again."""


class IntakeClosed(StewardError):
    """The app is stopping: the sender must try again."""

    def __init__(self) -> None:
        """Say so."""
        super().__init__("The steward is stopping")


@dataclass(frozen=True, slots=True)
class _Arrival:
    source: str
    at: datetime
    body: bytes
    stored: asyncio.Future[None]


class Intake:
    """Takes webhook bodies and hands what they say to the correlator."""

    def __init__(
        self,
        store: Store,
        inventory: Inventory,
        correlator: Correlator,
        alert_storm: AlertStorm,
        clock: Clock,
    ) -> None:
        """Nothing is read before :meth:`run`; ``alert_storm`` is told of every body."""
        self._store = store
        self._inventory = inventory
        self._correlator = correlator
        self._alert_storm = alert_storm
        self._clock = clock
        self._arrivals: list[_Arrival] = []
        self._arrived = asyncio.Event()
        self._stored = asyncio.Event()
        self._is_closed = False

    async def accept(self, source: str, body: bytes) -> None:
        """Return once the body is in the store.

        Raises IntakeFull when too many wait, IntakeClosed when the app stops; whatever
        the database raises comes through. The sender must try again.
        """
        if self._is_closed:
            raise IntakeClosed
        self._alert_storm.note()
        if len(self._arrivals) >= WAITING:
            message = "Too many webhooks at once"
            raise IntakeFull(message)
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._arrivals.append(_Arrival(source, self._clock.now(), body, stored))
        self._arrived.set()
        await stored

    async def run(self) -> None:
        """Store and read until cancelled; begin with what a former life left behind."""
        self._stored.set()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._store_arrivals(), name="intake: store")
                group.create_task(self._read_webhooks(), name="intake: read")
        finally:
            self._is_closed = True
            _refuse(self._arrivals, IntakeClosed())

    async def _store_arrivals(self) -> None:
        """Write all that has arrived in one transaction: many senders, one commit."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            batch, self._arrivals = self._arrivals, []
            try:
                async with self._store.change() as unit:
                    rows = [(one.source, one.at, one.body) for one in batch]
                    await inbox.put(unit.connection, rows)
            except Exception as err:  # noqa: BLE001 - each sender is told and tries again
                _refuse(batch, err)
                continue
            except asyncio.CancelledError:
                _refuse(batch, IntakeClosed())
                raise
            for one in batch:
                if not one.stored.done():
                    one.stored.set_result(None)
            self._stored.set()

    async def _read_webhooks(self) -> None:
        while True:
            await self._stored.wait()
            await self._alert_storm.gather()
            self._stored.clear()
            try:
                while await self._read_some():
                    pass
            except Exception:
                # The letters are still in the store.
                log.exception("webhooks could not be read")
                await self._clock.sleep(1.0)
                self._stored.set()

    async def _read_some(self) -> bool:
        """Turn the oldest bodies into alerts; one that breaks this is read alone.

        Returns whether more may be left; what is stored from now on says so itself.
        """
        webhooks: Sequence[inbox.InboundWebhook] = ()
        try:
            async with self._store.change() as unit:
                webhooks = await inbox.oldest(unit.connection, BATCH)
                await self._read(unit, webhooks)
        except UNANSWERED:
            raise
        except Exception:
            if not webhooks:
                raise
            log.exception("webhooks could not be read together", webhooks=len(webhooks))
            for webhook in webhooks:
                await self._read_alone(webhook)
        return len(webhooks) == BATCH

    async def _read_alone(self, webhook: inbox.InboundWebhook) -> None:
        """Read one body; one that nothing can be made of is put aside, in the audit log."""
        try:
            async with self._store.change() as unit:
                await self._read(unit, (webhook,))
        except UNANSWERED:
            raise
        except Exception as err:
            log.exception("a webhook could not be read", source=webhook.source, webhook=webhook.id)
            async with self._store.change() as unit:
                await self._put_aside(unit, webhook, in_words(err))
                await inbox.done(unit.connection, webhook.id)

    async def _read(self, unit: Unit, webhooks: Sequence[inbox.InboundWebhook]) -> None:
        """Take what the bodies say and forget them, all in the same transaction."""
        by_source: dict[str, dict[tuple[object, ...], IncomingAlert]] = {}
        for webhook in webhooks:
            try:
                parsed = self._parse(webhook)
            except ServiceMalformed as err:
                # Checked at the door already: only a changed service gets here.
                await self._put_aside(unit, webhook, str(err))
                continue
            latest = by_source.setdefault(webhook.source, {})
            for alert in parsed:
                latest[_identity(alert)] = alert
        for source, alerts in by_source.items():
            await self._correlator.take_in(unit, source, list(alerts.values()))
        if webhooks:
            await inbox.done(unit.connection, webhooks[-1].id)

    async def _put_aside(self, unit: Unit, webhook: inbox.InboundWebhook, reason: str) -> None:
        body = {"source": webhook.source, "received_at": webhook.received_at, "reason": reason}
        await audit.append(unit.connection, self._clock.now(), "webhook.unreadable", body)

    def _parse(self, webhook: inbox.InboundWebhook) -> tuple[IncomingAlert, ...]:
        service = self._inventory.service(webhook.source)
        if service is None or service.alerts is None:
            message = "the instance this came for is gone"
            raise ServiceMalformed(message)
        return service.alerts.parse(webhook.body)


def _refuse(arrivals: Sequence[_Arrival], reason: Exception) -> None:
    for one in arrivals:
        if not one.stored.done():
            one.stored.set_exception(reason)


def _identity(alert: IncomingAlert) -> tuple[object, ...]:
    """Return what makes two alerts of one batch the same (the later one counts)."""
    if alert.fingerprint:
        return (alert.fingerprint,)
    return (alert.name, tuple(sorted(alert.labels.items())))
