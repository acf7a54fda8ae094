"""One walk over every service the finder finds: what each description promises must hold."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from fixtures import Round, ServiceFixture, fixture_of
from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Catalogue
from homelab_steward.contract.state import Snapshot, TargetRef
from lab.faults import Fault, FaultKind
from lab.lab import Lab
from steward.clock import SystemClock
from steward.description import Access, Action, AnyService, Call, Effect, Service
from steward.errors import (
    EffectUnknown,
    PreconditionFailed,
    ServiceError,
    ServiceMalformed,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from steward.services.finder import catalogue, find_services
from steward.services.snapshot import snapshot

SERVICES = find_services()
FIXTURES = {key: fixture_of(key) for key in SERVICES}
ROUNDS = [(key, one) for key, fixture in FIXTURES.items() for one in fixture.rounds]

each_service = pytest.mark.parametrize("key", SERVICES)
each_round = pytest.mark.parametrize(
    ("key", "attempt"), ROUNDS, ids=[f"{key}-{one.action}" for key, one in ROUNDS]
)


@dataclass(frozen=True, slots=True)
class Visit:
    """One service of the lab, connected."""

    service: Service[Any, Any]
    fixture: ServiceFixture
    client: Any
    lab: Lab

    async def target(self, scope: str | None, title: str | None) -> TargetRef:
        """The resource with this title, or the instance."""
        if scope is None:
            return TargetRef(instance_id="i", kind="instance", id="i", name=self.service.name)
        kind = next(kind for kind in self.service.resources if kind.key == scope)
        items = kind.items(await self.service.poll(self.client))
        item = next(item for item in items if kind.title(item) == title)
        return TargetRef(instance_id="i", kind=scope, id=kind.id(item), name=kind.title(item))

    def action(self, key: str) -> Action[Any]:
        """The action of this key."""
        return next(action for action in self.service.actions if action.key == key)

    async def call(self, attempt: Round) -> Call:
        """The call of a round, with the arguments left out filled in."""
        action = self.action(attempt.action)
        defaults = {field.key: field.default for field in action.arguments}
        target = await self.target(action.scope, attempt.target)
        return Call(target=target, arguments={**defaults, **attempt.arguments})


@asynccontextmanager
async def visit(
    key: str,
    lab: Lab,
    session: aiohttp.ClientSession,
    attempt: Round | None = None,
    changed: Mapping[str, Value] | None = None,
) -> AsyncIterator[Visit]:
    fixture, service = FIXTURES[key], SERVICES[key]
    for prepare in (fixture.prepare, attempt.prepare if attempt else None):
        if prepare is not None:
            await prepare(lab)
    settings = {**fixture.settings(lab), **(changed or {})}
    client = service.connect(Access(settings=settings, session=session, clock=SystemClock()))
    try:
        yield Visit(service, fixture, client, lab)
    finally:
        await client.close()


def arm(lab: Lab, key: str, kind: FaultKind, method: str | None = None, path: str = "") -> None:
    lab.faults.arm(Fault(service=key, kind=kind, method=method, path_prefix=path))


def test_every_action_is_tried() -> None:
    tried = {(key, one.action) for key, one in ROUNDS}
    assert tried == {(key, action.key) for key, service in SERVICES.items() for action in service.actions}


def test_the_catalogue_survives_the_wire() -> None:
    result = catalogue(SERVICES)
    assert Catalogue.from_json(result.to_json()) == result
    assert [offer.key for offer in result.services] == sorted(SERVICES)


@each_service
async def test_every_reading_has_a_value(key: str, lab: Lab, session: aiohttp.ClientSession) -> None:
    async with visit(key, lab, session) as here:
        state = await here.service.poll(here.client)
    assert here.service.version(state)
    for sensor in here.service.sensors:
        _check_reading(sensor.value(state), sensor.options)
    for kind in here.service.resources:
        items = list(kind.items(state))
        assert len({kind.id(item) for item in items}) == len(items) > 0
        for sensor in kind.sensors:
            values = [sensor.value(item) for item in items]
            assert any(value is not None for value in values), f"{kind.key} {sensor.key} never has a value"
            for value in values:
                _check_reading(value, sensor.options, is_optional=True)
    for check in here.service.checks:
        assert list(check.find(state)) == [], f"{check.key} finds something in a sound house"


def _check_reading(value: Value, options: tuple[str, ...], *, is_optional: bool = False) -> None:
    if is_optional and value is None:
        return
    assert isinstance(value, str | int | float | bool)
    assert not options or value in options


@each_service
async def test_the_snapshot_survives_the_wire(key: str, lab: Lab, session: aiohttp.ClientSession) -> None:
    async with visit(key, lab, session) as here:
        state = await here.service.poll(here.client)
    result = snapshot(here.service, "i", state, SystemClock().now())
    assert Snapshot.from_json(result.to_json()) == result
    assert set(result.values) == {sensor.key for sensor in here.service.sensors}


@each_service
async def test_tools_read_and_change_nothing(key: str, lab: Lab, session: aiohttp.ClientSession) -> None:
    async with visit(key, lab, session) as here:
        for tool in here.service.tools:
            target = await here.target(tool.scope, here.fixture.targets.get(tool.scope or ""))
            answer = await tool.read(here.client, Call(target=target, arguments=here.fixture.arguments))
            assert answer.title
            assert answer.text
    assert lab.world.effects == []


@each_round
async def test_a_dry_run_changes_nothing(
    key: str, attempt: Round, lab: Lab, session: aiohttp.ClientSession
) -> None:
    async with visit(key, lab, session, attempt) as here:
        call, action = await here.call(attempt), here.action(attempt.action)
        first = await action.dry_run(here.client, call)
        await action.precheck(here.client, call, first.baseline)
        assert first.differences
        assert await action.dry_run(here.client, call) == first, "an unchanged world has one dry run"
    assert lab.world.effects == []


@each_round
async def test_an_action_does_it_once_and_can_be_undone(
    key: str, attempt: Round, lab: Lab, session: aiohttp.ClientSession
) -> None:
    async with visit(key, lab, session, attempt) as here:
        call, action = await here.call(attempt), here.action(attempt.action)
        before = await action.dry_run(here.client, call)
        assert not (await action.verify(here.client, call, before.baseline)).ok if _is_quick(action) else True
        await action.precheck(here.client, call, before.baseline)
        assert await action.execute(here.client, call, before.baseline)
        assert [(effect.method, effect.path) for effect in lab.world.effects] == [attempt.write]
        result = await action.verify(here.client, call, before.baseline)
        assert result.ok, result.text
        assert await action.probe(here.client, call, before.baseline) is Effect.DONE
        with pytest.raises(PreconditionFailed):
            await action.precheck(here.client, call, before.baseline)
        if action.undo is not None:
            assert await action.undo(here.client, call, before.baseline)
            again = await action.dry_run(here.client, call)
            assert again.differences == before.differences
            done = len(lab.world.effects)
            await action.undo(here.client, call, before.baseline)
            assert len(lab.world.effects) == done, "undoing twice does it once"


def _is_quick(action: Action[Any]) -> bool:
    """Power and restarts wait for their goal: that it is not there yet would take long to see."""
    return action.key in ("set_memory", "silence_alert", "search_missing")


@each_round
async def test_a_lost_answer_is_probed(
    key: str, attempt: Round, lab: Lab, session: aiohttp.ClientSession
) -> None:
    async with visit(key, lab, session, attempt) as here:
        call, action = await here.call(attempt), here.action(attempt.action)
        before = await action.dry_run(here.client, call)
        arm(lab, key, FaultKind.ANSWER_LOST, *attempt.write)
        with pytest.raises(EffectUnknown):
            await action.execute(here.client, call, before.baseline)
        lab.faults.clear()
        assert len(lab.world.effects) == 1
        assert await action.probe(here.client, call, before.baseline) is Effect.DONE
        assert (await action.verify(here.client, call, before.baseline)).ok
    assert len(lab.world.effects) == 1


@each_round
@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.HTML, FaultKind.STATUS])
async def test_a_change_that_never_happened_is_found_out(
    key: str,
    attempt: Round,
    kind: FaultKind,
    lab: Lab,
    session: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for wait in FIXTURES[key].late:
        monkeypatch.setattr(wait, 0.2)
    async with visit(key, lab, session, attempt) as here:
        call, action = await here.call(attempt), here.action(attempt.action)
        before = await action.dry_run(here.client, call)
        arm(lab, key, kind, *attempt.write)
        with pytest.raises(EffectUnknown):
            await action.execute(here.client, call, before.baseline)
        assert await action.probe(here.client, call, before.baseline) is Effect.NOT_DONE
    assert lab.world.effects == []


@each_round
@pytest.mark.parametrize(
    ("kind", "expected"),
    [(FaultKind.REFUSED, ServiceUnreachable), (FaultKind.AUTH_LOST, ServiceUnauthorized)],
)
async def test_a_refused_change_is_no_riddle(
    key: str,
    attempt: Round,
    kind: FaultKind,
    expected: type[ServiceError],
    lab: Lab,
    session: aiohttp.ClientSession,
) -> None:
    async with visit(key, lab, session, attempt) as here:
        call, action = await here.call(attempt), here.action(attempt.action)
        before = await action.dry_run(here.client, call)
    # A new client and session: on a connection that is open already a refusal could be a lost answer.
    async with aiohttp.ClientSession() as fresh, visit(key, lab, fresh) as here:
        arm(lab, key, kind)
        with pytest.raises(expected):
            await action.execute(here.client, call, before.baseline)
    assert lab.world.effects == []


@each_service
@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (FaultKind.AUTH_LOST, ServiceUnauthorized),
        (FaultKind.HTML, ServiceMalformed),
        (FaultKind.GARBAGE, ServiceMalformed),
        (FaultKind.STATUS, ServiceUnreachable),
        (FaultKind.RESET, ServiceUnreachable),
        (FaultKind.REFUSED, ServiceUnreachable),
    ],
)
async def test_a_poll_names_what_is_wrong(
    key: str, kind: FaultKind, expected: type[ServiceError], lab: Lab, session: aiohttp.ClientSession
) -> None:
    async with visit(key, lab, session) as here:
        await here.service.poll(here.client)
        arm(lab, key, kind)
        with pytest.raises(expected) as caught:
            await here.service.poll(here.client)
        lab.faults.clear()
        _holds_no_secret(str(caught.value), here.service, here.fixture.settings(lab))
        assert await _recovers(here), "it answers again, and so do we"


async def _recovers(here: Visit) -> bool:
    """A port that was closed takes a moment to open."""
    await here.lab.world.changes.wait_for(lambda: True)
    for _ in range(20):
        try:
            await here.service.poll(here.client)
        except ServiceUnreachable:
            continue
        return True
    return False


def _holds_no_secret(text: str, service: AnyService, settings: dict[str, Value]) -> None:
    for field in service.settings:
        if field.kind == "secret" and field.key in settings:
            assert str(settings[field.key]) not in text


@pytest.mark.parametrize("key", [key for key, fixture in FIXTURES.items() if fixture.wrong_credentials])
async def test_wrong_credentials_are_named(key: str, lab: Lab, session: aiohttp.ClientSession) -> None:
    wrong = dict(FIXTURES[key].wrong_credentials)
    async with visit(key, lab, session, changed=wrong) as here:
        with pytest.raises(ServiceUnauthorized) as caught:
            await here.service.poll(here.client)
    _holds_no_secret(str(caught.value), here.service, wrong)


@each_service
async def test_a_service_that_hangs_is_left(
    key: str,
    lab: Lab,
    session: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(FIXTURES[key].timeout_constant, 0.3)
    async with visit(key, lab, session) as here:
        arm(lab, key, FaultKind.HANG)
        with pytest.raises(ServiceUnreachable, match="no answer in time"):
            await here.service.poll(here.client)
        lab.faults.clear()
