"""Decides about outages: confirms that a target does not run, and that it is not meant to be off."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from homelab_steward.contract.state import TargetRef

from ..clock import Clock
from ..errors import ServiceError, ServiceMalformed, ServiceUnauthorized, ServiceUnreachable, StewardError
from ..sdk.description import AnyService, Call, Client, Outage
from ..sdk.readings import Busy, NotKnown
from ..sdk.snapshot import CheckKey, CheckResults, Subject
from ..store.store import Store
from ..texts import english, translate
from . import target_states
from .ports import UNREACHABLE
from .target_states import FIRST_SIGHT, TargetKey, TargetState

log = structlog.get_logger(__name__)

OFF_FOR: Final = timedelta(days=7)
"""The time after which a target that is off counts as meant to be off."""

FAILURES: Final = 3
"""Polls in a row that must fail before an instance counts as away."""

HOST_POLL: Final = 15.0
"""Seconds for a poll of an instance's host, which is made before the instance counts as away."""

MOST_STATES: Final = 2_000
"""The stored states of one instance above which those of targets that it does not list are deleted."""

CONFIRMING: Final = english("It was seen off a short time ago; this is being confirmed")
NOT_JUDGED: Final = english("Whether it is meant to run could not be read")
CHANGING: Final = english("A run of the steward is changing it")

_FAILING: Final = ("failing", english("Service fails"), english("{name} cannot be read"))
_AWAY: Final = (
    (
        ServiceUnauthorized,
        ("unauthorized", english("Credentials refused"), english("{name} refuses the credentials")),
    ),
    (
        ServiceMalformed,
        ("malformed", english("Answers not understood"), english("The answers of {name} are not understood")),
    ),
    (ServiceUnreachable, (UNREACHABLE, english("Service unreachable"), english("{name} does not answer"))),
)
AWAY_NAMES: Final = {check: name for check, name, _ in (*(described for _, described in _AWAY), _FAILING)}
"""The checks of an instance that cannot be read, with their names."""


type IsChanging = Callable[[Sequence[TargetRef]], Awaitable[bool]]
"""Returns whether a run has the lease of one of these targets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """An instance that was readable and is not any more: the check's key, its name and its text."""

    check: str
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The results of the checks after the decisions about outages.

    ``expected`` says why something that is off is meant to be off. With ``is_open`` another poll
    is due soon to decide. ``was_known`` is False for an instance that is read for the first time.
    """

    checks: CheckResults
    expected: Mapping[Subject, str] = field(default_factory=dict)
    is_open: bool = False
    was_known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The meaning of a failed poll: the instance is ``away``, is ``expected`` to be off, or neither."""

    away: Away | None = None
    expected: str | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutagePorts:
    """The functions of other parts that the watch calls.

    ``hosts`` returns the parents of a target, nearest first. ``poll`` polls an instance; it may raise
    StewardError. ``changed`` is called with a target that was started, is off, or is meant to be off
    now, so that instances in it are polled soon.
    """

    hosts: Callable[[TargetRef], Sequence[TargetRef]]
    is_changing: IsChanging
    poll: Callable[[str], Awaitable[object]]
    changed: Callable[[TargetRef], None]


@dataclass(frozen=True, slots=True)
class _Sighting:
    """Polls in a row that saw a target off: the time of the first, by both clocks, and their number."""

    first: float
    at: datetime
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """The decision about one target: its new state, and why it is meant to be off or not decided yet."""

    state: TargetState | None
    expected: str | None = None
    waiting: str | None = None


