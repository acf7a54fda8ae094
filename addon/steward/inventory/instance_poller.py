"""One configured instance: its client, its last readings, and the task that polls it."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import structlog

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import SettingKind
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import Instance, InstanceStatus, Snapshot, TargetRef

from ..errors import (
    InvalidSetting,
    ServiceError,
    ServiceMalformed,
    ServiceRefused,
    ServiceUnauthorized,
)
from ..sdk.access import Access
from ..sdk.description import POLL_SECONDS, AnyService, Changed, Client, Delivery, IncomingAlert
from ..sdk.item_versions import Deployment, ItemFolder, ItemVersion
from ..sdk.snapshot import CheckResults, notices
from ..sdk.testimonies import Said, carried
from .deliveries import Deliveries
from .duplicates import Occupied, occupied
from .outages import OutageWatch
from .polling import (
    AlertsFound,
    Evaluation,
    Poll,
    PollerContext,
    clean_alert,
    close_client,
    delay,
    evaluate,
    identity_of,
    read,
    status_of,
)
from .ports import INSTANCE, Completeness, Seen
from .problem_reports import ProblemReports
from .push_listener import listen
from .topology import Place

log = structlog.get_logger(__name__)

WEBHOOK_SECRET: Final = "webhook_secret"  # noqa: S105 - the name of a setting
"""The setting for the secret in webhooks of a service, which is not a login."""

LONGEST_ERROR: Final = 500
PUSH_PAUSE: Final = 1.0
"""Seconds between two polls after pushes, because changes come in bursts."""

DOUBLINGS: Final = 2
"""The number of failures that double the delay; a longer one would find the end of an outage late."""

CONFIRM_PAUSE: Final = 10.0
"""The most seconds between two polls that confirm an outage."""


class InstancePoller:
    """Polls one configured instance, from :meth:`start` to :meth:`close`."""

    def __init__(
        self,
        instance: Instance,
        service: AnyService,
        settings: Mapping[str, Value],
        context: PollerContext,
        found: AlertsFound,
        outages: OutageWatch,
    ) -> None:
        """``settings`` include the secrets; ``found`` receives the alerts.

        ``outages`` decides about targets that do not run or answer. While ``is_silent`` is true,
        nothing is published. ``first_poll`` is set after the first poll, also one that failed.
        """
        self.instance = instance
        self.service: AnyService | None = service
        self.snapshot: Snapshot | None = None
        self.versions: tuple[ItemVersion, ...] = ()
        self.deployments: tuple[Deployment, ...] = ()
        self.folders: tuple[ItemFolder, ...] = ()
        self.said: tuple[Said, ...] = ()
        self.places: tuple[Place, ...] = ()
        self.is_silent = False
        self.first_poll = asyncio.Event()
        self.identity = ""
        self._service = service
        self._access = Access(
            settings=settings,
            session=context.session,
            clock=context.clock,
            home=context.home,
            templates=context.templates,
        )
        self._context = context
        self._found = found
        clean, now = context.redactor.clean, context.clock.now
        self._reports = ProblemReports(service, found, outages, clean, now)
        self._client: Client | None = None
        self._checks = CheckResults()
        self._failures = 0
        self._notices: tuple[str, ...] = ()
        self._reading = asyncio.Lock()
        self._poll_due = asyncio.Event()
        self._pushes = 0
        self._deliveries = Deliveries()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def occupied(self) -> Occupied:
        """The address of the instance, and the identity that the service reported at the last poll."""
        settings = self._access.settings
        return occupied(self.instance.service, self._service.settings, settings, self.identity)

    @property
    def has_login(self) -> bool:
        """Whether a secret is set that is sent to the service: a password, a key, or a token."""
        return any(
            self._access.settings.get(one.key)
            for one in self._service.settings
            if one.kind is SettingKind.SECRET and one.key != WEBHOOK_SECRET
        )

    def start(self) -> None:
        """Start to poll and, if the service can push, to listen."""
        self._tasks = [asyncio.create_task(self._poll_repeatedly(), name=f"poll {self.instance.id}")]
        if self._service.listen is not None:
            self._tasks.append(asyncio.create_task(self._listen(), name=f"listen {self.instance.id}"))

    async def close(self) -> None:
        """Stop polling and close the client."""
        self.is_silent = True
        self.first_poll.set()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        client, self._client = self._client, None
        if client is not None:
            await close_client(client, self.instance.id)

    def poll_soon(self) -> None:
        """Poll again without waiting for the next regular poll; after failures begin with short delays."""
        self._failures = 0
        self._pushes += 1
        self._poll_due.set()

    def seen(self, target: TargetRef) -> Seen:
        """Return the results of the checks on a target from the last successful poll."""
        is_instance = target.kind == INSTANCE
        subject = None if is_instance else (target.kind, target.id)
        is_listed = self.snapshot is not None and (
            is_instance or self.snapshot.resource(target.kind, target.id) is not None
        )
        return Seen(
            problems=tuple(text for key, text in self._checks.problems.items() if key[1] == subject),
            unknown=tuple(text for key, text in self._checks.unknown.items() if key[1] == subject),
            is_listed=is_listed,
            checks=self._checks.of(subject),
        )

    def connect(self) -> Client:
        """Return the client, created on first use. Raises ServiceRefused for invalid settings."""
        if self._client is None:
            try:
                self._client = self._service.connect(self._access)
            except InvalidSetting as err:
                raise ServiceRefused(str(err)) from err
        return self._client

    def parse(self, headers: Mapping[str, str], body: bytes) -> tuple[IncomingAlert, ...] | None:
        """Return the alerts of a webhook request, None when the service accepts none.

        Raises ServiceUnauthorized when the request is not from the service, ServiceMalformed.
        """
        source = self._service.alerts
        if source is None or source.parse is None:
            return None
        delivery = Delivery(headers=headers, body=body, received_at=self._context.clock.now())
        if source.verify is not None:
            source.verify(delivery, self._access.settings)
        return self._cleaned(source.parse(delivery))

    @property
    def signs_webhooks(self) -> bool:
        """Whether the service signs webhooks about changes, and the secret for the signature is set."""
        hook = self._service.hook
        return hook is not None and bool(self._access.settings.get(hook.secret))

    def take_change(self, headers: Mapping[str, str], body: bytes) -> bool:
        """Poll at once if a webhook request reports a change; return whether it does.

        A repeated request reports no change. Raises ServiceUnauthorized when the request is not from the
        service.
        """
        hook = self._service.hook
        if hook is None or not self.signs_webhooks:
            raise ServiceUnauthorized(t"{self.instance.name} takes no webhooks")
        delivery = Delivery(headers=headers, body=body, received_at=self._context.clock.now())
        hook.verify(delivery, self._access.settings)
        is_change = hook.is_change(delivery) and self._deliveries.is_new(body)
        if is_change:
            self._pushes += 1
            self._poll_due.set()
        return is_change

    async def try_out(self) -> None:
        """Poll once without reporting alerts.

        Raises ServiceError, also when the alerts cannot be read, and InvalidSetting.
        """
        result = await read(self._service, self.connect(), self._context.poll_timeout)
        if result.problem is not None:
            raise result.problem
        self._succeed(result, self._evaluate(result))

    async def poll(self) -> Snapshot:
        """Poll, publish changes, and report the alerts. Raises ServiceError."""
        async with self._reading, self._context.traced(self.instance):
            begin = self._context.clock.monotonic()
            try:
                result = await self._read()
                evaluation = self._evaluate(result)
            except ServiceError as err:
                self._measure(begin, status_of(err))
                await self._fail(err)
                raise
            self._measure(begin, InstanceStatus.OK)
            judged = await self._reports.judge(self.instance, self.connect(), evaluation)
            self._succeed(result, judged)
            read = self._own_alerts(result)
            await self._reports.report(self.instance, result, judged, read, is_silent=self.is_silent)
            return judged.snapshot

    async def _read(self) -> Poll:
        """Read the service. Raises ServiceError, also for a setting that turns out to be wrong."""
        try:
            return await read(self._service, self.connect(), self._context.poll_timeout)
        except InvalidSetting as err:
            raise ServiceRefused(str(err)) from err

    async def _poll_repeatedly(self) -> None:
        """Poll until cancelled; the delay grows with each failure.

        After a push during a poll the instance is polled again, because the running poll may
        not include the change.
        """
        while True:
            pushes, begin = self._pushes, self._context.clock.monotonic()
            try:
                async with self._context.slots.one():
                    await self.poll()
            except ServiceError:
                pass  # the instance's status shows it
            except Exception:
                self._failures += 1
                log.exception("poll failed", instance=self.instance.id)
            self.first_poll.set()
            if self._pushes == pushes:
                # The random number only spreads the polls; it protects nothing.
                await self._sleep(self._delay(random.random()))  # noqa: S311
            pause = begin + PUSH_PAUSE - self._context.clock.monotonic()
            if pause > 0:
                await self._context.clock.sleep(pause)

    async def _listen(self) -> None:
        """Receive what the service pushes, until cancelled."""
        await listen(self._service, self.connect, self._context.clock, self._on_push, self.instance.id)

    async def _on_push(self, push: Changed | IncomingAlert) -> None:
        if push is Changed.POLL_NOW:
            self._pushes += 1
            self._poll_due.set()
        else:
            await self._found(self.instance.id, self._cleaned((push,)), Completeness.PARTIAL)

    async def _sleep(self, seconds: float) -> None:
        """Wait, or return early after a push or a successful poll of another caller."""
        self._poll_due.clear()
        sleep = asyncio.ensure_future(self._context.clock.sleep(seconds))
        poll_due = asyncio.ensure_future(self._poll_due.wait())
        try:
            await asyncio.wait((sleep, poll_due), return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleep.cancel()
            poll_due.cancel()

    def _delay(self, draw: float) -> float:
        """Return the seconds until the next poll, at most CONFIRM_PAUSE while an outage is confirmed."""
        if self._reports.is_open:
            return min(self._interval, CONFIRM_PAUSE)
        return delay(self._interval, min(self._failures, DOUBLINGS), draw)

    @property
    def _interval(self) -> float:
        own = self.instance.settings.get(POLL_SECONDS)
        return float(own) if isinstance(own, int | float) else self._service.interval

    def _evaluate(self, poll: Poll) -> Evaluation:
        clean, now = self._context.redactor.clean, self._context.clock.now()
        return evaluate(self._service, self.instance.id, poll, now, clean, self._interval)

    def _cleaned(self, alerts: tuple[IncomingAlert, ...]) -> tuple[IncomingAlert, ...]:
        return tuple(clean_alert(one, self._context.redactor.clean) for one in alerts)

    def _measure(self, begin: float, status: InstanceStatus) -> None:
        seconds = self._context.clock.monotonic() - begin
        self._context.metrics.poll(self._service.key, status, seconds)

    async def _fail(self, error: ServiceError) -> None:
        """Record a failed poll, and report an instance that was readable and is not any more."""
        self._failures += 1
        status, version = status_of(error), self.instance.version
        self._set_status(status, error, version, self.instance.expected_off)
        expected = await self._reports.failed(self.instance, error, is_silent=self.is_silent)
        self._set_status(status, error, version, expected)

    def _succeed(self, result: Poll, evaluation: Evaluation) -> None:
        if self._failures:
            self._poll_due.set()
        self._failures, self._checks = 0, evaluation.checks
        self.identity = identity_of(self._service, result.state)
        self.versions = evaluation.versions
        self.deployments = evaluation.deployments
        self.folders = evaluation.folders
        self.said = tuple(carried(self.said, evaluation.said, evaluation.snapshot.taken_at))
        old, self.snapshot = self.snapshot, evaluation.snapshot
        if self.places != evaluation.places:
            self.places = evaluation.places
        if not self.is_silent and not _same(old, evaluation.snapshot):
            self._context.changes.publish(RowKind.SNAPSHOT, self.instance.id, evaluation.snapshot)
        self._note_notices(notices(self._service, result.state, evaluation.snapshot.version))
        status = status_of(result.problem) if result.problem else InstanceStatus.OK
        self._set_status(status, result.problem, evaluation.snapshot.version)

    def _note_notices(self, found: tuple[str, ...]) -> None:
        """Store the notices about parts that do not work for the instance's next row; log new ones."""
        texts = tuple(self._context.redactor.clean(one)[:LONGEST_ERROR] for one in found)
        for text in texts:
            if text not in self._notices:
                log.warning("not all of a service can be used", instance=self.instance.id, reason=text)
        self._notices = texts

    def _set_status(
        self,
        status: InstanceStatus,
        error: ServiceError | None,
        version: str | None,
        expected_off: str | None = None,
    ) -> None:
        """Set the instance's status, and publish it when it changed."""
        text = self._context.redactor.clean(str(error))[:LONGEST_ERROR] if error else None
        old = self.instance
        self.instance = replace(
            old,
            status=status,
            error=text,
            version=version,
            polled_at=self._context.clock.now(),
            expected_off=expected_off,
            notices=self._notices,
        )
        if replace(self.instance, polled_at=old.polled_at) == old or self.is_silent:
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

    def _own_alerts(self, poll: Poll) -> tuple[IncomingAlert, ...]:
        """Return the alerts that were read; none when a configured monitor gets them too."""
        source = self._service.alerts
        other = source.passes_on_to if source and poll.is_passed_on else None
        if other is not None and self._context.is_configured(other):
            return ()
        return self._cleaned(poll.alerts)


def _same(old: Snapshot | None, new: Snapshot) -> bool:
    return old is not None and replace(old, taken_at=new.taken_at) == new
