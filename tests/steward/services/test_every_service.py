"""Every service that is found keeps what its description promises, shown with its fixture."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from homelab_steward.contract.base import Value
from homelab_steward.contract.catalogue import Catalogue, SettingKind
from homelab_steward.contract.state import CoverageStatus, Snapshot
from lab.faults import FaultKind
from lab.fixtures import Round, fixture_of
from lab.visit import Visit, connected, load, service_keys, service_rounds, visit
from rig.clocks import HANGING
from steward.errors import (
    EffectUnknown,
    PreconditionFailed,
    ServiceError,
    ServiceMalformed,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from steward.sdk.description import Action, AnyService, Call, DryRun, Effect, Sensor
from steward.sdk.description.capabilities import OF_ACTIONS, OF_TOOLS
from steward.services.finder import catalogue, find_services

KEYS = service_keys()
RUNBOOKS = Path(__file__).resolve().parents[3] / "docs" / "runbooks.md"


@pytest.fixture
def few_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let waiting for something that does not happen read it every 5 seconds."""
    monkeypatch.setattr("steward.sdk.kits.about.LOOK_AGAIN", 5.0)


each_service = pytest.mark.parametrize("key", KEYS)
each_round = pytest.mark.parametrize(
    ("key", "attempt"), [pytest.param(key, one, id=f"{key}-{one.action}") for key, one in service_rounds()]
)


@each_service
def test_it_has_a_fixture_that_tests_all_of_it(key: str) -> None:
    fixture, service = fixture_of(key), load(key)
    assert {one.action for one in fixture.rounds} == {one.key for one in service.actions}
    scopes = {one.scope for one in service.tools} - {None}
    assert set(fixture.targets) >= scopes, "a tool of this scope has no target"
    assert (fixture.unhealthy is not None) == bool(service.checks), "checks need an unhealthy lab"
    secrets = {one.key for one in service.settings if one.kind is SettingKind.SECRET and one.required}
    assert bool(fixture.wrong_credentials) >= bool(secrets), "wrong credentials are not tested"


def test_the_catalogue_survives_the_wire() -> None:
    services = find_services()
    offered = catalogue(services)
    assert Catalogue.from_json(offered.to_json()) == offered
    assert [offer.key for offer in offered.services] == sorted(services)


@each_service
def test_its_capabilities_are_those_that_runbooks_know(key: str) -> None:
    tools, actions = documented_capabilities()
    service = load(key)
    assert {one.offer().capability for one in service.tools} - {None} <= tools
    assert {one.offer().capability for one in service.actions} - {None} <= actions


def test_what_is_a_capability_is_documented() -> None:
    tools, actions = documented_capabilities()
    assert tools >= OF_TOOLS
    assert actions >= OF_ACTIONS.keys()


def documented_capabilities() -> list[set[str]]:
    """Return the capabilities of tools and those of actions that docs/runbooks.md lists."""
    tables = re.split(r"\| capability of an? \w+ \|", RUNBOOKS.read_text())[1:]
    rows = [re.findall(r"^\| (`[^|]+`) \|", table.partition("\n\n")[0], re.MULTILINE) for table in tables]
    return [{name for row in found for name in re.findall(r"`(\w+)`", row)} for found in rows]


@each_service
def test_each_setting_can_be_shown_in_a_form(key: str) -> None:
    for field in load(key).settings:
        # Home Assistant takes braces for placeholders, and less-than signs for markup.
        assert not re.search(r"[{}<>]", field.description), f"{field.key}: {field.description}"


@each_service
async def test_a_healthy_service_is_read_completely(key: str) -> None:
    async with visit(key) as here:
        found, checks = await here.snapshot(), await here.checks()
    assert found.coverage.status is CoverageStatus.COMPLETE, found.coverage.gaps
    assert found.version
    assert not found.missing_rights
    assert not found.unavailable
    expected = {*here.fixture.unknown}
    assert set(found.unknown) == expected & {sensor.key for sensor in here.service.sensors}
    _options_hold(here.service.sensors, found.values)
    for kind in here.service.resources:
        resources = [one for one in found.resources if one.kind == kind.key]
        assert len({one.id for one in resources}) == len(resources) > 0, f"no {kind.key}, or one id twice"
        for sensor in kind.sensors:
            is_known = any(one.values[sensor.key] is not None for one in resources)
            assert is_known == (f"{kind.key}.{sensor.key}" not in expected), f"{kind.key}.{sensor.key}"
        for one in resources:
            _options_hold(kind.sensors, one.values)
    assert (checks.problems, checks.unknown) == ({}, {})


def _options_hold(sensors: Iterable[Sensor[Any]], values: Mapping[str, Value]) -> None:
    for sensor in sensors:
        value = values[sensor.key]
        assert value is None or not sensor.options or value in sensor.options, sensor.key


