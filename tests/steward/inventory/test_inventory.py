"""Instances are added, changed and removed at run time; a failing one does not affect the others."""

import asyncio
import dataclasses
import sqlite3
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from homelab_steward.contract.base import Value
from homelab_steward.contract.errors import ContractError, ErrorCode
from homelab_steward.contract.incidents import AlertStatus, Severity
from homelab_steward.contract.protocol import RowKind, SaveInstance
from homelab_steward.contract.state import InstanceStatus, Origin, TargetRef
from steward.clock import ManualClock, SystemClock
from steward.errors import (
    InvalidSetting,
    ServiceMalformed,
    ServiceUnauthorized,
    ServiceUnreachable,
)
from steward.inventory.polling import Turns
from steward.inventory.ports import Completeness
from steward.sdk.description import IncomingAlert
from steward.sdk.readings import Unknown

from .fakes import NOW, POLL_NOW, Guest, InventoryRig, State, World, configured, on_disk, settle

CANARY = "canary-of-a-face"


def save_request(**given: object) -> SaveInstance:
    settings: dict[str, Value] = {"url": "http://new:1", "token": CANARY}
    request = SaveInstance(service="thing", name="New one", settings=settings)
    return dataclasses.replace(request, **given)  # type: ignore[arg-type]


def rig(tmp_path: Path, *instances: str, world: World | None = None, **more: object) -> InventoryRig:
    world = world or World()
    services = {one.key: one for one in (world.service(), world.monitor())}
    known = tuple(configured(name) for name in instances)
    return InventoryRig(tmp_path, world, services, known, **more)  # type: ignore[arg-type]


async def read_once(home: InventoryRig) -> None:
    for _ in range(200):
        await settle(10)
        if all(one.status is not InstanceStatus.PENDING for one in home.inventory.instances()):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("not all instances were polled")


async def refused(home: InventoryRig, request: SaveInstance) -> ContractError:
    before = home.inventory.instances()
    with pytest.raises(ContractError) as caught:
        await home.inventory.save(request)
    assert home.inventory.instances() == before
    assert CANARY not in str(caught.value)
    return caught.value


async def test_instances_of_the_file_are_polled_and_told(tmp_path: Path) -> None:
    home = rig(tmp_path, "one", "two")
    async with home as inventory:
        assert inventory.is_started
        await read_once(home)
        assert [one.id for one in inventory.instances()] == ["one", "two"]
        one = inventory.instance("one")
        assert one is not None
        assert (one.status, one.origin, one.version) == (InstanceStatus.OK, Origin.FILE, "1.0")
        assert one.polled_at == NOW
        assert one.settings == {"url": "http://one:1", "verify": True}
        snapshot = inventory.snapshot("one")
        assert snapshot is not None
        assert snapshot.values == {"load": 0.5}
        result = [(event.kind, event.id) for event in home.events()]
        assert sorted(result) == [
            (RowKind.INSTANCE, "one"),
            (RowKind.INSTANCE, "two"),
            (RowKind.SNAPSHOT, "one"),
            (RowKind.SNAPSHOT, "two"),
        ]
    assert home.world.open_clients == 0


async def test_the_file_must_be_right(tmp_path: Path) -> None:
    home = rig(tmp_path)
    home.configured = (configured("one"), configured("two", service="thingg"))
    with pytest.raises(
        InvalidSetting, match=r"instances\[1\]\.service: thingg is not known, did you mean thing"
    ):
        await home.__aenter__()
    home.configured = (configured("one", url="ftp://x"),)
    with pytest.raises(InvalidSetting, match=r"instances\[0\]\.settings\.url: must begin with http"):
        await home.__aenter__()


