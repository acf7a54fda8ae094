"""Polls an instance once within a time limit, evaluates the poll, and computes the delay until the next."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

import aiohttp
import structlog

from homelab_steward.contract.base import Value
from homelab_steward.contract.state import Gap, Instance, InstanceStatus, Resource, Snapshot, TargetRef

from ..clock import Clock
from ..coalesce import coalesced_reads
from ..errors import (
    ServiceError,
    ServiceMalformed,
    ServiceUnauthorized,
    ServiceUnreachable,
    StewardError,
)
from ..observability.metrics import Metrics
from ..observability.redaction import Redactor
from ..sdk.access import OwnTemplates
from ..sdk.coverage import Gaps
from ..sdk.description import AnyService, Client, IncomingAlert
from ..sdk.home import HomeAssistantPort
from ..sdk.item_versions import Deployment, ItemFolder, ItemVersion, deployments, folders, versions
from ..sdk.readings import NotKnown
from ..sdk.snapshot import CheckResults, Subject, run_checks
from ..sdk.snapshot import snapshot as take_snapshot
from ..sdk.testimonies import Said, testimonies
from ..store.changes import Changes
from ..texts import Text, is_spoken, said_in, spoken, translate
from ..tracing import span
from .ports import Completeness
from .topology import Place, instance_ref, places

log = structlog.get_logger(__name__)

CLOSE_TIMEOUT: Final = 5.0

POLL_TIMEOUT: Final = 10.0
LONGEST_DELAY: Final = 300.0
JITTER: Final = 0.1
AT_ONCE: Final = 8
TURN: Final = 1.0


type Clean = Callable[[str], str]
"""Returns a text with its secrets masked."""

type AlertsFound = Callable[[str, tuple[IncomingAlert, ...], Completeness], Awaitable[None]]
"""Takes an instance id, its alerts, and the meaning of absent alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """The result of one poll of an instance.

    ``gaps`` are the parts that could not be read. ``missing`` is the reason why alerts that
    are absent from ``alerts`` may still fire, None when they do not. ``is_passed_on`` is set when
    another monitor gets the alerts too. ``problem`` is the error
    that prevented reading the alerts.
    """

    state: Any
    gaps: Gaps
    alerts: tuple[IncomingAlert, ...] = ()
    missing: Text | None = None
    is_passed_on: bool = False
    problem: ServiceError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The evaluated readings of one poll, without secrets."""

    snapshot: Snapshot
    places: tuple[Place, ...]
    checks: CheckResults
    versions: tuple[ItemVersion, ...] = ()
    deployments: tuple[Deployment, ...] = ()
    folders: tuple[ItemFolder, ...] = ()
    said: tuple[Said, ...] = ()

    def target(self, instance: Instance, subject: Subject) -> TargetRef:
        """Return the target of a check."""
        if subject is None:
            return instance_ref(instance)
        resource = self.snapshot.resource(*subject)
        name = resource.name if resource else subject[1]
        return TargetRef(instance_id=instance.id, kind=subject[0], id=subject[1], name=name)


async def read(service: AnyService, client: Client, timeout: float = POLL_TIMEOUT) -> Poll:
    """Read the state and, from a monitor, the firing alerts; each within ``timeout`` seconds.

    A request that both make is sent once. Raises ServiceError, also when the service's own code fails
    on an answer.
    """
    gaps = Gaps()
    read_alerts = service.alerts.read if service.alerts else None
    async with coalesced_reads():
        state = await _within(timeout, service.name, lambda: service.poll(client, gaps))
        if read_alerts is None:
            return Poll(state=state, gaps=gaps)
        try:
            found = await _within(timeout, service.name, lambda: read_alerts(client))
        except ServiceError as err:
            return Poll(state=state, gaps=gaps, problem=err)
    return Poll(
        state=state,
        gaps=gaps,
        alerts=found.alerts,
        missing=found.missing,
        is_passed_on=found.is_passed_on,
    )


async def close_client(client: Client, instance_id: str) -> None:
    """Close a client; log it when that fails or takes too long."""
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT):
            await client.close()
    except Exception:
        log.warning("client did not close", instance=instance_id, exc_info=True)


def evaluate(
    service: AnyService,
    instance_id: str,
    poll: Poll,
    now: datetime,
    clean: Clean,
    interval: float | None = None,
) -> Evaluation:
    """Return the evaluation of a poll; ``interval`` is in seconds between polls.

    Raises ServiceMalformed when the service's own code fails.
    """
    try:
        checks = run_checks(service, poll.state)
        snapshot = take_snapshot(service, instance_id, poll.state, poll.gaps, now)
        return Evaluation(
            snapshot=_clean_snapshot(snapshot, clean),
            places=places(service, instance_id, poll.state, clean),
            checks=_clean_results(checks, clean),
            versions=tuple(_clean_version(one, clean) for one in versions(service, poll.state)),
            deployments=deployments(service, poll.state),
            folders=folders(service, poll.state),
            said=tuple(
                _clean_said(one, clean)
                for one in testimonies(service, poll.state, now, interval or service.interval)
            ),
        )
    except Exception as err:
        reason = translate(t"{service.name} gave an unexpected answer: {type(err).__name__}")
        raise ServiceMalformed(reason) from err


def delay(interval: float, failures: int, draw: float) -> float:
    """Return the seconds until the next poll after this number of failures in a row.

    ``draw`` (0 to 1) changes the result by at most a tenth, so that the polls of the
    instances are spread over time.
    """
    longest = max(LONGEST_DELAY, interval)
    wait = min(longest, interval * 2.0 ** min(failures, 16))
    return wait * (1 - JITTER + 2 * JITTER * draw)


def status_of(error: StewardError) -> InstanceStatus:
    """Return the status of an instance whose poll failed with this error."""
    if isinstance(error, ServiceUnauthorized):
        return InstanceStatus.UNAUTHORIZED
    if isinstance(error, ServiceUnreachable):
        return InstanceStatus.UNREACHABLE
    return InstanceStatus.FAILING


class PollSlots:
    """Limits how many polls start at the same time.

    A poll occupies a slot for at most a second: a poll that waits for an answer does no
    work and must not delay the others until it times out.
    """

    def __init__(self, at_once: int = AT_ONCE, longest: float = TURN) -> None:
        """``longest`` is the longest time in a slot, in seconds."""
        self._free = asyncio.Semaphore(at_once)
        self._longest = longest

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a slot, and release it at the end of the block or after the longest time."""
        await self._free.acquire()
        timer = asyncio.get_running_loop().call_later(self._longest, self._free.release)
        try:
            yield
        finally:
            if not _is_over(timer):
                timer.cancel()
                self._free.release()