@each_service
async def test_versions_that_are_not_understood_are_noticed(key: str) -> None:
    understood = load(key).understood
    assert str(understood), "understood does not say which versions are known"
    async with visit(key) as here:
        version = (await here.snapshot()).version
    assert understood.notice(version) is None
    if understood.newest:
        notice = understood.notice("99999.1")
        assert notice is not None
        assert "99999.1 is newer" in notice


@each_service
async def test_every_check_finds_a_problem_and_sees_its_end(key: str) -> None:
    async with visit(key) as here:
        healthy = await here.checks()
        await here.make_unhealthy()
        unhealthy = await here.checks()
    assert {check for check, _ in healthy.clear} == {check.key for check in here.service.checks}
    assert {check for check, _ in unhealthy.problems} == {check.key for check in here.service.checks}
    assert all(unhealthy.problems.values())
    assert not [text for text in unhealthy.problems.values() if "Template(" in text]


@each_service
async def test_the_snapshot_survives_the_wire(key: str) -> None:
    async with visit(key) as here:
        found = await here.snapshot()
    assert Snapshot.from_json(found.to_json()) == found


@each_service
async def test_tools_read_and_change_nothing(key: str) -> None:
    async with visit(key) as here:
        for tool in here.service.tools:
            known = {field.key for field in tool.arguments}
            given = {name: value for name, value in here.fixture.arguments.items() if name in known}
            call = await here.call_of(tool, here.fixture.targets.get(tool.scope or ""), **given)
            answer = await tool.read(here.client, call)
            assert answer.title
            assert answer.text
        assert here.writes == []


@asynccontextmanager
async def ready(key: str, attempt: Round) -> AsyncIterator[tuple[Visit, Action[Any], Call, DryRun]]:
    """Visit a service for one of its actions, after the dry run."""
    async with visit(key, attempt) as here:
        call, action = await here.call(attempt), here.action(attempt.action)
        yield here, action, call, await action.dry_run(here.client, call)


async def probed(here: Visit, action: Action[Any], call: Call, before: DryRun) -> Effect:
    """Return what the probe sees, asked again for some minutes as the executor does."""
    effect = Effect.UNKNOWN
    for _ in range(60):
        try:
            effect = await action.probe(here.client, call, before.baseline)
        except ServiceError:
            effect = Effect.UNKNOWN
        if effect is Effect.DONE:
            break
        await here.clock.sleep(5)
    return effect


@each_round
async def test_a_dry_run_changes_nothing(key: str, attempt: Round) -> None:
    async with ready(key, attempt) as (here, action, call, first):
        await action.precheck(here.client, call, first.baseline)
        assert first.differences
        assert await action.dry_run(here.client, call) == first, "nothing changed: the dry run is the same"
        assert here.writes == []


@each_round
@pytest.mark.usefixtures("few_reads")
async def test_before_it_is_done_everything_says_no(key: str, attempt: Round) -> None:
    async with ready(key, attempt) as (here, action, call, before):
        assert (await action.verify(here.client, call, before.baseline)).ok is False
        assert await action.probe(here.client, call, before.baseline) is Effect.NOT_SEEN
        if action.undo is not None:
            assert await action.undo.dry_run(here.client, call, before.baseline) == ()
        assert here.writes == []


@each_round
async def test_it_is_done_once_and_undone_once(key: str, attempt: Round) -> None:
    async with ready(key, attempt) as (here, action, call, before):
        await action.precheck(here.client, call, before.baseline)
        assert await action.execute(here.client, call, before.baseline)
        assert here.writes == [*attempt.before, attempt.write]
        result = await action.verify(here.client, call, before.baseline)
        assert result.ok is True, result.text
        assert await action.probe(here.client, call, before.baseline) is Effect.DONE
        with pytest.raises(PreconditionFailed):
            await action.precheck(here.client, call, before.baseline)
        if action.undo is not None:
            assert await action.undo.dry_run(here.client, call, before.baseline)
            assert here.writes == [*attempt.before, attempt.write], (
                "the dry run of the undo changed something"
            )
            assert await action.undo.execute(here.client, call, before.baseline)
            assert len(here.writes) == len(attempt.before) + 1 + attempt.undo_writes
            await here.clock.sleep(60)
            assert await action.undo.dry_run(here.client, call, before.baseline) == ()
            if not attempt.is_final:
                assert (await action.dry_run(here.client, call)).differences == before.differences


