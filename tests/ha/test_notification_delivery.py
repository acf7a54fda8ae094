"""Requests reach the phones: through restarts, selections, and phones that cannot be notified."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import rows
from conftest import Until
from fake_push import FakePush
from fake_steward import FakeSteward
from homeassistant.core import Context, CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from phones import TestPhone, connect, press, register_phone
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from waiting import pass_seconds, pass_time

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.incidents import ApprovalStatus
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.notifications.confirmations import MOST_SENT
from custom_components.homelab_steward.notifications.ledger import IN_TRANSIT


async def test_a_restart_sends_nothing_twice_and_keeps_the_buttons(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    button = push.button("pixel", "ask1", "1")
    await hass.config_entries.async_unload(asked.entry_id)
    assert await hass.config_entries.async_setup(asked.entry_id)
    await hass.async_block_till_done()
    await asyncio.sleep(0.1)
    assert len(push.of("pixel")) == 1
    await press(hass, pixel.user, button)
    await until(lambda: steward.asked(Command.DECIDE))
    assert steward.asked(Command.DECIDE)[0].plan_hash == "hash1"


async def test_a_decision_during_a_restart_is_shown_at_the_start(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    until: Until,
) -> None:
    await hass.config_entries.async_unload(asked.entry_id)
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval(
        status=ApprovalStatus.APPROVED, decision=rows.decision()
    )
    assert await hass.config_entries.async_setup(asked.entry_id)
    await until(lambda: "decided by Robin" in push.of("pixel")[-1]["message"])
    assert len(push.of("pixel")) == 2


async def test_nothing_is_sent_before_home_assistant_has_started(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    pixel: TestPhone,
    push: FakePush,
    until: Until,
) -> None:
    hass.set_state(CoreState.starting)
    hass.config_entries.async_update_entry(entry, options={"phones": [pixel.device_id]})
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await asyncio.sleep(0.05)
    assert push.of("pixel") == []
    hass.set_state(CoreState.running)
    hass.bus.async_fire("homeassistant_started")
    await until(lambda: push.shown("pixel", "ask1"))


async def test_a_phone_selected_later_gets_the_request(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    until: Until,
) -> None:
    user = MockUser().add_to_hass(hass)
    tablet = await register_phone(hass, push.url, user, token="tablet")
    phones = [*asked.options["phones"], tablet.device_id]
    hass.config_entries.async_update_entry(asked, options={"phones": phones})
    await until(lambda: push.shown("tablet", "ask1"))
    assert len(push.of("pixel")) == 1


async def test_a_phone_that_cannot_be_notified_is_reported_and_retried(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
    issue_registry: ir.IssueRegistry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    connect(hass, pixel, by_cloud=False)
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    key = (DOMAIN, f"phone_{asked.entry_id}_{pixel.device_id}")
    await until(lambda: push.shown("iphone", "ask2") and issue_registry.async_get_issue(*key))
    issue = issue_registry.async_get_issue(*key)
    assert issue is not None
    assert issue.translation_placeholders is not None
    assert issue.translation_placeholders["phone"] == "pixel phone"
    assert "pixel phone cannot be notified" in caplog.text
    connect(hass, pixel, by_cloud=True)
    pass_seconds(hass, 61)
    await until(lambda: push.shown("pixel", "ask2"))
    await until(lambda: issue_registry.async_get_issue(*key) is None)
    assert (push.shown("pixel", "ask2") or {})["data"]["importance"] == "high"


async def test_the_issue_of_a_deselected_phone_is_deleted(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    iphone: TestPhone,
    until: Until,
    issue_registry: ir.IssueRegistry,
) -> None:
    connect(hass, pixel, by_cloud=False)
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    key = (DOMAIN, f"phone_{asked.entry_id}_{pixel.device_id}")
    await until(lambda: issue_registry.async_get_issue(*key))
    hass.config_entries.async_update_entry(asked, options={"phones": [iphone.device_id]})
    await until(lambda: issue_registry.async_get_issue(*key) is None)
    pass_seconds(hass, 11 * 60)
    await hass.async_block_till_done()
    assert issue_registry.async_get_issue(*key) is None


def confirm(hass: HomeAssistant, phone: TestPhone, tag: str, **changes: Any) -> None:
    """Send what Android's companion app sends when a notification arrives."""
    data = {"tag": tag, "device_id": f"device-{phone.token}"} | changes.pop("data", {})
    user = changes.pop("user", phone.user)
    hass.bus.async_fire("mobile_app_notification_received", data, context=Context(user_id=user.id))


def is_sent(entry: MockConfigEntry, phone: TestPhone, tag: str) -> bool:
    """Return whether a request was sent: time must not go on while it is being sent."""
    record = entry.runtime_data.notifications.ledger.of(tag, phone.device_id)
    return record.shown not in (None, IN_TRANSIT)


