"""Phones registered through the real mobile app integration."""

from dataclasses import dataclass
from typing import Any

from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.commands import ReportRefusal
from custom_components.homelab_steward.contract.protocol import Command


@dataclass(frozen=True)
class TestPhone:
    """A registered phone: its device and its push token."""

    __test__ = False

    token: str
    device_id: str
    user: User
    entry: MockConfigEntry


async def register_phone(
    hass: HomeAssistant, push_url: str, user: User, *, token: str, manufacturer: str = "Google"
) -> TestPhone:
    """Register a phone as the companion app does."""
    assert await async_setup_component(hass, "mobile_app", {})
    entry = MockConfigEntry(
        domain="mobile_app",
        title=f"{token} phone",
        data={
            "app_data": {"push_token": token, "push_url": push_url},
            "app_id": "io.example.app",
            "app_name": "Example",
            "app_version": "1",
            "device_id": f"device-{token}",
            "device_name": f"{token} phone",
            "manufacturer": manufacturer,
            "model": "Model",
            "os_name": "OS",
            "os_version": "1",
            "supports_encryption": False,
            "user_id": user.id,
            "webhook_id": f"webhook-{token}",
        },
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    device = dr.async_get(hass).async_get_device_by_identifier(
        ("mobile_app", f"device-{token}"), entry.entry_id
    )
    assert device is not None
    return TestPhone(token=token, device_id=device.id, user=user, entry=entry)


def connect(hass: HomeAssistant, phone: TestPhone, *, by_cloud: bool) -> None:
    """Let a phone take notifications from the push server, or only over a channel that is not open."""
    app_data = phone.entry.data["app_data"] | {"push_websocket_channel": True}
    url = app_data.pop("push_url", None) or app_data.pop("kept_url")
    app_data |= {"push_url": url} if by_cloud else {"kept_url": url}
    hass.config_entries.async_update_entry(phone.entry, data={**phone.entry.data, "app_data": app_data})


async def press(hass: HomeAssistant, user: User | None, action: str, **more: Any) -> None:
    """Send what the companion app sends when a button is pressed."""
    hass.bus.async_fire(
        "mobile_app_notification_action",
        {"action": action, **more},
        context=Context(user_id=user.id if user else None),
    )
    await hass.async_block_till_done()


def reports(steward: FakeSteward) -> list[ReportRefusal]:
    """Return the refused presses that were reported to the app."""
    return [one for one in steward.asked(Command.REPORT_REFUSAL) if isinstance(one, ReportRefusal)]
