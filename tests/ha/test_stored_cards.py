"""Cards are stored before they are sent, so that none is lost or sent twice."""

import asyncio
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import rows
from conftest import Until
from fake_push import FakePush, titles
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant
from phones import TestPhone, connect, press
from pytest_homeassistant_custom_component.common import MockConfigEntry
from waiting import becomes, pass_seconds

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.incidents import ApprovalStatus
from custom_components.homelab_steward.contract.protocol import RowKind
from custom_components.homelab_steward.notifications.ledger import IN_TRANSIT, Ledger, Record

type Stored = dict[tuple[str, str], dict[str, Any]]


def stored(hass_storage: dict[str, Any], entry: MockConfigEntry) -> Stored:
    """Return the records on disk, by request and phone."""
    written = hass_storage.get(f"{DOMAIN}.{entry.entry_id}.cards", {"data": {"records": []}})
    return {(one["approval_id"], one["device_id"]): one for one in written["data"]["records"]}


async def test_a_card_is_stored_before_it_is_sent(
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
    hass_storage: dict[str, Any],
) -> None:
    push.slow["pixel"] = asyncio.Event()
    await steward.push(RowKind.APPROVAL, rows.approval("ask2"))
    await until(lambda: any(one["data"]["tag"] == "ask2" for one in push.arrived))
    record = stored(hass_storage, asked)["ask2", pixel.device_id]
    assert (record["shown"], set(record["plans"])) == (IN_TRANSIT, {"1", "2", "3"})
    push.slow["pixel"].set()
    await until(lambda: push.shown("pixel", "ask2"))
    assert push.button("pixel", "ask2", "1").endswith(f"|{record['nonce']}")


async def test_details_are_stored_before_they_are_sent(
    hass: HomeAssistant,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
    hass_storage: dict[str, Any],
) -> None:
    before = len(push.arrived)
    push.slow["pixel"] = asyncio.Event()
    action = push.button("pixel", "ask1", "details")
    pressed = asyncio.create_task(press(hass, pixel.user, action))
    await becomes(lambda: len(push.arrived) > before)
    record = stored(hass_storage, asked)["ask1", pixel.device_id]
    push.slow["pixel"].set()
    await pressed
    await until(lambda: len(push.of("pixel")) == 3)
    assert not action.endswith(f"|{record['nonce']}")
    assert push.button("pixel", "ask1", "1").endswith(f"|{record['nonce']}")


async def test_a_card_in_transit_is_sent_again_with_the_same_secret(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
    hass_storage: dict[str, Any],
) -> None:
    """Home Assistant stopped before it knew whether the card arrived."""
    on_its_way = Record(approval_id="ask1", device_id=pixel.device_id, shown=IN_TRANSIT, nonce="s" * 24)
    key = f"{DOMAIN}.{entry.entry_id}.cards"
    data = {"records": [on_its_way.plain()]}
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}
    hass.config_entries.async_update_entry(entry, options={"phones": [pixel.device_id]})
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: push.shown("pixel", "ask1"))
    assert push.button("pixel", "ask1", "1").endswith("|" + "s" * 24)


async def test_a_card_in_transit_that_was_decided_shows_the_decision(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
    hass_storage: dict[str, Any],
) -> None:
    """Otherwise its buttons would stay on the phone."""
    on_its_way = Record(approval_id="ask1", device_id=pixel.device_id, shown=IN_TRANSIT, nonce="s" * 24)
    key = f"{DOMAIN}.{entry.entry_id}.cards"
    data = {"records": [on_its_way.plain()]}
    hass_storage[key] = {"version": 1, "minor_version": 1, "key": key, "data": data}
    hass.config_entries.async_update_entry(entry, options={"phones": [pixel.device_id]})
    decided = rows.approval(status=ApprovalStatus.APPROVED, decision=rows.decision())
    steward.rows[RowKind.APPROVAL]["ask1"] = decided
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: push.shown("pixel", "ask1"))
    assert titles(push.shown("pixel", "ask1") or {}) == []


async def test_a_decision_that_could_not_be_sent_is_sent_again(
    hass: HomeAssistant,
    steward: FakeSteward,
    asked: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    connect(hass, pixel, by_cloud=False)
    decided = rows.approval(status=ApprovalStatus.APPROVED, decision=rows.decision())
    await steward.push(RowKind.APPROVAL, decided)
    await until(lambda: asked.runtime_data.notifications._retries)
    connect(hass, pixel, by_cloud=True)
    pass_seconds(hass, 61)
    await until(lambda: titles(push.shown("pixel", "ask1") or {}) == [])


async def test_many_cards_at_once_are_saved_once(
    hass: HomeAssistant,
    steward: FakeSteward,
    entry: MockConfigEntry,
    push: FakePush,
    pixel: TestPhone,
    until: Until,
) -> None:
    hass.config_entries.async_update_entry(entry, options={"phones": [pixel.device_id]})
    for number in range(30):
        steward.rows[RowKind.APPROVAL][f"ask{number}"] = rows.approval(f"ask{number}")
    with patch.object(Ledger, "async_save", autospec=True, side_effect=Ledger.async_save) as save:
        assert await hass.config_entries.async_setup(entry.entry_id)
        await until(lambda: len(push.of("pixel")) == 30)
    assert save.call_count == 1


async def test_old_records_are_dropped(asked: MockConfigEntry) -> None:
    ledger = asked.runtime_data.notifications.ledger
    first = ledger.of("ask1", "phone")
    for number in range(300):
        ledger.put(replace(first, approval_id=f"ask{number}"))
    assert len(tuple(ledger.records())) == 200
