"""One configured instance: its client, its last readings, and the task that polls it."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import aiohttp
import structlog

from homelab_steward.contract.base import Value
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import Instance, InstanceStatus, Snapshot

from ..clock import Clock
from ..errors import InvalidSetting, ServiceError, ServiceMalformed, ServiceRefused
from ..observability.metrics import Metrics
from ..observability.redaction import Redactor
from ..sdk.access import Access
from ..sdk.description import POLL_SECONDS, AnyService, Changed, Client, Delivery, IncomingAlert
from ..sdk.home import HomeAssistantPort
from ..sdk.snapshot import CheckKey, CheckResults, run_checks
from ..sdk.snapshot import snapshot as take_snapshot
from ..store.changes import Changes
from . import check_alerts
from .polling import POLL_TIMEOUT, AlertsFound, Poll, Turns, delay, read, status_of
from .ports import Completeness
from .topology import Place, places

log = structlog.get_logger(__name__)

CLOSE_TIMEOUT: Final = 5.0
LONGEST_ERROR: Final = 500
PUSH_PAUSE: Final = 1.0
"""Seconds between two polls that pushes ask for: changes come in bursts."""

LISTEN_AGAIN: Final = 1.0
"""Seconds before a listener that ended connects again; doubled after each failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollerContext:
    """What every instance works with. ``found`` takes its alerts."""

    changes: Changes
    session: aiohttp.ClientSession
    clock: Clock
    redactor: Redactor
    metrics: Metrics
    found: AlertsFound
    turns: Turns = field(default_factory=Turns)
    poll_timeout: float = POLL_TIMEOUT
    home: HomeAssistantPort | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meaning:
    """What one poll means."""

    snapshot: Snapshot
    places: tuple[Place, ...]
    checks: CheckResults
    problems: Mapping[CheckKey, check_alerts.Problem]


class UnusableInstance:
    """A configured instance that cannot be polled; its row says why and what to do."""

    def __init__(self, instance: Instance, service: AnyService | None) -> None:
        """``service`` is None when this app does not know it."""
        self.instance = instance
        self.service = service
        self.snapshot: Snapshot | None = None
        self.places: tuple[Place, ...] = ()
        self.is_silent = False

    def start(self) -> None:
        """Do nothing: there is nothing to poll."""

    async def close(self) -> None:
        """Do nothing: there is nothing to release."""

    def connect(self) -> Client:
        """Raise ServiceRefused."""
        raise ServiceRefused(self.instance.error or "It cannot be used")

    def parse(self, _headers: Mapping[str, str], _body: bytes) -> tuple[IncomingAlert, ...] | None:
        """Return None: it takes no alerts."""
        return None

    async def poll(self) -> Snapshot:
        """Raise ServiceRefused."""
        raise ServiceRefused(self.instance.error or "It cannot be used")