async def test_only_what_changed_is_told(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    home = rig(tmp_path, "one", clock=clock)
    async with home as inventory:
        await read_once(home)
        before = home.changes.sequence
        clock.move(1)
        await inventory.poll_now("one")
        assert home.changes.sequence == before
        home.world.states["http://one:1"] = State(load=0.9)
        snapshot = await inventory.poll_now("one")
        assert snapshot.values == {"load": 0.9}
        assert snapshot.taken_at == NOW + timedelta(seconds=1)
        (event,) = home.events(before)
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
async def test_what_goes_wrong_is_the_status_until_it_is_over(
    tmp_path: Path, error: Exception, status: InstanceStatus
) -> None:
    clock = ManualClock(NOW)
    home = rig(tmp_path, "one", clock=clock)
    async with home as inventory:
        await read_once(home)
        before = home.changes.sequence
        home.world.states["http://one:1"] = error
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
        del home.world.states["http://one:1"]
        await inventory.poll_now("one")
        result = [event.instance.status for event in home.events(before) if event.instance]
        assert result == [status, InstanceStatus.OK]


async def test_a_failing_instance_is_asked_less_and_less(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    home = rig(tmp_path, "one", clock=clock)
    home.world.states["http://one:1"] = ServiceUnreachable("refused")
    async with home as inventory:
        await read_once(home)

        async def polls_in(seconds: int) -> int:
            before = home.world.polls["http://one:1"]
            for _ in range(seconds):
                clock.move(1)
                await settle(5)
            return home.world.polls["http://one:1"] - before

        await polls_in(1200)
        assert await polls_in(1200) in {3, 4}, "every five minutes"
        with pytest.raises(ServiceUnreachable):
            await inventory.poll_now("one")
        del home.world.states["http://one:1"]
        await inventory.poll_now("one")
        assert await polls_in(300) >= 8, "every half minute again, at once"


async def test_dead_and_hanging_services_cost_the_others_nothing(tmp_path: Path) -> None:
    hung = [f"hung{number}" for number in range(12)]
    world = World(hanging={f"http://{name}:1" for name in hung})
    world.states["http://dead:1"] = ServiceUnreachable("refused")
    home = rig(
        tmp_path,
        *hung,
        "dead",
        "well",
        world=world,
        clock=SystemClock(),
        poll_timeout=60.0,
        turns=Turns(at_once=4, longest=0.05),
    )
    home.configured = tuple(
        dataclasses.replace(one, settings={**one.settings, "poll_seconds": 1}) for one in home.configured
    )
    async with home as inventory:
        begin = time.monotonic()
        while world.polls.get("http://well:1", 0) < 3:
            assert time.monotonic() - begin < 8, "the healthy one waits for the hanging ones"
            await asyncio.sleep(0.01)
        well = inventory.instance("well")
        assert well is not None
        assert well.status is InstanceStatus.OK
        began = time.monotonic()
        await inventory.poll_now("well")
        assert time.monotonic() - began < 0.5
        hanging = inventory.instance("hung0")
        assert hanging is not None
        assert hanging.status is InstanceStatus.PENDING
    assert time.monotonic() - begin < 12, "closing waits for nobody"
    assert world.open_clients == 0


async def test_a_hanging_service_is_given_up(tmp_path: Path) -> None:
    world = World(hanging={"http://one:1"})
    home = rig(tmp_path, "one", world=world, poll_timeout=0.05)
    async with home as inventory:
        with pytest.raises(ServiceUnreachable, match="did not answer within"):
            await inventory.poll_now("one")


async def test_a_new_instance_is_tried_first_and_kept(tmp_path: Path) -> None:
    home = rig(tmp_path, "one")
    async with home as inventory:
        await read_once(home)
        before = home.changes.sequence
        made = await inventory.save(save_request())
        assert made.origin is Origin.FRONT_END
        assert made.status is InstanceStatus.OK
        assert made.settings == {"url": "http://new:1", "verify": True}
        assert inventory.snapshot(made.id) is not None
        assert [(event.kind, event.id) for event in home.events(before)] == [
            (RowKind.INSTANCE, made.id),
            (RowKind.SNAPSHOT, made.id),
        ]
        assert home.world.seen[-1]["token"] == CANARY
        assert CANARY not in str(home.events())
    assert made.id.encode() in on_disk(tmp_path)
    assert CANARY.encode() not in on_disk(tmp_path)
    async with home as inventory:
        await read_once(home)
        assert [one.id for one in inventory.instances()] == ["one", made.id]
        assert home.world.seen[-1]["token"] == CANARY


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
async def test_what_cannot_be_is_refused(
    tmp_path: Path, state: Exception | None, request_: SaveInstance, code: ErrorCode, key: str | None
) -> None:
    home = rig(tmp_path, "one")
    async with home:
        await read_once(home)
        if state is not None:
            home.world.states["http://new:1"] = state
        error = await refused(home, request_)
        assert error.code is code
        assert error.placeholders.get("key") == key
        assert home.world.open_clients == 1


async def test_a_monitor_whose_alerts_cannot_be_read_is_refused(tmp_path: Path) -> None:
    home = rig(tmp_path)
    home.world.firing["http://new:1"] = ServiceUnauthorized("alerts are for others")
    async with home:
        error = await refused(home, save_request(service="monitor"))
        assert error.code is ErrorCode.INVALID_AUTH


async def test_a_changed_instance_keeps_the_secret_left_out(tmp_path: Path) -> None:
    home = rig(tmp_path)
    async with home as inventory:
        made = await inventory.save(save_request())
        changed = await inventory.save(
            save_request(
                id=made.id, name="Renamed", settings={"url": "http://NEW:1/below", "poll_seconds": 5}
            )
        )
        assert changed.id == made.id
        assert (changed.name, changed.settings["url"]) == ("Renamed", "http://NEW:1/below")
        assert home.world.seen[-1]["token"] == CANARY
        assert home.world.open_clients == 1, "the old client was let go"
        assert inventory.instances() == (changed,)
        target = inventory.target(made.id, None)
        assert target is not None
        assert target.name == "Renamed"
        error = await refused(home, save_request(id=made.id, service="monitor"))
        assert error.placeholders["key"] == "service"


@pytest.mark.parametrize("url", ["http://evil:1", "https://new:1", "http://new:2", "http://new"])
async def test_a_stored_secret_is_sent_to_no_other_host(tmp_path: Path, url: str) -> None:
    home = rig(tmp_path)
    async with home as inventory:
        made = await inventory.save(save_request())
        asked = len(home.world.seen)
        for settings in ({"url": url}, {"url": url, "token": ""}, {"url": url, "token": None}):
            error = await refused(home, save_request(id=made.id, settings=settings))
            assert error.code is ErrorCode.INVALID_ARGUMENT
            assert error.placeholders["key"] == "token"
            assert error.message == "token: must be entered again, because the address is another one"
        assert len(home.world.seen) == asked, "nobody was asked anything"
        moved = await inventory.save(
            save_request(id=made.id, settings={"url": url, "token": "canary-of-another"})
        )
        assert moved.settings["url"] == url
        assert home.world.seen[-1]["token"] == "canary-of-another"


async def test_the_port_a_scheme_has_anyway_makes_no_other_host(tmp_path: Path) -> None:
    home = rig(tmp_path)
    async with home as inventory:
        made = await inventory.save(save_request(settings={"url": "https://new", "token": CANARY}))
        changed = await inventory.save(save_request(id=made.id, settings={"url": "https://new:443"}))
        assert changed.settings["url"] == "https://new:443"
        assert home.world.seen[-1]["token"] == CANARY


async def test_what_cannot_be_stored_changes_nothing(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    home = rig(tmp_path, clock=clock)
    async with home as inventory:
        made = await inventory.save(save_request())
        await read_once(home)
        async with home.database.engine.begin() as connection:
            await connection.exec_driver_sql("ALTER TABLE instances RENAME TO away")
        with pytest.raises(OperationalError):
            await inventory.save(save_request(id=made.id, name="Renamed"))
        with pytest.raises(OperationalError):
            await inventory.remove(made.id)
        assert home.world.open_clients == 1
        before = home.changes.sequence
        home.world.states["http://new:1"] = State(load=0.9)
        await inventory.poll_now(made.id)
        assert inventory.instance(made.id) is not None
        assert [event.kind for event in home.events(before)] == [RowKind.SNAPSHOT], "it still speaks"


async def test_a_removed_instance_is_gone_and_its_alerts_are_over(tmp_path: Path) -> None:
    home = rig(tmp_path, "one")
    async with home as inventory:
        made = await inventory.save(save_request())
        before = home.changes.sequence
        await inventory.remove(made.id)
        assert [(event.kind, event.gone) for event in home.events(before)] == [
            (RowKind.SNAPSHOT, True),
            (RowKind.INSTANCE, True),
        ]
        assert home.handed[-1] == (made.id, (), Completeness.REMOVED)
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
    async with home as inventory:
        assert [one.id for one in inventory.instances()] == ["one"]


async def test_a_lost_key_asks_for_the_secrets_again(tmp_path: Path) -> None:
    home = rig(tmp_path, "one")
    async with home as inventory:
        made = await inventory.save(save_request())
    (tmp_path / "secret.key").unlink()
    async with home as inventory:
        lost = inventory.instance(made.id)
        assert lost is not None
        assert lost.status is InstanceStatus.UNAUTHORIZED
        assert lost.error is not None
        assert "enter the secrets again" in lost.error
        with pytest.raises(ServiceUnreachable, match="enter the secrets again"):
            inventory.client(made.id)
        error = await refused(home, save_request(id=made.id, settings={"url": "http://new:1"}))
        assert error.placeholders["key"] == "token"
        again = await inventory.save(save_request(id=made.id))
        assert again.status is InstanceStatus.OK
    async with home as inventory:
        await read_once(home)
        assert all(one.status is InstanceStatus.OK for one in inventory.instances())


async def test_secrets_moved_to_another_row_do_not_open(tmp_path: Path) -> None:
    home = rig(tmp_path)
    async with home as inventory:
        first = await inventory.save(save_request())
        second = await inventory.save(save_request(settings={"url": "http://evil:1", "token": "other"}))
    with sqlite3.connect(tmp_path / "steward.db") as database:
        database.execute(
            "UPDATE instances SET secrets = (SELECT secrets FROM instances WHERE id = ?) WHERE id = ?",
            (first.id, second.id),
        )
    database.close()
    async with home as inventory:
        await read_once(home)
        moved = inventory.instance(second.id)
        assert moved is not None
        assert moved.status is InstanceStatus.UNAUTHORIZED


async def test_an_instance_of_an_unknown_service_is_kept(tmp_path: Path) -> None:
    home = rig(tmp_path)
    async with home as inventory:
        made = await inventory.save(save_request())
    del home.services["thing"]
    async with home as inventory:
        kept = inventory.instance(made.id)
        assert kept is not None
        assert kept.status is InstanceStatus.FAILING
        assert inventory.service(made.id) is None
        await inventory.remove(made.id)
        assert inventory.instances() == ()


def statuses(rig: InventoryRig, place: int = -1) -> dict[tuple[str, str | None], AlertStatus]:
    """Return the alerts that were passed on, by check and target."""
    return {(one.labels["check"], one.labels.get("target")): one.status for one in rig.handed[place][1]}


FIRING, RESOLVED = AlertStatus.FIRING, AlertStatus.RESOLVED
HEALTH, MEMORY = ("health", None), ("memory", "105")
FULL, FINE, UNKNOWN = (Guest("105", "radarr", memory) for memory in (0.95, 0.5, None))


async def test_checks_become_alerts_that_begin_once_and_end(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    home = rig(tmp_path, "one", clock=clock)
    home.world.states["http://one:1"] = State(guests=(FULL,), wrong="a")
    async with home as inventory:
        await read_once(home)
        clock.move(1)
        await inventory.poll_now("one")
        source, alerts, completeness = home.handed[-1]
        assert (source, completeness) == ("one", Completeness.PARTIAL)
        about_one, about_guest = alerts
        assert (about_one.name, about_one.summary, about_one.severity) == ("Health", "a", Severity.WARNING)
        assert about_one.starts_at == NOW
        assert about_one.labels == {"check": "health", "steward_instance": "one"}
        assert (about_guest.summary, about_guest.severity) == ("radarr is full", Severity.CRITICAL)
        located = inventory.locate(about_guest.labels)
        assert located == TargetRef(instance_id="one", kind="container", id="105", name="radarr")
        home.world.states["http://one:1"] = State(guests=(FULL,))
        clock.move(1)
        await inventory.poll_now("one")
        assert statuses(home) == {HEALTH: RESOLVED, MEMORY: FIRING}
        ended = next(one for one in home.handed[-1][1] if one.status is RESOLVED)
        assert (ended.starts_at, ended.ends_at) == (NOW, clock.now())
        await inventory.poll_now("one")
        assert statuses(home) == {MEMORY: FIRING}


@pytest.mark.parametrize(
    "state",
    [
        State(guests=(UNKNOWN,), wrong=None),  # it cannot be judged
        State(guests=(), wrong=None),  # it is not seen any more
        ServiceUnreachable("refused"),
    ],
)
async def test_a_problem_stays_while_nothing_shows_that_it_is_over(
    tmp_path: Path, state: State | Exception
) -> None:
    clock = ManualClock(NOW)
    home = rig(tmp_path, "one", clock=clock)
    home.world.states["http://one:1"] = State(guests=(FULL,), wrong="a")
    async with home as inventory:
        await read_once(home)
        home.world.states["http://one:1"] = state
        for _ in range(3):
            clock.move(60)
            await settle()
        assert statuses(home) == {HEALTH: FIRING, MEMORY: FIRING}
        home.world.states["http://one:1"] = State(guests=(FINE,))
        await inventory.poll_now("one")
        assert statuses(home) == {HEALTH: RESOLVED, MEMORY: RESOLVED}
        assert {one.starts_at for one in home.handed[-1][1]} == {NOW}, "it began once"


async def test_what_cannot_be_judged_begins_nothing(tmp_path: Path) -> None:
    home = rig(tmp_path, "one")
    home.world.states["http://one:1"] = State(guests=(UNKNOWN,), wrong=None)
    async with home:
        await read_once(home)
        assert home.handed == [("one", (), Completeness.PARTIAL)]


async def test_what_is_clear_at_the_first_poll_ends_what_the_store_may_hold(tmp_path: Path) -> None:
    home = rig(tmp_path, "one")
    home.world.states["http://one:1"] = State(guests=(FINE,))
    async with home as inventory:
        await read_once(home)
        assert statuses(home) == {HEALTH: RESOLVED, MEMORY: RESOLVED}
        for _ in range(3):
            await inventory.poll_now("one")
        assert [one[1:] for one in home.handed[1:]] == [((), Completeness.PARTIAL)], "said once"


DOWN = IncomingAlert(name="Down", status=FIRING, severity=Severity.CRITICAL, starts_at=NOW, labels={"a": "b"})


def monitored(tmp_path: Path, **more: object) -> InventoryRig:
    home = rig(tmp_path, **more)  # type: ignore[arg-type]
    home.configured = (configured("mon", service="monitor"),)
    home.world.states["http://mon:1"] = State(wrong=None)
    home.world.firing["http://mon:1"] = (DOWN,)
    return home


async def test_absent_alerts_have_ended_only_when_the_monitor_sees_everything(tmp_path: Path) -> None:
    home = monitored(tmp_path)
    async with home as inventory:
        await read_once(home)
        assert home.handed == [("mon", (DOWN,), Completeness.MONITOR)]
        home.world.firing["http://mon:1"] = ServiceUnauthorized("no alerts for you")
        await inventory.poll_now("mon")
        assert home.handed[-1] == ("mon", (), Completeness.PARTIAL)
        monitor = inventory.instance("mon")
        assert monitor is not None
        assert monitor.status is InstanceStatus.UNAUTHORIZED
        home.world.firing["http://mon:1"] = ()
        home.world.states["http://mon:1"] = State(wrong=None, missing_alerts="it has just started")
        await inventory.poll_now("mon")
        assert home.handed[-1] == ("mon", (), Completeness.PARTIAL)
        home.world.states["http://mon:1"] = State(wrong=None)
        await inventory.poll_now("mon")
        assert home.handed[-1] == ("mon", (), Completeness.MONITOR)
        await inventory.poll_now("mon")
        assert len(home.handed) == 5, "a monitor is passed on whenever it is read"


async def test_alerts_that_cannot_be_passed_on_come_again(tmp_path: Path) -> None:
    home = rig(tmp_path, "one")
    async with home as inventory:
        await read_once(home)
        home.world.states["http://one:1"] = State(wrong="a")
        await inventory.poll_now("one")
        home.fails_to_take = True
        home.world.states["http://one:1"] = State()
        await inventory.poll_now("one")
        home.fails_to_take = False
        await inventory.poll_now("one")
        assert statuses(home) == {HEALTH: RESOLVED}, "the end is passed on by the next poll"


# -- listeners -------------------------------------------------------------------------------


def listening(tmp_path: Path, clock: ManualClock) -> InventoryRig:
    world = World()
    services = {"thing": world.service(listen=world.listen)}
    return InventoryRig(tmp_path, world, services, (configured("one"),), clock=clock)


async def passes(clock: ManualClock, seconds: int) -> None:
    for _ in range(seconds):
        clock.move(1)
        await settle(20)


async def test_a_push_is_polled_at_once_and_an_alert_passed_on(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    home = listening(tmp_path, clock)
    async with home:
        await read_once(home)
        polls = home.world.polls["http://one:1"]
        home.world.pushes.put_nowait(POLL_NOW)
        await passes(clock, 2)
        assert home.world.polls["http://one:1"] == polls + 1
        home.world.pushes.put_nowait(DOWN)
        await settle()
        assert home.handed[-1] == ("one", (DOWN,), Completeness.PARTIAL)
        assert home.world.listeners == 1


@pytest.mark.parametrize("end", [None, ServiceUnreachable("gone"), KeyError("defect")])
async def test_a_listener_that_ends_connects_again_later_and_later(
    tmp_path: Path, end: Exception | None
) -> None:
    clock = ManualClock(NOW)
    home = listening(tmp_path, clock)
    async with home:
        await read_once(home)
        assert home.world.listeners == 1
        home.world.pushes.put_nowait(end)
        await settle()
        assert home.world.listeners == 1, "not at once"
        await passes(clock, 3)
        assert home.world.listeners == 2
        for _ in range(20):
            home.world.pushes.put_nowait(end)
        await passes(clock, 60)
        assert 4 <= home.world.listeners <= 8, "the delay grows"
        one = home.inventory.instance("one")
        assert one is not None
        assert one.status is InstanceStatus.OK, "polling goes on"


async def test_a_push_during_a_poll_is_not_lost(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    home = listening(tmp_path, clock)
    async with home:
        await read_once(home)
        home.world.hanging.add("http://one:1")
        home.world.pushes.put_nowait(POLL_NOW)
        await passes(clock, 2)
        polls = home.world.polls["http://one:1"]
        home.world.pushes.put_nowait(POLL_NOW)
        await settle()
        home.world.hanging.clear()
        home.world.released.set()
        await passes(clock, 2)
        assert home.world.polls["http://one:1"] == polls + 1


async def test_many_pushes_are_few_polls(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    home = listening(tmp_path, clock)
    async with home:
        await read_once(home)
        polls = home.world.polls["http://one:1"]
        for _ in range(50):
            home.world.pushes.put_nowait(POLL_NOW)
            clock.move(0.1)
            await settle(20)
        assert home.world.polls["http://one:1"] - polls <= 6, "once a second"


# -- what else is asked ----------------------------------------------------------------------


async def test_what_is_missing_is_in_the_snapshot(tmp_path: Path) -> None:
    home = rig(tmp_path, "one")
    home.world.states["http://one:1"] = State(gaps=("disks",))
    async with home as inventory:
        await read_once(home)
        found = inventory.snapshot("one")
        assert found is not None
        assert [gap.part for gap in found.coverage.gaps] == ["disks"]


async def test_a_guest_of_ours_is_not_interrupted_unseen(tmp_path: Path) -> None:
    world = World()
    services = {"thing": world.service(), "home_assistant": world.service("home_assistant")}
    home = InventoryRig(
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
    async with home as inventory:
        await read_once(home)
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
        whole = inventory.target("pve")
        assert whole is not None
        assert inventory.interruption(whole) is not None, "what contains them is interrupted with them"
        world.states["http://pve:1"] = State(guests=(Guest("101", "steward", 0.1),))
        await inventory.poll_now("pve")
        assert inventory.interruption(whole) == "Homelab Steward runs in it"
        world.states["http://pve:1"] = State()
        await inventory.poll_now("pve")
        assert inventory.interruption(whole) is None


async def test_readings_of_targets(tmp_path: Path) -> None:
    home = rig(tmp_path, "one")
    home.world.states["http://one:1"] = State(guests=(Guest("105", "radarr", 0.9),))
    async with home as inventory:
        assert inventory.readings(TargetRef(instance_id="one", kind="instance", id="one", name="")) == {}
        await read_once(home)
        instance = inventory.target("one", None)
        guest = inventory.target("one", "container", "105")
        assert instance is not None
        assert guest is not None
        assert inventory.readings(instance) == {"load": 0.5}
        assert inventory.readings(guest) == {"memory": 0.9}
        home.world.states["http://one:1"] = State(guests=(Guest("105", "radarr", None),))
        await inventory.poll_now("one")
        assert inventory.readings(guest) == {"memory": Unknown("The service does not report it")}
        assert inventory.target("one", "container", "999") is None
        assert inventory.target("two", None) is None
        home.world.states["http://one:1"] = State()
        await inventory.poll_now("one")
        assert inventory.readings(guest) == {}
        assert inventory.target("one", "container", "105") is None


async def test_polls_are_measured(tmp_path: Path) -> None:
    home = rig(tmp_path, "one")
    async with home:
        await read_once(home)
        assert 'steward_poll_seconds_count{service="thing",status="ok"} 1.0' in home.metrics.text().decode()
