"""The actions approve, reject and ignore; diagnostics and system health."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import probatio
import pytest
import rows
import yaml
from conftest import Until
from fake_steward import TOKEN, FakeSteward
from homeassistant.auth.models import User
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from pytest_homeassistant_custom_component.common import MockConfigEntry, get_system_health_info

from custom_components.homelab_steward.const import DOMAIN
from custom_components.homelab_steward.contract.commands import Confirmation, Decide
from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.incidents import Verb
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.state import FrontEnd, Origin, Speaker
from custom_components.homelab_steward.diagnostics import async_get_config_entry_diagnostics

FOLDER = Path(__file__).resolve().parents[2] / "custom_components" / DOMAIN
DESCRIBED = yaml.safe_load((FOLDER / "services.yaml").read_text())


async def say(hass: HomeAssistant, verb: str, user: User | None, *, answers: bool = True, **data: Any) -> Any:
    return await hass.services.async_call(
        DOMAIN,
        verb,
        data,
        blocking=True,
        context=Context(user_id=user.id if user else None),
        return_response=answers,
    )


@pytest.fixture(autouse=True)
async def _waiting(steward: FakeSteward) -> None:
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()


async def test_approve_decides_for_the_caller_and_returns_the_decision(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    answer = await say(hass, "approve", robin, approval_id="ask1", option=2)
    assert steward.asked(Command.DECIDE) == [
        Decide(
            approval_id="ask1",
            verb=Verb.APPROVE,
            speaker=Speaker(front_end=FrontEnd.HOME_ASSISTANT, user_id=robin.id),
            option=2,
            plan_hash="hash2",
            confirmation=Confirmation.SIGNED_IN,
        )
    ]
    at = answer["decision"].pop("at")
    assert at.endswith("+00:00")
    assert answer == {
        "approval_id": "ask1",
        "incident_id": "inc1",
        "status": "approved",
        "decision": {
            "verb": "approve",
            "option": 2,
            "label": "Restart Radarr",
            "person": "Robin",
            "via": "home_assistant",
        },
    }


@pytest.mark.parametrize(("verb", "status"), [("reject", "rejected"), ("ignore", "ignored")])
async def test_reject_and_ignore_decide_for_the_caller(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    robin: User,
    verb: str,
    status: str,
) -> None:
    assert await say(hass, verb, robin, answers=False, approval_id="ask1") is None
    request = steward.asked(Command.DECIDE)[0]
    assert (request.verb, request.option, request.plan_hash) == (Verb(verb), None, None)
    steward.rows[RowKind.APPROVAL]["ask1"] = rows.approval()
    await say(hass, verb, robin, approval_id="ask1", config_entry_id=loaded.entry_id)


async def test_a_deactivated_user_decides_nothing(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User, until: Until
) -> None:
    robin.is_active = False
    with pytest.raises(ServiceValidationError) as caught:
        await say(hass, "reject", robin, approval_id="ask1")
    assert caught.value.translation_key == "inactive_user"
    assert steward.asked(Command.DECIDE) == []
    await until(lambda: steward.asked(Command.REPORT_REFUSAL))


async def test_an_automation_does_not_count_as_a_person_who_is_signed_in(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    context = Context(user_id=robin.id, parent_id=Context().id)
    data = {"approval_id": "ask1", "option": 1}
    await hass.services.async_call(DOMAIN, "approve", data, blocking=True, context=context)
    assert steward.asked(Command.DECIDE)[0].confirmation is Confirmation.NONE


async def test_snooze_sends_the_time_and_returns_until_when(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    at = datetime(2026, 11, 29, 7, tzinfo=UTC)
    steward.answers[Command.DECIDE] = lambda request: replace(rows.approval(), snoozed_until=request.until)
    local = dt_util.as_local(at).replace(tzinfo=None).isoformat(sep=" ")
    answer = await say(hass, "snooze", robin, approval_id="ask1", until=local)
    assert answer == {
        "approval_id": "ask1",
        "incident_id": "inc1",
        "status": "pending",
        "snoozed_until": at.isoformat(),
    }
    request = steward.asked(Command.DECIDE)[0]
    assert (request.verb, request.until) == (Verb.SNOOZE, at)
    with pytest.raises(probatio.Invalid):
        await say(hass, "snooze", robin, approval_id="ask1")


async def test_the_first_of_two_approvals_is_returned(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    steward.answers[Command.DECIDE] = lambda _: rows.approval(first=rows.decision())
    answer = await say(hass, "approve", robin, approval_id="ask1", option=1)
    assert answer == {
        "approval_id": "ask1",
        "incident_id": "inc1",
        "status": "pending",
        "first_approval": "Robin",
    }


async def test_a_request_without_a_decision_is_returned(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    steward.answers[Command.DECIDE] = lambda _: rows.approval()
    assert "decision" not in await say(hass, "ignore", robin, approval_id="ask1")


async def test_a_decision_without_a_user_is_refused_and_reported(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    with pytest.raises(ServiceValidationError, match="Only a person"):
        await say(hass, "approve", None, approval_id="ask1", option=1)
    assert steward.asked(Command.DECIDE) == []
    await until(lambda: steward.asked(Command.REPORT_REFUSAL))
    report = steward.asked(Command.REPORT_REFUSAL)[0]
    assert (report.approval_id, report.press, report.reason) == ("ask1", "approve", "no_user")


async def test_an_unknown_option_is_refused(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    with pytest.raises(ServiceValidationError, match="has no option 7"):
        await say(hass, "approve", robin, approval_id="ask1", option=7)
    assert steward.asked(Command.DECIDE) == []


@pytest.mark.parametrize("code", list(ErrorCode))
async def test_every_refusal_is_translated(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    robin: User,
    code: ErrorCode,
) -> None:
    def refuse(_request: Decide) -> None:
        raise ContractError(code, "the reason", {"extra": "x"})

    steward.answers[Command.DECIDE] = refuse
    with pytest.raises(HomeAssistantError) as caught:
        await say(hass, "approve", robin, approval_id="ask1", option=1)
    assert caught.value.translation_domain == DOMAIN
    assert caught.value.translation_key == code.value
    assert str(caught.value) not in (code.value, "")


async def test_an_invalid_answer_raises(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    steward.answers[Command.DECIDE] = lambda _: rows.person()
    with pytest.raises(HomeAssistantError) as caught:
        await say(hass, "ignore", robin, approval_id="ask1")
    assert caught.value.translation_key == "malformed"


async def test_a_decision_without_an_answer_raises(
    hass: HomeAssistant,
    steward: FakeSteward,
    loaded: MockConfigEntry,
    robin: User,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import asyncio  # noqa: PLC0415

    async def sleep(_request: Decide) -> Any:
        await asyncio.sleep(30)

    steward.answers[Command.DECIDE] = sleep
    call = asyncio.create_task(say(hass, "ignore", robin, approval_id="ask1"))
    await until(lambda: steward.asked(Command.DECIDE))
    await steward.close_connections()
    with pytest.raises(HomeAssistantError) as caught:
        await call
    assert caught.value.translation_key == "not_connected"
    await steward.stop()
    await until(lambda: not loaded.runtime_data.coordinator.connected)
    with pytest.raises(HomeAssistantError) as caught:
        await say(hass, "ignore", robin, approval_id="ask1")
    assert caught.value.translation_key == "not_connected"


async def test_a_refusal_of_a_connected_app_shows_its_own_text(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, robin: User
) -> None:
    def refuse(_request: Decide) -> Any:
        raise ContractError(ErrorCode.UNAVAILABLE, "pihole is locked (backup).")

    steward.answers[Command.DECIDE] = refuse
    with pytest.raises(HomeAssistantError) as caught:
        await say(hass, "approve", robin, approval_id="ask1", option=1)
    assert str(caught.value) == "pihole is locked (backup)."


async def test_an_action_without_an_entry_raises(hass: HomeAssistant, robin: User) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    with pytest.raises(ServiceValidationError):
        await say(hass, "ignore", robin, approval_id="ask1")


async def test_diagnostics_hold_nothing_private(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until, robin: User
) -> None:
    await steward.push(
        RowKind.PERSON,
        rows.person("p2", name="Sam", ha_user_id=robin.id, telegram_user_id=4711, origin=Origin.FRONT_END),
    )
    await steward.push(RowKind.INCIDENT, rows.incident())
    await until(lambda: "inc1" in loaded.runtime_data.coordinator.steward_state.incidents)
    found = await async_get_config_entry_diagnostics(hass, loaded)
    text = str(found)
    for private in (TOKEN, steward.url, robin.id, "4711", "Sam", "pve.example.org", "f00dfeed"):
        assert private not in text
    assert found["connected"] is True
    assert found["instances"][0]["settings"] == ["token_id", "url"]
    assert found["people"][1] == {
        "role": "owner",
        "origin": "front_end",
        "has_ha_user": True,
        "has_telegram": True,
    }
    assert found["resources"] == {"pve": {"container": 1}}
    assert found["incidents"] == {"waiting": 1}


async def test_system_health_shows_the_connection(hass: HomeAssistant, loaded: MockConfigEntry) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    assert await get_system_health_info(hass, DOMAIN) == {
        "connected": True,
        "app_version": "0.1.0",
        "instances": 1,
        "open_incidents": 0,
    }
    await hass.config_entries.async_unload(loaded.entry_id)
    assert await get_system_health_info(hass, DOMAIN) == {"connected": False}


async def test_every_registered_action_is_described(hass: HomeAssistant) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    assert set(hass.services.async_services_for_domain(DOMAIN)) == set(DESCRIBED)


@pytest.mark.parametrize("action", DESCRIBED)
async def test_the_fields_of_an_action_accept_what_its_description_offers(
    hass: HomeAssistant, action: str
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    schema = hass.services.async_services_for_domain(DOMAIN)[action].schema
    assert schema is not None
    keys = schema.validators[0].schema if isinstance(schema, probatio.All) else schema.schema
    fields = DESCRIBED[action]["fields"]
    samples = {key: one.get("example", one.get("default", "text")) for key, one in fields.items()}
    required = {key: samples[key] for key, one in fields.items() if one["required"]}
    assert {str(key) for key in keys} == set(fields)
    if action != "end_maintenance":  # it needs one of two keys
        schema(required)
    for key in required:
        with pytest.raises(probatio.Invalid):
            schema({name: value for name, value in required.items() if name != key})
    for key, one in fields.items():
        if (bounds := one["selector"].get("number")) is None:
            continue
        for value in (bounds["min"], bounds["max"], float(bounds["max"]), str(bounds["max"])):
            assert schema(required | {key: value})[key] == int(value)
        for value in (bounds["min"] - 1, bounds["max"] + 1, bounds["min"] + 0.5, "x", True, None, "nan"):
            with pytest.raises(probatio.Invalid):
                schema(required | {key: value})
