"""Instances are added, changed and removed at run time; a failing one does not affect the others."""

import asyncio
import dataclasses
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import AsyncMock

import pytest
from structlog.testing import capture_logs

from homelab_steward.contract.base import Value
from homelab_steward.contract.commands import SaveInstance
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import AlertStatus, Severity
from homelab_steward.contract.protocol import RowKind
from homelab_steward.contract.state import InstanceStatus, Origin, TargetRef
from rig.clocks import HANGING, LONG
from steward.clock import ManualClock, SystemClock
from steward.errors import (
    InvalidSetting,
    ServiceMalformed,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from steward.inventory.instance_factory import UnusableInstance
from steward.inventory.polling import PollSlots
from steward.inventory.ports import OUTAGE, Around, Completeness, Seen
from steward.inventory.push_listener import LISTENS
from steward.sdk.categories import GENERAL, INFRASTRUCTURE, MEDIA
from steward.sdk.description import ChangeHook, HeaderToken, IncomingAlert, Push, Right, Versions
from steward.sdk.readings import Unknown
from steward.store.database import StoreUnavailable

from .fakes import NOW, POLL_NOW, Guest, InventoryRig, State, World, configured, on_disk, settle

CANARY = "canary-of-a-client"


def save_request(**given: object) -> SaveInstance:
    settings: dict[str, Value] = {"url": "http://new:1", "token": CANARY}
    request = SaveInstance(service="thing", name="New one", settings=settings)
    return dataclasses.replace(request, **given)  # type: ignore[arg-type]


def make_rig(tmp_path: Path, *instances: str, world: World | None = None, **more: object) -> InventoryRig:
    world = world or World()
    services = {one.key: one for one in (world.service(), world.monitor())}
    known = tuple(configured(name) for name in instances)
    return InventoryRig(tmp_path, world, services, known, **more)  # type: ignore[arg-type]


async def read_once(rig: InventoryRig) -> None:
    async with asyncio.timeout(HANGING):
        await settle(10)
        while any(one.status is InstanceStatus.PENDING for one in rig.inventory.instances()):
            await asyncio.sleep(0.01)
            await settle(10)


async def refused(rig: InventoryRig, request: SaveInstance) -> ContractError:
    before = rig.inventory.instances()
    with pytest.raises(ContractError) as caught:
        await rig.inventory.save(request)
    assert rig.inventory.instances() == before
    assert CANARY not in str(caught.value)
    return caught.value


async def test_instances_of_the_settings_file_are_polled_and_published(tmp_path: Path) -> None:
    rig = make_rig(tmp_path, "one", "two")
    async with rig as inventory:
        assert inventory.is_started
        await read_once(rig)
        assert [one.id for one in inventory.instances()] == ["one", "two"]
        one = inventory.instance("one")
        assert one is not None
        assert (one.status, one.origin, one.version) == (InstanceStatus.OK, Origin.FILE, "1.0")
        assert one.polled_at == NOW
        assert one.settings == {"url": "http://one:1", "verify": True}
        snapshot = inventory.snapshot("one")
        assert snapshot is not None
        assert snapshot.values == {"load": 0.5, "version": "1.0"}
        result = [(event.kind, event.id) for event in rig.events()]
        assert sorted(result) == [
            (RowKind.INSTANCE, "one"),
            (RowKind.INSTANCE, "two"),
            (RowKind.SNAPSHOT, "one"),
            (RowKind.SNAPSHOT, "two"),
        ]
    assert rig.world.open_clients == 0


async def test_the_first_polls_are_over_when_each_instance_was_polled_once(tmp_path: Path) -> None:
    rig = make_rig(tmp_path, "one", "two", "three")
    rig.configured = (*rig.configured, configured("four", service="wrong"))
    rig.wrong_services = {"wrong": "it cannot be imported"}
    rig.world.states["http://two:1"] = ServiceUnreachable("it is off")
    rig.world.unresponsive.add("http://three:1")
    async with rig as inventory:
        waiting = asyncio.create_task(inventory.first_polls())
        while len(rig.world.polls) < 3:  # noqa: ASYNC110 - the polls need real I/O, of unknown length
            await asyncio.sleep(0)
        await settle()
        assert not waiting.done()
        rig.world.answering.set()
        await waiting
        assert [one.status for one in inventory.instances()] == [
            InstanceStatus.OK,
            InstanceStatus.UNREACHABLE,
            InstanceStatus.OK,
            InstanceStatus.FAILING,
        ]
        assert set(rig.world.polls.values()) == {1}


async def test_who_waits_for_the_first_polls_is_not_left_behind_at_the_end(tmp_path: Path) -> None:
    rig = make_rig(tmp_path, "one")
    rig.world.unresponsive.add("http://one:1")
    async with rig as inventory:
        waiting = asyncio.create_task(inventory.first_polls())
        await settle()
        assert not waiting.done()
    await waiting


async def test_an_invalid_settings_file_is_refused(tmp_path: Path) -> None:
    rig = make_rig(tmp_path)
    rig.configured = (configured("one"), configured("two", service="thingg"))
    with pytest.raises(
        InvalidSetting, match=r"instances\[1\]\.service: thingg is not known, did you mean thing"
    ):
        await rig.__aenter__()
    rig.configured = (configured("one", url="ftp://x"),)
    with pytest.raises(InvalidSetting, match=r"instances\[0\]\.settings\.url: must begin with http"):
        await rig.__aenter__()


async def test_a_version_that_is_not_understood_is_logged_once_and_shown(tmp_path: Path) -> None:
    world = World()
    rig = InventoryRig(
        tmp_path, world, {"thing": world.service(understood=Versions("1", "2"))}, (configured("one"),)
    )
    notice = "Version 3.1 is newer than those understood (1 to 2)"
    with capture_logs() as logs:
        async with rig as inventory:
            await read_once(rig)
            world.states["http://one:1"] = State(version="3.1")
            for _ in range(2):
                await inventory.poll_now("one")
            one = inventory.instance("one")
            assert one is not None
            assert (one.status, one.version, one.notices) == (InstanceStatus.OK, "3.1", (notice,))
            world.states["http://one:1"] = ServiceUnreachable("off")
            with pytest.raises(ServiceUnreachable):
                await inventory.poll_now("one")
            one = inventory.instance("one")
            assert one is not None
            assert one.notices == (notice,)
            world.states["http://one:1"] = State(version="2.9")
            await inventory.poll_now("one")
            one = inventory.instance("one")
            assert one is not None
            assert one.notices == ()
    assert [one["reason"] for one in logs if one["event"] == "not all of a service can be used"] == [notice]


async def test_a_client_can_ask_first_whether_everything_works(tmp_path: Path) -> None:
    world = World()
    right = Right(key="stop", name="Power", needed_for="stopping")
    service = world.service(rights=(right,), granted=lambda state: frozenset({"stop"} if state.load else ()))
    rig = InventoryRig(tmp_path, world, {"thing": service})
    async with rig as inventory:
        world.states["http://new:1"] = State(load=0)
        error = await refused(rig, save_request(ask_first=True))
        assert error.code is ErrorCode.CONFIRMATION_NEEDED
        assert error.placeholders == {"notices": "These credentials lack the right Power (stopping)"}
        assert world.open_clients == 0
        saved = await inventory.save(save_request())
        assert saved.notices == ("These credentials lack the right Power (stopping)",)
        world.states["http://new:1"] = State()
        changed = await inventory.save(save_request(id=saved.id, ask_first=True))
        assert changed.notices == ()


async def test_only_changes_are_published(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    rig = make_rig(tmp_path, "one", clock=clock)
    async with rig as inventory:
        await read_once(rig)
        before = rig.changes.sequence
        clock.move(1)
        await inventory.poll_now("one")
        assert rig.changes.sequence == before
        rig.world.states["http://one:1"] = State(load=0.9)
        snapshot = await inventory.poll_now("one")
        assert snapshot.values == {"load": 0.9, "version": "1.0"}
        assert snapshot.taken_at == NOW + timedelta(seconds=1)
        (event,) = rig.events(before)
        assert (event.kind, event.snapshot) == (RowKind.SNAPSHOT, snapshot)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ServiceUnreachable("refused"), InstanceStatus.UNREACHABLE),
        (ServiceUnauthorized("wrong token canary-one"), InstanceStatus.UNAUTHORIZED),
        (ServiceMalformed("HTML"), InstanceStatus.FAILING),
        (KeyError("memory"), InstanceStatus.FAILING),
        (TimeoutError(), InstanceStatus.UNREACHABLE),
    ],
)
async def test_an_error_is_the_status_until_a_poll_succeeds(
    tmp_path: Path, error: Exception, status: InstanceStatus
) -> None:
    clock = ManualClock(NOW)
    rig = make_rig(tmp_path, "one", clock=clock)
    async with rig as inventory:
        await read_once(rig)
        before = rig.changes.sequence
        rig.world.states["http://one:1"] = error
        clock.move(40)
        await settle()
        one = inventory.instance("one")
        assert one is not None
        assert one.status is status
        assert one.error
        assert "canary" not in one.error
        assert one.version == "1.0"
        snapshot = inventory.snapshot("one")
        assert snapshot is not None
        assert snapshot.taken_at == NOW, "the last readings are kept"
        del rig.world.states["http://one:1"]
        await inventory.poll_now("one")
        result = [event.instance.status for event in rig.events(before) if event.instance]
        assert result == [status, InstanceStatus.OK]


