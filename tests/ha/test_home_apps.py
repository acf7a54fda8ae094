"""The apps of Home Assistant OS, batteries and the database: what the app reads of them and may change."""

import asyncio
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.components.hassio.const import DATA_ADDONS_INFO, DATA_ADDONS_LIST, DATA_COMPONENT
from homeassistant.components.hassio.handler import HassioAPIError
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.recorder import async_initialize_recorder
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.errors import ErrorCode
from custom_components.homelab_steward.contract.home import (
    HomeAction,
    HomeApp,
    HomePart,
    HomeQuery,
    HomeReply,
    HomeReport,
)

BROKER = "core_mosquitto"


@dataclass
class Addon:
    """What the Supervisor integration keeps of an app, as far as it is read."""

    slug: str
    name: str
    state: str
    version: str = "6.5.2"
    boot: str = "auto"
    supervisor_api: bool = False
    supervisor_role: str = "default"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class Supervisor:
    """Answers requests for logs."""

    def __init__(self) -> None:
        self.log = "one\ntwo"
        self.asked: list[tuple[str, Any]] = []
        self.is_broken = False

    async def send_command(self, command: str, *, params: Any, **_: Any) -> str:
        self.asked.append((command, params))
        if self.is_broken:
            raise HassioAPIError("the journal is not available")
        return self.log


@pytest.fixture
def supervisor(hass: HomeAssistant) -> Supervisor:
    """A Supervisor with three apps, one of which is the steward."""
    found = Supervisor()
    hass.config.components.add("hassio")
    hass.data[DATA_COMPONENT] = found  # type: ignore[assignment]
    hass.data[DATA_ADDONS_INFO] = {
        one.slug: one  # type: ignore[misc]
        for one in (
            Addon(BROKER, "Mosquitto broker", "started"),
            Addon("a0d7b954_vpn", "VPN", "stopped", boot="manual"),
            Addon("1234_homelab_steward", "Homelab Steward", "started"),
        )
    }
    hass.data[DATA_ADDONS_LIST] = []
    return found


async def report(steward: FakeSteward, *parts: HomePart) -> HomeReport:
    found = (await steward.request_home(HomeQuery.REPORT, *parts)).report
    assert found is not None
    return found


async def log_of(steward: FakeSteward, app: str) -> HomeReply:
    return await steward.request_home(HomeQuery.APP_LOG, app=app)


async def test_apps_are_read_without_the_steward_itself(
    steward: FakeSteward, loaded: MockConfigEntry, supervisor: Supervisor
) -> None:
    found = await report(steward, HomePart.APPS)
    assert found.apps == (
        HomeApp(id=BROKER, name="Mosquitto broker", state="started", version="6.5.2", starts=True),
        HomeApp(id="a0d7b954_vpn", name="VPN", state="stopped", version="6.5.2", starts=False),
    )
    assert found.gaps == ()


async def test_what_the_supervisor_did_not_say_is_a_gap(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, supervisor: Supervisor
) -> None:
    hass.data[DATA_ADDONS_INFO]["a0d7b954_vpn"] = None
    found = await report(steward, HomePart.APPS)
    assert [one.reason for one in found.gaps] == ["1 of 3 apps could not be read"]
    del hass.data[DATA_ADDONS_INFO]
    found = await report(steward, HomePart.APPS)
    assert [one.reason for one in found.gaps] == ["The Supervisor integration is starting"]


async def test_without_a_supervisor_there_are_no_apps(steward: FakeSteward, loaded: MockConfigEntry) -> None:
    found = await report(steward, HomePart.APPS)
    assert (found.apps, found.gaps) == ((), ())
    reply = await log_of(steward, BROKER)
    assert reply.refusal is not None
    assert reply.refusal.code is ErrorCode.NOT_FOUND


async def test_the_log_of_an_app_is_read(
    steward: FakeSteward, loaded: MockConfigEntry, supervisor: Supervisor
) -> None:
    supervisor.log = "x" * 70_000 + "end"
    reply = await log_of(steward, BROKER)
    assert reply.result is not None
    assert len(reply.result.text) == 60_000
    assert reply.result.text.endswith("end")
    assert supervisor.asked == [(f"/addons/{BROKER}/logs", {"lines": "100", "no_colors": ""})]
    supervisor.is_broken = True
    reply = await log_of(steward, BROKER)
    assert reply.refusal is not None
    assert "the journal is not available" in reply.refusal.message
    for other in ("../core", "1234_homelab_steward"):
        reply = await log_of(steward, other)
        assert reply.refusal is not None
        assert reply.refusal.code is ErrorCode.NOT_FOUND


