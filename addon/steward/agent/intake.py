"""Webhook bodies: stored before they are answered, then read in batches."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog

from ..clock import Clock
from ..description import IncomingAlert
from ..errors import ServiceMalformed, StewardError
from ..inventory.ports import Inventory
from ..store import audit, inbox
from ..store.store import Store
from .correlator import Correlator

log = structlog.get_logger(__name__)

BATCH: Final = 200
WAITING: Final = 2_000


class IntakeFull(StewardError):
    """More webhooks came in at once than can be kept: the sender must try again."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    source: str
    at: datetime
    body: bytes
    stored: asyncio.Future[None]


class Intake:
    """Takes webhook bodies and hands what they say to the correlator."""

    def __init__(self, store: Store, inventory: Inventory, correlator: Correlator, clock: Clock) -> None:
        """Nothing is read before :meth:`run`."""
        self._store = store
        self._inventory = inventory
        self._correlator = correlator
        self._clock = clock
        self._arrivals: list[_Arrival] = []
        self._arrived = asyncio.Event()
        self._stored = asyncio.Event()

    async def accept(self, source: str, body: bytes) -> None:
        """Return once the body is in the store. Raises IntakeFull when too many wait."""
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
        async with asyncio.TaskGroup() as group:
            group.create_task(self._store_arrivals(), name="intake: store")
            group.create_task(self._read_letters(), name="intake: read")

    async def _store_arrivals(self) -> None:
        """Write all that has arrived in one transaction: many senders, one commit."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            batch, self._arrivals = self._arrivals, []
            if not batch:
                continue
            try:
                async with self._store.change() as unit:
                    rows = [(one.source, one.at, one.body) for one in batch]
                    await inbox.put(unit.connection, rows)
            except Exception as err:  # noqa: BLE001 - each sender is told and tries again
                for one in batch:
                    if not one.stored.done():
                        one.stored.set_exception(err)
                continue
            for one in batch:
                if not one.stored.done():
                    one.stored.set_result(None)
            self._stored.set()

    async def _read_letters(self) -> None:
        while True:
            await self._stored.wait()
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
        """Turn the oldest bodies into alerts and forget them, in one transaction."""
        async with self._store.read() as connection:
            letters = await inbox.oldest(connection, BATCH)
        if not letters:
            return False
        async with self._store.change() as unit:
            by_source: dict[str, dict[tuple[object, ...], IncomingAlert]] = {}
            for letter in letters:
                try:
                    parsed = self._parse(letter)
                except ServiceMalformed as err:
                    # Checked at the door already: only a changed service gets here.
                    body = {"source": letter.source, "reason": str(err)}
                    await audit.append(unit.connection, self._clock.now(), "webhook.unreadable", body)
                    continue
                latest = by_source.setdefault(letter.source, {})
                for alert in parsed:
                    latest[_identity(alert)] = alert
            for source, alerts in by_source.items():
                await self._correlator.take_in(unit, source, list(alerts.values()))
            await inbox.done(unit.connection, letters[-1].id)
        return True

    def _parse(self, letter: inbox.Letter) -> tuple[IncomingAlert, ...]:
        service = self._inventory.service(letter.source)
        if service is None or service.alerts is None:
            message = "the instance this came for is gone"
            raise ServiceMalformed(message)
        return service.alerts.parse(letter.body)


def _identity(alert: IncomingAlert) -> tuple[object, ...]:
    """Return what makes two alerts of one batch the same (the later one counts)."""
    if alert.fingerprint:
        return (alert.fingerprint,)
    return (alert.name, tuple(sorted(alert.labels.items())))