class InstancePoller:
    """One configured instance, from :meth:`start` to :meth:`close`."""

    def __init__(
        self,
        instance: Instance,
        service: AnyService,
        settings: Mapping[str, Value],
        context: PollerContext,
    ) -> None:
        """``settings`` hold the secrets too. While it ``is_silent`` nothing is published."""
        self.instance = instance
        self.service: AnyService | None = service
        self.snapshot: Snapshot | None = None
        self.places: tuple[Place, ...] = ()
        self.is_silent = False
        self._service = service
        self._access = Access(
            settings=settings, session=context.session, clock=context.clock, home=context.home
        )
        self._context = context
        self._client: Client | None = None
        self._problems: Mapping[CheckKey, check_alerts.Problem] | None = None
        self._failures = 0
        self._is_known_quiet = False
        self._reading = asyncio.Lock()
        self._woken = asyncio.Event()
        self._pushes = 0
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to poll and, where the service can push, to listen."""
        self._tasks = [asyncio.create_task(self._keep_fresh(), name=f"poll {self.instance.id}")]
        if self._service.listen is not None:
            self._tasks.append(asyncio.create_task(self._listen(), name=f"listen {self.instance.id}"))

    async def close(self) -> None:
        """Stop polling and close the client."""
        self.is_silent = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        client, self._client = self._client, None
        if client is not None:
            await close_client(client, self.instance.id)

    def connect(self) -> Client:
        """Return the live client, made on first use. Raises ServiceRefused for its settings."""
        if self._client is None:
            try:
                self._client = self._service.connect(self._access)
            except InvalidSetting as err:
                raise ServiceRefused(str(err)) from err
        return self._client

    def parse(self, headers: Mapping[str, str], body: bytes) -> tuple[IncomingAlert, ...] | None:
        """Return the alerts of a webhook request, None when the service takes none.

        Raises ServiceUnauthorized when it is not from the service, ServiceMalformed.
        """
        source = self._service.alerts
        if source is None or source.parse is None:
            return None
        delivery = Delivery(headers=headers, body=body, received_at=self._context.clock.now())
        if source.verify is not None:
            source.verify(delivery, self._access.settings)
        return source.parse(delivery)

    async def try_out(self) -> None:
        """Poll once, without reporting anything. Raises ServiceError, also for its alerts."""
        result = await read(self._service, self.connect(), self._context.poll_timeout)
        if result.problem is not None:
            raise result.problem
        self._succeed(result, self._understand(result))
        self._problems = None  # nothing of it has been reported yet

    async def poll(self) -> Snapshot:
        """Poll, publish what changed, and pass on what fires. Raises ServiceError."""
        async with self._reading:
            begin = self._context.clock.monotonic()
            try:
                result = await read(self._service, self.connect(), self._context.poll_timeout)
                meaning = self._understand(result)
            except ServiceError as err:
                self._measure(begin, status_of(err))
                self._fail(err)
                raise
            self._measure(begin, InstanceStatus.OK)
            before = self._problems
            self._succeed(result, meaning)
            await self._pass_on(result, meaning, before)
            return meaning.snapshot

    async def _keep_fresh(self) -> None:
        """Poll for ever; after a failure the next poll comes later.

        A push during a poll is followed by another poll: the one under way may not show it.
        """
        while True:
            pushes, begin = self._pushes, self._context.clock.monotonic()
            try:
                async with self._context.turns.one():
                    await self.poll()
            except ServiceError:
                pass  # the instance's status shows it
            except Exception:
                self._failures += 1
                log.exception("poll failed", instance=self.instance.id)
            if self._pushes == pushes:
                # Spread against a herd, not for secrecy.
                await self._sleep(delay(self._interval, self._failures, random.random()))  # noqa: S311
            pause = begin + PUSH_PAUSE - self._context.clock.monotonic()
            if pause > 0:
                await self._context.clock.sleep(pause)

    async def _listen(self) -> None:
        """Follow what the service pushes; reconnect after it ends, with a growing delay."""
        failures = 0
        while True:
            try:
                async for push in self._service.listen(self.connect()):  # type: ignore[misc]
                    failures = 0
                    if push is Changed.POLL_NOW:
                        self._pushes += 1
                        self._woken.set()
                    else:
                        await self._context.found(self.instance.id, (push,), Completeness.PARTIAL)
            except ServiceError as err:
                log.info("listener ended", instance=self.instance.id, reason=str(err))
            except Exception:
                log.exception("listener failed", instance=self.instance.id)
            failures += 1
            await self._context.clock.sleep(delay(LISTEN_AGAIN, failures, random.random()))  # noqa: S311

    async def _sleep(self, seconds: float) -> None:
        """Wait, or return at once when a push or another caller's poll says that it is time."""
        self._woken.clear()
        sleep = asyncio.ensure_future(self._context.clock.sleep(seconds))
        woken = asyncio.ensure_future(self._woken.wait())
        try:
            await asyncio.wait((sleep, woken), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            woken.cancel()

    @property
    def _interval(self) -> float:
        own = self.instance.settings.get(POLL_SECONDS)
        return float(own) if isinstance(own, int | float) else self._service.interval

    def _understand(self, poll: Poll) -> _Meaning:
        """Return what a poll means. Raises ServiceMalformed when the service's own code fails."""
        service, instance_id, now = self._service, self.instance.id, self._context.clock.now()
        try:
            checks = run_checks(service, poll.state)
            return _Meaning(
                snapshot=take_snapshot(service, instance_id, poll.state, poll.gaps, now),
                places=places(service, instance_id, poll.state),
                checks=checks,
                problems=check_alerts.problems(service, instance_id, checks, self._problems or {}, now),
            )
        except Exception as err:
            reason = f"{service.name} answered something unexpected: {type(err).__name__}"
            raise ServiceMalformed(reason) from err

    def _measure(self, begin: float, status: InstanceStatus) -> None:
        seconds = self._context.clock.monotonic() - begin
        self._context.metrics.poll(self._service.key, status, seconds)

    def _fail(self, error: ServiceError) -> None:
        self._failures += 1
        self._set_status(status_of(error), error, self.instance.version)

    def _succeed(self, result: Poll, meaning: _Meaning) -> None:
        if self._failures:
            self._woken.set()
        self._failures = 0
        self._problems = meaning.problems
        old, self.snapshot = self.snapshot, meaning.snapshot
        if self.places != meaning.places:
            self.places = meaning.places
        if not self.is_silent and not _same(old, meaning.snapshot):
            self._context.changes.publish(RowKind.SNAPSHOT, self.instance.id, meaning.snapshot)
        status = status_of(result.problem) if result.problem else InstanceStatus.OK
        self._set_status(status, result.problem, meaning.snapshot.version)

    def _set_status(self, status: InstanceStatus, error: ServiceError | None, version: str | None) -> None:
        """Keep the instance's status, and publish it when it is new."""
        text = self._context.redactor.clean(str(error))[:LONGEST_ERROR] if error else None
        old = self.instance
        self.instance = replace(
            old, status=status, error=text, version=version, polled_at=self._context.clock.now()
        )
        if (old.status, old.error, old.version) == (status, text, version) or self.is_silent:
            return
        self._context.changes.publish(RowKind.INSTANCE, old.id, self.instance)
        if old.status is not status:
            self._log(status, text, error)

    def _log(self, status: InstanceStatus, text: str | None, error: ServiceError | None) -> None:
        names = {"instance": self.instance.id, "service": self._service.key, "status": str(status)}
        if error is None:
            log.info("instance answers", **names)
        else:
            defect = error if isinstance(error, ServiceMalformed) else None
            log.warning("instance cannot be read", **names, error=text, exc_info=defect)

    async def _pass_on(
        self, poll: Poll, meaning: _Meaning, before: Mapping[CheckKey, check_alerts.Problem] | None
    ) -> None:
        """Pass on what fires and what has ended.

        That nothing fires is passed on once. Only a monitor that was read, and that can see
        everything, says by an alert's absence that it has ended; a check ends by itself.
        """
        now, source = self._context.clock.now(), self._service.alerts
        own = tuple(one.alert() for one in meaning.problems.values())
        ended = tuple(check_alerts.cleared(self._service, self.instance.id, meaning.checks, before, now))
        is_complete = bool(source and source.read) and poll.problem is None and poll.missing is None
        completeness = Completeness.MONITOR if is_complete else Completeness.PARTIAL
        is_quiet = source is None and not own and not ended
        if self.is_silent or (is_quiet and self._is_known_quiet):
            return
        self._is_known_quiet = False
        try:
            await self._context.found(self.instance.id, own + ended + poll.alerts, completeness)
            self._is_known_quiet = is_quiet
        except Exception:
            # The next poll finds the same again: nothing is lost.
            self._problems = before
            log.exception("alerts could not be passed on", instance=self.instance.id)


async def close_client(client: Client, instance_id: str) -> None:
    """Close a client; when that fails or takes too long it is logged."""
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await client.close()
    except Exception:
        log.warning("client did not close", instance=instance_id, exc_info=True)


def _same(old: Snapshot | None, new: Snapshot) -> bool:
    return old is not None and replace(old, taken_at=new.taken_at) == new