@pytest.mark.parametrize(
    ("action", "service"),
    [
        (HomeAction.START_APP, "app_start"),
        (HomeAction.STOP_APP, "app_stop"),
        (HomeAction.RESTART_APP, "app_restart"),
    ],
)
async def test_an_app_is_changed_and_the_job_is_reported(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    supervisor: Supervisor,
    action: HomeAction,
    service: str,
) -> None:
    calls: list[ServiceCall] = []
    hass.services.async_register("hassio", service, calls.append)
    reply = await steward.request_home(HomeQuery.CALL, action=action, target=BROKER)
    assert reply.result is not None
    assert calls[0].data == {"app": BROKER}
    (job,) = (await report(steward)).jobs
    assert (job.action, job.target, job.failure) == (action, BROKER, None)
    assert job.begun_at.isoformat() == reply.result.handle
    assert job.ended_at is not None
    for other in ("unknown", "1234_homelab_steward"):
        reply = await steward.request_home(HomeQuery.CALL, action=action, target=other)
        assert reply.refusal is not None
        assert reply.refusal.code is ErrorCode.NOT_FOUND


async def test_a_job_that_fails_later_is_reported(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    supervisor: Supervisor,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("custom_components.homelab_steward.home_calls.FINISHES_WITHIN", 0)
    fails = asyncio.Event()

    async def restart(_: ServiceCall) -> None:
        await fails.wait()
        raise HomeAssistantError("the container cannot be started")

    hass.services.async_register("hassio", "app_restart", restart)
    reply = await steward.request_home(HomeQuery.CALL, action=HomeAction.RESTART_APP, target=BROKER)
    assert reply.result is not None
    (job,) = (await report(steward)).jobs
    assert (job.ended_at, job.failure) == (None, None)
    fails.set()
    await hass.async_block_till_done()
    (job,) = (await report(steward)).jobs
    assert job.ended_at is not None
    assert job.failure == "the container cannot be started"


async def test_batteries_but_those_of_phones(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    phone = er.async_get(hass).async_get_or_create("sensor", "mobile_app", "1", suggested_object_id="phone")
    battery = {"device_class": "battery", "unit_of_measurement": "%"}
    for key, state in (
        (phone.entity_id, "3"),
        ("sensor.window", "71"),
        ("sensor.door", "unavailable"),
        ("sensor.odd", "nan"),
        ("binary_sensor.smoke", "on"),
    ):
        hass.states.async_set(key, state, battery)
    hass.states.async_set("sensor.plug", "12", {"device_class": "power"})
    found = {one.id: (one.level, one.is_low) for one in (await report(steward, HomePart.BATTERIES)).batteries}
    assert found == {
        "sensor.window": (71.0, None),
        "sensor.door": (None, None),
        "sensor.odd": (None, None),
        "binary_sensor.smoke": (None, True),
    }


async def test_without_a_recorder_the_database_is_a_gap(
    steward: FakeSteward, loaded: MockConfigEntry
) -> None:
    found = await report(steward, HomePart.DATABASE)
    assert found.database is None
    assert [one.reason for one in found.gaps] == ["The recorder integration is not set up"]
    reply = await steward.request_home(HomeQuery.CALL, action=HomeAction.PURGE_DATABASE)
    assert reply.refusal is not None
    assert reply.refusal.code is ErrorCode.INVALID_ARGUMENT


async def test_the_database_is_read_and_purged(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, tmp_path: Path
) -> None:
    async_initialize_recorder(hass)
    options = {"db_url": f"sqlite:///{tmp_path}/home.db", "purge_keep_days": 7}
    assert await async_setup_component(hass, "recorder", {"recorder": options})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    found = await report(steward, HomePart.DATABASE)
    assert found.gaps == ()
    assert found.database is not None
    assert found.database.size is not None
    assert found.database.size > 0
    assert found.database.keep_days == 7
    assert (await report(steward, HomePart.DATABASE)).database is not None, "it is kept for some minutes"
    assert (found.database.disk_size or 0) > (found.database.disk_free or 0) > 0
    reply = await steward.request_home(HomeQuery.CALL, action=HomeAction.PURGE_DATABASE)
    assert reply.result is not None, reply.refusal
    await hass.async_block_till_done()
    (job,) = (await report(steward)).jobs
    assert (job.action, job.target, job.failure) == (HomeAction.PURGE_DATABASE, "", None)
