"""The AI task entity: an action of Home Assistant becomes a task of the app."""

from typing import Any

import pytest
from conftest import Until
from fake_steward import FakeSteward
from homeassistant.auth.models import User
from homeassistant.components import ai_task
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.homelab_steward.contract.errors import ContractError, ErrorCode
from custom_components.homelab_steward.contract.model_tasks import GeneratedData
from custom_components.homelab_steward.contract.protocol import Command, RowKind
from custom_components.homelab_steward.contract.usage import ModelUse, Usage

ENTITY = "ai_task.homelab_steward_ai_task"
MODELS = Usage(day="2026-11-28", models=(ModelUse(deployment="ollama", tier="local"),))
STRUCTURE = {
    "title": {"selector": {"text": None}, "required": True, "description": "What it is about"},
    "count": {"selector": {"number": {"min": 0, "max": 10}}},
}


@pytest.fixture
async def ready(
    hass: HomeAssistant, steward: FakeSteward, entry: MockConfigEntry, until: Until
) -> MockConfigEntry:
    """Return the entry of an app with a model."""
    steward.rows[RowKind.USAGE]["models"] = MODELS
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: hass.states.get(ENTITY))
    return entry


async def generate(hass: HomeAssistant, user: User | None = None, **more: Any) -> Any:
    answer = await hass.services.async_call(
        "ai_task",
        "generate_data",
        {"entity_id": ENTITY, "task_name": "report", "instructions": "Summarise 3 disks", **more},
        blocking=True,
        return_response=True,
        context=Context(user_id=user.id) if user else None,
    )
    assert answer is not None
    return answer["data"]


async def test_data_fit_the_structure(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry
) -> None:
    steward.answers[Command.GENERATE_DATA] = lambda task: (
        GeneratedData(text="{}", deployment="ollama", data={"title": "Disks", "count": 3})
        if task.structure
        else GeneratedData(text="Three disks.", deployment="ollama")
    )
    assert await generate(hass, structure=STRUCTURE) == {"title": "Disks", "count": 3}
    assert await generate(hass) == "Three disks."
    task, plain = steward.asked(Command.GENERATE_DATA)
    assert (task.instructions, plain.structure) == ("Summarise 3 disks", None)
    assert task.structure["required"] == ["title"]
    assert task.structure["properties"]["title"] == {"type": "string", "description": "What it is about"}
    assert task.structure["properties"]["count"]["maximum"] == 10


@pytest.mark.parametrize("data", [None, {"count": 3}, {"title": "Disks", "count": 11}, {"title": []}])
async def test_data_that_do_not_fit_are_an_error(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, data: dict[str, Any] | None
) -> None:
    steward.answers[Command.GENERATE_DATA] = lambda _: GeneratedData(text="", deployment="m", data=data)
    with pytest.raises(HomeAssistantError) as caught:
        await generate(hass, structure=STRUCTURE)
    assert caught.value.translation_key == "ai_task_invalid"


@pytest.mark.parametrize(
    ("code", "kind"),
    [(ErrorCode.FORBIDDEN, ServiceValidationError), (ErrorCode.UNAVAILABLE, HomeAssistantError)],
)
async def test_errors_are_translated(
    hass: HomeAssistant,
    steward: FakeSteward,
    ready: MockConfigEntry,
    code: ErrorCode,
    kind: type[HomeAssistantError],
) -> None:
    def refuse(_task: object) -> GeneratedData:
        raise ContractError(code, "no model may read it")

    steward.answers[Command.GENERATE_DATA] = refuse
    with pytest.raises(kind) as caught:
        await generate(hass)
    assert type(caught.value) is kind
    assert caught.value.translation_key == code
    assert "no model may read it" in str(caught.value)


async def test_a_deactivated_user_gets_nothing(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry, robin: User
) -> None:
    robin.is_active = False
    with pytest.raises(ServiceValidationError) as caught:
        await generate(hass, robin)
    assert caught.value.translation_key == "inactive_user"
    assert steward.asked(Command.GENERATE_DATA) == []


async def test_tools_of_home_assistant_are_refused(
    hass: HomeAssistant, steward: FakeSteward, ready: MockConfigEntry
) -> None:
    assert await async_setup_component(hass, "llm", {})
    (api,) = [one for one in llm.async_get_apis(hass) if one.id == "assist"]
    with pytest.raises(ServiceValidationError) as caught:
        await ai_task.async_generate_data(
            hass, task_name="t", entity_id=ENTITY, instructions="Turn it off", llm_api=api
        )
    assert caught.value.translation_key == "ai_task_tools"
    assert steward.asked(Command.GENERATE_DATA) == []


async def test_the_entity_follows_the_models_and_the_connection(
    hass: HomeAssistant, steward: FakeSteward, loaded: MockConfigEntry, until: Until
) -> None:
    assert hass.states.get(ENTITY) is None, "without a model there is no entity"
    await steward.push(RowKind.USAGE, MODELS)
    await until(lambda: (one := hass.states.get(ENTITY)) and one.state != "unavailable")
    await steward.push(RowKind.USAGE, Usage(day="2026-11-29"))
    await until(lambda: (one := hass.states.get(ENTITY)) and one.state == "unavailable")
    await steward.stop()
    await until(lambda: not loaded.runtime_data.coordinator.connected)
    with pytest.raises(HomeAssistantError) as caught:
        await generate(hass)
    assert caught.value.translation_key == "not_connected"
