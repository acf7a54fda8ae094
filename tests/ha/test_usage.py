"""What was sent to models outside, and how much of the daily limits is left."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry
from waiting import pass_time

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.model_limits import LimitUse
from custom_components.homelab_steward.contract.protocol import RowKind
from custom_components.homelab_steward.contract.records import LedgerRecord
from custom_components.homelab_steward.contract.usage import ModelUse, Usage

SENT = "sensor.homelab_steward_sent_to_models_outside_today"
QUOTA = "sensor.homelab_steward_daily_quota_left"


def usage(models: Iterable[ModelUse] = (), sent_out: int = 0, days_ago: int = 0) -> Usage:
    now = dt_util.now()
    last = LedgerRecord(
        id=1,
        at=now,
        deployment="gemini",
        tier="cloud",
        task="chat",
        bytes=900,
        privacy="public",
        masked=2,
        digest="d",
    )
    return Usage(
        day=(now - timedelta(days=days_ago)).date().isoformat(),
        models=tuple(models),
        sent_out=sent_out,
        last_sent=last if sent_out else None,
    )


def daily(used: int, limit: int) -> tuple[LimitUse, ...]:
    return (LimitUse(kind="daily_requests", used=used, limit=limit),)


def shown(hass: HomeAssistant, entity_id: str) -> State:
    state = hass.states.get(entity_id)
    assert state
    return state


async def test_nothing_is_known_before_the_app_says_it(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    assert (shown(hass, SENT).state, shown(hass, QUOTA).state) == ("unknown", "unknown")
    assert shown(hass, QUOTA).attributes["models"] == []


async def test_what_was_sent_out_and_what_is_left(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    models = [
        ModelUse(deployment="ollama", tier="local", used=900),
        ModelUse(deployment="gemini", tier="cloud", used=30, limit=50, limits=daily(30, 50)),
        ModelUse(deployment="claude", tier="premium", used=1, limit=10, limits=daily(1, 10)),
        ModelUse(deployment="full", tier="cloud", limit=0, limits=daily(0, 0)),
    ]
    await steward.push(RowKind.USAGE, usage(models, sent_out=31))
    await until(lambda: shown(hass, SENT).state == "31")
    attributes = shown(hass, SENT).attributes
    assert (attributes["deployment"], attributes["masked"]) == ("gemini", 2)
    quota = shown(hass, QUOTA)
    assert (quota.state, quota.attributes["unit_of_measurement"]) == ("40", "%")
    assert quota.attributes["models"][1] == {
        "deployment": "gemini",
        "used": 30,
        "limit": 50,
        "tokens": 0,
        "cost": 0.0,
        "limits": {"daily_requests": {"used": 30.0, "limit": 50.0}},
    }
    await steward.stop()
    await until(lambda: shown(hass, SENT).state == "unavailable")
    steward.rows[RowKind.USAGE] = {"models": usage(models, sent_out=32)}
    steward.restart_as("second")
    await steward.start()
    await until(lambda: shown(hass, SENT).state == "32")


async def test_the_cost_is_shown_to_who_turns_it_on(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> None:
    assert await hass.config_entries.async_setup(entry.entry_id)
    registry, key = er.async_get(hass), "sensor.homelab_steward_cost_of_models_today"
    assert registry.entities[key].disabled
    registry.async_update_entity(key, disabled_by=None)
    steward.rows[RowKind.USAGE]["models"] = replace(usage(), cost=1.5)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: hass.states.is_state(key, "1.5"))
    await steward.push(RowKind.USAGE, replace(usage(days_ago=1), cost=2.5))
    await until(lambda: hass.states.is_state(key, "0.0"))


async def test_private_text_that_left_would_be_seen(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    key = "sensor.homelab_steward_private_texts_sent_outside_today"
    assert hass.states.is_state(key, "unknown")
    await steward.push(RowKind.USAGE, usage(sent_out=3))
    await until(lambda: hass.states.is_state(key, "0"))
    await steward.push(RowKind.USAGE, replace(usage(sent_out=3), private_sent=1))
    await until(lambda: hass.states.is_state(key, "1"))
    await steward.push(RowKind.USAGE, replace(usage(days_ago=1), private_sent=1))
    await until(lambda: hass.states.is_state(key, "0"))


async def test_more_than_the_limit_leaves_nothing(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    over = ModelUse(deployment="gemini", tier="cloud", used=60, limit=50, limits=daily(60, 50))
    await steward.push(RowKind.USAGE, usage([over]))
    await until(lambda: shown(hass, QUOTA).state == "0")


async def test_yesterday_does_not_count(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    model = ModelUse(deployment="gemini", tier="cloud", used=30, limit=50, limits=daily(30, 50))
    await steward.push(RowKind.USAGE, usage([model], sent_out=30, days_ago=1))
    await until(lambda: shown(hass, QUOTA).state == "100")
    assert shown(hass, SENT).state == "0"
    assert shown(hass, SENT).attributes["deployment"] == "gemini"


async def test_a_new_day_begins_at_zero(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await steward.push(RowKind.USAGE, usage(sent_out=3))
    await until(lambda: shown(hass, SENT).state == "3")
    tomorrow: Any = dt_util.now() + timedelta(days=1)
    monkeypatch.setattr("custom_components.homelab_steward.steward_sensors.dt_util.now", lambda: tomorrow)
    pass_time(hass, tomorrow)
    await until(lambda: shown(hass, SENT).state == "0")


async def test_a_limit_that_is_nearly_used_up_is_an_issue_until_it_begins_again(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    def issue() -> ir.IssueEntry | None:
        return ir.async_get(hass).async_get_issue(DOMAIN, f"model_limit_{loaded.entry_id}")

    def gemini(used: int) -> ModelUse:
        return ModelUse(deployment="gemini", tier="cloud", used=used, limit=50, limits=daily(used, 50))

    await steward.push(RowKind.USAGE, usage([gemini(39)], sent_out=1))
    await until(lambda: shown(hass, QUOTA).state == "22")
    assert issue() is None
    await steward.push(RowKind.USAGE, usage([gemini(40)], sent_out=2))
    await until(lambda: issue() is not None)
    found = issue()
    assert found is not None
    assert found.translation_placeholders is not None
    assert found.translation_placeholders["models"] == "- gemini: 80 %"
    await steward.push(RowKind.USAGE, usage([gemini(40)], days_ago=1))
    await until(lambda: issue() is None)
    later = replace(gemini(44), limits=tuple(replace(one, warn_at=(10, 90)) for one in daily(44, 50)))
    await steward.push(RowKind.USAGE, usage([later], sent_out=3))
    await until(lambda: shown(hass, QUOTA).state == "12")
    assert issue() is None, "90 % is the last threshold of this model"


async def test_a_week_goes_on_after_the_day(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    limits = (
        LimitUse(kind="daily_tokens", used=90, limit=100),
        LimitUse(kind="weekly_cost", used=0.5, limit=1),
    )
    model = ModelUse(deployment="gemini", tier="cloud", limits=limits)
    await steward.push(RowKind.USAGE, usage([model]))
    await until(lambda: shown(hass, QUOTA).state == "10")
    is_monday = dt_util.now().weekday() == 0
    await steward.push(RowKind.USAGE, usage([model], days_ago=1))
    await until(lambda: shown(hass, QUOTA).state == ("100" if is_monday else "50"))
