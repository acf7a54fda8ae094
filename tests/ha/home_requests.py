"""Requests of the app to Home Assistant, and what they are about."""

from collections.abc import Callable
from typing import Any

from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant, ServiceCall, callback
from homeassistant.helpers import issue_registry as ir
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.errors import ErrorCode
from custom_components.homelab_steward.contract.home import (
    HomePart,
    HomeQuery,
    HomeReply,
    HomeReport,
    HomeResult,
)

FIRMWARE = "update.switch_firmware"
CHECK = "custom_components.homelab_steward.home_calls.async_check_ha_config_file"


async def report(steward: FakeSteward, *parts: HomePart) -> HomeReport:
    found = (await steward.request_home(HomeQuery.REPORT, *parts)).report
    assert found is not None
    return found


async def call(steward: FakeSteward, action: str, target: str | None = None) -> HomeReply:
    return await steward.request_home(HomeQuery.CALL, action=action, target=target)


async def refused(steward: FakeSteward, action: str, target: str | None = None) -> tuple[ErrorCode, str]:
    reply = await call(steward, action, target)
    assert reply.refusal is not None
    return reply.refusal.code, reply.refusal.message


async def done(steward: FakeSteward, action: str, target: str | None = None) -> HomeResult:
    reply = await call(steward, action, target)
    assert reply.result is not None, reply.refusal
    return reply.result


def kept_in[T](kept: list[T]) -> Callable[[T], None]:
    """Return a listener that keeps what it is called with."""

    @callback
    def keep(one: T) -> None:
        kept.append(one)

    return keep


def set_update(hass: HomeAssistant, state: str = "on", **changes: Any) -> None:
    attributes = {
        "title": "Switch",
        "installed_version": "1.0",
        "latest_version": "1.1",
        "in_progress": False,
        "release_url": "https://example.org/1.1",
        "supported_features": 1 | 8,
    }
    hass.states.async_set(FIRMWARE, state, attributes | changes)


def create_issue(hass: HomeAssistant, domain: str = "hue", **changes: Any) -> None:
    values: dict[str, Any] = {
        "is_fixable": True,
        "severity": ir.IssueSeverity.CRITICAL,
        "translation_key": "bridge_old",
    }
    ir.async_create_issue(hass, domain, "old", **(values | changes))


def register(hass: HomeAssistant, domain: str, service: str, action: Callable[[ServiceCall], Any]) -> None:
    hass.services.async_register(domain, service, action)


async def set_options(hass: HomeAssistant, entry: MockConfigEntry, **options: bool) -> None:
    hass.config_entries.async_update_entry(entry, options=options)
    await hass.async_block_till_done()