@dataclass(frozen=True, slots=True, kw_only=True)
class PollerContext:
    """The shared objects of all instances; ``is_configured`` takes the key of a service."""

    changes: Changes
    session: aiohttp.ClientSession
    clock: Clock
    redactor: Redactor
    metrics: Metrics
    slots: PollSlots = field(default_factory=PollSlots)
    poll_timeout: float = POLL_TIMEOUT
    home: HomeAssistantPort | None = None
    templates: OwnTemplates | None = None
    is_configured: Callable[[str], bool] = lambda _: False

    @asynccontextmanager
    async def traced(self, instance: Instance) -> AsyncIterator[None]:
        """Record the block as the poll of an instance."""
        about = {"steward.instance": instance.id, "steward.service": instance.service}
        with span("poll", attributes=about):
            yield


def _is_over(timer: asyncio.TimerHandle) -> bool:
    return timer.when() <= asyncio.get_running_loop().time()


async def _within[Answer](timeout: float, name: str, call: Callable[[], Awaitable[Answer]]) -> Answer:
    try:
        async with asyncio.timeout(timeout):
            return await call()
    except TimeoutError as err:
        raise ServiceUnreachable(t"{name} did not answer within {timeout:g} s") from err
    except NotKnown as err:
        raise ServiceMalformed(f"{name}: {err}") from err
    except StewardError:
        raise
    except Exception as err:
        raise ServiceMalformed(t"{name} could not be read: {type(err).__name__}") from err


def _clean_snapshot(snapshot: Snapshot, clean: Clean) -> Snapshot:
    """Return the snapshot with clean names, values and reasons; ids stay as they are."""
    coverage = snapshot.coverage
    gaps = tuple(
        replace(one, part=clean(one.part), reason=_clean_reason(one.reason, clean)) for one in coverage.gaps
    )
    return replace(
        snapshot,
        values=_values(snapshot.values, clean),
        unknown=_reasons(snapshot.unknown, clean),
        resources=tuple(_resource(one, clean) for one in snapshot.resources),
        version=None if snapshot.version is None else clean(snapshot.version),
        coverage=replace(coverage, gaps=gaps),
        unavailable=_texts(snapshot.unavailable, clean),
    )


def _clean_version(version: ItemVersion, clean: Clean) -> ItemVersion:
    """Return a version with clean texts; labels of images are not changed, because they are only compared."""
    newer = version.newer
    if newer is not None:
        newer = replace(newer, title=clean(newer.title), notes=clean(newer.notes))
    return replace(version, newer=newer, unknown=version.unknown and clean(version.unknown))


def _clean_said(said: Said, clean: Clean) -> Said:
    """Return a statement with clean names; marks of a device are not changed: they are only compared."""
    return replace(said, name=clean(said.name), part=clean(said.part), probe=clean(said.probe))


def _clean_results(results: CheckResults, clean: Clean) -> CheckResults:
    """Return the results of the checks with clean texts."""
    return replace(
        results, problems=_texts(results.problems, clean), unknown=_reasons(results.unknown, clean)
    )


def clean_alert(alert: IncomingAlert, clean: Clean) -> IncomingAlert:
    """Return the alert with clean texts and labels; its fingerprint stays as it is."""
    return replace(
        alert,
        name=clean(alert.name),
        labels=_texts(alert.labels, clean),
        summary=clean(alert.summary),
        description=clean(alert.description),
        suppressed=None if alert.suppressed is None else clean(alert.suppressed),
    )


def _resource(resource: Resource, clean: Clean) -> Resource:
    return replace(
        resource,
        name=clean(resource.name),
        values=_values(resource.values, clean),
        unknown=_reasons(resource.unknown, clean),
    )


def _reasons[Key](reasons: Mapping[Key, str], clean: Clean) -> dict[Key, str]:
    return {key: _clean_reason(reason, clean) for key, reason in reasons.items()}


def _clean_gap(gap: Gap, clean: Clean) -> Gap:
    return replace(gap, part=clean(gap.part), reason=_clean_reason(gap.reason, clean))


def _clean_reason(reason: str, clean: Clean) -> str:
    """Return why something is not known with its secrets masked, in every language."""
    return spoken(lambda texts: clean(said_in(reason, texts))) if is_spoken(reason) else clean(reason)


def _texts[Key](texts: Mapping[Key, str], clean: Clean) -> dict[Key, str]:
    return {key: clean(text) for key, text in texts.items()}


def _values(values: Mapping[str, Value], clean: Clean) -> dict[str, Value]:
    return {key: clean(value) if isinstance(value, str) else value for key, value in values.items()}


def identity_of(service: AnyService, state: Any) -> str:
    """Return the identity that a service reports, "" when it is not known."""
    try:
        return service.identity(state) if service.identity else ""
    except NotKnown:
        return ""