async def test_a_request_that_a_phone_does_not_confirm_is_sent_again(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    iphone: TestPhone,
    until: Until,
    issue_registry: ir.IssueRegistry,
) -> None:
    """A push server that refuses raises no error in Home Assistant."""
    key = (DOMAIN, f"phone_{asked.entry_id}_{pixel.device_id}")
    assert (push.shown("pixel", "ask1") or {})["data"]["confirmation"] is True
    assert "confirmation" not in (push.shown("iphone", "ask1") or {})["data"]
    confirm(hass, pixel, "ask1")
    push.refused.add("pixel")
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await until(lambda: is_sent(asked, pixel, "ask2"))
    confirm(hass, pixel, "ask1")
    confirm(hass, pixel, "ask2", user=iphone.user)
    confirm(hass, pixel, "ask2", data={"device_id": "another"})
    assert issue_registry.async_get_issue(*key) is None
    now = dt_util.utcnow()
    pass_time(hass, now + timedelta(minutes=11))
    await until(lambda: issue_registry.async_get_issue(*key))
    assert issue_registry.async_get_issue(DOMAIN, f"phone_{asked.entry_id}_{iphone.device_id}") is None
    push.refused.clear()
    pass_time(hass, now + timedelta(minutes=13))
    await until(lambda: push.shown("pixel", "ask2"))
    assert (push.shown("pixel", "ask2") or {})["data"]["importance"] == "high"
    assert issue_registry.async_get_issue(*key), "sent is not arrived"
    confirm(hass, pixel, "ask2")
    await until(lambda: issue_registry.async_get_issue(*key) is None)


async def test_a_phone_that_is_switched_off_gets_a_request_a_few_times_only(
    hass: HomeAssistant, asked: MockConfigEntry, push: FakePush, until: Until, pixel: TestPhone
) -> None:
    sent, later = push.counter("pixel"), dt_util.utcnow()
    for count in range(1, MOST_SENT + 4):
        expected = min(count, MOST_SENT)
        await until(lambda expected=expected: sent() == expected and is_sent(asked, pixel, "ask1"))
        for _ in range(2):
            later += timedelta(minutes=16)
            pass_time(hass, later)
            await hass.async_block_till_done()
    asked.runtime_data.notifications.retry(pixel.device_id)
    await until(lambda: sent() == MOST_SENT + 1)


async def test_a_phone_becomes_reachable_when_its_action_appears(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    pixel: TestPhone,
    push: FakePush,
    until: Until,
) -> None:
    await hass.config_entries.async_unload(pixel.entry.entry_id)
    hass.config_entries.async_update_entry(entry, options={"phones": [pixel.device_id]})
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert push.of("pixel") == []
    assert await hass.config_entries.async_setup(pixel.entry.entry_id)
    await until(lambda: push.shown("pixel", "ask1"))


async def test_a_phone_without_push_is_reported(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    pixel: TestPhone,
    until: Until,
    issue_registry: ir.IssueRegistry,
) -> None:
    data = {**pixel.entry.data, "app_data": {}}
    hass.config_entries.async_update_entry(pixel.entry, data=data)
    await hass.config_entries.async_reload(pixel.entry.entry_id)
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    key = (DOMAIN, f"phone_{asked.entry_id}_{pixel.device_id}")
    await until(lambda: issue_registry.async_get_issue(*key))
    issue = issue_registry.async_get_issue(*key)
    assert issue is not None
    assert (issue.translation_placeholders or {})["reason"] == "The phone takes no notifications"


async def test_a_slow_phone_delays_no_other(
    steward: FakeSteward, asked: MockConfigEntry, push: FakePush, until: Until
) -> None:
    push.slow["pixel"] = asyncio.Event()
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await until(lambda: push.shown("iphone", "ask2"))
    assert push.shown("pixel", "ask2") is None
    push.slow["pixel"].set()
    await until(lambda: push.shown("pixel", "ask2"))


async def test_a_removed_phone_is_reported(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    pixel: TestPhone,
    push: FakePush,
    until: Until,
    issue_registry: ir.IssueRegistry,
) -> None:
    await hass.config_entries.async_remove(pixel.entry.entry_id)
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await until(lambda: push.shown("iphone", "ask2"))
    await until(lambda: issue_registry.async_get_issue(DOMAIN, f"phone_{asked.entry_id}_{pixel.device_id}"))


async def test_the_integration_works_without_the_mobile_app(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    until: Until,
    issue_registry: ir.IssueRegistry,
) -> None:
    hass.config_entries.async_update_entry(entry, options={"phones": ["nowhere"]})
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: issue_registry.async_get_issue(DOMAIN, f"phone_{entry.entry_id}_nowhere"))
    state = hass.states.get("sensor.homelab_steward_pending_approvals")
    assert state is not None
    assert state.state == "1"