@each_round
async def test_a_lost_answer_is_probed(key: str, attempt: Round) -> None:
    async with ready(key, attempt) as (here, action, call, before):
        here.arm(FaultKind.ANSWER_LOST, *attempt.write)
        with pytest.raises(EffectUnknown):
            await action.execute(here.client, call, before.baseline)
        here.lab.faults.clear()
        assert here.writes == [*attempt.before, attempt.write]
        assert await probed(here, action, call, before) is Effect.DONE
        assert (await action.verify(here.client, call, before.baseline)).ok is True
        assert here.writes == [*attempt.before, attempt.write]


@each_round
async def test_what_is_called_deduplicated_is_refused_the_second_time(key: str, attempt: Round) -> None:
    async with ready(key, attempt) as (here, action, call, before):
        # Both are under way at the same time, as after a crash of the app.
        tries = [action.execute(here.client, call, before.baseline) for _ in range(2)]
        if not action.deduplicated:
            for one in tries:
                one.close()  # type: ignore[attr-defined]
            return
        done = await asyncio.gather(*tries, return_exceptions=True)
        assert len([one for one in done if isinstance(one, ServiceError)]) == 1, done
        assert (await action.verify(here.client, call, before.baseline)).ok is True


@each_round
@pytest.mark.usefixtures("few_reads")
@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.HTML, FaultKind.STATUS])
async def test_a_change_that_never_happened_is_found_out(key: str, attempt: Round, kind: FaultKind) -> None:
    async with ready(key, attempt) as (here, action, call, before):
        here.arm(kind, *attempt.write)
        with pytest.raises(EffectUnknown):
            await action.execute(here.client, call, before.baseline)
        assert await action.probe(here.client, call, before.baseline) is Effect.NOT_SEEN
        assert (await action.verify(here.client, call, before.baseline)).ok is False
        assert here.writes == [*attempt.before]


@each_round
@pytest.mark.parametrize(
    ("kind", "expected"),
    [(FaultKind.REFUSED, ServiceUnreachable), (FaultKind.AUTH_LOST, ServiceUnauthorized)],
)
async def test_a_refused_change_is_certain(
    key: str, attempt: Round, kind: FaultKind, expected: type[ServiceError]
) -> None:
    async with ready(key, attempt) as (here, action, call, before):
        # A new session: on a connection that is open already a refusal could be a lost answer.
        async with aiohttp.ClientSession() as fresh, connected(key, here.lab, fresh, here.clock) as again:
            here.arm(kind)
            with pytest.raises(expected):
                await action.execute(again.client, call, before.baseline)
        assert here.writes == []


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
async def test_a_poll_names_what_is_wrong(key: str, kind: FaultKind, expected: type[ServiceError]) -> None:
    async with visit(key) as here:
        await here.poll()
        here.arm(kind)
        with pytest.raises(expected) as caught:
            await here.poll()
        here.lab.faults.clear()
        holds_no_secret(str(caught.value), here.service, here.fixture.settings(here.served))
        assert await recovers(here), "it answers again"


async def recovers(here: Visit) -> bool:
    """Return whether the service is read again; a port that was closed takes some time to open."""
    async with asyncio.timeout(HANGING):
        while True:
            try:
                await here.poll()
            except ServiceUnreachable:
                await asyncio.sleep(0.01)
                continue
            return True


def holds_no_secret(text: str, service: AnyService, settings: Mapping[str, Value]) -> None:
    for field in service.settings:
        if field.kind is SettingKind.SECRET and settings.get(field.key):
            assert str(settings[field.key]) not in text


@each_service
async def test_wrong_credentials_are_named(key: str) -> None:
    wrong = fixture_of(key).wrong_credentials
    if not wrong:
        return
    async with visit(key, changed=wrong) as here:
        with pytest.raises(ServiceUnauthorized) as caught:
            await here.poll()
    holds_no_secret(str(caught.value), here.service, wrong)


@each_service
async def test_a_service_that_does_not_answer_is_unreachable(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for constant in (
        "steward.sdk.connection.TIMEOUT",
        "steward.sdk.connection.CALL_TIMEOUT",
        *fixture_of(key).timeouts,
    ):
        monkeypatch.setattr(constant, 0.1)
    async with visit(key) as here:
        here.arm(FaultKind.HANG)
        with pytest.raises(ServiceUnreachable, match="no answer in time"):
            await here.poll()
        here.lab.faults.clear()


@each_service
async def test_an_endpoint_that_fails_is_an_error_or_a_gap(key: str) -> None:
    async with visit(key) as here:
        before = len(here.served.requests)
        await here.poll()
        asked = {(seen.method, seen.path) for seen in list(here.served.requests)[before:]}
    assert asked
    for method, path in sorted(asked):
        if f"{method} {path}" not in here.fixture.optional:
            async with visit(key) as again:
                again.arm(FaultKind.STATUS, method, path)
                with suppress(ServiceError):
                    found = await again.snapshot()
                    assert found.coverage.status is CoverageStatus.PARTIAL, f"{method} {path}"