class OutageWatch:
    """Decides about the outages of all instances. The states of targets are in the store."""

    def __init__(self, store: Store, clock: Clock, ports: OutagePorts, off_for: timedelta = OFF_FOR) -> None:
        """A target that is off for ``off_for`` counts as meant to be off from then on."""
        self._store = store
        self._clock = clock
        self._ports = ports
        self._off_for = off_for
        self._sightings: dict[TargetKey, _Sighting] = {}
        self._waiting: dict[TargetKey, str] = {}
        self._expected: dict[TargetKey, str] = {}
        self._states_read: dict[str, dict[TargetKey, TargetState]] = {}
        self._changes = 0

    async def judge(
        self,
        service: AnyService,
        instance: TargetRef,
        client: Client,
        results: CheckResults,
        target_of: Callable[[Subject], TargetRef],
    ) -> Judgement:
        """Return the results of a successful poll after the decisions about outages."""
        outages = {check.key: check.outage for check in service.checks if check.outage is not None}
        seen = [key for key in (*results.problems, *results.clear, *results.unknown) if key[0] in outages]
        states = await self._states(instance)
        self._sightings.pop(instance.key, None)
        self._note(instance.key, _Decided(state=None))
        new: list[TargetState | None] = [_seen_up(instance.key, states.get(instance.key), self._clock.now())]
        decided: dict[CheckKey, _Decided] = {}
        changed: list[TargetRef] = []
        for key in seen:
            target = target_of(key[1])
            known = states.get(target.key)
            if key in results.problems:
                decided[key] = await self._off(target, known, outages[key[0]], client)
            else:
                decided[key] = self._not_off(target, known, key, results)
            is_expected = self._expected.get(target.key)
            self._note(target.key, decided[key])
            new.append(decided[key].state)
            is_new = known is not None and known != decided[key].state
            if is_new or is_expected != self._expected.get(target.key):
                changed.append(target)
        await self._write(instance, states, new)
        for target in changed:
            self._ports.changed(target)
        return _judgement(results, decided, was_known=instance.key in states)

    async def judge_failure(self, service: AnyService, instance: TargetRef, error: ServiceError) -> Failure:
        """Return the meaning of a failed poll: an empty Failure when the instance was never readable."""
        states = await self._states(instance)
        state = states.get(instance.key)
        if state is None:
            return Failure()
        state = state.aged(self._clock.now(), self._off_for)
        hosts = self._ports.hosts(instance)
        if state.is_up:
            sighting = self._sight(instance.key)
            elapsed = self._clock.monotonic() - sighting.first
            if sighting.count < FAILURES or elapsed < service.away_after:
                self._note(instance.key, _Decided(state=state, waiting=translate(CONFIRMING)))
                return Failure(is_open=True)
            if await self._is_left_alone(instance, hosts, state):
                return Failure(is_open=True)
            state = state.seen_off(sighting.at, None)
        await self._write(instance, states, [state])
        expected = state.expected_off or self._host_is_expected(hosts)
        self._note(instance.key, _Decided(state=state, expected=expected))
        return Failure(expected=expected) if expected else Failure(away=away(instance.name, error))

    def is_off(self, target: TargetRef) -> bool:
        """Return whether a target is off: a confirmed outage, or meant to be off."""
        state = self._states_read.get(target.instance_id, {}).get(target.key)
        return state is not None and not state.is_up

    def why_off(self, targets: Sequence[TargetRef]) -> str | None:
        """Return why the first of these targets that is meant to be off is meant so, None without one."""
        return next((self._expected[one.key] for one in targets if one.key in self._expected), None)

    def read_again(self, instance_id: str) -> None:
        """Read the states of an instance again before the next use, because another part changed them."""
        self._changes += 1
        self._states_read.pop(instance_id, None)

    def forget(self, instance_id: str) -> None:
        """Forget an instance that was removed."""
        self.read_again(instance_id)
        for memory in (self._sightings, self._waiting, self._expected):
            for key in [key for key in memory if key[0] == instance_id]:
                del memory[key]

    async def _off(
        self, target: TargetRef, known: TargetState | None, outage: Outage[Any], client: Client
    ) -> _Decided:
        """Decide about a target that a check finds off."""
        now = self._clock.now()
        if known is None and outage.learns:
            first = TargetState(key=target.key, is_up=False, since=now, expected_off=translate(FIRST_SIGHT))
            return _Decided(state=first, expected=translate(FIRST_SIGHT))
        state = known or TargetState(key=target.key, is_up=True, since=now)
        state = state.aged(now, self._off_for)
        hosts = self._ports.hosts(target)
        if not state.is_up:
            return _Decided(state=state, expected=state.expected_off or self._host_is_expected(hosts))
        sighting = self._sight(target.key)
        if self._clock.monotonic() - sighting.first < outage.confirm:
            return _Decided(state=state, waiting=translate(CONFIRMING))
        host = next((one for one in hosts if one.key in self._waiting), None)
        if host is not None:
            return _Decided(state=state, waiting=self._waiting[host.key])
        try:
            expected = state.expected_off or await self._why(target, hosts, outage, client)
        except Busy as err:
            del self._sightings[target.key]
            return _Decided(state=state, waiting=str(err))
        state = state.seen_off(sighting.at, expected)
        return _Decided(state=state, expected=state.expected_off or self._host_is_expected(hosts))

    def _not_off(
        self, target: TargetRef, known: TargetState | None, key: CheckKey, results: CheckResults
    ) -> _Decided:
        """Decide about a target that a check finds running, or whose result is unknown."""
        self._sightings.pop(target.key, None)
        if key in results.clear:
            return _Decided(state=_seen_up(target.key, known, self._clock.now()))
        return _Decided(state=known, waiting=results.unknown[key] if key in results.busy else None)

    async def _why(
        self, target: TargetRef, hosts: Sequence[TargetRef], outage: Outage[Any], client: Client
    ) -> str | None:
        """Return why a target is meant to be off, None when it is not. Raises Busy."""
        if await self._ports.is_changing((target, *hosts)):
            raise Busy(translate(CHANGING))
        if outage.why is None:
            return None
        try:
            stop = await outage.why(client, Call(target=target))
        except Busy:
            raise
        except (NotKnown, ServiceError) as err:
            log.info("reason of an outage not known", target=target.id, reason=str(err))
            return None
        return translate(stop.text) if stop.is_meant else None

    async def _is_left_alone(
        self, instance: TargetRef, hosts: Sequence[TargetRef], state: TargetState
    ) -> bool:
        """Return whether it must not be decided yet about an instance that does not answer.

        That is while a run changes it or a parent of it, or while an outage of a parent is confirmed.
        """
        if await self._ports.is_changing((instance, *hosts)):
            del self._sightings[instance.key]
            return True
        if state.expected_off is not None or not hosts:
            return False
        if hosts[0].instance_id != instance.instance_id:
            await self._poll(hosts[0].instance_id)
        return any(host.key in self._waiting for host in hosts)

    async def _poll(self, instance_id: str) -> None:
        """Poll the host of an instance, so that the decision is made by its current state."""
        try:
            async with asyncio.timeout(HOST_POLL):
                await self._ports.poll(instance_id)
        except (StewardError, TimeoutError) as err:
            log.info("host cannot be read", instance=instance_id, reason=str(err))

    def _host_is_expected(self, hosts: Sequence[TargetRef]) -> str | None:
        """Return why a parent of a target is meant to be off, None when none is."""
        off = next((host for host in hosts if host.key in self._expected), None)
        return translate(t"It runs in {off.name}. {self._expected[off.key]}") if off else None

    def _sight(self, key: TargetKey) -> _Sighting:
        """Count another poll that saw a target off."""
        known = self._sightings.get(key)
        if known is None:
            known = _Sighting(self._clock.monotonic(), self._clock.now(), 0)
        self._sightings[key] = replace(known, count=known.count + 1)
        return self._sightings[key]

    def _note(self, key: TargetKey, decided: _Decided) -> None:
        """Remember why a target is not decided yet or meant to be off, for targets that run in it."""
        for memory, reason in ((self._waiting, decided.waiting), (self._expected, decided.expected)):
            if reason is None:
                memory.pop(key, None)
            else:
                memory[key] = reason

    async def _states(self, instance: TargetRef) -> dict[TargetKey, TargetState]:
        """Return the states of an instance, from the store when they were not read before."""
        known = self._states_read.get(instance.instance_id)
        if known is None:
            changes = self._changes
            async with self._store.read() as connection:
                known = await target_states.states_of(connection, instance.instance_id)
            if changes == self._changes:
                self._states_read[instance.instance_id] = known
        return known

    async def _write(
        self,
        instance: TargetRef,
        states: Mapping[TargetKey, TargetState],
        new: Sequence[TargetState | None],
    ) -> None:
        """Store changed states, except those that were changed in the store in the meantime."""
        changed = [one for one in new if one is not None and one != states.get(one.key)]
        gone = [key for key in states if key not in {one.key for one in new if one is not None}]
        gone = [key for key in gone if key != instance.key] if len(states) > MOST_STATES else []
        if not changed and not gone:
            return
        async with self._store.change() as unit:
            now = await target_states.states_of(unit.connection, instance.instance_id)
            unchanged = [one for one in changed if now.get(one.key) == states.get(one.key)]
            await target_states.save(unit.connection, unchanged)
            await target_states.drop(unit.connection, gone)
        kept = {key: state for key, state in now.items() if key not in gone}
        self._states_read[instance.instance_id] = kept | {one.key: one for one in unchanged}


