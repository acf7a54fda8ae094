"""Reads the target of an update, what runs in it, what it runs on, and what is beside it."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import structlog

from homelab_steward.contract.state import CoverageStatus, InstanceStatus, Resource, Snapshot, TargetRef

from ..agent.diagnosis.diagnoser import READ_TIMEOUT
from ..agent.plans.resolver import Resolver
from ..clock import Clock
from ..errors import ServiceError, StewardError
from ..inventory.ports import INSTANCE, Inventory
from ..runbooks.model import Look, Of
from ..sdk.description import AnyService, Sensor
from ..store.target_keys import target_key
from .baseline import MOST_THINGS
from .observations import OWN, RUNNING, CheckReads, Relation, Sample, Thing, thing_of

log = structlog.get_logger(__name__)

LOGS: Final = "logs"
"""The capability of tools that read a log."""

MOST_NEIGHBOURS: Final = 12
_ANSWERS: Final = {
    InstanceStatus.OK: True,
    InstanceStatus.UNREACHABLE: False,
    InstanceStatus.UNAUTHORIZED: False,
    InstanceStatus.FAILING: False,
    InstanceStatus.PENDING: None,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """The things that are read for an update, by their keys, with what each is to the target."""

    target: TargetRef
    things: Mapping[str, tuple[TargetRef, Relation]]

    @property
    def instances(self) -> frozenset[str]:
        """The ids of the instances that are polled for it; those of neighbours are polled as usual."""
        return frozenset(
            target.instance_id
            for target, relation in self.things.values()
            if relation is not Relation.NEIGHBOUR
        )

    @property
    def own(self) -> frozenset[str]:
        """The keys of what the update is meant to keep working."""
        return frozenset(key for key, (_, relation) in self.things.items() if relation in OWN)


class Observer:
    """Makes samples of the readings of the inventory."""

    def __init__(self, inventory: Inventory, resolver: Resolver, clock: Clock) -> None:
        """Logs are read by the tools that ``resolver`` finds."""
        self._inventory = inventory
        self._resolver = resolver
        self._clock = clock

    def scope(self, target: TargetRef, watched: Iterable[TargetRef] = ()) -> Scope:
        """Return what is read for an update of ``target``; ``watched`` are further targets that it is for."""
        found: dict[str, tuple[TargetRef, Relation]] = {}
        for one, relation in self._related(target, watched):
            if len(found) < MOST_THINGS:
                found.setdefault(target_key(one), (one, relation))
        return Scope(target, found)

    def without(self, scope: Scope, changed: Iterable[TargetRef]) -> Scope:
        """Return a scope without the neighbours that are one of ``changed``, or run in one of them."""
        keys = set[str]()
        for one in changed:
            application = self._inventory.application(one)
            keys |= {target_key(ref) for ref in (one, application) if ref is not None}
        things = {
            key: (target, relation)
            for key, (target, relation) in scope.things.items()
            if relation is not Relation.NEIGHBOUR or key not in keys
        }
        return Scope(scope.target, things)

    def _related(
        self, target: TargetRef, watched: Iterable[TargetRef]
    ) -> Iterator[tuple[TargetRef, Relation]]:
        yield target, Relation.ITSELF
        own = [one for one in watched if one.key != target.key]
        yield from ((one, Relation.WATCHED) for one in own)
        for one in (target, *own):
            if (application := self._inventory.application(one)) is not None:
                yield application, Relation.APPLICATION
        yield from ((one, Relation.HOST) for one in self._inventory.parents(target))
        for one in self._neighbours(target)[:MOST_NEIGHBOURS]:
            yield one, Relation.NEIGHBOUR
            if (application := self._inventory.application(one)) is not None:
                yield application, Relation.NEIGHBOUR

    def _neighbours(self, target: TargetRef) -> tuple[TargetRef, ...]:
        """Return what is of the same kind on the same host; of an instance, what it contains."""
        service = self._inventory.service(target.instance_id)
        kinds = [one for one in (service.resources if service else ()) if one.is_device]
        if target.kind == INSTANCE:
            each = (self._inventory.find(instance=target.instance_id, kind=one.key) for one in kinds)
            return tuple(one for found in each for one in found)
        host = self._inventory.parents(target)[:1]
        same = self._inventory.find(instance=target.instance_id, kind=target.kind)
        return tuple(
            one for one in same if one.key != target.key and self._inventory.parents(one)[:1] == host
        )

    async def read(self, scope: Scope) -> Sample:
        """Return a sample of readings that are made now. What cannot be read is not known."""
        *_, lines = await asyncio.gather(*map(self._poll, sorted(scope.instances)), self.lines(scope))
        return self.last(scope, lines)

    def source_name(self, source: str) -> str:
        """Return the name of the instance that reports an alert."""
        instance = self._inventory.instance(source)
        return source if instance is None else instance.name

    def last(self, scope: Scope, lines: list[str] | None = None) -> Sample:
        """Return a sample of the last readings."""
        things = {key: self._thing(target, relation) for key, (target, relation) in scope.things.items()}
        return Sample(at=self._clock.now(), things=things, lines=lines)

    async def _poll(self, instance_id: str) -> None:
        # The status of the instance shows what went wrong.
        with suppress(ServiceError, TimeoutError):
            async with asyncio.timeout(READ_TIMEOUT):
                await self._inventory.poll_now(instance_id)

    async def lines(self, scope: Scope) -> list[str] | None:
        """Return the last lines of the log of the target, else of what it is for, None without a log."""
        for target, relation in scope.things.values():
            if relation not in OWN:
                continue
            try:
                ready = self._resolver.look(Look(capability=LOGS), {Of.TARGET: target})
                async with asyncio.timeout(READ_TIMEOUT):
                    answer = await ready.read()
            except (StewardError, TimeoutError) as err:
                log.debug("log not read", instance=target.instance_id, reason=repr(err))
                continue
            return [line for line in answer.text.splitlines() if line.strip()]
        return None

    def _thing(self, target: TargetRef, relation: Relation) -> Thing:
        instance = self._inventory.instance(target.instance_id)
        service = self._inventory.service(target.instance_id)
        snapshot = self._inventory.snapshot(target.instance_id)
        answers = _ANSWERS[instance.status] if instance is not None else None
        is_meant = self._inventory.why_off(target) is not None
        if service is None or snapshot is None or is_meant:
            works = answers if target.kind == INSTANCE and not is_meant else None
            return Thing(name=target.name, relation=relation, works=works)
        if target.kind == INSTANCE:
            return self._read(target, relation, service.sensors, snapshot, service, answers=answers)
        kind = service.kind(target.kind)
        item = snapshot.resource(target.kind, target.id)
        sensors: tuple[Sensor[Any], ...] = kind.sensors if kind is not None else ()
        works = None if answers is not True else _is_listed(snapshot, item, sensors)
        return self._read(target, relation, sensors, item, service, answers=works)

    def _read(
        self,
        target: TargetRef,
        relation: Relation,
        sensors: tuple[Sensor[Any], ...],
        item: Snapshot | Resource | None,
        service: AnyService,
        *,
        answers: bool | None,
    ) -> Thing:
        is_read = bool(answers) and item is not None
        checks = self._checks(target, service) if is_read else CheckReads()
        values = item.values if item is not None and is_read else {}
        now = self._clock.now()
        return thing_of(target.name, relation, sensors, values, checks, now, answers=answers)

    def _checks(self, target: TargetRef, service: AnyService) -> CheckReads:
        seen = self._inventory.seen(target)
        bad = [key for key, value in seen.checks.items() if value is False]
        names = {one.key: one.name for one in service.checks}
        texts = dict(zip(bad, seen.problems, strict=False)) if len(bad) == len(seen.problems) else {}
        return CheckReads(seen.checks, texts, names)


def _is_listed(snapshot: Snapshot, item: Resource | None, sensors: Iterable[Sensor[Any]]) -> bool | None:
    """Return whether a resource is there, None when that is not known.

    What does not run, such as a pull request, may be gone because all is done. A part of the list may
    be missing too.
    """
    if item is not None:
        return True
    runs = any(one.device_class == RUNNING for one in sensors)
    return False if runs and snapshot.coverage.status is CoverageStatus.COMPLETE else None
