"""Alerts of webhooks: stored before the webhook is answered, then taken in batches."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
import structlog

from ..clock import Clock
from ..errors import ServiceMalformed, StewardError, describe_error
from ..inventory.ports import Inventory
from ..sdk.description import IncomingAlert
from ..store import audit, inbox
from ..store.database import StoreUnavailable
from ..store.store import Store, Unit
from .alert_storm import AlertStorm
from .correlator import Correlator

log = structlog.get_logger(__name__)

BATCH: Final = 200
WAITING: Final = 2_000
LARGE: Final = 50
"""Alerts in a webhook that is passed on alone."""

_DECODER: Final = msgspec.json.Decoder(tuple[IncomingAlert, ...])


class IntakeFull(StewardError):
    """Too many webhooks wait: the sender must try again."""


class IntakeClosed(StewardError):
    """The app is stopping: the sender must try again."""

    def __init__(self) -> None:
        """Set the text."""
        super().__init__("The steward is stopping")


@dataclass(frozen=True, slots=True)
class _Arrival:
    source: str
    at: datetime
    alerts: bytes
    stored: asyncio.Future[None]


class Intake:
    """Stores the alerts of webhooks and passes them on to the correlator."""

    def __init__(
        self,
        store: Store,
        inventory: Inventory,
        correlator: Correlator,
        alert_storm: AlertStorm,
        clock: Clock,
    ) -> None:
        """Nothing is stored before :meth:`run`; ``alert_storm`` counts every webhook."""
        self._store = store
        self._inventory = inventory
        self._correlator = correlator
        self._alert_storm = alert_storm
        self._clock = clock
        self._arrivals: list[_Arrival] = []
        self._arrived = asyncio.Event()
        self._stored = asyncio.Event()
        self._is_closed = False

    async def accept(self, source: str, alerts: Sequence[IncomingAlert]) -> None:
        """Return once the alerts of a webhook are in the store.

        Raises IntakeFull when too many webhooks wait, IntakeClosed when the app stops, and
        the errors of the database: then the sender must try again. Raises ServiceMalformed
        for a text that is not valid Unicode.
        """
        if self._is_closed:
            raise IntakeClosed
        self._alert_storm.note()
        if len(self._arrivals) >= WAITING:
            message = "Too many webhooks at once"
            raise IntakeFull(message)
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._arrivals.append(_Arrival(source, self._clock.now(), encode_alerts(alerts), stored))
        self._arrived.set()
        await stored

    async def run(self) -> None:
        """Store and pass on until cancelled; begin with what the store holds."""
        self._stored.set()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._store_arrivals(), name="intake: store")
                group.create_task(self._read_webhooks(), name="intake: read")
        finally:
            self._is_closed = True
            _refuse(self._arrivals, IntakeClosed())

    async def _store_arrivals(self) -> None:
        """Store all arrivals in one transaction: many senders, one commit."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            batch, self._arrivals = self._arrivals, []
            try:
                async with self._store.change() as unit:
                    rows = [(one.source, one.at, one.alerts) for one in batch]
                    await inbox.put(unit.connection, rows)
            except Exception as err:  # noqa: BLE001 - each sender gets an error and tries again
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
                # The webhooks are still in the store.
                log.exception("webhooks not taken")
                await self._clock.sleep(1.0)
                self._stored.set()

    async def _read_some(self) -> bool:
        """Take the oldest webhooks; when that fails each is taken alone.

        Returns whether more may be left. A webhook that is stored later sets the event.
        """
        webhooks: Sequence[inbox.InboundWebhook] = ()
        try:
            async with self._store.change() as unit:
                webhooks = await inbox.oldest(unit.connection, BATCH)
                await self._read(unit, webhooks)
        except StoreUnavailable:
            raise
        except Exception:
            if not webhooks:
                raise
            log.exception("webhooks not taken together", webhooks=len(webhooks))
            for webhook in webhooks:
                await self._read_alone(webhook)
        return len(webhooks) == BATCH

    async def _read_alone(self, webhook: inbox.InboundWebhook) -> None:
        """Take one webhook; one that cannot be taken is written to the audit log and dropped."""
        try:
            async with self._store.change() as unit:
                await self._read(unit, (webhook,))
        except StoreUnavailable:
            raise
        except Exception as err:
            log.exception("webhook not taken", source=webhook.source, webhook=webhook.id)
            async with self._store.change() as unit:
                await self._put_aside(unit, webhook, describe_error(err))
                await inbox.done(unit.connection, webhook.id)

    async def _read(self, unit: Unit, webhooks: Sequence[inbox.InboundWebhook]) -> None:
        """Pass the alerts on and delete the webhooks, in the same transaction."""
        by_source: dict[str, dict[tuple[object, ...], IncomingAlert]] = {}
        for webhook in webhooks:
            if self._inventory.instance(webhook.source) is None:
                await self._put_aside(unit, webhook, "the instance was removed")
                continue
            alerts = decode_alerts(webhook.body)
            is_large = len(alerts) > LARGE
            if is_large:
                # A storm in one webhook is no reason to call others a storm.
                await self._pass_on(unit, by_source)
            latest = by_source.setdefault(webhook.source, {})
            for alert in alerts:
                latest[_identity(alert)] = alert
            if is_large:
                await self._pass_on(unit, by_source)
        await self._pass_on(unit, by_source)
        if webhooks:
            await inbox.done(unit.connection, webhooks[-1].id)

    async def _pass_on(
        self, unit: Unit, by_source: dict[str, dict[tuple[object, ...], IncomingAlert]]
    ) -> None:
        """Pass on what was gathered, and forget it."""
        for source, alerts in by_source.items():
            await self._correlator.take_in(unit, source, list(alerts.values()))
        by_source.clear()

    async def _put_aside(self, unit: Unit, webhook: inbox.InboundWebhook, reason: str) -> None:
        body = {"source": webhook.source, "received_at": webhook.received_at, "reason": reason}
        await audit.append(unit.connection, self._clock.now(), "webhook.unreadable", body)


def encode_alerts(alerts: Sequence[IncomingAlert]) -> bytes:
    """Return alerts in the form in which they are stored. Raises ServiceMalformed."""
    try:
        return msgspec.json.encode(alerts)
    except UnicodeEncodeError as err:
        raise ServiceMalformed("A text is not valid Unicode") from err


def decode_alerts(stored: bytes) -> tuple[IncomingAlert, ...]:
    """Return stored alerts."""
    return _DECODER.decode(stored)


def _refuse(arrivals: Sequence[_Arrival], reason: Exception) -> None:
    for one in arrivals:
        if not one.stored.done():
            one.stored.set_exception(reason)


def _identity(alert: IncomingAlert) -> tuple[object, ...]:
    """Return the key by which alerts of one batch are the same; the later one counts."""
    if alert.fingerprint:
        return (alert.fingerprint,)
    return (alert.name, tuple(sorted(alert.labels.items())))