def away(name: str, error: ServiceError) -> Away:
    """Return the check and the texts for an instance whose polls fail with this error."""
    kinds = (described for kind, described in _AWAY if isinstance(error, kind))
    check, title, text = next(kinds, _FAILING)
    return Away(check=check, name=translate(title), text=f"{translate(text, name=name)}: {error}")


def _seen_up(key: TargetKey, known: TargetState | None, now: datetime) -> TargetState:
    return known.seen_up(now) if known else TargetState(key=key, is_up=True, since=now)


def undecided(service: AnyService, results: CheckResults) -> Judgement:
    """Return the results when nothing can be decided about the outages: they become unknown."""
    outages = {check.key for check in service.checks if check.outage is not None}
    waiting = {
        key: _Decided(state=None, waiting=translate(NOT_JUDGED))
        for key in results.problems
        if key[0] in outages
    }
    return _judgement(results, waiting, was_known=True)


def _judgement(results: CheckResults, decided: Mapping[CheckKey, _Decided], *, was_known: bool) -> Judgement:
    """Return the results without the outages that are expected or not decided yet."""
    off = {key: one for key, one in decided.items() if key in results.problems}
    waiting = {key: one.waiting for key, one in off.items() if one.waiting is not None}
    expected = {key: one.expected for key, one in off.items() if one.expected is not None}
    left = {key: text for key, text in results.problems.items() if key not in waiting | expected}
    checks = replace(
        results,
        problems=left,
        clear=results.clear | expected.keys(),
        unknown={**results.unknown, **waiting},
    )
    subjects = {key[1]: reason for key, reason in expected.items()}
    return Judgement(checks=checks, expected=subjects, is_open=bool(waiting), was_known=was_known)