async def test_a_failing_instance_is_polled_less_often(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    rig = make_rig(tmp_path, "one", clock=clock)
    rig.world.states["http://one:1"] = ServiceUnreachable("refused")
    async with rig as inventory:
        await read_once(rig)

        async def polls_in(seconds: int) -> int:
            before = rig.world.polls["http://one:1"]
            for _ in range(seconds):
                clock.move(1)
                await settle(5)
            return rig.world.polls["http://one:1"] - before

        await polls_in(1200)
        assert await polls_in(1200) in {9, 10, 11}, "every two minutes"
        with pytest.raises(ServiceUnreachable):
            await inventory.poll_now("one")
        del rig.world.states["http://one:1"]
        await inventory.poll_now("one")
        assert await polls_in(300) >= 8, "every half minute again"


async def test_failing_services_do_not_delay_the_others(tmp_path: Path) -> None:
    slow = [f"slow{number}" for number in range(12)]
    world = World(unresponsive={f"http://{name}:1" for name in slow})
    world.states["http://dead:1"] = ServiceUnreachable("refused")
    rig = make_rig(
        tmp_path,
        *slow,
        "dead",
        "well",
        world=world,
        clock=SystemClock(),
        poll_timeout=LONG,
        slots=PollSlots(at_once=4, longest=0.05),
    )
    rig.configured = tuple(
        dataclasses.replace(one, settings={**one.settings, "poll_seconds": 1}) for one in rig.configured
    )
    async with asyncio.timeout(HANGING), rig as inventory:
        while world.polls.get("http://well:1", 0) < 3:  # noqa: ASYNC110 - the fake has no event
            await asyncio.sleep(0.01)
        well = inventory.instance("well")
        assert well is not None
        assert well.status is InstanceStatus.OK
        await inventory.poll_now("well")
        unresponsive = inventory.instance("slow0")
        assert unresponsive is not None
        assert unresponsive.status is InstanceStatus.PENDING
    assert world.open_clients == 0


async def test_a_poll_of_an_unresponsive_service_times_out(tmp_path: Path) -> None:
    world = World(unresponsive={"http://one:1"})
    rig = make_rig(tmp_path, "one", world=world, poll_timeout=0.05)
    async with rig as inventory:
        with pytest.raises(ServiceUnreachable, match="did not answer within"):
            await inventory.poll_now("one")


async def test_a_new_instance_is_polled_first_and_stored(tmp_path: Path) -> None:
    rig = make_rig(tmp_path, "one")
    async with rig as inventory:
        await read_once(rig)
        before = rig.changes.sequence
        made = await inventory.save(save_request())
        assert made.origin is Origin.FRONT_END
        assert made.status is InstanceStatus.OK
        assert made.settings == {"url": "http://new:1", "verify": True}
        assert inventory.snapshot(made.id) is not None
        assert [(event.kind, event.id) for event in rig.events(before)] == [
            (RowKind.INSTANCE, made.id),
            (RowKind.SNAPSHOT, made.id),
        ]
        assert rig.world.used_settings[-1]["token"] == CANARY
        assert CANARY not in str(rig.events())
    assert made.id.encode() in on_disk(tmp_path)
    assert CANARY.encode() not in on_disk(tmp_path)
    async with rig as inventory:
        await read_once(rig)
        assert [one.id for one in inventory.instances()] == ["one", made.id]
        assert rig.world.used_settings[-1]["token"] == CANARY


@pytest.mark.parametrize(
    ("state", "request_", "code", "key"),
    [
        (ServiceUnauthorized("no"), save_request(), ErrorCode.INVALID_AUTH, None),
        (ServiceUnreachable("no"), save_request(), ErrorCode.CANNOT_CONNECT, None),
        (ServiceMalformed("HTML"), save_request(), ErrorCode.CANNOT_CONNECT, None),
        (None, save_request(service="other"), ErrorCode.INVALID_ARGUMENT, "service"),
        (None, save_request(name=" "), ErrorCode.INVALID_ARGUMENT, "name"),
        (None, save_request(name="a\nb"), ErrorCode.INVALID_ARGUMENT, "name"),
        (None, save_request(settings={"url": "http://new:1"}), ErrorCode.INVALID_SETTING, "token"),
        (None, save_request(settings={"token": CANARY}), ErrorCode.INVALID_SETTING, "url"),
        (None, save_request(settings={"url": "new:1", "token": CANARY}), ErrorCode.INVALID_SETTING, "url"),
        (
            None,
            save_request(settings={"url": "http://u:p@new:1", "token": CANARY}),
            ErrorCode.INVALID_SETTING,
            "url",
        ),
        (
            None,
            save_request(settings={"url": "http://new:1", "token": CANARY, "verify": "yes"}),
            ErrorCode.INVALID_SETTING,
            "verify",
        ),
        (
            None,
            save_request(settings={"url": "http://new:1", "token": CANARY, "verfy": True}),
            ErrorCode.INVALID_SETTING,
            "verfy",
        ),
        (None, save_request(id="one"), ErrorCode.FORBIDDEN, None),
        (None, save_request(id="gone"), ErrorCode.NOT_FOUND, None),
    ],
)
async def test_an_invalid_request_is_refused(
    tmp_path: Path, state: Exception | None, request_: SaveInstance, code: ErrorCode, key: str | None
) -> None:
    rig = make_rig(tmp_path, "one")
    async with rig:
        await read_once(rig)
        if state is not None:
            rig.world.states["http://new:1"] = state
        error = await refused(rig, request_)
        assert error.code is code
        assert error.placeholders.get("key") == key
        assert rig.world.open_clients == 1


async def test_what_is_only_in_the_settings_file_cannot_be_added(tmp_path: Path) -> None:
    world = World()
    service = dataclasses.replace(world.service(), is_addable=False)
    assert not service.offer().is_addable
    async with InventoryRig(tmp_path, world, {service.key: service}, (configured("one"),)) as rig:
        assert len(rig.instances()) == 1
        with pytest.raises(ContractError) as caught:
            await rig.save(save_request(settings={"url": "http://new:1", "token": CANARY}))
        assert caught.value.code is ErrorCode.FORBIDDEN
        assert "settings file" in caught.value.message
        assert "http://new:1" not in world.polls


async def test_a_monitor_whose_alerts_cannot_be_read_is_refused(tmp_path: Path) -> None:
    rig = make_rig(tmp_path)
    rig.world.firing["http://new:1"] = ServiceUnauthorized("no right to read alerts")
    async with rig:
        error = await refused(rig, save_request(service="monitor"))
        assert error.code is ErrorCode.INVALID_AUTH


async def test_a_changed_instance_keeps_a_secret_that_is_not_given(tmp_path: Path) -> None:
    rig = make_rig(tmp_path)
    async with rig as inventory:
        made = await inventory.save(save_request())
        changed = await inventory.save(
            save_request(
                id=made.id, name="Renamed", settings={"url": "http://NEW:1/below", "poll_seconds": 5}
            )
        )
        assert changed.id == made.id
        assert (changed.name, changed.settings["url"]) == ("Renamed", "http://NEW:1/below")
        assert rig.world.used_settings[-1]["token"] == CANARY
        assert rig.world.open_clients == 1, "the old client was closed"
        assert inventory.instances() == (changed,)
        target = inventory.target(made.id, None)
        assert target is not None
        assert target.name == "Renamed"
        error = await refused(rig, save_request(id=made.id, service="monitor"))
        assert error.placeholders["key"] == "service"


@pytest.mark.parametrize("url", ["http://evil:1", "https://new:1", "http://new:2", "http://new"])
async def test_a_stored_secret_is_not_sent_to_another_host(tmp_path: Path, url: str) -> None:
    rig = make_rig(tmp_path)
    async with rig as inventory:
        made = await inventory.save(save_request())
        clients = len(rig.world.used_settings)
        for settings in ({"url": url}, {"url": url, "token": ""}, {"url": url, "token": None}):
            error = await refused(rig, save_request(id=made.id, settings=settings))
            assert error.code is ErrorCode.INVALID_ARGUMENT
            assert error.placeholders["key"] == "token"
            assert error.message == "token: must be entered again, because the address is another one"
        assert len(rig.world.used_settings) == clients, "no client was created"
        moved = await inventory.save(
            save_request(id=made.id, settings={"url": url, "token": "canary-of-another-token"})
        )
        assert moved.settings["url"] == url
        assert rig.world.used_settings[-1]["token"] == "canary-of-another-token"


async def test_the_default_port_of_a_scheme_is_not_another_host(tmp_path: Path) -> None:
    rig = make_rig(tmp_path)
    async with rig as inventory:
        made = await inventory.save(save_request(settings={"url": "https://new", "token": CANARY}))
        changed = await inventory.save(save_request(id=made.id, settings={"url": "https://new:443"}))
        assert changed.settings["url"] == "https://new:443"
        assert rig.world.used_settings[-1]["token"] == CANARY


async def test_a_failing_database_changes_nothing(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    rig = make_rig(tmp_path, clock=clock)
    async with rig as inventory:
        made = await inventory.save(save_request())
        await read_once(rig)
        async with rig.database.engine.begin() as connection:
            await connection.exec_driver_sql("ALTER TABLE instances RENAME TO away")
        with pytest.raises((StoreUnavailable, ContractError)):
            await inventory.save(save_request(id=made.id, name="Renamed"))
        with pytest.raises((StoreUnavailable, ContractError)):
            await inventory.remove(made.id)
        assert rig.world.open_clients == 1
        before = rig.changes.sequence
        rig.world.states["http://new:1"] = State(load=0.9)
        await inventory.poll_now(made.id)
        assert inventory.instance(made.id) is not None
        assert [event.kind for event in rig.events(before)] == [RowKind.SNAPSHOT], "it still publishes"


async def test_home_assistant_is_unbound_only_before_its_first_instance(tmp_path: Path) -> None:
    unbind = AsyncMock()
    rig = make_rig(tmp_path, home=SimpleNamespace(unbind=unbind))
    rig.services["home_assistant"] = dataclasses.replace(rig.services["thing"], key="home_assistant")
    async with rig as inventory:
        assert unbind.await_count == 1, "no instance was stored"
        await inventory.save(save_request())
        assert unbind.await_count == 1
        first = await inventory.save(save_request(service="home_assistant"))
        assert unbind.await_count == 2
        await inventory.save(save_request(service="home_assistant", id=first.id))
        elsewhere: dict[str, Value] = {"url": "http://other:1", "token": CANARY}
        await inventory.save(save_request(service="home_assistant", settings=elsewhere))
        assert unbind.await_count == 2


async def test_a_removed_instance_does_not_exist_and_its_alerts_end(tmp_path: Path) -> None:
    rig = make_rig(tmp_path, "one")
    async with rig as inventory:
        made = await inventory.save(save_request())
        await read_once(rig)
        before = rig.changes.sequence
        await inventory.remove(made.id)
        assert [(event.kind, event.gone) for event in rig.events(before)] == [
            (RowKind.SNAPSHOT, True),
            (RowKind.INSTANCE, True),
        ]
        assert rig.reported[-1] == (made.id, (), Completeness.REMOVED)
        assert inventory.instance(made.id) is None
        with pytest.raises(ServiceUnreachable):
            inventory.client(made.id)
        with pytest.raises(ServiceUnreachable):
            await inventory.poll_now(made.id)
        with pytest.raises(ContractError) as caught:
            await inventory.remove(made.id)
        assert caught.value.code is ErrorCode.NOT_FOUND
        with pytest.raises(ContractError) as caught:
            await inventory.remove("one")
        assert caught.value.code is ErrorCode.FORBIDDEN
    async with rig as inventory:
        assert [one.id for one in inventory.instances()] == ["one"]


async def test_without_the_key_the_secrets_must_be_entered_again(tmp_path: Path) -> None:
    rig = make_rig(tmp_path, "one")
    async with rig as inventory:
        made = await inventory.save(save_request())
    (tmp_path / "secret.key").unlink()
    async with rig as inventory:
        lost = inventory.instance(made.id)
        assert lost is not None
        assert lost.status is InstanceStatus.UNAUTHORIZED
        assert lost.error is not None
        assert "enter the secrets again" in lost.error
        with pytest.raises(ServiceUnreachable, match="enter the secrets again"):
            inventory.client(made.id)
        error = await refused(rig, save_request(id=made.id, settings={"url": "http://new:1"}))
        assert error.placeholders["key"] == "token"
        again = await inventory.save(save_request(id=made.id))
        assert again.status is InstanceStatus.OK
    async with rig as inventory:
        await read_once(rig)
        assert all(one.status is InstanceStatus.OK for one in inventory.instances())


async def test_secrets_moved_to_another_row_cannot_be_decrypted(tmp_path: Path) -> None:
    rig = make_rig(tmp_path)
    async with rig as inventory:
        first = await inventory.save(save_request())
        second = await inventory.save(save_request(settings={"url": "http://evil:1", "token": "other"}))
    with sqlite3.connect(tmp_path / "steward.db") as database:
        database.execute(
            "UPDATE instances SET secrets = (SELECT secrets FROM instances WHERE id = ?) WHERE id = ?",
            (first.id, second.id),
        )
    database.close()
    async with rig as inventory:
        await read_once(rig)
        moved = inventory.instance(second.id)
        assert moved is not None
        assert moved.status is InstanceStatus.UNAUTHORIZED


async def test_an_instance_of_an_unknown_service_is_kept(tmp_path: Path) -> None:
    rig = make_rig(tmp_path)
    async with rig as inventory:
        made = await inventory.save(save_request())
    del rig.services["thing"]
    async with rig as inventory:
        kept = inventory.instance(made.id)
        assert kept is not None
        assert kept.status is InstanceStatus.FAILING
        assert inventory.service(made.id) is None
        await inventory.remove(made.id)
        assert inventory.instances() == ()


def statuses(rig: InventoryRig, place: int = -1) -> dict[tuple[str, str | None], AlertStatus]:
    """Return the status of the reported alerts of checks, by check and target."""
    reports = [alerts for _, alerts, _ in rig.reported if not any(is_outage(one) for one in alerts)]
    of_checks = (one for one in reports[place] if OUTAGE not in one.labels)
    return {(one.labels["check"], one.labels.get("target")): one.status for one in of_checks}


def is_outage(alert: IncomingAlert) -> bool:
    """Return whether it says that an instance cannot be read."""
    return OUTAGE in alert.labels and alert.status is AlertStatus.FIRING


FIRING, RESOLVED = AlertStatus.FIRING, AlertStatus.RESOLVED
HEALTH, MEMORY = ("health", None), ("memory", "105")
FULL, FINE, UNKNOWN = (Guest("105", "radarr", memory) for memory in (0.95, 0.5, None))


async def test_what_the_checks_of_the_last_poll_say_about_a_target(tmp_path: Path) -> None:
    rig = make_rig(tmp_path, "one")
    rig.world.states["http://one:1"] = State(guests=(FULL,), wrong="a")
    itself = TargetRef(instance_id="one", kind="instance", id="one", name="one")
    guest = TargetRef(instance_id="one", kind="container", id=FULL.id, name="radarr")
    async with rig as inventory:
        assert inventory.seen(itself) == Seen(is_listed=False)
        await read_once(rig)
        assert inventory.seen(itself) == Seen(problems=("a",), checks={"health": False})
        assert inventory.seen(guest) == Seen(problems=("radarr is full",), checks={"memory": False})
        rig.world.states["http://one:1"] = State(guests=(UNKNOWN,), wrong=None)
        await inventory.poll_now("one")
        seen = inventory.seen(guest)
        assert not seen.problems
        assert seen.unknown
        rig.world.states["http://one:1"] = State()
        await inventory.poll_now("one")
        assert inventory.seen(guest) == Seen(is_listed=False)
        elsewhere = TargetRef(instance_id="two", kind="instance", id="two", name="")
        assert inventory.seen(elsewhere) == Seen(is_listed=False)


async def test_checks_become_alerts_with_one_start_and_an_end(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    rig = make_rig(tmp_path, "one", clock=clock)
    rig.world.states["http://one:1"] = State(guests=(FULL,), wrong="a")
    async with rig as inventory:
        await read_once(rig)
        clock.move(1)
        await inventory.poll_now("one")
        source, alerts, completeness = rig.reported[-1]
        assert (source, completeness) == ("one", Completeness.PARTIAL)
        about_one, about_guest = alerts
        assert (about_one.name, about_one.summary, about_one.severity) == ("Health", "a", Severity.WARNING)
        assert about_one.starts_at == NOW
        assert about_one.labels == {"check": "health", "steward_instance": "one"}
        assert (about_guest.summary, about_guest.severity) == ("radarr is full", Severity.CRITICAL)
        located = inventory.locate(about_guest.labels)
        assert located == TargetRef(instance_id="one", kind="container", id="105", name="radarr")
        rig.world.states["http://one:1"] = State(guests=(FULL,))
        clock.move(1)
        await inventory.poll_now("one")
        assert statuses(rig) == {HEALTH: RESOLVED, MEMORY: FIRING}
        ended = next(one for one in rig.reported[-1][1] if one.status is RESOLVED)
        assert (ended.starts_at, ended.ends_at) == (NOW, clock.now())
        await inventory.poll_now("one")
        assert statuses(rig) == {MEMORY: FIRING}


@pytest.mark.parametrize(
    "state",
    [
        State(guests=(UNKNOWN,), wrong=None),  # unknown
        State(guests=(), wrong=None),  # not in the readings
        ServiceUnreachable("refused"),
    ],
)
async def test_a_problem_stays_until_a_reading_shows_its_end(
    tmp_path: Path, state: State | Exception
) -> None:
    clock = ManualClock(NOW)
    rig = make_rig(tmp_path, "one", clock=clock)
    rig.world.states["http://one:1"] = State(guests=(FULL,), wrong="a")
    async with rig as inventory:
        await read_once(rig)
        rig.world.states["http://one:1"] = state
        for _ in range(3):
            clock.move(60)
            await settle()
        reported = [one for _, alerts, _ in rig.reported for one in alerts if OUTAGE not in one.labels]
        assert {one.status for one in reported} == {FIRING}
        rig.world.states["http://one:1"] = State(guests=(FINE,))
        await inventory.poll_now("one")
        assert statuses(rig) == {HEALTH: RESOLVED, MEMORY: RESOLVED}
        of_checks = [one for one in rig.reported[-1][1] if OUTAGE not in one.labels]
        assert {one.starts_at for one in of_checks} == {NOW}, "the start is unchanged"


@pytest.mark.parametrize("state", [State(guests=(UNKNOWN,)), State(guests=())])
async def test_a_problem_that_cannot_be_seen_is_not_reported(tmp_path: Path, state: State) -> None:
    rig = make_rig(tmp_path, "one")
    rig.world.states["http://one:1"] = State(guests=(FULL,))
    async with rig as inventory:
        await read_once(rig)
        rig.world.states["http://one:1"] = state
        rig.reported.clear()
        for _ in range(3):
            await inventory.poll_now("one")
        assert not [one for _, alerts, _ in rig.reported for one in alerts if one.name == "Memory"]
        rig.world.states["http://one:1"] = State(guests=(FULL,))
        await inventory.poll_now("one")
        assert statuses(rig)[MEMORY] is FIRING


async def test_an_unknown_check_creates_no_alert(tmp_path: Path) -> None:
    rig = make_rig(tmp_path, "one")
    rig.world.states["http://one:1"] = State(guests=(UNKNOWN,), wrong=None)
    async with rig:
        await read_once(rig)
        assert rig.reported == [("one", (), Completeness.PARTIAL)]


async def test_the_first_poll_reports_an_end_for_everything_that_is_clear(tmp_path: Path) -> None:
    rig = make_rig(tmp_path, "one")
    rig.world.states["http://one:1"] = State(guests=(FINE,))
    async with rig as inventory:
        await read_once(rig)
        assert statuses(rig) == {HEALTH: RESOLVED, MEMORY: RESOLVED}
        for _ in range(3):
            await inventory.poll_now("one")
        assert [one[1:] for one in rig.reported[1:]] == [((), Completeness.PARTIAL)], "reported once"


DOWN = IncomingAlert(name="Down", status=FIRING, severity=Severity.CRITICAL, starts_at=NOW, labels={"a": "b"})


def monitored(tmp_path: Path, **more: object) -> InventoryRig:
    rig = make_rig(tmp_path, **more)  # type: ignore[arg-type]
    rig.configured = (configured("mon", service="monitor"),)
    rig.world.states["http://mon:1"] = State(wrong=None)
    rig.world.firing["http://mon:1"] = (DOWN,)
    return rig


async def test_absent_alerts_have_ended_only_if_the_monitor_was_read_completely(tmp_path: Path) -> None:
    rig = monitored(tmp_path)
    async with rig as inventory:
        await read_once(rig)
        assert rig.reported == [("mon", (DOWN,), Completeness.MONITOR)]
        rig.world.firing["http://mon:1"] = ServiceUnauthorized("no right to read alerts")
        await inventory.poll_now("mon")
        assert rig.reported[-1] == ("mon", (), Completeness.PARTIAL)
        monitor = inventory.instance("mon")
        assert monitor is not None
        assert monitor.status is InstanceStatus.UNAUTHORIZED
        rig.world.firing["http://mon:1"] = ()
        rig.world.states["http://mon:1"] = State(wrong=None, missing_alerts="the monitor has just started")
        await inventory.poll_now("mon")
        assert rig.reported[-1] == ("mon", (), Completeness.PARTIAL)
        rig.world.states["http://mon:1"] = State(wrong=None)
        await inventory.poll_now("mon")
        assert rig.reported[-1] == ("mon", (), Completeness.MONITOR)
        await inventory.poll_now("mon")
        assert len(rig.reported) == 5, "each poll of a monitor is reported"


async def test_alerts_that_could_not_be_reported_are_reported_by_the_next_poll(tmp_path: Path) -> None:
    rig = make_rig(tmp_path, "one")
    async with rig as inventory:
        await read_once(rig)
        rig.world.states["http://one:1"] = State(wrong="a")
        await inventory.poll_now("one")
        rig.is_report_failing = True
        rig.world.states["http://one:1"] = State()
        await inventory.poll_now("one")
        rig.is_report_failing = False
        await inventory.poll_now("one")
        assert statuses(rig) == {HEALTH: RESOLVED}, "the next poll reports the end"


async def test_an_instance_of_a_service_that_cannot_be_used_has_the_reason(tmp_path: Path) -> None:
    rig = make_rig(tmp_path, "one")
    rig.configured += (configured("kettle", "kettle"),)
    rig.wrong_services = {"kettle": "Service folder kettle: it is broken", "thing": "another one has its key"}
    async with rig as inventory:
        await read_once(rig)
        found = {one.id: (one.status, one.error, one.settings.get("token")) for one in inventory.instances()}
        assert found == {
            "one": (InstanceStatus.OK, None, None),
            "kettle": (InstanceStatus.FAILING, "Service folder kettle: it is broken", None),
        }


async def test_a_setting_that_turns_out_wrong_is_shown(tmp_path: Path) -> None:
    rig = make_rig(tmp_path, "one")
    rig.world.states["http://one:1"] = InvalidSetting("ca_certificate", "is not a readable PEM file")
    async with rig as inventory:
        await read_once(rig)
        one = inventory.instance("one")
        assert one is not None
        assert one.status is InstanceStatus.FAILING
        assert one.error == "ca_certificate: is not a readable PEM file"
        rig.world.states["http://new:1"] = rig.world.states["http://one:1"]
        error = await refused(rig, save_request())
        assert (error.code, error.placeholders["key"]) == (ErrorCode.INVALID_SETTING, "ca_certificate")


# -- listeners -------------------------------------------------------------------------------


async def test_a_listener_that_never_waits_does_not_stop_the_app(tmp_path: Path) -> None:
    async def listen(_: object) -> AsyncIterator[Push]:
        while True:
            yield POLL_NOW

    rig = InventoryRig(
        tmp_path, world := World(), {"thing": world.service(listen=listen)}, (configured("one"),)
    )
    async with asyncio.timeout(HANGING), rig:
        await read_once(rig)
        await asyncio.sleep(0.05)


def listening(tmp_path: Path, clock: ManualClock) -> InventoryRig:
    world = World()
    services = {"thing": world.service(listen=world.listen)}
    return InventoryRig(tmp_path, world, services, (configured("one"),), clock=clock)


async def advance(clock: ManualClock, seconds: int) -> None:
    for _ in range(seconds):
        clock.move(1)
        await settle(20)


async def test_a_push_starts_a_poll_and_a_pushed_alert_is_reported(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    rig = listening(tmp_path, clock)
    async with rig:
        await read_once(rig)
        polls = rig.world.polls["http://one:1"]
        rig.world.pushes.put_nowait(POLL_NOW)
        await advance(clock, 2)
        assert rig.world.polls["http://one:1"] == polls + 1
        rig.world.pushes.put_nowait(DOWN)
        await settle()
        assert rig.reported[-1] == ("one", (DOWN,), Completeness.PARTIAL)
        assert rig.world.listeners == 1


def signing(folder: Path, clock: ManualClock, secret: str = "token") -> InventoryRig:
    world = World()
    hook = ChangeHook(
        verify=HeaderToken("X-Token", "token"), secret=secret, is_change=lambda one: b"push" in one.body
    )
    services = {"thing": world.service(hook=hook), "plain": world.service("plain")}
    instances = (configured("one"), configured("two", "plain"))
    return InventoryRig(folder, world, services, instances, clock=clock)


async def test_a_signed_webhook_about_a_change_starts_a_poll(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    rig = signing(tmp_path, clock)
    async with rig as inventory:
        await read_once(rig)
        polls, right = rig.world.polls["http://one:1"], {"x-token": "canary-one"}
        assert inventory.take_change("one", right, b"ping") is False
        with pytest.raises(ServiceUnauthorized):
            inventory.take_change("one", {"x-token": "wrong"}, b"push")
        await advance(clock, 2)
        assert rig.world.polls["http://one:1"] == polls
        assert inventory.take_change("one", right, b"push") is True
        await advance(clock, 2)
        assert rig.world.polls["http://one:1"] == polls + 1
        for _ in range(20):
            replayed = {**right, "x-delivery": "of another one"}
            assert inventory.take_change("one", replayed, b"push") is False, "it was sent before"
        await advance(clock, 2)
        assert rig.world.polls["http://one:1"] == polls + 1
        assert inventory.take_change("one", right, b"push 2") is True
        await advance(clock, 2)
        assert rig.world.polls["http://one:1"] == polls + 2


async def test_only_a_service_with_a_key_takes_signed_webhooks(tmp_path: Path) -> None:
    async with signing(tmp_path, ManualClock(NOW)) as inventory:
        assert [inventory.signs_webhooks(key) for key in ("one", "two", "gone")] == [True, False, False]
        with pytest.raises(ServiceUnauthorized, match="takes no webhooks"):
            inventory.take_change("two", {}, b"push")
        one = inventory.instance("one")
        assert one is not None
        unusable = UnusableInstance(one, None)
        assert not unusable.signs_webhooks
        with pytest.raises(ServiceUnauthorized, match="takes no webhooks"):
            unusable.take_change({}, b"push")
    other = tmp_path / "other"
    other.mkdir()
    async with signing(other, ManualClock(NOW), "absent") as inventory:
        assert not inventory.signs_webhooks("one")


@pytest.mark.parametrize("end", [None, ServiceUnreachable("gone"), KeyError("defect")])
async def test_a_listener_that_ends_reconnects_with_a_growing_delay(
    tmp_path: Path, end: Exception | None
) -> None:
    clock = ManualClock(NOW)
    rig = listening(tmp_path, clock)
    async with rig:
        await read_once(rig)
        assert rig.world.listeners == 1
        rig.world.pushes.put_nowait(end)
        await settle()
        assert rig.world.listeners == 1, "it does not reconnect immediately"
        await advance(clock, 3)
        assert rig.world.listeners == 2
        for _ in range(20):
            rig.world.pushes.put_nowait(end)
        await advance(clock, 60)
        assert 4 <= rig.world.listeners <= 8, "the delay grows"
        one = rig.inventory.instance("one")
        assert one is not None
        assert one.status is InstanceStatus.OK, "polling continues"


async def test_a_listener_that_ends_after_each_push_does_not_cause_polls_all_the_time(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    world = World()

    async def listen(_: object) -> AsyncIterator[Push]:
        world.listeners += 1
        yield POLL_NOW

    rig = InventoryRig(
        tmp_path, world, {"thing": world.service(listen=listen)}, (configured("one"),), clock=clock
    )
    async with rig:
        await read_once(rig)
        polls = world.polls["http://one:1"]
        await advance(clock, 120)
        regular = 120 / rig.world.service().interval
        assert world.polls["http://one:1"] - polls <= regular + world.listeners
        assert 4 <= world.listeners <= 8, "the delay grows"


async def test_a_listener_that_lasted_reconnects_soon(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    rig = listening(tmp_path, clock)
    async with rig:
        await read_once(rig)
        for _ in range(4):
            rig.world.pushes.put_nowait(None)
        await advance(clock, 60)
        listeners = rig.world.listeners
        await advance(clock, int(LISTENS))
        rig.world.pushes.put_nowait(None)
        await advance(clock, 10)
        assert rig.world.listeners == listeners + 1


async def test_a_push_during_a_poll_is_not_lost(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    rig = listening(tmp_path, clock)
    async with rig:
        await read_once(rig)
        rig.world.unresponsive.add("http://one:1")
        rig.world.pushes.put_nowait(POLL_NOW)
        await advance(clock, 2)
        polls = rig.world.polls["http://one:1"]
        rig.world.pushes.put_nowait(POLL_NOW)
        await settle()
        rig.world.unresponsive.clear()
        rig.world.answering.set()
        await advance(clock, 2)
        assert rig.world.polls["http://one:1"] == polls + 1


async def test_many_pushes_cause_few_polls(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    rig = listening(tmp_path, clock)
    async with rig:
        await read_once(rig)
        polls = rig.world.polls["http://one:1"]
        for _ in range(50):
            rig.world.pushes.put_nowait(POLL_NOW)
            clock.move(0.1)
            await settle(20)
        assert rig.world.polls["http://one:1"] - polls <= 6, "once a second"


# -- snapshot, interruption, readings, metrics ------------------------------------------------


async def test_gaps_are_in_the_snapshot(tmp_path: Path) -> None:
    rig = make_rig(tmp_path, "one")
    rig.world.states["http://one:1"] = State(gaps=("disks",))
    async with rig as inventory:
        await read_once(rig)
        found = inventory.snapshot("one")
        assert found is not None
        assert [gap.part for gap in found.coverage.gaps] == ["disks"]


async def test_problems_of_a_guest_are_of_the_category_of_what_runs_in_it(tmp_path: Path) -> None:
    world = World()
    services = {
        "thing": world.service(),
        "radarr": dataclasses.replace(world.service("radarr"), category=MEDIA),
    }
    chosen = (configured("pve"), configured("radarr", service="radarr"))
    rig = InventoryRig(tmp_path, world, services, chosen)
    guests = (Guest("101", "radarr", 0.1), Guest("102", "other", 0.1))
    world.states["http://pve:1"] = State(guests=guests)
    async with rig as inventory:
        await read_once(rig)
        itself, host = inventory.target("pve"), inventory.target("pve", "container", "101")
        program = inventory.target("radarr")
        assert itself is not None
        assert host is not None
        assert program is not None
        assert inventory.around(host) == Around(parents=(itself,), category=MEDIA.key)
        assert inventory.around(program) == Around(parents=(host, itself), category=MEDIA.key)
        other = dataclasses.replace(host, id="102", name="other")
        assert inventory.around(other) == Around(parents=(itself,), category=INFRASTRUCTURE.key)
        gone = TargetRef(instance_id="gone", kind="container", id="1", name="gone")
        assert inventory.around(gone) == Around(parents=(), category=GENERAL.key)


async def test_guests_of_the_app_and_home_assistant_are_named_as_interrupted(tmp_path: Path) -> None:
    world = World()
    services = {"thing": world.service(), "home_assistant": world.service("home_assistant")}
    rig = InventoryRig(
        tmp_path,
        world,
        services,
        (configured("pve"), configured("homeassistant", service="home_assistant")),
        own_host="Steward",
    )
    world.states["http://pve:1"] = State(
        guests=(
            Guest("101", "steward", 0.1),
            Guest("102", "homeassistant", 0.1),
            Guest("103", "radarr", 0.1),
        )
    )
    async with rig as inventory:
        await read_once(rig)
        reasons = {}
        for number in ("101", "102", "103"):
            target = inventory.target("pve", "container", number)
            assert target is not None
            reasons[number] = inventory.interruption(target)
        assert reasons == {
            "101": "Homelab Steward runs in it",
            "102": "Home Assistant runs in it",
            "103": None,
        }
        host = inventory.target("pve")
        assert host is not None
        assert inventory.interruption(host) is not None, "an interruption of the host interrupts its guests"
        world.states["http://pve:1"] = State(guests=(Guest("101", "steward", 0.1),))
        await inventory.poll_now("pve")
        assert inventory.interruption(host) == "Homelab Steward runs in it"
        world.states["http://pve:1"] = State()
        await inventory.poll_now("pve")
        assert inventory.interruption(host) is None


async def test_readings_of_targets(tmp_path: Path) -> None:
    rig = make_rig(tmp_path, "one")
    rig.world.states["http://one:1"] = State(guests=(Guest("105", "radarr", 0.9),))
    async with rig as inventory:
        assert inventory.readings(TargetRef(instance_id="one", kind="instance", id="one", name="")) == {}
        await read_once(rig)
        instance = inventory.target("one", None)
        guest = inventory.target("one", "container", "105")
        assert instance is not None
        assert guest is not None
        assert inventory.readings(instance) == {"load": 0.5, "version": "1.0"}
        assert inventory.readings(guest) == {"memory": 0.9}
        rig.world.states["http://one:1"] = State(guests=(Guest("105", "radarr", None),))
        await inventory.poll_now("one")
        assert inventory.readings(guest) == {"memory": Unknown("The service does not report it")}
        assert inventory.target("one", "container", "999") is None
        assert inventory.target("two", None) is None
        rig.world.states["http://one:1"] = State()
        await inventory.poll_now("one")
        assert inventory.readings(guest) == {}
        assert inventory.target("one", "container", "105") is None


async def test_polls_are_measured(tmp_path: Path) -> None:
    rig = make_rig(tmp_path, "one")
    async with rig:
        await read_once(rig)
        assert 'steward_poll_seconds_count{service="thing",status="ok"} 1.0' in rig.metrics.text().decode()
